#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Random bytes: from the kernel, or a fixed stream (SplitMix64) from a seed for
 * tests and the demo, whose keys and tokens must never be made from it.
 */
struct random {
	int seeded;
	uint64_t state;
};

void random_init(struct random *random);
void random_seed(struct random *random, uint64_t seed);
void random_bytes(struct random *random, void *out, size_t len);
/* Even over [0, below); below > 0. */
uint64_t random_below(struct random *random, uint64_t below);

#endif
