#include "bench/world.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/program.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/home.h"
#include "ledger/ledger.h"
#include "org/unit.h"
#include "people/person.h"
#include "people/token.h"
#include "regime/catalogue.h"
#include "report/report.h"
#include "store/store.h"

#define FIRST_YEAR 2022
#define COMMIT_EVERY 2000 /* units of work */

struct bench_world *
bench_world_new(struct ctx *ctx, size_t communes, int months)
{
	struct bench_world *world = ARENA_NEW(ctx->arena, struct bench_world);

	/* As in 2024: 10,599 communes below 705 districts below 63 provinces. */
	world->count = communes;
	world->districts = communes * 705 / 10599;
	if (world->districts < 2)
		world->districts = 2;
	world->provinces = world->districts < 63 ? world->districts : 63;
	world->months = months;
	world->communes =
	    ARENA_ARRAY(ctx->arena, communes, struct bench_commune);
	world->province_ids =
	    ARENA_ARRAY(ctx->arena, world->provinces, int64_t);
	return world;
}

size_t
bench_province(const struct bench_world *world, size_t district)
{
	return district % world->provinces;
}

size_t
bench_other_province(const struct bench_world *world, size_t district)
{
	return (district + 1) % world->provinces;
}

const char *
bench_period(struct arena *arena, int month)
{
	return arena_printf(arena, "%d-%02d", FIRST_YEAR + month / 12,
	    month % 12 + 1);
}

int64_t
bench_slope(int cell)
{
	int64_t sum = 0;

	if (cell % BENCH_COLUMNS != 0)
		return 1 + cell * 7 % 13;
	for (int i = 1; i < BENCH_COLUMNS; i++)
		sum += bench_slope(cell + i);
	return sum;
}

int64_t
bench_step(int cell)
{
	int64_t sum = 0;

	if (cell % BENCH_COLUMNS != 0)
		return cell * 5 % 17;
	for (int i = 1; i < BENCH_COLUMNS; i++)
		sum += bench_step(cell + i);
	return sum;
}

int64_t
bench_value(size_t commune, int month, int cell)
{
	return bench_slope(cell) * (int64_t)(commune % BENCH_KINDS) +
	       bench_step(cell) * (month + 1);
}

void
bench_cells(struct text *text, size_t commune, int month)
{
	/* The load writes thousands a second: no printf. */
	char name[] = "{\"r00.c0\":\"";

	for (int cell = 0; cell < BENCH_CELLS; cell++) {
		const int row = cell / BENCH_COLUMNS + 1;

		name[3] = (char)('0' + row / 10);
		name[4] = (char)('0' + row % 10);
		name[7] = (char)('1' + cell % BENCH_COLUMNS);
		text_add_n(text, name, sizeof(name) - 1);
		text_int(text, bench_value(commune, month, cell));
		text_char(text, '"');
		name[0] = ',';
	}
	text_char(text, '}');
}

int64_t
bench_now(void *world)
{
	return time_now_us() + ((const struct bench_world *)world)->offset_us;
}

/* The clock of all that follows: this day, 09:00, and on from there. */
static void
set_day(struct bench_world *world, int year, int month, int mday)
{
	world->offset_us = day_start_us(day_of(year, month, mday)) +
			   9 * HOUR_US - time_now_us();
}

/* ---- the ground ---------------------------------------------------------- */

static day
first_day(void)
{
	day first = 0;
	const bool known = day_parse(BENCH_FIRST_DAY, &first);

	assert(known);
	return first;
}

static int64_t
lay_unit(struct unit_batch *batch, const char *name, const char *type,
    enum unit_level level, int64_t parent)
{
	const int64_t id = unit_batch_unit(batch);

	unit_batch_version(batch, &(struct unit_version_new){
				      .unit = id,
				      .from = first_day(),
				      .name = name,
				      .type = type,
				      .level = (int)level,
				      .parent = parent,
				  });
	return id;
}

static void
lay_district(struct ctx *ctx, const struct bench_world *world,
    struct unit_batch *batch, size_t d, int64_t *ret_id)
{
	struct unit_version_new moved = {
		.name = arena_printf(ctx->arena, "Huyện %03zu", d + 1),
		.type = "district",
		.level = LEVEL_DISTRICT,
		.parent = world->province_ids[bench_other_province(world, d)],
	};
	const bool known = day_parse(BENCH_OTHER_STRUCTURE, &moved.from);

