#include "t.h"

#include <string.h>

#include "codec/json.h"
#include "core/decimal.h"
#include "core/utf8.h"
#include "regime/cells.h"
#include "regime/t_data.h"

/*
 * A form of two rows: "a.n" whole numbers 0 to 100, "a.d" two decimals from
 * -10.00, "a.w" all of 64 bits, "a.x" all of 64 bits in millionths.
 */
static const struct form_column columns[] = {
	{ .id = "n", .scale = 0, .lo = 0, .hi = 100 },
	{ .id = "d", .scale = 2, .lo = -1000, .hi = 1000 },
	{ .id = "w", .scale = 0, .lo = INT64_MIN, .hi = INT64_MAX },
	{ .id = "x", .scale = 6, .lo = INT64_MIN, .hi = INT64_MAX },
};
static const struct form_row rows[] = { { .id = "a" }, { .id = "bb" } };
static const char *const ids[] = { "a.n", "a.d", "a.w", "a.x", "bb.n", "bb.d",
	"bb.w", "bb.x" };
static const struct form_version form = {
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.rows = rows,
	.row_count = ARRAY_SIZE(rows),
	.cells = ids,
	.cell_count = ARRAY_SIZE(ids),
};
static const int scales[] = { 0, 2, 0, 6, 0, 2, 0, 6 };
#define CELLS ARRAY_SIZE(ids)

static void
read_into(struct t *t, const char *source, struct cells *cells)
{
	const struct json *node = NULL;

	t_ok(&t->ctx, json_parse(&t->ctx, bytes_of_text(source), &node));
	cells_read(&t->ctx, &form, node, "/cells", cells);
}

static const char *
written(struct t *t, const struct cells *cells)
{
	struct text text;

	text_init(&text, t->arena);
	cells_write(&text, &form, cells);
	return text_of(&text);
}

/* Is read without a fault, and gives this array. */
static void
expect_read(struct t *t, const char *source, const char *array)
{
	struct cells cells = { 0 };

	read_into(t, source, &cells);
	if (t->ctx.failure.fields != NULL)
		t_fail("%s: %s at %s", source, t->ctx.failure.fields->code,
		    t->ctx.failure.fields->pointer);
	assert_string_equal(written(t, &cells), array);
}

/* Is refused at one place for one reason. */
static void
expect_fault(struct t *t, const char *source, const char *pointer,
    const char *code)
{
	struct cells cells = { 0 };
	const struct ctx *ctx = &t->ctx;

	fail_clear(&t->ctx);
	read_into(t, source, &cells);
	if (ctx->failure.field_count != 1)
		t_fail("%s: %d faults", source, ctx->failure.field_count);
	assert_string_equal(ctx->failure.fields->code, code);
	assert_string_equal(ctx->failure.fields->pointer, pointer);
	assert_int_equal(fail_valid(&t->ctx), FAIL_INVALID);
}

static void
four_states_are_read_and_written_apart(void **state)
{
	struct t *t = *state;

	expect_read(t,
	    "{\"a.n\":\"0\",\"a.d\":null,\"a.w\":{\"state\":\"none\"},"
	    "\"a.x\":{\"state\":\"withheld\"},\"bb.n\":{\"state\":\"missing\"}}",
	    "[\"0\",null,{\"state\":\"none\"},{\"state\":\"withheld\"},null,"
	    "null,null,null]");
}

static void
values_are_written_with_all_their_decimals(void **state)
{
	struct t *t = *state;

	expect_read(t,
	    "{\"a.n\":\"7\",\"a.d\":\"-0.5\",\"bb.d\":\"3\",\"a.x\":\"0.000001\"}",
	    "[\"7\",\"-0.50\",null,\"0.000001\",null,\"3.00\",null,null]");
}

static void
a_json_integer_is_a_value(void **state)
{
	struct t *t = *state;

	expect_read(t, "{\"a.n\":100,\"a.d\":-10,\"a.w\":9223372036854775807}",
	    "[\"100\",\"-10.00\",\"9223372036854775807\",null,null,null,null,"
	    "null]");
}

