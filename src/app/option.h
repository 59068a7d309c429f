#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "core/option.h"

extern const struct option app_option_table[];
enum app_option {
	APP_IDEMPOTENCY_LIFE,
	APP_OFFICE_NAME,
	APP_OFFICE_TELEPHONE,
	APP_READS,
	APP_READS_QUEUE,
	APP_READS_WAIT,
};

#endif
