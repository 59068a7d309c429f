#ifndef JOBS_UPKEEP_H
#define JOBS_UPKEEP_H

#include "jobs/jobs.h"

/*
 * What the program does by itself, as jobs: every night at 02:00 it walks its
 * own ledger.  A fault becomes a dead letter and a line in the log.
 */
extern const struct job_kind upkeep_kinds[];

#endif
