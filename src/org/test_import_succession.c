#include "org/t_import.h"

#include "org/import_succession.h"

struct table {
	struct bytes csv;
	const struct import_succession *report;
	struct import_succession kept;
};

static enum fail
run_table(struct ctx *ctx, void *arg)
{
	struct table *table = arg;

	TRY(import_succession(ctx, table->csv, AFTER, "test", &table->report));
	table->kept = *table->report;
	return OK;
}

/* Every row is one thing and only one. */
static void
check_sum(const struct import_succession *r)
{
	assert_int_equal(r->rows, r->written + r->kept + r->continued +
				      r->unknown_old + r->unknown_new +
				      r->without_old + r->repeated + r->unfit +
				      r->contrary + r->held);
}

static void
a_richer_table_replaces_what_was_known(void **state)
{
	static const char csv[] =
	    "old_code,old_district_code,new_code,relation,note\n"
	    "10001,100,10001,part,\n"
	    "10001,100,10002,part,\n"
	    "10002,100,10002,whole,\n"
	    "10003,101,10002,whole,\n"
	    "20001,200,20001,whole,\n"
	    "20002,200,20001,part_area_all_people,\n"
	    "20002,200,30001,part_area,\n"
	    "30001,300,30001,unchanged,\n"
	    ",201,20009,whole,\n"
	    ",200,20009,whole,\n"
	    "99999,,10001,whole,\n"
	    "10001,,10002,part,\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };
	const struct placement *place = NULL;
	const struct structure *st = NULL;

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.rows, 12);
	assert_int_equal(table.kept.old_units, 7);
	assert_int_equal(table.kept.split, 2);
	assert_int_equal(table.kept.kept, 4);
	assert_int_equal(table.kept.islands, 1);
	assert_int_equal(table.kept.without_old, 1);
	assert_int_equal(table.kept.unknown_old, 1);
	assert_int_equal(table.kept.repeated, 1);
	assert_int_equal(table.kept.parted, 2);
	assert_int_equal(table.kept.written, 5);
	/* 10001 gave a part away: a new unit bears its code and name. */
	assert_ptr_not_equal(with_code(t, "10001", BEFORE),
	    with_code(t, "10001", AFTER));
	assert_string_equal(unit_name(with_code(t, "10001", AFTER), AFTER),
	    "Xã Một");
	st = directory_structure(directory_now(&t->ctx), AFTER);
	place = structure_place(st, with_code(t, "10001", BEFORE)->number);
	assert_false(place->whole);
	assert_int_equal(place->heir_count, 2);
	assert_int_equal(place->at, with_code(t, "10", AFTER)->number);
	place = structure_place(st, with_code(t, "20002", BEFORE)->number);
	assert_false(place->whole);
	assert_int_equal(place->heir_count, 2);
	/* Again: nothing new. */
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.written, 0);
	assert_int_equal(table.kept.parted, 0);
	assert_int_equal(table.kept.taken_back, 0);
}

static void
what_the_table_does_not_repeat_of_a_unit_is_taken_back(void **state)
{
	static const char csv[] = "new_code,old_code,relation\n"
				  "10002,20001,whole\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };
	const struct unit *old = NULL;

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	assert_int_equal(table.kept.taken_back, 1);
	assert_int_equal(table.kept.written, 1);
	old = with_code(t, "20001", BEFORE);
	assert_int_equal(old->successor_count, 1);
	assert_int_equal(old->successors[0],
	    with_code(t, "10002", AFTER)->number);
}

static void
a_row_has_its_own_day_and_must_be_at_an_end_or_a_beginning(void **state)
{
	static const char csv[] = "old_code,new_code,relation,effective,act\n"
				  "10001,10002,whole,2024-01-01,\n"
				  "10001,30001,part,,1/NQ\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.unfit, 2);
	assert_int_equal(table.kept.notes.count, 2);
}

/* How many units a unit of before leads to. */
static size_t
heirs(struct t *t, const char *code)
{
	return with_code(t, code, BEFORE)->successor_count;
}

/* Is there a note that says this of a unit that stays as it was? */
static bool
told(const struct table *table, const char *text)
{
	const struct import_note *n = table->report->notes.first;

	while (n != NULL && strcmp(n->text, text) != 0)
		n = n->next;
	return n != NULL && strcmp(n->about, "stays as it was") == 0;
}

static void
a_unit_with_a_row_that_cannot_be_placed_stays_as_it_was(void **state)
{
	static const struct {
		const char *rows;
		const char *told;
		int64_t unknown_new, unfit, contrary, held;
	} cases[] = {
		{ "20001,10002,part\n20001,88888,part\n",
		    "20001: line 3: the new unit 88888 is unknown", 1, 0, 0,
		    1 },
		{ "20001,88888,part\n20001,10002,part\n20001,30001,part\n",
		    "20001: line 2: the new unit 88888 is unknown", 1, 0, 0,
		    2 },
		{ "20001,10002,whole\n20001,30001,whole\n",
		    "20001: line 3: whole to 30001, where line 2 says whole "
		    "to 10002",
		    0, 0, 2, 0 },
		{ "20001,10002,part\n20001,30001,merged\n",
		    "20001: line 3: whole to 30001, where line 2 says part to "
		    "10002",
		    0, 0, 2, 0 },
		{ "20001,10002,whole\n20001,30001,part_area\n",
		    "20001: line 3: part_area to 30001, where line 2 says "
		    "whole to 10002",
		    0, 0, 2, 0 },
		{ "20001,10002,part_area\n20001,10002,part_people\n",
		    "20001: line 3: part_people to 10002, where line 2 says "
		    "part_area to 10002",
		    0, 0, 2, 0 },
	};
	struct t *t = *state;
	struct units units = { 0 };
	const struct unit *before = NULL;
	int heir = 0;

	import_small(t, &units);
	before = with_code(t, "20001", BEFORE);
	heir = before->successors[0];
	assert_int_equal(heirs(t, "20001"), 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char csv[256];
		struct table table = { 0 };

		snprintf(csv, sizeof(csv), "old_code,new_code,relation\n%s%s",
		    cases[i].rows,
		    i % 2 == 0 ? "10003,10001,whole\n" : "10003,10002,whole\n");
		table.csv = bytes_of_text(csv);
		t_ok(&t->ctx, t_unit(t, run_table, &table));
		check_sum(&table.kept);
		assert_true(told(&table, cases[i].told));
		assert_int_equal(table.kept.unknown_new, cases[i].unknown_new);
		assert_int_equal(table.kept.unfit, cases[i].unfit);
		assert_int_equal(table.kept.contrary, cases[i].contrary);
		assert_int_equal(table.kept.held, cases[i].held);
		assert_true(import_succession_left_out(&table.kept));
		/* The other one is written. */
		assert_int_equal(table.kept.written, 1);
		assert_int_equal(heirs(t, "10003"), 1);
		assert_int_equal(heirs(t, "20001"), 1);
		assert_int_equal(with_code(t, "20001", BEFORE)->successors[0],
		    heir);
	}
}

