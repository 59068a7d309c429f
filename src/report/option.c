#include "report/option.h"

const struct option report_option_table[] = {
	[REPORT_ACCEPTED_AT_ONCE] =
	    OPT_INT("report.accepted_at_once", 20, 1, 500, "", OPTION_RELOAD,
		"Reports that one unit of work accepts where many are accepted "
		"by one request; other writers go between two units."),
	{ 0 },
};
