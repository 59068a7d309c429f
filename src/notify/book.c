#include "notify/book.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"
#include "core/utf8.h"
#include "regime/period.h"

#define TEMPLATES_MAX 500
#define PLACE_MAX 20

enum language { VI, EN, LANGUAGES };
static const char *const languages[LANGUAGES] = { "vi", "en" };

struct template
{
	const struct topic *topic;
	day from;
	const char *subject[LANGUAGES];
	const char *text[LANGUAGES];
};

struct book {
	struct arena *arena;
	struct template templates[TEMPLATES_MAX];
	size_t template_count;
	struct ladder ladders[TEMPLATES_MAX];
	size_t ladder_count;
};

struct book *
book_new(struct arena *arena)
{
	struct book *book = ARENA_NEW(arena, struct book);

	book->arena = arena;
	return book;
}

/* ---- reading ------------------------------------------------------------- */

/* Where in the file something stands. */
struct at {
	struct ctx *ctx;
	const char *pointer;
};

static struct at
below(struct at at, const char *key)
{
	at.pointer = json_pointer(at.ctx->arena, at.pointer, key);
	return at;
}

static struct at
item(struct at at, size_t i)
{
	at.pointer = arena_printf(at.ctx->arena, "%s/%zu", at.pointer, i);
	return at;
}

static void
wrong(struct at at, const char *why)
{
	fail_invalid(at.ctx, at.pointer, "notify.template", "%s", why);
}

static bool
has_only(struct at at, const struct json *node, const char *const *keys)
{
	if (node == NULL || json_type(node) != JSON_IS_OBJECT) {
		wrong(at, "an object is wanted");
		return false;
	}
	for (size_t i = 0; i < json_count(node); i++) {
		const char *const *key = keys;

		while (*key != NULL && !text_equal(*key, json_key(node, i)))
			key++;
		if (*key == NULL)
			wrong(below(at, json_key(node, i)), "unknown member");
	}
	return true;
}

static day
read_day(struct at at, const struct json *node)
{
	const char *text = json_get_text(node, "from");
	day from = 0;

	if (text == NULL || !day_parse(text, &from))
		wrong(below(at, "from"), "a day is wanted");
	return from;
}

/* The name between braces; NULL, with at behind it: no place of the topic. */
static const char *
read_place(const char **text, char *place, const struct topic *topic)
{
	const char *end = strchr(*text, '}');
	const size_t len = end == NULL ? 0 : (size_t)(end - *text) - 1;

	if (len == 0 || len >= PLACE_MAX)
		return NULL;
	memcpy(place, *text + 1, len);
	place[len] = '\0';
	*text = end + 1;
	return topic_has_place(topic, place) ? place : NULL;
}

static bool
has_sound_places(const char *text, const struct topic *topic)
{
	char place[PLACE_MAX] = "";

	while (*text != '\0' && *text != '}')
		if (*text != '{')
			text++;
		else if (read_place(&text, place, topic) == NULL)
			return false;
	return *text == '\0';
}

static const char *
read_text(struct at at, const struct json *node, const char *key, size_t most,
    const struct topic *topic)
{
	const char *text = json_get_text(node, key);

	at = below(at, key);
	if (text == NULL || !utf8_says(text) || strlen(text) > most)
		wrong(at, arena_printf(at.ctx->arena,
			      "a text of at most %zu bytes is wanted", most));
	else if (most == BOOK_SUBJECT_MAX && strpbrk(text, "\n\t") != NULL)
		wrong(at, "a subject is one line");
	else if (!has_sound_places(text, topic))
		wrong(at, "a brace that is no place of this topic");
	else
		return text;
	return "";
}

static void
read_letter(struct at at, struct book *book, const struct json *node)
{
	static const char *const keys[] = { "topic", "from", "vi", "en", NULL };
	static const char *const texts[] = { "subject", "text", NULL };
	struct template *template = &book->templates[book->template_count];

	if (!has_only(at, node, keys))
		return;
	template->topic = topic_named(json_get_text(node, "topic"));
	template->from = read_day(at, node);
	if (template->topic == NULL) {
		wrong(below(at, "topic"), "no topic of letters");
		return;
	}
	for (int i = 0; i < LANGUAGES; i++) {
		const struct json *words = json_get(node, languages[i]);
		const struct at in = below(at, languages[i]);

		if (!has_only(in, words, texts))
			continue;
		template->subject[i] = arena_text(book->arena,
		    read_text(in, words, "subject", BOOK_SUBJECT_MAX,
			template->topic));
		template->text[i] = arena_text(book->arena,
		    read_text(in, words, "text", BOOK_TEXT_MAX,
			template->topic));
	}
	book->template_count++;
}

static void
read_rungs(struct at at, const struct json *rungs, struct ladder *ladder)
{
	if (rungs == NULL || json_type(rungs) != JSON_IS_ARRAY ||
	    json_count(rungs) > BOOK_RUNGS_MAX) {
		wrong(at, "a list of rungs is wanted");
		return;
	}
	for (size_t i = 0; i < json_count(rungs); i++) {
		const struct json *one = json_at(rungs, i);
		const int64_t rung =
		    json_type(one) == JSON_IS_INT ? json_int(one) : INT64_MAX;

		if (rung < -BOOK_RUNG_MOST || rung > BOOK_RUNG_MOST ||
		    (i > 0 && rung <= ladder->rungs[i - 1]))
			wrong(item(at, i),
			    "days from the deadline, each later than the one "
			    "before");
		ladder->rungs[i] = rung;
		ladder->count = i + 1;
	}
}

