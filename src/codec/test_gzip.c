#include "t.h"

#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "codec/gzip.h"
#include "core/text.h"

#define GZIP_ONLY (MAX_WBITS + 16)

/* What a reader makes of it; fails if that is more than most bytes. */
static struct bytes
opened(struct t *t, struct bytes in, size_t most)
{
	uint8_t *out = ARENA_ARRAY(t->arena, most, uint8_t);
	z_stream stream = { .next_in = in.at,
		.avail_in = (uInt)in.len,
		.next_out = out,
		.avail_out = (uInt)most };

	assert_int_equal(inflateInit2(&stream, GZIP_ONLY), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	assert_int_equal(inflateEnd(&stream), Z_OK);
	return (struct bytes){ out, most - stream.avail_out };
}

/* A report's cells, which repeat themselves as JSON does. */
static struct bytes
cells(struct t *t, size_t count)
{
	struct text text = { 0 };

	text_init(&text, t->arena);
	for (size_t i = 0; i < count; i++)
		text_addf(&text,
		    "{\"cell\":\"r%zu.c1\",\"verdict\":\"kept\","
		    "\"message_vi\":\"Tổng số phải bằng cộng các mục.\"},",
		    i);
	return text_bytes(&text);
}

static struct bytes
dice(struct t *t, size_t count)
{
	uint8_t *out = ARENA_ARRAY(t->arena, count, uint8_t);

	random_bytes(t->ctx.random, out, count);
	return (struct bytes){ out, count };
}

static void
what_was_made_small_is_the_same_again(void **state)
{
	struct t *t = *state;
	const struct bytes plain = cells(t, 800);
	struct bytes small = { 0 };

	assert_true(gzip_text(t->arena, plain, &small));
	assert_in_range(small.len, 1, plain.len / 8);
	assert_true(bytes_equal(opened(t, small, plain.len), plain));
}

static void
the_same_text_gives_the_same_bytes(void **state)
{
	struct t *t = *state;
	struct bytes one = { 0 };
	struct bytes two = { 0 };

	assert_true(gzip_text(t->arena, cells(t, 90), &one));
	assert_true(gzip_text(t->arena, cells(t, 90), &two));
	assert_true(bytes_equal(one, two));
}

static void
a_big_text_comes_back_whole(void **state)
{
	struct t *t = *state;
	uint8_t *big = ARENA_ARRAY(t->arena, GZIP_IN_MAX + 1, uint8_t);
	const struct bytes line = cells(t, 200);
	struct bytes small = { 0 };

	for (size_t at = 0; at < GZIP_IN_MAX; at++)
		big[at] = line.at[at % line.len];
	assert_true(
	    gzip_text(t->arena, (struct bytes){ big, GZIP_IN_MAX }, &small));
	assert_true(bytes_equal(opened(t, small, GZIP_IN_MAX),
	    (struct bytes){ big, GZIP_IN_MAX }));
}

static void
a_text_over_the_limit_stays_plain(void **state)
{
	struct t *t = *state;
	const uint8_t *big = ARENA_ARRAY(t->arena, GZIP_IN_MAX + 1, uint8_t);
	struct bytes small = { 0 };

	assert_false(gzip_text(t->arena, (struct bytes){ big, GZIP_IN_MAX + 1 },
	    &small));
	assert_null(small.at);
}

static void
what_does_not_halve_stays_plain(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 40, 5000, 300000 };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct bytes small = { 0 };

		assert_false(gzip_text(t->arena, dice(t, sizes[i]), &small));
		assert_null(small.at);
		assert_int_equal(small.len, 0);
	}
}

static void
the_compressor_leaves_nothing_but_its_answer(void **state)
{
	struct t *t = *state;
	const struct bytes plain = cells(t, 100);
	const size_t before = arena_used(t->arena);
	struct bytes small = { 0 };

	assert_true(gzip_text(t->arena, plain, &small));
	assert_in_range(arena_used(t->arena) - before, 1, plain.len);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_was_made_small_is_the_same_again),
		t_test(the_same_text_gives_the_same_bytes),
		t_test(a_big_text_comes_back_whole),
		t_test(a_text_over_the_limit_stays_plain),
		t_test(what_does_not_halve_stays_plain),
		t_test(the_compressor_leaves_nothing_but_its_answer),
	};
	return t_run(tests);
}
