#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "t_flush.h"

#include "core/room.h"
#include "store/t_suite.h"
#include "store/test_place.sql.h"

/* What SQLite alone does: a database in memory, the online copy, its file. */

static void
open_memory(struct t *t)
{
	struct store_options options = suite_options(t);

	options.url = "sqlite::memory:";
	suite_open_with(t, &options);
}

static void
readers_of_a_memory_take_turns(void **state)
{
	struct t *t = *state;

	open_memory(t);
	t_each_failure(t, suite_add, suite_arg("a"));
	assert_int_equal(suite_places(t), 1);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	assert_int_equal(suite_places(t), 2);
	suite_close(t);
}

static void *
count_places(void *arg)
{
	struct t *t = arg;
	static int64_t seen;

	seen = suite_places(t);
	return &seen;
}

/* A reader that gets the ticket in the middle of a batch commits it first. */
static void
a_reader_of_a_memory_sees_whole_batches(void **state)
{
	struct t *t = *state;
	pthread_t reader;
	void *seen = NULL;

	open_memory(t);
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	assert_int_equal(pthread_create(&reader, NULL, count_places, t), 0);
	suite_wait_line(t, 1);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	assert_int_equal(pthread_join(reader, &seen), 0);
	assert_int_equal(*(int64_t *)seen, 1);
	assert_int_equal(suite_stats(t).commits, 1);
	suite_close(t);
}

static void
a_foreign_url_is_refused(void **state)
{
	static const char *const urls[] = { "", "sqlite:", "mysql://x",
		"/tmp/x.db", "sqlite" };
	struct t *t = *state;
	struct store_options options = { 0 };
	struct store *store = NULL;

	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_INVALID,
	    "store.url");
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		options.url = urls[i];
		t_fails(&t->ctx, store_open(&t->ctx, &options, &store),
		    FAIL_INVALID, "store.url");
	}
	options.url = "sqlite::memory:";
	options.read_only = true;
	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_INVALID,
	    "store.url");
}

/* Before it is acknowledged, and each time. */
static void
what_is_committed_survives_a_power_cut(void **state)
{
	static const char *const names[] = { "a", "b", "c" };
	struct t *t = *state;

	suite_open(t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		t_flush_begin();
		t_ok(&t->ctx, t_unit(t, suite_add, suite_arg(names[i])));
		assert_in_range(t_flush_count("-wal"), 1, 2);
	}
	suite_close(t);
}

static void
an_absent_file_cannot_be_read(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	struct store *store = NULL;

	options.read_only = true;
	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_BUSY,
	    "store.connect");
	options.url = "sqlite:/nonexistent/truc.db";
	options.read_only = false;
	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_BUSY,
	    "store.connect");
}

/* --- the online copy --- */

struct pace {
	struct t *t;
	int calls;
	int last;
};

/* Writes between the steps of the copy, of which there are three. */
static void
write_between(void *arg, int done, int total)
{
	struct pace *pace = arg;
	struct ctx ctx = { 0 };

	assert_true(done <= total);
	pace->calls++;
	/* The third step is the last: what follows it is not in the copy. */
	if (pace->calls > 2)
		return;
	suite_ctx(pace->t, &ctx);
	t_ok(&ctx, tx_begin(&ctx, TX_WRITE));
	t_ok(&ctx,
	    tx_end(&ctx, suite_add(&ctx, arena_printf(ctx.arena, "between %d",
					     pace->calls))));
	suite_ctx_end(&ctx);
}

static enum fail
add_large(struct ctx *ctx, void *arg)
{
	static const uint8_t seal[4000] = { 1 };
	const struct bytes blob = { seal, sizeof(seal) };

	for (int i = 0; i < 600; i++) {
		struct sql_place_add *added = NULL;

		TRY(sql_place_add(ctx,
		    arena_printf(ctx->arena, "large %d %d", *(int *)arg, i),
		    &blob, true, NULL, i, &added));
	}
	return OK;
}

static void
a_backup_holds_what_was_written_meanwhile(void **state)
{
	struct t *t = *state;
	struct pace pace = { .t = t };
	const char *folder = t_folder(t);
	struct store_options options = { .migrations = test_migrations };
	char path[200] = "";
	char url[220] = "";
	uint64_t before = 0;
	int round = 0;

	(void)snprintf(path, sizeof(path), "%s/copy.db", folder);
	(void)snprintf(url, sizeof(url), "sqlite:%s", path);
	suite_open(t);
	t_ok(&t->ctx, t_unit(t, add_large, &round));
	t_ok(&t->ctx, store_backup(t_fresh(t), path, write_between, &pace));
	assert_true(pace.calls >= 3);
	t_fails(&t->ctx, store_backup(t_fresh(t), path, NULL, NULL),
	    FAIL_CONFLICT, "store.backup_exists");
	before = t_digest(t);
	suite_close(t);
	options.url = url;
	suite_open_with(t, &options);
	assert_int_equal(suite_places(t), 602);
	assert_true(t_digest(t) == before);
}

