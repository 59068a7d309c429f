#include "core/random.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

void
random_init(struct random *random)
{
	*random = (struct random){ 0 };
}

void
random_seed(struct random *random, uint64_t seed)
{
	*random = (struct random){ .seeded = 1, .state = seed };
}

/* SplitMix64: a counter, mixed. */
static uint64_t
next_seeded(struct random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void
from_kernel(unsigned char *at, size_t len)
{
	while (len > 0) {
		const ssize_t got = getrandom(at, len, 0);

		if (got < 0) {
			assert(errno == EINTR);
			continue;
		}
		at += got;
		len -= (size_t)got;
	}
}

void
random_bytes(struct random *random, void *out, size_t len)
{
	unsigned char *at = out;

	if (!random->seeded) {
		from_kernel(at, len);
		return;
	}
	while (len > 0) {
		const uint64_t word = next_seeded(random);
		const size_t part = len < sizeof(word) ? len : sizeof(word);

		memcpy(at, &word, part);
		at += part;
		len -= part;
	}
}

uint64_t
random_below(struct random *random, uint64_t below)
{
	uint64_t word = 0;
	uint64_t uneven = 0;

	assert(below > 0);
	/* Words under 2^64 mod below would make small results likelier. */
	uneven = (UINT64_MAX - below + 1) % below;
	do
		random_bytes(random, &word, sizeof(word));
	while (word < uneven);
	return word % below;
}
