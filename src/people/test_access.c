#include "people/access.h"

#include <string.h>

#include "people/t_people.h"

/*
 * A small tree: 1 nation; 10 and 20 provinces; 11, 12 communes of 10; 21 of 20;
 * 19 abolished, succeeded by 11 and 12.
 */
static bool
reach(struct ctx *ctx, int64_t scope_unit, int64_t unit, day on, bool wide)
{
	(void)ctx;
	assert_int_equal(on, day_of(2025, 7, 15));
	if (unit == 19)
		return scope_unit == 11 || scope_unit == 12 ||
		       (wide && (scope_unit == 10 || scope_unit == 1));
	if (!wide)
		return scope_unit == unit;
	return scope_unit == 1 || unit / 10 == scope_unit / 10;
}

/* As the slices grant them; tests/NAME/rights.py has the program's own. */
static const struct grant grants[] = {
	{ "report.read", ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR |
			     ROLE_VIEWER | ROLE_CENTRE },
	{ "report.edit", ROLE_CLERK | ROLE_LEADER },
	{ "report.sign", ROLE_LEADER },
	{ "report.review", ROLE_COLLECTOR },
	{ "figures.read", ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR |
			      ROLE_VIEWER | ROLE_CENTRE },
	{ "org.manage", ROLE_ADMIN },
	{ "unit.read", ROLE_EVERYBODY },
	{ "form.read", ROLE_EVERYBODY },
	{ "ledger.read", ROLE_EVERYBODY },
	{ 0 },
};

static struct ctx *
as(struct t *t, struct actor *actor, struct position *position,
    const char *role, int64_t unit)
{
	struct ctx *ctx = t_fresh(t);

	if (t->home.people == NULL) {
		t_people(t, reach);
		t_ok(ctx, people_grant(ctx, grants));
	}
	*position = (struct position){ unit, access_role(role) };
	*actor = (struct actor){ .person = 3,
		.login = role,
		.positions = position,
		.position_count = 1 };
	assert_non_null(position->role);
	ctx->actor = actor;
	return ctx;
}

/* What each role may do with its own unit, one below, and a foreign one. */
static void
each_role_has_its_permissions_in_its_scope_only(void **state)
{
	static const struct {
		const char *role;
		int64_t unit;
		const char *permission;
		bool own;     /* 10 */
		bool below;   /* 11 */
		bool foreign; /* 21 */
	} cases[] = {
		{ "clerk", 10, "report.read", true, false, false },
		{ "clerk", 10, "report.edit", true, false, false },
		{ "clerk", 10, "report.sign", false, false, false },
		{ "clerk", 10, "report.review", false, false, false },
		{ "clerk", 10, "figures.read", true, false, false },
		{ "leader", 10, "report.read", true, false, false },
		{ "leader", 10, "report.edit", true, false, false },
		{ "leader", 10, "report.sign", true, false, false },
		{ "leader", 10, "report.review", false, false, false },
		{ "leader", 10, "user.manage", false, false, false },
		{ "collector", 10, "report.read", true, true, false },
		{ "collector", 10, "report.edit", false, false, false },
		{ "collector", 10, "report.review", true, true, false },
		{ "collector", 10, "figures.read", true, true, false },
		{ "viewer", 10, "report.read", true, true, false },
		{ "viewer", 10, "report.review", false, false, false },
		{ "viewer", 10, "figures.read", true, true, false },
		{ "centre", 1, "report.read", true, true, true },
		{ "centre", 1, "figures.read", true, true, true },
		{ "centre", 1, "report.review", false, false, false },
		{ "admin", 1, "user.manage", true, true, true },
		{ "admin", 1, "org.manage", true, true, true },
		{ "admin", 1, "ops.read", true, true, true },
		{ "admin", 1, "report.read", false, false, false },
		{ "viewer", 10, "unit.read", true, true, true },
		{ "admin", 1, "ledger.read", true, true, true },
	};
	struct t *t = *state;
	struct actor actor;
	struct position position;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctx *ctx =
		    as(t, &actor, &position, cases[i].role, cases[i].unit);
		const char *permission = cases[i].permission;

		assert_int_equal(access_may(ctx, permission, 10), cases[i].own);
		assert_int_equal(access_may(ctx, permission, 11),
		    cases[i].below);
		assert_int_equal(access_may(ctx, permission, 21),
		    cases[i].foreign);
	}
	t->ctx.actor = NULL;
}

/* Who gives what: in the unit of the position, below it, in an abolished one that
 * is 11's and 12's, and in a foreign one.  A letter a role that may be given. */
static void
nobody_gives_what_is_above_himself(void **state)
{
	/* c clerk, l leader, o collector, v viewer, t centre, a admin,
	 * u unit_admin, r area_admin */
	static const char letters[] = "clovtaur";
	static const struct {
		const char *role;
		int64_t unit;
		const char *own;
		const char *below; /* 11 */
		const char *gone;  /* 19 */
		const char *foreign;
	} cases[] = {
		{ "clerk", 10, "", "", "", "" },
		{ "leader", 10, "", "", "", "" },
		{ "collector", 10, "", "", "", "" },
		{ "viewer", 10, "", "", "", "" },
		{ "centre", 1, "", "", "", "" },
		{ "unit_admin", 10, "cl", "", "", "" },
		{ "unit_admin", 11, "cl", "cl", "cl", "" },
		{ "area_admin", 10, "clovu", "clovur", "clovur", "" },
		{ "area_admin", 11, "clovu", "clovu", "clovu", "" },
		{ "area_admin", 1, "clovu", "clovur", "clovur", "clovur" },
		{ "admin", 1, letters, letters, letters, letters },
	};
	struct t *t = *state;
	struct actor actor;
	struct position position;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctx *ctx =
		    as(t, &actor, &position, cases[i].role, cases[i].unit);
		const struct {
			int64_t unit;
			const char *may;
		} places[] = { { cases[i].unit, cases[i].own },
			{ 11, cases[i].below }, { 19, cases[i].gone },
			{ 21, cases[i].foreign } };

		for (size_t k = 0; k < ARRAY_SIZE(places); k++)
			for (size_t r = 0; access_roles[r].name != NULL; r++)
				assert_int_equal(access_may_grant(ctx,
						     &access_roles[r],
						     places[k].unit),
				    strchr(places[k].may, letters[r]) != NULL);
	}
	t->ctx.actor = NULL;
	assert_false(access_may_grant(&t->ctx, access_role("clerk"), 11));
}

