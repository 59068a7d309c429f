#include "blob/slice.h"

#include "blob/check.h"
#include "blob/inside.h"
#include "blob/option.h"

static const struct route *const tables[] = { blob_routes, NULL };

const struct slice blob_slice = {
	.name = "blob",
	.routes = tables,
	.options = (const struct option *const[]){ blob_option_table, NULL },
	.jobs = blob_jobs,
	.checks =
	    (const struct check[]){
		{ "uploads", uploads_check },
		{ 0 },
	    },
	.blobs = upload_owners,
	.tallies =
	    (const struct tally_table[]){
		{ "uploads", upload_rows },
		{ "uploads given up", upload_ended_rows },
		{ 0 },
	    },
};
