#include "org/t_org.h"

#include <stdlib.h>
#include <string.h>

#include "core/random.h"

/*
 * Random reorganisations against a small model that knows nothing of pictures:
 * lists of what was done, and recursion.
 */
#define UNITS_MAX 200
#define EDGES_MAX 400
#define VERSIONS_MAX 12
#define BEGIN 20000 /* first day of everything; reforms follow each 100 days */
#define STEP 100
#define REFORMS 5

struct m_version {
	day from;
	int parent;
	int level;
};

struct m_unit {
	day from;
	day to;
	struct m_version versions[VERSIONS_MAX];
	int version_count;
};

struct m_edge {
	int from;
	int to;
	day on;
	bool whole;
};

struct model {
	struct m_unit units[UNITS_MAX]; /* index: id - 1 */
	int count;
	struct m_edge edges[EDGES_MAX];
	int edge_count;
	struct unit_batch *batch; /* told the same */
	struct random dice;
};

static int
below(struct model *m, int n)
{
	return (int)random_below(&m->dice, (uint64_t)n);
}

/* --- doing, in the model and in the batch -------------------------------- */

static void
do_version(struct model *m, int unit, day from, int level, int parent)
{
	static const char *const types[] = { "government", "province",
		"district", "commune" };
	struct m_unit *u = &m->units[unit];

	assert_true(u->version_count < VERSIONS_MAX);
	u->versions[u->version_count++] =
	    (struct m_version){ from, parent, level };
	unit_batch_version(m->batch, &(struct unit_version_new){
					 .unit = unit + 1,
					 .from = from,
					 .name = types[level],
					 .type = types[level],
					 .level = level,
					 .parent = parent + 1,
				     });
}

static int
do_unit(struct model *m, day from, int level, int parent)
{
	const int unit = m->count++;

	assert_true(m->count <= UNITS_MAX);
	assert_int_equal(unit_batch_unit(m->batch), unit + 1);
	m->units[unit] = (struct m_unit){ .from = from, .to = DAY_OPEN };
	do_version(m, unit, from, level, parent);
	return unit;
}

static void
do_end(struct model *m, int unit, day on)
{
	m->units[unit].to = on;
	unit_batch_end(m->batch, unit + 1, on);
}

static void
do_edge(struct model *m, int from, int to, day on, bool whole)
{
	for (int i = 0; i < m->edge_count; i++)
		if (m->edges[i].from == from && m->edges[i].to == to &&
		    m->edges[i].on == on)
			return;
	assert_true(m->edge_count < EDGES_MAX);
	m->edges[m->edge_count++] = (struct m_edge){ from, to, on, whole };
	unit_batch_succession(m->batch, from + 1, to + 1, on,
	    whole ? "whole" : "part", "");
}

/* --- what the model says ------------------------------------------------- */

static bool
m_alive(const struct model *m, int unit, day on)
{
	return m->units[unit].from <= on && on < m->units[unit].to;
}

static const struct m_version *
m_version(const struct model *m, int unit, day on)
{
	const struct m_version *found = NULL;

	for (int i = 0; i < m->units[unit].version_count; i++)
		if (m->units[unit].versions[i].from <= on)
			found = &m->units[unit].versions[i];
	assert_non_null(found);
	return found;
}

static bool
m_below(const struct model *m, int above, int unit, day on)
{
	if (!m_alive(m, above, on) || !m_alive(m, unit, on))
		return false;
	while (unit >= 0 && unit != above)
		unit = m_version(m, unit, on)->parent;
	return unit == above;
}

/* The lowest living unit that holds all marked ones. */
static int
m_common(const struct model *m, const bool *marked, day on)
{
	int best = -1;

	for (int a = 0; a < m->count; a++) {
		bool holds = m_alive(m, a, on);

		for (int i = 0; holds && i < m->count; i++)
			holds = !marked[i] || m_below(m, a, i, on);
		if (holds && (best < 0 || m_below(m, best, a, on)))
			best = a;
	}
	return best;
}

/* The day to ask about a unit that is not alive. */
static day
m_edge_day(const struct model *m, int unit, day on)
{
	return m->units[unit].to <= on ? m->units[unit].to - 1
				       : m->units[unit].from;
}

static int
m_province(const struct model *m, int unit, day on)
{
	const day edge = m_edge_day(m, unit, on);

	unit = m_version(m, unit, edge)->parent;
	while (unit >= 0 && m_version(m, unit, edge)->level > 1)
		unit = m_version(m, unit, edge)->parent;
	return unit < 0 || m_version(m, unit, edge)->level == 0 ? -1 : unit;
}

struct m_place {
	bool heirs[UNITS_MAX];
	bool substitutes[UNITS_MAX];
	bool covers[UNITS_MAX]; /* what the common unit must hold */
	bool lost;
};

static void
m_add(const struct model *m, bool *to, const bool *from)
{
	for (int i = 0; i < m->count; i++)
		to[i] |= from[i];
}

