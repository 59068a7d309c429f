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
				      r->without_old + r->repeated + r->unfit);
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
	    "10001,,88888,part,\n"
	    "10001,,10002,part,\n";
	struct t *t = *state;
	struct units units = { 0 };
	struct table table = { .csv = bytes_of_text(csv) };
	const struct placement *place = NULL;
	const struct structure *st = NULL;

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_table, &table));
	check_sum(&table.kept);
	assert_int_equal(table.kept.rows, 13);
	assert_int_equal(table.kept.old_units, 7);
	assert_int_equal(table.kept.split, 2);
	assert_int_equal(table.kept.kept, 4);
	assert_int_equal(table.kept.islands, 1);
	assert_int_equal(table.kept.without_old, 1);
	assert_int_equal(table.kept.unknown_old, 1);
	assert_int_equal(table.kept.unknown_new, 1);
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
	 * were gone before the day the table speaks of. */
	assert_int_equal(split, 440 + 8);
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
		t_test(every_failing_step_of_a_table_undoes_it),
		t_test(a_table_with_an_error_changes_nothing),
		t_test(the_real_table_splits_440_communes),
	};
	return t_run(tests);
}
