#include "app/t_app.h"
#include "org/slice.h"
#include "org/t_org.h"

/*
 * 1 the Government; 2 Tỉnh Hà Giang and 3 its commune until 30 June 2025, from
 * then on 4 Tỉnh Tuyên Quang and 5 Phường Hà Giang.  The clock says
 * 2025-07-15.
 */
#define REFORM day_of(2025, 7, 1)

static const struct slice *const slices[] = { &org_slice, NULL };

static enum fail
make_country(struct ctx *ctx, void *arg)
{
	static const struct {
		const char *name;
		const char *type;
		int level;
		int64_t parent;
		const char *code;
		bool later;
	} units[] = {
		{ "Chính phủ", "government", 0, 0, NULL, false },
		{ "Tỉnh Hà Giang", "province", 1, 1, "02", false },
		{ "Phường Quang Trung", "ward", 3, 2, "00688", false },
		{ "Tỉnh Tuyên Quang", "province", 1, 1, "08", true },
		{ "Phường Hà Giang", "ward", 3, 4, "00688", true },
	};
	struct unit_batch *batch = NULL;

	(void)arg;
	TRY(unit_batch_new(ctx, "test", &batch));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		const int64_t id = unit_batch_unit(batch);
		const day from = units[i].later ? REFORM : day_of(2022, 4, 10);

		unit_batch_version(batch, &(struct unit_version_new){
					      .unit = id,
					      .from = from,
					      .name = units[i].name,
					      .type = units[i].type,
					      .level = units[i].level,
					      .parent = units[i].parent,
					  });
		if (units[i].code != NULL)
			unit_batch_code(batch, id, "area", units[i].code, from);
	}
	unit_batch_end(batch, 2, REFORM);
	unit_batch_end(batch, 3, REFORM);
	unit_batch_succession(batch, 2, 4, REFORM, "whole", "202/2025/QH15");
	unit_batch_succession(batch, 3, 5, REFORM, "part", "");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static struct t_person clerk;

static void
country(struct t *t)
{
	t_app(t, slices);
	t_org_add(t);
	t_ok(&t->ctx, t_unit(t, make_country, NULL));
	clerk =
	    (struct t_person){ .login = "vanthu", .role = "clerk", .unit = 5 };
	t_person(t, &clerk);
}

static struct http_response
get(struct t *t, const char *path, const char *query)
{
	return t_send(t,
	    (struct t_request){ .path = path,
		.query = query,
		.headers = { { "Authorization", clerk.bearer } } });
}

/* The ids of a list's items: "4 5". */
static const char *
ids(struct t *t, const char *query)
{
	const struct http_response response = get(t, "/api/v1/units", query);
	const struct json *items = json_get(t_json(t, &response), "items");
	const char *out = "";

	assert_int_equal(response.status, 200);
	for (size_t i = 0; i < json_count(items); i++)
		out =
		    arena_printf(t->ctx.arena, "%s%s%d", out, i == 0 ? "" : " ",
			(int)json_get_int(json_at(items, i), "id", 0));
	return out;
}

static void
units_are_listed_by_name_level_parent_and_day(void **state)
{
	struct t *t = *state;

	country(t);
	assert_string_equal(ids(t, ""), "1 4 5");
	assert_string_equal(ids(t, "q=ha%20giang"), "5");
	assert_string_equal(ids(t, "q=ha%20giang&on=2025-06-30"), "2");
	assert_string_equal(ids(t, "level=1"), "4");
	assert_string_equal(ids(t, "parent=area%3A08%402025-07-01"), "5");
	assert_string_equal(ids(t, "parent=1&on=2025-06-30"), "2");
	assert_string_equal(ids(t, "limit=1&after=1"), "4");
}

static void
a_list_tells_where_it_goes_on(void **state)
{
	struct t *t = *state;
	struct http_response response = { 0 };

	country(t);
	response = get(t, "/api/v1/units", "limit=2");
	assert_int_equal(json_get_int(t_json(t, &response), "next", 0), 2);
	response = get(t, "/api/v1/units", "limit=2&after=2");
	assert_int_equal(json_type(json_get(t_json(t, &response), "next")),
	    JSON_IS_NULL);
}

