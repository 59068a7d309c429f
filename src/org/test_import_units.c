#include "org/t_import.h"

#include "core/text.h"

static int64_t
count_of(const struct import_units *report, const char *label)
{
	for (const struct import_count *c = import_units_counts;
	     c->label != NULL; c++)
		if (text_equal(c->label, label))
			return import_count_value(c, report);
	t_fail("no count is called %s", label);
}

static void
made_up_lists_are_cleaned_matched_and_counted(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };

	import_small(t, &units);
	assert_int_equal(units.kept.stray_spaces, 1);
	assert_int_equal(units.kept.communes_not_nfc, 1);
	assert_int_equal(units.kept.rows_coded, 5);
	assert_int_equal(units.kept.rows_uncoded, 2);
	assert_int_equal(units.kept.rows_island, 1);
	assert_int_equal(units.kept.rows_unknown_old, 1);
	assert_int_equal(units.kept.rows_wrong_code, 1);
	assert_int_equal(units.kept.rows_contradicted, 1);
	assert_int_equal(units.kept.communes_by_name, 1);
	assert_int_equal(units.kept.communes_without_successor, 1);
	assert_int_equal(units.kept.communes_continued, 2);
	assert_int_equal(units.kept.provinces_continued, 1);
	assert_int_equal(units.kept.provinces_created, 1);
	assert_int_equal(units.kept.island_districts, 1);
	assert_string_equal(unit_name(with_code(t, "10002", AFTER), AFTER),
	    "Xã Hai Ba");
	/* Five uncertain things, each reported: unknown, wrong code, against,
	 * without successor. */
	assert_int_equal(units.kept.notes.count, 4);
	/* The ward with an unlisted predecessor is a new unit. */
	assert_ptr_not_equal(with_code(t, "20001", BEFORE),
	    with_code(t, "20001", AFTER));
	assert_ptr_equal(with_code(t, "30001", BEFORE),
	    with_code(t, "30001", AFTER));
}

static void
units_are_imported_once(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };

	import_small(t, &units);
	t_fails(&t->ctx, t_unit(t, run_units, &units), FAIL_CONFLICT,
	    "import.done");
}

static void
lists_that_are_not_the_packages_are_refused(void **state)
{
	static const struct {
		const char *address;
		const char *code;
	} cases[] = {
		{ "{}", "import.package" },
		{ "[]", "import.package" },
		{ "[{\"name\":\"wards\",\"data\":[]}]", "import.package" },
		{ "[", "json.syntax" },
		/* The communes of Đông went to both new provinces. */
		{ ADDRESS("," ROW("\"10003\"", "\"Phường 3\"", "\"Quận Nam\"",
		      "\"Tỉnh Đông\"", "30001", "Xã Bảy", "Thành phố Tây")),
		    "import.province" },
	};
	struct t *t = *state;
	struct units units = { 0 };

	t_org(t);
	units.folder = t_folder(t);
	t_fails(&t->ctx, t_unit(t, run_units, &units), FAIL_NOT_FOUND,
	    "file.missing");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_packages(t, cases[i].address);
		t_fails(&t->ctx, t_unit(t, run_units, &units), FAIL_INVALID,
		    cases[i].code);
	}
	assert_int_equal(directory_count(directory_now(&t->ctx)), 0);
}

static void
every_failing_step_of_an_import_undoes_it(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };

	t_org(t);
	make_packages(t, ADDRESS(""));
	units.folder = t_folder(t);
	t_each_failure(t, run_units, &units);
}

/* --- the real units ------------------------------------------------------ */

/* Each number that the lists are known by, as they are printed. */
static void
the_numbers_of_the_real_lists_are_reproduced(void **state)
{
	static const struct {
		const char *label;
		int64_t value;
	} expected[] = {
		{ "provinces before 2025-07-01", 63 },
		{ "districts before 2025-07-01", 705 },
		{ "communes before 2025-07-01", 10599 },
		{ "names with stray spaces, tidied", 21 },
		{ "island districts without communes", 5 },
		{ "provinces from 2025-07-01", 34 },
		{ "communes from 2025-07-01", 3321 },
		{ "commune names not in NFC, normalised", 32 },
		{ "commune codes corrected", 1 },
		{ "mapping rows", 10977 },
		{ "rows with an old code", 10034 },
		{ "island rows with an empty code", 5 },
		{ "rows without a code", 938 },
		{ "mapping names not in NFC, normalised", 97 },
		{ "rows with swapped codes, put right", 2 },
		{ "coded rows of communes not in the old list", 3 },
		{ "coded rows with another old name", 452 },
		{ "rows with a wrong new code, matched by name", 453 },
		{ "rows without a code that match no commune", 47 },
		{ "old communes without a coded row", 568 },
		{ "of these, matched by name", 409 },
		{ "old communes without successor", 159 },
		{ "old communes with several successors", 8 },
		{ "communes that continue an old unit", 120 },
		{ "new communes without predecessor", 1 },
		{ "provinces that continue", 11 },
		{ "provinces that are new", 23 },
	};
	struct t *t = *state;
	struct units units = { 0 };

	if (!import_real(t, &units))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const int64_t got = count_of(&units.kept, expected[i].label);

		if (got != expected[i].value)
			t_fail("%s: %lld instead of %lld", expected[i].label,
			    (long long)got, (long long)expected[i].value);
	}
	/* Every row without a code is reported. */
	assert_int_equal(units.kept.rows_coded_wins +
			     units.kept.rows_contradicted,
	    408);
	assert_int_equal(units.kept.units,
	    63 + 705 + 10599 + (34 - 11) + (3321 - 120));
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

