#include "t_world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/home.h"

/*
 * The cube behind the store: what a unit of work stages moves the totals when,
 * and only when, it is committed; readers meanwhile see whole totals of one
 * ledger index.
 */
struct live {
	struct world world;
	struct period periods[2];
};

static void
free_live(void *object)
{
	free(object);
}

static struct live *
live_make(struct t *t, uint64_t seed)
{
	struct live *live = calloc(1, sizeof(*live));

	assert_non_null(live);
	t_defer(t, free_live, live);
	world_make(&live->world, t, seed);
	live->periods[0] = world_period("2025-Q1");
	live->periods[1] = world_period("2025-Q3");
	return live;
}

static struct cube_row
total_of(struct live *live, int period)
{
	struct ctx *ctx = &live->world.t->ctx;
	const struct directory *dir = directory_now(ctx);
	struct cube_question q = { .version = world_version(live->world.t),
		.period = live->periods[period],
		.dir = dir,
		.structure = directory_structure(dir, live->periods[period].to),
		.index = INT64_MAX,
		.children_of = -1,
		.level = 0 };
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;

	t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &index));
	return rows[count - 1];
}

struct signing {
	struct live *live;
	int64_t unit;
	int version;
	int64_t values[WORLD_CELLS];
	uint8_t states[WORLD_CELLS];
	bool fails;
	int64_t ret_index;
	struct ledger_entry *entry;
};

static enum fail
sign_both(struct ctx *ctx, void *arg)
{
	struct signing *s = arg;
	const struct form_version *version =
	    form_for(catalogue_form(catalogue_now(ctx), WORLD_FORM),
		&s->live->periods[0]);

	for (int period = 0; period < 2; period++) {
		struct cube_event event = { .act = CUBE_SENT,
			.unit = s->unit,
			.version = s->version,
			.report = s->unit,
			.values = s->values,
			.states = s->states };

		TRY(ledger_append(ctx, "report.sign", s->unit,
		    bytes_of_text("{}"), &s->entry));
		TRY(cube_stage(ctx, version, &s->live->periods[period], &event,
		    s->entry));
	}
	if (s->fails)
		return FAIL(ctx, FAIL_CONFLICT, "test.wish", "as wished");
	return OK;
}

static void
only_a_committed_unit_of_work_moves_the_totals(void **state)
{
	struct t *t = *state;
	struct live *live = live_make(t, 1);
	struct signing s = { .live = live,
		.unit = live->world.old_provinces[0],
		.version = 1,
		.fails = true };
	struct cube_stats before = { 0 };
	struct cube_stats after = { 0 };

	for (size_t c = 0; c < WORLD_CELLS; c++) {
		s.states[c] = CELL_VALUE;
		s.values[c] = 3;
	}
	t->ctx.actor = &access_system;
	t_fails(&t->ctx, t_unit(t, sign_both, &s), FAIL_CONFLICT, "test.wish");
	t_fresh(t);
	assert_int_equal(total_of(live, 0).reported, 0);
	cube_stats(cube_of(&t->home), &before);
	assert_int_equal(before.events, 0);
	t_each_failure(t, sign_both,
	    &(struct signing){ .live = live,
		.unit = s.unit,
		.version = 1,
		.states = { CELL_VALUE } });
	s.fails = false;
	s.version = 2;
	t_ok(&t->ctx, t_unit(t, sign_both, &s));
	t_fresh(t);
	assert_true(total_of(live, 1).totals[0] == 3);
	cube_stats(cube_of(&t->home), &after);
	assert_int_equal(after.events, 4);
	assert_int_equal(after.slabs, 2);
	assert_true(after.rows <= 6); /* what failed was used again */
	assert_true(after.bytes > 0);
}

#define WRITERS 2
#define READERS 2
#define WRITER_UNITS 20 /* each writer's own */
#define SIGNINGS 200
#define LOOKS_MAX 4000

struct look {
	int64_t index;
	i128 totals[2];
};

struct worker {
	struct live *live;
	pthread_t thread;
	uint64_t seed;
	size_t first; /* of the world's units */
	_Atomic bool *done;
	struct look *looks;
	size_t look_count;
	/* writers: what was signed at which index */
	int64_t indexes[SIGNINGS];
	int64_t amounts[SIGNINGS];
	bool failed;
};

static void
worker_ctx(struct worker *w, struct ctx *ctx, struct arena *arena)
{
	struct t *t = w->live->world.t;

	ctx_init(ctx, arena, &t->home);
	ctx->actor = &access_system;
	ctx->random = &t->random;
	ctx->now_us = t->clock_us;
	ctx->locale = "en";
}

