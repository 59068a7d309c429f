#include "t.h"

#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "core/text.h"

static const struct json *
parsed(struct t *t, const char *source)
{
	const struct json *node = NULL;

	t_ok(&t->ctx, json_parse(&t->ctx, bytes_of_text(source), &node));
	return node;
}

static void
every_kind_of_value_is_read(void **state)
{
	struct t *t = *state;
	const struct json *node = parsed(t,
	    " {\"n\":null,\"t\":true,\"f\":false,\"i\":-7,\"r\":1.5,\r\n"
	    "\t\"s\":\"xã\",\"a\":[1,[],{}],\"o\":{\"k\":\"v\"}} ");

	assert_int_equal(json_type(node), JSON_IS_OBJECT);
	assert_int_equal(json_count(node), 8);
	assert_string_equal(json_key(node, 0), "n");
	assert_string_equal(json_key(node, 7), "o");
	assert_int_equal(json_type(json_get(node, "n")), JSON_IS_NULL);
	assert_true(json_bool(json_get(node, "t")));
	assert_false(json_bool(json_get(node, "f")));
	assert_int_equal(json_int(json_get(node, "i")), -7);
	assert_int_equal(json_type(json_get(node, "r")), JSON_IS_REAL);
	assert_string_equal(json_text(json_get(node, "s")), "xã");
	assert_int_equal(json_count(json_get(node, "a")), 3);
	assert_int_equal(json_int(json_at(json_get(node, "a"), 0)), 1);
	assert_int_equal(json_count(json_at(json_get(node, "a"), 1)), 0);
	assert_int_equal(json_count(json_at(json_get(node, "a"), 2)), 0);
	assert_string_equal(json_get_text(json_get(node, "o"), "k"), "v");
	assert_null(json_get(node, "absent"));
	assert_null(json_get(NULL, "absent"));
	assert_null(json_get(json_get(node, "a"), "n"));
	assert_null(json_get_text(node, "i"));
	assert_null(json_get_text(node, "absent"));
	assert_int_equal(json_get_int(node, "i", 3), -7);
	assert_int_equal(json_get_int(node, "s", 3), 3);
	assert_int_equal(json_get_int(node, "absent", 3), 3);
}

static void
a_single_value_is_a_document(void **state)
{
	struct t *t = *state;

	assert_int_equal(json_int(parsed(t, "0")), 0);
	assert_int_equal(json_type(parsed(t, "null")), JSON_IS_NULL);
	assert_string_equal(json_text(parsed(t, "\"\"")), "");
	assert_int_equal(json_int(parsed(t, "9223372036854775807")), INT64_MAX);
	assert_int_equal(json_int(parsed(t, "-9223372036854775808")),
	    INT64_MIN);
}

