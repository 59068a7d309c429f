#include "t.h"

#include <string.h>

#include "codec/csv.h"
#include "core/text.h"

static struct csv *
opened(struct t *t, const char *source)
{
	struct csv *csv = NULL;

	t_ok(&t->ctx, csv_open(&t->ctx, bytes_of_text(source), &csv));
	return csv;
}

static const char *const *
next(struct t *t, struct csv *csv)
{
	const char *const *fields = NULL;
	bool more = false;

	t_ok(&t->ctx, csv_next(&t->ctx, csv, &fields, &more));
	return more ? fields : NULL;
}

/* Of a column that is there, in a table of code, name and share. */
static size_t
place_of(struct t *t, const struct csv *csv, const char *name)
{
	static const struct csv_known known[] = { { "code", false },
		{ "name", false }, { "share", false } };
	size_t at[ARRAY_SIZE(known)] = { 0 };

	t_ok(&t->ctx, csv_columns(&t->ctx, csv, known, ARRAY_SIZE(known), at));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return at[i];
	t_fail("%s", name);
}

static void
rows_follow_the_header(void **state)
{
	struct t *t = *state;
	struct csv *csv = opened(t, "code,name\r\n01,Hà Nội\n\n79,\n");
	const char *const *row = NULL;
	size_t name = 0;

	name = place_of(t, csv, "name");
	assert_int_equal(name, 1);
	assert_int_equal(csv_line(csv), 1);
	row = next(t, csv);
	assert_string_equal(row[0], "01");
	assert_string_equal(row[name], "Hà Nội");
	assert_int_equal(csv_line(csv), 2);
	row = next(t, csv);
	assert_string_equal(row[0], "79");
	assert_string_equal(row[name], "");
	assert_int_equal(csv_line(csv), 4);
	assert_null(next(t, csv));
	assert_null(next(t, csv));
}

static void
quotes_hold_commas_quotes_and_lines(void **state)
{
	struct t *t = *state;
	struct csv *csv = opened(t,
	    "\"a\",b\n\"x,y\",\"say \"\"xã\"\"\"\n\"two\r\nlines\",\"\"\n1,2");
	const char *const *row = next(t, csv);

	assert_string_equal(row[0], "x,y");
	assert_string_equal(row[1], "say \"xã\"");
	row = next(t, csv);
	assert_string_equal(row[0], "two\nlines");
	assert_string_equal(row[1], "");
	assert_int_equal(csv_line(csv), 3);
	row = next(t, csv);
	assert_string_equal(row[1], "2");
	assert_int_equal(csv_line(csv), 5);
	assert_null(next(t, csv));
}

static void
a_byte_order_mark_is_skipped_and_texts_become_nfc(void **state)
{
	struct t *t = *state;
	struct csv *csv = opened(t, "\xef\xbb\xbfname\nHue\xcc\x82\xcc\x81\n");
	size_t column = 9;

	column = place_of(t, csv, "name");
	assert_int_equal(column, 0);
	assert_string_equal(next(t, csv)[0], "Huế");
}

static void
a_missing_column_is_named(void **state)
{
	static const struct csv_known known[] = { { "code", true },
		{ "name", false }, { "share", true } };
	struct t *t = *state;
	size_t at[ARRAY_SIZE(known)] = { 0 };
	struct csv *csv = opened(t, "code\n");
	const enum fail got =
	    csv_columns(&t->ctx, csv, known, ARRAY_SIZE(known), at);

	assert_int_equal(at[1], SIZE_MAX);
	assert_string_equal(t->ctx.failure.message, "column share is missing");
	t_fails(&t->ctx, got, FAIL_INVALID, "csv.column");
}

static void
a_column_that_is_not_known_is_refused_byte_for_byte(void **state)
{
	static const struct csv_known known[] = { { "code", true },
		{ "name", false } };
	static const char *const headers[] = { "name ", " name", "Name", "NAME",
		"na\u00a0me", "name\u200b", "\ufeffname", "other", "",
		"n\u0430me" };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		size_t at[ARRAY_SIZE(known)] = { 0 };
		struct csv *csv = opened(t,
		    arena_printf(t->ctx.arena, "code,%s\n1,2\n", headers[i]));
		const enum fail got =
		    csv_columns(&t->ctx, csv, known, ARRAY_SIZE(known), at);

		assert_string_equal(t->ctx.failure.message,
		    arena_printf(t->ctx.arena,
			"line 1: there is no column \"%s\"; known are code, "
			"name",
			headers[i]));
		t_fails(&t->ctx, got, FAIL_INVALID, "csv.unknown");
	}
}

