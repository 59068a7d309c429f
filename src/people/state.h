#ifndef PEOPLE_STATE_H
#define PEOPLE_STATE_H

#include <stdatomic.h>

#include "people/access.h"

/*
 * What stands behind home->people; only files of people/ include this header.
 * The functions are set before the first thread; the cache and the throttle
 * have their own locks; hashing counts the password hashings going on.
 */
struct actor_cache;
struct throttle;

struct people {
	access_reach_fn *reach;
	access_describe_fn *describe;
	struct actor_cache *cache;
	struct throttle *throttle;
	atomic_int hashing;
};

#endif
