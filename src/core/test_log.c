#include "t.h"

#include <string.h>
#include <unistd.h>

#include "core/day.h"
#include "core/log.h"

/* What is written meanwhile. */
static const char *
written(struct arena *arena, void (*write)(void *arg), void *arg)
{
	static char out[65536];
	int ends[2] = { -1, -1 };
	const int kept = dup(STDERR_FILENO);
	ssize_t got = 0;

	assert_true(kept >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(ends[1]);
	write(arg);
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	(void)close(kept);
	got = read(ends[0], out, sizeof(out) - 1);
	(void)close(ends[0]);
	assert_true(got >= 0);
	return arena_text_n(arena, out, (size_t)got);
}

struct one_line {
	enum log_level level;
	const struct log_field *fields;
};

static void
write_one(void *arg)
{
	const struct one_line *line = arg;

	log_event(line->level, "test.event", line->fields);
}

/* What log_event writes; LOG's fields are given by the caller. */
static const char *
logged(struct arena *arena, enum log_level level,
    const struct log_field *fields)
{
	struct one_line line = { level, fields };

	return written(arena, write_one, &line);
}

static void
a_line_is_logfmt(void **state)
{
	struct t *t = *state;
	const char *nothing = "";
	const struct log_field fields[] = { LOG_T("plain", "a-b/c"),
		LOG_T("spaced", "a b"), LOG_T("empty", nothing),
		LOG_T("none", NULL), LOG_N("number", INT64_MIN), { 0 } };
	const char *line = logged(t->arena, LOG_ERROR, fields);

	assert_memory_equal(line, "time=20", 7);
	assert_int_equal(line[15], 'T');
	assert_int_equal(line[31], 'Z');
	assert_string_equal(line + 32,
	    " level=error event=test.event plain=a-b/c spaced=\"a b\" "
	    "empty=\"\" none=\"\" number=-9223372036854775808\n");
}

static void
a_value_cannot_forge_a_second_line_or_field(void **state)
{
	struct t *t = *state;
	const struct log_field fields[] = {
		LOG_T("value", "x\nlevel=info \"\\\x1b[0m\x7f=huế"), { 0 }
	};

	assert_non_null(strstr(logged(t->arena, LOG_ERROR, fields),
	    "value=\"x\\nlevel=info \\\"\\\\\\x1b[0m\\x7f=huế\"\n"));
}

static void
a_line_has_a_limit_and_still_ends(void **state)
{
	struct t *t = *state;
	const struct log_field fields[] = {
		LOG_T("long", arena_printf(t->arena, "%6000d", 1)), { 0 }
	};
	const char *line = logged(t->arena, LOG_ERROR, fields);

	assert_int_equal(strlen(line), 4096);
	assert_int_equal(line[4095], '\n');
}

/* ---- lines that say the same ---- */

#define OFTEN 100

static int
lines_with(const char *text, const char *words)
{
	int count = 0;

	for (; (text = strstr(text, words)) != NULL; text += strlen(words))
		count++;
	return count;
}

static void
write_often(void *arg)
{
	for (int i = 0; i < OFTEN; i++)
		LOG_OFTEN(LOG_ERROR, "test.often", arg, LOG_N("request", i));
}

static void
write_counted(void *arg)
{
	const int64_t *at_us = arg;

	log_counted(*at_us);
}

static const char *
counted_at(struct arena *arena, int64_t steady_us)
{
	return written(arena, write_counted, &steady_us);
}

static void
lines_that_say_the_same_are_counted(void **state)
{
	struct t *t = *state;
	char one[] = "disk.full";
	char other[] = "store.connect";
	const char *out = written(t->arena, write_often, one);
	const char *repeated =
	    arena_printf(t->arena, "repeated=%d ", OFTEN - LOG_SAME_MOST);

	assert_int_equal(lines_with(out, "\n"), LOG_SAME_MOST);
	assert_non_null(strstr(out, "request=0\n"));
	/* What says something else has its own lines. */
	out = written(t->arena, write_often, other);
	assert_int_equal(lines_with(out, "\n"), LOG_SAME_MOST);
	/* The minute is not over. */
	assert_string_equal(counted_at(t->arena, time_steady_us()), "");
	out = counted_at(t->arena, time_steady_us() + 60 * SECOND_US);
	assert_int_equal(lines_with(out, "\n"), 2);
	assert_int_equal(lines_with(out, repeated), 2);
	assert_non_null(
	    strstr(out, " level=error event=test.often same=disk.full "));
	assert_non_null(
	    strstr(out, " level=error event=test.often same=store.connect "));
	/* It was said, and begins anew. */
	assert_string_equal(counted_at(t->arena, INT64_MAX), "");
	out = written(t->arena, write_often, one);
	assert_int_equal(lines_with(out, "\n"), LOG_SAME_MOST);
	(void)counted_at(t->arena, INT64_MAX);
}

static void
write_many(void *arg)
{
	struct arena *arena = arg;

	for (int i = 0; i < 2 * LOG_SAMES_MAX; i++)
		for (int n = 0; n < OFTEN; n++)
			LOG_OFTEN(LOG_ERROR, "t", arena_printf(arena, "%d", i),
			    LOG_N("n", n));
}

/* The oldest give way, and are not forgotten. */
static void
what_is_counted_has_a_bound(void **state)
{
	struct t *t = *state;
	const char *out = written(t->arena, write_many, t->arena);

	assert_int_equal(lines_with(out, "repeated=95 "), LOG_SAMES_MAX);
	out = counted_at(t->arena, INT64_MAX);
	assert_int_equal(lines_with(out, "repeated=95 "), LOG_SAMES_MAX);
}

static void
lower_levels_are_silent(void **state)
{
	struct t *t = *state;
	const struct log_field none[] = { { 0 } };

	assert_string_equal(logged(t->arena, LOG_WARN, none), "");
	log_set_level(LOG_WARN);
	assert_string_not_equal(logged(t->arena, LOG_WARN, none), "");
	assert_string_equal(logged(t->arena, LOG_INFO, none), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_line_is_logfmt),
		t_test(a_value_cannot_forge_a_second_line_or_field),
		t_test(a_line_has_a_limit_and_still_ends),
		t_test(lines_that_say_the_same_are_counted),
		t_test(what_is_counted_has_a_bound),
		t_test(lower_levels_are_silent),
	};
	return t_run(tests);
}
