#include "t.h"

#include <string.h>

#include "core/random.h"

static void
a_seed_gives_the_published_stream(void **state)
{
	struct random random = { 0 };
	uint64_t word = 0;

	(void)state;
	random_seed(&random, 1234567);
	random_bytes(&random, &word, sizeof(word));
	assert_true(word == UINT64_C(6457827717110365317));
	random_bytes(&random, &word, sizeof(word));
	assert_true(word == UINT64_C(3203168211198807973));
}

static void
a_stream_repeats_for_its_seed_only(void **state)
{
	struct random random = { 0 };
	unsigned char a[37] = { 0 };
	unsigned char b[37] = { 0 };

	(void)state;
	random_seed(&random, 7);
	random_bytes(&random, a, sizeof(a));
	random_seed(&random, 7);
	random_bytes(&random, b, sizeof(b));
	assert_memory_equal(a, b, sizeof(a));
	random_seed(&random, 8);
	random_bytes(&random, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
the_kernel_gives_other_bytes_each_time(void **state)
{
	struct random random = { 0 };
	unsigned char a[32] = { 0 };
	unsigned char b[32] = { 0 };

	(void)state;
	random_init(&random);
	random_bytes(&random, a, sizeof(a));
	random_bytes(&random, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	random_bytes(&random, NULL, 0);
}

static void
draws_stay_below_their_bound_and_reach_it_evenly(void **state)
{
	struct t *t = *state;
	int seen[6] = { 0 };

	for (int i = 0; i < 6000; i++) {
		const uint64_t got = random_below(&t->random, 6);

		assert_true(got < 6);
		seen[got]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		assert_in_range(seen[i], 850, 1150);
	assert_int_equal(random_below(&t->random, 1), 0);
	for (int i = 0; i < 100; i++)
		assert_true(random_below(&t->random, UINT64_MAX) < UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_seed_gives_the_published_stream),
		t_test(a_stream_repeats_for_its_seed_only),
		t_test(the_kernel_gives_other_bytes_each_time),
		t_test(draws_stay_below_their_bound_and_reach_it_evenly),
	};
	return t_run(tests);
}
