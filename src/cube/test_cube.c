#include "t_model.h"

#include <stdlib.h>

#include "cube/slab.h"

/* The cube against a naive recount (t_model.h), and its edges by hand. */

/* Every kind of question about one structure, basis and index. */
static void
check_all(struct model *m, const char *on, enum basis basis, int64_t index)
{
	for (int period = 0; period < 2; period++) {
		struct cube_question q = question(m, period, on, basis);
		const struct structure *st = q.structure;
		size_t units = 0;
		const int *list = structure_units(st, &units);

		q.index = index;
		q.apportion = world_dice(&m->world, 3) == 0;
		q.children_of = structure_root(st);
		check(m, &q, period);
		q.children_of =
		    list[world_dice(&m->world, units)]; /* may have none */
		check(m, &q, period);
		q.children_of = -1;
		q.level = 1 + (int)world_dice(&m->world, 3);
		check(m, &q, period);
	}
	t_fresh(m->world.t);
}

static void
every_row_equals_a_recount_in_any_structure_basis_and_day(void **state)
{
	static const char *const days[] = { NULL, "2024-12-31", "2025-07-01" };

	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct model *m = model_make(*state, seed);

		check_all(m, NULL, BASIS_SENT, INT64_MAX);
		for (int round = 0; round < 12; round++) {
			happen(m, 1 + (int)world_dice(&m->world, 25));
			for (size_t d = 0; d < ARRAY_SIZE(days); d++) {
				const int64_t past =
				    (int64_t)world_dice(&m->world,
					(uint64_t)m->next_index + 3);

				check_all(m, days[d], BASIS_SENT, INT64_MAX);
				check_all(m, days[d], BASIS_ACCEPTED,
				    INT64_MAX);
				check_all(m, days[d],
				    round % 2 == 0 ? BASIS_SENT
						   : BASIS_ACCEPTED,
				    past);
			}
			if (round == 6)
				cube_forget_views(cube_of(&m->world.t->home));
		}
		t_teardown(state);
		assert_int_equal(t_setup(state), 0);
	}
}

/* The views' own way, which check_all with its other columns never takes. */
static void
sums_alone_are_answered_from_views_and_equal_a_recount(void **state)
{
	static const int cells[] = { 0, 1, 6, 7 };
	struct model *m = model_make(*state, 7);

	for (int round = 0; round < 30; round++) {
		struct ctx *ctx = t_fresh(*state);
		const int period = round % 2;
		struct cube_question q = question(m, period,
		    round % 3 == 0 ? "2024-12-31" : "2025-07-01",
		    round % 5 < 3 ? BASIS_SENT : BASIS_ACCEPTED);
		struct cube_row *rows = NULL;
		struct cube_stats stats = { 0 };
		size_t count = 0;
		int64_t index = 0;

		q.cells = cells;
		q.cell_count = ARRAY_SIZE(cells);
		q.level = 1 + round % 3;
		if (round % 4 == 3) {
			q.level = -1;
			q.children_of = structure_root(q.structure);
		}
		t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &index));
		q.index = m->next_index;
		for (size_t r = 0; r < count; r++) {
			check_coverage(m, &q, period, &rows[r]);
			for (size_t j = 0; j < ARRAY_SIZE(cells); j++)
				check_cell(m, &q, period, &rows[r], j);
		}
		cube_stats(cube_of(&(*(struct t **)state)->home), &stats);
		happen(m, 10);
	}
}

