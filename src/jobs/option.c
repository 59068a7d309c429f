#include "jobs/option.h"

const struct option jobs_option_table[] = {
	[JOBS_BACK_OFF] = OPT_INT("job.back_off", 10, 1, 3600, "s",
	    OPTION_RELOAD,
	    "How long a background job that failed waits for its second try; "
	    "each further wait is four times the last one."),
	[JOBS_BACK_OFF_MOST] = OPT_INT("job.back_off_most", 6 * 3600, 1,
	    7 * 86400, "s", OPTION_RELOAD, "The longest of these waits."),
	{ 0 },
};
