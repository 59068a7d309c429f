#include "t_reports.h"

#include <stdlib.h>

#include "centre/figures.h"
#include "centre/fold.h"
#include "centre/question.h"
#include "centre/slice.h"
#include "core/home.h"
#include "report/report.h"

/*
 * figures_render: what it refuses, what its bytes are, who may ask; and, the
 * main thing, that the ledger folded by itself gives the same bytes.
 */

/* struct figures_query in short: lists with commas between. */
struct short_query {
	const char *form;
	const char *periods;
	const char *cells;
	const char *units;
	const char *children_of;
	const char *level;
	const char *structure;
	const char *as_of;
	const char *basis;
	const char *apportion;
	const char *format;
};

struct asking {
	struct short_query query;
	enum fail (*render)(struct ctx *ctx, const struct figures_query *query,
	    struct text *text);
	char *ret; /* malloc'd */
};

static struct texts_of
listed(struct ctx *ctx, const char *text)
{
	struct texts_of ret = { 0 };

	if (text != NULL)
		ret.at = text_split(ctx->arena, text, ',', &ret.count);
	return ret;
}

static enum fail
ask(struct ctx *ctx, void *arg)
{
	struct asking *asking = arg;
	const struct short_query *short_query = &asking->query;
	const struct figures_query query = { .form = short_query->form,
		.periods = listed(ctx, short_query->periods),
		.cells = listed(ctx, short_query->cells),
		.units = listed(ctx, short_query->units),
		.children_of = short_query->children_of,
		.level = short_query->level,
		.structure = short_query->structure,
		.as_of = short_query->as_of,
		.basis = short_query->basis,
		.apportion = short_query->apportion,
		.format = short_query->format };
	struct text text;

	text_init(&text, ctx->arena);
	TRY(asking->render(ctx, &query, &text));
	free(asking->ret);
	asking->ret = strdup(text_of(&text));
	return OK;
}

static char *
answer_by(struct t *t, struct short_query query,
    enum fail (*render)(struct ctx *ctx, const struct figures_query *query,
	struct text *text))
{
	struct asking asking = { .query = query, .render = render };

	t_ok(&t->ctx, t_read(t, ask, &asking));
	return asking.ret;
}

static void
free_reports(void *object)
{
	free(object);
}

static struct reports *
reports_make(struct t *t, uint64_t seed)
{
	struct reports *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	t_defer(t, free_reports, r);
	world_make(&r->world, t, seed);
	t_grant(t, centre_slice.grants);
	return r;
}

/* --- two ways, one answer ------------------------------------------------- */

static const char *
one_of(struct world *world, const char *const *choices, size_t count)
{
	return choices[world_dice(world, count)];
}
#define ONE_OF(world, list) one_of((world), (list), ARRAY_SIZE(list))

struct random_query {
	struct short_query query;
	char unit[32];
	char units[96];
	char as_of[32];
};

static void
random_query(struct world *world, struct random_query *ret)
{
	static const char *const periods[] = { "2025-Q1", "2025-Q3",
		"2025-Q1,2025-Q2,2025-Q3", "2025-Q3,2024-Q4,2025-Q2" };
	static const char *const cells[] = { NULL, "all.sum",
		"r1.sum,all.dec,r2.dec",
		"r1.last,r2.min,all.max,r1.none,r1.sum" };
	static const char *const structures[] = { NULL, "own", "2024-12-31",
		"2025-07-01" };
	static const char *const levels[] = { "0", "1", "2", "3" };
	static const char *const days[] = { "2025-07-15", "2025-10-05",
		"2025-10-09" };
	static const char *const bases[] = { NULL, "sent", "accepted" };
	static const char *const apportions[] = { NULL, "none", "equal" };
	static const char *const formats[] = { "json", "json", "csv" };
	struct short_query *q = &ret->query;
	const int64_t size = ledger_size(world->t->home.ledger);

	memset(ret, 0, sizeof(*ret));
	q->form = WORLD_FORM;
	q->periods = ONE_OF(world, periods);
	q->cells = ONE_OF(world, cells);
	q->structure = ONE_OF(world, structures);
	q->basis = ONE_OF(world, bases);
	q->apportion = ONE_OF(world, apportions);
	q->format = ONE_OF(world, formats);
	snprintf(ret->unit, sizeof(ret->unit), "%" PRId64,
	    world->ids[world_dice(world, world->count)]);
	snprintf(ret->units, sizeof(ret->units), "%s,%" PRId64 ",%" PRId64,
	    ret->unit, world->root,
	    world->ids[world_dice(world, world->count)]);
	switch (world_dice(world, 4)) {
	case 0:
		q->children_of = "1";
		break;
	case 1:
		q->children_of = ret->unit;
		break;
	case 2:
		q->units = ret->units;
		break;
	default:
		q->level = ONE_OF(world, levels);
	}
	if (world_dice(world, 3) == 0) {
		snprintf(ret->as_of, sizeof(ret->as_of), "%d",
		    2 + (int)world_dice(world, (uint64_t)size - 1));
		q->as_of = ret->as_of;
	} else if (world_dice(world, 4) == 0) {
		q->as_of = ONE_OF(world, days);
	}
}