static void
an_abolished_unit_is_its_successors(void **state)
{
	struct t *t = *state;
	struct actor actor;
	struct position position;
	struct ctx *ctx = as(t, &actor, &position, "clerk", 11);

	assert_true(access_may(ctx, "report.edit", 19));
	ctx = as(t, &actor, &position, "clerk", 21);
	assert_false(access_may(ctx, "report.edit", 19));
	ctx = as(t, &actor, &position, "collector", 10);
	assert_true(access_may(ctx, "report.review", 19));
	t->ctx.actor = NULL;
}

static void
nobody_is_asked_to_sign_in(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = t_fresh(t);

	ctx->actor = NULL;
	t_fails(ctx, access_any(ctx, "unit.read"), FAIL_LOGIN, "access.login");
	t_fails(ctx, access_unit(ctx, "unit.read", 1), FAIL_LOGIN,
	    "access.login");
	t_fails(ctx, access_find(ctx, "unit.read", 1, "x.unknown"), FAIL_LOGIN,
	    "access.login");
	assert_false(access_may(ctx, "unit.read", 1));
	assert_false(access_nation(ctx, "unit.read", 0));
	assert_null(access_permissions(ctx)[0]);
}

static void
a_foreign_object_looks_like_one_that_does_not_exist(void **state)
{
	struct t *t = *state;
	struct actor actor;
	struct position position;
	struct ctx *ctx = as(t, &actor, &position, "clerk", 11);

	t_ok(ctx, access_find(ctx, "report.read", 11, "report.unknown"));
	t_fails(ctx, access_find(ctx, "report.read", 12, "report.unknown"),
	    FAIL_NOT_FOUND, "report.unknown");
	t_fails(ctx, access_unit(ctx, "report.read", 12), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, access_any(ctx, "report.review"), FAIL_DENIED,
	    "access.denied");
	t->ctx.actor = NULL;
}

static void
two_positions_do_not_mix(void **state)
{
	struct t *t = *state;
	struct position both[] = { { 11, access_role("clerk") },
		{ 20, access_role("collector") } };
	struct actor actor = { .person = 3,
		.login = "both",
		.positions = both,
		.position_count = 2 };
	struct position position;
	struct ctx *ctx = as(t, &actor, &position, "clerk", 11);

	actor.positions = both;
	actor.position_count = 2;
	assert_true(access_may(ctx, "report.edit", 11));
	assert_true(access_may(ctx, "report.review", 21));
	assert_false(access_may(ctx, "report.edit", 21));
	assert_false(access_may(ctx, "report.review", 11));
	t->ctx.actor = NULL;
}

static void
only_a_national_scope_holds_for_the_nation(void **state)
{
	struct t *t = *state;
	struct actor actor;
	struct position position;
	struct ctx *ctx = as(t, &actor, &position, "viewer", 1);

	assert_false(access_nation(ctx, "figures.read", 0));
	assert_false(access_nation(ctx, "figures.read", 2));
	/* Who sees all that is below the root sees the nation. */
	assert_true(access_nation(ctx, "figures.read", 1));
	assert_false(access_nation(ctx, "report.sign", 1));
	assert_true(access_nation(ctx, "unit.read", 0));
	ctx = as(t, &actor, &position, "clerk", 1);
	assert_false(access_nation(ctx, "figures.read", 1));
	ctx = as(t, &actor, &position, "centre", 1);
	assert_true(access_nation(ctx, "figures.read", 0));
	assert_false(access_nation(ctx, "user.manage", 0));
	ctx->actor = &access_system;
	assert_true(access_nation(ctx, "user.manage", 0));
	assert_true(access_may(ctx, "report.sign", 21));
	t->ctx.actor = NULL;
}

static void
permissions_are_listed_once_and_in_order(void **state)
{
	static const char *const want[] = { "figures.read", "form.read",
		"ledger.read", "report.edit", "report.read", "session.own",
		"unit.read" };
	struct t *t = *state;
	struct actor actor;
	struct position position;
	struct ctx *ctx = as(t, &actor, &position, "clerk", 11);
	const char *const *got = access_permissions(ctx);

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_string_equal(got[i], want[i]);
	assert_null(got[sizeof(want) / sizeof(want[0])]);
	t->ctx.actor = NULL;
}

static void
roles_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(access_role("collector")->scope, SCOPE_SUBTREE);
	assert_null(access_role("king"));
	assert_null(access_role(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_role_has_its_permissions_in_its_scope_only),
		t_test(nobody_gives_what_is_above_himself),
		t_test(an_abolished_unit_is_its_successors),
		t_test(nobody_is_asked_to_sign_in),
		t_test(a_foreign_object_looks_like_one_that_does_not_exist),
		t_test(two_positions_do_not_mix),
		t_test(only_a_national_scope_holds_for_the_nation),
		t_test(permissions_are_listed_once_and_in_order),
		t_test(roles_are_found_by_name),
	};

	return t_run(tests);
}
