#include "org/search.h"

#include "core/arena.h"
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
	const char *name;
};

/* The query in the forms that are compared. */
struct wanted {
	const char *fold;
	const char *marked; /* lower case, diacritics kept */
};

/*
 * Lower case of the Latin letters Vietnamese is written with, in NFC; other
 * characters stay.  Folding would lose the marks that are compared here.
 */
static const char *
lowered(struct arena *arena, const char *name)
{
	const size_t len = strlen(name);
	char *low = arena_text_n(arena, name, len);
	unsigned char *at = (unsigned char *)low;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = at[i];

		if (c >= 'A' && c <= 'Z') {
			at[i] = (unsigned char)(c + ('a' - 'A'));
		} else if (c == 0xc3 && at[i + 1] <= 0x9e &&
			   at[i + 1] != 0x97) {
			at[++i] |=
			    0x20; /* U+00C0 to U+00DE, not the times sign */
		} else if ((c == 0xc4 && at[i + 1] <= 0xb7) ||
			   (c == 0xc5 && at[i + 1] >= 0x8a &&
			       at[i + 1] <= 0xb7) ||
			   (c == 0xc6 && at[i + 1] == 0xa0)) {
			at[++i] |= 1; /* Ă Đ Ĩ, Ũ, Ơ: pairs, upper case even */
		} else if (c == 0xc6 && at[i + 1] == 0xaf) {
			at[++i] = 0xb0; /* Ư, the odd one */
		} else if (c == 0xe1 &&
			   ((at[i + 1] == 0xba && at[i + 2] >= 0xa0) ||
			       at[i + 1] == 0xbb)) {
			at[i + 2] |= 1; /* U+1EA0 to U+1EF9: pairs again */
			i += 2;
		}
	}
	return low;
}

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
		cmp = strcmp(x->code, y->code);
	if (cmp == 0)
		cmp = strcmp(x->name, y->name);
	return cmp != 0 ? cmp : (x->order > y->order) - (x->order < y->order);
}

static bool
fits(struct arena *scratch, const struct unit_version *v,
    const struct wanted *wanted, struct hit *hit)
{
	hit->fit = fit_of(v->name_fold, wanted->fold);
	if (hit->fit == FIT_NONE)
		return false;
	hit->marks = strstr(lowered(scratch, v->name), wanted->marked) != NULL;
	return true;
}

enum fail
unit_search(struct ctx *ctx, const struct directory *dir,
    const struct unit_query *query, const int **ret, size_t *ret_count,
    bool *ret_more)
{
	struct arena *scratch AUTO(arena_end) = arena_child(ctx->arena);
	const struct structure *st = directory_structure(dir, query->on);
	const char *text = query->text == NULL ? "" : query->text;
	struct wanted wanted = { .fold = utf8_fold(scratch, text) };
	size_t living = 0;
	const int *units = structure_units(st, &living);
	struct hit *hits = ARENA_ARRAY(scratch, living + 1, struct hit);
	size_t n = 0;

	if (wanted.fold == NULL)
		return FAIL(ctx, FAIL_INVALID, "unit.query",
		    "what is searched is no clean text");
	wanted.marked = lowered(scratch, trimmed(scratch, text));
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
			.name = v->name,
		};
		if (wanted.fold[0] != '\0') {
			if (!fits(scratch, v, &wanted, &hits[n]))
				continue;
			hits[n].code = unit_any_code(unit, query->on);
		}
		n++;
	}
	if (wanted.fold[0] != '\0')
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