static void
figures_and_the_ledger_folded_by_itself_are_the_same_bytes(void **state)
{
	struct t *t = *state;

	for (uint64_t seed = 11; seed <= 12; seed++) {
		struct reports *r = reports_make(t, seed);

		for (int round = 0; round < 60; round++) {
			struct random_query random;
			char *figures = NULL;
			char *fold = NULL;

			reports_happen(r, (int)world_dice(&r->world, 14));
			random_query(&r->world, &random);
			t->ctx.actor = &access_system;
			t->clock_us = day_start_us(world_day("2025-10-13"));
			figures = answer_by(t, random.query, figures_render);
			fold = answer_by(t, random.query, fold_render);
			assert_string_equal(figures, fold);
			free(figures);
			free(fold);
		}
		t_teardown(state);
		assert_int_equal(t_setup(state), 0);
		t = *state;
	}
}

static enum fail
replay(struct ctx *ctx, void *arg)
{
	(void)arg;
	return report_replay(ctx);
}

static void
a_cube_rebuilt_from_the_ledger_answers_the_same(void **state)
{
	static const struct short_query query = { .form = WORLD_FORM,
		.periods = "2025-Q1,2025-Q2,2025-Q3",
		.level = "1",
		.structure = "2025-07-01",
		.apportion = "equal" };
	struct t *t = *state;
	struct reports *r = reports_make(t, 21);
	char *before = NULL;
	char *after = NULL;

	reports_happen(r, 250);
	t->ctx.actor = &access_system;
	before = answer_by(t, query, figures_render);
	t_fresh(t);
	cube_attach(&t->home, cube_new());
	t_defer(t, world_free_cube, cube_of(&t->home));
	t_ok(&t->ctx, t_read(t, replay, NULL));
	after = answer_by(t, query, figures_render);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* --- the bytes ------------------------------------------------------------ */

static void
a_small_table_in_json_and_csv(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 1);
	struct short_query query = { .form = WORLD_FORM,
		.periods = "2025-Q1",
		.cells = "all.sum,r1.dec,r2.none",
		.units = "2" };
	char *json = NULL;
	char *csv = NULL;

	/* Position 1 is a ministry: id 2, which owes until 8 April. */
	t->clock_us = day_start_us(world_day("2025-04-09"));
	reports_say(r, 0, 1, -1250);
	json = answer_by(t, query, figures_render);
	assert_string_equal(json,
	    "{\"form\":\"T.01\",\"structure\":\"own\",\"index\":3,"
	    "\"as_of\":null,\"basis\":\"sent\",\"apportion\":\"none\","
	    "\"cells\":[\"all.sum\",\"r1.dec\",\"r2.none\"],\"periods\":[{"
	    "\"id\":\"2025-Q1\",\"from\":\"2025-01-01\",\"to\":\"2025-03-31\","
	    "\"structure_on\":\"2025-03-31\",\"version\":1}],\"rows\":[{"
	    "\"kind\":\"unit\",\"unit\":2,\"name\":\"Đơn vị 1\","
	    "\"code\":\"00001\",\"level\":1,\"child_count\":0,\"periods\":[{"
	    "\"expected\":1,\"reported\":1,\"late\":1,\"closed\":false,"
	    "\"restated\":false,\"values\":[\"-2500\",\"-12.50\",\"-1250\"],"
	    "\"counts\":[2,1,1]}]},{\"kind\":\"total\",\"unit\":1,"
	    "\"name\":\"Đơn vị 0\",\"code\":\"00000\",\"level\":0,"
	    "\"child_count\":6,\"periods\":[{\"expected\":42,\"reported\":1,"
	    "\"late\":1,\"closed\":false,\"restated\":false,\"values\":["
	    "\"-2500\",\"-12.50\",\"-1250\"],\"counts\":[2,1,1]}]}]}");
	query.format = "csv";
	csv = answer_by(t, query, figures_render);
	assert_string_equal(csv,
	    "kind,unit,name,code,level,period,expected,reported,late,closed,"
	    "restated,cell,state,value,apportioned,count\r\n"
	    "unit,2,Đơn vị 1,00001,1,2025-Q1,1,1,1,0,0,all.sum,value,-2500,0,"
	    "2\r\n"
	    "unit,2,Đơn vị 1,00001,1,2025-Q1,1,1,1,0,0,r1.dec,value,-12.50,0,"
	    "1\r\n"
	    "unit,2,Đơn vị 1,00001,1,2025-Q1,1,1,1,0,0,r2.none,value,-1250,0,"
	    "1\r\n"
	    "total,1,Đơn vị 0,00000,0,2025-Q1,42,1,1,0,0,all.sum,value,-2500,"
	    "0,2\r\n"
	    "total,1,Đơn vị 0,00000,0,2025-Q1,42,1,1,0,0,r1.dec,value,-12.50,"
	    "0,1\r\n"
	    "total,1,Đơn vị 0,00000,0,2025-Q1,42,1,1,0,0,r2.none,value,-1250,"
	    "0,1\r\n");
	free(json);
	free(csv);
}

