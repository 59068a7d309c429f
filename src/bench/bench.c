#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/dispatch.h"
#include "bench/child.h"
#include "bench/client.h"
#include "bench/loop.h"
#include "bench/plain.h"
#include "bench/start.h"
#include "bench/table.h"
#include "bench/world.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/file.h"
#include "cube/cube.h"
#include "http/http.h"
#include "org/directory.h"
#include "regime/catalogue.h"
#include "store/store.h"

/*
 * Measure what was promised (docs/performance.md) beside references taken in the
 * same call: the machine is whatever it is, and only the ratio travels.
 */
#define CLIENTS 64
#define CLIENT_ALONE 1
#define WARM_UP 50
#define QUESTIONS 101
#define REBUILDS 11
#define FOLDERS_OPEN 16
#define PIVOT_ROWS 10
#define REPORTS "/api/v1/reports"

struct bench {
	struct ctx *ctx;
	const struct args *args;
	const char *data;
	const char *store; /* NULL: the folder's own SQLite file */
	int64_t most_us;   /* of each load */
	int port;
	struct bench_world *world;
	int64_t flush_us;
	struct bench_plain sql;
	/* medians */
	int64_t report_us;
	int64_t report_p99_us;
	int64_t reports_a_second;
	int64_t many_p99_us;
	int64_t many_cpu_us;   /* of all threads, the client's too */
	int64_t many_a_commit; /* thousandths */
	i128 nation_check;     /* what the nation's cells add up to */
	i128 structure_check;
	int64_t nation_us;
	int64_t nation_loopback_us;
	int64_t pivot_us;
	int64_t structure_us;
	int64_t rebuilt_us;
	int64_t past_us;
	int64_t bytes;
	int64_t reports;
	int64_t start_us;
	int64_t memory;
	struct bench_start start;
	/* the bare loops */
	int64_t loop_nation_us;
	int64_t loop_pivot_us;
	int64_t loop_structure_us;
	int64_t loop_all_us;
};

/* ---- requests ------------------------------------------------------------ */

/* Reports behind the filled months: [first, last). */
struct posting {
	const struct bench_world *world;
	struct arena *arena; /* scratch */
	size_t first;
	size_t last;
};

static bool
post_report(const void *arg, size_t n, struct text *ret)
{
	const struct posting *posting = arg;
	const struct bench_world *world = posting->world;
	const size_t at = posting->first + n;
	const size_t number = at % world->count;
	const struct bench_commune *commune = &world->communes[number];
	const int month = world->months + (int)(at / world->count);
	struct text body;

	if (at >= posting->last)
		return false;
	arena_reset(posting->arena);
	text_init(&body, posting->arena);
	text_addf(&body,
	    "{\"form\":\"" BENCH_FORM "\",\"period\":\"%s\",\"unit\":\"%" PRId64
	    "\",\"sign\":true,\"cells\":",
	    bench_period(posting->arena, month), commune->id);
	bench_cells(&body, number, month);
	text_char(&body, '}');
	bench_post(ret, commune->token, REPORTS, text_bytes(&body));
	return true;
}

/* One question, asked again and again. */
struct asking {
	const char *token;
	const char *target;
	struct cube *forgets; /* drops its views before each; NULL: does not */
};

static bool
get_figures(const void *arg, size_t n, struct text *ret)
{
	const struct asking *asking = arg;

	(void)n;
	if (asking->forgets != NULL)
		cube_forget_views(asking->forgets);
	bench_get(ret, asking->token, asking->target);
	return true;
}

static const char *
figures_of(struct bench *bench, int months, int rows, int columns,
    const char *more)
{
	struct text text;
	const char *comma = "";

	text_init(&text, bench->ctx->arena);
	text_add(&text, "/api/v1/figures?form=" BENCH_FORM "&periods=");
	for (int i = bench->world->months - months; i < bench->world->months;
	     i++, comma = ",")
		text_addf(&text, "%s%s", comma,
		    bench_period(bench->ctx->arena, i));
	text_add(&text, "&cells=");
	comma = "";
	for (int i = 0; i < rows * columns; i++, comma = ",")
		text_addf(&text, "%sr%02d.c%d", comma, i / columns + 1,
		    i % columns + 1);
	text_add(&text, more);
	return text_of(&text);
}