static void
a_failed_backup_leaves_no_file(void **state)
{
	struct t *t = *state;
	char path[200] = "";

	(void)snprintf(path, sizeof(path), "%s/copy.db", t_folder(t));
	suite_open(t);
	(void)t_fresh(t);
	t->faults = (struct faults){ .at = 1 };
	t_fails(&t->ctx, store_backup(&t->ctx, path, NULL, NULL), FAIL_INTERNAL,
	    "fault.injected");
	t->faults = (struct faults){ 0 };
	assert_int_not_equal(access(path, F_OK), 0);
	t_fails(&t->ctx,
	    store_backup(t_fresh(t), "/nonexistent/copy.db", NULL, NULL),
	    FAIL_INTERNAL, "store.backup");
}

/* --- the file --- */

static int
ask_int(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int got = -1;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		got = sqlite3_column_int(stmt, 0);
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	return got;
}

/* Strictness is what makes SQLite check types as PostgreSQL does. */
static void
tables_are_strict(void **state)
{
	struct t *t = *state;
	char path[200] = "";
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof(path), "%s/truc.db", t_folder(t));
	suite_open(t);
	suite_close(t);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(ask_int(db,
			     "SELECT COUNT(*) FROM pragma_table_list WHERE "
			     "name IN ('place', 'visit') AND strict = 1"),
	    2);
	assert_int_equal(ask_int(db,
			     "SELECT COUNT(*) FROM pragma_table_list WHERE "
			     "name = 'visit' AND wr = 1"),
	    1);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#define LARGE_UNITS 30
#define LOG_MOST (40 * 1000 * 1000)
#define LOG_COPIED (16 * 1000 * 1000)

static off_t
log_size(struct t *t)
{
	struct stat about = { 0 };
	char path[200] = "";

	(void)snprintf(path, sizeof(path), "%s/truc.db-wal", t_folder(t));
	assert_int_equal(stat(path, &about), 0);
	return about.st_size;
}

/*
 * 72 MB go through the log; the writer copies it back each 16 MB and begins it
 * anew.
 */
static void
the_log_does_not_grow_without_end(void **state)
{
	struct t *t = *state;

	suite_open(t);
	for (int i = 0; i < LARGE_UNITS; i++)
		t_ok(&t->ctx, t_unit(t, add_large, &i));
	assert_true(log_size(t) > 0 && log_size(t) < LOG_MOST);
}

/*
 * A reader has the log when it is copied back: it cannot begin anew.  When the
 * reader is gone it does so with the next unit, not 16 MB later.
 */
static void
a_log_that_a_reader_kept_begins_anew_soon_after(void **state)
{
	struct t *t = *state;
	struct ctx reader = { 0 };
	uint8_t digest[32] = { 0 };
	off_t kept = 0;
	int unit = 0;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, add_large, &unit));
	suite_ctx(t, &reader);
	t_ok(&reader, tx_begin(&reader, TX_READ));
	t_ok(&reader, store_digest(&reader, digest));
	for (unit = 1; unit < 9; unit++)
		t_ok(&t->ctx, t_unit(t, add_large, &unit));
	t_ok(&reader, tx_end(&reader, OK));
	suite_ctx_end(&reader);
	kept = log_size(t);
	assert_true(kept > LOG_COPIED);
	for (; unit < 14; unit++)
		t_ok(&t->ctx, t_unit(t, add_large, &unit));
	assert_int_equal(log_size(t), kept);
}

/* --- a full disk --- */

/* The kernel's limit on the size of a file stands for a disk without room. */
static void
limit_files(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
a_full_disk_is_said_and_passes(void **state)
{
	struct t *t = *state;
	struct suite_unit unit = { .run = suite_add, .arg = suite_arg("c") };
	int large = 0;

	suite_open(t);
	t->home.room = room_new(t_folder(t));
	room_reserve(t->home.room, 0);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("a")));
	limit_files((rlim_t)log_size(t));
	t_fails(&t->ctx, t_unit(t, add_large, &large), FAIL_BUSY, "disk.full");
	assert_true(room_is_full(t->home.room));
	/* From now on the log begins anew for each unit: a small one has room. */
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	/* Of a batch all hear it. */
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, add_large(&t->ctx, &large));
	suite_start(t, &unit);
	suite_wait_line(t, 1);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_BUSY, "disk.full");
	suite_join(&unit);
	assert_int_equal(unit.got, FAIL_BUSY);
	assert_string_equal(unit.code, "disk.full");
	/* Reading goes on, and so does all else when there is room again. */
	assert_int_equal(suite_places(t), 2);
	limit_files(RLIM_INFINITY);
	t_ok(&t->ctx, t_unit(t, add_large, &large));
	suite_close(t);
	room_free(t->home.room);
	t->home.room = NULL;
}