static void
equal_rows_contradict_nothing(void **state)
{
	static const char csv[] = "old_code,new_code,relation,note\n"
				  "20001,10002,whole,a\n"
				  "20001,10002,merged,b\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.written, 1);
	assert_int_equal(table.kept.repeated, 1);
	assert_false(import_succession_left_out(&table.kept));
}

static void
every_failing_step_of_a_table_undoes_it(void **state)
{
	static const char csv[] = "old_code,new_code,relation\n"
				  "10001,10001,part\n"
				  "10001,10002,part\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };

	import_small(t, &units);
	t_each_failure(t, run_table, &table);
	assert_int_equal(table.kept.parted, 1);
}

static void
a_table_with_an_error_changes_nothing(void **state)
{
	static const struct {
		const char *csv;
		const char *code;
	} cases[] = {
		{ "old_code,new_code\n1,2\n", "csv.column" },
		{ "old_code,new_code,relation\n10001,10002,halb\n",
		    "import.relation" },
		{ "old_code,new_code,relation,effective\n"
		  "10001,10002,part,2025-13-01\n",
		    "import.day" },
		{ "old_code,new_code,relation\n10001,10002\n", "csv.syntax" },
		{ "old_code,new_code,relation,effective \n"
		  "20001,10002,whole,2025-07-01\n",
		    "csv.unknown" },
		{ "old_code,new_code,relation,Effective\n"
		  "20001,10002,whole,2025-07-01\n",
		    "csv.unknown" },
		{ "old_code,new_code,relation,since\n"
		  "20001,10002,whole,2025-07-01\n",
		    "csv.unknown" },
	};
	struct t *t = *state;
	struct units units = { 0 };

	import_small(t, &units);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct table table = { .csv = bytes_of_text(cases[i].csv) };

		t_fails(&t->ctx, t_unit(t, run_table, &table), FAIL_INVALID,
		    cases[i].code);
	}
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

/* The national table of 1 July 2025, on top of the real units. */
static void
the_real_table_splits_440_communes(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { 0 };
	const char *path = said_if_absent(real(t, "TRUC_SHARED_DATA",
	    "/vn-admin/commune_mapping_2025-07-01.csv"));
	char kept[1024];
	struct arena *arena = NULL;
	size_t split = 0;

	if (path == NULL)
		return;
	snprintf(kept, sizeof(kept), "%s", path);
	if (!import_real(t, &units))
		return;
	arena = arena_new(0);
	struct ctx reader;

	ctx_init(&reader, arena, &t->home);
	t_ok(&reader, file_read(&reader, kept, 1 << 24, &table.csv));
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.rows, 10571);
	assert_int_equal(table.kept.old_units, 10035);
	assert_int_equal(table.kept.split, 440);
	assert_int_equal(table.kept.islands, 5);
	/* The wards of Mộc Châu are younger than the old list. */
	assert_int_equal(table.kept.unknown_old, 3);
	assert_int_equal(table.kept.unknown_new, 0);
	assert_int_equal(table.kept.without_old, 1);
	assert_int_equal(table.kept.repeated, 0);
	assert_int_equal(table.kept.unfit, 0);
	const struct directory *dir = directory_now(&t->ctx);

	for (int i = 0; i < (int)directory_count(dir); i++)
		split += structure_level(directory_structure(dir, BEFORE), i) ==
			     LEVEL_COMMUNE &&
			 directory_at(dir, i)->successor_count > 1;
	/* And the 8 that only the package's rows without a code divide: they
	 * were gone before the day the table speaks of.  But for Xã 18796,
	 * which the table gives whole to one and in part to two more. */
	assert_int_equal(table.kept.contrary, 3);
	assert_int_equal(split, 440 + 8 - 1);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_COMMUNE), 3321);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_richer_table_replaces_what_was_known),
		t_test(what_the_table_does_not_repeat_of_a_unit_is_taken_back),
		t_test(
		    a_row_has_its_own_day_and_must_be_at_an_end_or_a_beginning),
		t_test(a_unit_with_a_row_that_cannot_be_placed_stays_as_it_was),
		t_test(equal_rows_contradict_nothing),
		t_test(every_failing_step_of_a_table_undoes_it),
		t_test(a_table_with_an_error_changes_nothing),
		t_test(the_real_table_splits_440_communes),
	};
	return t_run(tests);
}
