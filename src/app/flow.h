#ifndef APP_FLOW_H
#define APP_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "core/text.h"

/*
 * A state machine as a table: from which states an event leads where, and which
 * right it asks of whom.  From the rows come the check of an act, the allowed
 * acts of an answer, the drawing in the slice's README (`truc flow`) and the
 * test of every pair of state and event.
 *
 * The object has its state as an int64_t, an index into the states' names; it is
 * written by flow_move, and by nobody else but who reads the object's row
 * (tools/lint.py looks for that).  An object with several machines side by side
 * has a flow for each, linked by `beside`, with the same events: an event is
 * allowed if every flow that has rows for it allows it, and moves them all.
 *
 * Tables are constants of the program; everything here may be used by any thread
 * on an object of its own.
 */
#define FLOW_STATES_MAX 32
#define FLOW_BESIDE_MAX 4 /* flows of one object */

/* On what grounds somebody acts on an object: where the permission must hold. */
struct flow_by {
	const char *name; /* "the unit itself", for drawings */
	bool (
	    *may)(struct ctx *ctx, const char *permission, const void *object);
	/* The failure of who may not, FAIL_DENIED as a rule; never OK. */
	enum fail (*refuse)(struct ctx *ctx, const char *permission,
	    const char *event, const void *object);
};

/* The program does it by itself, for a job or a message: nobody is asked, and it
 * is nobody's action.  Its rows have no permission. */
extern const struct flow_by flow_by_program;

struct flow_event {
	const char *name;   /* "send_back" */
	const char *action; /* its name in answers; NULL: it is not offered.
			       Two events may have one action: whichever is
			       allowed is what the action does. */
	const char *path;   /* the last part of its address, "send-back" */
	const char *method; /* "POST" "PUT" */
	bool needs_reason;
	const char *wrong_state; /* NULL: the flow's */
};

#define FLOW_IN(state) (1U << (state))
#define FLOW_STAYS 0U

struct flow_row {
	unsigned from; /* FLOW_IN, ored */
	int event;     /* index into events */
	unsigned to;   /* FLOW_IN; FLOW_STAYS; or several, and choose */
	const char *permission;
	const struct flow_by *by;
	/* Which of `to` it is, once the object is as the act leaves it. */
	int64_t (*choose)(const void *object);
};

struct flow {
	const char *name;          /* "paper" */
	const char *const *states; /* ends with NULL; it begins in the first */
	const struct flow_event *events; /* ends with name NULL */
	const struct flow_row *rows;     /* ends with from 0 */
	size_t state; /* offsetof the int64_t in the object */
	const struct flow *beside;
	/* Of the first flow alone: the code of FAIL_CONFLICT where the state does
	 * not allow an event (unless the event has one of its own), and the object's words for the log: "report 7 is
	 * sent". */
	const char *wrong_state;
	const char *(*say)(struct ctx *ctx, const void *object);
	/* NULL if what always holds does hold, else what does not. */
	const char *(*broken)(const void *object);
};

/* A step that flow_require has allowed. */
struct flow_step {
	void *object;
	const struct flow *flow;
	const struct flow_row *rows[FLOW_BESIDE_MAX]; /* NULL: not concerned */
};

/*
 * May the actor do this to the object now?  The right is looked at first, then
 * the state.  Changes nothing; *ret is for flow_move, after which it is void.
 *	what `refuse` says	no row of the event gives the actor the right
 *	FAIL_CONFLICT		flow->wrong_state
 */
NODISCARD enum fail flow_require(struct ctx *ctx, const struct flow *flow,
    int event, void *object, struct flow_step *ret);

/* The object's states become what the rows say; the states it was required in
 * must not have changed since (assert). */
void flow_move(const struct flow_step *step);

/* Would flow_require allow it?  Never so for the rows of flow_by_program. */
bool flow_allows(struct ctx *ctx, const struct flow *flow, int event,
    const void *object);

/*
 * What the actor may do now, in the order of the events, each action once: for
 * the actions[] of an answer.  base is the object's address, without a final
 * slash.
 */
#define FLOW_ACTIONS_MAX 8 /* a shape's F_LIST of flow_action_shape */
extern const struct shape flow_action_shape;
struct list_of flow_allowed(struct ctx *ctx, const struct flow *flow,
    const void *object, const char *base);

/*
 * After an object was loaded and before it is stored: are its states states, and
 * does what always holds hold?
 *	FAIL_INTERNAL	"flow.invariant"
 */
NODISCARD enum fail flow_check(struct ctx *ctx, const struct flow *flow,
    const void *object);

/*
 * At start, for each flow of a slice (slices_open):
 *	FAIL_INTERNAL	"slice.permission"	a row asks for an unknown one
 *	FAIL_INTERNAL	"slice.flow"	a row without event, right or existing
 *			state; two rows for one (state, event, by); a state that
 *			is never reached; an event without a row, or with
 *			another right in a flow beside
 */
NODISCARD enum fail flow_known(struct ctx *ctx, const char *slice,
    const struct flow *flow);

/* A line for each step of the flow, and of those beside it, by their states. */
void flow_draw(struct text *text, const struct flow *flow);
/* The same for Graphviz. */
void flow_draw_dot(struct text *text, const struct flow *flow);

#endif
