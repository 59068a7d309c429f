#include "org/t_org.h"

#include <string.h>

#include "org/search.h"

#define ON day_of(2025, 7, 15)

/*
 * A made-up country: streets are no units, but their names are what people
 * type.  The last name is written in NFD before it is stored.
 */
static const struct {
	const char *name;
	const char *type;
	int level;
	int64_t parent;
	const char *code;
} units[] = {
	{ "Chính phủ", "government", 0, 0, NULL },
	{ "Thành phố Huế", "municipality", 1, 1, "46" },
	{ "Tỉnh Hưng Yên", "province", 1, 1, "33" },
	{ "Phường Đường Nguyễn Huệ", "ward", 3, 2, "00001" },
	{ "Xã Nguyễn Huệ", "commune", 3, 3, "00002" },
	{ "Xã Nguyên Huê", "commune", 3, 3, "00003" },
	{ "Huệ", "commune", 3, 3, "00004" },
	{ "Xã Huệ", "commune", 3, 2, "00005" },
	{ "Xã Thuế", "commune", 3, 2, "00006" },
	{ "Xã ĐẠI ĐỒNG", "commune", 3, 3, "00007" },
};

static enum fail
make_country(struct ctx *ctx, void *arg)
{
	struct unit_batch *batch = NULL;

	(void)arg;
	TRY(unit_batch_new(ctx, "test", &batch));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		const int64_t id = unit_batch_unit(batch);

		unit_batch_version(batch, &(struct unit_version_new){
					      .unit = id,
					      .from = day_of(2025, 7, 1),
					      .name = units[i].name,
					      .type = units[i].type,
					      .level = units[i].level,
					      .parent = units[i].parent,
					  });
		if (units[i].code != NULL)
			unit_batch_code(batch, id, "area", units[i].code,
			    day_of(2025, 7, 1));
	}
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
country(struct t *t)
{
	t_org(t);
	t_ok(&t->ctx, t_unit(t, make_country, NULL));
}

/* The ids found, as "5 4", and " +" if there are more. */
static const char *
found(struct t *t, const struct unit_query *query)
{
	const struct directory *dir = directory_now(&t->ctx);
	const int *numbers = NULL;
	size_t count = 0;
	bool more = false;
	const char *out = "";

	t_ok(&t->ctx,
	    unit_search(&t->ctx, dir, query, &numbers, &count, &more));
	for (size_t i = 0; i < count; i++)
		out = arena_printf(t->ctx.arena, "%s%s%d", out,
		    i == 0 ? "" : " ", (int)directory_at(dir, numbers[i])->id);
	return more ? arena_printf(t->ctx.arena, "%s +", out) : out;
}

static struct unit_query
all_of(const char *text)
{
	return (struct unit_query){ .text = text,
		.level = -1,
		.parent = -1,
		.on = ON,
		.limit = 100 };
}

static void
check_found(struct t *t, const char *text, const char *expected)
{
	const struct unit_query query = all_of(text);

	assert_string_equal(found(t, &query), expected);
}

static void
a_name_is_found_without_diacritics_in_either_unicode_form(void **state)
{
	struct t *t = *state;

	country(t);
	check_found(t, "duong nguyen hue", "4");
	check_found(t, "đường Nguyễn Huệ", "4");
	check_found(t, "DUONG  nguyen-hue", "4");
	/* NFD: d with stroke has no other form, the rest is decomposed. */
	check_found(t,
	    "đu\xcc\x9bo\xcc\x9b\xcc\x80ng "
	    "Nguye\xcc\x82\xcc\x83n Hue\xcc\xa3\xcc\x82",
	    "4");
	check_found(t, "dai dong", "10");
	check_found(t, "Đại Đồng", "10");
	check_found(t, "nowhere", "");
}

