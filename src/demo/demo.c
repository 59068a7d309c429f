#include "demo/demo.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/forms.h"
#include "cli/import.h"
#include "cli/program.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/text.h"
#include "demo/people.h"
#include "demo/plan.h"
#include "ledger/ledger.h"
#include "org/import_ministries.h"
#include "org/import_units.h"
#include "people/access.h"
#include "people/password.h"
#include "people/person.h"
#include "report/closing.h"
#include "report/keep.h"
#include "report/obligation.h"
#include "report/report.h"
#include "store/store.h"

/*
 * One simulation in the order of time, under a clock of its own, through the
 * same domain functions as everybody's reports.
 */
#define FIRST_YEAR 2024
#define FIRST_DAY "2024-01-02"
#define YEARS 2
#define YEARS_MAX 10
#define COMMIT_EVERY 2000 /* units of work */

struct demo {
	struct ctx *ctx;
	struct password password; /* of who can sign in */
	int64_t clock_us;
	int64_t end_us;
	int64_t began_us; /* of the machine's clock, for the progress */
	struct demo_people *people;
	struct demo_backlog *backlog; /* two a unit, by dense number */
	int keep_open;
	int years; /* 2; more for measuring: the same country goes on */
	int quarter;
	const char *period; /* "2024-Q1": of that quarter */
	int64_t reports;
	int64_t values;
};

static int64_t
demo_now(void *clock)
{
	return *(const int64_t *)clock;
}