static void
values_that_may_not_be_added_are_not_given(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 1);
	const struct short_query query = { .form = WORLD_FORM,
		.periods = "2025-Q1",
		.cells = "r1.none,all.last,r1.min,all.max",
		.level = "0" };
	char *json = NULL;

	reports_say(r, 0, 1, 7);
	reports_say(r, 0, 2, -3);
	json = answer_by(t, query, figures_render);
	assert_non_null(strstr(json,
	    "\"values\":[{\"state\":\"not_added\"},{\"state\":\"not_added\"},"
	    "\"-3\",\"7\"]"));
	free(json);
}

/* --- what is refused ------------------------------------------------------ */

static void
every_wrong_parameter_is_named(void **state)
{
	static const struct {
		const char *pointer;
		const char *code;
		struct short_query query;
	} wrong[] = {
		{ "/form", "form.unknown",
		    { .form = "X", .periods = "2025-Q1", .level = "1" } },
		{ "/form", "form.unknown",
		    { .periods = "2025-Q1", .level = "1" } },
		{ "/periods", "figures.periods",
		    { .form = WORLD_FORM, .level = "1" } },
		{ "/periods/1", "period.unknown",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1,,2025-Q2",
			.level = "1" } },
		{ "/periods/1", "figures.periods",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1,2025-Q1",
			.level = "1" } },
		{ "/periods", "figures.periods",
		    { .form = WORLD_FORM,
			.periods = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,"
				   "18,19,20,21,22,23,24,25,26,27,28,29,30,31,"
				   "32,33,34,35,36,37,38,39,40,41",
			.level = "1" } },
		{ "/periods/0", "period.unknown",
		    { .form = WORLD_FORM,
			.periods = "2025-Q5",
			.level = "1" } },
		{ "/periods/0", "period.unknown",
		    { .form = WORLD_FORM,
			.periods = "2025-03",
			.level = "1" } },
		{ "/periods/0", "form.no_version",
		    { .form = WORLD_FORM,
			.periods = "2019-Q1",
			.level = "1" } },
		{ "/cells/0", "figures.cell",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.cells = "r9.sum",
			.level = "1" } },
		{ "/cells/0", "figures.cell",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.cells = "all.c9",
			.level = "1" } },
		{ "/cells/0", "figures.cell",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.cells = "",
			.level = "1" } },
		{ "/cells/0", "figures.cell",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.cells = "sum",
			.level = "1" } },
		{ "", "figures.rows",
		    { .form = WORLD_FORM, .periods = "2025-Q1" } },
		{ "", "figures.rows",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.children_of = "1" } },
		{ "/level", "figures.level",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "4" } },
		{ "/structure", "figures.structure",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.structure = "today" } },
		{ "/structure", "figures.structure",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.structure = "1950-01-01" } },
		{ "/as_of", "figures.as_of",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.as_of = "3" } },
		{ "/as_of", "figures.as_of",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.as_of = "-1" } },
		{ "/as_of", "figures.as_of",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.as_of = "2025-02-30" } },
		{ "/basis", "figures.choice",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.basis = "both" } },
		{ "/apportion", "figures.choice",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.apportion = "area" } },
		{ "/format", "figures.choice",
		    { .form = WORLD_FORM,
			.periods = "2025-Q1",
			.level = "1",
			.format = "xml" } },
	};
	struct t *t = *state;

	reports_make(t, 1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct asking asking = { .query = wrong[i].query,
			.render = figures_render };

		assert_int_equal(t_read(t, ask, &asking), FAIL_INVALID);
		assert_string_equal(t->ctx.failure.code, "input.invalid");
		assert_string_equal(t->ctx.failure.fields->pointer,
		    wrong[i].pointer);
		assert_string_equal(t->ctx.failure.fields->code, wrong[i].code);
	}
}

