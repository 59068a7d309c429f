#ifndef JOBS_OPTION_H
#define JOBS_OPTION_H

#include "core/option.h"

extern const struct option jobs_option_table[];
enum jobs_option { JOBS_BACK_OFF, JOBS_BACK_OFF_MOST };

#endif
