#include "people/session_row.h"

#include <stdbool.h>

#include "people/audit.h"
#include "people/ended.h"
#include "people/session.sql.h"
#include "people/sign_in.sql.h"

/* Rows that one sign-in removes; more wait for the next. */
#define OLD_MOST 100
/* A page of a person's; who has more has them ended page by page. */
#define PAGE 500

struct digest
session_name(struct ctx *ctx, const struct sql_session_find *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "session.name");
	mac_int(&mac, row->person_id);
	mac_bytes(&mac, row->digest);
	mac_int(&mac, row->created_us);
	return mac_end(&mac);
}

/* ---- what the checkpoint's sum counts ----------------------------------- */

static void
add_session(struct tally *tally, const struct sql_session_find *row)
{
	struct mac *mac = tally_row(tally, "session");

	mac_int(mac, row->id);
	mac_int(mac, row->person_id);
	mac_bytes(mac, row->digest);
	mac_int(mac, row->created_us);
	mac_int(mac, row->seen_us);
	mac_bytes(mac,
	    row->mac == NULL ? (struct bytes){ NULL, 0 } : *row->mac);
	tally_row_end(tally);
}

enum fail
session_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_session_find row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_session_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_session_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		add_session(tally, &row);
	}
}

enum fail
sign_in_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_sign_in_rows row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_sign_in_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_sign_in_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "sign_in");
		mac_int(mac, row.person_id);
		mac_int_maybe(mac, row.at_us);
		mac_text(mac, row.peer);
		mac_int(mac, row.refused);
		mac_int_maybe(mac, row.refused_us);
		mac_text(mac, row.refused_peer);
		mac_int_maybe(mac, row.before_us);
		mac_text(mac, row.before_peer);
		mac_int(mac, row.before_refused);
		mac_int_maybe(mac, row.before_refused_us);
		mac_text(mac, row.before_refused_peer);
		tally_row_end(tally);
	}
}

/* ---- ends --------------------------------------------------------------- */

static enum fail
remove_row(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(tally_leave(ctx, session_rows, id, id));
	return sql_session_delete(ctx, id, &changed);
}

enum fail
session_row_end(struct ctx *ctx, const struct sql_session_find *row,
    const char *action)
{
	const struct digest name = session_name(ctx, row);

	TRY(remove_row(ctx, row->id));
	ended_stage(ctx, &name);
	return audit_note_state(ctx, action, 0, row->person_id, NULL, &name);
}

enum fail
session_row_end_others(struct ctx *ctx, int64_t person, int64_t but)
{
	struct sql_session_find *rows = NULL;
	size_t count = PAGE;

	while (count == PAGE) {
		TRY(sql_session_of(ctx, person, but, PAGE, &rows, &count));
		for (size_t i = 0; i < count; i++)
			TRY(session_row_end(ctx, &rows[i], "session.end"));
	}
	return OK;
}

enum fail
session_row_forget_old(struct ctx *ctx, int64_t before_us)
{
	struct sql_session_old *rows = NULL;
	size_t count = 0;

	TRY(sql_session_old(ctx, before_us, OLD_MOST, &rows, &count));
	for (size_t i = 0; i < count; i++)
		TRY(remove_row(ctx, rows[i].id));
	return OK;
}