static void
remarks_stand_beside_values_and_states(void **state)
{
	struct t *t = *state;

	expect_read(t,
	    "{\"a.n\":{\"value\":\"5\",\"remark\":\"gồm \\\"cũ\\\"\"},"
	    "\"a.d\":{\"state\":\"none\",\"remark\":\"không có\"},"
	    "\"a.w\":{\"remark\":\"chờ\",\"state\":\"missing\"},"
	    "\"a.x\":{\"value\":\"1\",\"remark\":\"\"},"
	    "\"bb.n\":{\"value\":\"1\",\"remark\":null}}",
	    "[{\"remark\":\"gồm \\\"cũ\\\"\",\"value\":\"5\"},"
	    "{\"remark\":\"không có\",\"state\":\"none\"},"
	    "{\"remark\":\"chờ\",\"state\":\"missing\"},\"1.000000\",\"1\","
	    "null,null,null]");
}

static void
the_ends_of_64_bits_are_values(void **state)
{
	struct t *t = *state;

	expect_read(t,
	    "{\"a.w\":\"9223372036854775807\",\"bb.w\":\"-9223372036854775808\","
	    "\"a.x\":\"9223372036854.775807\",\"bb.x\":\"-9223372036854.775808\"}",
	    "[null,null,\"9223372036854775807\",\"9223372036854.775807\",null,"
	    "null,\"-9223372036854775808\",\"-9223372036854.775808\"]");
}

static void
cells_that_are_not_named_keep_what_they_hold(void **state)
{
	struct t *t = *state;
	struct cells cells = { 0 };

	read_into(t,
	    "{\"a.n\":\"1\",\"a.w\":{\"value\":\"2\",\"remark\":\"x\"}}",
	    &cells);
	read_into(t, "{\"a.n\":\"3\",\"bb.n\":\"4\"}", &cells);
	assert_string_equal(written(t, &cells),
	    "[\"3\",null,{\"remark\":\"x\",\"value\":\"2\"},null,\"4\",null,"
	    "null,null]");
	read_into(t, "{\"a.w\":\"2\",\"a.n\":null}", &cells);
	assert_string_equal(written(t, &cells),
	    "[null,null,\"2\",null,\"4\",null,null,null]");
	assert_int_equal(cells.values[0], 0);
}

