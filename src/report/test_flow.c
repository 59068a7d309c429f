#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "core/text.h"
#include "report/paper.h"
#include "report/t_act.h"

/*
 * Every state, every act, every role, against tables that are written out here
 * and know nothing of report/flow.c.
 */
enum act {
	OPEN,
	FILL,
	SAVE,
	SUBMIT,
	SIGN,
	RETURN,
	ACCEPT,
	SEND_BACK,
	AMEND,
	DROP,
	WITHDRAW,
};
#define ACTS (WITHDRAW + 1)

/*
 * How a state is reached (open, Submit, sign, return, accept, send back, amend,
 * take back)
 * and where each act leads: "paper version", "=" where nothing changes, NULL
 * where the state does not allow it.
 */
static const struct start {
	const char *way;
	const char *state;
	const char *to[ACTS];
} starts[] = {
	{ "o", "draft none",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed none" } },
	{ "oS", "proposed none",
	    { [OPEN] = "=",
		[SIGN] = "none sent",
		[RETURN] = "returned none",
		[WITHDRAW] = "draft none" } },
	{ "oSt", "draft none",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed none" } },
	{ "oSr", "returned none",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed none" } },
	{ "oSs", "none sent",
	    { [ACCEPT] = "none accepted",
		[SEND_BACK] = "returned none",
		[AMEND] = "draft sent" } },
	{ "oSsb", "returned none",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed none" } },
	{ "oSsm", "draft sent",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed sent",
		[ACCEPT] = "draft accepted",
		[SEND_BACK] = "draft none",
		[DROP] = "none sent" } },
	{ "oSsmS", "proposed sent",
	    { [OPEN] = "=",
		[SIGN] = "none sent",
		[RETURN] = "returned sent",
		[WITHDRAW] = "draft sent",
		[ACCEPT] = "proposed accepted",
		[SEND_BACK] = "proposed none" } },
	{ "oSsmSr", "returned sent",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed sent",
		[ACCEPT] = "returned accepted",
		[SEND_BACK] = "returned none",
		[DROP] = "none sent" } },
	{ "oSsa", "none accepted", { [AMEND] = "draft accepted" } },
	{ "oSsam", "draft accepted",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed accepted",
		[DROP] = "none accepted" } },
	{ "oSsamS", "proposed accepted",
	    { [OPEN] = "=",
		[SIGN] = "none sent",
		[RETURN] = "returned accepted",
		[WITHDRAW] = "draft accepted" } },
	{ "oSsamSr", "returned accepted",
	    { [OPEN] = "=",
		[FILL] = "=",
		[SAVE] = "=",
		[SUBMIT] = "proposed accepted",
		[DROP] = "none accepted" } },
	/* What is sent back gives way to the version before. */
	{ "oSsmSs", "none sent",
	    { [ACCEPT] = "none accepted",
		[SEND_BACK] = "returned sent",
		[AMEND] = "draft sent" } },
	{ "oSsamSs", "none sent",
	    { [ACCEPT] = "none accepted",
		[SEND_BACK] = "returned accepted",
		[AMEND] = "draft sent" } },
};

enum place { HERE, ABOVE, HIGHER, HIGHEST, BESIDE, AWAY };
enum sight { ALL, SIGNED, NOTHING };

#define CAN(act) (1U << (act))
#define CLERKS \
	(CAN(OPEN) | CAN(FILL) | CAN(SAVE) | CAN(SUBMIT) | CAN(AMEND) | \
	    CAN(DROP) | CAN(WITHDRAW))
#define LEADERS (CLERKS | CAN(SIGN) | CAN(RETURN))
#define ABOVES (CAN(ACCEPT) | CAN(SEND_BACK))

static const struct person {
	enum place place;
	const char *role; /* NULL: clerk and leader */
	enum sight sees;
	unsigned can;
} persons[] = {
	{ HERE, "clerk", ALL, CLERKS },
	{ HERE, "leader", ALL, LEADERS },
	{ HERE, NULL, ALL, LEADERS },
	{ HERE, "collector", SIGNED, 0 },
	{ HERE, "viewer", SIGNED, 0 },
	{ HERE, "admin", NOTHING, 0 },
	{ ABOVE, "clerk", NOTHING, 0 },
	{ ABOVE, "leader", NOTHING, 0 },
	{ ABOVE, "collector", SIGNED, ABOVES },
	{ ABOVE, "viewer", SIGNED, 0 },
	{ HIGHER, "collector", SIGNED, 0 },
	{ HIGHEST, "collector", SIGNED, 0 },
	{ HIGHEST, "centre", SIGNED, 0 },
	{ HIGHEST, "admin", NOTHING, 0 },
	{ BESIDE, NULL, NOTHING, 0 },
	{ AWAY, NULL, NOTHING, 0 },
};

static enum fail (*const does[ACTS])(struct ctx *, void *) = {
	[OPEN] = act_open,
	[FILL] = act_open,
	[SAVE] = act_save,
	[SUBMIT] = act_submit,
	[SIGN] = act_sign,
	[RETURN] = act_send_back,
	[ACCEPT] = act_accept,
	[SEND_BACK] = act_send_back,
	[AMEND] = act_amend,
	[DROP] = act_drop,
	[WITHDRAW] = act_withdraw,
};

/* A report that stands at a start. */
struct stand {
	struct world *world;
	const struct start *start;
	const char *period;
	int64_t id;
	int unit; /* a number of a commune */
};

static struct doing
doing_of(const struct stand *stand, enum act act)
{
	return (struct doing){
		.world = stand->world,
		.id = stand->id,
		.unit = stand->world->commune[stand->unit],
		.period = stand->period,
		.cells = act == OPEN ? NULL : CELLS_GOOD,
		.reason = act == OPEN || act == FILL ? NULL : "why",
	};
}

static void
reach(struct stand *stand)
{
	static const char letters[] = "o.wSsrabm.t";
	struct t *t = stand->world->t;

	t->ctx.actor = &access_system;
	for (const char *way = stand->start->way; *way != '\0'; way++) {
		const enum act act =
		    (enum act)(strchr(letters, *way) - letters);
		struct doing doing = doing_of(stand, act);

		if (act == OPEN)
			doing.cells = CELLS_GOOD;
		t_ok(&t->ctx, t_unit(t, does[act], &doing));
		stand->id = doing.id;
		/* Without a change it could not be submitted. */
		doing.cells = CELLS_MORE;
		if (act == AMEND)
			t_ok(&t->ctx, t_unit(t, act_save, &doing));
	}
}

/* Six communes, and as many periods as it takes. */
static struct stand
stand_at(struct world *world, size_t number)
{
	static const char *const periods[] = { "2025-Q1", "2024-Q3",
		"2024-Q1" };
	struct stand stand = {
		.world = world,
		.start = &starts[number],
		.unit = (int)(number % ARRAY_SIZE(world->commune)),
	};

	assert_true(number / ARRAY_SIZE(world->commune) < ARRAY_SIZE(periods));
	stand.period = periods[number / ARRAY_SIZE(world->commune)];
	reach(&stand);
	return stand;
}

static void
be(const struct stand *stand, const struct person *person)
{
	struct world *w = stand->world;
	const int district = stand->unit / 3;
	const int64_t units[] = {
		[HERE] = w->commune[stand->unit],
		[ABOVE] = w->district[district],
		[HIGHER] = w->province,
		[HIGHEST] = w->nation,
		[BESIDE] = w->commune[3 * district + (stand->unit + 1) % 3],
		[AWAY] = w->stranger,
	};

	if (person->role == NULL)
		world_be_both(w, units[person->place]);
	else
		world_be(w, units[person->place], person->role);
}

/* What came of an act; then it is undone. */
struct trial {
	const struct stand *stand;
	enum act act;
	const char *state; /* NULL: it failed */
};

static const char *
state_text(struct ctx *ctx, int64_t id)
{
	const struct actor *before = ctx->actor;
	struct report *report = NULL;

	ctx->actor = &access_system;
	t_ok(ctx, report_load(ctx, id, 0, &report));
	ctx->actor = before;
	return arena_printf(ctx->arena, "%s %s",
	    report->work == WORK_NONE
		? "none"
		: report_state_name(report->work, STANDING_NONE),
	    report->standing == STANDING_NONE
		? "none"
		: report_state_name(WORK_NONE, report->standing));
}

static enum fail
try(struct ctx *ctx, void *arg)
{
	struct trial *trial = arg;
	struct doing doing = doing_of(trial->stand, trial->act);

	TRY(does[trial->act](ctx, &doing));
	assert_int_equal(doing.id, trial->stand->id);
	trial->state = state_text(ctx, doing.id);
	return FAIL(ctx, FAIL_BUSY, "test.undone", "seen");
}

static bool
was_signed(const struct start *start)
{
	return strchr(start->way, 's') != NULL;
}

static bool
sees(const struct start *start, const struct person *person)
{
	return person->sees == ALL ||
	       (person->sees == SIGNED && was_signed(start));
}

/* Sending back is the leader's return where the leader may, else what the unit
 * above does: each is asked of those who can the other. */
static bool
is_other(const struct person *person, enum act act)
{
	return (act == RETURN && (person->can & CAN(SEND_BACK)) != 0) ||
	       (act == SEND_BACK && (person->can & CAN(RETURN)) != 0);
}

/* The code of the failure, or NULL. */
static const char *
expected_failure(const struct start *start, const struct person *person,
    enum act act)
{
	if (act == OPEN || act == FILL) {
		if ((person->can & CAN(act)) == 0)
			return "report.unknown";
	} else if (!sees(start, person)) {
		return "report.unknown";
	}
	if ((person->can & CAN(act)) == 0)
		return "access.denied";
	if (start->to[act] == NULL)
		return act == RETURN ? "access.denied" : "report.wrong_state";
	return NULL;
}

static void
check_act(const struct stand *stand, const struct person *person, enum act act)
{
	struct t *t = stand->world->t;
	const char *code = expected_failure(stand->start, person, act);
	const char *to = stand->start->to[act];
	struct trial trial = { .stand = stand, .act = act };

	t_fresh(t);
	assert_true(t_unit(t, try, &trial) != OK);
	if (to != NULL && text_equal(to, "="))
		to = stand->start->state;
	if (!text_equal(t->ctx.failure.code,
		code == NULL ? "test.undone" : code) ||
	    (code == NULL && !text_equal(trial.state, to)))
		t_fail("%s, person %d, act %d: %s %s, not %s",
		    stand->start->way, (int)(person - persons), (int)act,
		    t->ctx.failure.code, trial.state == NULL ? "" : trial.state,
		    code == NULL ? to : code);
}

static bool
offers(const struct json *view, const char *name)
{
	const struct json *actions = json_get(view, "actions");

	for (size_t i = 0; i < json_count(actions); i++)
		if (text_equal(json_get_text(json_at(actions, i), "name"),
			name))
			return true;
	return false;
}

/* An answer offers exactly what would be done. */
static void
check_actions(const struct stand *stand, const struct person *person)
{
	static const struct {
		const char *name;
		enum act act[2];
	} offered[] = {
		{ "save", { SAVE, SAVE } },
		{ "submit", { SUBMIT, SUBMIT } },
		{ "withdraw", { WITHDRAW, WITHDRAW } },
		{ "sign", { SIGN, SIGN } },
		{ "accept", { ACCEPT, ACCEPT } },
		{ "send_back", { RETURN, SEND_BACK } },
		{ "amend", { AMEND, AMEND } },
		{ "drop", { DROP, DROP } },
	};
	const struct json *view = NULL;
	size_t count = 0;

	if (!sees(stand->start, person))
		return;
	view = act_seen(stand->world->t, stand->id);
	for (size_t i = 0; i < ARRAY_SIZE(offered); i++) {
		bool may = false;

		for (int k = 0; k < 2; k++)
			may |= expected_failure(stand->start, person,
				   offered[i].act[k]) == NULL;
		if (offers(view, offered[i].name) != may)
			t_fail("%s, person %d: %s", stand->start->way,
			    (int)(person - persons), offered[i].name);
		count += may;
	}
	assert_int_equal(json_count(json_get(view, "actions")), count);
}

static void
every_state_takes_exactly_the_acts_it_should(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		const struct stand stand = stand_at(w, i);

		t_fresh(t);
		t->ctx.actor = &access_system;
		for (size_t p = 0; p < ARRAY_SIZE(persons); p++) {
			be(&stand, &persons[p]);
			for (int act = 0; act < ACTS; act++)
				if (!is_other(&persons[p], (enum act)act))
					check_act(&stand, &persons[p],
					    (enum act)act);
			check_actions(&stand, &persons[p]);
		}
	}
}