static void
units_are_found_by_id_and_dated_code_only(void **state)
{
	static const struct {
		const char *units;
		enum fail kind;
		const char *code;
	} refs[] = {
		{ "99999", FAIL_INVALID, "unit.unknown" },
		{ "area:00001", FAIL_INVALID, "unit.code_needs_date" },
		{ "?", FAIL_INVALID, "unit.ref" },
	};
	struct t *t = *state;
	struct asking asking = { .query = { .form = WORLD_FORM,
				     .periods = "2025-Q1" },
		.render = figures_render };

	reports_make(t, 1);
	for (size_t i = 0; i < ARRAY_SIZE(refs); i++) {
		asking.query.units = refs[i].units;
		asking.query.children_of = NULL;
		t_fails(&t->ctx, t_read(t, ask, &asking), refs[i].kind,
		    refs[i].code);
		asking.query.units = NULL;
		asking.query.children_of = refs[i].units;
		t_fails(&t->ctx, t_read(t, ask, &asking), refs[i].kind,
		    refs[i].code);
	}
	asking.query.children_of = NULL;
	asking.query.units = "1,,2";
	assert_int_equal(t_read(t, ask, &asking), FAIL_INVALID);
	assert_string_equal(t->ctx.failure.fields->code, "unit.ref");
	assert_string_equal(t->ctx.failure.fields->pointer, "/units/1");
	asking.query.units = "area:00001@2025-01-01";
	t_ok(&t->ctx, t_read(t, ask, &asking));
	free(asking.ret);
}

static void
a_table_without_measure_is_refused(void **state)
{
	struct t *t = *state;
	struct text units;
	struct text cells;
	struct text periods;
	struct arena *arena = arena_new(0);
	struct asking asking = { .query = { .form = WORLD_FORM },
		.render = figures_render };

	reports_make(t, 1);
	text_init(&units, arena);
	text_init(&cells, arena);
	text_init(&periods, arena);
	for (int i = 0; i < 500; i++)
		text_add(&units, i == 0 ? "1" : ",1");
	for (int i = 0; i < 200; i++)
		text_add(&cells, i == 0 ? "r1.sum" : ",r1.sum");
	for (int i = 0; i < 40; i++)
		text_addf(&periods, "%s%d-Q%d", i == 0 ? "" : ",", 2022 + i / 4,
		    1 + i % 4);
	asking.query.units = text_of(&units);
	asking.query.cells = text_of(&cells);
	asking.query.periods = text_of(&periods);
	t_fails(&t->ctx, t_read(t, ask, &asking), FAIL_TOO_BIG,
	    "figures.too_big");
	text_add(&units, ",1");
	asking.query.units = text_of(&units);
	asking.query.cells = "r1.sum";
	assert_int_equal(t_read(t, ask, &asking), FAIL_INVALID);
	arena_free(arena);
}

