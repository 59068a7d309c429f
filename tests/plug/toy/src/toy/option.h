#ifndef TOY_OPTION_H
#define TOY_OPTION_H

#include "core/option.h"

extern const struct option toy_option_table[];
enum toy_option { TOY_MOST };

#endif