/* Two periods of a question: views for both, one or neither have room. */
static void
ask_with_room(struct t *t, int64_t bytes, int64_t count)
{
	static const char *const days[] = { "2024-12-31", "2025-07-01" };
	static const int cells[] = { 0 };
	struct model *m = model_make(t, 8);
	struct cube *cube = cube_of(&t->home);
	struct cube_stats stats = { 0 };

	cube->view_bytes_max = bytes;
	cube->view_count_max = count;
	happen(m, 80);
	for (int round = 0; round < 12; round++) {
		struct ctx *ctx = t_fresh(t);
		struct cube_question q[2];
		struct cube_answer *answers = NULL;
		int64_t index = 0;

		for (int p = 0; p < 2; p++) {
			q[p] = question(m, p, days[(round + p) % 2],
			    round % 3 == 0 ? BASIS_ACCEPTED : BASIS_SENT);
			q[p].level = 1;
			q[p].cells = cells;
			q[p].cell_count = 1;
		}
		t_ok(ctx, cube_ask_all(ctx, q, 2, &answers, &index));
		for (int p = 0; p < 2; p++)
			for (size_t r = 0; r < answers[p].count; r++)
				check_cell(m, &q[p], p, &answers[p].rows[r], 0);
		cube_stats(cube, &stats);
		assert_true(stats.view_bytes <= bytes);
		assert_true(stats.views <= count);
		happen(m, 5);
	}
	cube_forget_views(cube);
	cube_stats(cube, &stats);
	assert_int_equal(stats.view_bytes, 0);
	assert_int_equal(stats.views, 0);
}

static void
views_make_room_for_each_other_and_answers_stay_right(void **state)
{
	static const struct {
		int64_t bytes;
		int64_t count;
	} rooms[] = { { 0, 100 }, { 1, 100 }, { 20000, 100 }, { INT32_MAX, 0 },
		{ INT32_MAX, 1 }, { INT32_MAX, 2 }, { INT32_MAX, 3 } };

	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		ask_with_room(*state, rooms[i].bytes, rooms[i].count);
		t_teardown(state);
		assert_int_equal(t_setup(state), 0);
	}
}

static void
a_list_of_units_gets_a_row_each_and_the_nations_total(void **state)
{
	struct model *m = model_make(*state, 3);
	struct ctx *ctx = NULL;
	struct cube_question q = { 0 };
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;
	int units[3] = { 0 };

	happen(m, 200);
	ctx = t_fresh(*state);
	q = question(m, 0, NULL, BASIS_SENT);
	units[0] = directory_unit(q.dir, m->world.old_provinces[2])->number;
	/* Not alive in the first quarter; and one asked twice. */
	units[1] = directory_unit(q.dir, m->world.new_provinces[0])->number;
	units[2] = units[0];
	q.units = units;
	q.unit_count = ARRAY_SIZE(units);
	for (int apportion = 0; apportion < 2; apportion++) {
		q.apportion = apportion == 1;
		t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &index));
		assert_int_equal(count, 4);
		assert_int_equal(rows[1].expected, 0);
		assert_int_equal(cube_row_state(&rows[1], 0), CELL_MISSING);
		assert_int_equal(rows[3].kind, ROW_TOTAL);
		assert_int_equal(rows[3].unit, structure_root(q.structure));
		q.index = m->next_index;
		for (size_t r = 0; r < count; r++)
			if (r != 1)
				check_cell(m, &q, 0, &rows[r], 0);
		assert_true(rows[0].totals[1] == rows[2].totals[1]);
		q.index = INT64_MAX;
	}
}

static void
zero_none_withheld_and_missing_stay_apart(void **state)
{
	struct model *m = model_make(*state, 1);
	const int64_t a = m->world.old_provinces[0];
	const int64_t b = m->world.old_provinces[1];
	struct cube_row total = { 0 };

	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_int_equal(cube_row_state(&total, 0), CELL_MISSING);
	say(m, 0, a, CUBE_SENT, 1, 0, CELL_NONE);
	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_int_equal(cube_row_state(&total, 0), CELL_NONE);
	say(m, 0, b, CUBE_SENT, 1, 0, CELL_WITHHELD);
	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_int_equal(cube_row_state(&total, 0), CELL_WITHHELD);
	say(m, 0, b, CUBE_SENT, 2, 0, CELL_VALUE);
	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_int_equal(cube_row_state(&total, 0), CELL_VALUE);
	assert_true(total.totals[0] == 0);
	assert_int_equal(total.reported, 2);
	total = total_of(m, 0, BASIS_ACCEPTED, INT64_MAX);
	assert_int_equal(cube_row_state(&total, 0), CELL_MISSING);
	assert_int_equal(total.reported, 0);
}

