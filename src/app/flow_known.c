#include <inttypes.h>

#include "app/flow.h"
#include "core/home.h"
#include "people/people.h"

/* Is a flow's table whole?  Asked once, at start. */

struct asking {
	struct ctx *ctx;
	const char *slice;
	const struct flow *flow;
	int state_count;
	int event_count;
};

static int
count_states(const struct flow *flow)
{
	int count = 0;

	while (flow->states[count] != NULL)
		count++;
	return count;
}

static int
count_events(const struct flow *flow)
{
	int count = 0;

	while (flow->events[count].name != NULL)
		count++;
	return count;
}

static enum fail
bad_row(const struct asking *asking, const struct flow_row *row,
    const char *what)
{
	const struct flow *flow = asking->flow;

	return FAIL(asking->ctx, FAIL_INTERNAL, "slice.flow",
	    "%s: flow %s, row %d: %s", asking->slice, flow->name,
	    (int)(row - flow->rows) + 1, what);
}

static bool
is_one(unsigned set)
{
	return (set & (set - 1)) == 0;
}

static enum fail
check_right(const struct asking *asking, const struct flow_row *row)
{
	struct ctx *ctx = asking->ctx;

	if (row->by == NULL)
		return bad_row(asking, row, "by nobody");
	if ((row->permission == NULL) != (row->by == &flow_by_program))
		return bad_row(asking, row,
		    "a permission is missing, or one "
		    "is asked of the program");
	if (row->permission != NULL &&
	    !people_grants(ctx->home->people, row->permission))
		return FAIL(ctx, FAIL_INTERNAL, "slice.permission",
		    "%s: flow %s, row %d asks for %s, which no slice grants",
		    asking->slice, asking->flow->name,
		    (int)(row - asking->flow->rows) + 1, row->permission);
	return OK;
}

static enum fail
check_row(const struct asking *asking, const struct flow_row *row)
{
	const uint64_t beyond = UINT64_MAX << asking->state_count;

	if (((row->from | row->to) & beyond) != 0)
		return bad_row(asking, row, "a state that does not exist");
	if (row->event < 0 || row->event >= asking->event_count)
		return bad_row(asking, row, "an event that does not exist");
	if (is_one(row->to) != (row->choose == NULL))
		return bad_row(asking, row,
		    "several targets need a choice, one needs none");
	for (const struct flow_row *other = asking->flow->rows; other < row;
	     other++)
		if (other->event == row->event && other->by == row->by &&
		    (other->from & row->from) != 0)
			return bad_row(asking, row,
			    "the second one for its state, event and by");
	return check_right(asking, row);
}

/* The states that some way leads to, from the first one. */
static unsigned
reached(const struct flow *flow)
{
	unsigned seen = FLOW_IN(0);
	unsigned before = 0;

	while (seen != before) {
		before = seen;
		for (const struct flow_row *row = flow->rows; row->from != 0;
		     row++)
			if ((row->from & seen) != 0)
				seen |= row->to;
	}
	return seen;
}

static enum fail
check_states(const struct asking *asking)
{
	const struct flow *flow = asking->flow;
	const unsigned seen = reached(flow);

	for (int i = 0; i < asking->state_count; i++)
		if ((seen & FLOW_IN(i)) == 0)
			return FAIL(asking->ctx, FAIL_INTERNAL, "slice.flow",
			    "%s: flow %s: no way leads to %s", asking->slice,
			    flow->name, flow->states[i]);
	return OK;
}

static bool
has_row(const struct flow *flow, int event)
{
	for (const struct flow_row *row = flow->rows; row->from != 0; row++)
		if (row->event == event)
			return true;
	return false;
}

static bool
has_right(const struct flow *flow, const struct flow_row *like)
{
	for (const struct flow_row *row = flow->rows; row->from != 0; row++)
		if (row->event == like->event && row->by == like->by &&
		    text_equal(row->permission, like->permission))
			return true;
	return false;
}

/* An act is somebody's right as a whole: not one machine's and not another's. */
static enum fail
check_rights_agree(const struct asking *asking, const struct flow *head)
{
	for (const struct flow_row *row = asking->flow->rows; row->from != 0;
	     row++)
		for (const struct flow *f = head; f != NULL; f = f->beside)
			if (has_row(f, row->event) && !has_right(f, row))
				return bad_row(asking, row,
				    "the flow beside asks another right");
	return OK;
}

static bool
is_used(const struct flow *flow, int event)
{
	for (const struct flow *f = flow; f != NULL; f = f->beside)
		if (has_row(f, event))
			return true;
	return false;
}

static enum fail
check_one(struct ctx *ctx, const char *slice, const struct flow *head,
    const struct flow *flow)
{
	const struct asking asking = { ctx, slice, flow, count_states(flow),
		count_events(flow) };

	if (asking.state_count == 0 || asking.state_count > FLOW_STATES_MAX ||
	    flow->events != head->events)
		return FAIL(ctx, FAIL_INTERNAL, "slice.flow",
		    "%s: flow %s: 1 to %d states, and the events of the flow "
		    "it is beside",
		    slice, flow->name, FLOW_STATES_MAX);
	for (const struct flow_row *row = flow->rows; row->from != 0; row++)
		TRY(check_row(&asking, row));
	TRY(check_states(&asking));
	return check_rights_agree(&asking, head);
}

enum fail
flow_known(struct ctx *ctx, const char *slice, const struct flow *flow)
{
	int count = 0;

	for (const struct flow *f = flow; f != NULL; f = f->beside) {
		if (++count > FLOW_BESIDE_MAX)
			return FAIL(ctx, FAIL_INTERNAL, "slice.flow",
			    "%s: flow %s: more than %d side by side", slice,
			    flow->name, FLOW_BESIDE_MAX);
		TRY(check_one(ctx, slice, flow, f));
	}
	if (flow->wrong_state == NULL || flow->say == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "slice.flow",
		    "%s: flow %s: no words for a wrong state", slice,
		    flow->name);
	for (int i = 0; flow->events[i].name != NULL; i++)
		if (!is_used(flow, i))
			return FAIL(ctx, FAIL_INTERNAL, "slice.flow",
			    "%s: flow %s: %s has no row", slice, flow->name,
			    flow->events[i].name);
	return OK;
}
