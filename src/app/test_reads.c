#include "app/reads.h"

#include "app/t_dispatch.h"
#include "core/turnstile.h"
#include "people/access.h"

#define PLACES 4 /* the option's own number */

static const struct http_header nobody = { 0 };

static struct http_response
ask(struct t *t, struct http_header who)
{
	return t_send(t, (struct t_request){ .path = "/api/t/things/1",
			     .headers = { who } });
}

static struct http_header
bearer(const struct t_person *person)
{
	return (struct http_header){ "Authorization", person->bearer };
}

/* As many of this person's are at work as may be. */
static void
fill(struct t *t, const struct t_person *person, struct turnstile_turn *turns)
{
	const struct actor actor = { .person = person->id };
	struct ctx *ctx = t_fresh(t);

	ctx->actor = &actor;
	for (int i = 0; i < PLACES; i++) {
		turns[i] = (struct turnstile_turn){ 0 };
		assert_false(reads_turn.enter(ctx, NULL, &turns[i]));
		assert_true(turns[i].has_place);
	}
}

static void
one_person_s_many_keep_nobody_else_waiting(void **state)
{
	struct t *t = t_dispatch(state);
	struct t_person other = { .login = "other",
		.role = "clerk",
		.unit = 5 };
	struct turnstile_turn turns[PLACES];
	struct http_response r = { 0 };

	t_person(t, &other);
	fill(t, &t_clerk, turns);
	/* Nobody can be called here, so nobody waits. */
	r = ask(t, bearer(&t_clerk));
	t_problem(t, &r, 429, "reads.busy");
	assert_non_null(t_header(&r, "Retry-After"));
	assert_int_equal(ask(t, bearer(&other)).status, 200);
	assert_int_equal(ask(t, nobody).status, 200);
	reads_turn.leave(t_fresh(t), &turns[0]);
	for (int i = 0; i < 2 * PLACES; i++)
		assert_int_equal(ask(t, bearer(&t_clerk)).status, 200);
	for (int i = 1; i < PLACES; i++)
		reads_turn.leave(t_fresh(t), &turns[i]);
}

static void
what_writes_waits_for_no_reader(void **state)
{
	struct t *t = t_dispatch(state);
	struct turnstile_turn turns[PLACES];
	struct http_response r = { 0 };

	fill(t, &t_clerk, turns);
	r = t_act(t, "/api/t/acts", "{\"note\":\"x\"}", "a-key-of-this-act");
	assert_int_equal(r.status, 201);
	for (int i = 0; i < PLACES; i++)
		reads_turn.leave(t_fresh(t), &turns[i]);
}

static void
a_read_that_fails_makes_room(void **state)
{
	struct t *t = t_dispatch(state);
	struct turnstile_turn turns[PLACES];
	int failures = 0;

	for (int at = 1; at < 100; at++) {
		t->faults = (struct faults){ .at = at };
		if (ask(t, bearer(&t_clerk)).status == 200 &&
		    t->faults.fired == 0)
			break;
		failures++;
	}
	assert_true(failures > 0);
	t->faults = (struct faults){ 0 };
	fill(t, &t_clerk, turns); /* all of them are there */
	for (int i = 0; i < PLACES; i++)
		reads_turn.leave(t_fresh(t), &turns[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(one_person_s_many_keep_nobody_else_waiting),
		t_test(what_writes_waits_for_no_reader),
		t_test(a_read_that_fails_makes_room),
	};
	return t_run(tests);
}
