#include "people/throttle.h"

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/day.h"
#include "core/random.h"
#include "people/option.h"

#define SLOTS 8192
#define WAYS 4

/* free_us is when all charges are paid off; each adds the kind's step. */
struct charge {
	uint64_t key;   /* 0: empty */
	uint64_t owner; /* of the key's first word: throttle_forget */
	int64_t free_us;
};

struct throttle {
	pthread_mutex_t lock;
	uint64_t seed; /* so that nobody can choose keys that collide */
	struct charge slots[SLOTS];
};

static const struct rate {
	int64_t step_us;
	enum people_option burst;
} rates[] = {
	[THROTTLE_PAIR] = { 60 * SECOND_US, PEOPLE_TRIES },
	[THROTTLE_LOGIN] = { 36 * SECOND_US, PEOPLE_TRIES_LOGIN },
	[THROTTLE_ADDRESS] = { 2 * SECOND_US, PEOPLE_TRIES_ADDRESS },
	[THROTTLE_BROWSER] = { 60 * SECOND_US, PEOPLE_TRIES },
	[THROTTLE_CHANGE] = { 60 * SECOND_US, PEOPLE_TRIES },
	[THROTTLE_LINK] = { 2 * SECOND_US, PEOPLE_TRIES_ADDRESS },
};

struct throttle *
throttle_new(void)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));
	struct random random;

	assert(throttle != NULL);
	random_init(&random);
	random_bytes(&random, &throttle->seed, sizeof(throttle->seed));
	pthread_mutex_init(&throttle->lock, NULL);
	return throttle;
}

void
throttle_free(struct throttle *throttle)
{
	if (throttle == NULL)
		return;
	pthread_mutex_destroy(&throttle->lock);
	free(throttle);
}

const char *
throttle_network(struct arena *arena, const char *address)
{
	char room[INET6_ADDRSTRLEN];
	struct in6_addr at = { 0 };
	const char *text = NULL;

	if (inet_pton(AF_INET6, address, &at) != 1)
		return address;
	if (IN6_IS_ADDR_V4MAPPED(&at)) {
		text = inet_ntop(AF_INET, &at.s6_addr[12], room, sizeof(room));
	} else {
		memset(&at.s6_addr[8], 0, 8);
		text = inet_ntop(AF_INET6, &at, room, sizeof(room));
	}
	assert(text != NULL);
	return arena_text(arena, text);
}

/* FNV-1a over seed, kind and text. */
static uint64_t
number_of(const struct throttle *throttle, enum throttle_kind kind,
    const char *key, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ throttle->seed;

	h = (h ^ (uint64_t)kind) * UINT64_C(1099511628211);
	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)key[i]) * UINT64_C(1099511628211);
	h ^= h >> 32;
	return h == 0 ? 1 : h;
}

uint64_t
throttle_number(const struct throttle *throttle, enum throttle_kind kind,
    const char *key)
{
	return number_of(throttle, kind, key, strlen(key));
}

/* Keys begin with whose they are: a login, or a browser's person. */
static uint64_t
owner_of(const struct throttle *throttle, enum throttle_kind kind,
    const char *key)
{
	return number_of(throttle, kind, key, strcspn(key, " "));
}

/* The key's slot; if absent and make, the one that is free soonest. */
static struct charge *
slot_find(struct throttle *throttle, enum throttle_kind kind, const char *text,
    bool make)
{
	const uint64_t key = throttle_number(throttle, kind, text);
	struct charge *slot = &throttle->slots[key % (SLOTS / WAYS) * WAYS];
	struct charge *best = slot;

	for (int i = 0; i < WAYS; i++, slot++) {
		if (slot->key == key)
			return slot;
		if (slot->free_us < best->free_us)
			best = slot;
	}
	if (!make)
		return NULL;
	*best = (struct charge){ .key = key,
		.owner = owner_of(throttle, kind, text) };
	return best;
}

static int64_t
judge(struct throttle *throttle, const struct home *home,
    enum throttle_kind kind, const char *key, int64_t now_us, bool is_charged)
{
	const struct rate *rate = &rates[kind];
	const int64_t burst =
	    option_int(home, &people_option_table[rate->burst]);
	int64_t wait_us = 0;

	pthread_mutex_lock(&throttle->lock);
	struct charge none = { 0 };
	struct charge *slot = slot_find(throttle, kind, key, is_charged);
	if (slot == NULL)
		slot = &none;
	/* No more than the burst: a clock set back locks nobody out. */
	const int64_t most_us = now_us + burst * rate->step_us;
	const int64_t owed_us =
	    slot->free_us < most_us ? slot->free_us : most_us;
	const int64_t free_us = owed_us > now_us ? owed_us : now_us;
	const int64_t allowed_us =
	    free_us + rate->step_us - burst * rate->step_us;

	if (allowed_us > now_us) {
		wait_us = allowed_us - now_us;
		/* From now on it is paid off, by the clock as it is. */
		slot->free_us = free_us;
	} else if (is_charged) {
		slot->free_us = free_us + rate->step_us;
	}
	pthread_mutex_unlock(&throttle->lock);
	return (wait_us + SECOND_US - 1) / SECOND_US;
}

int64_t
throttle_ask(struct throttle *throttle, const struct home *home,
    enum throttle_kind kind, const char *key, int64_t now_us)
{
	return judge(throttle, home, kind, key, now_us, false);
}

int64_t
throttle_take(struct throttle *throttle, const struct home *home,
    enum throttle_kind kind, const char *key, int64_t now_us)
{
	return judge(throttle, home, kind, key, now_us, true);
}

void
throttle_give_back(struct throttle *throttle, enum throttle_kind kind,
    const char *key)
{
	pthread_mutex_lock(&throttle->lock);
	struct charge *slot = slot_find(throttle, kind, key, false);

	if (slot != NULL)
		slot->free_us -= rates[kind].step_us;
	pthread_mutex_unlock(&throttle->lock);
}

void
throttle_clear(struct throttle *throttle, enum throttle_kind kind,
    const char *key)
{
	pthread_mutex_lock(&throttle->lock);
	struct charge *slot = slot_find(throttle, kind, key, false);

	if (slot != NULL)
		*slot = (struct charge){ 0 };
	pthread_mutex_unlock(&throttle->lock);
}

void
throttle_forget(struct throttle *throttle, const char *login, int64_t person)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRId64, person);
	const uint64_t owners[] = {
		owner_of(throttle, THROTTLE_PAIR, login),
		owner_of(throttle, THROTTLE_LOGIN, login),
		owner_of(throttle, THROTTLE_CHANGE, login),
		owner_of(throttle, THROTTLE_BROWSER, number),
	};

	pthread_mutex_lock(&throttle->lock);
	for (size_t i = 0; i < SLOTS; i++)
		for (size_t k = 0; k < ARRAY_SIZE(owners); k++)
			if (throttle->slots[i].owner == owners[k])
				throttle->slots[i] = (struct charge){ 0 };
	pthread_mutex_unlock(&throttle->lock);
}
