#include "app/route.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/paging.h"
#include "notify/book.h"
#include "notify/letter.h"
#include "notify/slice.h"

struct letters_query {
	bool unread;
	int64_t after;
	int64_t limit;
};

struct letter_out {
	int64_t id;
	const char *topic;
	const char *subject;
	const char *text;
	const char *object;
	int64_t unit;
	const char *at;
	const char *read_at;
};

struct letters_out {
	struct list_of items;
	const int64_t *next;
};

struct unread_out {
	int64_t count;
};

struct read_in {
	int64_t up_to;
};

/* Places in the text may be filled with names that are longer than they. */
#define SUBJECT_MAX 4000
#define TEXT_MAX 16000

/* clang-format off */
static const struct shape_field query_fields[] = {
	F_BOOL(struct letters_query, unread, OPTIONAL,
	    "Only those that were not read yet.", "true"),
	F_AFTER(struct letters_query),
	F_LIMIT(struct letters_query, LETTER_PAGE_MAX),
};
static const struct shape query_shape =
    SHAPE("LettersQuery", struct letters_query, query_fields);

static const struct shape_field letter_fields[] = {
	F_ID(struct letter_out, id, "Its number; later ones are larger.", "9"),
	F_TEXT(struct letter_out, topic, TOPIC_NAME_MAX, REQUIRED,
	    "What it is of.", "\"report.sent_back\""),
	F_TEXT(struct letter_out, subject, SUBJECT_MAX, REQUIRED,
	    "One line, in the caller's language.",
	    "\"Bị trả lại: Tình hình, kết quả giải quyết TTHC, Quý III/2025\""),
	F_TEXT(struct letter_out, text, TEXT_MAX, REQUIRED,
	    "The text, in the caller's language.",
	    "\"Tỉnh Hưng Yên đã trả lại báo cáo của Xã Hòa Tiến.\""),
	F_TEXT(struct letter_out, object, LETTER_OBJECT_MAX, REQUIRED,
	    "Address in the web client of what it is about.",
	    "\"/reports/17\""),
	F_ID(struct letter_out, unit, "Unit that it is about.", "1204"),
	F_TIME(struct letter_out, at, REQUIRED, "When it happened.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct letter_out, read_at, OPTIONAL,
	    "When it was first read; null: not yet.", "null"),
};
static const struct shape letter_shape =
    SHAPE("Letter", struct letter_out, letter_fields);

static const struct shape_field letters_fields[] = {
	F_LIST(struct letters_out, items, &letter_shape, LETTER_PAGE_MAX,
	    "The newest first."),
	F_NEXT(struct letters_out),
};
static const struct shape letters_shape =
    SHAPE("LetterList", struct letters_out, letters_fields);

static const struct shape_field unread_fields[] = {
	F_INT(struct unread_out, count, 0, LETTER_UNREAD_MOST, REQUIRED,
	    "Letters that were not read yet; 100: so many or more.", "3"),
};
static const struct shape unread_shape =
    SHAPE("LettersUnread", struct unread_out, unread_fields);

static const struct shape_field read_fields[] = {
	F_ID(struct read_in, up_to,
	    "Number of the newest letter that was seen: it and all before it.",
	    "9"),
};
static const struct shape read_shape =
    SHAPE("LettersRead", struct read_in, read_fields);
/* clang-format on */

static struct letter_out
letter_out_of(struct ctx *ctx, const struct letter *letter)
{
	return (struct letter_out){
		.id = letter->id,
		.topic = letter->topic,
		.subject = letter->subject,
		.text = letter->text,
		.object = letter->object,
		.unit = letter->unit,
		.at = time_text(ctx->arena, letter->at_us),
		.read_at = letter->read_us == NULL
			       ? NULL
			       : time_text(ctx->arena, *letter->read_us),
	};
}

static enum fail
get_letters(struct ctx *ctx, struct call *call)
{
	const struct letters_query *query = call_query(call, &query_shape);
	struct letters_out *out = ARENA_NEW(ctx->arena, struct letters_out);
	struct letter_out *items = NULL;
	struct letter_page page = { 0 };

	TRY(letter_list(ctx, query->unread, query->after,
	    (int64_t)paging_limit(query->limit), &page));
	items = ARENA_ARRAY(ctx->arena, page.count + 1, struct letter_out);
	for (size_t i = 0; i < page.count; i++)
		items[i] = letter_out_of(ctx, &page.items[i]);
	*out = (struct letters_out){ { items, page.count }, page.next };
	return call_answer(ctx, call, 200, &letters_shape, out);
}

static enum fail
answer_unread(struct ctx *ctx, struct call *call)
{
	struct unread_out *out = ARENA_NEW(ctx->arena, struct unread_out);

	TRY(letter_unread(ctx, &out->count));
	return call_answer(ctx, call, 200, &unread_shape, out);
}

static enum fail
post_read(struct ctx *ctx, struct call *call)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(letter_read(ctx, id));
	return answer_unread(ctx, call);
}

static enum fail
post_read_all(struct ctx *ctx, struct call *call)
{
	const struct read_in *in = call_body(call, &read_shape);

	TRY(letter_read_all(ctx, in->up_to));
	return answer_unread(ctx, call);
}

static const char *const one_failures[] = { "letter.unknown", NULL };

const struct route notify_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/me/letters",
	    .permission = "letter.own",
	    .tx = TX_READ,
	    .query = &query_shape,
	    .out = &letters_shape,
	    .handle = get_letters,
	    .summary = "Letters to you, the newest first." },
	{ .method = GET,
	    .path = "/api/v1/me/letters/unread",
	    .permission = "letter.own",
	    .tx = TX_READ,
	    .out = &unread_shape,
	    .handle = answer_unread,
	    .summary = "How many letters you have not read yet." },
	{ .method = POST,
	    .path = "/api/v1/me/letters/read",
	    .permission = "letter.own",
	    .tx = TX_WRITE,
	    .in = &read_shape,
	    .out = &unread_shape,
	    .handle = post_read_all,
	    .summary = "Mark letters as read, 500 at most at once." },
	{ .method = POST,
	    .path = "/api/v1/me/letters/{id}/read",
	    .permission = "letter.own",
	    .tx = TX_WRITE,
	    .out = &unread_shape,
	    .handle = post_read,
	    .summary = "Mark a letter as read.",
	    .failures = one_failures },
	{ 0 },
};