static void
unknown_cells_are_named_in_the_pointer(void **state)
{
	struct t *t = *state;
	static const char *const unknown[][2] = {
		{ "{\"a.q\":\"1\"}", "/cells/a.q" },
		{ "{\"b.n\":\"1\"}", "/cells/b.n" },
		{ "{\"a\":\"1\"}", "/cells/a" },
		{ "{\"\":\"1\"}", "/cells/" },
		{ "{\".n\":\"1\"}", "/cells/.n" },
		{ "{\"a.\":\"1\"}", "/cells/a." },
		{ "{\"a.n.n\":\"1\"}", "/cells/a.n.n" },
		{ "{\"A.n\":\"1\"}", "/cells/A.n" },
		{ "{\"aa.n\":\"1\"}", "/cells/aa.n" },
		{ "{\"bbb.n\":\"1\"}", "/cells/bbb.n" },
		{ "{\"a/n~\":\"1\"}", "/cells/a~1n~0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		expect_fault(t, unknown[i][0], unknown[i][1], "cell.unknown");
}

static void
a_repeated_cell_is_refused_by_the_parser(void **state)
{
	struct t *t = *state;
	const struct json *node = NULL;

	t_fails(&t->ctx,
	    json_parse(&t->ctx, bytes_of_text("{\"a.n\":\"1\",\"a.n\":\"2\"}"),
		&node),
	    FAIL_INVALID, "json.syntax");
}

static void
what_is_no_number_is_refused(void **state)
{
	struct t *t = *state;
	static const char *const texts[] = { "", " ", "-", "+1", "1 ", " 1",
		"01", "-01", "00", ".5", "5.", "1e3", "1e400", "1E2", "NaN",
		"nan", "Infinity", "-Infinity", "inf", "0x10", "1,5",
		"1.234.567", "1.2.3", "--1", "-0", "-0.00", "१", "1_000",
		"null" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		expect_fault(t,
		    arena_printf(t->arena, "{\"a.d\":\"%s\"}", texts[i]),
		    "/cells/a.d", "cell.number");
		expect_fault(t,
		    arena_printf(t->arena, "{\"a.d\":{\"value\":\"%s\"}}",
			texts[i]),
		    "/cells/a.d", "cell.number");
	}
}

static void
too_many_decimals_are_refused(void **state)
{
	struct t *t = *state;

	expect_fault(t, "{\"a.n\":\"1.0\"}", "/cells/a.n", "cell.scale");
	expect_fault(t, "{\"a.d\":\"1.000\"}", "/cells/a.d", "cell.scale");
	expect_fault(t, "{\"a.x\":\"0.0000001\"}", "/cells/a.x", "cell.scale");
}

static void
values_out_of_range_are_refused(void **state)
{
	struct t *t = *state;
	static const char *const refused[][2] = {
		{ "{\"a.n\":\"101\"}", "/cells/a.n" },
		{ "{\"a.n\":\"-1\"}", "/cells/a.n" },
		{ "{\"a.n\":101}", "/cells/a.n" },
		{ "{\"a.n\":-1}", "/cells/a.n" },
		{ "{\"a.d\":\"10.01\"}", "/cells/a.d" },
		{ "{\"a.d\":\"-10.01\"}", "/cells/a.d" },
		{ "{\"a.d\":11}", "/cells/a.d" },
		{ "{\"a.w\":\"9223372036854775808\"}", "/cells/a.w" },
		{ "{\"a.w\":\"-9223372036854775809\"}", "/cells/a.w" },
		{ "{\"a.x\":\"9223372036854.775808\"}", "/cells/a.x" },
		{ "{\"a.x\":9223372036855}", "/cells/a.x" },
		{ "{\"a.x\":9223372036854775807}", "/cells/a.x" },
		{ "{\"a.x\":-9223372036854775808}", "/cells/a.x" },
		{ "{\"a.w\":\"99999999999999999999999999999999999999999999\"}",
		    "/cells/a.w" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		expect_fault(t, refused[i][0], refused[i][1], "cell.range");
}

static void
wrong_types_are_refused(void **state)
{
	struct t *t = *state;

	expect_fault(t, "{\"a.n\":true}", "/cells/a.n", "cell.type");
	expect_fault(t, "{\"a.n\":[]}", "/cells/a.n", "cell.type");
	expect_fault(t, "{\"a.n\":1.5}", "/cells/a.n", "cell.type");
	expect_fault(t, "{\"a.n\":1.0}", "/cells/a.n", "cell.type");
	expect_fault(t, "{\"a.n\":{\"value\":5}}", "/cells/a.n/value",
	    "cell.type");
	expect_fault(t, "{\"a.n\":{\"value\":\"5\",\"note\":\"x\"}}",
	    "/cells/a.n/note", "cell.type");
	expect_fault(t, "[]", "/cells", "cell.type");
	expect_fault(t, "\"1\"", "/cells", "cell.type");
	expect_fault(t, "null", "/cells", "cell.type");
}

static void
a_cell_has_a_state_or_a_value(void **state)
{
	struct t *t = *state;

	expect_fault(t, "{\"a.n\":{}}", "/cells/a.n", "cell.state");
	expect_fault(t, "{\"a.n\":{\"remark\":\"x\"}}", "/cells/a.n",
	    "cell.state");
	expect_fault(t, "{\"a.n\":{\"state\":\"none\",\"value\":\"5\"}}",
	    "/cells/a.n", "cell.state");
	expect_fault(t, "{\"a.n\":{\"state\":\"value\"}}", "/cells/a.n/state",
	    "cell.state");
	expect_fault(t, "{\"a.n\":{\"state\":\"None\"}}", "/cells/a.n/state",
	    "cell.state");
	expect_fault(t, "{\"a.n\":{\"state\":null}}", "/cells/a.n/state",
	    "cell.state");
	expect_fault(t, "{\"a.n\":{\"state\":1}}", "/cells/a.n/state",
	    "cell.state");
}

static const char *
remark_of(struct t *t, size_t len)
{
	char *remark = ARENA_ARRAY(t->arena, len + 1, char);

	memset(remark, 'x', len);
	return arena_printf(t->arena,
	    "{\"a.n\":{\"value\":\"5\",\"remark\":\"%s\"}}", remark);
}

static void
remarks_are_short_texts(void **state)
{
	struct t *t = *state;
	struct cells cells = { 0 };

	read_into(t, remark_of(t, CELL_REMARK_MAX), &cells);
	assert_null(t->ctx.failure.fields);
	assert_int_equal(strlen(cells.remarks[0]), CELL_REMARK_MAX);
	expect_fault(t, remark_of(t, CELL_REMARK_MAX + 1), "/cells/a.n/remark",
	    "cell.remark");
	expect_fault(t, "{\"a.n\":{\"value\":\"5\",\"remark\":7}}",
	    "/cells/a.n/remark", "cell.remark");
}

static void
all_faults_are_told_at_once(void **state)
{
	struct t *t = *state;
	struct cells cells = { 0 };

	read_into(t, "{\"a.n\":\"101\",\"zz\":1,\"a.d\":\"x\",\"bb.n\":\"5\"}",
	    &cells);
	assert_int_equal(t->ctx.failure.field_count, 3);
	assert_int_equal(cells.values[4], 5);
	t_fails(&t->ctx, fail_valid(&t->ctx), FAIL_INVALID, "input.invalid");
}

static bool
scanned(const char *array, int64_t *values, uint8_t *states)
{
	return cells_scan((const uint8_t *)array, strlen(array), scales, CELLS,
	    values, states);
}

static void
a_scan_reads_what_was_written(void **state)
{
	struct t *t = *state;
	struct cells cells = { 0 };
	int64_t values[CELLS] = { 0 };
	uint8_t states[CELLS] = { 0 };

	read_into(t,
	    "{\"a.n\":\"0\",\"a.d\":\"-0.05\",\"a.w\":\"-9223372036854775808\","
	    "\"a.x\":{\"value\":\"9223372036854.775807\","
	    "\"remark\":\"\\\"\\\\ x\\n]}\"},\"bb.n\":{\"state\":\"none\"},"
	    "\"bb.d\":{\"state\":\"withheld\",\"remark\":\"x\"},"
	    "\"bb.w\":{\"state\":\"missing\",\"remark\":\"ơ\"}}",
	    &cells);
	assert_null(t->ctx.failure.fields);
	assert_true(scanned(written(t, &cells), values, states));
	assert_memory_equal(values, cells.values, sizeof(values));
	assert_memory_equal(states, cells.states, sizeof(states));
	/* What follows belongs to the body. */
	assert_true(scanned(arena_printf(t->arena, "%s,\"unit\":7}",
				written(t, &cells)),
	    values, states));
}

/* Any cells, written and scanned, are the same; every shorter text is refused.
 */
static void
a_scan_reads_random_cells_and_refuses_every_cut(void **state)
{
	struct t *t = *state;

	for (int round = 0; round < 300; round++) {
		struct cells cells = { 0 };
		int64_t values[CELLS] = { 0 };
		uint8_t states[CELLS] = { 0 };
		const char *array = NULL;

		t_fresh(t);
		cells_init(&cells, t->ctx.arena, CELLS);
		for (size_t i = 0; i < CELLS; i++) {
			cells.states[i] = (uint8_t)random_below(&t->random, 4);
			if (cells.states[i] == CELL_VALUE)
				random_bytes(&t->random, &cells.values[i],
				    1 + random_below(&t->random, 8));
		}
		array = written(t, &cells);
		assert_true(scanned(array, values, states));
		assert_memory_equal(values, cells.values, sizeof(values));
		assert_memory_equal(states, cells.states, sizeof(states));
		for (size_t cut = 0; cut < strlen(array); cut++)
			assert_false(cells_scan((const uint8_t *)array, cut,
			    scales, CELLS, values, states));
	}
}

static void
a_scan_refuses_what_is_never_written(void **state)
{
	static const char *const first[] = { "", "\"", "\"\"", "\"-\"",
		"\"-0\"", "\"00\"", "\"01\"", "\"1.0\"", "\"1.\"", "\".1\"",
		"\"+1\"", "\"1e3\"", "\" 1\"", "\"1 \"", "1", "nul", "NULL",
		"true", "\"9223372036854775808\"", "\"-9223372036854775809\"",
		"\"99999999999999999999999\"", "{}", "{\"state\":\"none\"",
		"{\"state\":\"value\"}", "{\"state\":\"missing\"}",
		"{\"value\":\"1\"}", "{ \"state\":\"none\"}",
		"{\"state\":\"none\",\"remark\":\"x\"}", "{\"remark\":\"x\"}",
		"{\"remark\":\"x\",\"value\":\"01\"}",
		"{\"remark\":\"x\",\"value\":1}",
		"{\"remark\":\"x,\"state\":\"none\"}",
		"{\"remark\":\"x\n\",\"state\":\"none\"}", "[]" };
	int64_t values[1] = { 0 };
	uint8_t states[1] = { 0 };
	const int scale = 0;
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		const char *array = arena_printf(t->arena, "[%s]", first[i]);

		if (cells_scan((const uint8_t *)array, strlen(array), &scale, 1,
			values, states))
			t_fail("%s is taken", array);
	}
}

static void
a_scan_demands_the_scale_and_the_count(void **state)
{
	static const char *const refused[] = { "[\"1\"]", "[\"1.5\"]",
		"[\"1.500\"]", "[\"1.5.0\"]", "[\"1.50\",null]", "[]",
		"[null,]", "[,null]", "[\"-0.00\"]", "[\"-.50\"]",
		"[\"00.50\"]", "[ null]", "[null ]", "null", "{}", "[" };
	int64_t values[1] = { 0 };
	uint8_t states[1] = { 0 };
	const int scale = 2;
	const char *sound = "[\"-0.50\"]";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (cells_scan((const uint8_t *)refused[i], strlen(refused[i]),
			&scale, 1, values, states))
			t_fail("%s is taken", refused[i]);
	assert_true(cells_scan((const uint8_t *)sound, strlen(sound), &scale, 1,
	    values, states));
	assert_int_equal(values[0], -50);
}

/* As the largest form has it: 75 cells, of which start-up replays 127,000 rows. */
static void
a_wide_row_is_scanned(void **state)
{
	struct t *t = *state;
	struct text text;
	int wide_scales[75] = { 0 };
	int64_t values[75] = { 0 };
	uint8_t states[75] = { 0 };

	text_init(&text, t->arena);
	text_char(&text, '[');
	for (int i = 0; i < 75; i++)
		text_addf(&text, i == 0 ? "\"%d\"" : ",\"%d\"", i * 1237);
	text_char(&text, ']');
	assert_true(cells_scan(text_bytes(&text).at, text.len, wide_scales, 75,
	    values, states));
	for (int i = 0; i < 75; i++)
		assert_int_equal(values[i], i * 1237);
}

static void
check_says(const struct json *list, bool says)
{
	assert_true(json_count(list) >= 10);
	for (size_t i = 0; i < json_count(list); i++)
		if (utf8_says(json_text(json_at(list, i))) != says)
			t_fail("text %zu that says %s", i,
			    says ? "something" : "nothing");
}

/* "a", a control character as UTF-8, "b". */
static void
check_controls(const struct json *codes)
{
	assert_true(json_count(codes) >= 10);
	for (size_t i = 0; i < json_count(codes); i++) {
		const int64_t code = json_int(json_at(codes, i));
		char text[5] = "a";
		size_t len = 1;

		if (code >= 0x80)
			text[len++] = (char)0xc2;
		text[len++] = (char)code;
		text[len++] = 'b';
		if (utf8_says(text))
			t_fail("a text with U+%04x says something",
			    (unsigned)code);
	}
}

/* web/test/words.test.mjs reads the same texts. */
static void
texts_say_something_or_nothing_as_they_do_in_the_browser(void **state)
{
	struct t *t = *state;
	const struct json *corpus = NULL;

	t_ok(&t->ctx,
	    json_parse(&t->ctx,
		(struct bytes){ words_corpus[0].at, words_corpus[0].len },
		&corpus));
	check_says(json_get(corpus, "says"), true);
	check_says(json_get(corpus, "silent"), false);
	check_controls(json_get(corpus, "controls"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(four_states_are_read_and_written_apart),
		t_test(values_are_written_with_all_their_decimals),
		t_test(a_json_integer_is_a_value),
		t_test(remarks_stand_beside_values_and_states),
		t_test(the_ends_of_64_bits_are_values),
		t_test(cells_that_are_not_named_keep_what_they_hold),
		t_test(unknown_cells_are_named_in_the_pointer),
		t_test(a_repeated_cell_is_refused_by_the_parser),
		t_test(what_is_no_number_is_refused),
		t_test(too_many_decimals_are_refused),
		t_test(values_out_of_range_are_refused),
		t_test(wrong_types_are_refused),
		t_test(a_cell_has_a_state_or_a_value),
		t_test(remarks_are_short_texts),
		t_test(all_faults_are_told_at_once),
		t_test(a_scan_reads_what_was_written),
		t_test(a_scan_reads_random_cells_and_refuses_every_cut),
		t_test(a_scan_refuses_what_is_never_written),
		t_test(a_scan_demands_the_scale_and_the_count),
		t_test(a_wide_row_is_scanned),
		t_test(
		    texts_say_something_or_nothing_as_they_do_in_the_browser),
	};

	return t_run(tests);
}