static void *
write_reports(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < SIGNINGS; i++) {
		struct arena *arena = arena_new(0);
		struct random random = { 1, w->seed + (uint64_t)i };
		struct ctx ctx = { 0 };
		struct signing s = { .live = w->live,
			.unit = w->live->world
				    .ids[w->first + (size_t)(i % WRITER_UNITS)],
			.version = 1 + i / WRITER_UNITS };
		enum fail outcome = OK;

		for (size_t c = 0; c < WORLD_CELLS; c++) {
			s.states[c] = CELL_VALUE;
			s.values[c] = (int64_t)(w->seed * 1000) + i;
		}
		worker_ctx(w, &ctx, arena);
		ctx.random = &random;
		outcome = tx_begin(&ctx, TX_WRITE);
		if (outcome == OK)
			outcome = tx_end(&ctx, sign_both(&ctx, &s));
		w->failed = w->failed || outcome != OK;
		/* A new version replaces the one before. */
		w->amounts[i] = i < WRITER_UNITS ? s.values[0] : WRITER_UNITS;
		w->indexes[i] = s.entry == NULL ? -1 : s.entry->index;
		arena_free(arena);
	}
	return NULL;
}

/* Both periods at once, by level and from views; remember what was seen. */
static void *
look_at_totals(void *arg)
{
	static const int cells[] = { 0 };
	struct worker *w = arg;
	int64_t last = 0;

	while (!atomic_load(w->done) && w->look_count < LOOKS_MAX) {
		struct arena *arena = arena_new(0);
		struct ctx ctx = { 0 };
		struct cube_question q[2];
		struct cube_answer *answers = NULL;
		struct look *look = &w->looks[w->look_count];
		const struct directory *dir = NULL;

		worker_ctx(w, &ctx, arena);
		dir = directory_now(&ctx);
		for (int p = 0; p < 2; p++)
			q[p] = (struct cube_question){
				.version =
				    form_for(catalogue_form(catalogue_now(&ctx),
						 WORLD_FORM),
					&w->live->periods[0]),
				.period = w->live->periods[p],
				.dir = dir,
				.structure = directory_structure(dir,
				    w->live->periods[w->look_count % 2].to),
				.index = INT64_MAX,
				.children_of = -1,
				.level = 1 + (int)(w->look_count % 3),
				.apportion = w->look_count % 7 == 0,
				.cells = cells,
				.cell_count = 1
			};
		/* One reader keeps building views beside the writers. */
		if (w->seed == 0 || w->look_count % 31 == 0)
			cube_forget_views(cube_of(ctx.home));
		w->failed = w->failed || cube_ask_all(&ctx, q, 2, &answers,
					     &look->index) != OK;
		for (int p = 0; p < 2 && !w->failed; p++) {
			i128 sum = 0;

			for (size_t r = 0; r + 1 < answers[p].count; r++)
				sum += answers[p].rows[r].totals[0];
			look->totals[p] =
			    answers[p].rows[answers[p].count - 1].totals[0];
			w->failed = w->failed || sum != look->totals[p];
		}
		w->failed = w->failed || look->index < last;
		last = look->index;
		w->look_count++;
		arena_free(arena);
	}
	return NULL;
}

/* Each signing gave two entries: the first period's, then the second's. */
static void
check_look(const struct worker *writers, const struct look *look)
{
	i128 totals[2] = { 0, 0 };

	for (int w = 0; w < WRITERS; w++)
		for (int i = 0; i < SIGNINGS; i++) {
			if (writers[w].indexes[i] - 1 < look->index)
				totals[0] += writers[w].amounts[i];
			if (writers[w].indexes[i] < look->index)
				totals[1] += writers[w].amounts[i];
		}
	assert_true(totals[0] == look->totals[0]);
	assert_true(totals[1] == look->totals[1]);
}

