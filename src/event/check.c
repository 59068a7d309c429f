#include <inttypes.h>

#include "core/text.h"
#include "event/check.h"
#include "event/event.h"
#include "event/event.sql.h"
#include "ledger/ledger.h"

/*
 * A row out of its order is never reached by who follows the events, and
 * neither is what comes after it.
 */
enum fail
event_check(struct ctx *ctx, struct text *said)
{
	struct sql_event_order *order = NULL;
	struct ledger_mark mark = { 0 };

	TRY(ledger_mark(ctx, &mark));
	TRY(sql_event_order(ctx, mark.size, &order));
	if (order->missing != 0 || order->misplaced != 0)
		return FAIL(ctx, FAIL_INTERNAL, "event.order",
		    "of the rows of events %" PRId64 " are missing and %" PRId64
		    " are not in the order of a ledger with %" PRId64
		    " entries",
		    order->missing, order->misplaced, mark.size);
	text_addf(said, "%" PRId64 " rows have their places in the order",
	    order->count);
	return OK;
}
