#ifndef APP_IDEMPOTENCY_H
#define APP_IDEMPOTENCY_H

#include <stdbool.h>

#include "app/call.h"

/*
 * Idempotency-Key on POST: the answer to an act is kept for some days (option idempotency.life) per person
 * and key, in the unit of work of the act itself, so that repeating is safe
 * whatever was lost on the way.
 *
 * Ledger numbers are known only inside the commit.  So what is kept with the
 * act is its answer as far as known then; when the numbers made it another
 * text, it is written over after the commit (idempotency_finish).  If the
 * machine dies in between, a repetition answers the earlier text: the act is
 * there exactly once either way.
 *
 * A second request with the key of one that still runs here is asked to come
 * back: FAIL_BUSY "idempotency.running".  On another node the unique key of the
 * table stops it with the same code.
 */
#define IDEMPOTENCY_KEY_MAX 64

/* The keys of requests that run now; one lock.  In struct dispatch. */
struct running;
struct running *running_new(void);
void running_free(struct running *running);

/*
 * Take note of the request's key, if it is a POST with one that the row keeps:
 * sets call->key.  After OK the caller says idempotency_leave in any case.
 *	FAIL_INVALID	"idempotency.key"	not 1-64 printable characters
 *	FAIL_BUSY	"idempotency.running"
 */
NODISCARD enum fail idempotency_enter(struct ctx *ctx, struct call *call,
    struct running *running);
void idempotency_leave(const struct call *call, struct running *running);

/*
 * Needs a transaction.  If the key is known the kept answer is noted in call
 * and call->is_replayed is set.
 *	FAIL_CONFLICT	"idempotency.reused"	for another request
 *	FAIL_INTERNAL	"idempotency.edited"	it was changed beside the program
 */
NODISCARD enum fail idempotency_find(struct ctx *ctx, struct call *call);

/* Needs TX_WRITE: keep the answer, rendered in call->content. */
NODISCARD enum fail idempotency_keep(struct ctx *ctx, const struct call *call);

/* Needs TX_WRITE: its final text. */
NODISCARD enum fail idempotency_finish(struct ctx *ctx,
    const struct call *call);

/* For truc doctor.  Needs TX_READ.  FAIL_INTERNAL "idempotency.edited" */
struct text;
NODISCARD enum fail idempotency_check(struct ctx *ctx, struct text *said);
/* Answers of before get their MACs.  Needs TX_WRITE. */
NODISCARD enum fail idempotency_adopt(struct ctx *ctx);

#endif
