#include "people/credential.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "people/actor_cache.h"
#include "people/ended.h"
#include "people/mac.h"
#include "people/person.h"
#include "people/session.sql.h"
#include "people/session_row.h"
#include "people/state.h"
#include "people/token.h"
#include "people/token.sql.h"
#include "store/within.h"

#define SECRET_LEN 32

/* One look into the store. */
struct lookup {
	enum credential kind;
	struct digest digest;
	bool found;
	struct known_actor known;
};

const char *
credential_make(struct ctx *ctx, enum credential kind,
    struct digest *ret_digest)
{
	/* Never from ctx->random, which a demo seeds. */
	struct random random;
	uint8_t secret[SECRET_LEN];
	const char *text = NULL;

	random_init(&random);
	random_bytes(&random, secret, sizeof(secret));
	text = bytes_hex(ctx->arena, (struct bytes){ secret, sizeof(secret) });
	if (kind == CREDENTIAL_TOKEN) /* a mark that secret scanners know */
		text = arena_printf(ctx->arena, "truc_%s", text);
	*ret_digest = digest_of(bytes_of_text(text));
	return text;
}

static enum fail
read_person(struct ctx *ctx, struct lookup *lookup, int64_t person)
{
	struct actor *actor = NULL;

	TRY(person_actor(ctx, person, &actor));
	if (actor == NULL)
		return OK;
	lookup->known.actor = *actor;
	lookup->known.actor.by_token = lookup->kind == CREDENTIAL_TOKEN;
	lookup->found = true;
	return OK;
}

struct digest
session_mac(struct ctx *ctx, const struct session_row *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "session");
	mac_int(&mac, row->person);
	mac_bytes(&mac, row->digest);
	mac_int(&mac, row->created_us);
	mac_int(&mac, row->seen_us);
	return mac_end(&mac);
}

static bool
is_ours(struct ctx *ctx, const struct sql_session_find *row)
{
	const struct digest mac =
	    session_mac(ctx, &(struct session_row){ row->person_id, row->digest,
				 row->created_us, row->seen_us });

	return mac_is(row->mac, &mac);
}

/* NULL: there is none that this program wrote and did not end. */
static enum fail
find_session(struct ctx *ctx, const struct lookup *lookup,
    struct sql_session_find **ret)
{
	struct sql_session_find *row = NULL;
	struct digest name = { 0 };

	*ret = NULL;
	TRY(sql_session_find(ctx, digest_bytes(&lookup->digest), &row));
	if (row == NULL)
		return OK;
	name = session_name(ctx, row);
	if (is_ours(ctx, row) && !ended_has(ctx->home, &name))
		*ret = row;
	else
		LOG(LOG_WARN, "session.edited", LOG_N("user", row->person_id));
	return OK;
}

static enum fail
read_session(struct ctx *ctx, void *arg)
{
	struct lookup *lookup = arg;
	struct sql_session_find *row = NULL;

	TRY(find_session(ctx, lookup, &row));
	if (row == NULL)
		return OK;
	TRY(read_person(ctx, lookup, row->person_id));
	lookup->known.actor.session = row->id;
	lookup->known.ends_us = row->created_us + session_life_us(ctx->home);
	lookup->known.actor.ends_us = lookup->known.ends_us;
	lookup->known.seen_us = row->seen_us;
	return OK;
}

static enum fail
read_token(struct ctx *ctx, void *arg)
{
	struct lookup *lookup = arg;
	struct sql_token_find *row = NULL;

	TRY(sql_token_find(ctx, digest_bytes(&lookup->digest), ctx->now_us,
	    &row));
	if (row == NULL)
		return OK;
	TRY(read_person(ctx, lookup, row->person_id));
	lookup->known.actor.token = row->id;
	lookup->known.ends_us = row->expires_us;
	if (row->used != NULL)
		lookup->known.seen_us = day_start_us(*row->used);
	return OK;
}

/* From the store, and into the cache for the next time. */
static enum fail
look_up(struct ctx *ctx, struct actor_cache *cache, struct lookup *lookup)
{
	const uint64_t generation = actor_cache_generation(cache);

	TRY(tx_within(ctx, TX_READ,
	    lookup->kind == CREDENTIAL_SESSION ? read_session : read_token,
	    lookup));
	if (lookup->found)
		actor_cache_put(cache, &lookup->digest, generation, ctx->now_us,
		    &lookup->known);
	return OK;
}

