#include "t.h"

#include "http/http.h"

/* What RFC 9110, 14 says about single ranges, over a text of ten bytes. */
static void
assert_part(const char *value, int64_t offset, int64_t bytes)
{
	struct http_range got = { -1, -1 };

	assert_int_equal(http_range(value, 10, &got), HTTP_RANGE_PART);
	assert_int_equal(got.offset, offset);
	assert_int_equal(got.bytes, bytes);
}

static void
one_range_is_a_part(void **state)
{
	(void)state;
	assert_part("bytes=0-0", 0, 1);
	assert_part("bytes=0-9", 0, 10);
	assert_part("Bytes=2-4", 2, 3);
	assert_part("bytes= 2-4", 2, 3);
	assert_part("bytes=9-", 9, 1);
	assert_part("bytes=0-", 0, 10);
	/* Behind the end it stops at the end. */
	assert_part("bytes=5-100", 5, 5);
	assert_part("bytes=5-9223372036854775807", 5, 5);
	/* The last so many. */
	assert_part("bytes=-1", 9, 1);
	assert_part("bytes=-10", 0, 10);
	assert_part("bytes=-11", 0, 10);
}

static void
what_begins_behind_the_end_is_outside(void **state)
{
	static const char *const values[] = { "bytes=10-", "bytes=10-20",
		"bytes=-0", "bytes=9223372036854775807-" };
	struct http_range got = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		assert_int_equal(http_range(values[i], 10, &got),
		    HTTP_RANGE_OUTSIDE);
	assert_int_equal(http_range("bytes=0-", 0, &got), HTTP_RANGE_OUTSIDE);
	assert_int_equal(http_range("bytes=-1", 0, &got), HTTP_RANGE_OUTSIDE);
}

static void
everything_else_is_the_whole(void **state)
{
	static const char *const values[] = { NULL, "", "bytes",
		"bytes=", "bytes=-", "bytes=--1", "bytes=4-2", "bytes=a-b",
		"bytes=1", "bytes=0-1,3-4", "bytes=0-1,-1", "lines=0-1",
		"bytes=+1-2", "bytes=1 -2", "bytes=1-2 ", "bytes=0x1-2",
		"bytes=1-2-3", "bytes=99999999999999999999-",
		"bytes=0-99999999999999999999", "bytes=-99999999999999999999",
		"bytes=1.0-2" };
	struct http_range got = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		assert_int_equal(http_range(values[i], 10, &got),
		    HTTP_RANGE_WHOLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(one_range_is_a_part),
		t_test(what_begins_behind_the_end_is_outside),
		t_test(everything_else_is_the_whole),
	};

	return t_run(tests);
}
