#include "t.h"

#include <string.h>

#include "core/bytes.h"

static void
hexadecimal_goes_out_lower_and_comes_back_in_any_case(void **state)
{
	struct t *t = *state;
	const uint8_t raw[] = { 0x00, 0x0f, 0xa5, 0xff };
	uint8_t back[4] = { 0 };

	assert_string_equal(bytes_hex(t->arena, (struct bytes){ raw, 4 }),
	    "000fa5ff");
	assert_string_equal(bytes_hex(t->arena, (struct bytes){ NULL, 0 }), "");
	assert_true(bytes_from_hex("000Fa5Ff", back, 4));
	assert_memory_equal(back, raw, 4);
	assert_true(bytes_from_hex("", back, 0));
}

static void
wrong_hexadecimal_is_refused_and_leaves_the_result(void **state)
{
	const char *const wrong[] = { "", "0", "000", "00ff00", "0g", "g0",
		"0x", " 0", "0 ", "-1", "+1" };
	uint8_t out[1] = { 7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(bytes_from_hex(wrong[i], out, 1));
	assert_false(bytes_from_hex(NULL, out, 1));
	assert_int_equal(out[0], 7);
}

static void
base64_agrees_with_the_vectors_of_its_rfc(void **state)
{
	static const char *const vectors[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct bytes in = bytes_of_text(vectors[i][0]);
		struct bytes back = { 0 };

		assert_string_equal(bytes_base64(t->arena, in), vectors[i][1]);
		assert_true(bytes_from_base64(t->arena, vectors[i][1], &back));
		assert_true(bytes_equal(back, in));
	}
}

static void
base64_carries_every_byte_at_every_length(void **state)
{
	struct t *t = *state;
	uint8_t raw[256];

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)(255 - i);
	for (size_t len = 0; len <= sizeof(raw); len++) {
		const struct bytes in = { raw, len };
		struct bytes back = { 0 };

		assert_true(bytes_from_base64(t->arena,
		    bytes_base64(t->arena, in), &back));
		assert_true(bytes_equal(back, in));
	}
}

/* Each value has one text, so that nobody can write a signature in two ways. */
static void
loose_base64_is_refused(void **state)
{
	static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zg==\n",
		" Zg==", "Zg= =", "Z===", "====", "=", "Zg==Zg==", "Zm9=v",
		"Zh==", "Zm9=", "Zm-_", "Zm9v=", "Zm\xc3\xa9" };
	struct t *t = *state;
	struct bytes back = { NULL, 99 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(bytes_from_base64(t->arena, wrong[i], &back));
	assert_false(bytes_from_base64(t->arena, NULL, &back));
	assert_int_equal(back.len, 99);
}

static void
bytes_are_equal_by_content(void **state)
{
	(void)state;
	assert_true(bytes_equal(bytes_of_text(NULL), bytes_of_text("")));
	assert_true(bytes_equal(bytes_of_text("ab"), bytes_of_text("ab")));
	assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("ac")));
	assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("abc")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(hexadecimal_goes_out_lower_and_comes_back_in_any_case),
		t_test(wrong_hexadecimal_is_refused_and_leaves_the_result),
		t_test(base64_agrees_with_the_vectors_of_its_rfc),
		t_test(base64_carries_every_byte_at_every_length),
		t_test(loose_base64_is_refused),
		t_test(bytes_are_equal_by_content),
	};
	return t_run(tests);
}
