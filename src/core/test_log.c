#include "t.h"

#include <string.h>
#include <unistd.h>

#include "core/log.h"

/* What log_event writes; LOG's fields are given by the caller. */
static const char *
logged(struct arena *arena, enum log_level level,
    const struct log_field *fields)
{
	char out[8192] = { 0 };
	int ends[2] = { -1, -1 };
	const int kept = dup(STDERR_FILENO);
	ssize_t got = 0;

	assert_true(kept >= 0);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	(void)close(ends[1]);
	log_event(level, "test.event", fields);
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	(void)close(kept);
	got = read(ends[0], out, sizeof(out) - 1);
	(void)close(ends[0]);
	assert_true(got >= 0);
	return arena_text_n(arena, out, (size_t)got);
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
		t_test(lower_levels_are_silent),
	};
	return t_run(tests);
}