static void
a_name_stored_in_nfd_is_found_too(void **state)
{
	struct t *t = *state;

	country(t);
	t_org_unit(t,
	    &(struct unit_new){
		.name = "Xa\xcc\x83 \xc4\x90\x75\xcc\x9bo\xcc\x9b\xcc\x80ng Me",
		.type = "commune",
		.level = LEVEL_COMMUNE,
		.parent = 3,
		.from = ON,
	    });
	check_found(t, "duong me", "11");
	assert_string_equal(unit_name(directory_unit(directory_now(&t->ctx),
					  11),
				ON),
	    "Xã Đường Me");
}

static void
the_same_diacritics_come_first(void **state)
{
	struct t *t = *state;

	country(t);
	/* Without any, it is by how the words fit, then level and name. */
	check_found(t, "nguyen hue", "4 6 5");
	check_found(t, "Nguyễn Huệ", "4 5 6");
	check_found(t, "Nguyên Huê", "6 4 5");
	check_found(t, " nguyên huê ", "6 4 5");
	check_found(t, "xã đại", "10");
}

static void
whole_names_come_before_beginnings_words_and_insides(void **state)
{
	struct t *t = *state;

	country(t);
	/* Huệ; Huế, Nguyễn Huệ ...; Thuế. */
	check_found(t, "hue", "7 2 4 8 6 5 9");
	check_found(t, "xa hue", "8");
	check_found(t, "xa", "10 8 6 5 9");
	check_found(t, "huệ", "7 4 8 5 2 6 9");
}

static void
a_level_a_parent_and_a_day_narrow_the_list(void **state)
{
	struct t *t = *state;
	struct unit_query query = { 0 };

	country(t);
	query = all_of("hue");
	query.level = LEVEL_PROVINCE;
	assert_string_equal(found(t, &query), "2");
	query.level = -1;
	query.parent = 2; /* number of id 3 */
	assert_string_equal(found(t, &query), "7 6 5");
	query = all_of(NULL);
	query.parent = 0;
	assert_string_equal(found(t, &query), "2 3");
	query = all_of("hue");
	query.on = day_of(2025, 6, 30);
	assert_string_equal(found(t, &query), "");
}

static void
without_a_query_units_come_in_the_order_of_the_hierarchy(void **state)
{
	struct t *t = *state;

	country(t);
	check_found(t, NULL, "1 3 2 5 6 7 10 4 8 9");
	check_found(t, "", "1 3 2 5 6 7 10 4 8 9");
	check_found(t, " , ", "1 3 2 5 6 7 10 4 8 9");
}

static void
pages_follow_one_another_without_gap_or_repetition(void **state)
{
	struct t *t = *state;
	struct unit_query query = { 0 };

	country(t);
	query = all_of("hue");
	query.limit = 3;
	assert_string_equal(found(t, &query), "7 2 4 +");
	query.after = 3;
	assert_string_equal(found(t, &query), "8 6 5 +");
	query.after = 6;
	assert_string_equal(found(t, &query), "9");
	query.after = 7;
	assert_string_equal(found(t, &query), "");
	query.after = 1000000;
	assert_string_equal(found(t, &query), "");
}

/* Numbers by their value, over the pages too; codes say otherwise. */
static void
wards_with_numbers_stand_in_the_order_of_the_numbers(void **state)
{
	static const char *const wards[] = { "Phường 10", "Phường 2",
		"Phường 1", "Phường 12", "Phường Ba" };
	struct t *t = *state;
	struct unit_query query = { 0 };

	country(t);
	for (size_t i = 0; i < ARRAY_SIZE(wards); i++)
		t_org_unit(t, &(struct unit_new){
				  .name = wards[i],
				  .type = "ward",
				  .level = LEVEL_COMMUNE,
				  .parent = 2,
				  .from = ON,
			      });
	check_found(t, "phuong", "13 12 11 14 15 4");
	query = all_of("phường");
	query.limit = 2;
	assert_string_equal(found(t, &query), "13 12 +");
	query.after = 2;
	assert_string_equal(found(t, &query), "11 14 +");
	query = all_of(NULL);
	query.parent = 1; /* number of id 2 */
	assert_string_equal(found(t, &query), "13 12 11 14 15 4 8 9");
}

