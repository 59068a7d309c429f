#include "app/flow.h"

#include "core/text.h"
#include "hook/hook.h"
#include "hook/hook.sql.h"
#include "hook/inside.h"
#include "hook/slice.h"
#include "people/t_people.h"

#define OWNER 7

/* Where each event leads, written out here; "": it is refused in this state. */
static const struct expected {
	const char *from;
	const char *to[HOOK_END + 1];
} table[] = {
	{ "active", { [HOOK_STOP] = "stopped",
			[HOOK_RESUME] = "",
			[HOOK_TEST] = "active",
			[HOOK_REPLAY] = "active",
			[HOOK_REMOVE] = "ended",
			[HOOK_END] = "ended" } },
	{ "stopped", { [HOOK_STOP] = "",
			 [HOOK_RESUME] = "active",
			 [HOOK_TEST] = "",
			 [HOOK_REPLAY] = "",
			 [HOOK_REMOVE] = "ended",
			 [HOOK_END] = "ended" } },
	{ "ended", { [HOOK_STOP] = "",
		       [HOOK_RESUME] = "",
		       [HOOK_TEST] = "",
		       [HOOK_REPLAY] = "",
		       [HOOK_REMOVE] = "",
		       [HOOK_END] = "" } },
};

static const char *const codes[] = {
	[HOOK_STOP] = "hook.not_active",
	[HOOK_RESUME] = "hook.not_stopped",
	[HOOK_TEST] = "hook.not_active",
	[HOOK_REPLAY] = "hook.not_active",
	[HOOK_REMOVE] = "hook.ended",
	[HOOK_END] = "hook.ended",
};

#define BY_PROGRAM(event) ((event) == HOOK_STOP || (event) == HOOK_END)

static const struct person {
	int64_t id;
	const char *role;
	bool owns;
	bool manages;
} persons[] = {
	{ OWNER, "clerk", true, false },
	{ OWNER + 1, "clerk", false, false },
	{ OWNER + 1, "leader", false, false },
	{ OWNER + 2, "admin", false, true },
	{ OWNER, "admin", true, true },
};

static bool
may(const struct person *person, enum hook_event event)
{
	return BY_PROGRAM(event) || person->owns ||
	       (event == HOOK_REMOVE && person->manages);
}

static void
check(struct t *t, const struct expected *expected, const struct person *person,
    enum hook_event event)
{
	char from[8] = { 0 };
	const struct sql_hook_rows row = {
		.id = 3,
		.person_id = OWNER,
		.state = from,
	};
	const char *to = expected->to[event];
	struct hook_at at = { 0 };

	for (size_t i = 0; expected->from[i] != '\0'; i++)
		from[i] = expected->from[i];
	if (!may(person, event)) {
		t_fails(&t->ctx, hook_step(&t->ctx, &row, event, &at),
		    FAIL_NOT_FOUND, "hook.unknown");
	} else if (to[0] == '\0') {
		t_fails(&t->ctx, hook_step(&t->ctx, &row, event, &at),
		    FAIL_CONFLICT, codes[event]);
	} else {
		t_ok(&t->ctx, hook_step(&t->ctx, &row, event, &at));
		assert_string_equal(hook_states[at.state], to);
		assert_int_equal(at.id, row.id);
	}
}

static void
every_state_takes_exactly_the_events_it_should(void **state)
{
	struct t *t = *state;

	t_people(t, NULL);
	t_grant(t, hook_slice.grants);
	t_ok(&t->ctx, flow_known(&t->ctx, "hook", &hook_flow));
	for (size_t p = 0; p < ARRAY_SIZE(persons); p++) {
		const struct position position = { 1,
			access_role(persons[p].role) };
		const struct actor actor = {
			.person = persons[p].id,
			.login = "someone",
			.positions = &position,
			.position_count = 1,
		};

		t->ctx.actor = &actor;
		for (size_t s = 0; s < ARRAY_SIZE(table); s++)
			for (int event = 0; event <= HOOK_END; event++)
				check(t, &table[s], &persons[p],
				    (enum hook_event)event);
	}
	t->ctx.actor = NULL;
}

static void
a_state_that_is_none_is_found(void **state)
{
	struct t *t = *state;
	const struct sql_hook_rows row = { .id = 3, .state = "asleep" };
	struct hook_at at = { 0 };

	t_fails(&t->ctx, hook_step(&t->ctx, &row, HOOK_END, &at), FAIL_INTERNAL,
	    "flow.invariant");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_state_takes_exactly_the_events_it_should),
		t_test(a_state_that_is_none_is_found),
	};

	return t_run(tests);
}