/* What a hostile or careless sender may write, and how it is refused. */
static const struct hostile {
	const char *source;
	size_t len; /* 0: strlen */
	const char *code;
} hostile[] = {
	{ "", 0, "json.syntax" },
	{ " ", 0, "json.syntax" },
	{ "{", 0, "json.syntax" },
	{ "[1,]", 0, "json.syntax" },
	{ "[,1]", 0, "json.syntax" },
	{ "{\"a\":1,}", 0, "json.syntax" },
	{ "{a:1}", 0, "json.syntax" },
	{ "{'a':1}", 0, "json.syntax" },
	{ "[1] []", 0, "json.syntax" },
	{ "[1]x", 0, "json.syntax" },
	{ "]", 0, "json.syntax" },
	{ "[1}", 0, "json.syntax" },
	{ "// no\n[]", 0, "json.syntax" },
	{ "[NaN]", 0, "json.syntax" },
	{ "[Infinity]", 0, "json.syntax" },
	{ "[-Infinity]", 0, "json.syntax" },
	{ "[1e400]", 0, "json.syntax" },
	{ "[-1e400]", 0, "json.syntax" },
	{ "[12345678901234567890]", 0, "json.syntax" },
	{ "[9223372036854775808]", 0, "json.syntax" },
	{ "[01]", 0, "json.syntax" },
	{ "[+1]", 0, "json.syntax" },
	{ "[.5]", 0, "json.syntax" },
	{ "[1.]", 0, "json.syntax" },
	{ "[0x10]", 0, "json.syntax" },
	{ "[--1]", 0, "json.syntax" },
	{ "[True]", 0, "json.syntax" },
	{ "[nul]", 0, "json.syntax" },
	{ "\xef\xbb\xbf[]", 0, "json.mark" },
	{ "\xef\xbb\xbf", 0, "json.mark" },
	{ "\xef\xbb", 0, "json.syntax" },
	{ "[\"\xff\"]", 0, "json.syntax" },
	{ "[\"\xc3\"]", 0, "json.syntax" },
	{ "[\"\xc0\xaf\"]", 0, "json.syntax" },
	{ "[\"\xed\xa0\x80\"]", 0, "json.syntax" },
	{ "[\"\xf4\x90\x80\x80\"]", 0, "json.syntax" },
	{ "[\"\\ud800\"]", 0, "json.syntax" },
	{ "[\"\\ud800\\u0041\"]", 0, "json.syntax" },
	{ "[\"\\udc00\"]", 0, "json.syntax" },
	{ "[\"\\u12\"]", 0, "json.syntax" },
	{ "[\"\\x\"]", 0, "json.syntax" },
	{ "[\"\n\"]", 0, "json.syntax" },
	{ "[\"open]", 0, "json.syntax" },
	{ "[\"open\\", 0, "json.syntax" },
	{ "[\"a\0b\"]", 7, "json.nul" },
	{ "[1]\0", 4, "json.nul" },
	{ "17\0", 3, "json.nul" },
	{ "[17\0]", 5, "json.nul" },
	{ "[17\0,1]", 7, "json.nul" },
	{ "\0", 1, "json.nul" },
	{ "{\"a\":1,\"a\":2}", 0, "json.syntax" },
	{ "{\"a\":1,\"\\u0061\":2}", 0, "json.syntax" },
	/* "é" composed and decomposed, and two decompositions of "ệ" */
	{ "{\"\\u00e9\":1,\"e\\u0301\":2}", 0, "json.syntax" },
	{ "{\"e\\u0323\\u0302\":1,\"\\u1eb9\\u0302\":2}", 0, "json.syntax" },
	{ "[\"a\\u0000b\"]", 0, "json.text" },
	{ "{\"a\\u0000b\":1}", 0, "json.text" },
	{ "[\"\\u0001\"]", 0, "json.text" },
	{ "[\"\\u0085\"]", 0, "json.text" },
	{ "{\"\\u001f\":1}", 0, "json.text" },
};

static void
hostile_input_is_refused_with_its_code(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		const struct hostile *h = &hostile[i];
		/* On the heap without a NUL, so that overruns are seen. */
		const size_t len = h->len > 0 ? h->len : strlen(h->source);
		struct ctx *ctx = t_fresh(t);
		const struct json *node = NULL;
		const struct bytes in = {
			arena_copy(ctx->arena, h->source, len), len
		};

		t_fails(ctx, json_parse(ctx, in, &node), FAIL_INVALID, h->code);
		assert_null(node);
	}
}

static const char *
nested(struct t *t, size_t depth)
{
	char *source = ARENA_ARRAY(t->ctx.arena, 2 * depth + 1, char);

	memset(source, '[', depth);
	memset(source + depth, ']', depth);
	return source;
}

static void
depth_ends_at_its_limit(void **state)
{
	struct t *t = *state;
	const struct json *node = NULL;

	parsed(t, nested(t, JSON_DEPTH_MAX));
	t_fails(&t->ctx,
	    json_parse(&t->ctx, bytes_of_text(nested(t, JSON_DEPTH_MAX + 1)),
		&node),
	    FAIL_TOO_BIG, "json.depth");
	t_fails(&t->ctx,
	    json_parse(&t->ctx, bytes_of_text(nested(t, 10000)), &node),
	    FAIL_TOO_BIG, "json.depth");
}

static void
brackets_inside_texts_are_no_depth(void **state)
{
	struct t *t = *state;
	const char *source =
	    arena_printf(t->ctx.arena, "[\"\\\"%s\"]", nested(t, 200));

	assert_int_equal(strlen(json_text(json_at(parsed(t, source), 0))), 401);
}

