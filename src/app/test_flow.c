#include "app/flow.h"

#include <string.h>

#include "app/slice.h"
#include "people/t_people.h"

/*
 * A door with a lock: two machines side by side.  The owner opens and closes,
 * a smith may open it locked or not, the night locks it, and slamming leaves it
 * as the wind wants.
 */
enum { SHUT, OPEN, AJAR };
enum { LOOSE, LOCKED };
enum { EVENT_OPEN, EVENT_CLOSE, EVENT_SLAM, EVENT_LOCK, EVENT_KNOCK };

struct door {
	int64_t leaf;
	int64_t lock;
	bool is_owner;
	bool is_smith;
	bool is_windy;
};

static bool
owner_may(struct ctx *ctx, const char *permission, const void *object)
{
	(void)ctx;
	assert_string_equal(permission, "door.use");
	return ((const struct door *)object)->is_owner;
}

static bool
smith_may(struct ctx *ctx, const char *permission, const void *object)
{
	(void)ctx;
	assert_string_equal(permission, "door.pick");
	return ((const struct door *)object)->is_smith;
}

static enum fail
refuse(struct ctx *ctx, const char *permission, const char *event,
    const void *object)
{
	(void)object;
	return FAIL(ctx, FAIL_DENIED, "access.denied", "%s asks for %s", event,
	    permission);
}

static const struct flow_by owner = { "the owner", owner_may, refuse };
static const struct flow_by smith = { "a smith", smith_may, refuse };

static const struct flow_event events[] = {
	[EVENT_OPEN] = { "open", "open", "open", "POST", false, NULL },
	[EVENT_CLOSE] = { "close", "shut", "shut", "PUT", true, NULL },
	[EVENT_SLAM] = { "slam", "shut", "shut", "PUT", true, NULL },
	[EVENT_LOCK] = { "lock", "lock", "lock", "POST", false,
	    "door.not_shut" },
	[EVENT_KNOCK] = { "knock", NULL, NULL, NULL, false, NULL },
	{ 0 },
};

static int64_t
by_wind(const void *object)
{
	return ((const struct door *)object)->is_windy ? AJAR : SHUT;
}

static const char *
say(struct ctx *ctx, const void *object)
{
	(void)ctx;
	return ((const struct door *)object)->lock == LOCKED
		   ? "the door is locked"
		   : "the door is loose";
}

static const char *
open_and_locked(const void *object)
{
	const struct door *door = object;

	return door->leaf != SHUT && door->lock == LOCKED
		   ? "an open door is locked"
		   : NULL;
}

static const char *const lock_states[] = { "loose", "locked", NULL };
static const struct flow_row lock_rows[] = {
	{ FLOW_IN(LOOSE), EVENT_OPEN, FLOW_STAYS, "door.use", &owner, NULL },
	{ FLOW_IN(LOOSE) | FLOW_IN(LOCKED), EVENT_OPEN, FLOW_IN(LOOSE),
	    "door.pick", &smith, NULL },
	{ FLOW_IN(LOOSE), EVENT_LOCK, FLOW_IN(LOCKED), NULL, &flow_by_program,
	    NULL },
	{ 0 },
};
static const struct flow lock = {
	.name = "lock",
	.states = lock_states,
	.events = events,
	.rows = lock_rows,
	.state = offsetof(struct door, lock),
};

static const char *const leaf_states[] = { "shut", "open", "ajar", NULL };
static const struct flow_row leaf_rows[] = {
	{ FLOW_IN(SHUT) | FLOW_IN(AJAR), EVENT_OPEN, FLOW_IN(OPEN), "door.use",
	    &owner, NULL },
	{ FLOW_IN(SHUT), EVENT_OPEN, FLOW_IN(OPEN), "door.pick", &smith, NULL },
	{ FLOW_IN(OPEN), EVENT_CLOSE, FLOW_IN(SHUT), "door.use", &owner, NULL },
	{ FLOW_IN(OPEN), EVENT_SLAM, FLOW_IN(SHUT) | FLOW_IN(AJAR), "door.use",
	    &owner, by_wind },
	{ FLOW_IN(SHUT), EVENT_LOCK, FLOW_STAYS, NULL, &flow_by_program, NULL },
	{ FLOW_IN(SHUT), EVENT_KNOCK, FLOW_STAYS, "door.use", &owner, NULL },
	{ 0 },
};
static const struct flow leaf = {
	.name = "leaf",
	.states = leaf_states,
	.events = events,
	.rows = leaf_rows,
	.state = offsetof(struct door, leaf),
	.beside = &lock,
	.wrong_state = "door.wrong_state",
	.say = say,
	.broken = open_and_locked,
};