static void
a_unit_is_shown_with_its_history(void **state)
{
	struct t *t = *state;
	struct http_response response = { 0 };
	const struct json *unit = NULL;
	const struct json *part = NULL;

	country(t);
	response = get(t, "/api/v1/units/2", "");
	unit = t_json(t, &response);
	assert_int_equal(response.status, 200);
	assert_string_equal(json_get_text(unit, "name"), "Tỉnh Hà Giang");
	assert_string_equal(json_get_text(unit, "code"), "02");
	assert_string_equal(json_get_text(unit, "from"), "2022-04-10");
	assert_string_equal(json_get_text(unit, "to"), "2025-07-01");
	assert_int_equal(json_get_int(unit, "parent", 0), 1);
	assert_int_equal(json_get_int(unit, "child_count", -1), 0);
	part = json_at(json_get(unit, "versions"), 0);
	assert_string_equal(json_get_text(part, "name"), "Tỉnh Hà Giang");
	part = json_at(json_get(unit, "codes"), 0);
	assert_string_equal(json_get_text(part, "scheme"), "area");
	part = json_at(json_get(unit, "successors"), 0);
	assert_int_equal(json_get_int(part, "unit", 0), 4);
	assert_string_equal(json_get_text(part, "name"), "Tỉnh Tuyên Quang");
	assert_string_equal(json_get_text(part, "kind"), "whole");
	assert_string_equal(json_get_text(part, "act"), "202/2025/QH15");
	assert_int_equal(json_count(json_get(unit, "predecessors")), 0);
	response = get(t, "/api/v1/units/2", "on=2025-06-30");
	assert_int_equal(json_get_int(t_json(t, &response), "child_count", -1),
	    1);
	response = get(t, "/api/v1/units/1", "");
	assert_int_equal(json_type(json_get(t_json(t, &response), "parent")),
	    JSON_IS_NULL);
	assert_int_equal(json_type(json_get(t_json(t, &response), "code")),
	    JSON_IS_NULL);
}

static void
a_code_means_another_unit_on_another_day(void **state)
{
	struct t *t = *state;
	struct http_response response = { 0 };

	country(t);
	response = get(t, "/api/v1/units/area:00688@2025-06-30", "");
	assert_int_equal(json_get_int(t_json(t, &response), "id", 0), 3);
	response = get(t, "/api/v1/units/area:00688@2025-07-01", "");
	assert_int_equal(json_get_int(t_json(t, &response), "id", 0), 5);
	response = get(t, "/api/v1/units/area:00688", "");
	t_problem(t, &response, 422, "unit.code_needs_date");
	response = get(t, "/api/v1/units/area:00688@x", "");
	t_problem(t, &response, 422, "unit.ref");
	response = get(t, "/api/v1/units/99", "");
	t_problem(t, &response, 404, "unit.unknown");
	response = get(t, "/api/v1/units", "parent=99");
	t_problem(t, &response, 422, "unit.unknown");
}

static void
questions_that_make_no_sense_are_refused(void **state)
{
	static const char *const queries[] = { "level=4", "level=x", "limit=0",
		"limit=501", "after=-1", "on=2025-13-01", "colour=red",
		"q=a&q=b", "q=%ff" };
	struct t *t = *state;

	country(t);
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		const struct http_response response =
		    get(t, "/api/v1/units", queries[i]);

		if (response.status != 422 && response.status != 400)
			t_fail("%s: %d", queries[i], response.status);
	}
}

static void
a_stranger_sees_no_units(void **state)
{
	struct t *t = *state;
	struct http_response response = { 0 };

	country(t);
	response = t_send(t, (struct t_request){ .path = "/api/v1/units" });
	t_problem(t, &response, 401, "access.login");
	response = t_send(t, (struct t_request){ .path = "/api/v1/units/1" });
	t_problem(t, &response, 401, "access.login");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(units_are_listed_by_name_level_parent_and_day),
		t_test(a_list_tells_where_it_goes_on),
		t_test(a_unit_is_shown_with_its_history),
		t_test(a_code_means_another_unit_on_another_day),
		t_test(questions_that_make_no_sense_are_refused),
		t_test(a_stranger_sees_no_units),
	};
	return t_run(tests);
}