static void
more_values_than_the_arena_wants_are_refused(void **state)
{
	struct t *t = *state;
	struct ctx ctx = t->ctx;
	const struct json *node = NULL;
	struct text source = { 0 };

	text_init(&source, t->ctx.arena);
	text_char(&source, '[');
	for (int i = 0; i < 10000; i++)
		text_add(&source, "1,");
	text_add(&source, "1]");
	ctx.arena = arena_new(100000);
	t_fails(&ctx, json_parse(&ctx, text_bytes(&source), &node),
	    FAIL_TOO_BIG, "json.too_big");
	arena_free(ctx.arena);
}

static void
texts_and_keys_become_nfc(void **state)
{
	struct t *t = *state;
	const struct json *node =
	    parsed(t, "{\"Hue\\u0302\\u0301\":\"Hu\\u00ea\\u0301\"}");

	assert_string_equal(json_key(node, 0), "Huế");
	assert_string_equal(json_get_text(node, "Huế"), "Huế");
}

static void
escapes_are_resolved(void **state)
{
	struct t *t = *state;

	assert_string_equal(json_text(parsed(t,
				"\"\\\"\\\\\\/\\t\\n\\u20ac\\ud83d\\ude02\"")),
	    "\"\\/\t\n€😂");
}

static void
a_large_object_finds_its_members(void **state)
{
	struct t *t = *state;
	struct text source = { 0 };
	const struct json *node = NULL;

	text_init(&source, t->ctx.arena);
	for (int i = 0; i < 5000; i++)
		text_addf(&source, "%s\"k%d\":%d", i == 0 ? "{" : ",", i, i);
	text_char(&source, '}');
	node = parsed(t, text_of(&source));
	assert_int_equal(json_count(node), 5000);
	for (int i = 0; i < 5000; i++) {
		const char *key = arena_printf(t->ctx.arena, "k%d", i);

		assert_string_equal(json_key(node, (size_t)i), key);
		assert_int_equal(json_get_int(node, key, -1), i);
	}
	assert_null(json_get(node, "k5000"));
}

static void
canonical_is(struct t *t, const char *source, const char *wanted)
{
	struct bytes got = { 0 };

	t_ok(&t->ctx, json_canonical(&t->ctx, parsed(t, source), &got));
	assert_int_equal(got.len, strlen(wanted));
	assert_memory_equal(got.at, wanted, got.len);
}

static void
canonical_json_drops_blanks_and_sorts_members(void **state)
{
	struct t *t = *state;

	canonical_is(t, " { \"b\" : [ 1 , { } , [ ] ] , \"a\" : null } ",
	    "{\"a\":null,\"b\":[1,{},[]]}");
	canonical_is(t, "{\"aa\":1,\"a\":2,\"\":3,\"B\":true}",
	    "{\"\":3,\"B\":true,\"a\":2,\"aa\":1}");
	canonical_is(t, "[-0,9007199254740991,-9007199254740991]",
	    "[0,9007199254740991,-9007199254740991]");
}

/*
 * RFC 8785 section 3.2.3: by UTF-16 units, so U+1F600 comes before U+E000.  Its
 * example's U+FB33 becomes two letters by NFC and sorts with the first of them.
 */
static void
canonical_members_are_sorted_by_utf16(void **state)
{
	struct t *t = *state;

	canonical_is(t,
	    "{\"\\u20ac\":\"Euro Sign\",\"\\ufb33\":\"Hebrew\",\"1\":\"One\","
	    "\"\\ud83d\\ude00\":\"Emoji\",\"\\u00f6\":\"Latin\"}",
	    "{\"1\":\"One\",\"ö\":\"Latin\","
	    "\"\xd7\x93\xd6\xbc\":\"Hebrew\",\"€\":\"Euro Sign\","
	    "\"😀\":\"Emoji\"}");
	canonical_is(t, "{\"\\uffee\":1,\"\\ud83d\\ude00\":2,\"\\ue000\":3}",
	    "{\"\xf0\x9f\x98\x80\":2,\"\xee\x80\x80\":3,\"\xef\xbf\xae\":1}");
}

