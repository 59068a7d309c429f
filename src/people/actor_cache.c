#include "people/actor_cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "people/state.h"
#include "store/store.h"

#define WAYS 4
#define LOGIN_ROOM 65
#define NAME_ROOM 201

struct cached {
	struct digest digest;
	uint64_t generation; /* 0: empty */
	int64_t filled_us;
	struct known_actor known; /* without login, name, positions */
	char login[LOGIN_ROOM];
	char name[NAME_ROOM];
	struct position positions[ACTOR_CACHE_POSITIONS];
};

struct actor_cache {
	pthread_mutex_t lock;
	uint64_t generation;
	struct cached *slots;
	void (*news)(void *arg); /* NULL: nobody listens */
	void *news_arg;
};

struct raise {
	struct tx_effect effect;
	struct actor_cache *cache;
};

struct actor_cache *
actor_cache_new(void)
{
	struct actor_cache *cache = calloc(1, sizeof(*cache));

	assert(cache != NULL);
	cache->slots = calloc(ACTOR_CACHE_SLOTS, sizeof(*cache->slots));
	assert(cache->slots != NULL);
	cache->generation = 1;
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void
actor_cache_free(struct actor_cache *cache)
{
	if (cache == NULL)
		return;
	pthread_mutex_destroy(&cache->lock);
	free(cache->slots);
	free(cache);
}

/* Digests are even already, so their first bytes choose the slots. */
static struct cached *
first_way(struct actor_cache *cache, const struct digest *digest)
{
	uint32_t at = 0;

	memcpy(&at, digest->at, sizeof(at));
	return &cache->slots[at % (ACTOR_CACHE_SLOTS / WAYS) * WAYS];
}

static struct cached *
slot_find(struct actor_cache *cache, const struct digest *digest)
{
	struct cached *slot = first_way(cache, digest);

	for (int i = 0; i < WAYS; i++, slot++)
		if (slot->generation == cache->generation &&
		    memcmp(&slot->digest, digest, sizeof(*digest)) == 0)
			return slot;
	return NULL;
}

uint64_t
actor_cache_generation(struct actor_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	const uint64_t generation = cache->generation;
	pthread_mutex_unlock(&cache->lock);
	return generation;
}

static void
copy_out(struct arena *arena, const struct cached *slot,
    struct known_actor *ret)
{
	struct actor *actor = &ret->actor;

	*ret = slot->known;
	actor->login = arena_text(arena, slot->login);
	actor->name = arena_text(arena, slot->name);
	actor->positions = arena_copy(arena, slot->positions,
	    actor->position_count * sizeof(*slot->positions));
}

bool
actor_cache_get(struct actor_cache *cache, struct arena *arena,
    const struct digest *digest, int64_t now_us, struct known_actor *ret)
{
	bool found = false;

	pthread_mutex_lock(&cache->lock);
	const struct cached *slot = slot_find(cache, digest);

	if (slot != NULL && now_us >= slot->filled_us &&
	    now_us - slot->filled_us < ACTOR_CACHE_AGE_US &&
	    day_of_us(now_us) == day_of_us(slot->filled_us)) {
		copy_out(arena, slot, ret);
		found = true;
	}
	pthread_mutex_unlock(&cache->lock);
	return found;
}

/* The digest's own slot, else one that no longer counts, else the oldest. */
static struct cached *
slot_to_fill(struct actor_cache *cache, const struct digest *digest)
{
	struct cached *best = slot_find(cache, digest);
	struct cached *slot = first_way(cache, digest);

	if (best != NULL)
		return best;
	best = slot;
	for (int i = 0; i < WAYS; i++, slot++) {
		if (slot->generation != cache->generation)
			return slot;
		if (slot->filled_us < best->filled_us)
			best = slot;
	}
	return best;
}

void
actor_cache_put(struct actor_cache *cache, const struct digest *digest,
    uint64_t generation, int64_t now_us, const struct known_actor *known)
{
	const struct actor *actor = &known->actor;
	const size_t login_size = strlen(actor->login) + 1;
	const size_t name_size = strlen(actor->name) + 1;

	if (login_size > LOGIN_ROOM || name_size > NAME_ROOM ||
	    actor->position_count > ACTOR_CACHE_POSITIONS)
		return;
	pthread_mutex_lock(&cache->lock);
	if (generation == cache->generation) {
		struct cached *slot = slot_to_fill(cache, digest);

		slot->digest = *digest;
		slot->generation = generation;
		slot->filled_us = now_us;
		slot->known = *known;
		/* The caller's texts go; this one is the program's. */
		slot->known.actor.locale =
		    text_equal(actor->locale, "en") ? "en" : "vi";
		memcpy(slot->login, actor->login, login_size);
		memcpy(slot->name, actor->name, name_size);
		for (size_t i = 0; i < actor->position_count; i++)
			slot->positions[i] = actor->positions[i];
	}
	pthread_mutex_unlock(&cache->lock);
}

void
actor_cache_seen(struct actor_cache *cache, const struct digest *digest,
    int64_t seen_us)
{
	pthread_mutex_lock(&cache->lock);
	struct cached *slot = slot_find(cache, digest);

	if (slot != NULL)
		slot->known.seen_us = seen_us;
	pthread_mutex_unlock(&cache->lock);
}

void
actor_cache_listen(struct actor_cache *cache, void (*news)(void *arg),
    void *arg)
{
	pthread_mutex_lock(&cache->lock);
	cache->news = news;
	cache->news_arg = arg;
	pthread_mutex_unlock(&cache->lock);
}

static void
raise_generation(struct tx_effect *self)
{
	/* effect is the first member. */
	struct actor_cache *cache = ((struct raise *)(void *)self)->cache;

	void (*news)(void *arg) = NULL;
	void *arg = NULL;

	pthread_mutex_lock(&cache->lock);
	cache->generation++;
	news = cache->news;
	arg = cache->news_arg;
	pthread_mutex_unlock(&cache->lock);
	if (news != NULL)
		news(arg);
}

void
actor_cache_stage(struct ctx *ctx)
{
	if (ctx->home->people == NULL)
		return;

	struct raise *raise = ARENA_NEW(ctx->arena, struct raise);

	raise->effect.apply = raise_generation;
	raise->cache = ctx->home->people->cache;
	tx_stage_effect(ctx, &raise->effect);
}
