#ifndef NOTIFY_OPTION_H
#define NOTIFY_OPTION_H

#include "core/option.h"

extern const struct option notify_option_table[];
enum notify_option { NOTIFY_KEPT, NOTIFY_LETTERS_FILE };

#endif