static enum fail
move(struct t *t, struct door *door, int event)
{
	struct flow_step step = { 0 };

	TRY(flow_require(&t->ctx, &leaf, event, door, &step));
	flow_move(&step);
	return flow_check(&t->ctx, &leaf, door);
}

static void
an_event_moves_all_machines_that_know_it(void **state)
{
	struct t *t = *state;
	struct door door = { .lock = LOCKED, .is_smith = true };

	t_ok(&t->ctx, move(t, &door, EVENT_OPEN));
	assert_int_equal(door.leaf, OPEN);
	assert_int_equal(door.lock, LOOSE);
	door.is_owner = true;
	t_ok(&t->ctx, move(t, &door, EVENT_CLOSE));
	assert_int_equal(door.leaf, SHUT);
	assert_int_equal(door.lock, LOOSE);
}

static void
the_right_is_looked_at_before_the_state(void **state)
{
	struct t *t = *state;
	struct door door = { .leaf = OPEN };
	const struct door before = door;

	t_fails(&t->ctx, move(t, &door, EVENT_OPEN), FAIL_DENIED,
	    "access.denied");
	door.is_owner = true;
	t_fails(&t->ctx, move(t, &door, EVENT_OPEN), FAIL_CONFLICT,
	    "door.wrong_state");
	door.is_owner = false;
	assert_memory_equal(&door, &before, sizeof(door));
}

static void
one_machine_that_does_not_allow_it_keeps_all_where_they_are(void **state)
{
	struct t *t = *state;
	struct door door = { .lock = LOCKED, .is_owner = true };

	t_fails(&t->ctx, move(t, &door, EVENT_OPEN), FAIL_CONFLICT,
	    "door.wrong_state");
	assert_int_equal(door.leaf, SHUT);
	assert_int_equal(door.lock, LOCKED);
	assert_false(flow_allows(&t->ctx, &leaf, EVENT_OPEN, &door));
}

/* A smith may open what is shut or locked, the owner what is ajar: nobody has
 * the other's rows. */
static void
rows_of_others_do_not_help(void **state)
{
	struct t *t = *state;
	struct door door = { .leaf = AJAR, .is_smith = true };

	t_fails(&t->ctx, move(t, &door, EVENT_OPEN), FAIL_CONFLICT,
	    "door.wrong_state");
	door.is_owner = true;
	t_ok(&t->ctx, move(t, &door, EVENT_OPEN));
}

static void
a_row_with_several_targets_goes_where_the_object_says(void **state)
{
	struct t *t = *state;
	struct door door = { .leaf = OPEN, .is_owner = true, .is_windy = true };

	t_ok(&t->ctx, move(t, &door, EVENT_SLAM));
	assert_int_equal(door.leaf, AJAR);
	door = (struct door){ .leaf = OPEN, .is_owner = true };
	t_ok(&t->ctx, move(t, &door, EVENT_SLAM));
	assert_int_equal(door.leaf, SHUT);
}

static void
what_the_program_does_is_nobodys_action(void **state)
{
	struct t *t = *state;
	struct door door = { 0 };

	assert_false(flow_allows(&t->ctx, &leaf, EVENT_LOCK, &door));
	t_ok(&t->ctx, move(t, &door, EVENT_LOCK));
	assert_int_equal(door.lock, LOCKED);
	/* An event may have a code of its own. */
	t_fails(&t->ctx, move(t, &door, EVENT_LOCK), FAIL_CONFLICT,
	    "door.not_shut");
}

static void
actions_are_offered_once_in_the_order_of_the_events(void **state)
{
	struct t *t = *state;
	struct door door = { .leaf = OPEN, .is_owner = true };
	struct list_of list = flow_allowed(&t->ctx, &leaf, &door, "/doors/7");
	const char *const *first = list.at;

	/* Closing and slamming are one. */
	assert_int_equal(list.count, 1);
	assert_string_equal(first[0], "shut");
	assert_string_equal(first[1], "/doors/7/shut");
	assert_string_equal(first[2], "PUT");
	door.leaf = SHUT;
	list = flow_allowed(&t->ctx, &leaf, &door, "/doors/7");
	assert_int_equal(list.count, 1); /* knocking is not offered */
	assert_string_equal(*(const char *const *)list.at, "open");
	door.is_owner = false;
	assert_int_equal(flow_allowed(&t->ctx, &leaf, &door, "/").count, 0);
}

