#ifndef PEOPLE_STATE_H
#define PEOPLE_STATE_H

#include <stddef.h>

#include "people/access.h"
#include "trust/trust.h"

/*
 * What is behind home->people; only files of people/ include this header.
 * The grants and functions are set before the first thread; the cache, the throttle
 * and the places for hashing have their own locks.
 */
struct actor_cache;
struct throttle;
struct turnstile;
struct refused;
struct ended;
struct map;
struct arena;

struct people {
	struct map *grants;       /* permission to its struct grant */
	const char **permissions; /* all of grants, sorted by text */
	size_t permission_count;
	struct arena *arena; /* what the above is in */
	access_reach_fn *reach;
	access_describe_fn *describe;
	struct actor_cache *cache;
	struct throttle *throttle;
	struct turnstile *hashing;
	struct refused *refused;
	struct ended *ended;
	struct digest secret; /* of all MACs */
};

#endif
