#ifndef REPORT_OPTION_H
#define REPORT_OPTION_H

#include "core/option.h"

extern const struct option report_option_table[];
enum report_option { REPORT_ACCEPTED_AT_ONCE };

#endif
