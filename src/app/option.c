#include "app/option.h"

const struct option app_option_table[] = {
	[APP_IDEMPOTENCY_LIFE] = OPT_INT("idempotency.life", 7 * 86400, 3600,
	    90 * 86400, "s", OPTION_RELOAD,
	    "How long the answer to an Idempotency-Key is kept, so that "
	    "sending again does nothing again."),
	{ 0 },
};
