#include "centre/slice.h"

#include "centre/admission.h"
#include "centre/check.h"
#include "core/home.h"
#include "report/keep.h"

static enum fail
open_admission(struct ctx *ctx)
{
	admission_attach(ctx->home, admission_new());
	return OK;
}

static void
close_admission(struct home *home)
{
	admission_free(admission_of(home));
	admission_attach(home, NULL);
}

const struct slice centre_slice = {
	.name = "centre",
	.routes = (const struct route *const[]){ figures_routes, centre_screens,
	    NULL },
	.grants =
	    (const struct grant[]){
		{ "figures.read", ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR |
				      ROLE_VIEWER | ROLE_CENTRE },
		{ 0 },
	    },
	.options = (const struct option *const[]){ centre_option_table, NULL },
	.checks =
	    (const struct check[]){
		{ "cube", check_cube },
		/* Against the cube that check_cube has filled. */
		{ "snapshot", report_check_kept },
		{ "limits", report_check_limits },
		{ 0 },
	    },
	.open = open_admission,
	.close = close_admission,
};