static enum fail
ask(struct bench *bench, const struct asking *asking, int64_t times,
    struct bench_answers *ret)
{
	const struct bench_load load = {
		.port = bench->port,
		.clients = CLIENT_ALONE,
		.least = times,
		.status = 200,
		.request = get_figures,
		.arg = asking,
	};

	TRY(bench_run(bench->ctx, &load, ret));
	if (ret->server_us == NULL)
		return FAIL(bench->ctx, FAIL_INTERNAL, "bench.client",
		    "figures came without Server-Timing");
	return OK;
}

static int64_t
median(const int64_t *sorted, int64_t count)
{
	return bench_percentile(sorted, count, 50);
}

/* Processor time of all threads so far. */
static int64_t
cpu_us(void)
{
	struct rusage used = { 0 };

	(void)getrusage(RUSAGE_SELF, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
	       used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

/* ---- the server in this process ------------------------------------------ */

static enum fail
measure_reports(struct bench *bench)
{
	const struct bench_world *world = bench->world;
	const size_t all = world->count * BENCH_MONTHS_MORE;
	struct posting posting = { .world = world, .last = WARM_UP };
	struct bench_load load = {
		.port = bench->port,
		.clients = CLIENT_ALONE,
		.least = WARM_UP,
		.status = 201,
		.request = post_report,
		.arg = &posting,
	};
	struct bench_answers answers = { 0 };
	struct store_stats before = { 0 };
	struct store_stats after = { 0 };

	posting.arena = arena_child(bench->ctx->arena);
	TRY(bench_run(bench->ctx, &load, &answers));
	posting.first = posting.last;
	posting.last = all / 4;
	load.most_us = bench->most_us;
	TRY(bench_run(bench->ctx, &load, &answers));
	bench->report_us = median(answers.times_us, answers.count);
	bench->report_p99_us =
	    bench_percentile(answers.times_us, answers.count, 99);
	bench->reports += WARM_UP + answers.count;
	posting.first = posting.last;
	posting.last = all;
	load.clients = CLIENTS;
	load.least = CLIENTS;
	store_stats(bench->ctx->home->store, &before);
	bench->many_cpu_us = -cpu_us();
	TRY(bench_run(bench->ctx, &load, &answers));
	bench->many_cpu_us += cpu_us();
	bench->many_cpu_us /= answers.count;
	store_stats(bench->ctx->home->store, &after);
	bench->many_a_commit =
	    answers.count * 1000 / (after.commits - before.commits);
	bench->reports_a_second = answers.count * 1000000 / answers.took_us;
	bench->many_p99_us =
	    bench_percentile(answers.times_us, answers.count, 99);
	bench->reports += answers.count;
	return OK;
}

static enum fail
measure_nation(struct bench *bench)
{
	struct ctx *ctx = bench->ctx;
	struct asking asking = { .token = bench->world->centre_token };
	struct bench_answers answers = { 0 };

	asking.target =
	    figures_of(bench, 1, BENCH_ROWS, BENCH_COLUMNS, "&level=0");
	TRY(ask(bench, &asking, QUESTIONS, &answers));
	bench->nation_us = median(answers.server_us, answers.count);
	bench->nation_loopback_us = median(answers.times_us, answers.count);
	asking.forgets = cube_of(ctx->home);
	TRY(ask(bench, &asking, REBUILDS, &answers));
	bench->rebuilt_us = median(answers.server_us, answers.count);
	asking.forgets = NULL;
	asking.target = arena_printf(ctx->arena, "%s&as_of=%" PRId64,
	    asking.target, bench->world->half_size);
	TRY(ask(bench, &asking, REBUILDS, &answers));
	bench->past_us = median(answers.server_us, answers.count);
	return OK;
}

static enum fail
measure_tables(struct bench *bench)
{
	struct asking asking = { .token = bench->world->centre_token };
	const int months = bench->world->months;
	struct bench_answers answers = { 0 };

	asking.target = figures_of(bench, months, PIVOT_ROWS, 1, "&level=1");
	TRY(ask(bench, &asking, QUESTIONS, &answers));
	bench->pivot_us = median(answers.server_us, answers.count);
	asking.target = figures_of(bench, months, BENCH_ROWS, BENCH_COLUMNS,
	    "&level=1&structure=" BENCH_OTHER_STRUCTURE);
	asking.forgets = cube_of(bench->ctx->home);
	TRY(ask(bench, &asking, REBUILDS, &answers));
	bench->structure_us = median(answers.server_us, answers.count);
	return OK;
}

/* All cells of all provinces in one month, as the cube has them. */
static enum fail
add_up(struct bench *bench, int month, const char *structure_day, i128 *ret)
{
	struct ctx *ctx = bench->ctx;
	const struct form *form =
	    catalogue_form(catalogue_now(ctx), BENCH_FORM);
	struct cube_question question = {
		.dir = directory_now(ctx),
		.basis = BASIS_SENT,
		.index = INT64_MAX,
		.children_of = -1,
		.level = LEVEL_PROVINCE,
	};
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;
	day on = 0;

	if (!period_parse(&form->calendar, bench_period(ctx->arena, month),
		&question.period) ||
	    !day_parse(structure_day, &on))
		return FAIL(ctx, FAIL_INTERNAL, "bench.differs", "no period");
	question.version = form_for(form, &question.period);
	question.structure = directory_structure(question.dir, on);
	TRY(cube_ask(ctx, &question, &rows, &count, &index));
	for (size_t i = 0; i < count; i++)
		for (int cell = 0; cell < BENCH_CELLS; cell++)
			*ret +=
			    rows[i].kind == ROW_UNIT ? rows[i].totals[cell] : 0;
	return OK;
}

static enum fail
check_sums(struct bench *bench)
{
	const int months = bench->world->months;

	TRY(add_up(bench, months - 1, BENCH_FIRST_DAY, &bench->nation_check));
	for (int month = 0; month < months; month++)
		TRY(add_up(bench, month, BENCH_OTHER_STRUCTURE,
		    &bench->structure_check));
	return OK;
}

static enum fail
measure_server(struct bench *bench)
{
	fprintf(stderr, "  asking\n");
	TRY(measure_nation(bench));
	TRY(measure_tables(bench));
	TRY(check_sums(bench));
	fprintf(stderr, "  reporting\n");
	TRY(measure_reports(bench));
	return bench_store_bytes(bench->ctx, &bench->bytes);
}

static enum fail
with_server(struct bench *bench)
{
	struct ctx *ctx = bench->ctx;
	const struct dispatch_options dispatch_options = { .web_dir = NULL };
	const struct engine_options options = {
		.listen = "127.0.0.1:0",
		.handle = dispatch_handle,
		.arg = ctx->home,
	};
	struct engine *engine = NULL;
	enum fail got = OK;

	TRY(dispatch_new(ctx, &dispatch_options, &ctx->home->dispatch));
	got = engine_start(ctx, &options, &engine, &bench->port);
	if (got == OK) {
		dispatch_set_ready(ctx->home->dispatch, true);
		got = measure_server(bench);
	}
	engine_stop(engine);
	dispatch_free(ctx->home->dispatch);
	return got;
}

static enum fail
with_program(struct bench *bench, enum program_mode mode,
    enum fail (*work)(struct bench *bench))
{
	const struct program_options options = {
		.data = bench->data,
		.store = bench->store,
		.mode = mode,
	};
	struct program *program = NULL;
	enum fail got = program_open(bench->ctx, &options, &program);

	if (got == OK) {
		bench->ctx->home->now_us = bench_now;
		bench->ctx->home->clock = bench->world;
		clock_unwatch(bench->ctx->home);
		got = work(bench);
	}
	program_close(program);
	return got;
}

static enum fail
fill_and_serve(struct bench *bench)
{
	TRY(bench_lay(bench->ctx, bench->world));
	TRY(bench_fill(bench->ctx, bench->world));
	bench->reports = (int64_t)bench->world->count * bench->world->months;
	return with_server(bench);
}

/* ---- a server of its own ------------------------------------------------- */

static enum fail
question_all(struct bench *bench)
{
	struct asking asking = { .token = bench->world->centre_token };
	struct bench_answers answers = { 0 };

	asking.target = figures_of(bench, bench->world->months, BENCH_ROWS,
	    BENCH_COLUMNS, "&level=1");
	TRY(ask(bench, &asking, 1, &answers));
	asking.target = figures_of(bench, bench->world->months, BENCH_ROWS,
	    BENCH_COLUMNS, "&level=1&structure=" BENCH_OTHER_STRUCTURE);
	return ask(bench, &asking, 1, &answers);
}

/* Memory once all months were asked in two structures. */
static enum fail
measure_start(struct bench *bench)
{
	struct bench_child child = { 0 };
	enum fail got = OK;

	fprintf(stderr, "  starting anew\n");
	TRY(bench_child_start(bench->ctx, bench->data, bench->store, &child));
	bench->port = child.port;
	bench->start_us = child.start_us;
	got = question_all(bench);
	bench->memory = bench_child_memory(&child);
	/* It keeps the cube, for the next start to go on from. */
	bench_child_stop(&child);
	TRY(got);
	return bench_start(bench->ctx, bench->data, bench->store,
	    arena_printf(bench->ctx->arena, "%s/empty", bench->data),
	    &bench->start);
}

/* ---- references ---------------------------------------------------------- */

static enum fail
measure_sql(struct bench *bench)
{
	return bench_plain(bench->ctx, bench->world, CLIENTS, bench->most_us,
	    &bench->sql);
}

static enum fail
measure_loops(struct bench *bench)
{
	const struct bench_plain *sql = &bench->sql;
	struct arena *outer = bench->ctx->arena;
	const struct bench_leaves *leaves = NULL;
	i128 nation = 0;
	i128 pivot = 0;
	i128 structure = 0;
	i128 all = 0;

	bench->ctx->arena = arena_child(outer);
	leaves = bench_leaves_new(bench->ctx, bench->world);
	bench->loop_nation_us = bench_loop_nation(leaves, &nation);
	bench->loop_pivot_us = bench_loop_pivot(leaves, &pivot);
	bench->loop_structure_us = bench_loop_structure(leaves, &structure);
	bench->loop_all_us = bench_loop_all(leaves, &all);
	arena_free(bench->ctx->arena);
	bench->ctx->arena = outer;
	if (nation != sql->nation_check || pivot != sql->pivot_check ||
	    structure != sql->structure_check || structure != all ||
	    nation != bench->nation_check ||
	    structure != bench->structure_check)
		return FAIL(bench->ctx, FAIL_INTERNAL, "bench.differs",
		    "the cube, plain SQL and the bare loops differ");
	return OK;
}

/* ---- the whole ----------------------------------------------------------- */

static enum fail
say_conditions(struct bench *bench)
{
	const struct bench_world *world = bench->world;
	const int64_t values =
	    (int64_t)world->count * world->months * BENCH_CELLS;
	char load[64] = "";
	FILE *file = fopen("/proc/loadavg", "re");

	if (file != NULL) {
		if (fgets(load, sizeof(load), file) == NULL)
			load[0] = '\0';
		load[strcspn(load, " ")] = '\0';
		fclose(file);
	}
	TRY(bench_flush(bench->ctx, bench->data, &bench->flush_us));
	printf("%ld cores (load %s), %s, disk flush %" PRId64 " us = %" PRId64
	       "/s, %zu communes in %zu districts in %zu provinces, %d months "
	       "x %d cells = %" PRId64 " values\n",
	    sysconf(_SC_NPROCESSORS_ONLN), load,
	    bench->store == NULL ? "SQLite" : "PostgreSQL", bench->flush_us,
	    INT64_C(1000000) / (bench->flush_us + 1), world->count,
	    world->districts, world->provinces, world->months, BENCH_CELLS,
	    values);
	return OK;
}

/* Microseconds are thousandths of milliseconds. */
static void
make_table(const struct bench *bench, struct bench_table *table)
{
	const struct bench_plain *sql = &bench->sql;
	const int64_t values = bench->reports * BENCH_CELLS;
	const int64_t sql_values =
	    (int64_t)bench->world->count * bench->world->months * BENCH_CELLS;
	const struct bench_row rows[] = {
		{ "one report accepted over loopback, p50", "ms",
		    bench->report_us, "SQL with totals, no HTTP",
		    sql->report_us, BAR_AT_MOST, 3 },
		{ "one report accepted over loopback, p99", "ms",
		    bench->report_p99_us, "SQL with totals, no HTTP",
		    sql->report_p99_us, BAR_AT_MOST, 25 },
		{ "one report accepted over loopback, p50", "ms",
		    bench->report_us, "one disk flush", bench->flush_us,
		    BAR_NONE, 0 },
		{ "durable reports a second, 64 clients", "/s",
		    bench->reports_a_second * 1000, "SQL with totals, 64 thr.",
		    sql->reports_a_second * 1000, BAR_AT_LEAST, 5000 },
		{ "durable reports a second, 64 clients", "/s",
		    bench->reports_a_second * 1000, "disk flushes a second",
		    INT64_C(1000000000) / (bench->flush_us + 1), BAR_NONE, 0 },
		{ "... and the slowest hundredth of them, p99", "ms",
		    bench->many_p99_us, "-", -1, BAR_NONE, 0 },
		{ "... reports a commit", "", bench->many_a_commit, "-", -1,
		    BAR_NONE, 0 },
		{ "... processor time each, client and server", "ms",
		    bench->many_cpu_us, "-", -1, BAR_NONE, 0 },
		{ "national aggregate, 75 cells, server time", "ms",
		    bench->nation_us, "SQL GROUP BY", sql->nation_us,
		    BAR_AT_MOST, 1 },
		{ "national aggregate, 75 cells, server time", "ms",
		    bench->nation_us, "bare loop", bench->loop_nation_us,
		    BAR_NONE, 0 },
		{ "national aggregate, over loopback", "ms",
		    bench->nation_loopback_us, "SQL GROUP BY, no HTTP",
		    sql->nation_us, BAR_AT_MOST, 1 },
		{ "pivot 10 cells x months x provinces", "ms", bench->pivot_us,
		    "SQL GROUP BY", sql->pivot_us, BAR_AT_MOST, 2 },
		{ "pivot 10 cells x months x provinces", "ms", bench->pivot_us,
		    "bare loop", bench->loop_pivot_us, BAR_NONE, 0 },
		{ "all again under another structure", "ms",
		    bench->structure_us, "SQL GROUP BY", sql->structure_us,
		    BAR_AT_MOST, 100 },
		{ "all again under another structure", "ms",
		    bench->structure_us, "bare loop", bench->loop_structure_us,
		    BAR_NONE, 0 },
		{ "national table as of a past ledger index", "ms",
		    bench->past_us, "today's, view rebuilt", bench->rebuilt_us,
		    BAR_RATIO_AT_MOST, 2 },
		{ "stored bytes a value, with all history", "B",
		    bench->bytes * 1000 / values, "SQL, values only",
		    sql->bytes * 1000 / sql_values,
		    bench->store == NULL ? BAR_AT_MOST : BAR_NONE, 40 },
		{ "start with all of it, until ready", "s",
		    bench->start_us / 1000, "SQL, every value read",
		    sql->everything_us / 1000, BAR_AT_MOST, 5 },
		{ "resident memory, most", "MB", bench->memory / 1000,
		    "8 bytes a value", values * 8 / 1000, BAR_AT_MOST, 512 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		bench_table_add(table, &rows[i]);
	bench_start_rows(&bench->start, table);
}

/* A folder that is there already: its start alone. */
static enum fail
measure_folder(struct bench *bench, const char *folder)
{
	struct bench_table table = { 0 };

	TRY(bench_start(bench->ctx, folder, bench->store,
	    arena_printf(bench->ctx->arena, "%s/empty", bench->data),
	    &bench->start));
	bench_start_rows(&bench->start, &table);
	bench_table_print(&table);
	return OK;
}

static enum fail
measure(struct bench *bench)
{
	const char *folder = args_text(bench->args, "start-of");
	struct bench_table table = { 0 };

	if (folder != NULL)
		return measure_folder(bench, folder);
	TRY(say_conditions(bench));
	TRY(with_program(bench, PROGRAM_CREATE, fill_and_serve));
	TRY(measure_start(bench));
	TRY(with_program(bench, PROGRAM_WRITE, measure_sql));
	TRY(measure_loops(bench));
	make_table(bench, &table);
	bench_table_print(&table);
	return OK;
}

static int
remove_one(const char *path, const struct stat *status, int kind,
    struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

/* A fresh folder for the temporary files of this machine. */
static enum fail
make_folder(struct ctx *ctx, const char **ret)
{
	const char *temp = getenv("TMPDIR");
	char *path = arena_printf(ctx->arena, "%s/truc-bench-XXXXXX",
	    temp == NULL ? "/tmp" : temp);

	if (mkdtemp(path) == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "file.io", "cannot make %s",
		    path);
	*ret = path;
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct bench bench = { .ctx = ctx, .args = args };
	const bool is_own = args_text(args, "data") == NULL;
	int64_t communes = 0;
	int64_t months = 0;
	int64_t seconds = 0;
	enum fail got = OK;

	TRY(args_int(ctx, args, "communes", 4, 100000, &communes));
	TRY(args_int(ctx, args, "months", 1, BENCH_MONTHS_MAX, &months));
	TRY(args_int(ctx, args, "seconds", 1, 600, &seconds));
	signal(SIGPIPE, SIG_IGN);
	bench.most_us = seconds * 1000000;
	bench.store = args_text(args, "store");
	bench.data = args_text(args, "data");
	bench.world = bench_world_new(ctx, (size_t)communes, (int)months);
	if (is_own)
		TRY(make_folder(ctx, &bench.data));
	else
		TRY(file_folder(ctx, bench.data));
	got = measure(&bench);
	if (is_own && !args_flag(args, "keep"))
		(void)nftw(bench.data, remove_one, FOLDERS_OPEN,
		    FTW_DEPTH | FTW_PHYS);
	else
		printf("The data stay in %s.\n", bench.data);
	return got;
}

static const struct arg_option options[] = {
	{ "data", "DIR", NULL,
	    "an empty folder, which is kept (default: a fresh one under TMPDIR)",
	    false },
	ARG_STORE,
	{ "communes", "N", "10599", "how many communes report", false },
	{ "months", "N", "12", "how many months are filled before", false },
	{ "seconds", "S", "5", "how long each load lasts", false },
	{ "start-of", "DIR", NULL,
	    "measure how this folder's server starts, and nothing else",
	    false },
	{ "keep", NULL, NULL, "do not remove the fresh folder", false },
	{ 0 },
};

const struct command bench_command = {
	.name = "bench",
	.summary = "measure this machine against the bars",
	.usage = "",
	.detail =
	    "Builds a country of its own with a form of 75 cells, and prints "
	    "ours, reference, ratio\nand bar for what was promised. The "
	    "references are taken in the same call: plain SQL on\nthe same "
	    "store, bare loops, the disk's own flush. A database given by "
	    "--store must be\nempty and made for this.\n",
	.options = options,
	.run = run,
};
