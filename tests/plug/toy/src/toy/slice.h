#ifndef TOY_SLICE_H
#define TOY_SLICE_H

#include "app/slice.h"
#include "event/event.h"
#include "jobs/jobs.h"

extern const struct slice toy_slice;

extern const struct route toy_routes[];
extern const struct route toy_screens[];
extern const struct job_kind toy_jobs[];
extern const struct event_kind toy_events[];
extern const struct check toy_checks[];
extern const struct blob_owner toy_pictures[];

#endif
