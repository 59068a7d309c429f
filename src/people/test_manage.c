#include "people/manage.h"

#include <string.h>

#include "people/actor_cache.h"
#include "people/credential.h"
#include "people/link.h"
#include "people/person.h"
#include "people/state.h"
#include "people/t_people.h"
#include "people/token.h"

/* 1 the nation; 10 and 20 provinces; 11, 12 communes of 10; 21 of 20. */
static bool
reach(struct ctx *ctx, int64_t scope_unit, int64_t unit, day on, bool wide)
{
	(void)ctx;
	(void)on;
	if (!wide)
		return scope_unit == unit;
	return scope_unit == 1 || scope_unit == unit ||
	       (scope_unit % 10 == 0 && unit / 10 == scope_unit / 10);
}

static struct t *
start(void **state)
{
	struct t *t = *state;

	t_store(t);
	t_people(t, reach);
	t_people_ledger(t);
	t_fresh(t);
	t->ctx.actor = &access_system;
	return t;
}

struct who {
	const char *login;
	const char *role; /* NULL: none */
	int64_t unit;
	int64_t id;
};

static enum fail
make(struct ctx *ctx, void *arg)
{
	struct who *who = arg;
	const struct person_new in = { .login = who->login, .name = "Hoa" };

	TRY(person_create(ctx, &in, &who->id));
	return who->role == NULL
		   ? OK
		   : position_grant(ctx, who->id, who->unit, who->role);
}

/* Each of these may be looked at by each of those. */
static struct who people[] = {
	{ "admin", "admin", 1, 0 },
	{ "area.10", "area_admin", 10, 0 },
	{ "unit.11", "unit_admin", 11, 0 },
	{ "clerk.11", "clerk", 11, 0 },
	{ "clerk.12", "clerk", 12, 0 },
	{ "viewer.11", "viewer", 11, 0 },
	{ "area.11", "area_admin", 11, 0 },
	{ "clerk.21", "clerk", 21, 0 },
	{ "none", NULL, 0, 0 },
};

static void
make_all(struct t *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		t_ok(&t->ctx, t_unit(t, make, &people[i]));
}

static int64_t
id_of(const char *login)
{
	int64_t id = 0;

	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		if (strcmp(people[i].login, login) == 0)
			id = people[i].id;
	assert_true(id > 0);
	return id;
}

struct asked {
	const char *by;
	char got[ARRAY_SIZE(people) + 1];
};

static enum fail
become(struct ctx *ctx, const char *login)
{
	struct actor *actor = NULL;

	TRY(person_actor(ctx, id_of(login), &actor));
	ctx->actor = actor;
	return OK;
}

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct asked *asked = arg;
	struct managed *person = NULL;

	TRY(become(ctx, asked->by));
	for (size_t i = 0; i < ARRAY_SIZE(people); i++) {
		const enum fail got = manage_see(ctx, people[i].id, &person);

		asked->got[i] = '-';
		if (got == OK)
			asked->got[i] = person->may_manage ? 'm' : 's';
		fail_clear(ctx);
	}
	return OK;
}

/* m manages, s sees only, - as if there were none; in the order of people. */
static void
who_may_give_all_manages_and_who_reaches_one_sees(void **state)
{
	static const struct {
		const char *by;
		const char *want;
	} cases[] = {
		{ "admin", "mmmmmmmmm" },
		{ "area.10", "-smmmmm--" },
		{ "area.11", "--mm-ms--" },
		{ "unit.11", "--sm-ss--" },
		{ "clerk.11", "---------" },
	};
	struct t *t = start(state);

	make_all(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct asked asked = { .by = cases[i].by };

		t_ok(&t->ctx, t_read(t, look, &asked));
		assert_string_equal(asked.got, cases[i].want);
	}
	t->ctx.actor = NULL;
}

/* ---- the last administrator -------------------------------------------- */

static enum fail
lose_the_last(struct ctx *ctx, void *arg)
{
	const int64_t id = id_of("admin");
	const day until = day_of_us(ctx->now_us) + 1;
	const day from = until;
	const struct position_in ends = { .unit = 1,
		.role = "admin",
		.until = &until };
	const struct position_in begins = { .unit = 1,
		.role = "admin",
		.from = &from };

	(void)arg;
	TRY(become(ctx, "admin"));
	t_fails(ctx, person_disable(ctx, id), FAIL_CONFLICT,
	    "person.last_admin");
	t_fails(ctx, position_revoke(ctx, id, 1, "admin"), FAIL_CONFLICT,
	    "person.last_admin");
	t_fails(ctx, position_set(ctx, id, &ends), FAIL_CONFLICT,
	    "person.last_admin");
	t_fails(ctx, position_set(ctx, id, &begins), FAIL_CONFLICT,
	    "person.last_admin");
	/* One that ends, or is disabled, is no other one. */
	TRY(position_set(ctx, id_of("none"), &ends));
	t_fails(ctx, person_disable(ctx, id), FAIL_CONFLICT,
	    "person.last_admin");
	TRY(position_grant(ctx, id_of("none"), 1, "admin"));
	TRY(person_disable(ctx, id_of("none")));
	t_fails(ctx, person_disable(ctx, id), FAIL_CONFLICT,
	    "person.last_admin");
	TRY(person_enable(ctx, id_of("none")));
	return person_disable(ctx, id);
}