static enum fail
name_at_length(struct ctx *ctx, void *arg)
{
	struct text *units = arg;
	struct unit_batch *batch = NULL;
	const char *name = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	for (int i = 0; i < 200; i++)
		text_add(&text, "ế");
	name = text_of(&text);
	TRY(unit_batch_new(ctx, "test", &batch));
	for (int i = 0; i < 20; i++) {
		const int64_t id = unit_batch_unit(batch);

		unit_batch_version(batch,
		    &(struct unit_version_new){ .unit = id,
			.from = world_day("2022-01-01"),
			.name = name,
			.type = "ministry",
			.level = LEVEL_PROVINCE,
			.parent = 1 });
		text_addf(units, i == 0 ? "%" PRId64 : ",%" PRId64, id);
	}
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

/* Of a country of 12,000 units and forms of 75 rows. */
static void
what_clerks_ask_is_never_large(void **state)
{
	static const struct asked_size small[] = {
		/* the nation: all cells of a form, 12 months, looked up or not */
		{ .values = 750 * 12, .sums = 750 * 12 },
		{ .values = 10, .sums = 750, .scanned = 750 * 12000 },
		/* ten columns, 12 months, 63 provinces */
		{ .values = 10 * 12 * 63, .sums = 750 * 12 * 63 },
		/* the communes of the largest province, ten columns */
		{ .values = 10 * 600, .sums = 750 * 600 },
	};
	static const struct asked_size large[] = {
		/* one period of the demonstration's communes */
		{ .values = 10 * 3321, .sums = 136 * 3321 },
		{ .values = 10 * 12000, .sums = 750 * 12000 },
		{ .values = 200 * 40, .scanned = (size_t)200 * 40 * 12000 },
		{ .values = 200, .sums = 3000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(small); i++)
		assert_false(question_is_large(&small[i]));
	for (size_t i = 0; i < ARRAY_SIZE(large); i++)
		assert_true(question_is_large(&large[i]));
}

/* Few values, but each of its lines has the name of a unit. */
static void
a_table_of_too_many_bytes_is_refused(void **state)
{
	struct t *t = *state;
	struct arena *arena = arena_new(0);
	struct asking asking = { .query = { .form = WORLD_FORM,
				     .format = "csv" },
		.render = figures_render };
	struct text units;
	struct text cells;
	struct text periods;

	reports_make(t, 1);
	text_init(&units, arena);
	text_init(&cells, arena);
	text_init(&periods, arena);
	t_ok(&t->ctx, t_unit(t, name_at_length, &units));
	for (int i = 0; i < 200; i++)
		text_add(&cells, i == 0 ? "r1.sum" : ",r1.sum");
	for (int i = 0; i < 40; i++)
		text_addf(&periods, "%s%d-Q%d", i == 0 ? "" : ",", 2022 + i / 4,
		    1 + i % 4);
	asking.query.units = text_of(&units);
	asking.query.cells = text_of(&cells);
	asking.query.periods = text_of(&periods);
	t_fails(&t->ctx, t_read(t, ask, &asking), FAIL_TOO_BIG,
	    "figures.too_big");
	asking.query.format = "json";
	t_ok(&t->ctx, t_read(t, ask, &asking));
	free(asking.ret);
	arena_free(arena);
}

/* --- who may ask ---------------------------------------------------------- */

static struct actor
somebody(struct position *position, const char *role, int64_t unit)
{
	*position = (struct position){ unit, access_role(role) };
	return (struct actor){ .person = 1,
		.login = "x",
		.name = "x",
		.positions = position,
		.position_count = 1 };
}

static enum fail
ask_as(struct t *t, const struct actor *actor, struct short_query query,
    char **ret)
{
	struct asking asking = { .query = query, .render = figures_render };
	enum fail outcome = OK;

	query.form = WORLD_FORM;
	asking.query.form = WORLD_FORM;
	asking.query.periods = "2025-Q1";
	asking.query.cells = "r1.sum";
	t->ctx.actor = actor;
	outcome = t_read(t, ask, &asking);
	if (ret != NULL)
		*ret = asking.ret;
	else
		free(asking.ret);
	return outcome;
}

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at != NULL;
	     at = strstr(at + 1, what))
		n++;
	return n;
}

