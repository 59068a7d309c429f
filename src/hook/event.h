#ifndef HOOK_EVENT_H
#define HOOK_EVENT_H

#include "event/event.h"

/* Sent to one hook, its object, to see whether it arrives. */
#define HOOK_TESTED "vn.truc.hook.tested"

extern const struct event_kind hook_events[];

#endif
