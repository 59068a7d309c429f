#include "people/people.h"

#include <assert.h>
#include <stdlib.h>

#include "people/actor_cache.h"
#include "people/state.h"
#include "people/throttle.h"

struct people *
people_new(access_reach_fn *reach)
{
	struct people *people = calloc(1, sizeof(*people));

	assert(people != NULL);
	people->reach = reach;
	people->cache = actor_cache_new();
	people->throttle = throttle_new();
	atomic_init(&people->hashing, 0);
	return people;
}

void
people_set_describe(struct people *people, access_describe_fn *describe)
{
	people->describe = describe;
}

void
people_listen(struct people *people, void (*news)(void *arg), void *arg)
{
	actor_cache_listen(people->cache, news, arg);
}

void
people_free(struct people *people)
{
	if (people == NULL)
		return;
	actor_cache_free(people->cache);
	throttle_free(people->throttle);
	free(people);
}
