#include "report/t_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "core/day.h"
#include "core/decimal.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "org/directory.h"
#include "org/slice.h"
#include "org/unit.h"
#include "regime/catalogue.h"
#include "regime/slice.h"
#include "report/place.h"
#include "report/slice.h"

static const char form[] =
    "{'form':{'code':'T.01','name_vi':'Thử','name_en':'Trial',"
    "'legal_basis':'test','regime':{'code':'T','name_vi':'Thử',"
    "'name_en':'Trial','calendar':{'kind':'quarter','cutoff_day':14}},"
    "'reporters':[{'level':'commune','deadline_days':3},"
    "{'level':'district','deadline_days':5},"
    "{'level':'province','types':['province'],'deadline_days':8}]},"
    "'versions':[{'number':1,'from':'2020-01-01','rows':["
    "{'id':'a','name_vi':'A','name_en':'A'},"
    "{'id':'b','name_vi':'B','name_en':'B'}],'columns':["
    "{'id':'c1','label':'1','name_vi':'1','name_en':'1','scale':0,"
    "'lo':'0','hi':'1000000','aggregation':'sum'},"
    "{'id':'c2','label':'2','name_vi':'2','name_en':'2','scale':0,"
    "'lo':'0','hi':'1000000','aggregation':'sum'},"
    "{'id':'c3','label':'3','name_vi':'3','name_en':'3','scale':0,"
    "'lo':'0','hi':'1000000','aggregation':'sum'},"
    "{'id':'c4','label':'4','name_vi':'4','name_en':'4','scale':1,"
    "'lo':'0','hi':'1000000','aggregation':'sum'}],'rules':["
    "{'id':'r1','rows':'each','target':'c1','terms':[{'column':'c2'},"
    "{'column':'c3'}],'severity':'block','computes':true,"
    "'citation':'test','message_vi':'1 = 2 + 3','message_en':'1 = 2 + 3'},"
    "{'id':'r2','rows':'each','target':'c2','terms':[{'column':'c3'}],"
    "'severity':'note','carry':true,'citation':'test',"
    "'message_vi':'chuyển kỳ','message_en':'carried'},"
    "{'id':'r3','rows':'each','target':'c4','terms':[{'column':'c1'}],"
    "'severity':'explain','citation':'test','message_vi':'4 = 1',"
    "'message_en':'4 = 1'}]}]}";

static struct bytes
unquote(struct arena *arena, const char *quoted)
{
	char *text = arena_text(arena, quoted);

	for (char *at = text; *at != '\0'; at++) {
		if (*at == '\'')
			*at = '"';
	}
	return bytes_of_text(text);
}

const struct json *
world_cells(struct ctx *ctx, const char *quoted)
{
	const struct json *node = NULL;

	t_ok(ctx, json_parse(ctx, unquote(ctx->arena, quoted), &node));
	return node;
}

static int64_t
new_unit(struct ctx *ctx, const char *name, const char *type, int level,
    int64_t parent)
{
	const struct unit_new in = {
		.name = name,
		.type = type,
		.level = level,
		.parent = parent,
		.from = day_of(2020, 1, 1),
		.scheme = "area",
		.code = arena_printf(ctx->arena, "%s-%s", type, name),
	};
	int64_t id = 0;

	t_ok(ctx, unit_create(ctx, &in, &id));
	return id;
}

/* Codes must be without blanks: units are called A, B, C. */
static enum fail
lay_units(struct ctx *ctx, void *arg)
{
	struct world *world = arg;

	world->nation = new_unit(ctx, "N", "government", LEVEL_NATION, 0);
	world->province =
	    new_unit(ctx, "P", "province", LEVEL_PROVINCE, world->nation);
	world->neighbour =
	    new_unit(ctx, "Q", "province", LEVEL_PROVINCE, world->nation);
	for (int d = 0; d < 2; d++) {
		world->district[d] = new_unit(ctx, d == 0 ? "D0" : "D1",
		    "district", LEVEL_DISTRICT, world->province);
		for (int c = 0; c < 3; c++)
			world->commune[3 * d + c] = new_unit(ctx,
			    arena_printf(ctx->arena, "C%d%d", d, c), "commune",
			    LEVEL_COMMUNE, world->district[d]);
	}
	world->stranger = new_unit(ctx, "S", "commune", LEVEL_COMMUNE,
	    new_unit(ctx, "E", "district", LEVEL_DISTRICT, world->neighbour));
	return regime_publish(ctx, unquote(ctx->arena, form));
}

/* Lives as long as the test. */
static void *
keep(struct t *t, size_t size)
{
	void *object = calloc(1, size);

	assert_non_null(object);
	t_defer(t, free, object);
	return object;
}

static void
end_ledger(void *object)
{
	ledger_close(object);
}