static void
a_bad_header_is_refused(void **state)
{
	struct t *t = *state;
	static const char *const sources[] = { "", "\xef\xbb\xbf", "a,a\n",
		"\"a", "a\"b\n", "\xff\n", "a\x01\n", "\"a\"b\n" };

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		struct csv *csv = NULL;

		t_fails(&t->ctx,
		    csv_open(&t->ctx, bytes_of_text(sources[i]), &csv),
		    FAIL_INVALID, "csv.syntax");
	}
}

static void
a_bad_row_is_refused_with_its_line(void **state)
{
	struct t *t = *state;
	static const char *const rows[] = { "1", "1,2,3", "1,\"2", "1,2\"",
		"\"1\"x,2", "1,\xc3", "1,\x02", "1,\r2", "\"\"\",2" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const *fields = NULL;
		bool more = false;
		struct csv *csv = opened(t,
		    arena_printf(t->ctx.arena, "a,b\n1,2\n%s\n", rows[i]));
		enum fail got = OK;

		assert_non_null(next(t, csv));
		got = csv_next(&t->ctx, csv, &fields, &more);
		assert_int_equal(got, FAIL_INVALID);
		assert_non_null(strstr(t->ctx.failure.message, "line 3"));
		t_fails(&t->ctx, got, FAIL_INVALID, "csv.syntax");
	}
}

static void
limits_hold_for_fields_and_columns(void **state)
{
	struct t *t = *state;
	const char *const *fields = NULL;
	bool more = false;
	struct csv *csv = NULL;
	char *longest = ARENA_ARRAY(t->ctx.arena, CSV_FIELD_MAX + 2, char);
	struct text wide = { 0 };

	memset(longest, 'x', CSV_FIELD_MAX);
	csv = opened(t, arena_printf(t->ctx.arena, "a\n%s\n\"%s\"\n%sx\n",
			    longest, longest, longest));
	assert_int_equal(strlen(next(t, csv)[0]), CSV_FIELD_MAX);
	assert_int_equal(strlen(next(t, csv)[0]), CSV_FIELD_MAX);
	t_fails(&t->ctx, csv_next(&t->ctx, csv, &fields, &more), FAIL_INVALID,
	    "csv.syntax");

	text_init(&wide, t->ctx.arena);
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		text_addf(&wide, "%sc%d", i == 0 ? "" : ",", i);
	opened(t, text_of(&wide));
	text_add(&wide, ",one_more");
	t_fails(&t->ctx, csv_open(&t->ctx, text_bytes(&wide), &csv),
	    FAIL_INVALID, "csv.syntax");
}

/* Every row that is given has all its fields, whatever the file holds. */
static void
damaged_files_are_refused_or_read_to_their_end(void **state)
{
	static const char seed[] = "a,b\r\n\"x,\"\"y\",2\n\n3,\"\r\n\"\n";
	static const char alphabet[] = "\",\r\n\"x\xcc\x81\xff";
	struct t *t = *state;
	int read = 0;

	for (int round = 0; round < 20000; round++) {
		struct ctx *ctx = t_fresh(t);
		const size_t len =
		    sizeof(seed) - 1 - random_below(&t->random, 5);
		char *bent = arena_copy(ctx->arena, seed, len);
		struct csv *csv = NULL;
		const char *const *row = NULL;
		bool more = true;
		enum fail got = OK;

		for (uint64_t n = random_below(&t->random, 4); n > 0; n--)
			bent[random_below(&t->random, len)] =
			    alphabet[random_below(&t->random,
				sizeof(alphabet))];
		got =
		    csv_open(ctx, (struct bytes){ (uint8_t *)bent, len }, &csv);
		while (got == OK && more) {
			got = csv_next(ctx, csv, &row, &more);
			if (got == OK && more)
				read += strlen(row[0]) < len;
		}
		if (got != OK)
			assert_string_equal(ctx->failure.code, "csv.syntax");
	}
	assert_true(read > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(rows_follow_the_header),
		t_test(quotes_hold_commas_quotes_and_lines),
		t_test(a_byte_order_mark_is_skipped_and_texts_become_nfc),
		t_test(a_missing_column_is_named),
		t_test(a_column_that_is_not_known_is_refused_byte_for_byte),
		t_test(a_bad_header_is_refused),
		t_test(a_bad_row_is_refused_with_its_line),
		t_test(limits_hold_for_fields_and_columns),
		t_test(damaged_files_are_refused_or_read_to_their_end),
	};

	return t_run(tests);
}