/* A unit of work of the simulation: its own arena, the demonstration's clock. */
static enum fail
unit_of_work(struct demo *demo, const struct actor *actor,
    enum fail (*work)(struct demo *demo, const void *arg), const void *arg)
{
	struct ctx *ctx = demo->ctx;
	struct arena *outer = ctx->arena;
	const struct actor *before = ctx->actor;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	ctx->actor = actor;
	ctx->now_us = demo->clock_us;
	got = tx_begin(ctx, TX_WRITE);
	if (got == OK)
		got = tx_end(ctx, work(demo, arg));
	ctx->actor = before;
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

/* ---- the ground: forms, units ------------------------------------------- */

static enum fail
begin(struct demo *demo, const void *arg)
{
	struct ledger_entry *entry = NULL;

	(void)arg;
	return ledger_append(demo->ctx, "demo.begin", 0,
	    bytes_of_text("{\"generated\":true,\"note\":\"all figures are "
			  "generated\",\"seed\":20240101}"),
	    &entry);
}

/* The forms end in 2026; who measures ten years of them lets them go on. */
static enum fail
lay_forms(struct demo *demo, const void *arg)
{
	return demo->years == YEARS ? forms_publish(demo->ctx, arg)
				    : forms_publish_for_ever(demo->ctx);
}

static enum fail
lay_units(struct demo *demo, const void *arg)
{
	const struct import_units *counts = NULL;

	TRY(import_units(demo->ctx, arg, &counts));
	printf("  %" PRId64 " units, %" PRId64 " successions, %zu doubtful "
	       "rows (truc import units lists them)\n",
	    counts->units, counts->successions, counts->notes.count);
	return OK;
}

static enum fail
lay_ministries(struct demo *demo, const void *arg)
{
	struct import_ministries counts = { 0 };

	(void)arg;
	return import_official_ministries(demo->ctx, &counts);
}

static enum fail
lay_ground(struct demo *demo, const char *units_dir)
{
	TRY(unit_of_work(demo, &access_system, begin, NULL));
	TRY(unit_of_work(demo, &access_system, lay_forms, NULL));
	TRY(unit_of_work(demo, &access_system, lay_units, units_dir));
	return unit_of_work(demo, &access_system, lay_ministries, NULL);
}

/* ---- acts --------------------------------------------------------------- */

static enum fail file(struct demo *demo, const void *arg);
static enum fail accept(struct demo *demo, const void *arg);
static enum fail send_back(struct demo *demo, const void *arg);
static enum fail close_period(struct demo *demo, const void *arg);

static const struct {
	enum fail (*run)(struct demo *demo, const void *arg);
	bool by_above; /* acts for the unit above */
	bool is_final; /* what is said now is the unit's last word */
} acts[] = {
	[DEMO_FILE] = { file, false, true },
	[DEMO_FILE_SLIP] = { file, false, false },
	[DEMO_FILE_FLAG] = { file, false, true },
	[DEMO_ACCEPT] = { accept, true, false },
	[DEMO_SEND_BACK] = { send_back, true, false },
	[DEMO_REFILE] = { file, false, true },
	[DEMO_AMEND] = { file, false, false },
	[DEMO_CLOSE] = { close_period, false, false },
};

static enum fail
find(struct demo *demo, const struct demo_event *event, struct report **ret)
{
	const struct report_input input = {
		.form = event->form->code,
		.period = demo->period,
		.unit = demo_people_unit_ref(demo->people, event->unit),
	};

	return report_find(demo->ctx, &input, ret);
}

static struct demo_case
case_of(struct demo *demo, const struct demo_event *event)
{
	const struct unit *unit =
	    directory_at(directory_now(demo->ctx), event->unit);
	struct period period = { 0 };
	const bool known =
	    period_parse(&event->form->calendar, demo->period, &period);
	const struct unit_version *version = unit_on(unit, period.to);

	assert(known && version != NULL);
	return (struct demo_case){
		.level = version->level,
		.unit = unit->id,
		.size = demo_size(directory_now(demo->ctx), unit->number,
		    period.to),
		.quarter = demo->quarter,
		.amended = event->what == DEMO_AMEND,
		.slip = event->what == DEMO_FILE_SLIP   ? SLIP_TENFOLD
			: event->what == DEMO_FILE_FLAG ? SLIP_CARRY
							: SLIP_NONE,
	};
}

/* What the unit says now; its last word is what the next quarter carries. */
static enum fail
cells_for(struct demo *demo, const struct demo_event *event,
    const struct json **ret)
{
	struct ctx *ctx = demo->ctx;
	struct demo_backlog *before = &demo->backlog[2 * event->unit];
	struct demo_backlog after = *before;
	const struct demo_case what = case_of(demo, event);
	struct period period = { 0 };
	struct text text;

	if (!period_parse(&event->form->calendar, demo->period, &period))
		return FAIL(ctx, FAIL_INTERNAL, "period.unknown", "%s",
		    demo->period);
	text_init(&text, ctx->arena);
	demo_cells(form_for(event->form, &period), &what, &after, &text);
	if (acts[event->what].is_final)
		before[1] = after;
	return json_parse(ctx, text_bytes(&text), ret);
}

/* Open, submit, sign. */
static enum fail
sign_once(struct ctx *ctx, const struct report_input *input,
    struct report **ret, bool *ret_new)
{
	*ret = NULL;
	TRY(report_open(ctx, input, ret, ret_new));
	TRY(report_submit(ctx, *ret));
	return report_sign(ctx, *ret);
}

static enum fail
file(struct demo *demo, const void *arg)
{
	const struct demo_event *event = arg;
	struct ctx *ctx = demo->ctx;
	struct report_input input = {
		.form = event->form->code,
		.period = demo->period,
		.unit = demo_people_unit_ref(demo->people, event->unit),
		.reason =
		    event->what == DEMO_AMEND
			? "Rà soát lại: một số hồ sơ quá hạn đã tính là đúng hạn"
			: NULL,
	};
	struct report *report = NULL;
	bool is_new = false;
	enum fail got = OK;

	TRY(cells_for(demo, event, &input.cells));
	got = sign_once(ctx, &input, &report, &is_new);
	/* Figures far from the unit's last ones are explained. */
	if (got == FAIL_CONFLICT &&
	    text_equal(ctx->failure.code, "report.rule_broken")) {
		TRY(demo_explain(ctx, &input.cells));
		got = sign_once(ctx, &input, &report, &is_new);
	}
	TRY(got);
	TRY(report_store(ctx, report, report_revision(report)));
	demo->reports += is_new;
	demo->values += report_value_count(report);
	return OK;
}

static enum fail
accept(struct demo *demo, const void *arg)
{
	struct report *report = NULL;

	TRY(find(demo, arg, &report));
	TRY(report_accept(demo->ctx, report));
	return report_store(demo->ctx, report, report_revision(report));
}

static enum fail
send_back(struct demo *demo, const void *arg)
{
	struct report *report = NULL;

	TRY(find(demo, arg, &report));
	TRY(report_send_back(demo->ctx, report,
	    "Cột 4 tăng gấp nhiều lần kỳ trước, đề nghị kiểm tra lại"));
	return report_store(demo->ctx, report, report_revision(report));
}

static enum fail
close_period(struct demo *demo, const void *arg)
{
	const struct demo_event *event = arg;
	struct ctx *ctx = demo->ctx;
	struct closing_input input = {
		.form = event->form->code,
		.period = demo->period,
		.unit = demo_people_unit_ref(demo->people, event->unit),
	};
	const struct closing *closing = NULL;
	const enum fail got = report_close(ctx, &input, &closing);

	if (got != FAIL_CONFLICT ||
	    !text_equal(ctx->failure.code, "period.open_reports"))
		return got;
	fail_clear(ctx);
	input.reason = "Đã đôn đốc; đơn vị chưa gửi sẽ tính là quá hạn";
	return report_close(ctx, &input, &closing);
}

/* ---- the story ---------------------------------------------------------- */

static enum fail
need_actor(struct demo *demo, const void *arg)
{
	return demo_people_make(demo->ctx, demo->people, *(const int *)arg);
}

/* Who acts for a unit on this day: its own person, an abolished unit's heir's,
 * or that of the unit above. */
static enum fail
actor_for(struct demo *demo, const struct demo_event *event,
    const struct actor **ret)
{
	struct ctx *ctx = demo->ctx;
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(demo->clock_us);
	int unit = event->unit;

	if (acts[event->what].by_above)
		unit = directory_above(dir, unit, today);
	else if (unit_on(directory_at(dir, unit), today) == NULL)
		unit = demo_people_heir(ctx, unit, today);
	if (unit < 0) {
		*ret = NULL;
		return OK;
	}
	if (demo_people_actor(demo->people, unit) == NULL)
		TRY(unit_of_work(demo, &access_system, need_actor, &unit));
	*ret = demo_people_actor(demo->people, unit);
	return OK;
}

static enum fail
play(struct demo *demo, const struct demo_event *event)
{
	const struct actor *actor = NULL;
	enum fail got = OK;

	demo->clock_us = event->at_us;
	TRY(actor_for(demo, event, &actor));
	if (actor == NULL)
		return OK; /* nobody is left to act: the obligation stays open */
	got = unit_of_work(demo, actor, acts[event->what].run, event);
	/* An amendment that nobody was left to make needs no acceptance. */
	if (got == FAIL_CONFLICT && event->what == DEMO_ACCEPT &&
	    text_equal(demo->ctx->failure.code, "report.wrong_state")) {
		fail_clear(demo->ctx);
		return OK;
	}
	return got;
}

/* One line that is written over: for people at a terminal, not for a log. */
static void
show_progress(const struct demo *demo, size_t done, size_t all)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr,
	    "\r  %s  %3zu %%  %6" PRId64 " reports  %8" PRId64
	    " values  %3" PRId64 " s%s",
	    demo->period, all == 0 ? 100 : done * 100 / all, demo->reports,
	    demo->values, (time_steady_us() - demo->began_us) / 1000000,
	    done == all ? "\n" : "");
}

