#include "blob/slice.h"

static const struct route *const tables[] = { blob_routes, NULL };

const struct slice blob_slice = {
	.name = "blob",
	.routes = tables,
	.jobs = blob_jobs,
	.blobs = upload_owners,
};