static void
read_ladder(struct at at, struct book *book, const struct json *node)
{
	static const char *const keys[] = { "from", "form", "rungs", NULL };
	struct ladder *ladder = &book->ladders[book->ladder_count];

	if (!has_only(at, node, keys))
		return;
	*ladder = (struct ladder){
		.from = read_day(at, node),
		.form = arena_text(book->arena, json_get_text(node, "form")),
	};
	read_rungs(below(at, "rungs"), json_get(node, "rungs"), ladder);
	book->ladder_count++;
}

static void
read_list(struct at at, struct book *book, const struct json *list,
    const size_t *count,
    void (*read)(struct at at, struct book *book, const struct json *node))
{
	if (list == NULL)
		return;
	if (json_type(list) != JSON_IS_ARRAY ||
	    json_count(list) > TEMPLATES_MAX - *count) {
		wrong(at, "a list is wanted, and not so long a one");
		return;
	}
	for (size_t i = 0; i < json_count(list); i++)
		read(item(at, i), book, json_at(list, i));
}

enum fail
book_read(struct ctx *ctx, struct book *book, struct bytes file)
{
	static const char *const keys[] = { "ladders", "letters", NULL };
	const struct at at = { ctx, "" };
	const struct json *root = NULL;

	TRY(json_parse(ctx, file, &root));
	if (has_only(at, root, keys)) {
		read_list(below(at, "ladders"), book, json_get(root, "ladders"),
		    &book->ladder_count, read_ladder);
		read_list(below(at, "letters"), book, json_get(root, "letters"),
		    &book->template_count, read_letter);
	}
	return fail_valid(ctx);
}

/* ---- asking -------------------------------------------------------------- */

/* Is one the better template for a day: the newest that holds, of two of one day
 * the later in the list; before all of them, the first. */
static bool
is_better(const struct template *one, const struct template *found, day on)
{
	if (found == NULL)
		return true;
	if (one->from > on)
		return found->from > on && one->from < found->from;
	return found->from > on || one->from >= found->from;
}

static const struct template *
find(const struct book *book, const struct topic *topic, day on)
{
	const struct template *found = NULL;

	for (size_t i = 0; i < book->template_count; i++) {
		const struct template *one = &book->templates[i];

		if (one->topic == topic && is_better(one, found, on))
			found = one;
	}
	return found;
}

enum fail
book_whole(struct ctx *ctx, const struct book *book)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		if (find(book, topic, DAY_OPEN) == NULL)
			return FAIL(ctx, FAIL_INVALID, "notify.template",
			    "%s has no template", topic->name);
	return OK;
}

const struct ladder *
book_ladder(const struct book *book, const char *form, day on)
{
	const struct ladder *found = NULL;

	for (size_t i = 0; i < book->ladder_count; i++) {
		const struct ladder *one = &book->ladders[i];
		const bool is_own = text_equal(one->form, form);

		if (one->from > on || (one->form != NULL && !is_own))
			continue;
		/* A form's own is before that of all. */
		if (found == NULL || (found->form == NULL && is_own) ||
		    (text_equal(found->form, one->form) &&
			one->from >= found->from))
			found = one;
	}
	return found;
}

/* ---- writing ------------------------------------------------------------- */

static const char *
day_words(struct ctx *ctx, const char *text)
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	day at = 0;
	int year = 0;
	int month = 0;
	int mday = 0;

	if (!day_parse(text, &at))
		return text;
	day_split(at, &year, &month, &mday);
	if (text_equal(ctx->locale, "en"))
		return arena_printf(ctx->arena, "%d %s %d", mday,
		    months[month - 1], year);
	return arena_printf(ctx->arena, "%02d/%02d/%d", mday, month, year);
}

/* A place's value in ctx->locale. */
static const char *
value_of(struct ctx *ctx, const struct json *data, const char *place)
{
	const bool is_form = text_equal(place, "form");
	const char *key = !is_form                        ? place
			  : text_equal(ctx->locale, "en") ? "form_en"
							  : "form_vi";
	const char *value = json_get_text(data, key);

	if (value == NULL)
		return "";
	if (text_equal(place, "period"))
		return period_words(ctx, value);
	return text_equal(place, "deadline") ? day_words(ctx, value) : value;
}

static const char *
fill(struct ctx *ctx, const char *template, const struct topic *topic,
    const struct json *data)
{
	char place[PLACE_MAX] = "";
	struct text text;

	text_init(&text, ctx->arena);
	while (*template != '\0')
		if (*template == '{') {
			const char *name = read_place(&template, place, topic);

			assert(name != NULL); /* book_read has looked */
			text_add(&text, value_of(ctx, data, name));
		} else {
			text_char(&text, *template ++);
		}
	return text_of(&text);
}

struct letter_words
book_words(struct ctx *ctx, const struct book *book, const char *topic, day on,
    const struct json *data)
{
	const enum language in = text_equal(ctx->locale, "en") ? EN : VI;
	const struct topic *of = topic_named(topic);
	const struct template *template =
	    of == NULL ? NULL : find(book, of, on);

	/* A topic of a newer program, or of one that is gone. */
	if (template == NULL)
		return (struct letter_words){ topic, "" };
	return (struct letter_words){
		fill(ctx, template->subject[in], of, data),
		fill(ctx, template->text[in], of, data),
	};
}