/* What is open at the end of the quarter is carried into the next. */
static void
end_quarter(struct demo *demo)
{
	const size_t units = directory_count(directory_now(demo->ctx));

	for (size_t i = 0; i < units; i++) {
		if (demo->backlog[2 * i + 1].known)
			demo->backlog[2 * i] = demo->backlog[2 * i + 1];
	}
}

static enum fail
play_quarter(struct demo *demo)
{
	struct ctx *ctx = demo->ctx;
	struct arena *outer = ctx->arena;
	const bool last = demo->quarter == 4 * demo->years - 1;
	struct demo_plan plan = { 0 };
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	plan = demo_plan_make(ctx, demo->period, last ? demo->keep_open : -1);
	for (size_t i = 0; i < plan.count && got == OK; i++) {
		if (plan.events[i].at_us >= demo->end_us)
			break;
		if (i % 500 == 0)
			show_progress(demo, i, plan.count);
		got = play(demo, &plan.events[i]);
	}
	show_progress(demo, 1, 1);
	end_quarter(demo);
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

static enum fail
sign_ins(struct demo *demo, const void *arg)
{
	return demo_people_sign_ins(demo->ctx, &demo->password, arg);
}

static enum fail
play_all(struct demo *demo, const struct args *args)
{
	struct ctx *ctx = demo->ctx;
	const size_t units = directory_count(directory_now(ctx));

	demo->people = demo_people_new(ctx);
	/* Two a unit: before this period, and after it. */
	demo->backlog = ARENA_ARRAY(ctx->arena, 2 * units, struct demo_backlog);
	demo->keep_open = demo_people_keep_open(ctx);
	for (; demo->quarter < 4 * demo->years; demo->quarter++) {
		demo->period = arena_printf(ctx->arena, "%d-Q%d",
		    FIRST_YEAR + demo->quarter / 4, demo->quarter % 4 + 1);
		TRY(play_quarter(demo));
	}
	demo->clock_us = demo->end_us;
	TRY(store_flush(ctx));
	TRY(demo_people_password(ctx, &demo->password));
	return unit_of_work(demo, &access_system, sign_ins,
	    args_text(args, "data"));
}

/* Its units did not begin with these quarters: what they did not report before
 * is nobody's debt. */
static enum fail
write_options(struct ctx *ctx, const char *data)
{
	struct text text = { 0 };

	text_init(&text, ctx->arena);
	text_addf(&text, "report.owed_since = %d\n", FIRST_YEAR);
	return file_write(ctx, arena_printf(ctx->arena, "%s/truc.conf", data),
	    text_bytes(&text), 0600);
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct demo *demo = ARENA_NEW(ctx->arena, struct demo);
	int64_t years = YEARS;
	day first = 0;
	day last = 0;

	TRY(args_int(ctx, args, "years", YEARS, YEARS_MAX, &years));
	/* 09:00 of that day: the fourth quarter is being reported. */
	last = day_of(FIRST_YEAR + (int)years - 1, 12, 16);
	if (!day_parse(FIRST_DAY, &first))
		return FAIL(ctx, FAIL_INTERNAL, "args.value", "no day");
	demo->ctx = ctx;
	demo->years = (int)years;
	demo->clock_us = day_start_us(first) + INT64_C(9) * 3600000000;
	demo->end_us = day_start_us(last) + INT64_C(9) * 3600000000;
	demo->began_us = time_steady_us();
	ctx->home->now_us = demo_now;
	ctx->home->clock = &demo->clock_us;
	printf("Demonstration: real units, generated figures (seed %" PRIu64
	       ").\n",
	    DEMO_SEED);
	TRY(lay_ground(demo, args_text(args, "units")));
	store_hold(ctx->home->store, true, COMMIT_EVERY);
	TRY(play_all(demo, args));
	TRY(store_flush(ctx));
	store_hold(ctx->home->store, false, 0);
	TRY(report_keep(ctx));
	TRY(write_options(ctx, args_text(args, "data")));
	printf("%" PRId64 " reports, %" PRId64 " values, %" PRId64
	       " ledger entries in %" PRId64 " s.\n",
	    demo->reports, demo->values, ledger_size(ctx->home->ledger),
	    (time_steady_us() - demo->began_us) / 1000000);
	return OK;
}

static enum fail
demo_folder(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_CREATE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "units", "DIR", "data/node_modules",
	    "the npm packages with the administrative units", false },
	{ "years", "N", "2", NULL, false }, /* for measuring */
	{ 0 },
};

const struct command demo_command = {
	.name = "demo",
	.summary = "fill an empty data folder with a demonstration",
	.usage = "",
	.detail = "Eight quarters across the reform of 1 July 2025 for the "
		  "whole country: real units,\ngenerated figures, with late, "
		  "returned, amended and missing reports. The ledger's\nfirst "
		  "entry says that it is a demonstration.\n",
	.options = options,
	.run = demo_folder,
};
