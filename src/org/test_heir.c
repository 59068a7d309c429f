#include "org/heir.h"
#include "org/t_org.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

/*
 * A commune is divided between A and B; others went whole to A, in part to A
 * (nobody knows who got the rest), and to nobody known.  Much later A goes into
 * C, and B is divided between D and E.
 */
#define EARLY day_of(2024, 1, 1)
#define REFORM day_of(2025, 7, 1)
#define TODAY day_of(2025, 9, 1)
#define LATER day_of(2026, 1, 1)

enum {
	NATION,
	PROVINCE,
	BESIDE,
	SPLIT,
	WHOLE,
	PART,
	LOST,
	A,
	B,
	C,
	D,
	E,
	UNITS
};

static const struct {
	const char *name;
	const char *type;
	int level;
	int parent;
	int from; /* 0 EARLY, 1 REFORM, 2 LATER */
	int to;   /* -1: still there */
} laid[UNITS] = {
	[NATION] = { "N", "government", LEVEL_NATION, -1, 0, -1 },
	[PROVINCE] = { "P", "province", LEVEL_PROVINCE, NATION, 0, -1 },
	[BESIDE] = { "Q", "province", LEVEL_PROVINCE, NATION, 0, -1 },
	[SPLIT] = { "U", "commune", LEVEL_COMMUNE, PROVINCE, 0, 1 },
	[WHOLE] = { "V", "commune", LEVEL_COMMUNE, PROVINCE, 0, 1 },
	[PART] = { "W", "commune", LEVEL_COMMUNE, PROVINCE, 0, 1 },
	[LOST] = { "X", "commune", LEVEL_COMMUNE, PROVINCE, 0, 1 },
	[A] = { "A", "commune", LEVEL_COMMUNE, PROVINCE, 1, 2 },
	[B] = { "B", "commune", LEVEL_COMMUNE, PROVINCE, 1, 2 },
	[C] = { "C", "commune", LEVEL_COMMUNE, PROVINCE, 2, -1 },
	[D] = { "D", "commune", LEVEL_COMMUNE, PROVINCE, 2, -1 },
	[E] = { "E", "commune", LEVEL_COMMUNE, PROVINCE, 2, -1 },
};

static const struct {
	int from;
	int to;
	const char *kind;
} gone[] = { { SPLIT, A, "part" }, { SPLIT, B, "part" }, { WHOLE, A, "whole" },
	{ PART, A, "part" }, { A, C, "whole" }, { B, D, "part" },
	{ B, E, "part" } };

struct country {
	struct t *t;
	int64_t ids[UNITS];
};

static day
edge(int which)
{
	return which == 0 ? EARLY : which == 1 ? REFORM : LATER;
}

static enum fail
lay(struct ctx *ctx, void *arg)
{
	struct country *country = arg;
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test", &batch));
	for (int i = 0; i < UNITS; i++) {
		country->ids[i] = unit_batch_unit(batch);
		unit_batch_version(batch,
		    &(struct unit_version_new){
			.unit = country->ids[i],
			.from = edge(laid[i].from),
			.name = laid[i].name,
			.type = laid[i].type,
			.level = laid[i].level,
			.parent = laid[i].parent < 0
				      ? 0
				      : country->ids[laid[i].parent],
		    });
		if (laid[i].to >= 0)
			unit_batch_end(batch, country->ids[i],
			    edge(laid[i].to));
	}
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		unit_batch_succession(batch, country->ids[gone[i].from],
		    country->ids[gone[i].to], edge(laid[gone[i].from].to),
		    gone[i].kind, "1/NQ-TEST");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static struct country
country_of(struct t *t)
{
	struct country country = { .t = t };

	t_org(t);
	t->clock_us = day_start_us(TODAY) + HOUR_US;
	t_ok(&t->ctx, t_unit(t, lay, &country));
	(void)t_fresh(t);
	return country;
}

static const struct unit *
unit(const struct country *country, int which)
{
	return directory_unit(directory_now(&country->t->ctx),
	    country->ids[which]);
}

/* One naming as a unit of work. */
struct act {
	const struct country *country;
	int unit;
	int heir;
	const char *from;
	const char *words; /* the act's; NULL: a good one */
	const char *reason;
};

static enum fail
name(struct ctx *ctx, void *arg)
{
	const struct act *act = arg;
	const int64_t *ids = act->country->ids;
	const struct naming *naming = NULL;

	return heir_name(ctx,
	    arena_printf(ctx->arena, "%" PRId64, ids[act->unit]),
	    &(struct heir_input){
		.heir = arena_printf(ctx->arena, "%" PRId64, ids[act->heir]),
		.from = act->from,
		.act = act->words == NULL ? "12/QĐ-UBND" : act->words,
		.reason = act->reason == NULL ? "Giữ hồ sơ" : act->reason,
	    },
	    &naming);
}

struct asked {
	const struct country *country;
	int unit;
	int64_t heir;
};

static enum fail
ask(struct ctx *ctx, void *arg)
{
	struct asked *asked = arg;

	return heir_of(ctx,
	    directory_unit(directory_now(ctx),
		asked->country->ids[asked->unit]),
	    &asked->heir);
}

/* Who decides for a unit on a day; -1: nobody is named. */
static int
named(struct country *country, int which, day on)
{
	struct asked asked = { country, which, 0 };

	country->t->clock_us = day_start_us(on) + HOUR_US;
	t_ok(&country->t->ctx, t_read(country->t, ask, &asked));
	for (int i = 0; i < UNITS; i++)
		if (country->ids[i] == asked.heir)
			return i;
	return -1;
}

static void
a_unit_is_divided_where_nobody_has_the_whole_of_it(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	const struct directory *dir = directory_now(&t->ctx);
	static const struct {
		int unit;
		bool now;
		bool later;
	} wanted[] = { { SPLIT, true, true }, { WHOLE, false, false },
		{ PART, true, true }, { LOST, false, false },
		{ A, false, false }, { B, false, true }, { C, false, false },
		{ NATION, false, false } };

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const int number = unit(&country, wanted[i].unit)->number;

		if (structure_divided(directory_structure(dir, TODAY),
			number) != wanted[i].now ||
		    structure_divided(directory_structure(dir, LATER),
			number) != wanted[i].later)
			t_fail("unit %s", laid[wanted[i].unit].name);
		assert_false(
		    structure_divided(directory_structure(dir, EARLY), number));
	}
}