static void
an_object_that_cannot_be_is_found(void **state)
{
	struct t *t = *state;
	struct door door = { .leaf = OPEN, .lock = LOCKED };

	t_fails(&t->ctx, flow_check(&t->ctx, &leaf, &door), FAIL_INTERNAL,
	    "flow.invariant");
	door = (struct door){ .leaf = AJAR + 1 };
	t_fails(&t->ctx, flow_check(&t->ctx, &leaf, &door), FAIL_INTERNAL,
	    "flow.invariant");
	door = (struct door){ .lock = -1 };
	t_fails(&t->ctx, flow_check(&t->ctx, &leaf, &door), FAIL_INTERNAL,
	    "flow.invariant");
}

static void
a_drawing_has_a_line_for_each_step(void **state)
{
	struct t *t = *state;
	struct text text;

	text_init(&text, t->ctx.arena);
	flow_draw(&text, &leaf);
	assert_string_equal(text_of(&text),
	    "leaf  shut    --open--->  open          door.use, the owner\n"
	    "leaf  shut    --open--->  open          door.pick, a smith\n"
	    "leaf  shut    --lock--->  shut          the program\n"
	    "leaf  shut    --knock-->  shut          door.use, the owner\n"
	    "leaf  open    --close-->  shut          door.use, the owner\n"
	    "leaf  open    --slam--->  shut or ajar  door.use, the owner\n"
	    "leaf  ajar    --open--->  open          door.use, the owner\n"
	    "lock  loose   --open--->  loose         door.use, the owner\n"
	    "lock  loose   --open--->  loose         door.pick, a smith\n"
	    "lock  loose   --lock--->  locked        the program\n"
	    "lock  locked  --open--->  loose         door.pick, a smith\n");
	text_init(&text, t->ctx.arena);
	flow_draw_dot(&text, &lock);
	assert_non_null(strstr(text_of(&text),
	    "digraph \"lock\" {\n\t\"lock loose\" -> \"lock loose\" "
	    "[label=\"open\\ndoor.use, the owner\"];\n"));
}

/* ---- tables that are not whole ------------------------------------------ */

static const struct grant grants[] = { { "door.use", ROLE_CLERK },
	{ "door.pick", ROLE_CLERK }, { 0 } };

static enum fail
open_slice(struct t *t, const struct flow *flow)
{
	const struct flow *const flows[] = { flow, NULL };
	const struct slice slice = {
		.name = "doors",
		.grants = grants,
		.flows = flows,
	};
	const struct slice *const slices[] = { &slice, NULL };
	enum fail got = OK;

	t_people(t, NULL);
	t->home.slices = slices;
	got = slices_open(&t->ctx);
	t->home.slices = NULL;
	return got;
}

static void
a_whole_table_opens(void **state)
{
	struct t *t = *state;

	t_ok(&t->ctx, open_slice(t, &leaf));
}

/* The flow of a door without a lock, by other rows. */
static enum fail
with_rows(struct t *t, const struct flow_row *rows)
{
	static const struct flow_event few[] = {
		{ "open", NULL, NULL, NULL, false, NULL },
		{ "close", NULL, NULL, NULL, false, NULL },
		{ 0 },
	};
	static const char *const states[] = { "shut", "open", NULL };
	struct flow flow = leaf;

	flow.beside = NULL;
	flow.states = states;
	flow.events = few;
	flow.rows = rows;
	return open_slice(t, &flow);
}

#define GOOD_OPEN \
	{ \
		FLOW_IN(SHUT), 0, FLOW_IN(OPEN), "door.use", &owner, NULL \
	}
#define GOOD_CLOSE \
	{ \
		FLOW_IN(OPEN), 1, FLOW_IN(SHUT), "door.use", &owner, NULL \
	}

