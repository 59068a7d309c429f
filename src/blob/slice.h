#ifndef BLOB_SLICE_H
#define BLOB_SLICE_H

#include "app/slice.h"
#include "jobs/jobs.h"

/* Files: sending them in steps, reading them by digest, keeping house. */
extern const struct slice blob_slice;

extern const struct route blob_routes[];
extern const struct blob_owner upload_owners[];

extern const struct job_kind blob_jobs[];

#endif
