#include "blob/inside.h"
#include "blob/upload.sql.h"

/* What the checkpoint's sum counts of the uploads (people/tally.h). */
enum fail
upload_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_upload_rows row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_upload_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_upload_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "upload");
		mac_int(mac, row.id);
		mac_int(mac, row.person_id);
		mac_int(mac, row.bytes);
		mac_bytes(mac, row.digest);
		mac_int(mac, row.received);
		mac_int(mac, row.begun_us);
		mac_int(mac, row.seen_us);
		mac_int_maybe(mac, row.complete_us);
		tally_row_end(tally);
	}
}

/* By persons. */
enum fail
upload_ended_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_upload_ended_rows row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_upload_ended_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_upload_ended_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "upload_ended");
		mac_int(mac, row.person_id);
		mac_int(mac, row.hour);
		mac_int(mac, row.bytes);
		tally_row_end(tally);
	}
}

enum fail
upload_leave(struct ctx *ctx, int64_t id)
{
	return tally_leave(ctx, upload_rows, id, id);
}

enum fail
upload_enter(struct ctx *ctx, int64_t id)
{
	return tally_enter(ctx, upload_rows, id, id);
}