static void
readers_see_whole_totals_of_one_ledger_index_while_writers_publish(void **state)
{
	struct live *live = live_make(*state, 5);
	static struct look looks[READERS][LOOKS_MAX];
	_Atomic bool done = false;
	struct worker writers[WRITERS] = { 0 };
	struct worker readers[READERS] = { 0 };
	size_t seen = 0;

	assert_true(live->world.count >= (size_t)WRITERS * WRITER_UNITS);
	for (int r = 0; r < READERS; r++) {
		readers[r] = (struct worker){ .live = live,
			.seed = (uint64_t)r,
			.done = &done,
			.looks = looks[r] };
		assert_int_equal(pthread_create(&readers[r].thread, NULL,
				     look_at_totals, &readers[r]),
		    0);
	}
	for (int w = 0; w < WRITERS; w++) {
		writers[w] = (struct worker){ .live = live,
			.seed = (uint64_t)w + 1,
			.first = (size_t)w * WRITER_UNITS };
		assert_int_equal(pthread_create(&writers[w].thread, NULL,
				     write_reports, &writers[w]),
		    0);
	}
	for (int w = 0; w < WRITERS; w++)
		pthread_join(writers[w].thread, NULL);
	atomic_store(&done, true);
	for (int r = 0; r < READERS; r++)
		pthread_join(readers[r].thread, NULL);
	for (int w = 0; w < WRITERS; w++)
		assert_false(writers[w].failed);
	for (int r = 0; r < READERS; r++) {
		assert_false(readers[r].failed);
		for (size_t i = 0; i < readers[r].look_count; i++)
			check_look(writers, &looks[r][i]);
		seen += readers[r].look_count;
	}
	assert_true(seen > 0);
}

/* Asks for the whole country once, when asked to. */
struct first_look {
	struct live *live;
	struct period period;
	pthread_t thread;
	pthread_barrier_t *begin;
	_Atomic bool *done;
	int64_t first; /* the ledger's size before the report */
	int looks;
	int wrong; /* answers that should hold the report, and do not */
};

/* Several at once, so that the first is looked for long before the last. */
#define TABLES 16

static bool
holds(const struct first_look *look, const struct cube_answer *answer,
    int64_t index)
{
	return answer->rows[answer->count - 1].totals[0] ==
	       (index > look->first ? 3 : 0);
}

static void *
look_for_the_first_report(void *arg)
{
	static const int cells[] = { 0 };
	struct first_look *look = arg;
	struct worker self = { .live = look->live };
	bool last = false;

	pthread_barrier_wait(look->begin);
	while (!last) {
		struct arena *arena = arena_new(0);
		struct ctx ctx = { 0 };
		struct cube_question q[TABLES];
		struct cube_answer *answers = NULL;
		int64_t index = 0;

		last = atomic_load(look->done);
		worker_ctx(&self, &ctx, arena);

		const struct directory *dir = directory_now(&ctx);
		const struct cube_question one = {
			.version = form_for(catalogue_form(catalogue_now(&ctx),
						WORLD_FORM),
			    &look->live->periods[0]),
			.period = look->period,
			.dir = dir,
			.structure = directory_structure(dir, look->period.to),
			.index = INT64_MAX,
			.children_of = -1,
			.level = 1,
			.cells = cells,
			.cell_count = 1
		};

		for (int i = 0; i < TABLES; i++)
			q[i] = one;
		if (cube_ask_all(&ctx, q, TABLES, &answers, &index) != OK ||
		    !holds(look, &answers[0], index))
			look->wrong++;
		look->looks++;
		arena_free(arena);
	}
	return NULL;
}

/* A period has no slab until its first report: an answer that says it is of a
 * later ledger index must have looked for it again. */
static void
the_first_report_of_a_period_is_in_every_later_answer(void **state)
{
	struct t *t = *state;
	struct live *live = live_make(t, 7);
	struct cube *shared = cube_of(&t->home);

	for (int round = 0; round < 100; round++) {
		pthread_barrier_t begin;
		_Atomic bool done = false;
		struct first_look look = { .live = live,
			.period = live->periods[0],
			.begin = &begin,
			.done = &done };
		struct signing s = { .live = live,
			.unit = live->world.old_provinces[0],
			.version = 1 };

		for (size_t c = 0; c < WORLD_CELLS; c++) {
			s.states[c] = CELL_VALUE;
			s.values[c] = 3;
		}
		look.first = ledger_size(t->home.ledger);
		cube_attach(&t->home, cube_new());
		cube_replayed(cube_of(&t->home), look.first);
		pthread_barrier_init(&begin, NULL, 2);
		assert_int_equal(pthread_create(&look.thread, NULL,
				     look_for_the_first_report, &look),
		    0);
		pthread_barrier_wait(&begin);
		t->ctx.actor = &access_system;
		t_ok(&t->ctx, t_unit(t, sign_both, &s));
		atomic_store(&done, true);
		pthread_join(look.thread, NULL);
		pthread_barrier_destroy(&begin);
		t_fresh(t);
		cube_free(cube_of(&t->home));
		assert_int_equal(look.wrong, 0);
		assert_true(look.looks > 0);
	}
	cube_attach(&t->home, shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(only_a_committed_unit_of_work_moves_the_totals),
		t_test(
		    readers_see_whole_totals_of_one_ledger_index_while_writers_publish),
		t_test(the_first_report_of_a_period_is_in_every_later_answer),
	};

	return t_run(tests);
}
