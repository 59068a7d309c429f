#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/log.h"
#include "core/random.h"

void
fuzz_broken(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t empty[1];
	AUTO(arena_end) struct arena *arena = arena_new(FUZZ_ARENA_MAX);
	struct random random = { 0 };
	struct ctx ctx = { 0 };

	log_set_level(LOG_ERROR);
	random_seed(&random, 1);
	ctx_init(&ctx, arena, NULL);
	ctx.random = &random;
	/* A copy of its own length, so that reading past its end is seen. */
	fuzz_one(&ctx,
	    (struct bytes){ size == 0 ? empty : arena_copy(arena, data, size),
		size });
	return 0;
}