static void
nobody_sees_figures_beyond_their_reach(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 3);
	const struct world *w = &r->world;
	char own[32];
	char other[32];
	char abolished[32];
	struct position position;
	struct actor actor;
	char *json = NULL;

	reports_happen(r, 60);
	snprintf(own, sizeof(own), "%" PRId64, w->old_provinces[2]);
	snprintf(other, sizeof(other), "%" PRId64, w->old_provinces[3]);
	snprintf(abolished, sizeof(abolished), "%" PRId64, w->old_provinces[0]);

	t_fails(&t->ctx,
	    ask_as(t, NULL, (struct short_query){ .units = own }, NULL),
	    FAIL_LOGIN, "access.login");
	actor = somebody(&position, "admin", w->root);
	t_fails(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .units = own }, NULL),
	    FAIL_DENIED, "access.denied");

	/* A province's viewer: its own figure, without the nation's. */
	actor = somebody(&position, "viewer", w->old_provinces[2]);
	t_ok(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .units = own }, &json));
	assert_int_equal(count_of(json, "\"kind\":"), 1);
	free(json);
	t_fails(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .units = other }, NULL),
	    FAIL_DENIED, "access.denied");
	t_fails(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .children_of = "1" }, NULL),
	    FAIL_DENIED, "access.denied");
	t_ok(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .level = "1" }, &json));
	assert_int_equal(count_of(json, "\"kind\":\"unit\""), 1);
	assert_int_equal(count_of(json, "\"kind\":"), 1);
	free(json);
	t_fails(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .level = "0" }, NULL),
	    FAIL_DENIED, "access.denied");

	/* A clerk's right ends at the own unit. */
	actor = somebody(&position, "clerk", w->old_provinces[2]);
	t_ok(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .units = own }, NULL));
	t_fails(&t->ctx,
	    ask_as(t, &actor,
		(struct short_query){ .children_of = own,
		    .structure = WORLD_SPLIT_DAY },
		NULL),
	    FAIL_DENIED, "access.denied");

	/* What was abolished is under its successor. */
	actor = somebody(&position, "viewer", w->new_provinces[0]);
	t_ok(&t->ctx, ask_as(t, &actor,
			  (struct short_query){ .units = abolished }, NULL));

	actor = somebody(&position, "centre", w->root);
	t_ok(&t->ctx,
	    ask_as(t, &actor, (struct short_query){ .level = "1" }, &json));
	assert_int_equal(count_of(json, "\"kind\":\"total\""), 1);
	free(json);
}

static void
each_step_of_an_answer_may_fail_cleanly(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 1);
	struct asking asking = { .query = { .form = WORLD_FORM,
				     .periods = "2025-Q1",
				     .as_of = "2025-10-02",
				     .level = "1" },
		.render = figures_render };

	reports_happen(r, 20);
	t->ctx.actor = &access_system;
	t_each_failure(t, ask, &asking);
	asking.render = fold_render;
	t_each_failure(t, ask, &asking);
	free(asking.ret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_small_table_in_json_and_csv),
		t_test(values_that_may_not_be_added_are_not_given),
		t_test(every_wrong_parameter_is_named),
		t_test(units_are_found_by_id_and_dated_code_only),
		t_test(a_table_without_measure_is_refused),
		t_test(what_clerks_ask_is_never_large),
		t_test(a_table_of_too_many_bytes_is_refused),
		t_test(nobody_sees_figures_beyond_their_reach),
		t_test(each_step_of_an_answer_may_fail_cleanly),
		t_test(a_cube_rebuilt_from_the_ledger_answers_the_same),
		t_test(
		    figures_and_the_ledger_folded_by_itself_are_the_same_bytes),
	};

	return t_run(tests);
}
