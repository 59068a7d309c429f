#include "http/crowd.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

#define BUCKETS ((size_t)1024)
#define ADDRESS_V4_BITS 32
#define ADDRESS_V6_BITS 64
#define NETWORK_V4_BITS 24
#define NETWORK_V6_BITS 48

/* There is one for each place that connections come from, while they do. */
struct crowd_source {
	struct network place;
	int connections;
	int waiting; /* those of them that wait for their client */
	int most;
	struct crowd_source *next; /* in its bucket */
};

struct crowd {
	struct crowd_shares shares;
	struct crowd_source *buckets[BUCKETS];
};

struct crowd *
crowd_new(struct arena *arena, const struct crowd_shares *shares)
{
	struct crowd *crowd = ARENA_NEW(arena, struct crowd);

	crowd->shares = *shares;
	return crowd;
}

static bool
is_same(const struct network *a, const struct network *b)
{
	return a->bits == b->bits &&
	       memcmp(a->first, b->first, sizeof(a->first)) == 0;
}

static struct crowd_source **
bucket_of(struct crowd *crowd, const struct network *place)
{
	uint32_t sum = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < sizeof(place->first); i++)
		sum = (sum ^ place->first[i]) * 16777619u;
	return &crowd->buckets[(sum ^ (uint32_t)place->bits) % BUCKETS];
}

static struct crowd_source *
take(struct crowd *crowd, const struct network *place, int most)
{
	struct crowd_source **bucket = bucket_of(crowd, place);
	struct crowd_source *source = *bucket;

	while (source != NULL && !is_same(&source->place, place))
		source = source->next;
	if (source == NULL) {
		source = calloc(1, sizeof(*source));
		assert(source != NULL);
		source->place = *place;
		source->most = most;
		source->next = *bucket;
		*bucket = source;
	}
	source->connections++;
	return source;
}

static void
give_up(struct crowd *crowd, struct crowd_source *source)
{
	struct crowd_source **at = NULL;

	if (source == NULL || --source->connections > 0)
		return;
	assert(source->waiting == 0);
	at = bucket_of(crowd, &source->place);
	while (*at != source)
		at = &(*at)->next;
	*at = source->next;
	free(source);
}

void
crowd_enter(struct crowd *crowd, const char *address, struct crowd_origin *ret)
{
	const struct crowd_shares *shares = &crowd->shares;
	const bool is_known =
	    shares->known != NULL && network_has_text(shares->known, address);
	struct network place = { .bits = 0 };

	*ret = (struct crowd_origin){ NULL, NULL };
	if ((shares->proxies != NULL &&
		network_has_text(shares->proxies, address)) ||
	    !network_around(address, ADDRESS_V4_BITS, ADDRESS_V6_BITS, &place))
		return;
	ret->address = take(crowd, &place,
	    is_known ? shares->of_known : shares->of_address);
	if (!is_known &&
	    network_around(address, NETWORK_V4_BITS, NETWORK_V6_BITS, &place))
		ret->network = take(crowd, &place, shares->of_network);
}

void
crowd_leave(struct crowd *crowd, struct crowd_origin *origin)
{
	give_up(crowd, origin->address);
	give_up(crowd, origin->network);
	*origin = (struct crowd_origin){ NULL, NULL };
}

void
crowd_count(const struct crowd_origin *origin, int by)
{
	if (origin->address != NULL)
		origin->address->waiting += by;
	if (origin->network != NULL)
		origin->network->waiting += by;
}

static bool
is_over(const struct crowd_source *source)
{
	return source != NULL && source->waiting > source->most;
}

const struct crowd_source *
crowd_over(const struct crowd_origin *origin)
{
	if (is_over(origin->address))
		return origin->address;
	return is_over(origin->network) ? origin->network : NULL;
}

bool
crowd_is_from(const struct crowd_origin *origin,
    const struct crowd_source *source)
{
	return origin->address == source || origin->network == source;
}
