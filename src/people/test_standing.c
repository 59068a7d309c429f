#include "people/standing.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "people/credential.h"
#include "people/person.h"
#include "people/t_people.h"
#include "people/token.h"

static const struct grant papers[] = {
	{ "paper.edit", ROLE_CLERK | ROLE_LEADER },
	{ "paper.sign", ROLE_LEADER },
	{ 0 },
};

/* hoa, clerk and leader of unit 7 and clerk of 8, with a token. */
struct who {
	int64_t id;
	int64_t token;
	char bearer[CREDENTIAL_MAX];
	struct actor self;
	struct standing standing;
	struct actor *actor;
	const char *ended;
};

static enum fail
make(struct ctx *ctx, void *arg)
{
	struct who *who = arg;
	const struct person_new in = { .login = "hoa", .name = "Hoa" };
	struct token *tokens = NULL;
	const char *text = NULL;
	size_t count = 0;

	TRY(person_create(ctx, &in, &who->id));
	TRY(position_grant(ctx, who->id, 7, "clerk"));
	TRY(position_grant(ctx, who->id, 7, "leader"));
	TRY(position_grant(ctx, who->id, 8, "clerk"));
	TRY(token_create(ctx, who->id, "máy", 30, &text));
	TRY(token_list(ctx, who->id, &tokens, &count));
	who->token = tokens[0].id;
	(void)snprintf(who->bearer, sizeof(who->bearer), "%s", text);
	return OK;
}

static enum fail
take(struct ctx *ctx, void *arg)
{
	struct who *who = arg;

	return standing_take(ctx, 7, "clerk", &who->standing);
}

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct who *who = arg;

	who->ended = NULL;
	return standing_actor(ctx, &who->standing, &who->actor, &who->ended);
}

/* Her standing, taken with her token. */
static struct t *
start(void **state, struct who *who)
{
	struct t *t = *state;
	const struct actor *found = NULL;

	t_store(t);
	t_people(t, NULL);
	t_people_ledger(t);
	t_grant(t, papers);
	t_fresh(t);
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_unit(t, make, who));
	t_ok(&t->ctx,
	    credential_actor(&t->ctx, CREDENTIAL_TOKEN, who->bearer, &found));
	/* What was found goes with this unit of work. */
	who->self = *found;
	who->self.login = "hoa";
	t->ctx.actor = &who->self;
	t_ok(&t->ctx, t_read(t, take, who));
	t->ctx.actor = &access_system;
	return t;
}

static void
ended_by(struct t *t, struct who *who, const char *why)
{
	t_ok(&t->ctx, t_read(t, look, who));
	assert_null(who->actor);
	assert_string_equal(who->ended, why);
}

static void
it_acts_with_its_one_position(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	assert_int_equal(who.standing.token, who.token);
	t_ok(&t->ctx, t_read(t, look, &who));
	assert_null(who.ended);
	assert_int_equal(who.actor->person, who.id);
	assert_int_equal(who.actor->position_count, 1);
	assert_int_equal(who.actor->positions[0].unit, 7);
	assert_string_equal(who.actor->positions[0].role->name, "clerk");
	t->ctx.actor = who.actor;
	assert_true(access_may(&t->ctx, "paper.edit", 7));
	assert_false(access_may(&t->ctx, "paper.edit", 8));
	assert_false(access_may(&t->ctx, "paper.sign", 7));
	t->ctx.actor = NULL;
}

static enum fail
disable(struct ctx *ctx, void *arg)
{
	return person_disable(ctx, ((struct who *)arg)->id);
}

static enum fail
revoke_token(struct ctx *ctx, void *arg)
{
	return token_revoke(ctx, ((struct who *)arg)->token);
}

static enum fail
revoke(struct ctx *ctx, void *arg)
{
	return position_revoke(ctx, ((struct who *)arg)->id, 7, "clerk");
}

static enum fail
grant(struct ctx *ctx, void *arg)
{
	return position_grant(ctx, ((struct who *)arg)->id, 7, "clerk");
}

static void
it_ends_with_the_person(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	t_ok(&t->ctx, t_unit(t, disable, &who));
	ended_by(t, &who, "person.disabled");
}

static void
it_ends_with_the_token(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	t_ok(&t->ctx, t_unit(t, revoke_token, &who));
	ended_by(t, &who, "token.ended");
	/* In a session the token would not matter. */
	who.standing.token = 0;
	t_ok(&t->ctx, t_read(t, look, &who));
	assert_non_null(who.actor);
	assert_false(who.actor->by_token);
}

static void
it_ends_when_the_token_is_over(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	t->clock_us += 30 * DAY_US - 1;
	(void)t_fresh(t);
	t_ok(&t->ctx, t_read(t, look, &who));
	assert_non_null(who.actor);
	t->clock_us += 1;
	(void)t_fresh(t);
	ended_by(t, &who, "token.ended");
}

static void
it_ends_with_the_position_and_another_is_not_the_same(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	t_ok(&t->ctx, t_unit(t, revoke, &who));
	ended_by(t, &who, "position.revoked");
	t->clock_us += 1;
	(void)t_fresh(t);
	t_ok(&t->ctx, t_unit(t, grant, &who));
	ended_by(t, &who, "position.revoked");
}

static void
nobody_takes_what_is_not_held(void **state)
{
	struct who who = { 0 };
	struct t *t = start(state, &who);

	t_fails(&t->ctx, t_read(t, take, &who), FAIL_DENIED, "access.denied");
	t->ctx.actor = NULL;
	t_fails(&t->ctx, t_read(t, take, &who), FAIL_LOGIN, "access.login");
	who.self.person++;
	t->ctx.actor = &who.self;
	t_fails(&t->ctx, t_read(t, take, &who), FAIL_NOT_FOUND,
	    "position.unknown");
	t->ctx.actor = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(it_acts_with_its_one_position),
		t_test(it_ends_with_the_person),
		t_test(it_ends_with_the_token),
		t_test(it_ends_when_the_token_is_over),
		t_test(it_ends_with_the_position_and_another_is_not_the_same),
		t_test(nobody_takes_what_is_not_held),
	};

	return t_run(tests);
}
