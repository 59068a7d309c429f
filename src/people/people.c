#include "people/people.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/random.h"
#include "core/turnstile.h"
#include "people/actor_cache.h"
#include "people/ended.h"
#include "people/refused.h"
#include "people/state.h"
#include "people/throttle.h"

#define PERMISSIONS_MAX 128

/* What the files of this folder ask for themselves. */
static const struct grant own_grants[] = {
	{ "session.own", ROLE_EVERYBODY },
	{ "user.manage", ROLE_ADMIN | ROLE_AREA_ADMIN | ROLE_UNIT_ADMIN },
	{ "ops.read", ROLE_ADMIN },
	{ 0 },
};

/* map_put_text takes what may be changed; nobody does. */
static void
add(struct people *people, const struct grant *grant)
{
	size_t at = people->permission_count++;

	assert(at < PERMISSIONS_MAX);
	map_put_text(people->grants, grant->permission,
	    arena_copy(people->arena, grant, sizeof(*grant)));
	while (at > 0 &&
	       strcmp(people->permissions[at - 1], grant->permission) > 0) {
		people->permissions[at] = people->permissions[at - 1];
		at--;
	}
	people->permissions[at] = grant->permission;
}

struct people *
people_new(void)
{
	struct people *people = calloc(1, sizeof(*people));
	struct random random;

	assert(people != NULL);
	people->arena = arena_new(0);
	people->grants = map_new(people->arena, PERMISSIONS_MAX);
	people->permissions =
	    ARENA_ARRAY(people->arena, PERMISSIONS_MAX, const char *);
	for (const struct grant *grant = own_grants; grant->permission != NULL;
	     grant++)
		add(people, grant);
	people->cache = actor_cache_new();
	people->throttle = throttle_new();
	people->hashing = turnstile_new();
	people->refused = refused_new();
	people->ended = ended_new();
	random_init(&random);
	random_bytes(&random, &people->secret, sizeof(people->secret));
	return people;
}

void
people_set_reach(struct people *people, access_reach_fn *reach)
{
	people->reach = reach;
}

void
people_set_describe(struct people *people, access_describe_fn *describe)
{
	people->describe = describe;
}

void
people_set_secret(struct people *people, const struct digest *secret)
{
	people->secret = *secret;
}

bool
people_grants(const struct people *people, const char *permission)
{
	return map_get_text(people->grants, permission) != NULL;
}

enum fail
people_grant(struct ctx *ctx, const struct grant *table)
{
	struct people *people = ctx->home->people;

	for (const struct grant *grant = table; grant->permission != NULL;
	     grant++) {
		if (people_grants(people, grant->permission))
			return FAIL(ctx, FAIL_INTERNAL, "access.granted_twice",
			    "%s is granted in two places", grant->permission);
		add(people, grant);
	}
	return OK;
}

void
people_listen(struct people *people, void (*news)(void *arg), void *arg)
{
	actor_cache_listen(people->cache, news, arg);
}

int64_t
people_waiting(const struct people *people)
{
	return turnstile_waiting(people->hashing);
}

void
people_free(struct people *people)
{
	if (people == NULL)
		return;
	actor_cache_free(people->cache);
	throttle_free(people->throttle);
	turnstile_free(people->hashing);
	refused_free(people->refused);
	ended_free(people->ended);
	arena_free(people->arena);
	free(people);
}
