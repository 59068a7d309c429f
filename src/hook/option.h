#ifndef HOOK_OPTION_H
#define HOOK_OPTION_H

#include "core/option.h"

extern const struct option hook_option_table[];
enum hook_option {
	HOOK_RETRY,
	HOOK_KEPT,
	HOOK_LETTERS,
	HOOK_A_PERSON,
	HOOK_TESTS_A_DAY
};

#endif
