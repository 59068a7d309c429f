#ifndef CUBE_T_MODEL_H
#define CUBE_T_MODEL_H

#include "t_world.h"

#include <stdlib.h>

#include "core/home.h"

/*
 * The naive recount: a list of everything that happened, replayed from the start
 * for each question and added up unit by unit.  It shares with the cube only
 * where the directory places a unit.
 */
#define EVENTS_MAX 3000
#define VERSIONS_MAX 40
#define HEIRS_MAX 64

struct happened {
	struct cube_event event;
	int period; /* 0 or 1 */
	int64_t values[WORLD_CELLS];
	uint8_t states[WORLD_CELLS];
};

struct model {
	struct world world;
	struct period periods[2];
	struct happened *events;
	size_t count;
	int64_t next_index;
};

/* What the model knows of one unit at an index. */
struct said {
	const struct happened *counts; /* NULL */
	int64_t first_us;
	int64_t changed; /* -1 */
	bool signed_ever;
};

static inline struct said
model_said(const struct model *m, int period, int64_t unit, enum basis basis,
    int64_t index)
{
	const struct happened *versions[VERSIONS_MAX] = { 0 };
	bool returned[VERSIONS_MAX] = { 0 };
	bool accepted[VERSIONS_MAX] = { 0 };
	struct said said = { .changed = -1 };

	for (size_t i = 0; i < m->count; i++) {
		const struct happened *h = &m->events[i];
		const int v = h->event.version;

		if (h->period != period || h->event.unit != unit ||
		    h->event.index >= index)
			continue;
		if (h->event.act == CUBE_SENT) {
			versions[v] = h;
			if (!said.signed_ever)
				said.first_us = h->event.at_us;
			said.signed_ever = true;
			said.changed = h->event.index;
		} else if (h->event.act == CUBE_RETURNED) {
			returned[v] = true;
			said.changed = h->event.index;
		} else if (h->event.act == CUBE_ACCEPTED) {
			accepted[v] = true;
		}
	}
	for (int v = 0; v < VERSIONS_MAX; v++)
		if (versions[v] != NULL && !returned[v] &&
		    (basis == BASIS_SENT || accepted[v]))
			said.counts = versions[v];
	return said;
}

static int64_t
model_closed(const struct model *m, int period, int64_t unit, int64_t index)
{
	int64_t closed = -1;

	for (size_t i = 0; i < m->count; i++)
		if (m->events[i].period == period &&
		    m->events[i].event.unit == unit &&
		    m->events[i].event.act >= CUBE_CLOSED &&
		    m->events[i].event.index < index)
			closed = m->events[i].event.act == CUBE_CLOSED
				     ? m->events[i].event.index
				     : -1;
	return closed;
}

/* Is a unit at or below one of the asked rows (but for the total)? */
static inline bool
in_some_row(const struct cube_question *q, int unit)
{
	const struct structure *st = q->structure;

	for (int u = unit; u >= 0; u = structure_parent(st, u)) {
		if (q->level >= 0 && structure_level(st, u) == q->level)
			return true;
		if (q->level < 0 && structure_parent(st, u) == q->children_of)
			return true;
	}
	return false;
}

/* Does the row hold all that is at a unit? */
static inline bool
holds(const struct cube_question *q, const struct cube_row *row, int at,
    bool whole)
{
	const int top =
	    q->level >= 0 ? structure_root(q->structure) : q->children_of;

	switch (row->kind) {
	case ROW_UNIT:
	case ROW_TOTAL:
		return structure_below(q->structure, row->unit, at);
	case ROW_OTHER:
		return whole && structure_below(q->structure, top, at) &&
		       !in_some_row(q, at);
	case ROW_UNALLOCATED:
		return !whole && structure_below(q->structure, top, at) &&
		       !in_some_row(q, at);
	}
	return false;
}

