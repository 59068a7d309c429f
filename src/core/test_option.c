#include "core/option.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/log.h"
#include "t.h"

enum { WORKERS, ROOM, WAIT, NETWORKS };
static const struct option table[] = {
	[WORKERS] =
	    OPT_INT("test.workers", 64, 1, 512, "", OPTION_RESTART, "Workers."),
	[ROOM] = OPT_INT("test.room", 4096, 0, INT64_C(1) << 40, "bytes",
	    OPTION_RELOAD, "Room."),
	[WAIT] =
	    OPT_INT("test.wait", 60, 1, 86400, "s", OPTION_RELOAD, "Wait."),
	[NETWORKS] =
	    OPT_TEXT("test.networks", "", 40, OPTION_RELOAD, "Networks."),
	{ 0 },
};
static const struct option *const tables[] = { core_options, table, NULL };

static void
end_options(void *object)
{
	struct t *t = object;

	options_free(t->home.options);
	t->home.options = NULL;
	(void)unsetenv("TRUC_TEST_WORKERS");
	log_set_level(LOG_ERROR);
}

static const char *
conf(struct t *t)
{
	return arena_printf(t->arena, "%s/truc.conf", t_folder(t));
}

/* Reads this file; NULL: there is none. */
static enum fail
read_as(struct t *t, const char *content)
{
	if (content != NULL)
		t_ok(&t->ctx,
		    file_write(&t->ctx, conf(t), bytes_of_text(content), 0600));
	return options_read(&t->ctx, conf(t), tables, &t->home.options);
}

static struct t *
start(void **state)
{
	struct t *t = *state;

	t_defer(t, end_options, t);
	return t;
}

static void
without_a_file_each_option_has_its_initial_value(void **state)
{
	struct t *t = start(state);

	assert_int_equal(option_int(&t->home, &table[WORKERS]), 64);
	t_ok(&t->ctx, read_as(t, NULL));
	assert_int_equal(option_int(&t->home, &table[WORKERS]), 64);
	assert_string_equal(option_text(&t->home, &table[NETWORKS]), "");
}

static void
a_file_sets_and_the_environment_wins(void **state)
{
	struct t *t = start(state);
	struct option_line *lines = NULL;
	size_t count = 0;

	(void)setenv("TRUC_TEST_WORKERS", "9", 1);
	t_ok(&t->ctx,
	    read_as(t, "# ours\n\n test.workers = 8\r\ntest.room=64 KiB\n"
		       "test.wait = 2 h\n"
		       "test.networks = 10.0.0.0/8, 192.168.0.0/16"));
	assert_int_equal(option_int(&t->home, &table[WORKERS]), 9);
	assert_int_equal(option_int(&t->home, &table[ROOM]), 65536);
	assert_int_equal(option_int(&t->home, &table[WAIT]), 7200);
	assert_string_equal(option_text(&t->home, &table[NETWORKS]),
	    "10.0.0.0/8, 192.168.0.0/16");
	options_list(&t->ctx, t->home.options, &lines, &count);
	assert_int_equal(count, 7);
	assert_string_equal(lines[0].row->name, "clock.step");
	assert_string_equal(lines[1].row->name, "disk.reserve");
	assert_string_equal(lines[2].row->name, "log.level");
	assert_string_equal(lines[6].value, "9");
	assert_string_equal(lines[6].source, "environment");
	assert_string_equal(lines[4].value, "64 KiB");
}

/* Each fault is named with its line, and nothing is taken over. */
static void
what_is_wrong_is_named_with_its_place(void **state)
{
	static const struct {
		const char *content;
		const char *line;
		const char *code;
	} cases[] = {
		{ "test.workers = 0", ":1", "option.value" },
		{ "\ntest.workers = 513", ":2", "option.value" },
		{ "test.workers = 8 KiB", ":1", "option.value" },
		{ "test.room = 4 s", ":1", "option.value" },
		{ "test.room = 99999999999 GiB", ":1", "option.value" },
		{ "test.room = 0x10", ":1", "option.value" },
		{ "test.room = ", ":1", "option.value" },
		{ "test.worker = 8", ":1", "option.unknown" },
		{ "test.workers 8", ":1", "option.line" },
		{ "test.wait = 9\ntest.wait = 9", ":2", "option.twice" },
		{ "log.level = loud", ":1", "option.value" },
		{ "test.networks = 0123456789012345678901234567890123456789x",
		    ":1", "option.value" },
	};
	struct t *t = start(state);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct fail_field *field = NULL;

		t_fresh(t);
		assert_int_equal(read_as(t, cases[i].content), FAIL_INVALID);
		assert_null(t->home.options);
		field = t->ctx.failure.fields;
		assert_string_equal(field->code, cases[i].code);
		assert_string_equal(strrchr(field->pointer, ':'),
		    cases[i].line);
		assert_null(field->next);
	}
	fail_clear(&t->ctx);
}

static void
a_reload_takes_over_what_may_change_or_nothing(void **state)
{
	struct t *t = start(state);
	struct options *options = NULL;
	int changed = 0;

	t_ok(&t->ctx, read_as(t, "test.workers = 8\ntest.wait = 10\n"));
	options = t->home.options;
	t_ok(&t->ctx,
	    file_write(&t->ctx, conf(t),
		bytes_of_text("test.workers = 9\ntest.wait = 11\n"
			      "test.networks = ::1/128\nlog.level = error\n"),
		0600));
	t_ok(&t->ctx, options_reload(&t->ctx, options, &changed));
	assert_int_equal(changed, 3);
	assert_int_equal(option_int(&t->home, &table[WORKERS]), 8);
	assert_int_equal(option_int(&t->home, &table[WAIT]), 11);
	assert_string_equal(option_text(&t->home, &table[NETWORKS]), "::1/128");
	t_ok(&t->ctx, file_write(&t->ctx, conf(t),
			  bytes_of_text("test.wait = 12\nx = 1\n"), 0600));
	assert_int_equal(options_reload(&t->ctx, options, &changed),
	    FAIL_INVALID);
	fail_clear(&t->ctx);
	assert_int_equal(option_int(&t->home, &table[WAIT]), 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(without_a_file_each_option_has_its_initial_value),
		t_test(a_file_sets_and_the_environment_wins),
		t_test(what_is_wrong_is_named_with_its_place),
		t_test(a_reload_takes_over_what_may_change_or_nothing),
	};

	return t_run(tests);
}