	assert(known);
	*ret_id = lay_unit(batch, moved.name, moved.type, LEVEL_DISTRICT,
	    world->province_ids[bench_province(world, d)]);
	moved.unit = *ret_id;
	unit_batch_version(batch, &moved);
}

static enum fail
lay_units(struct ctx *ctx, const void *arg)
{
	/* The one writer of the world's ids, before anybody reads them. */
	struct bench_world *world = *(struct bench_world *const *)arg;
	int64_t *districts = ARENA_ARRAY(ctx->arena, world->districts, int64_t);
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "bench", &batch));
	world->nation_id =
	    lay_unit(batch, "Chính phủ", "government", LEVEL_NATION, 0);
	for (size_t i = 0; i < world->provinces; i++)
		world->province_ids[i] = lay_unit(batch,
		    arena_printf(ctx->arena, "Tỉnh %02zu", i + 1), "province",
		    LEVEL_PROVINCE, world->nation_id);
	for (size_t i = 0; i < world->districts; i++)
		lay_district(ctx, world, batch, i, &districts[i]);
	for (size_t i = 0; i < world->count; i++) {
		struct bench_commune *commune = &world->communes[i];

		commune->district = i % world->districts;
		commune->id =
		    lay_unit(batch, arena_printf(ctx->arena, "Xã %05zu", i + 1),
			"commune", LEVEL_COMMUNE, districts[commune->district]);
	}
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
add_columns(struct text *text)
{
	for (int c = 1; c <= BENCH_COLUMNS; c++)
		text_addf(text,
		    "%s{\"id\":\"c%d\",\"label\":\"%d\",\"name_vi\":\"Cột %d\","
		    "\"name_en\":\"Column %d\",\"scale\":0,\"lo\":\"0\","
		    "\"hi\":\"999999999\",\"aggregation\":\"sum\"}",
		    c == 1 ? "" : ",", c, c, c, c);
}

static void
add_rows(struct text *text)
{
	for (int r = 1; r <= BENCH_ROWS; r++)
		text_addf(text,
		    "%s{\"id\":\"r%02d\",\"name_vi\":\"Hàng %d\","
		    "\"name_en\":\"Row %d\"}",
		    r == 1 ? "" : ",", r, r, r);
}

static enum fail
lay_form(struct ctx *ctx, const void *arg)
{
	struct text text;

	(void)arg;
	text_init(&text, ctx->arena);
	text_add(&text,
	    "{\"form\":{\"code\":\"" BENCH_FORM "\",\"name_vi\":\"Đo tốc độ\","
	    "\"name_en\":\"Bench\",\"legal_basis\":\"none, to measure\",\"regime\":{"
	    "\"code\":\"" BENCH_FORM "\",\"name_vi\":\"Đo tốc độ\","
	    "\"name_en\":\"Bench\",\"calendar\":{\"kind\":\"month\","
	    "\"cutoff_day\":0}},\"reporters\":[{\"level\":\"commune\","
	    "\"deadline_days\":5}]},\"versions\":[{\"number\":1,"
	    "\"from\":\"" BENCH_FIRST_DAY "\",\"columns\":[");
	add_columns(&text);
	text_add(&text, "],\"rows\":[");
	add_rows(&text);
	text_add(&text,
	    "],\"rules\":[{\"id\":\"r1\",\"rows\":\"each\",\"target\":\"c1\","
	    "\"terms\":[{\"column\":\"c2\"},{\"column\":\"c3\"},"
	    "{\"column\":\"c4\"},{\"column\":\"c5\"}],\"severity\":\"block\","
	    "\"citation\":\"columns 1 to 5\",\"message_vi\":\"Cột 1 = 2 + 3 + 4 + 5.\","
	    "\"message_en\":\"Column 1 = 2 + 3 + 4 + 5.\"}]}]}");
	return regime_publish(ctx, text_bytes(&text));
}

struct newcomer {
	struct arena *arena; /* of the world */
	const char *login;
	int64_t unit;
	const char *role;
	int64_t *ret_person;
	const char **ret_token;
};

