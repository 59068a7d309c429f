#ifndef CLI_UPKEEP_H
#define CLI_UPKEEP_H

#include <stdint.h>

#include "jobs/jobs.h"

/*
 * What the program does by itself, as jobs: every night at 02:00 it walks its
 * own ledger.  A fault becomes a dead letter and a line in the log.
 */
extern const struct job_kind upkeep_kinds[];

/* The first 02:00 (+07:00) after an instant. */
int64_t upkeep_next_us(int64_t now_us);

/* Write tonight's job.  Begins its own transaction. */
NODISCARD enum fail upkeep_add(struct ctx *ctx);

#endif
