#include "report/t_act.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/log.h"
#include "core/room.h"
#include "core/text.h"
#include "cube/cube.h"
#include "cube/snapshot.h"
#include "ledger/ledger.h"
#include "report/keep.h"
#include "store/within.h"

/*
 * A start from the kept snapshot holds what a replay of the whole ledger does;
 * one that does not fit is passed over.
 */
#define SNAPSHOT_MAX ((size_t)1 << 20)

struct life {
	struct world *world;
	struct cube *lived; /* that was there all the time */
	struct doing doing;
};

static void
set_free(void *object)
{
	struct life *life = object;

	cube_attach(&life->world->t->home, life->lived);
}

static struct life *
live(struct t *t)
{
	static struct life life;

	life = (struct life){ .world = world_new(t) };
	life.lived = cube_of(&t->home);
	life.doing = (struct doing){ .world = life.world,
		.reason = "why",
		.cells = CELLS_MORE };
	t->home.data_dir = t_folder(t);
	t_defer(t, set_free, &life);
	return &life;
}

/* Signed, accepted, amended, sent back, closed; some each time. */
static void
act_more(struct life *life, int commune)
{
	struct world *w = life->world;
	struct t *t = w->t;
	struct doing *doing = &life->doing;

	doing->id = world_sent(w, w->commune[commune], CELLS_GOOD);
	world_be(w, w->district[commune / 3], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, doing));
	world_be_both(w, w->commune[commune]);
	t_ok(&t->ctx, t_unit(t, act_amend, doing));
	t_ok(&t->ctx, t_unit(t, act_save, doing));
	t_ok(&t->ctx, t_unit(t, act_submit, doing));
	t_ok(&t->ctx, t_unit(t, act_sign, doing));
	if (commune % 2 == 0)
		return;
	world_be(w, w->district[commune / 3], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, doing));
}

static enum fail
start(struct ctx *ctx, void *arg)
{
	(void)arg;
	return report_start(ctx);
}

static enum fail
replay(struct ctx *ctx, void *arg)
{
	(void)arg;
	return report_replay(ctx);
}

static enum fail
take_mark(struct ctx *ctx, void *arg)
{
	return ledger_mark(ctx, arg);
}

/* What a snapshot of the whole ledger would end with. */
static struct digest
sum_of(struct t *t, struct cube *cube)
{
	struct ledger_mark mark = { 0 };
	struct digest sum = { 0 };

	t_fresh(t);
	t_ok(&t->ctx, tx_within(&t->ctx, TX_READ, take_mark, &mark));
	t_ok(&t->ctx, snapshot_sum(&t->ctx, cube, &mark, &sum));
	return sum;
}

/* Start anew and hold the same; *ret_from: the snapshot's size, -1: none. */
static int64_t
started(struct life *life)
{
	struct t *t = life->world->t;
	struct cube *cube = cube_new();
	const struct digest lived = sum_of(t, life->lived);
	struct digest sum = { 0 };
	int64_t from = 0;

	cube_attach(&t->home, cube);
	t_ok(&t->ctx, t_read(t, start, NULL));
	from = cube_kept(cube);
	sum = sum_of(t, cube);
	assert_memory_equal(sum.at, lived.at, DIGEST_LEN);
	cube_free(cube);
	cube_attach(&t->home, cube_new());
	t_ok(&t->ctx, t_read(t, replay, NULL));
	sum = sum_of(t, cube_of(&t->home));
	assert_memory_equal(sum.at, lived.at, DIGEST_LEN);
	cube_free(cube_of(&t->home));
	cube_attach(&t->home, life->lived);
	return from;
}

static const char *
path_of(struct t *t)
{
	return arena_printf(t->ctx.arena, "%s/snapshot/cube", t_folder(t));
}

static void
a_start_goes_on_from_the_snapshot_and_holds_the_same(void **state)
{
	struct t *t = *state;
	struct life *life = live(t);
	struct stat before = { 0 };
	struct stat after = { 0 };
	int64_t size = 0;

	assert_int_equal(started(life), -1);
	for (int commune = 0; commune < 4; commune++) {
		act_more(life, commune);
		assert_int_equal(started(life), commune == 0 ? -1 : size);
		t_fresh(t);
		t_ok(&t->ctx, report_keep(&t->ctx));
		size = ledger_size(t->home.ledger);
		assert_int_equal(started(life), size);
		/* Nothing changed: nothing is written. */
		assert_int_equal(stat(path_of(t), &before), 0);
		t_ok(&t->ctx, report_keep(&t->ctx));
		assert_int_equal(stat(path_of(t), &after), 0);
		assert_int_equal(before.st_ino, after.st_ino);
	}
}

