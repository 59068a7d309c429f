#include "org/t_org.h"

#include <pthread.h>
#include <stdatomic.h>

/*
 * Places, rights and the unit above in a country of thirteen units; random ones
 * are in test_structure.c.
 */
#define BEGIN day_of(2020, 1, 1)

/*
 * 1 the nation; 2, 3 provinces; 4, 5 districts of 2; 6, 7 communes of 4; 8 of 5;
 * 9 of 3.  On day D the provinces become 10, the districts go, 6 and 7 become
 * 11, 8 is split into 12 and 13, and 9 has no successor.
 */
#define D day_of(2025, 7, 1)

static enum fail
small_country(struct ctx *ctx, void *arg)
{
	static const struct {
		int id;
		int level;
		int parent;
		bool later;
	} units[] = {
		{ 1, 0, 0, false },
		{ 2, 1, 1, false },
		{ 3, 1, 1, false },
		{ 4, 2, 2, false },
		{ 5, 2, 2, false },
		{ 6, 3, 4, false },
		{ 7, 3, 4, false },
		{ 8, 3, 5, false },
		{ 9, 3, 3, false },
		{ 10, 1, 1, true },
		{ 11, 3, 10, true },
		{ 12, 3, 10, true },
		{ 13, 3, 10, true },
	};
	static const int edges[][2] = { { 2, 10 }, { 3, 10 }, { 6, 11 },
		{ 7, 11 }, { 8, 12 }, { 8, 13 } };
	static const char *const types[] = { "government", "province",
		"district", "commune" };
	struct unit_batch *batch = NULL;

	(void)arg;
	TRY(unit_batch_new(ctx, "test", &batch));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		const int64_t id = unit_batch_unit(batch);

		assert_int_equal(id, units[i].id);
		unit_batch_version(batch,
		    &(struct unit_version_new){
			.unit = id,
			.from = units[i].later ? D : BEGIN,
			.name = types[units[i].level],
			.type = types[units[i].level],
			.level = units[i].level,
			.parent = units[i].parent,
		    });
		if (!units[i].later && id > 1)
			unit_batch_end(batch, id, D);
	}
	for (size_t i = 0; i < ARRAY_SIZE(edges); i++)
		unit_batch_succession(batch, edges[i][0], edges[i][1], D,
		    edges[i][0] == 8 ? "part" : "whole", "");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

/* Where a unit belongs on a day, as ids. */
static void
check_place(struct t *t, int64_t id, day on, bool whole, int64_t at,
    size_t heirs)
{
	const struct directory *dir = directory_now(&t->ctx);
	const struct structure *st = directory_structure(dir, on);
	const struct placement *place =
	    structure_place(st, directory_unit(dir, id)->number);

	assert_int_equal(place->whole, whole);
	assert_int_equal(directory_at(dir, place->at)->id, at);
	assert_int_equal(place->heir_count, heirs);
}

static void
amounts_go_forward_whole_or_stay_unallocated(void **state)
{
	struct t *t = *state;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	check_place(t, 1, D, true, 1, 1);
	check_place(t, 6, D, true, 11, 1);
	check_place(t, 7, D, true, 11, 1);
	check_place(t, 8, D, false, 10, 2);
	check_place(t, 2, D, true, 10, 1);
	/* Without a successor: a commune, and a district of merged communes. */
	check_place(t, 9, D, false, 10, 0);
	check_place(t, 4, D, false, 10, 0);
}

static void
amounts_go_back_whole_only_to_a_sole_predecessor(void **state)
{
	struct t *t = *state;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	check_place(t, 11, D - 1, false, 4, 2);
	check_place(t, 12, D - 1, true, 8, 1);
	check_place(t, 13, D - 1, true, 8, 1);
	check_place(t, 10, D - 1, false, 1, 2);
	check_place(t, 8, D - 1, true, 8, 1);
}

/* 14 out of a part of 11, which goes on; and as if it had never been. */
static struct unit_batch *
founding(struct ctx *ctx)
{
	struct unit_batch *batch = NULL;

	t_ok(ctx, unit_batch_new(ctx, "test", &batch));
	assert_int_equal(unit_batch_unit(batch), 14);
	unit_batch_version(batch, &(struct unit_version_new){
				      .unit = 14,
				      .from = D + 100,
				      .name = "commune",
				      .type = "commune",
				      .level = LEVEL_COMMUNE,
				      .parent = 10,
				  });
	unit_batch_code(batch, 14, "area", "14", D + 100);
	unit_batch_succession(batch, 11, 14, D + 100, "part", "");
	return batch;
}