static void
each_fault_of_a_table_stops_the_start(void **state)
{
	static const struct {
		const char *code;
		const char *says;
		struct flow_row rows[4];
	} bad[] = {
		{ "slice.permission", "door.usr",
		    { GOOD_OPEN, { FLOW_IN(OPEN), 1, FLOW_IN(SHUT), "door.usr",
				     &owner, NULL } } },
		{ "slice.flow", "row 2: a state that does not exist",
		    { GOOD_OPEN, { FLOW_IN(OPEN), 1, FLOW_IN(AJAR), "door.use",
				     &owner, NULL } } },
		{ "slice.flow", "row 2: a state that does not exist",
		    { GOOD_OPEN,
			{ FLOW_IN(OPEN) | FLOW_IN(31), 1, FLOW_IN(SHUT),
			    "door.use", &owner, NULL } } },
		{ "slice.flow", "row 2: an event that does not exist",
		    { GOOD_OPEN, { FLOW_IN(OPEN), 2, FLOW_IN(SHUT), "door.use",
				     &owner, NULL } } },
		{ "slice.flow", "row 3: the second one",
		    { GOOD_OPEN, GOOD_CLOSE,
			{ FLOW_IN(SHUT) | FLOW_IN(OPEN), 0, FLOW_STAYS,
			    "door.pick", &owner, NULL } } },
		{ "slice.flow", "no way leads to open",
		    { { FLOW_IN(SHUT), 0, FLOW_STAYS, "door.use", &owner,
			  NULL },
			GOOD_CLOSE } },
		{ "slice.flow", "close has no row", { GOOD_OPEN } },
		{ "slice.flow", "row 1: several targets",
		    { { FLOW_IN(SHUT), 0, FLOW_IN(SHUT) | FLOW_IN(OPEN),
			  "door.use", &owner, NULL },
			GOOD_CLOSE } },
		{ "slice.flow", "row 1: several targets",
		    { { FLOW_IN(SHUT), 0, FLOW_IN(OPEN), "door.use", &owner,
			  by_wind },
			GOOD_CLOSE } },
		{ "slice.flow", "row 1: by nobody",
		    { { FLOW_IN(SHUT), 0, FLOW_IN(OPEN), "door.use", NULL,
			  NULL },
			GOOD_CLOSE } },
		{ "slice.flow", "row 1: a permission",
		    { { FLOW_IN(SHUT), 0, FLOW_IN(OPEN), NULL, &owner, NULL },
			GOOD_CLOSE } },
		{ "slice.flow", "row 1: a permission",
		    { { FLOW_IN(SHUT), 0, FLOW_IN(OPEN), "door.use",
			  &flow_by_program, NULL },
			GOOD_CLOSE } },
	};
	static const struct flow_row good[] = { GOOD_OPEN, GOOD_CLOSE, { 0 } };
	struct t *t = *state;

	t_ok(&t->ctx, with_rows(t, good));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		t_fresh(t);
		assert_int_equal(with_rows(t, bad[i].rows), FAIL_INTERNAL);
		assert_string_equal(t->ctx.failure.code, bad[i].code);
		assert_non_null(strstr(t->ctx.failure.message, bad[i].says));
		assert_non_null(strstr(t->ctx.failure.message, "doors"));
	}
}

/* Machines of one object have the same events, and a code for a wrong state. */
static void
machines_that_do_not_fit_each_other_stop_the_start(void **state)
{
	struct t *t = *state;
	struct flow other = lock;
	struct flow flow = leaf;
	struct flow_event copies[ARRAY_SIZE(events)];

	memcpy(copies, events, sizeof(copies));
	other.events = copies;
	flow.beside = &other;
	t_fails(&t->ctx, open_slice(t, &flow), FAIL_INTERNAL, "slice.flow");
	other = lock;
	other.rows = (const struct flow_row[]){
		{ FLOW_IN(LOOSE), EVENT_OPEN, FLOW_IN(LOCKED), "door.use",
		    &owner, NULL },
		{ 0 },
	};
	assert_int_equal(open_slice(t, &flow), FAIL_INTERNAL);
	assert_non_null(strstr(t->ctx.failure.message, "leaf, row 2: the flow "
						       "beside"));
	t_fresh(t);
	flow = leaf;
	flow.wrong_state = NULL;
	t_fails(&t->ctx, open_slice(t, &flow), FAIL_INTERNAL, "slice.flow");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_event_moves_all_machines_that_know_it),
		t_test(the_right_is_looked_at_before_the_state),
		t_test(
		    one_machine_that_does_not_allow_it_keeps_all_where_they_are),
		t_test(rows_of_others_do_not_help),
		t_test(a_row_with_several_targets_goes_where_the_object_says),
		t_test(what_the_program_does_is_nobodys_action),
		t_test(actions_are_offered_once_in_the_order_of_the_events),
		t_test(an_object_that_cannot_be_is_found),
		t_test(a_drawing_has_a_line_for_each_step),
		t_test(a_whole_table_opens),
		t_test(each_fault_of_a_table_stops_the_start),
		t_test(machines_that_do_not_fit_each_other_stop_the_start),
	};

	return t_run(tests);
}