static void
the_last_naming_of_the_last_day_holds(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	struct act act = { .country = &country, .unit = SPLIT, .heir = A };

	assert_int_equal(named(&country, SPLIT, TODAY), -1);
	t_ok(&t->ctx, t_unit(t, name, &act));
	assert_int_equal(named(&country, SPLIT, TODAY), A);
	assert_int_equal(named(&country, SPLIT, TODAY - 1), -1);
	/* From a day to come, and again for today. */
	act.heir = B;
	act.from = "2025-10-01";
	t->clock_us = day_start_us(TODAY) + HOUR_US;
	t_ok(&t->ctx, t_unit(t, name, &act));
	assert_int_equal(named(&country, SPLIT, TODAY), A);
	assert_int_equal(named(&country, SPLIT, day_of(2025, 9, 30)), A);
	assert_int_equal(named(&country, SPLIT, day_of(2025, 10, 1)), B);
	act.from = "2025-09-01";
	t->clock_us = day_start_us(TODAY) + HOUR_US;
	t_ok(&t->ctx, t_unit(t, name, &act));
	assert_int_equal(named(&country, SPLIT, TODAY), B);
	/* It is about one unit. */
	assert_int_equal(named(&country, PART, TODAY), -1);
	assert_int_equal(named(&country, WHOLE, TODAY), -1);
}

/* A goes whole into C, which acts for it; B is divided, and nobody has all of
 * what was named. */
static void
a_naming_follows_the_heir_while_it_is_whole(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	struct act act = { .country = &country, .unit = SPLIT, .heir = A };

	t_ok(&t->ctx, t_unit(t, name, &act));
	assert_int_equal(named(&country, SPLIT, LATER), A);
	t->clock_us = day_start_us(TODAY) + HOUR_US;
	act.heir = B;
	t_ok(&t->ctx, t_unit(t, name, &act));
	assert_int_equal(named(&country, SPLIT, LATER - 1), B);
	assert_int_equal(named(&country, SPLIT, LATER), -1);
}

static void
only_the_unit_directly_above_names(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	struct act act = { .country = &country, .unit = SPLIT, .heir = A };
	static const struct {
		int unit;
		const char *role;
		bool may;
	} persons[] = { { A, "leader", false }, { B, "clerk", false },
		{ SPLIT, "leader", false }, { A, "collector", false },
		{ NATION, "collector", false }, { NATION, "admin", false },
		{ NATION, "centre", false }, { BESIDE, "collector", false },
		{ PROVINCE, "leader", false }, { PROVINCE, "viewer", false },
		{ PROVINCE, "collector", true } };

	for (size_t i = 0; i < ARRAY_SIZE(persons); i++) {
		const struct position position = { country.ids[persons[i].unit],
			access_role(persons[i].role) };
		const struct actor actor = { .login = "someone",
			.name = "Someone",
			.positions = &position,
			.position_count = 1 };
		const uint64_t before = t_digest(t);

		t->ctx.actor = &actor;
		if (persons[i].may) {
			t_ok(&t->ctx, t_unit(t, name, &act));
			continue;
		}
		t_fails(&t->ctx, t_unit(t, name, &act), FAIL_DENIED,
		    "access.denied");
		assert_true(t_digest(t) == before);
	}
	t->ctx.actor = &access_system;
}