static enum fail
touch_token(struct ctx *ctx, void *arg)
{
	const struct lookup *lookup = arg;

	return token_use(ctx, lookup->known.actor.token);
}

static enum fail
touch(struct ctx *ctx, void *arg)
{
	const struct lookup *lookup = arg;
	struct sql_session_find *row = NULL;
	struct digest mac = { 0 };
	int64_t changed = 0;

	TRY(find_session(ctx, lookup, &row));
	if (row == NULL || row->seen_us >= ctx->now_us)
		return OK;
	mac = session_mac(ctx, &(struct session_row){ row->person_id,
				   row->digest, row->created_us, ctx->now_us });
	TRY(tally_leave(ctx, session_rows, row->id, row->id));
	TRY(sql_session_touch(ctx, row->id, ctx->now_us, digest_bytes(&mac),
	    &changed));
	return tally_enter(ctx, session_rows, row->id, row->id);
}

/* That a session is in use need not be known to the second, nor at all costs:
 * a store that cannot write now must not keep readers out. */
static void
note_use(struct ctx *ctx, struct actor_cache *cache, struct lookup *lookup)
{
	const bool is_token = lookup->kind == CREDENTIAL_TOKEN;
	const int64_t seen_us = lookup->known.seen_us;

	if (is_token ? day_of_us(ctx->now_us) <= day_of_us(seen_us)
		     : ctx->now_us - seen_us < SESSION_TOUCH_US)
		return;
	actor_cache_seen(cache, &lookup->digest, ctx->now_us);
	if (tx_within(ctx, TX_WRITE, is_token ? touch_token : touch, lookup) !=
	    OK)
		fail_clear(ctx);
}

static bool
is_over(const struct ctx *ctx, const struct lookup *lookup)
{
	const struct known_actor *known = &lookup->known;

	return ctx->now_us >= known->ends_us ||
	       (lookup->kind == CREDENTIAL_SESSION &&
		   ctx->now_us - known->seen_us >= session_idle_us(ctx->home));
}

struct credential_id
credential_id(enum credential kind, const char *text)
{
	return (struct credential_id){ .kind = kind,
		.digest = digest_of(bytes_of_text(text)) };
}

/* Cache, then store; lookup->found if it counts now. */
static enum fail
find(struct ctx *ctx, struct actor_cache *cache, struct lookup *lookup)
{
	lookup->found = actor_cache_get(cache, ctx->arena, &lookup->digest,
	    ctx->now_us, &lookup->known);
	if (!lookup->found)
		TRY(look_up(ctx, cache, lookup));
	/* A session's text sent as a token is nobody's, and the other way. */
	if (lookup->found && (lookup->known.actor.by_token !=
				     (lookup->kind == CREDENTIAL_TOKEN) ||
				 is_over(ctx, lookup)))
		lookup->found = false;
	return OK;
}

static const struct actor *
actor_of(struct ctx *ctx, const struct lookup *lookup)
{
	return arena_copy(ctx->arena, &lookup->known.actor,
	    sizeof(lookup->known.actor));
}

enum fail
credential_actor(struct ctx *ctx, enum credential kind, const char *text,
    const struct actor **ret)
{
	struct people *people = ctx->home->people;
	struct lookup lookup = { .kind = kind };

	assert(people != NULL);
	*ret = NULL;
	if (strlen(text) > CREDENTIAL_MAX)
		return OK;
	lookup.digest = digest_of(bytes_of_text(text));
	TRY(find(ctx, people->cache, &lookup));
	if (!lookup.found)
		return OK;
	note_use(ctx, people->cache, &lookup);
	*ret = actor_of(ctx, &lookup);
	return OK;
}

enum fail
credential_again(struct ctx *ctx, const struct credential_id *id,
    const struct actor **ret)
{
	struct people *people = ctx->home->people;
	struct lookup lookup = { .kind = id->kind, .digest = id->digest };

	assert(people != NULL);
	TRY(find(ctx, people->cache, &lookup));
	*ret = lookup.found ? actor_of(ctx, &lookup) : NULL;
	return OK;
}