static void
a_snapshot_that_is_damaged_or_of_another_history_is_passed_over(void **state)
{
	struct t *t = *state;
	struct life *life = live(t);
	struct ledger_mark mark = { 0 };
	struct bytes whole = { 0 };
	uint8_t *changed = NULL;
	uint8_t frontier[64 * DIGEST_LEN];

	act_more(life, 0);
	act_more(life, 1);
	t_fresh(t);
	t_ok(&t->ctx, report_keep(&t->ctx));
	t_ok(&t->ctx, file_read(&t->ctx, path_of(t), SNAPSHOT_MAX, &whole));
	changed = arena_copy(t->ctx.arena, whole.at, whole.len);
	changed[whole.len / 2] ^= 4;
	t_ok(&t->ctx, file_write(&t->ctx, path_of(t),
			  (struct bytes){ changed, whole.len }, 0600));
	assert_int_equal(started(life), -1);
	/* The same ledger, but a tree that it never had. */
	t_ok(&t->ctx, tx_within(&t->ctx, TX_READ, take_mark, &mark));
	memcpy(frontier, mark.frontier.at, mark.frontier.len);
	frontier[3] ^= 1;
	mark.frontier.at = frontier;
	t_ok(&t->ctx, snapshot_write(&t->ctx, life->lived, path_of(t), &mark,
			  NULL, NULL));
	assert_int_equal(started(life), -1);
	t_ok(&t->ctx, tx_within(&t->ctx, TX_READ, take_mark, &mark));
	mark.origin = "truc/ledger/another";
	t_ok(&t->ctx, snapshot_write(&t->ctx, life->lived, path_of(t), &mark,
			  NULL, NULL));
	assert_int_equal(started(life), -1);
}

struct checking {
	struct text said;
	char words[200];
};

static enum fail
check(struct ctx *ctx, void *arg)
{
	struct checking *checking = arg;

	text_init(&checking->said, ctx->arena);
	TRY(report_check_kept(ctx, &checking->said));
	(void)snprintf(checking->words, sizeof(checking->words), "%s",
	    text_of(&checking->said));
	return OK;
}

