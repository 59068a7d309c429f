#ifndef HOOK_DELIVER_H
#define HOOK_DELIVER_H

#include <stdint.h>

#include "core/ctx.h"
#include "jobs/jobs.h"

/*
 * Sending what hooks want.  A plan of the outbound lane finds hooks that are
 * behind and gives each a job; the job reads events from the hook's place on,
 * looks before each whether its owner may still read it, calls the receiver
 * without a transaction, and notes how far it came once a second and at its end.
 * A hook has one job at most, which is what keeps the order.
 *
 * Who dies between the answer and the note sends again what was answered since
 * the last note.
 */
extern const struct job_kind hook_jobs[];

/* jobs/jobs.h; does nothing without home->hooks. */
NODISCARD enum fail hook_plan(struct ctx *ctx, int64_t *ret_next_us);

#endif
