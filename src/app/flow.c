#include "app/flow.h"

#include <assert.h>
#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"

/* The tables are checked in flow_known.c, and drawn in flow_draw.c. */

const struct flow_by flow_by_program = { .name = "the program" };

static int64_t
state_of(const struct flow *flow, const void *object)
{
	return *(
	    const int64_t *)(const void *)((const char *)object + flow->state);
}

static void
set_state(const struct flow *flow, void *object, int64_t state)
{
	*(int64_t *)(void *)((char *)object + flow->state) = state;
}

static bool
holds(struct ctx *ctx, const struct flow_row *row, const void *object)
{
	return row->by->may == NULL ||
	       row->by->may(ctx, row->permission, object);
}

/* The first row of the event, from this one on; NULL: none. */
static const struct flow_row *
next_of(const struct flow_row *row, int event)
{
	while (row->from != 0 && row->event != event)
		row++;
	return row->from == 0 ? NULL : row;
}

static enum fail
require_right(struct ctx *ctx, const struct flow *flow, int event,
    const void *object)
{
	const struct flow_row *first = next_of(flow->rows, event);
	enum fail got = OK;

	for (const struct flow_row *row = first; row != NULL;
	     row = next_of(row + 1, event))
		if (holds(ctx, row, object))
			return OK;
	if (first == NULL)
		return OK;
	got = first->by->refuse(ctx, first->permission,
	    flow->events[event].name, object);
	assert(got != OK);
	return got;
}

/* The row by which the actor may do it in the object's state; NULL: none. */
static const struct flow_row *
row_for(struct ctx *ctx, const struct flow *flow, int event, const void *object)
{
	const unsigned now = FLOW_IN(state_of(flow, object));

	for (const struct flow_row *row = next_of(flow->rows, event);
	     row != NULL; row = next_of(row + 1, event))
		if ((row->from & now) != 0 && holds(ctx, row, object))
			return row;
	return NULL;
}

static enum fail
wrong_state(struct ctx *ctx, const struct flow *flow, int event,
    const void *object)
{
	const struct flow_event *what = &flow->events[event];

	return FAIL(ctx, FAIL_CONFLICT,
	    what->wrong_state != NULL ? what->wrong_state : flow->wrong_state,
	    "%s: %s", what->name, flow->say(ctx, object));
}

enum fail
flow_require(struct ctx *ctx, const struct flow *flow, int event, void *object,
    struct flow_step *ret)
{
	size_t count = 0;

	for (const struct flow *f = flow; f != NULL; f = f->beside)
		TRY(require_right(ctx, f, event, object));
	*ret = (struct flow_step){ .object = object, .flow = flow };
	for (const struct flow *f = flow; f != NULL; f = f->beside) {
		assert(count < FLOW_BESIDE_MAX);
		ret->rows[count] = row_for(ctx, f, event, object);
		if (ret->rows[count] == NULL && next_of(f->rows, event) != NULL)
			return wrong_state(ctx, flow, event, object);
		count++;
	}
	return OK;
}

/* The one state in a set of one. */
static int64_t
only(unsigned set)
{
	int64_t state = 0;

	while ((set & FLOW_IN(state)) == 0)
		state++;
	return state;
}

static void
move_one(const struct flow *flow, const struct flow_row *row, void *object)
{
	assert((row->from & FLOW_IN(state_of(flow, object))) != 0);
	if (row->to == FLOW_STAYS)
		return;
	set_state(flow, object,
	    row->choose == NULL ? only(row->to) : row->choose(object));
	assert((row->to & FLOW_IN(state_of(flow, object))) != 0);
}

void
flow_move(const struct flow_step *step)
{
	size_t count = 0;

	for (const struct flow *f = step->flow; f != NULL; f = f->beside) {
		if (step->rows[count] != NULL)
			move_one(f, step->rows[count], step->object);
		count++;
	}
}

bool
flow_allows(struct ctx *ctx, const struct flow *flow, int event,
    const void *object)
{
	bool is_known = false;

	for (const struct flow *f = flow; f != NULL; f = f->beside) {
		const struct flow_row *row = NULL;

		if (next_of(f->rows, event) == NULL)
			continue;
		row = row_for(ctx, f, event, object);
		if (row == NULL || row->by == &flow_by_program)
			return false;
		is_known = true;
	}
	return is_known;
}

struct flow_action {
	const char *name;
	const char *href;
	const char *method;
	bool needs_reason;
};

static const char *const methods[] = { "POST", "PUT", NULL };

/* clang-format off */
static const struct shape_field action_fields[] = {
	F_TEXT(struct flow_action, name, 32, REQUIRED,
	    "an act that this person may do now", "\"submit\""),
	F_TEXT(struct flow_action, href, 200, REQUIRED,
	    "where to send it", "\"/api/v1/reports/7/submit\""),
	F_ENUM(struct flow_action, method, methods, REQUIRED,
	    "the method to use", "\"POST\""),
	F_BOOL(struct flow_action, needs_reason, REQUIRED,
	    "whether a body {reason} is needed", "false"),
};
const struct shape flow_action_shape =
    SHAPE("Action", struct flow_action, action_fields);
/* clang-format on */

static bool
has_action(const struct flow_action *actions, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(actions[i].name, name))
			return true;
	return false;
}

struct list_of
flow_allowed(struct ctx *ctx, const struct flow *flow, const void *object,
    const char *base)
{
	struct flow_action *out =
	    ARENA_ARRAY(ctx->arena, FLOW_ACTIONS_MAX, struct flow_action);
	size_t count = 0;

	for (int i = 0; flow->events[i].name != NULL; i++) {
		const struct flow_event *event = &flow->events[i];

		if (event->action == NULL ||
		    has_action(out, count, event->action) ||
		    !flow_allows(ctx, flow, i, object))
			continue;
		assert(count < FLOW_ACTIONS_MAX);
		out[count++] = (struct flow_action){
			.name = event->action,
			.href = arena_printf(ctx->arena, "%s/%s", base,
			    event->path),
			.method = event->method,
			.needs_reason = event->needs_reason,
		};
	}
	return (struct list_of){ out, count };
}

static bool
is_state(const struct flow *flow, int64_t state)
{
	int64_t count = 0;

	while (flow->states[count] != NULL)
		count++;
	return state >= 0 && state < count;
}

enum fail
flow_check(struct ctx *ctx, const struct flow *flow, const void *object)
{
	for (const struct flow *f = flow; f != NULL; f = f->beside) {
		const int64_t state = state_of(f, object);
		const char *why = NULL;

		if (!is_state(f, state))
			return FAIL(ctx, FAIL_INTERNAL, "flow.invariant",
			    "%s: %" PRId64 " is no state", f->name, state);
		if (f->broken != NULL)
			why = f->broken(object);
		if (why != NULL)
			return FAIL(ctx, FAIL_INTERNAL, "flow.invariant",
			    "%s: %s: %s", f->name, flow->say(ctx, object), why);
	}
	return OK;
}
