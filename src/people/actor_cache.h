#ifndef PEOPLE_ACTOR_CACHE_H
#define PEOPLE_ACTOR_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"
#include "trust/trust.h"

/*
 * Who is behind a session or a token, kept in memory so that a request does not
 * read it again.  A fixed table of ACTOR_CACHE_SLOTS; one lock, held for a copy.
 *
 * Never stale within the process: every change of a person, position, session
 * or token stages actor_cache_stage, which raises the generation after the
 * commit, and an entry counts only in the generation it was read in.  A reader
 * takes the generation before its snapshot, so what it read too early is
 * refused.  An entry is trusted for ACTOR_CACHE_AGE_US at most, because other
 * nodes on the same PostgreSQL change people too; and on its own day only, since
 * positions are dated.
 */
#define ACTOR_CACHE_SLOTS 16384 /* more than communes; 9 MB if all are used */
#define ACTOR_CACHE_AGE_US INT64_C(30000000)
#define ACTOR_CACHE_POSITIONS 8 /* who has more is not kept */

struct actor_cache;

struct known_actor {
	struct actor actor;
	int64_t ends_us; /* the session or token is over */
	int64_t seen_us; /* sessions: last noted use */
};

struct actor_cache *actor_cache_new(void);
void actor_cache_free(struct actor_cache *cache); /* NULL does nothing */

/* Called after each new generation, without the lock; see people_listen. */
void actor_cache_listen(struct actor_cache *cache, void (*news)(void *arg),
    void *arg);

uint64_t actor_cache_generation(struct actor_cache *cache);

/* A copy in arena; false if not known in this generation. */
bool actor_cache_get(struct actor_cache *cache, struct arena *arena,
    const struct digest *digest, int64_t now_us, struct known_actor *ret);
void actor_cache_put(struct actor_cache *cache, const struct digest *digest,
    uint64_t generation, int64_t now_us, const struct known_actor *known);
/* Note a use, so that only one of many requests at once writes it down. */
void actor_cache_seen(struct actor_cache *cache, const struct digest *digest,
    int64_t seen_us);

/* Forget everybody once this unit of work is durable.  Needs TX_WRITE; does
 * nothing without home->people. */
void actor_cache_stage(struct ctx *ctx);

#endif