static int
m_root(const struct model *m, day on)
{
	for (int i = 0; i < m->count; i++)
		if (m_alive(m, i, on) && m_version(m, i, on)->parent < 0)
			return i;
	return -1;
}

static void
m_find(const struct model *m, int unit, day on, struct m_place *place)
{
	const bool dead = m->units[unit].to <= on;
	int n = 0;
	bool whole = true;

	if (m_alive(m, unit, on)) {
		place->heirs[unit] = true;
		place->substitutes[unit] = true;
		place->covers[unit] = true;
		return;
	}
	for (int i = 0; i < m->edge_count; i++) {
		const struct m_edge *e = &m->edges[i];

		if (dead ? e->from != unit || e->on != m->units[unit].to
			 : e->to != unit || e->on != m->units[unit].from)
			continue;
		n++;
		whole = !dead || e->whole;
		m_find(m, dead ? e->to : e->from, on, place);
	}
	if (n > 1 || (n == 1 && whole))
		return;
	const int province = m_province(m, unit, on);
	struct m_place *inner = calloc(1, sizeof(*inner));

	place->lost = true;
	if (province >= 0)
		m_find(m, province, on, inner);
	else
		inner->covers[m_root(m, on)] = true;
	m_add(m, place->covers, inner->covers);
	if (n == 0 && province >= 0)
		m_add(m, place->substitutes, inner->substitutes);
	free(inner);
}

/* --- the reforms --------------------------------------------------------- */

static int
alive_of_level(struct model *m, int level, day on)
{
	for (int tries = 0; tries < 1000; tries++) {
		const int unit = below(m, m->count);

		if (m_alive(m, unit, on) && m->units[unit].from < on &&
		    m_version(m, unit, on)->level == level)
			return unit;
	}
	return -1;
}

/* Some communes become some others, of a random province or district. */
static void
reform_communes(struct model *m, day on)
{
	const int old_count = 1 + below(m, 3);
	const int new_count = 1 + below(m, 3);
	int old[3];
	int now[3];
	const int like = alive_of_level(m, LEVEL_COMMUNE, on);

	if (like < 0)
		return;
	for (int i = 0; i < new_count; i++)
		now[i] = do_unit(m, on, LEVEL_COMMUNE,
		    m_version(m, like, on)->parent);
	for (int i = 0; i < old_count; i++) {
		old[i] = alive_of_level(m, LEVEL_COMMUNE, on);
		if (old[i] < 0 || m->units[old[i]].to == on)
			continue;
		do_end(m, old[i], on);
		for (int k = 0; k < new_count; k++)
			if (below(m, 3) > 0)
				do_edge(m, old[i], now[k], on, below(m, 4) > 0);
	}
}

/* Everybody directly below goes under another unit. */
static void
move_children(struct model *m, int from, int to, day on)
{
	for (int i = 0; i < m->count; i++)
		if (m_alive(m, i, on) && i != to &&
		    m_version(m, i, on)->parent == from) {
			struct m_unit *u = &m->units[i];
			const int level = m_version(m, i, on)->level;

			if (u->versions[u->version_count - 1].from == on)
				u->version_count--;
			do_version(m, i, on, level, to);
		}
}

static void
reform_provinces(struct model *m, day on)
{
	const int a = alive_of_level(m, LEVEL_PROVINCE, on);
	const int b = alive_of_level(m, LEVEL_PROVINCE, on);
	int now = -1;

	if (a < 0 || b < 0)
		return;
	now = do_unit(m, on, LEVEL_PROVINCE, 0);
	move_children(m, a, now, on);
	move_children(m, b, now, on);
	do_end(m, a, on);
	if (b != a)
		do_end(m, b, on);
	if (below(m, 5) > 0)
		do_edge(m, a, now, on, true);
	if (b != a && below(m, 5) > 0)
		do_edge(m, b, now, on, true);
}

static void
reform_districts(struct model *m, day on)
{
	const int district = alive_of_level(m, LEVEL_DISTRICT, on);

	if (district < 0)
		return;
	move_children(m, district, m_version(m, district, on)->parent, on);
	do_end(m, district, on);
}

static void
first_country(struct model *m)
{
	do_unit(m, BEGIN, LEVEL_NATION, -1);
	for (int p = 0; p < 4; p++) {
		const int province = do_unit(m, BEGIN, LEVEL_PROVINCE, 0);

		for (int d = 0; d < 2; d++) {
			const int district =
			    do_unit(m, BEGIN, LEVEL_DISTRICT, province);

			for (int c = 0; c < 4; c++)
				do_unit(m, BEGIN, LEVEL_COMMUNE, district);
		}
		do_unit(m, BEGIN, LEVEL_COMMUNE, province);
	}
}