static void
the_doctor_notices_a_snapshot_that_holds_something_else(void **state)
{
	struct t *t = *state;
	struct life *life = live(t);
	struct world *w = life->world;
	struct checking checking = { 0 };
	struct ledger_mark mark = { 0 };
	struct cube *false_one = NULL;
	const struct form_version *version = NULL;
	struct period period = { 0 };
	int64_t values[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint8_t states[8];

	act_more(life, 0);
	t_fresh(t);
	t_ok(&t->ctx, t_read(t, check, &checking));
	assert_non_null(strstr(checking.words, "there is none"));
	t_fresh(t);
	t_ok(&t->ctx, report_keep(&t->ctx));
	t_ok(&t->ctx, t_read(t, check, &checking));
	assert_non_null(strstr(checking.words, "what the ledger's first"));
	/* A report that nobody signed, sealed as well as any. */
	false_one = cube_new();
	cube_attach(&t->home, false_one);
	t_ok(&t->ctx, t_read(t, start, NULL));
	t_fresh(t);
	version = catalogue_form(catalogue_now(&t->ctx), WORLD_FORM)->versions;
	assert_true(
	    period_parse(&version->form->calendar, WORLD_PERIOD, &period));
	memset(states, CELL_VALUE, sizeof(states));
	t_ok(&t->ctx, tx_within(&t->ctx, TX_READ, take_mark, &mark));
	t_ok(&t->ctx, cube_replay(&t->ctx, version, &period,
			  &(struct cube_event){ .act = CUBE_SENT,
			      .unit = w->commune[5],
			      .version = 1,
			      .index = mark.size,
			      .values = values,
			      .states = states }));
	mark.size++;
	t_ok(&t->ctx,
	    snapshot_write(&t->ctx, false_one, path_of(t), &mark, NULL, NULL));
	cube_free(false_one);
	cube_attach(&t->home, life->lived);
	/* That mark is of no such ledger yet ... */
	t_ok(&t->ctx, t_read(t, check, &checking));
	assert_non_null(strstr(checking.words, "another history"));
	/* ... and this one is, but the values are not. */
	false_one = cube_new();
	cube_attach(&t->home, false_one);
	t_ok(&t->ctx, t_read(t, start, NULL));
	t_fresh(t);
	t_ok(&t->ctx, tx_within(&t->ctx, TX_READ, take_mark, &mark));
	{
		struct cube *empty = cube_new();

		t_ok(&t->ctx, snapshot_write(&t->ctx, empty, path_of(t), &mark,
				  NULL, NULL));
		cube_free(empty);
	}
	cube_free(false_one);
	cube_attach(&t->home, life->lived);
	t_fails(&t->ctx, t_read(t, check, &checking), FAIL_INTERNAL,
	    "report.snapshot");
	/* Made anew it is right again. */
	t_fresh(t);
	cube_attach(&t->home, cube_new());
	t_ok(&t->ctx, report_keep_anew(&t->ctx));
	cube_free(cube_of(&t->home));
	cube_attach(&t->home, life->lived);
	t_ok(&t->ctx, t_read(t, check, &checking));
	assert_non_null(strstr(checking.words, "what the ledger's first"));
	assert_int_equal(started(life), ledger_size(t->home.ledger));
}

/* A server that stops does not wait until the job has written all. */
static void
a_server_that_stops_ends_the_job_that_writes_it(void **state)
{
	const struct job_kind *const tables[] = { report_jobs, NULL };
	struct t *t = *state;
	struct life *life = live(t);
	struct job job = { .kind = &report_jobs[0] };

	act_more(life, 0);
	t_fresh(t);
	t->home.jobs = jobs_new(tables);
	job.shown_us = t->clock_us;
	job.steady_us = time_steady_us();
	jobs_stop(t->home.jobs);
	t_fails(&t->ctx, job.kind->run(&t->ctx, &job), FAIL_BUSY,
	    "job.stopping");
	assert_false(file_exists(path_of(t)));
	assert_int_equal(started(life), -1);
	jobs_free(t->home.jobs);
	t->home.jobs = jobs_new(tables);
	t_fresh(t);
	t_ok(&t->ctx, job.kind->run(&t->ctx, &job));
	assert_int_equal(started(life), ledger_size(t->home.ledger));
	jobs_free(t->home.jobs);
	t->home.jobs = NULL;
}

/* Whatever fails while it is written or read: never wrong totals. */
/* What is kept back then is for those who sign in and clear up. */
static void
on_a_full_disk_no_snapshot_is_written(void **state)
{
	struct t *t = *state;

	act_more(live(t), 0);
	t->home.room = room_new(t_folder(t));
	room_reserve(t->home.room, INT64_MAX / 4);
	t_fresh(t);
	t_fails(&t->ctx, report_keep(&t->ctx), FAIL_BUSY, "disk.full");
	assert_false(file_exists(path_of(t)));
	room_free(t->home.room);
	t->home.room = NULL;
}

static void
a_failing_step_costs_a_replay_at_most(void **state)
{
	struct t *t = *state;
	struct life *life = live(t);
	struct digest lived = { 0 };
	bool fired = true;

	act_more(life, 0);
	t_fresh(t);
	for (int step = 1; fired; step++) {
		enum fail got = OK;

		t->faults = (struct faults){ .at = step };
		got = report_keep(&t->ctx);
		fired = t->faults.fired > 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(got == OK, !fired);
		(void)started(life);
		t_fresh(t);
	}
	act_more(life, 1);
	lived = sum_of(t, life->lived);
	fired = true;
	for (int step = 1; fired; step++) {
		struct cube *cube = cube_new();
		enum fail got = OK;

		cube_attach(&t->home, cube);
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		got = tx_within(&t->ctx, TX_READ, start, NULL);
		fired = t->faults.fired > 0;
		t->faults = (struct faults){ 0 };
		assert_true(got == OK || fired);
		if (got == OK) {
			const struct digest sum = sum_of(t, cube);

			assert_memory_equal(sum.at, lived.at, DIGEST_LEN);
		}
		cube_free(cube);
		cube_attach(&t->home, life->lived);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_start_goes_on_from_the_snapshot_and_holds_the_same),
		t_test(
		    a_snapshot_that_is_damaged_or_of_another_history_is_passed_over),
		t_test(the_doctor_notices_a_snapshot_that_holds_something_else),
		t_test(a_server_that_stops_ends_the_job_that_writes_it),
		t_test(on_a_full_disk_no_snapshot_is_written),
		t_test(a_failing_step_costs_a_replay_at_most),
	};

	log_set_level(LOG_ERROR);
	return t_run(tests);
}