static void
what_cannot_be_named_is_refused_with_its_reason(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	char long_act[HEIR_ACT_MAX + 2];
	char long_reason[HEIR_REASON_MAX + 2];
	const struct {
		struct act act;
		const char *code; /* of the whole, or of the field */
		const char *at;   /* NULL: no field */
	} wrong[] = {
		{ { .unit = WHOLE, .heir = A }, "unit.not_divided", NULL },
		{ { .unit = LOST, .heir = A }, "unit.not_divided", NULL },
		{ { .unit = A, .heir = C }, "unit.heir_day", "/from" },
		{ { .unit = B, .heir = D }, "unit.heir_day", "/from" },
		{ { .unit = C, .heir = D }, "unit.not_divided", NULL },
		{ { .unit = SPLIT, .heir = SPLIT }, "unit.not_heir", "/heir" },
		{ { .unit = SPLIT, .heir = C }, "unit.not_heir", "/heir" },
		{ { .unit = SPLIT, .heir = D, .from = "2025-12-31" },
		    "unit.not_heir", "/heir" },
		{ { .unit = SPLIT, .heir = A, .from = "2026-01-01" },
		    "unit.not_heir", "/heir" },
		{ { .unit = SPLIT, .heir = PROVINCE }, "unit.not_heir",
		    "/heir" },
		{ { .unit = SPLIT, .heir = A, .from = "2025-06-30" },
		    "unit.heir_day", "/from" },
		{ { .unit = SPLIT, .heir = A, .from = "2026-09-03" },
		    "unit.heir_day", "/from" },
		{ { .unit = SPLIT, .heir = A, .from = "9999-12-30" },
		    "unit.heir_day", "/from" },
		{ { .unit = SPLIT, .heir = A, .words = "" }, "unit.heir_act",
		    "/act" },
		{ { .unit = SPLIT, .heir = A, .words = "a\rb" },
		    "unit.heir_act", "/act" },
		{ { .unit = SPLIT, .heir = A, .words = long_act },
		    "unit.heir_act", "/act" },
		{ { .unit = SPLIT, .heir = A, .reason = "" },
		    "unit.heir_reason", "/reason" },
		{ { .unit = SPLIT, .heir = A, .reason = " \u00a0 ." },
		    "unit.heir_reason", "/reason" },
		{ { .unit = SPLIT, .heir = A, .reason = long_reason },
		    "unit.heir_reason", "/reason" },
	};

	memset(long_act, 'x', sizeof(long_act));
	long_act[sizeof(long_act) - 1] = '\0';
	memset(long_reason, 'x', sizeof(long_reason));
	long_reason[sizeof(long_reason) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct act act = wrong[i].act;
		const uint64_t before = t_digest(t);
		const struct fail_field *field = NULL;

		act.country = &country;
		if (wrong[i].at == NULL) {
			t_fails(&t->ctx, t_unit(t, name, &act), FAIL_CONFLICT,
			    wrong[i].code);
			assert_true(t_digest(t) == before);
			continue;
		}
		assert_int_equal(t_unit(t, name, &act), FAIL_INVALID);
		assert_true(t_digest(t) == before);
		field = t->ctx.failure.fields;
		assert_non_null(field);
		assert_string_equal(field->pointer, wrong[i].at);
		assert_string_equal(field->code, wrong[i].code);
	}
}

static void
what_is_named_already_and_too_many_namings_are_refused(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	struct act act = { .country = &country, .unit = SPLIT, .heir = A };

	for (int i = 0; i < HEIR_NAMINGS_MAX; i++) {
		act.heir = i % 2 == 0 ? A : B;
		t_ok(&t->ctx, t_unit(t, name, &act));
		t_fails(&t->ctx, t_unit(t, name, &act), FAIL_CONFLICT,
		    "unit.heir_named");
	}
	act.heir = A;
	t_fails(&t->ctx, t_unit(t, name, &act), FAIL_CONFLICT,
	    "unit.heirs_full");
	/* Each unit has its own. */
	act.unit = PART;
	t_ok(&t->ctx, t_unit(t, name, &act));
}

static enum fail
check(struct ctx *ctx, void *arg)
{
	return heir_check(ctx, arg);
}

static void
every_failing_step_of_a_naming_undoes_it(void **state)
{
	struct t *t = *state;
	struct country country = country_of(t);
	struct act act = { .country = &country, .unit = SPLIT, .heir = B };
	int64_t checked = 0;

	t_each_failure(t, name, &act);
	assert_int_equal(named(&country, SPLIT, TODAY), B);
	t_ok(&t->ctx, t_read(t, check, &checked));
	assert_int_equal(checked, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_unit_is_divided_where_nobody_has_the_whole_of_it),
		t_test(the_last_naming_of_the_last_day_holds),
		t_test(a_naming_follows_the_heir_while_it_is_whole),
		t_test(only_the_unit_directly_above_names),
		t_test(what_cannot_be_named_is_refused_with_its_reason),
		t_test(what_is_named_already_and_too_many_namings_are_refused),
		t_test(every_failing_step_of_a_naming_undoes_it),
	};

	return t_run(tests);
}