static enum fail
lay_person(struct ctx *ctx, const void *arg)
{
	const struct newcomer *who = arg;
	const struct person_new in = { .login = who->login,
		.name = who->login };
	const char *token = NULL;

	TRY(person_create(ctx, &in, who->ret_person));
	TRY(position_grant(ctx, *who->ret_person, who->unit, who->role));
	TRY(token_create(ctx, *who->ret_person, "bench", TOKEN_DAYS_MAX,
	    &token));
	*who->ret_token = arena_text(who->arena, token);
	return OK;
}

/* Each commune's one person, who fills in and signs. */
static enum fail
lay_commune(struct ctx *ctx, struct bench_commune *commune)
{
	struct actor *actor = &commune->actor;
	const struct newcomer who = {
		.arena = ctx->arena,
		.login = arena_printf(ctx->arena, "c%" PRId64, commune->id),
		.unit = commune->id,
		.role = "leader",
		.ret_person = &actor->person,
		.ret_token = &commune->token,
	};

	TRY(program_unit(ctx, lay_person, &who));
	commune->position =
	    (struct position){ commune->id, access_role(who.role) };
	actor->login = who.login;
	actor->name = who.login;
	actor->positions = &commune->position;
	actor->position_count = 1;
	actor->locale = "vi";
	return OK;
}

enum fail
bench_lay(struct ctx *ctx, struct bench_world *world)
{
	int64_t centre = 0;
	struct newcomer who = {
		.arena = ctx->arena,
		.login = "centre",
		.role = "centre",
		.ret_person = &centre,
		.ret_token = &world->centre_token,
	};

	set_day(world, FIRST_YEAR, 1, 1);
	TRY(program_unit(ctx, lay_form, NULL));
	TRY(program_unit(ctx, lay_units, &world));
	who.unit = world->nation_id;
	TRY(program_unit(ctx, lay_person, &who));
	store_hold(ctx->home->store, true, COMMIT_EVERY);
	for (size_t i = 0; i < world->count; i++)
		TRY(lay_commune(ctx, &world->communes[i]));
	TRY(store_flush(ctx));
	store_hold(ctx->home->store, false, 0);
	return OK;
}

/* ---- reports ------------------------------------------------------------- */

struct filing {
	const struct bench_world *world;
	size_t commune;
	int month;
};

static enum fail
file_report(struct ctx *ctx, const void *arg)
{
	const struct filing *filing = arg;
	struct report_input input = {
		.form = BENCH_FORM,
		.period = bench_period(ctx->arena, filing->month),
		.unit = arena_printf(ctx->arena, "%" PRId64,
		    filing->world->communes[filing->commune].id),
	};
	struct report *report = NULL;
	struct text text;
	bool is_new = false;

	text_init(&text, ctx->arena);
	bench_cells(&text, filing->commune, filing->month);
	TRY(json_parse(ctx, text_bytes(&text), &input.cells));
	TRY(report_open(ctx, &input, &report, &is_new));
	TRY(report_submit(ctx, report));
	TRY(report_sign(ctx, report));
	return report_store(ctx, report, report_revision(report));
}

static enum fail
fill_month(struct ctx *ctx, struct bench_world *world, int month)
{
	const struct actor *before = ctx->actor;
	struct filing filing = { .world = world, .month = month };
	enum fail got = OK;

	/* A day after the month, so that nobody is late. */
	set_day(world, FIRST_YEAR + (month + 1) / 12, (month + 1) % 12 + 1, 2);
	for (; filing.commune < world->count && got == OK; filing.commune++) {
		ctx->actor = &world->communes[filing.commune].actor;
		got = program_unit(ctx, file_report, &filing);
		if (got != OK || filing.commune != world->count / 2)
			continue;
		/* Only what is on disk is counted. */
		got = store_flush(ctx);
		world->half_size = ledger_size(ctx->home->ledger);
	}
	ctx->actor = before;
	return got;
}

enum fail
bench_fill(struct ctx *ctx, struct bench_world *world)
{
	struct store *store = ctx->home->store;

	store_hold(store, true, COMMIT_EVERY);
	for (int month = 0; month < world->months; month++) {
		fprintf(stderr, "\r  filling %d of %d months", month + 1,
		    world->months);
		TRY(fill_month(ctx, world, month));
	}
	fputc('\n', stderr);
	TRY(store_flush(ctx));
	store_hold(store, false, 0);
	/* The other structure holds, and all further months can be reported. */
	set_day(world, FIRST_YEAR + 3, 1, 20);
	return OK;
}