/* --- killed in the middle --- */

#define KILL_THREADS 8

struct victim {
	struct t *t;
	int answers; /* where what was answered is reported */
	int me;
};

static void *
write_until_killed(void *arg)
{
	const struct victim *victim = arg;

	for (int32_t i = 0; i < 1000000; i++) {
		const int32_t told = victim->me * 1000000 + i;
		int64_t number = told;
		struct ctx ctx = { 0 };
		enum fail got = OK;

		suite_ctx(victim->t, &ctx);
		got = tx_begin(&ctx, TX_WRITE);
		if (got == OK)
			got = tx_end(&ctx, suite_visit(&ctx, &number));
		suite_ctx_end(&ctx);
		if (got != OK ||
		    write(victim->answers, &told, sizeof(told)) != sizeof(told))
			break;
	}
	return NULL;
}

/* In the child: never comes back. */
static void
be_killed(struct t *t, int answers)
{
	struct store_options options = suite_options(t);
	struct victim victims[KILL_THREADS] = { 0 };
	pthread_t threads[KILL_THREADS] = { 0 };

	if (store_open(&t->ctx, &options, &t->home.store) != OK)
		_exit(1);
	for (int i = 0; i < KILL_THREADS; i++) {
		victims[i] = (struct victim){ t, answers, i };
		if (pthread_create(&threads[i], NULL, write_until_killed,
			&victims[i]) != 0)
			_exit(1);
	}
	for (int i = 0; i < KILL_THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	_exit(1);
}

/*
 * Kill the writer after a number of answers and read what else it reported;
 * gives how many it answered, with the last of each thread.
 */
static int
kill_after(struct t *t, int enough, int32_t last[KILL_THREADS])
{
	int ends[2] = { 0 };
	int32_t told = 0;
	int answered = 0;
	pid_t child = 0;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		be_killed(t, ends[1]);
	}
	assert_true(child > 0);
	(void)close(ends[1]);
	while (read(ends[0], &told, sizeof(told)) == sizeof(told)) {
		last[told / 1000000] = told;
		answered++;
		if (answered == enough)
			(void)kill(child, SIGKILL);
	}
	(void)close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return answered;
}

static enum fail
empty_visits(struct ctx *ctx, void *arg)
{
	return sql_visit_empty(ctx, arg);
}

/*
 * What was answered is there, and of each thread at most one unit that was not
 * answered yet: whole or not at all.
 */
static void
what_was_answered_survives_a_kill(void **state)
{
	struct t *t = *state;
	struct store_options options = { 0 };

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("home")));
	for (int round = 0; round < t_rounds(12, 400); round++) {
		const int enough = 20 + 37 * (round % 12);
		int32_t last[KILL_THREADS] = { 0 };
		int64_t emptied = 0;
		int answered = 0;

		t_ok(&t->ctx, t_unit(t, empty_visits, &emptied));
		suite_close(t);
		answered = kill_after(t, enough, last);
		assert_true(answered >= enough);
		options = suite_options(t);
		suite_open_with(t, &options);
		for (int i = 0; i < KILL_THREADS; i++) {
			const int from = i * 1000000;
			const int64_t kept =
			    suite_visits_from(t, from, from + 1000000);

			assert_in_range(kept,
			    last[i] == 0 ? 0 : last[i] - from + 1,
			    last[i] - from + 2);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(readers_of_a_memory_take_turns),
		t_test(a_reader_of_a_memory_sees_whole_batches),
		t_test(a_foreign_url_is_refused),
		t_test(what_is_committed_survives_a_power_cut),
		t_test(an_absent_file_cannot_be_read),
		t_test(a_backup_holds_what_was_written_meanwhile),
		t_test(a_failed_backup_leaves_no_file),
		t_test(tables_are_strict),
		t_test(the_log_does_not_grow_without_end),
		t_test(a_log_that_a_reader_kept_begins_anew_soon_after),
		t_test(a_full_disk_is_said_and_passes),
		t_test(what_was_answered_survives_a_kill),
	};

	/* What a limit refuses is a failure, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return t_run(tests);
}
