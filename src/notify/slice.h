#ifndef NOTIFY_SLICE_H
#define NOTIFY_SLICE_H

#include "app/slice.h"
#include "event/event.h"
#include "jobs/jobs.h"

extern const struct slice notify_slice;
extern const struct route notify_routes[];      /* notify_http.c */
extern const struct route notify_screens[];     /* screens.c */
extern const struct route contact_routes[];     /* contact_http.c */
extern const struct route card_routes[];        /* card_http.c */
extern const struct event_kind notify_events[]; /* event.c */
extern const struct job_kind notify_jobs[];     /* job.c */

#endif
