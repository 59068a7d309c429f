#include "report/slice.h"

const struct slice report_slice = {
	.name = "report",
	.routes =
	    (const struct route *const[]){ report_routes, duty_routes, NULL },
};