static enum fail
owner_may(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(position_revoke(ctx, id_of("none"), 1, "admin"));
	return position_revoke(ctx, id_of("admin"), 1, "admin");
}

static void
the_last_administrator_of_the_nation_stays(void **state)
{
	struct t *t = start(state);

	make_all(t);
	t_ok(&t->ctx, t_unit(t, lose_the_last, NULL));
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_unit(t, owner_may, NULL));
	t->ctx.actor = NULL;
}

/* ---- days ---------------------------------------------------------------- */

static enum fail
dated(struct ctx *ctx, void *arg)
{
	const day from = day_of(2025, 7, 20);
	const day until = day_of(2025, 7, 25);
	const day before = from - 1;
	const struct position_in in = { .unit = 12,
		.role = "leader",
		.from = &from,
		.until = &until };
	const struct position_in wrong = { .unit = 12,
		.role = "leader",
		.from = &from,
		.until = &before };

	(void)arg;
	t_fails(ctx, position_set(ctx, id_of("clerk.11"), &wrong), FAIL_INVALID,
	    "input.invalid");
	return position_set(ctx, id_of("clerk.11"), &in);
}

static enum fail
give_token(struct ctx *ctx, void *arg)
{
	const char *text = NULL;

	TRY(token_create(ctx, id_of("clerk.11"), "máy", 90, &text));
	memcpy(arg, text, strlen(text) + 1);
	return OK;
}

static size_t
positions_by(struct t *t, const char *token, int64_t at_us)
{
	const struct actor *actor = NULL;

	t->clock_us = at_us;
	t_fresh(t);
	t_ok(&t->ctx,
	    credential_actor(&t->ctx, CREDENTIAL_TOKEN, token, &actor));
	assert_non_null(actor);
	return actor->position_count;
}

static void
a_position_holds_from_its_first_day_to_the_end_of_its_last(void **state)
{
	struct t *t = start(state);
	char token[100] = "";
	const int64_t first_us = day_start_us(day_of(2025, 7, 20));
	const int64_t over_us = day_start_us(day_of(2025, 7, 26));

	make_all(t);
	t_ok(&t->ctx, t_unit(t, dated, NULL));
	t_ok(&t->ctx, t_unit(t, give_token, token));
	t->ctx.actor = NULL;
	/* Two seconds are between each two: the cache follows the day. */
	assert_int_equal(positions_by(t, token, first_us - SECOND_US), 1);
	assert_int_equal(positions_by(t, token, first_us + SECOND_US), 2);
	assert_int_equal(positions_by(t, token, over_us - SECOND_US), 2);
	assert_int_equal(positions_by(t, token, over_us + SECOND_US), 1);
}

/* ---- links --------------------------------------------------------------- */

static enum fail
make_link(struct ctx *ctx, void *arg)
{
	struct link_made made = { 0 };

	TRY(link_make(ctx, id_of("clerk.11"), &made));
	if (arg != NULL)
		memcpy(arg, made.code, strlen(made.code) + 1);
	return OK;
}

static enum fail
end_link(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(make_link(ctx, NULL));
	return link_end(ctx, id_of("clerk.11"));
}

static void
a_link_is_made_whole_or_not_at_all(void **state)
{
	struct t *t = start(state);

	make_all(t);
	t_each_failure(t, make_link, NULL);
	t_each_failure(t, end_link, NULL);
	t->ctx.actor = NULL;
}

static enum fail
open_until(struct ctx *ctx, void *arg)
{
	return link_open(ctx, id_of("clerk.11"), arg);
}

static void
a_code_is_256_bits_in_groups_and_ends_in_time(void **state)
{
	struct t *t = start(state);
	char code[100] = "";
	char other[100] = "";
	int64_t until_us = 0;

	make_all(t);
	t_ok(&t->ctx, t_unit(t, make_link, code));
	assert_int_equal(strlen(code), 52 + 12);
	assert_int_equal(strspn(code, "0123456789abcdefghjkmnpqrstvwxyz-"),
	    strlen(code));
	t_ok(&t->ctx, t_unit(t, make_link, other));
	assert_string_not_equal(code, other);
	t_ok(&t->ctx, t_read(t, open_until, &until_us));
	assert_int_equal(until_us, t->clock_us + 72 * HOUR_US);
	t->clock_us = until_us;
	t_fresh(t);
	t_ok(&t->ctx, t_read(t, open_until, &until_us));
	assert_int_equal(until_us, 0);
	t->ctx.actor = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(who_may_give_all_manages_and_who_reaches_one_sees),
		t_test(the_last_administrator_of_the_nation_stays),
		t_test(
		    a_position_holds_from_its_first_day_to_the_end_of_its_last),
		t_test(a_link_is_made_whole_or_not_at_all),
		t_test(a_code_is_256_bits_in_groups_and_ends_in_time),
	};

	return t_run(tests);
}