static void
a_returned_version_falls_back_to_the_one_before(void **state)
{
	struct model *m = model_make(*state, 1);
	const int64_t a = m->world.old_provinces[0];
	const struct form_version *version = world_version(*state);
	const int64_t base = m->next_index;
	struct cube_event last = { 0 };
	struct ctx *ctx = &m->world.t->ctx;

	assert_false(cube_unit(ctx, version, &m->periods[0], a, &last));
	say(m, 0, a, CUBE_SENT, 1, 10, CELL_VALUE);
	say(m, 0, a, CUBE_RETURNED, 1, 0, CELL_MISSING);
	assert_true(total_of(m, 0, BASIS_SENT, INT64_MAX).reported == 0);
	assert_true(cube_unit(ctx, version, &m->periods[0], a, &last));
	assert_int_equal(last.act, CUBE_RETURNED);
	say(m, 0, a, CUBE_SENT, 2, 20, CELL_VALUE);
	say(m, 0, a, CUBE_ACCEPTED, 2, 0, CELL_MISSING);
	say(m, 0, a, CUBE_SENT, 3, 30, CELL_VALUE);
	assert_true(total_of(m, 0, BASIS_SENT, INT64_MAX).totals[0] == 30);
	assert_true(total_of(m, 0, BASIS_ACCEPTED, INT64_MAX).totals[0] == 20);
	say(m, 0, a, CUBE_RETURNED, 3, 0, CELL_MISSING);
	assert_true(total_of(m, 0, BASIS_SENT, INT64_MAX).totals[0] == 20);
	assert_true(total_of(m, 0, BASIS_SENT, base + 5).totals[0] == 30);
	assert_true(total_of(m, 0, BASIS_SENT, base + 1).totals[0] == 10);
	assert_int_equal(total_of(m, 0, BASIS_SENT, base + 2).reported, 0);
	assert_true(cube_unit(ctx, version, &m->periods[0], a, &last));
	assert_int_equal(last.version, 2);
	assert_int_equal(last.act, CUBE_ACCEPTED);
	assert_int_equal(last.values[0], 20);
}

static void
sums_beyond_64_bits_are_exact(void **state)
{
	struct model *m = model_make(*state, 2);
	struct cube_row total = { 0 };
	i128 expected = 0;

	for (size_t i = 0; i < m->world.count; i++) {
		say(m, 0, m->world.ids[i], CUBE_SENT, 1, INT64_MAX, CELL_VALUE);
		expected += INT64_MAX;
	}
	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_true(total.totals[1] == expected);
	assert_true(total.totals[5] == 0); /* of several, no total */
	for (size_t i = 0; i < m->world.count; i++)
		say(m, 0, m->world.ids[i], CUBE_SENT, 2, INT64_MIN, CELL_VALUE);
	total = total_of(m, 0, BASIS_SENT, INT64_MAX);
	assert_true(total.totals[1] == INT64_MIN * (i128)m->world.count);
}

/* A leaf is as wide as its widest value; what it holds is what was said. */
static void
values_at_the_borders_of_every_width_are_kept(void **state)
{
	static const int64_t values[] = { INT16_MAX, INT16_MAX + 1, INT16_MIN,
		INT16_MIN - 1, INT32_MAX, (int64_t)INT32_MAX + 1, INT32_MIN,
		(int64_t)INT32_MIN - 1, INT64_MAX, INT64_MIN, 0 };
	static const enum cell_state states[] = { CELL_VALUE, CELL_NONE,
		CELL_MISSING };
	struct model *m = model_make(*state, 1);
	struct ctx *ctx = &m->world.t->ctx;
	const int64_t a = m->world.old_provinces[0];
	const struct form_version *version = world_version(*state);

	for (int i = 0; i < (int)(ARRAY_SIZE(values) * ARRAY_SIZE(states));
	     i++) {
		const int64_t value = values[i / (int)ARRAY_SIZE(states)];
		int64_t cells[WORLD_CELLS] = { 7, value };
		uint8_t kinds[WORLD_CELLS] = { 0 };
		struct cube_event last = { 0 };

		memset(kinds, CELL_VALUE, sizeof(kinds));
		kinds[2] = (uint8_t)states[i % (int)ARRAY_SIZE(states)];
		t_ok(ctx, cube_replay(ctx, version, &m->periods[0],
			      &(struct cube_event){ .act = CUBE_SENT,
				  .unit = a,
				  .version = i + 1,
				  .index = m->next_index++,
				  .values = cells,
				  .states = kinds }));
		cube_replayed(cube_of(&m->world.t->home), m->next_index);
		assert_true(cube_unit(ctx, version, &m->periods[0], a, &last));
		assert_memory_equal(last.values, cells, sizeof(cells));
		assert_memory_equal(last.states, kinds, sizeof(kinds));
		assert_true(
		    total_of(m, 0, BASIS_SENT, INT64_MAX).totals[1] == value);
	}
}

