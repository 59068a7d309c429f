#include "org/search.h"

#include "core/arena.h"
#include "core/name_order.h"
#include "core/text.h"
#include "core/utf8.h"

/* How well a name fits, best first. */
enum fit {
	FIT_WHOLE,
	FIT_START,
	FIT_WORD,
	FIT_INSIDE,
	FIT_NONE,
};

struct hit {
	int number;
	bool marks; /* the diacritics fit, too */
	enum fit fit;
	int level;
	size_t order; /* in the structure */
	const char *code;
	const char *name; /* its key */
};

/* The query in a form that is compared. */
struct wanted {
	const char *fold;
	const char *alike;  /* fold with i for y: Quy Nhơn, Qui Nhơn */
	const char *marked; /* lower case, diacritics kept */
};

/* As people shorten them, folded; only as a word. */
static const struct {
	const char *written;
	const char *meant;
} shortened[] = {
	{ "tp", "thanh pho" },
	{ "hcm", "ho chi minh" },
	{ "t", "tinh" },
	{ "tx", "thi xa" },
	{ "tt", "thi tran" },
	{ "dk", "dac khu" },
	{ "h", "huyen" },
	{ "q", "quan" },
	{ "p", "phuong" },
	{ "x", "xa" },
};

/* NFC of clean text without blanks around it. */
static const char *
trimmed(struct arena *arena, const char *text)
{
	const char *nfc = utf8_nfc(arena, text);
	size_t len = 0;

	nfc += strspn(nfc, " \t\n");
	len = strlen(nfc);
	while (len > 0 && strchr(" \t\n", nfc[len - 1]) != NULL)
		len--;
	return arena_text_n(arena, nfc, len);
}

static enum fit
fit_of(const char *name, const char *fold)
{
	const char *at = strstr(name, fold);
	enum fit best = FIT_NONE;

	if (at == name)
		return name[strlen(fold)] == '\0' ? FIT_WHOLE : FIT_START;
	for (; at != NULL && best != FIT_WORD; at = strstr(at + 1, fold))
		best = at[-1] == ' ' ? FIT_WORD : FIT_INSIDE;
	return best;
}

static int
by_fit(const void *a, const void *b)
{
	const struct hit *x = a;
	const struct hit *y = b;
	int cmp = y->marks - x->marks;

	if (cmp == 0)
		cmp = (x->fit > y->fit) - (x->fit < y->fit);
	if (cmp == 0)
		cmp = x->level - y->level;
	if (cmp == 0)
		cmp = strcmp(x->name, y->name);
	if (cmp == 0)
		cmp = strcmp(x->code, y->code);
	return cmp != 0 ? cmp : (x->order > y->order) - (x->order < y->order);
}

static const char *
with_i_for_y(struct arena *arena, const char *fold)
{
	char *out = arena_text_n(arena, fold, strlen(fold));

	for (char *at = out; (at = strchr(at, 'y')) != NULL;)
		*at = 'i';
	return out;
}

/* Between words, as utf8_fold parts them; the end is one, too. */
static bool
is_gap(char c)
{
	return strchr(" \t\n.,;:-'/()", c) != NULL;
}

/* The n last of the words. */
static const char *
last_words(const char *text, int n)
{
	const char *at = text + strlen(text);

	for (; at > text; at--)
		if (is_gap(at[-1]) && !is_gap(at[0]) && --n == 0)
			return at;
	return text;
}

static const char *
meant(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(shortened); i++)
		if (strlen(shortened[i].written) == len &&
		    memcmp(shortened[i].written, word, len) == 0)
			return shortened[i].meant;
	return NULL;
}

/* "tp thu duc" in full; the diacritics of what was not shortened. */
static struct wanted
in_full(struct arena *arena, const struct wanted *wanted)
{
	struct wanted full = { 0 };
	struct text out = { 0 };
	int rest = 0; /* words behind the last that was shortened */

	text_init(&out, arena);
	for (const char *word = wanted->fold; *word != '\0';) {
		const size_t len = strcspn(word, " ");
		const char *whole = meant(word, len);

		rest = whole == NULL ? rest + 1 : 0;
		if (out.len > 0)
			text_char(&out, ' ');
		if (whole == NULL)
			text_add_n(&out, word, len);
		else
			text_add(&out, whole);
		word += len;
		word += strspn(word, " ");
	}
	full.fold = text_of(&out);
	full.marked = rest == 0 ? "" : last_words(wanted->marked, rest);
	return full;
}

