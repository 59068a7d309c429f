#ifndef EVENT_SLICE_H
#define EVENT_SLICE_H

#include "app/slice.h"
#include "jobs/jobs.h"

extern const struct route event_routes[]; /* event_http.c */

extern const struct job_kind event_jobs[]; /* prune.c */

extern const struct slice event_slice;

#endif
