#ifndef PEOPLE_OPTION_H
#define PEOPLE_OPTION_H

#include "core/option.h"

extern const struct option people_option_table[];
enum people_option {
	PEOPLE_SESSION_LIFE,
	PEOPLE_SESSION_IDLE,
	PEOPLE_HASHINGS,
	PEOPLE_QUEUE,
	PEOPLE_QUEUE_SHARE,
	PEOPLE_WAIT,
	PEOPLE_TRIES,
	PEOPLE_TRIES_LOGIN,
	PEOPLE_TRIES_ADDRESS,
	PEOPLE_KNOWN_BROWSER,
};

#endif