static enum fail
found(struct ctx *ctx, void *arg)
{
	const struct directory *dir = NULL;

	(void)arg;
	TRY(directory_with(ctx, founding(ctx), NULL, &dir));
	assert_int_equal(directory_count(dir), 14);
	assert_int_equal(directory_unit(dir, 14)->from, D + 100);
	assert_non_null(directory_by_code(dir, "area", "14", D + 100));
	assert_int_equal(directory_count(directory_now(ctx)), 13);
	return unit_batch_record(ctx, founding(ctx), "unit.import", 0);
}

static enum fail
take_back(struct ctx *ctx, void *arg)
{
	struct unit_batch *batch = NULL;

	(void)arg;
	TRY(unit_batch_new(ctx, "test", &batch));
	unit_batch_end(batch, 14, UNIT_NEVER);
	unit_batch_succession(batch, 11, 14, D + 100, "none", "");
	unit_batch_succession(batch, 14, 11, D + 100, "whole", "");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
who_never_was_lives_on_no_day_and_has_a_place_on_each(void **state)
{
	struct t *t = *state;
	const struct unit *unit = NULL;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	t_ok(&t->ctx, t_unit(t, found, NULL));
	check_place(t, 14, D + 100, true, 14, 1);
	t_ok(&t->ctx, t_unit(t, take_back, NULL));
	unit = directory_unit(directory_now(&t->ctx), 14);
	assert_true(unit->is_void);
	assert_int_equal(unit->to, unit->from);
	assert_null(unit_on(unit, D + 100));
	assert_int_equal(unit->code_count, 0);
	/* Where 11 is, or was put together. */
	check_place(t, 14, D + 200, true, 11, 1);
	check_place(t, 14, D, true, 11, 1);
	check_place(t, 14, D - 1, false, 4, 2);
}

static enum fail
plan_badly(struct ctx *ctx, void *arg)
{
	const struct directory *dir = NULL;
	struct picture_fault *fault = arg;
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test", &batch));
	unit_batch_end(batch, 10, D + 50);
	return directory_with(ctx, batch, fault, &dir);
}

static void
a_rule_that_would_be_broken_says_whom_it_is_about(void **state)
{
	struct t *t = *state;
	struct picture_fault fault = { 0 };

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	t_fails(&t->ctx, t_unit(t, plan_badly, &fault), FAIL_CONFLICT,
	    "unit.parent_gone");
	assert_int_equal(fault.unit, 11);
	assert_int_equal(fault.other, 10);
}

static void
before_the_first_unit_nobody_has_a_place(void **state)
{
	struct t *t = *state;
	const struct directory *dir = NULL;
	const struct structure *st = NULL;
	size_t count = 1;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	dir = directory_now(&t->ctx);
	st = directory_structure(dir, BEGIN - 1);
	structure_units(st, &count);
	assert_int_equal(count, 0);
	assert_int_equal(structure_root(st), -1);
	assert_int_equal(structure_day(st), day_of(1900, 1, 1));
	for (int i = 0; i < (int)directory_count(dir); i++) {
		assert_int_equal(structure_place(st, i)->at, -1);
		assert_false(structure_place(st, i)->whole);
		assert_int_equal(structure_place(st, i)->heir_count, 0);
	}
}

static void
days_without_a_change_between_them_have_one_structure(void **state)
{
	struct t *t = *state;
	const struct directory *dir = NULL;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	dir = directory_now(&t->ctx);
	assert_ptr_equal(directory_structure(dir, BEGIN),
	    directory_structure(dir, D - 1));
	assert_ptr_not_equal(directory_structure(dir, D),
	    directory_structure(dir, D - 1));
	assert_int_equal(structure_day(directory_structure(dir, D + 5000)), D);
}

static void
rights_over_the_abolished_pass_to_those_in_their_place(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	/* The old order, on its days. */
	assert_true(org_reach(ctx, 4, 6, D - 1, true));
	assert_true(org_reach(ctx, 2, 6, D - 1, true));
	assert_false(org_reach(ctx, 3, 6, D - 1, true));
	assert_false(org_reach(ctx, 4, 6, D - 1, false));
	assert_false(org_reach(ctx, 6, 4, D - 1, true));
	/* Nobody takes the place of the unborn, nor are they below anybody. */
	assert_false(org_reach(ctx, 6, 11, D - 1, false));
	assert_false(org_reach(ctx, 1, 11, D - 1, true));
	/* After it. */
	assert_true(org_reach(ctx, 11, 6, D, false));
	assert_true(org_reach(ctx, 10, 6, D, true));
	assert_false(org_reach(ctx, 12, 6, D, true));
	assert_true(org_reach(ctx, 12, 8, D, false));
	assert_true(org_reach(ctx, 13, 8, D, false));
	assert_false(org_reach(ctx, 4, 6, D, true));
	assert_false(org_reach(ctx, 2, 6, D, true));
	assert_true(org_reach(ctx, 6, 6, D, false));
	/* Without a successor: the province's. */
	assert_true(org_reach(ctx, 10, 9, D, false));
	assert_true(org_reach(ctx, 10, 4, D, true));
	assert_true(org_reach(ctx, 1, 9, D, true));
	assert_false(org_reach(ctx, 11, 9, D, true));
	/* Ids that are none. */
	assert_false(org_reach(ctx, 0, 6, D, true));
	assert_false(org_reach(ctx, 1, 999, D, true));
}

static void
the_unit_above_is_the_parent_or_who_took_over_from_it(void **state)
{
	struct t *t = *state;
	const struct directory *dir = NULL;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	dir = directory_now(&t->ctx);
	assert_int_equal(directory_above(dir, 0, D), -1);
	assert_int_equal(directory_above(dir, 5, D - 1), 3); /* 6: 4 */
	assert_int_equal(directory_above(dir, 5, D), 9);     /* 6: 10 */
	assert_int_equal(directory_above(dir, 3, D), 9);     /* 4: 10 */
	assert_int_equal(directory_above(dir, 1, D), 0);
	assert_int_equal(directory_above(dir, 10, D), 9);
}

/* --- many threads -------------------------------------------------------- */

struct reader {
	struct home *home;
	atomic_bool *stop;
	pthread_t thread;
	int rounds;
	bool ok;
};

/* What a request does, again and again while the picture changes. */
static void *
read_on(void *arg)
{
	struct reader *r = arg;

	r->ok = true;
	while (!atomic_load(r->stop) || r->rounds < 100) {
		struct arena *arena = arena_new(0);
		const struct directory *dir = NULL;
		const struct structure *st = NULL;
		struct ctx ctx;
		size_t count = 0;

		ctx_init(&ctx, arena, r->home);
		dir = directory_now(&ctx);
		st = directory_structure(dir, D - 1 + r->rounds % 2);
		structure_units(st, &count);
		r->ok = r->ok && count == (r->rounds % 2 == 0 ? 9 : 5) &&
			structure_place(st, 5)->whole &&
			org_reach(&ctx, 1, 6, D, true);
		r->rounds++;
		arena_free(arena);
	}
	return NULL;
}

static enum fail
rename_root(struct ctx *ctx, void *arg)
{
	(void)arg;
	return unit_version_add(ctx, &(struct unit_version_new){
					 .unit = 1,
					 .from = BEGIN,
					 .name = "Chính phủ",
					 .type = "government",
				     });
}

static void
readers_see_one_whole_picture_while_it_is_replaced(void **state)
{
	struct t *t = *state;
	struct reader readers[4] = { 0 };
	atomic_bool stop = false;

	t_org(t);
	t_ok(&t->ctx, t_unit(t, small_country, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].home = &t->home;
		readers[i].stop = &stop;
		assert_int_equal(pthread_create(&readers[i].thread, NULL,
				     read_on, &readers[i]),
		    0);
	}
	for (int i = 0; i < 50; i++)
		t_ok(&t->ctx, t_unit(t, rename_root, NULL));
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		pthread_join(readers[i].thread, NULL);
		assert_true(readers[i].ok);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(amounts_go_forward_whole_or_stay_unallocated),
		t_test(amounts_go_back_whole_only_to_a_sole_predecessor),
		t_test(who_never_was_lives_on_no_day_and_has_a_place_on_each),
		t_test(a_rule_that_would_be_broken_says_whom_it_is_about),
		t_test(before_the_first_unit_nobody_has_a_place),
		t_test(days_without_a_change_between_them_have_one_structure),
		t_test(rights_over_the_abolished_pass_to_those_in_their_place),
		t_test(the_unit_above_is_the_parent_or_who_took_over_from_it),
		t_test(readers_see_one_whole_picture_while_it_is_replaced),
	};
	return t_run(tests);
}