static void
the_real_units_stand_where_the_law_put_them(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };
	const struct unit *found = NULL;

	if (!import_real(t, &units))
		return;
	assert_int_equal(alive_of_level(t, BEFORE, LEVEL_PROVINCE), 63);
	assert_int_equal(alive_of_level(t, BEFORE, LEVEL_DISTRICT), 705);
	assert_int_equal(alive_of_level(t, BEFORE, LEVEL_COMMUNE), 10599);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_PROVINCE), 34);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_DISTRICT), 0);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_COMMUNE), 3321);
	assert_int_equal(alive_of_level(t, day_of(2022, 4, 9), LEVEL_PROVINCE),
	    0);
	/* 80 was Long An and is Tây Ninh. */
	assert_string_equal(unit_name(with_code(t, "80", BEFORE), BEFORE),
	    "Tỉnh Long An");
	assert_string_equal(unit_name(with_code(t, "80", AFTER), AFTER),
	    "Tỉnh Tây Ninh");
	assert_ptr_not_equal(with_code(t, "80", BEFORE),
	    with_code(t, "80", AFTER));
	/* Hà Nội goes on; Huế goes on under another name. */
	assert_ptr_equal(with_code(t, "01", BEFORE), with_code(t, "01", AFTER));
	found = with_code(t, "46", BEFORE);
	assert_ptr_equal(found, with_code(t, "46", AFTER));
	assert_string_equal(unit_name(found, BEFORE), "Tỉnh Thừa Thiên Huế");
	assert_string_equal(unit_name(found, AFTER), "Thành phố Huế");
	/* Tidy and right names and codes. */
	assert_string_equal(unit_name(with_code(t, "04138", BEFORE), BEFORE),
	    "Xã Cò Nòi");
	assert_string_equal(unit_name(with_code(t, "23938", AFTER), AFTER),
	    "Xã Ia Mơ");
	assert_null(
	    directory_by_code(directory_now(&t->ctx), "area", "23737", AFTER));
	/* An island district became a commune. */
	found = with_code(t, "755", BEFORE);
	assert_int_equal(found->successor_count, 1);
	assert_string_equal(unit_name(directory_at(directory_now(&t->ctx),
					  found->successors[0]),
				AFTER),
	    "Đặc khu Côn Đảo");
	/* The two rows with swapped codes. */
	found = with_code(t, "30901", BEFORE);
	assert_int_equal(found->successors[0],
	    with_code(t, "30886", AFTER)->number);
	found = with_code(t, "30913", BEFORE);
	assert_int_equal(found->successors[0],
	    with_code(t, "30910", AFTER)->number);
}

/* Each of the 63 in one of the 34, and every commune's place in the province
 * its own province went to. */
static void
every_real_unit_has_its_place_in_the_other_structure(void **state)
{
	struct t *t = *state;
	struct units units = { 0 };
	size_t whole = 0;
	size_t nowhere = 0;

	if (!import_real(t, &units))
		return;
	const struct directory *dir = directory_now(&t->ctx);
	const struct structure *before = directory_structure(dir, BEFORE);
	const struct structure *after = directory_structure(dir, AFTER);

	for (int i = 0; i < (int)directory_count(dir); i++) {
		const struct placement *place = structure_place(after, i);
		int province = i;

		if (structure_level(before, i) < LEVEL_PROVINCE)
			continue;
		while (structure_level(before, province) > LEVEL_PROVINCE)
			province = structure_parent(before, province);
		const struct placement *of = structure_place(after, province);

		assert_true(of->whole);
		assert_true(structure_below(after, of->at, place->at));
		if (structure_level(before, i) == LEVEL_COMMUNE) {
			whole += place->whole;
			nowhere += !place->whole && place->heir_count == 0;
			if (!place->whole)
				assert_int_equal(place->at, of->at);
		}
	}
	assert_int_equal(nowhere, 159);
	assert_int_equal(whole, 10599 - 159 - 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(made_up_lists_are_cleaned_matched_and_counted),
		t_test(units_are_imported_once),
		t_test(lists_that_are_not_the_packages_are_refused),
		t_test(every_failing_step_of_an_import_undoes_it),
		t_test(the_numbers_of_the_real_lists_are_reproduced),
		t_test(the_real_units_stand_where_the_law_put_them),
		t_test(every_real_unit_has_its_place_in_the_other_structure),
	};
	return t_run(tests);
}
