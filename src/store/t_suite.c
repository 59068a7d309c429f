#include "store/t_suite.h"
#include "store/test_place.sql.h"

#include <sched.h>
#include <string.h>

struct suite_server suite_server;

static void
close_store(void *object)
{
	struct t *t = object;

	suite_close(t);
}

struct store_options
suite_options(struct t *t)
{
	struct store_options options = {
		.url = suite_server.url,
		.readers = 4,
		.batch_ms = 60000, /* only sizes and lines end a batch */
		.migrations = test_migrations,
	};

	if (options.url == NULL)
		options.url =
		    arena_printf(t->arena, "sqlite:%s/truc.db", t_folder(t));
	return options;
}

void
suite_open_with(struct t *t, const struct store_options *options)
{
	t_ok(&t->ctx, store_open(&t->ctx, options, &t->home.store));
}

void
suite_open(struct t *t)
{
	const struct store_options options = suite_options(t);

	if (suite_server.empty != NULL)
		suite_server.empty();
	t_defer(t, close_store, t);
	suite_open_with(t, &options);
}

void
suite_close(struct t *t)
{
	store_close(t->home.store);
	t->home.store = NULL;
}

void
suite_ctx(struct t *t, struct ctx *ctx)
{
	ctx_init(ctx, arena_new(0), &t->home);
}

void
suite_ctx_end(struct ctx *ctx)
{
	arena_end(&ctx->arena);
}

static void *
run_unit(void *arg)
{
	struct suite_unit *unit = arg;
	struct ctx *ctx = &unit->ctx;
	enum fail got = tx_begin(ctx, TX_WRITE);

	if (got == OK)
		got = tx_end(ctx, unit->run(ctx, unit->arg));
	unit->got = got;
	unit->code = got == OK ? "" : ctx->failure.code;
	return NULL;
}

static void
note_done(struct tx_unit *self)
{
	struct suite_unit *unit = self->arg;

	(void)sem_post(&unit->done);
}

static enum fail
run_handed(struct ctx *ctx, void *arg)
{
	const struct suite_unit *unit = arg;

	return unit->run(ctx, unit->arg);
}

static void
hand_over(struct suite_unit *unit)
{
	(void)sem_init(&unit->done, 0, 0);
	unit->handed = (struct tx_unit){ .ctx = &unit->ctx,
		.run = run_handed,
		.arg = unit,
		.done = note_done };
	unit->was_at_once = tx_hand_over(&unit->handed);
	if (unit->was_at_once)
		note_done(&unit->handed);
}

void
suite_start(struct t *t, struct suite_unit *unit)
{
	unit->t = t;
	suite_ctx(t, &unit->ctx);
	unit->ctx.faults = &unit->faults;
	if (unit->is_handed) {
		hand_over(unit);
		return;
	}
	assert_int_equal(pthread_create(&unit->thread, NULL, run_unit, unit),
	    0);
}

void
suite_join(struct suite_unit *unit)
{
	if (unit->is_handed) {
		while (sem_wait(&unit->done) != 0)
			continue;
		(void)sem_destroy(&unit->done);
		unit->got = unit->handed.outcome;
		unit->code = unit->got == OK ? "" : unit->ctx.failure.code;
	} else {
		assert_int_equal(pthread_join(unit->thread, NULL), 0);
	}
	if (unit->got != OK)
		assert_int_equal(unit->ctx.failure.kind, unit->got);
	suite_ctx_end(&unit->ctx);
}

static int
line_length(struct store *store)
{
	int length = 0;

	(void)pthread_mutex_lock(&store->lock);
	for (const struct slot *s = store->line; s != NULL; s = s->next)
		length++;
	(void)pthread_mutex_unlock(&store->lock);
	return length;
}

void
suite_wait_line(struct t *t, int length)
{
	while (line_length(t->home.store) < length)
		(void)sched_yield();
}

void *
suite_arg(const char *text)
{
	return (void *)(uintptr_t)text;
}

enum fail
suite_home(struct ctx *ctx, void *arg)
{
	const struct sql_place_put_args home = { .id = SUITE_HOME,
		.name = arg };
	int64_t changed = 0;

	return sql_place_put(ctx, &home, &changed);
}

enum fail
suite_add(struct ctx *ctx, void *arg)
{
	struct sql_place_add *added = NULL;

	return sql_place_add(ctx, arg, NULL, true, NULL, 7, &added);
}

enum fail
suite_refuse(struct ctx *ctx, void *arg)
{
	TRY(suite_add(ctx, arg));
	return FAIL(ctx, FAIL_INVALID, "suite.refused", "as the test wants");
}

enum fail
suite_visit(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;

	return sql_visit_add(ctx, SUITE_HOME, *(int64_t *)arg, NULL, &changed);
}

struct question {
	const char *name;
	int64_t from;
	int64_t to;
	int64_t count;
};

static enum fail
ask_has(struct ctx *ctx, void *arg)
{
	struct question *question = arg;
	struct sql_place_find *found = NULL;

	TRY(sql_place_find(ctx, question->name, &found));
	question->count = found != NULL;
	return OK;
}

static enum fail
ask_places(struct ctx *ctx, void *arg)
{
	struct question *question = arg;
	struct sql_place_count *found = NULL;

	TRY(sql_place_count(ctx, &found));
	question->count = found->count;
	return OK;
}

static enum fail
ask_visits(struct ctx *ctx, void *arg)
{
	struct question *question = arg;
	struct sql_visit_count *found = NULL;

	TRY(sql_visit_count(ctx, question->from, question->to, &found));
	question->count = found->count;
	return OK;
}

/* In a ctx of its own, so that the failure in t->ctx stays readable. */
static int64_t
ask(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg),
    struct question question)
{
	struct ctx ctx = { 0 };

	suite_ctx(t, &ctx);
	t_ok(&ctx, tx_begin(&ctx, TX_READ));
	t_ok(&ctx, tx_end(&ctx, run(&ctx, &question)));
	suite_ctx_end(&ctx);
	return question.count;
}

bool
suite_has(struct t *t, const char *name)
{
	return ask(t, ask_has, (struct question){ .name = name }) == 1;
}

int64_t
suite_places(struct t *t)
{
	return ask(t, ask_places, (struct question){ 0 });
}

int64_t
suite_visits(struct t *t)
{
	return suite_visits_from(t, 0, INT64_MAX);
}

int64_t
suite_visits_from(struct t *t, int64_t from, int64_t to)
{
	return ask(t, ask_visits, (struct question){ .from = from, .to = to });
}

struct store_stats
suite_stats(struct t *t)
{
	struct store_stats stats = { 0 };

	store_stats(t->home.store, &stats);
	return stats;
}