static void
unclean_text_is_refused(void **state)
{
	struct t *t = *state;
	const struct unit_query query = all_of("hue\xff");
	const int *numbers = NULL;
	size_t count = 0;
	bool more = false;

	country(t);
	t_fails(&t->ctx,
	    unit_search(&t->ctx, directory_now(&t->ctx), &query, &numbers,
		&count, &more),
	    FAIL_INVALID, "unit.query");
}

static void
shortened_words_are_found_in_full(void **state)
{
	struct t *t = *state;

	country(t);
	assert_string_equal(found(t, &(struct unit_query){ .text = "TP. Huế",
					 .level = -1,
					 .parent = -1,
					 .on = ON,
					 .limit = 9 }),
	    "2");
	assert_string_equal(found(t,
				&(struct unit_query){ .text = "x.nguyen hue",
				    .level = -1,
				    .parent = -1,
				    .on = ON,
				    .limit = 9 }),
	    "6 5");
	/* The diacritics of what was not shortened count. */
	assert_string_equal(found(t,
				&(struct unit_query){ .text = "X. Nguyên Huê",
				    .level = -1,
				    .parent = -1,
				    .on = ON,
				    .limit = 9 }),
	    "6 5");
	assert_string_equal(found(t,
				&(struct unit_query){ .text = "X.Nguyên Huê",
				    .level = -1,
				    .parent = -1,
				    .on = ON,
				    .limit = 9 }),
	    "6 5");
	assert_string_equal(found(t, &(struct unit_query){ .text = "p",
					 .level = 1,
					 .parent = -1,
					 .on = ON,
					 .limit = 9 }),
	    "2");
}

static void
i_and_y_are_alike(void **state)
{
	struct t *t = *state;

	country(t);
	assert_string_equal(found(t, &(struct unit_query){ .text = "nguien hue",
					 .level = -1,
					 .parent = 3,
					 .on = ON,
					 .limit = 9 }),
	    "");
	assert_string_equal(found(t, &(struct unit_query){ .text = "nguien hue",
					 .level = -1,
					 .parent = 2,
					 .on = ON,
					 .limit = 9 }),
	    "6 5");
	assert_string_equal(found(t, &(struct unit_query){ .text = "Hưng Iên",
					 .level = -1,
					 .parent = -1,
					 .on = ON,
					 .limit = 9 }),
	    "3");
}

static void
a_code_of_the_day_is_a_whole_name(void **state)
{
	struct t *t = *state;

	country(t);
	assert_string_equal(found(t, &(struct unit_query){ .text = " 00004 ",
					 .level = -1,
					 .parent = -1,
					 .on = ON,
					 .limit = 9 }),
	    "7");
	assert_string_equal(found(t, &(struct unit_query){ .text = "0000",
					 .level = -1,
					 .parent = -1,
					 .on = ON,
					 .limit = 9 }),
	    "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    a_name_is_found_without_diacritics_in_either_unicode_form),
		t_test(a_name_stored_in_nfd_is_found_too),
		t_test(the_same_diacritics_come_first),
		t_test(whole_names_come_before_beginnings_words_and_insides),
		t_test(a_level_a_parent_and_a_day_narrow_the_list),
		t_test(
		    without_a_query_units_come_in_the_order_of_the_hierarchy),
		t_test(pages_follow_one_another_without_gap_or_repetition),
		t_test(shortened_words_are_found_in_full),
		t_test(i_and_y_are_alike),
		t_test(a_code_of_the_day_is_a_whole_name),
		t_test(wards_with_numbers_stand_in_the_order_of_the_numbers),
		t_test(unclean_text_is_refused),
	};
	return t_run(tests);
}
