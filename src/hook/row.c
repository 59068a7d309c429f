#include "hook/hook.sql.h"
#include "hook/inside.h"

/* What the checkpoint's sum counts of hooks and letters (people/tally.h). */

static const struct bytes *
or_empty(const struct bytes *bytes)
{
	static const struct bytes empty = { NULL, 0 };

	return bytes == NULL ? &empty : bytes;
}

/* What it is, and for whom. */
static void
add_grounds(struct mac *mac, const struct sql_hook_whole *row)
{
	mac_int(mac, row->id);
	mac_int(mac, row->person_id);
	mac_int_maybe(mac, row->token_id);
	mac_int(mac, row->unit_id);
	mac_text(mac, row->role);
	mac_int(mac, row->granted_us);
	mac_text(mac, row->url);
	mac_text(mac, row->events);
	mac_bytes(mac, *or_empty(row->secret));
	mac_text(mac, row->state);
	mac_text(mac, row->reason);
	mac_int(mac, row->created_us);
	mac_int(mac, row->changed_us);
	mac_int(mac, row->resumed_us);
}

/* How far it is. */
static void
add_place(struct mac *mac, const struct sql_hook_whole *row)
{
	mac_int(mac, row->ledger);
	mac_int(mac, row->number);
	mac_int(mac, row->sent);
	mac_int_maybe(mac, row->sent_us);
	mac_int(mac, row->tries);
	mac_int_maybe(mac, row->failing_us);
	mac_int(mac, row->next_us);
	mac_int_maybe(mac, row->status);
	mac_text(mac, row->failure);
	mac_int(mac, row->dead);
	mac_int(mac, row->replay);
	mac_int_maybe(mac, row->job_id);
}

enum fail
hook_whole_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_hook_whole row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_hook_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_hook_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "hook");
		add_grounds(mac, &row);
		add_place(mac, &row);
		tally_row_end(tally);
	}
}

static enum fail
add_letters(struct ctx *ctx, const int64_t *hook, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_letter_whole row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_letter_whole_open(ctx, hook, from, to, &cursor));
	for (;;) {
		TRY(sql_letter_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "hook_letter");
		mac_int(mac, row.id);
		mac_int(mac, row.hook_id);
		mac_text(mac, row.event);
		mac_text(mac, row.name);
		mac_text(mac, row.object);
		mac_int(mac, row.at_us);
		mac_int(mac, row.ledger);
		mac_int(mac, row.number);
		mac_int(mac, row.dead_us);
		mac_int(mac, row.tries);
		mac_int_maybe(mac, row.status);
		mac_text(mac, row.failure);
		mac_int_maybe(mac, row.replay_us);
		tally_row_end(tally);
	}
}

enum fail
hook_letter_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	return add_letters(ctx, NULL, from, to, tally);
}

/* Here a key is a hook's id. */
static enum fail
letters_of_hooks(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	(void)to;
	return add_letters(ctx, &from, INT64_MIN, INT64_MAX, tally);
}

enum fail
hook_letters_leave(struct ctx *ctx, int64_t hook)
{
	return tally_leave(ctx, letters_of_hooks, hook, hook);
}

enum fail
hook_letters_enter(struct ctx *ctx, int64_t hook)
{
	return tally_enter(ctx, letters_of_hooks, hook, hook);
}

enum fail
hook_leave(struct ctx *ctx, int64_t id)
{
	return tally_leave(ctx, hook_whole_rows, id, id);
}

enum fail
hook_enter(struct ctx *ctx, int64_t id)
{
	return tally_enter(ctx, hook_whole_rows, id, id);
}

enum fail
letter_leave(struct ctx *ctx, int64_t id)
{
	return tally_leave(ctx, hook_letter_rows, id, id);
}

enum fail
letter_enter(struct ctx *ctx, int64_t id)
{
	return tally_enter(ctx, hook_letter_rows, id, id);
}
