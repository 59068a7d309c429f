#include "notify/inside.h"
#include "notify/notify.sql.h"

enum fail
notify_place_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_notify_place_whole row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_place_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_place_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_place");
		mac_int(mac, row.id);
		mac_int(mac, row.ledger);
		mac_int(mac, row.number);
		mac_int(mac, row.part);
		mac_int(mac, row.ladder_on);
		tally_row_end(tally);
	}
}

enum fail
notify_letter_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_notify_letter_page row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_letter_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_letter_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_letter");
		mac_int(mac, row.id);
		mac_int(mac, row.person_id);
		mac_text(mac, row.topic);
		mac_text(mac, row.what);
		mac_int(mac, row.unit_id);
		mac_text(mac, row.object);
		mac_text(mac, row.data);
		mac_int(mac, row.at_us);
		mac_int_maybe(mac, row.read_us);
		tally_row_end(tally);
	}
}