static inline int
compare_ids(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* Give value out by ones, round by round, in the order of ids. */
static int64_t
share_of(const struct directory *dir, const struct placement *p, int heir,
    int64_t value)
{
	int64_t ids[HEIRS_MAX];
	const int64_t n = (int64_t)p->heir_count;
	int64_t lowest = value >= 0 ? value / n : -((-value + n - 1) / n);
	int64_t left = value - lowest * n;

	assert_true(p->heir_count <= HEIRS_MAX);
	for (size_t i = 0; i < p->heir_count; i++)
		ids[i] = directory_at(dir, p->heirs[i])->id;
	qsort(ids, p->heir_count, sizeof(ids[0]), compare_ids);
	for (int64_t i = 0; i < left; i++)
		if (ids[i] == directory_at(dir, heir)->id)
			return lowest + 1;
	return lowest;
}

struct cell_sum {
	i128 total;
	int64_t last;
	uint32_t values;
	uint32_t nones;
	uint32_t withhelds;
	bool marked;
};

static inline void
add_value(struct cell_sum *sum, enum aggregation how, const struct happened *h,
    int64_t value)
{
	sum->values++;
	if (how == AGG_SUM)
		sum->total += value;
	else if (how == AGG_LAST && h->event.index >= sum->last) {
		sum->total = value;
		sum->last = h->event.index;
	} else if (how == AGG_MIN && (sum->values == 1 || value < sum->total))
		sum->total = value;
	else if (how == AGG_MAX && (sum->values == 1 || value > sum->total))
		sum->total = value;
	else if (how == AGG_NONE)
		sum->total = sum->values == 1 ? value : 0;
}

/* One report into one cell of one row. */
static inline void
add_said(const struct cube_question *q, const struct cube_row *row, int cell,
    const struct happened *h, const struct placement *p, struct cell_sum *sum)
{
	const enum aggregation how =
	    form_column_at(q->version, (size_t)cell)->aggregation;
	const bool value = h->states[cell] == CELL_VALUE;
	const bool spreads = q->apportion && !p->whole && p->heir_count > 0 &&
			     value && how == AGG_SUM;
	const bool held = holds(q, row, p->at, p->whole);

	if (held && !(spreads && row->kind == ROW_UNALLOCATED)) {
		if (value)
			add_value(sum, how, h, h->values[cell]);
		sum->nones += h->states[cell] == CELL_NONE;
		sum->withhelds += h->states[cell] == CELL_WITHHELD;
		return;
	}
	if (!spreads || row->kind == ROW_UNALLOCATED)
		return;
	for (size_t i = 0; i < p->heir_count; i++) {
		const int heir = p->heirs[i];

		if (!holds(q, row, heir, true))
			continue;
		if (row->kind == ROW_OTHER && in_some_row(q, p->at))
			continue;
		sum->total += share_of(q->dir, p, heir, h->values[cell]);
		sum->marked = true;
	}
}

static inline void
check_cell(const struct model *m, const struct cube_question *q, int period,
    const struct cube_row *row, size_t j)
{
	const int cell = q->cells == NULL ? (int)j : q->cells[j];
	struct cell_sum sum = { .last = -1 };

	for (size_t u = 0; u < m->world.count; u++) {
		const struct said said =
		    model_said(m, period, m->world.ids[u], q->basis, q->index);
		const struct unit *unit =
		    directory_unit(q->dir, m->world.ids[u]);

		if (said.counts != NULL)
			add_said(q, row, cell, said.counts,
			    structure_place(q->structure, unit->number), &sum);
	}
	assert_true(row->totals[j] == sum.total);
	assert_int_equal(row->values[j], sum.values);
	assert_int_equal(row->nones[j], sum.nones);
	assert_int_equal(row->withhelds[j], sum.withhelds);
	if (q->apportion)
		assert_int_equal(row->apportioned[j] != 0, sum.marked);
	else
		assert_null(row->apportioned);
	if (sum.values > 0 || sum.marked)
		assert_int_equal(cube_row_state(row, j), CELL_VALUE);
	else if (sum.withhelds > 0)
		assert_int_equal(cube_row_state(row, j), CELL_WITHHELD);
	else
		assert_int_equal(cube_row_state(row, j),
		    sum.nones > 0 ? CELL_NONE : CELL_MISSING);
}

static inline void
check_coverage(const struct model *m, const struct cube_question *q, int period,
    const struct cube_row *row)
{
	const struct structure *own = directory_structure(q->dir, q->period.to);
	uint32_t expected = 0;
	uint32_t reported = 0;
	uint32_t late = 0;
	int64_t changed = -1;
	int64_t closed = -1;

	for (size_t u = 0; u < m->world.count; u++) {
		const struct unit *unit =
		    directory_unit(q->dir, m->world.ids[u]);
		const struct placement *p =
		    structure_place(q->structure, unit->number);
		const struct said said =
		    model_said(m, period, unit->id, q->basis, q->index);
		day deadline = 0;

		if (!holds(q, row, p->at, p->whole))
			continue;
		if (said.changed > changed)
			changed = said.changed;
		if (!regime_owes(q->version->form, own, q->dir, unit->number,
			&q->period, &deadline))
			continue;
		expected++;
		reported += said.counts != NULL;
		late +=
		    said.counts != NULL && day_of_us(said.first_us) > deadline;
	}
	assert_int_equal(row->expected, expected);
	assert_int_equal(row->reported, reported);
	assert_int_equal(row->late, late);
	if (row->unit >= 0)
		closed = model_closed(m, period,
		    directory_at(q->dir, row->unit)->id, q->index);
	assert_int_equal(row->closed, closed >= 0);
	assert_int_equal(row->restated, closed >= 0 && changed > closed);
}

/* total = units + other + unallocated, for every sum. */
static inline void
check_sum(const struct cube_question *q, const struct cube_row *rows,
    size_t count)
{
	for (size_t j = 0; j < WORLD_CELLS; j++) {
		i128 sum = 0;

		if (form_column_at(q->version, j)->aggregation != AGG_SUM)
			continue;
		for (size_t r = 0; r + 1 < count; r++)
			sum += rows[r].totals[j];
		assert_true(sum == rows[count - 1].totals[j]);
	}
}

static inline void
check(struct model *m, struct cube_question *q, int period)
{
	struct ctx *ctx = &m->world.t->ctx;
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;

	t_ok(ctx, cube_ask(ctx, q, &rows, &count, &index));
	assert_int_equal(index,
	    q->index < m->next_index ? q->index : m->next_index);
	assert_int_equal(rows[count - 1].kind, ROW_TOTAL);
	for (size_t r = 0; r < count; r++) {
		check_coverage(m, q, period, &rows[r]);
		for (size_t j = 0; j < WORLD_CELLS; j++)
			check_cell(m, q, period, &rows[r], j);
	}
	check_sum(q, rows, count);
}

static inline struct cube_question
question(struct model *m, int period, const char *on, enum basis basis)
{
	struct ctx *ctx = &m->world.t->ctx;
	const struct directory *dir = directory_now(ctx);
	const day d = on == NULL ? m->periods[period].to : world_day(on);

	return (struct cube_question){ .version = world_version(m->world.t),
		.period = m->periods[period],
		.dir = dir,
		.structure = directory_structure(dir, d),
		.basis = basis,
		.index = INT64_MAX,
		.children_of = -1,
		.level = -1 };
}

/* Random cells; a third of the reports is all values. */
static inline void
fill(struct model *m, struct happened *h)
{
	const bool full = world_dice(&m->world, 3) == 0;

	for (size_t c = 0; c < WORLD_CELLS; c++) {
		h->states[c] =
		    full ? CELL_VALUE : (uint8_t)world_dice(&m->world, 4);
		h->values[c] = h->states[c] == CELL_VALUE
				   ? (int64_t)world_dice(&m->world, 41) - 20
				   : 0;
		/* Eight such sums leave 64 bits. */
		if (c == 1 && h->states[c] == CELL_VALUE)
			h->values[c] += INT64_C(1152921504606846976);
	}
}

/* The next act on a random unit that its report's state allows. */
static inline bool
think(struct model *m, struct happened *h)
{
	struct world *w = &m->world;
	struct cube_event *e = &h->event;
	int last = 0;
	bool returned = true;
	bool accepted = false;

	h->period = (int)world_dice(w, 2);
	e->unit = w->ids[world_dice(w, w->count)];
	for (size_t i = 0; i < m->count; i++) {
		const struct happened *past = &m->events[i];

		if (past->period != h->period || past->event.unit != e->unit)
			continue;
		if (past->event.act == CUBE_SENT) {
			last = past->event.version;
			returned = false;
			accepted = false;
		}
		returned = returned || past->event.act == CUBE_RETURNED;
		accepted = accepted || past->event.act == CUBE_ACCEPTED;
	}
	e->version = last;
	e->report = e->unit * 10 + h->period;
	e->index = m->next_index + (int64_t)world_dice(w, 3);
	e->at_us = day_start_us(m->periods[h->period].to) +
		   (int64_t)world_dice(w, 9) * DAY_US + (int64_t)m->count;
	switch (world_dice(w, 12)) {
	case 0:
		e->act = world_dice(w, 3) == 0 ? CUBE_REOPENED : CUBE_CLOSED;
		return true;
	case 1:
	case 2:
		e->act = CUBE_RETURNED;
		return last > 0 && !returned && !accepted;
	case 3:
	case 4:
	case 5:
		e->act = CUBE_ACCEPTED;
		return last > 0 && !returned && !accepted;
	default:
		e->act = CUBE_SENT;
		e->version = last + 1;
		fill(m, h);
		return e->version < VERSIONS_MAX;
	}
}

static inline void
happen(struct model *m, int times)
{
	struct ctx *ctx = &m->world.t->ctx;

	while (times > 0) {
		struct happened *h = &m->events[m->count];

		assert_true(m->count < EVENTS_MAX);
		memset(h, 0, sizeof(*h));
		if (!think(m, h))
			continue;
		h->event.values = h->values;
		h->event.states = h->states;
		t_ok(ctx, cube_replay(ctx, world_version(m->world.t),
			      &m->periods[h->period], &h->event));
		m->next_index = h->event.index + 1;
		m->count++;
		times--;
	}
}

static inline void
free_events(void *object)
{
	free(object);
}

static inline struct model *
model_make(struct t *t, uint64_t seed)
{
	struct model *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	t_defer(t, free_events, m);
	m->events = calloc(EVENTS_MAX, sizeof(*m->events));
	assert_non_null(m->events);
	t_defer(t, free_events, m->events);
	world_make(&m->world, t, seed);
	m->next_index = ledger_size(t->home.ledger);
	/* One period of the old provinces, one of the new. */
	m->periods[0] = world_period("2025-Q1");
	m->periods[1] = world_period("2025-Q3");
	return m;
}

/* A report of given first cells by one unit. */
static inline void
say(struct model *m, int period, int64_t unit, enum cube_act act, int version,
    int64_t value, enum cell_state cell)
{
	struct ctx *ctx = &m->world.t->ctx;
	struct happened *h = &m->events[m->count++];

	h->period = period;
	for (size_t c = 0; c < WORLD_CELLS; c++) {
		h->states[c] = (uint8_t)cell;
		h->values[c] = value;
	}
	h->event = (struct cube_event){ .act = act,
		.unit = unit,
		.version = version,
		.index = m->next_index++,
		.at_us = day_start_us(m->periods[period].to),
		.report = unit,
		.values = h->values,
		.states = h->states };
	t_ok(ctx, cube_replay(ctx, world_version(m->world.t),
		      &m->periods[period], &h->event));
}

static inline struct cube_row
total_of(struct model *m, int period, enum basis basis, int64_t index)
{
	struct ctx *ctx = &m->world.t->ctx;
	struct cube_question q = question(m, period, NULL, basis);
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t answered = 0;

	q.children_of = structure_root(q.structure);
	q.index = index;
	t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &answered));
	return rows[count - 1];
}

#endif
