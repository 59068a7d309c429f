#include "notify/letter.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/paging.h"
#include "event/event.h"
#include "notify/channel.h"
#include "notify/inside.h"
#include "notify/notify.sql.h"
#include "notify/post.h"
#include "people/access.h"

/* ---- writing ------------------------------------------------------------- */

enum fail
letter_write(struct ctx *ctx, const struct letter_new *letter)
{
	const struct sql_notify_letter_insert_args args = {
		.person = letter->person,
		.topic = letter->topic,
		.what = letter->what,
		.unit = letter->unit,
		.object = letter->object,
		.data = letter->data,
		.at = letter->at_us,
	};
	struct post *post = post_of(ctx->home);
	struct sql_notify_letter_insert *made = NULL;

	TRY(sql_notify_letter_insert(ctx, &args, &made));
	if (made == NULL)
		return OK;
	TRY(tally_enter(ctx, notify_letter_rows, made->id, made->id));
	if (post != NULL)
		atomic_fetch_add(&post->written, 1);
	TRY(channel_hand_on(ctx, letter->person, made->id));
	return event_emit(ctx, LETTER_WRITTEN,
	    arena_printf(ctx->arena, "%" PRId64, letter->person), letter->unit);
}

/* ---- reading ------------------------------------------------------------- */

static enum fail
reader(struct ctx *ctx, int64_t *ret)
{
	TRY(access_any(ctx, "letter.own"));
	*ret = ctx->actor->person;
	return OK;
}

static enum fail
fill(struct ctx *ctx, const struct sql_notify_letter_page *row,
    struct letter *ret)
{
	const struct json *data = NULL;
	struct letter_words words;

	TRY(json_parse(ctx, bytes_of_text(row->data), &data));
	words = book_words(ctx, post_of(ctx->home)->book, row->topic,
	    day_of_us(row->at_us), data);
	*ret = (struct letter){
		.id = row->id,
		.topic = row->topic,
		.subject = words.subject,
		.text = words.text,
		.object = row->object,
		.unit = row->unit_id,
		.at_us = row->at_us,
		.read_us = row->read_us,
	};
	return OK;
}

enum fail
letter_list(struct ctx *ctx, bool unread, int64_t after, int64_t limit,
    struct letter_page *ret)
{
	const int64_t before = after == 0 ? INT64_MAX : after;
	struct sql_notify_letter_page *rows = NULL;
	int64_t person = 0;

	*ret = (struct letter_page){ 0 };
	TRY(reader(ctx, &person));
	if (unread)
		TRY(sql_notify_letter_unread(ctx, person, before, limit + 1,
		    &rows, &ret->count));
	else
		TRY(sql_notify_letter_page(ctx, person, before, limit + 1,
		    &rows, &ret->count));
	if (paging_cut(limit, &ret->count))
		ret->next = &rows[ret->count - 1].id;
	ret->items = ARENA_ARRAY(ctx->arena, ret->count + 1, struct letter);
	for (size_t i = 0; i < ret->count; i++)
		TRY(fill(ctx, &rows[i], &ret->items[i]));
	return OK;
}

enum fail
letter_unread(struct ctx *ctx, int64_t *ret)
{
	struct sql_notify_letter_count *row = NULL;
	int64_t person = 0;

	TRY(reader(ctx, &person));
	TRY(sql_notify_letter_count(ctx, person, LETTER_UNREAD_MOST, &row));
	*ret = row->count;
	return OK;
}

enum fail
letter_load(struct ctx *ctx, int64_t id, int64_t *ret_person,
    struct letter *ret, bool *ret_found)
{
	struct sql_notify_letter_page *row = NULL;

	TRY(sql_notify_letter_load(ctx, id, &row));
	*ret_found = row != NULL;
	if (row == NULL)
		return OK;
	*ret_person = row->person_id;
	return fill(ctx, row, ret);
}

/* ---- what was read ------------------------------------------------------- */

static enum fail
mark(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(tally_leave(ctx, notify_letter_rows, id, id));
	TRY(sql_notify_letter_read(ctx, id, ctx->now_us, &changed));
	return tally_enter(ctx, notify_letter_rows, id, id);
}

/* The person's other screens count again. */
static enum fail
tell(struct ctx *ctx, int64_t person)
{
	return event_emit(ctx, LETTER_WRITTEN,
	    arena_printf(ctx->arena, "%" PRId64, person), 0);
}

enum fail
letter_read(struct ctx *ctx, int64_t id)
{
	struct sql_notify_letter_page *row = NULL;
	int64_t person = 0;

	TRY(reader(ctx, &person));
	TRY(sql_notify_letter_load(ctx, id, &row));
	if (row == NULL || row->person_id != person)
		return FAIL(ctx, FAIL_NOT_FOUND, "letter.unknown",
		    "letter %" PRId64, id);
	if (row->read_us != NULL)
		return OK;
	TRY(mark(ctx, id));
	return tell(ctx, person);
}

enum fail
letter_read_all(struct ctx *ctx, int64_t up_to)
{
	const int64_t before = up_to == INT64_MAX ? up_to : up_to + 1;
	struct sql_notify_letter_page *rows = NULL;
	size_t count = 0;
	int64_t person = 0;

	TRY(reader(ctx, &person));
	TRY(sql_notify_letter_unread(ctx, person, before, LETTER_READ_AT_ONCE,
	    &rows, &count));
	for (size_t i = 0; i < count; i++)
		TRY(mark(ctx, rows[i].id));
	return count == 0 ? OK : tell(ctx, person);
}

enum fail
letter_forget(struct ctx *ctx, int64_t before_us, int64_t most,
    size_t *ret_gone)
{
	struct sql_notify_letter_old *letters = NULL;
	struct sql_notify_rung_old *rungs = NULL;
	size_t letter_count = 0;
	size_t rung_count = 0;
	int64_t changed = 0;

	TRY(sql_notify_letter_old(ctx, before_us, most, &letters,
	    &letter_count));
	for (size_t i = 0; i < letter_count; i++) {
		const int64_t id = letters[i].id;

		TRY(tally_leave(ctx, notify_letter_rows, id, id));
		TRY(sql_notify_letter_gone(ctx, id, &changed));
	}
	TRY(sql_notify_rung_old(ctx, before_us, most, &rungs, &rung_count));
	for (size_t i = 0; i < rung_count; i++) {
		const int64_t id = rungs[i].id;

		TRY(tally_leave(ctx, notify_rung_rows, id, id));
		TRY(sql_notify_rung_gone(ctx, id, &changed));
	}
	*ret_gone = letter_count > rung_count ? letter_count : rung_count;
	return OK;
}