/* RFC 8785 section 3.2.2.2: the shortest escapes. */
static void
canonical_texts_have_the_shortest_escapes(void **state)
{
	struct t *t = *state;

	canonical_is(t, "[\"\\u20ac$\\n\\u0041\\u0042\\u0022\\u005c\\\\\\/\"]",
	    "[\"€$\\nAB\\\"\\\\\\\\/\"]");
	canonical_is(t, "[\"\\u0009\\u003c\\u2028\"]",
	    "[\"\\t<\xe2\x80\xa8\"]");
}

static void
canonical_json_is_a_fixed_point(void **state)
{
	struct t *t = *state;
	static const char source[] =
	    "{\"cells\":[\"12\",null,{\"remark\":\"đủ\",\"state\":\"none\"}],"
	    "\"form\":\"II.06a\",\"unit\":7}";

	canonical_is(t, source, source);
}

static void
reals_and_inexact_numbers_have_no_canonical_form(void **state)
{
	struct t *t = *state;
	static const char *const sources[] = { "1.5", "[1e2]", "{\"a\":[0.0]}",
		"9007199254740992", "-9007199254740992" };

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		struct bytes out = { 0 };

		t_fails(&t->ctx,
		    json_canonical(&t->ctx, parsed(t, sources[i]), &out),
		    FAIL_INVALID, "json.real");
	}
}

static void
writing_keeps_the_order_of_the_source(void **state)
{
	struct t *t = *state;
	struct text out = { 0 };
	static const char source[] =
	    "{\"b\":[1,\"x\\n\",true,false,null],\"a\":{}}";

	text_init(&out, t->ctx.arena);
	json_write(&out, parsed(t, source));
	assert_string_equal(text_of(&out), source);
}

/*
 * Whatever is done to a document, it is refused with a code of ours or has a
 * canonical form that reads as itself.
 */
static void
damaged_documents_are_refused_or_stay_themselves(void **state)
{
	static const char seed[] =
	    "{\"a\":[1,-2,null,true,\"x\\u00e9\\n\",{}],"
	    "\"Hue\xcc\x82\":{\"b\":\"\xf0\x9f\x98\x80\",\"c\":[[]]}}";
	static const char alphabet[] = "{}[]\",:\\u0019eE.-tn \xcc\x81\xc3\xff";
	struct t *t = *state;
	int accepted = 0;

	for (int round = 0; round < 20000; round++) {
		struct ctx *ctx = t_fresh(t);
		const size_t len =
		    sizeof(seed) - 1 - random_below(&t->random, 3);
		char *bent = arena_copy(ctx->arena, seed, len);
		const struct json *node = NULL;
		struct bytes once = { 0 };
		struct bytes twice = { 0 };

		for (uint64_t n = random_below(&t->random, 4); n > 0; n--)
			bent[random_below(&t->random, len)] =
			    alphabet[random_below(&t->random,
				sizeof(alphabet))];
		if (json_parse(ctx, (struct bytes){ (uint8_t *)bent, len },
			&node) != OK ||
		    json_canonical(ctx, node, &once) != OK) {
			assert_true(text_starts(ctx->failure.code, "json."));
			continue;
		}
		accepted++;
		t_ok(ctx, json_parse(ctx, once, &node));
		t_ok(ctx, json_canonical(ctx, node, &twice));
		assert_true(bytes_equal(once, twice));
	}
	assert_true(accepted > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_kind_of_value_is_read),
		t_test(a_single_value_is_a_document),
		t_test(hostile_input_is_refused_with_its_code),
		t_test(depth_ends_at_its_limit),
		t_test(brackets_inside_texts_are_no_depth),
		t_test(more_values_than_the_arena_wants_are_refused),
		t_test(texts_and_keys_become_nfc),
		t_test(escapes_are_resolved),
		t_test(a_large_object_finds_its_members),
		t_test(canonical_json_drops_blanks_and_sorts_members),
		t_test(canonical_members_are_sorted_by_utf16),
		t_test(canonical_texts_have_the_shortest_escapes),
		t_test(canonical_json_is_a_fixed_point),
		t_test(reals_and_inexact_numbers_have_no_canonical_form),
		t_test(writing_keeps_the_order_of_the_source),
		t_test(damaged_documents_are_refused_or_stay_themselves),
	};

	return t_run(tests);
}
