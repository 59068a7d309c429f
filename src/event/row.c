#include "event/event.sql.h"
#include "event/inside.h"

/* What the checkpoint's sum counts of the events (people/tally.h). */
void
event_row(struct tally *tally, const struct sql_event_add_args *row)
{
	struct mac *mac = tally_row(tally, "event");

	mac_int(mac, row->number);
	mac_int(mac, row->ledger_size);
	mac_int(mac, row->at_us);
	mac_text(mac, row->name);
	mac_text(mac, row->object);
	mac_int(mac, row->unit);
	tally_row_end(tally);
}

enum fail
event_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_event_between row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_event_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_event_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		event_row(tally, &(struct sql_event_add_args){
				     .number = row.number,
				     .ledger_size = row.ledger_size,
				     .at_us = row.at_us,
				     .name = row.name,
				     .object = row.object,
				     .unit = row.unit_id,
				 });
	}
}