static void
a_trace_names_the_reports_of_a_row_biggest_first(void **state)
{
	static const int cells[] = { 0 };
	struct model *m = model_make(*state, 4);
	struct ctx *ctx = NULL;
	struct cube_question q = { 0 };

	happen(m, 250);
	ctx = t_fresh(*state);
	q = question(m, 0, "2025-07-01", BASIS_SENT);
	q.cells = cells;
	q.cell_count = 1;
	q.level = 1;
	for (int past = 0; past < 2; past++) {
		struct cube_row *rows = NULL;
		size_t count = 0;
		int64_t index = 0;

		q.index = past == 1 ? m->next_index / 2 : INT64_MAX;
		t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &index));
		for (size_t r = 0; r < count; r++) {
			struct cube_part *parts = NULL;
			size_t n = 0;
			size_t total = 0;
			i128 sum = 0;

			t_ok(ctx,
			    cube_trace(ctx, &q, rows[r].unit, rows[r].kind,
				cells, 1, SIZE_MAX, &parts, &n, &total));
			assert_int_equal(n, total);
			for (size_t i = 0; i < n; i++) {
				sum += parts[i].amount;
				if (rows[r].kind == ROW_UNALLOCATED)
					assert_false(parts[i].whole);
				if (i == 0)
					continue;
				assert_true(
				    llabs((long long)parts[i - 1].amount) >=
				    llabs((long long)parts[i].amount));
			}
			assert_true(sum == rows[r].totals[0]);
			t_ok(ctx,
			    cube_trace(ctx, &q, rows[r].unit, rows[r].kind,
				cells, 1, 1, &parts, &n, &total));
			assert_true(n <= 1 && total >= n);
		}
	}
}

/* What a report says of the two cells of a column, told as a row would. */
static void
check_part(const struct model *m, const struct cube_question *q,
    const struct cube_part *part)
{
	const int64_t unit = directory_at(q->dir, part->unit)->id;
	const struct happened *h =
	    model_said(m, 0, unit, q->basis, q->index).counts;
	const enum aggregation how =
	    form_column_at(q->version, (size_t)q->cells[0])->aggregation;
	struct cell_sum sum = { .last = -1 };
	enum cell_state state = CELL_MISSING;

	assert_non_null(h);
	for (size_t c = 0; c < q->cell_count; c++) {
		const enum cell_state said = h->states[q->cells[c]];

		if (said == CELL_VALUE)
			add_value(&sum, how, h, h->values[q->cells[c]]);
		sum.withhelds += said == CELL_WITHHELD;
		sum.nones += said == CELL_NONE;
	}
	if (sum.values > 0)
		state = CELL_VALUE;
	else
		state = sum.withhelds > 0 ? CELL_WITHHELD : CELL_NONE;
	assert_int_equal(part->state, state);
	assert_int_equal(part->values, sum.values);
	if (how == AGG_LAST && sum.values > 1)
		sum.total = 0;
	assert_true(part->amount == sum.total);
}