static void
end_cube(void *object)
{
	cube_free(object);
}

static void
end_places(void *object)
{
	places_free(object);
}

static void
end_regime(void *object)
{
	regime_free(object);
}

static void
end_org(void *object)
{
	org_free(object);
}

static enum fail
load(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(org_load(ctx));
	return regime_load(ctx);
}

struct world *
world_new(struct t *t)
{
	struct world *world = NULL;
	struct ctx *ctx = &t->ctx;

	t_store(t);
	t->clock_us = day_start_us(day_of(2025, 3, 16)) + 1;
	t_people(t, org_reach);
	t_grant(t, org_slice.grants);
	t_grant(t, regime_slice.grants);
	t_grant(t, report_slice.grants);
	org_attach(&t->home, org_new());
	t_defer(t, end_org, org_of(&t->home));
	regime_attach(&t->home, regime_new());
	t_defer(t, end_regime, regime_of(&t->home));
	cube_attach(&t->home, cube_new());
	t_defer(t, end_cube, cube_of(&t->home));
	places_attach(&t->home, places_new());
	t_defer(t, end_places, places_of(&t->home));
	t_ok(ctx, ledger_open(ctx, &t->home.ledger));
	t_defer(t, end_ledger, t->home.ledger);
	ctx->actor = &access_system;
	t_ok(ctx, t_read(t, load, NULL));
	world = keep(t, sizeof(*world));
	world->t = t;
	t_ok(ctx, t_unit(t, lay_units, world));
	return world;
}

static void
be(struct world *world, int64_t unit, const char *const *roles, size_t count)
{
	struct actor *actor = keep(world->t, sizeof(*actor));
	struct position *positions = keep(world->t, count * sizeof(*positions));

	for (size_t i = 0; i < count; i++)
		positions[i] = (struct position){ unit, access_role(roles[i]) };
	actor->login = "someone";
	actor->name = "Nguyễn Thị Hoa";
	actor->positions = positions;
	actor->position_count = count;
	actor->locale = "vi";
	world->t->ctx.actor = actor;
}

void
world_be(struct world *world, int64_t unit, const char *role)
{
	be(world, unit, &role, 1);
}

void
world_be_both(struct world *world, int64_t unit)
{
	be(world, unit, (const char *const[]){ "clerk", "leader" }, 2);
}

const char *
world_ref(struct world *world, int64_t unit)
{
	return arena_printf(world->t->ctx.arena, "%" PRId64, unit);
}

struct sending {
	struct world *world;
	int64_t unit;
	const char *cells;
	int64_t id;
};

static enum fail
send(struct ctx *ctx, void *arg)
{
	struct sending *sending = arg;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.unit = world_ref(sending->world, sending->unit),
		.cells = world_cells(ctx, sending->cells),
	};
	struct report *report = NULL;
	bool is_new = false;

	TRY(report_open(ctx, &input, &report, &is_new));
	TRY(report_submit(ctx, report));
	TRY(report_sign(ctx, report));
	TRY(report_store(ctx, report, report_revision(report)));
	sending->id = report_id(report);
	return OK;
}

int64_t
world_sent(struct world *world, int64_t unit, const char *cells)
{
	const struct actor *before = world->t->ctx.actor;
	struct sending sending = { world, unit, cells, 0 };

	world_be_both(world, unit);
	t_ok(&world->t->ctx, t_unit(world->t, send, &sending));
	world->t->ctx.actor = before;
	return sending.id;
}

const char *
world_total(struct world *world, int64_t unit, const char *cell, int basis)
{
	struct ctx *ctx = t_fresh(world->t);
	const struct directory *dir = directory_now(ctx);
	const struct form *of = catalogue_form(catalogue_now(ctx), WORLD_FORM);
	const int number = directory_unit(dir, unit)->number;
	struct cube_question question = {
		.dir = dir,
		.basis = (enum basis)basis,
		.index = INT64_MAX,
		.units = &number,
		.unit_count = 1,
		.children_of = -1,
		.level = -1,
	};
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;
	int at = 0;

	assert_true(
	    period_parse(&of->calendar, WORLD_PERIOD, &question.period));
	question.version = form_for(of, &question.period);
	question.structure = directory_structure(dir, question.period.to);
	at = form_cell(question.version, cell);
	assert_true(at >= 0);
	t_ok(ctx, cube_ask(ctx, &question, &rows, &count, &index));
	assert_int_equal(rows[0].unit, number);
	switch (cube_row_state(&rows[0], (size_t)at)) {
	case CELL_VALUE:
		break;
	case CELL_MISSING:
		return "missing";
	case CELL_NONE:
		return "none";
	case CELL_WITHHELD:
		return "withheld";
	}
	return decimal_text(ctx->arena, rows[0].totals[at],
	    question.version->columns[(size_t)at % 4].scale);
}
