#ifndef REPORT_EVENT_H
#define REPORT_EVENT_H

#include "event/event.h"
#include "report/paper.h"

/*
 * The events of reports (event/event.h): the acts that are ledger entries, and
 * those that stay inside the unit.
 */
extern const struct event_kind report_events[];

/* Note the last act of a unit of work: what was only on the way to it is of no
 * interest to anybody.  Needs TX_WRITE. */
NODISCARD enum fail report_tell(struct ctx *ctx, const struct report *report,
    enum report_act act);

#endif