struct unit_text {
	struct wanted forms[2]; /* as it was typed, and in full */
	const char *code;
	bool is_empty; /* everything fits */
};

enum fail
unit_text_read(struct ctx *ctx, const char *text, const struct unit_text **ret)
{
	struct arena *arena = ctx->arena;
	struct unit_text *read = ARENA_NEW(arena, struct unit_text);
	struct wanted *forms = read->forms;

	forms[0].fold = utf8_fold(arena, text);
	if (forms[0].fold == NULL)
		return FAIL(ctx, FAIL_INVALID, "unit.query",
		    "what is searched is no clean text");
	read->is_empty = forms[0].fold[0] == '\0';
	read->code = trimmed(arena, text);
	forms[0].marked = utf8_lower(arena, trimmed(arena, text));
	forms[1] = in_full(arena, &forms[0]);
	for (size_t i = 0; i < ARRAY_SIZE(read->forms); i++)
		forms[i].alike = with_i_for_y(arena, forms[i].fold);
	*ret = read;
	return OK;
}

static enum fit
fit_either(struct arena *scratch, const char *name, const struct wanted *wanted)
{
	const enum fit fit = fit_of(name, wanted->fold);

	if (fit != FIT_NONE || strpbrk(wanted->fold, "iy") == NULL)
		return fit;
	return fit_of(with_i_for_y(scratch, name), wanted->alike);
}

static bool
has_code(const struct unit *unit, const char *code, day on)
{
	for (size_t i = 0; i < unit->code_count; i++)
		if (unit->codes[i].from <= on && on < unit->codes[i].to &&
		    strcmp(unit->codes[i].code, code) == 0)
			return true;
	return false;
}

static bool
fits(struct arena *scratch, const struct unit_version *v,
    const struct unit_text *text, struct hit *hit)
{
	const struct wanted *forms = text->forms;

	hit->fit = FIT_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(text->forms) && hit->fit == FIT_NONE;
	     i++) {
		hit->fit = fit_either(scratch, v->name_fold, &forms[i]);
		if (hit->fit != FIT_NONE)
			hit->marks = strstr(utf8_lower(scratch, v->name),
					 forms[i].marked) != NULL;
	}
	return hit->fit != FIT_NONE;
}

bool
unit_text_fits(struct arena *arena, const struct unit_text *text,
    const struct unit *unit, day on)
{
	struct hit hit = { 0 };

	return text->is_empty || has_code(unit, text->code, on) ||
	       fits(arena, unit_near(unit, on), text, &hit);
}

enum fail
unit_search(struct ctx *ctx, const struct directory *dir,
    const struct unit_query *query, const int **ret, size_t *ret_count,
    bool *ret_more)
{
	struct arena *scratch AUTO(arena_end) = arena_child(ctx->arena);
	const struct structure *st = directory_structure(dir, query->on);
	const struct unit_text *text = NULL;
	bool sorted = false;
	size_t living = 0;
	const int *units = structure_units(st, &living);
	struct hit *hits = ARENA_ARRAY(scratch, living + 1, struct hit);
	size_t n = 0;

	TRY(unit_text_read(ctx, query->text == NULL ? "" : query->text, &text));
	sorted = !text->is_empty || query->parent >= 0;
	for (size_t i = 0; i < living; i++) {
		const int number = units[i];
		const struct unit *unit = directory_at(dir, number);
		const struct unit_version *v = unit_near(unit, query->on);

		if ((query->level >= 0 && v->level != query->level) ||
		    (query->parent >= 0 && v->parent != query->parent))
			continue;
		hits[n] = (struct hit){
			.number = number,
			.level = v->level,
			.order = i,
		};
		if (!text->is_empty) {
			if (has_code(unit, text->code, query->on))
				hits[n].marks = true; /* and FIT_WHOLE */
			else if (!fits(scratch, v, text, &hits[n]))
				continue;
		}
		if (sorted) {
			hits[n].code = unit_any_code(unit, query->on);
			hits[n].name = name_order_key(scratch, v->name);
		}
		n++;
	}
	if (sorted)
		qsort(hits, n, sizeof(*hits), by_fit);
	const size_t start = query->after < n ? query->after : n;
	const size_t count =
	    n - start < query->limit ? n - start : query->limit;
	int *found = ARENA_ARRAY(ctx->arena, count + 1, int);

	for (size_t i = 0; i < count; i++)
		found[i] = hits[start + i].number;
	*ret = found;
	*ret_count = count;
	*ret_more = start + count < n;
	return OK;
}
