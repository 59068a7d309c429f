#ifndef REPORT_OPTION_H
#define REPORT_OPTION_H

#include "core/option.h"

extern const struct option report_option_table[];
enum report_option {
	REPORT_ACCEPTED_AT_ONCE,
	REPORT_OWED_SINCE,
	REPORT_SAVES,
	REPORT_SAVES_PERSON,
	REPORT_SAVES_KEY,
	REPORT_VERSIONS,
	REPORT_VERSIONS_PERSON,
	REPORT_VERSIONS_KEY,
};

#endif