static enum fail
live(struct ctx *ctx, void *arg)
{
	struct model *m = arg;

	TRY(unit_batch_new(ctx, "model", &m->batch));
	first_country(m);
	for (int i = 1; i <= REFORMS; i++) {
		const day on = BEGIN + i * STEP;

		reform_communes(m, on);
		reform_communes(m, on);
		reform_communes(m, on);
		if (below(m, 2) == 0)
			reform_districts(m, on);
		if (below(m, 2) == 0)
			reform_provinces(m, on);
	}
	return unit_batch_record(ctx, m->batch, "unit.import", 0);
}

/* --- comparing ----------------------------------------------------------- */

static void
compare_hierarchy(const struct model *m, const struct structure *st, day on)
{
	size_t alive = 0;
	size_t count = 0;
	const int *units = structure_units(st, &count);
	bool *seen = calloc(UNITS_MAX, sizeof(*seen));

	for (int i = 0; i < m->count; i++) {
		const bool is = m_alive(m, i, on);
		size_t children = 0;
		size_t expected = 0;

		alive += is;
		assert_int_equal(structure_level(st, i),
		    is ? m_version(m, i, on)->level : -1);
		assert_int_equal(structure_parent(st, i),
		    is ? m_version(m, i, on)->parent : -1);
		for (int k = 0; k < m->count; k++)
			expected += m_alive(m, k, on) &&
				    m_version(m, k, on)->parent == i;
		for (const int *c = structure_children(st, i, &children);
		     children > 0; children--, c++, expected--)
			assert_int_equal(structure_parent(st, *c), i);
		assert_int_equal(expected, 0);
	}
	assert_int_equal(count, alive);
	assert_int_equal(structure_root(st), m_root(m, on));
	for (size_t i = 0; i < count; i++) {
		const int parent = structure_parent(st, units[i]);

		assert_true(parent < 0 || seen[parent]);
		seen[units[i]] = true;
	}
	free(seen);
}

static void
compare_place(const struct model *m, const struct structure *st, int unit,
    day on)
{
	struct m_place *place = calloc(1, sizeof(*place));
	const struct placement *got = structure_place(st, unit);
	size_t heirs = 0;

	m_find(m, unit, on, place);
	for (int i = 0; i < m->count; i++)
		heirs += place->heirs[i];
	assert_int_equal(got->whole, !place->lost && heirs == 1);
	assert_int_equal(got->heir_count, place->lost ? 0 : heirs);
	for (size_t i = 0; i < got->heir_count; i++)
		assert_true(place->heirs[got->heirs[i]]);
	assert_int_equal(got->at, m_common(m, place->covers, on));
	free(place);
}

static void
compare_reach(const struct model *m, struct t *t, int scope, int unit, day on)
{
	struct m_place *place = calloc(1, sizeof(*place));
	bool wide = scope == unit;
	bool narrow = scope == unit;

	m_find(m, unit, on, place);
	for (int i = 0; i < m->count && m->units[unit].from <= on; i++)
		if (place->substitutes[i]) {
			wide |= m_below(m, scope, i, on);
			narrow |= scope == i;
		}
	assert_int_equal(org_reach(&t->ctx, scope + 1, unit + 1, on, true),
	    wide);
	assert_int_equal(org_reach(&t->ctx, scope + 1, unit + 1, on, false),
	    narrow);
	free(place);
}

static void
compare_above(const struct model *m, const struct directory *dir, int unit,
    day on)
{
	const bool is = m_alive(m, unit, on);
	const int parent =
	    m_version(m, unit, is ? on : m_edge_day(m, unit, on))->parent;
	int expected = parent;

	if (parent >= 0 && !m_alive(m, parent, on)) {
		struct m_place *place = calloc(1, sizeof(*place));

		m_find(m, parent, on, place);
		expected = m_common(m, place->covers, on);
		free(place);
	}
	assert_int_equal(directory_above(dir, unit, on), expected);
}

static void
compare_all(struct model *m, struct t *t)
{
	const struct directory *dir = directory_now(&t->ctx);

	assert_int_equal(directory_count(dir), m->count);
	for (day on = BEGIN; on <= BEGIN + REFORMS * STEP; on += STEP / 2) {
		const struct structure *st = directory_structure(dir, on);

		assert_true(structure_day(st) <= on);
		compare_hierarchy(m, st, on);
		for (int i = 0; i < m->count; i++) {
			compare_place(m, st, i, on);
			compare_above(m, dir, i, on);
			compare_reach(m, t, below(m, m->count), i, on);
		}
	}
}

static void
random_reorganisations_are_placed_as_a_naive_model_says(void **state)
{
	struct t *t = *state;
	struct model *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	for (uint64_t seed = 1; seed <= 40; seed++) {
		memset(m, 0, sizeof(*m));
		random_seed(&m->dice, seed);
		t_org(t);
		t_ok(&t->ctx, t_unit(t, live, m));
		compare_all(m, t);
	}
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(random_reorganisations_are_placed_as_a_naive_model_says),
	};
	return t_run(tests);
}
