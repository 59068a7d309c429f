#include <string.h>

#include "app/flow.h"

/* Drawings of flows, for papers. */

static int
longer(int width, const char *word)
{
	const int length = (int)strlen(word);

	return length > width ? length : width;
}

/* "none or sent": the names of a set. */
static void
add_set(struct text *text, const struct flow *flow, unsigned set)
{
	const char *between = "";

	for (int i = 0; flow->states[i] != NULL; i++) {
		if ((set & FLOW_IN(i)) == 0)
			continue;
		text_addf(text, "%s%s", between, flow->states[i]);
		between = " or ";
	}
}

static int
set_width(const struct flow *flow, unsigned set)
{
	int width = -4;

	for (int i = 0; flow->states[i] != NULL; i++)
		if ((set & FLOW_IN(i)) != 0)
			width += 4 + (int)strlen(flow->states[i]);
	return width;
}

static void
add_right(struct text *text, const struct flow_row *row)
{
	if (row->permission != NULL)
		text_addf(text, "%s, ", row->permission);
	text_add(text, row->by->name);
}

/* How wide the drawing's columns are. */
struct widths {
	int name;
	int state;
	int event;
	int to;
};

static void
draw_step(struct text *text, const struct widths *widths,
    const struct flow *flow, int state, const struct flow_row *row)
{
	const char *event = flow->events[row->event].name;
	const unsigned to = row->to == FLOW_STAYS ? FLOW_IN(state) : row->to;

	text_addf(text, "%-*s  %-*s  --%s", widths->name, flow->name,
	    widths->state, flow->states[state], event);
	for (int i = (int)strlen(event); i < widths->event; i++)
		text_add(text, "-");
	text_add(text, "-->  ");
	add_set(text, flow, to);
	for (int i = set_width(flow, to); i < widths->to; i++)
		text_add(text, " ");
	text_add(text, "  ");
	add_right(text, row);
	text_add(text, "\n");
}

static struct widths
measure(const struct flow *flow)
{
	struct widths widths = { 0 };

	for (const struct flow *f = flow; f != NULL; f = f->beside) {
		widths.name = longer(widths.name, f->name);
		for (int i = 0; f->states[i] != NULL; i++)
			widths.state = longer(widths.state, f->states[i]);
		for (const struct flow_row *row = f->rows; row->from != 0;
		     row++)
			if (set_width(f, row->to) > widths.to)
				widths.to = set_width(f, row->to);
	}
	/* What stays has its own name there. */
	if (widths.state > widths.to)
		widths.to = widths.state;
	for (int i = 0; flow->events[i].name != NULL; i++)
		widths.event = longer(widths.event, flow->events[i].name);
	return widths;
}

static void
dot_step(struct text *text, const struct flow *flow, int state,
    const struct flow_row *row)
{
	const unsigned to = row->to == FLOW_STAYS ? FLOW_IN(state) : row->to;

	for (int i = 0; flow->states[i] != NULL; i++) {
		if ((to & FLOW_IN(i)) == 0)
			continue;
		text_addf(text, "\t\"%s %s\" -> \"%s %s\" [label=\"%s\\n",
		    flow->name, flow->states[state], flow->name,
		    flow->states[i], flow->events[row->event].name);
		add_right(text, row);
		text_add(text, "\"];\n");
	}
}

/* Each step of each flow, state by state. */
static void
each_step(struct text *text, const struct flow *flow,
    const struct widths *widths)
{
	for (int state = 0; flow->states[state] != NULL; state++)
		for (const struct flow_row *row = flow->rows; row->from != 0;
		     row++) {
			if ((row->from & FLOW_IN(state)) == 0)
				continue;
			if (widths == NULL)
				dot_step(text, flow, state, row);
			else
				draw_step(text, widths, flow, state, row);
		}
}

void
flow_draw(struct text *text, const struct flow *flow)
{
	const struct widths widths = measure(flow);

	for (const struct flow *f = flow; f != NULL; f = f->beside)
		each_step(text, f, &widths);
}

void
flow_draw_dot(struct text *text, const struct flow *flow)
{
	text_addf(text, "digraph \"%s\" {\n", flow->name);
	for (const struct flow *f = flow; f != NULL; f = f->beside)
		each_step(text, f, NULL);
	text_add(text, "}\n");
}
