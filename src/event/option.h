#ifndef EVENT_OPTION_H
#define EVENT_OPTION_H

#include "core/option.h"

extern const struct option event_option_table[];
enum event_option { EVENT_DAYS, EVENT_STREAMS, EVENT_PERSON, EVENT_HEARTBEAT };

#endif