static void
a_part_says_what_its_report_says_by_the_column_s_aggregation(void **state)
{
	struct model *m = model_make(*state, 5);
	struct ctx *ctx = NULL;
	struct cube_question q = { 0 };
	const int columns = 6;
	size_t seen[4] = { 0 };

	happen(m, 250);
	ctx = t_fresh(*state);
	q = question(m, 0, "2025-07-01", BASIS_SENT);
	q.level = 1;
	for (int column = 0; column < columns; column++) {
		const int cells[] = { column, column + columns };
		struct cube_row *rows = NULL;
		size_t count = 0;
		int64_t index = 0;

		q.cells = cells;
		q.cell_count = ARRAY_SIZE(cells);
		t_ok(ctx, cube_ask(ctx, &q, &rows, &count, &index));
		for (size_t r = 0; r < count; r++) {
			struct cube_part *parts = NULL;
			size_t n = 0;
			size_t total = 0;
			bool ended = false;

			t_ok(ctx,
			    cube_trace(ctx, &q, rows[r].unit, rows[r].kind,
				cells, 2, SIZE_MAX, &parts, &n, &total));
			for (size_t i = 0; i < n; i++) {
				check_part(m, &q, &parts[i]);
				seen[parts[i].state]++;
				/* Those without a figure are at the end. */
				ended = ended || parts[i].state != CELL_VALUE;
				assert_int_equal(ended,
				    parts[i].state != CELL_VALUE);
			}
		}
	}
	assert_int_equal(seen[CELL_MISSING], 0);
	assert_true(seen[CELL_NONE] > 0 && seen[CELL_WITHHELD] > 0 &&
		    seen[CELL_VALUE] > 0);
}

static void
a_replay_out_of_order_or_of_an_unknown_version_is_refused(void **state)
{
	struct model *m = model_make(*state, 1);
	struct ctx *ctx = &m->world.t->ctx;
	const int64_t a = m->world.old_provinces[0];
	struct cube_event event = { .act = CUBE_ACCEPTED,
		.unit = a,
		.version = 1,
		.index = 100 };

	t_fails(ctx,
	    cube_replay(ctx, world_version(*state), &m->periods[0], &event),
	    FAIL_INTERNAL, "cube.replay");
	say(m, 0, a, CUBE_SENT, 1, 5, CELL_VALUE);
	say(m, 0, a, CUBE_CLOSED, 0, 0, CELL_MISSING);
	event.index = m->next_index - 1;
	t_fails(ctx,
	    cube_replay(ctx, world_version(*state), &m->periods[0], &event),
	    FAIL_INTERNAL, "cube.replay");
	assert_true(total_of(m, 0, BASIS_SENT, INT64_MAX).totals[0] == 5);
}

/* What the alarm goes by is what the limit goes by. */
static void
a_slab_says_how_full_it_is_by_its_fullest_limit(void **state)
{
	struct slab slab = { .leaves.shift = 20 };

	(void)state;
	assert_int_equal(slab_used(&slab), 0);
	slab.leaf_count = 1;
	assert_int_equal(slab_used(&slab), 1);
	slab.slots.count = CUBE_UNITS_MAX / 2;
	assert_int_equal(slab_used(&slab), 500000);
	slab.leaf_count = CUBE_VERSIONS_MAX / 4 * 3;
	assert_int_equal(slab_used(&slab), 750000);
	slab.leaves.count = (size_t)INT32_MAX / 10 * 9;
	assert_in_range(slab_used(&slab), 900000, 902000);
	assert_false(slab_is_full(&slab));
	slab.leaf_count = CUBE_VERSIONS_MAX;
	assert_true(slab_is_full(&slab));
	slab.leaf_count = 0;
	slab.slots.count = CUBE_UNITS_MAX;
	assert_true(slab_is_full(&slab));
	slab.slots.count = 0;
	slab.leaves.count = (size_t)INT32_MAX - ((size_t)1 << 21);
	assert_false(slab_used(&slab) < 999999);
	slab.leaves.count++;
	assert_true(slab_is_full(&slab));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_slab_says_how_full_it_is_by_its_fullest_limit),
		t_test(zero_none_withheld_and_missing_stay_apart),
		t_test(a_returned_version_falls_back_to_the_one_before),
		t_test(sums_beyond_64_bits_are_exact),
		t_test(values_at_the_borders_of_every_width_are_kept),
		t_test(
		    a_replay_out_of_order_or_of_an_unknown_version_is_refused),
		t_test(sums_alone_are_answered_from_views_and_equal_a_recount),
		t_test(
		    every_row_equals_a_recount_in_any_structure_basis_and_day),
		t_test(views_make_room_for_each_other_and_answers_stay_right),
		t_test(a_list_of_units_gets_a_row_each_and_the_nations_total),
		t_test(a_trace_names_the_reports_of_a_row_biggest_first),
		t_test(
		    a_part_says_what_its_report_says_by_the_column_s_aggregation),
	};

	return t_run(tests);
}