static void
the_table_is_whole(void **state)
{
	struct t *t = *state;

	(void)world_new(t);
	t_ok(&t->ctx, flow_known(&t->ctx, "report", &report_flow));
}

/* The starts are all the states there are, so that no pair is left out. */
static void
the_starts_are_all_states(void **state)
{
	bool seen[4][3] = { { false } };
	static const char *const works[] = { "none", "draft", "proposed",
		"returned" };
	static const char *const standings[] = { "none", "sent", "accepted" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		for (int work = 0; work < 4; work++)
			for (int standing = 0; standing < 3; standing++) {
				char text[32];

				(void)snprintf(text, sizeof(text), "%s %s",
				    works[work], standings[standing]);
				seen[work][standing] |=
				    text_equal(text, starts[i].state);
			}
	for (int work = 0; work < 4; work++)
		for (int standing = 0; standing < 3; standing++)
			assert_int_equal(seen[work][standing],
			    work != 0 || standing != 0);
}

/* ---- what always holds -------------------------------------------------- */

static const char *
good_report(struct ctx *ctx, struct report *report, int64_t id)
{
	struct report *loaded = NULL;

	t_ok(ctx, report_load(ctx, id, 0, &loaded));
	*report = *loaded;
	return flow_check(ctx, &report_flow, report) == OK ? NULL : "broken";
}

static enum fail
break_each(struct ctx *ctx, void *arg)
{
	const struct stand *stand = arg;
	static const int64_t odd = -1;
	struct report report = { 0 };
	int64_t *const fields[] = { &report.work, &report.standing,
		&report.sent_version, &report.accepted_version,
		&report.last_version, &report.first_sent_us };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		assert_null(good_report(ctx, &report, stand->id));
		*fields[i] = i == ARRAY_SIZE(fields) - 1 ? 0 : odd;
		t_fails(ctx, flow_check(ctx, &report_flow, &report),
		    FAIL_INTERNAL, "flow.invariant");
		t_fails(ctx, report_store(ctx, &report, report.revision),
		    FAIL_INTERNAL, "flow.invariant");
	}
	assert_null(good_report(ctx, &report, stand->id));
	report.draft = NULL;
	report.has_changed = false;
	t_fails(ctx, flow_check(ctx, &report_flow, &report), FAIL_INTERNAL,
	    "flow.invariant");
	return OK;
}

static void
a_report_that_cannot_be_is_not_stored(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct stand stand = stand_at(w, 6); /* a draft beside what is sent */

	t_ok(&t->ctx, t_unit(t, break_each, &stand));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_state_takes_exactly_the_acts_it_should),
		t_test(the_table_is_whole),
		t_test(the_starts_are_all_states),
		t_test(a_report_that_cannot_be_is_not_stored),
	};

	return t_run(tests);
}
