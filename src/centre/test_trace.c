#include "t_reports.h"

#include <stdlib.h>
#include <string.h>

#include "centre/slice.h"
#include "centre/trace.h"
#include "codec/json.h"
#include "core/decimal.h"
#include "core/home.h"
#include "core/text.h"

/* From totals down to the reports: sums that fit, and who may look. */

static void
free_reports(void *object)
{
	free(object);
}

static struct reports *
reports_make(struct t *t, uint64_t seed)
{
	struct reports *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	t_defer(t, free_reports, r);
	world_make(&r->world, t, seed);
	t_grant(t, centre_slice.grants);
	return r;
}

struct asking {
	struct trace_query query;
	const struct json *ret; /* in the unit of work's arena */
};

static enum fail
ask(struct ctx *ctx, void *arg)
{
	struct asking *asking = arg;
	const char *name = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	TRY(trace_render(ctx, &asking->query, &text, &name));
	return json_parse(ctx, text_bytes(&text), &asking->ret);
}

static const struct json *
trace(struct t *t, struct trace_query query)
{
	struct asking asking = { .query = query };

	t_ok(&t->ctx, t_read(t, ask, &asking));
	return asking.ret;
}

static int64_t
number(const struct json *node)
{
	const struct json *value = json_get(node, "value");
	int64_t ret = 0;

	if (json_type(value) == JSON_IS_TEXT)
		assert_true(decimal_parse(json_text(value), 0, &ret));
	return ret;
}

static int64_t
sum_of(const struct json *list)
{
	int64_t sum = 0;

	for (size_t i = 0; i < json_count(list); i++)
		sum += number(json_at(list, i));
	return sum;
}

static void
a_total_is_the_sum_of_its_parts_and_of_its_children(void **state)
{
	static const char *const structures[] = { "own", "2024-12-31",
		"2025-07-01" };
	struct t *t = *state;
	struct reports *r = reports_make(t, 31);

	reports_happen(r, 200);
	t->ctx.actor = &access_system;
	for (size_t i = 0; i < r->world.count; i++) {
		char unit[32];
		const struct json *node = NULL;

		snprintf(unit, sizeof(unit), "%" PRId64, r->world.ids[i]);
		node =
		    trace(t, (struct trace_query){ .form = WORLD_FORM,
				 .period = reports_periods[i % REPORTS_PERIODS],
				 .cell = i % 2 == 0 ? "all.sum" : "r1.sum",
				 .unit = unit,
				 .limit = 500,
				 .structure = structures[i % 4 % 3] });
		assert_int_equal(json_get_int(node, "total_parts", -1),
		    (int64_t)json_count(json_get(node, "parts")));
		assert_int_equal(number(node), sum_of(json_get(node, "parts")));
		if (json_count(json_get(node, "children")) > 0)
			assert_int_equal(number(node),
			    sum_of(json_get(node, "children")));
	}
}

static void
other_and_unallocated_have_traces_of_their_own(void **state)
{
	static const char *const kinds[] = { "other", "unallocated" };
	struct t *t = *state;
	struct reports *r = reports_make(t, 32);
	size_t parts = 0;

	reports_happen(r, 250);
	t->ctx.actor = &access_system;
	for (size_t k = 0; k < 2; k++)
		for (int level = -1; level <= 3; level++) {
			char text[8];
			struct trace_query query = { .form = WORLD_FORM,
				.period = "2025-Q1",
				.cell = "all.sum",
				.kind = kinds[k],
				.structure = "2025-07-01",
				.limit = 500 };
			const struct json *node = NULL;

			snprintf(text, sizeof(text), "%d", level);
			query.level = level < 0 ? NULL : text;
			node = trace(t, query);
			assert_int_equal(number(node),
			    sum_of(json_get(node, "parts")));
			assert_int_equal(json_count(json_get(node, "children")),
			    0);
			parts += json_count(json_get(node, "parts"));
		}
	assert_true(parts > 0);
}

/* The least, greatest ... of the parts is the total, also over all rows. */
static void
parts_follow_the_aggregation_of_their_column(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 33);
	static const char *const cells[] = { "all.min", "all.max", "r1.min",
		"r2.max" };

	reports_happen(r, 200);
	t->ctx.actor = &access_system;
	for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
		const struct json *node =
		    trace(t, (struct trace_query){ .form = WORLD_FORM,
				 .period = "2025-Q1",
				 .cell = cells[c],
				 .limit = 500 });
		const struct json *parts = json_get(node, "parts");
		const bool least = strstr(cells[c], "min") != NULL;
		int64_t found = least ? INT64_MAX : INT64_MIN;

		for (size_t i = 0; i < json_count(parts); i++) {
			const struct json *part = json_at(parts, i);

			if (json_type(json_get(part, "value")) != JSON_IS_TEXT)
				continue;
			if (least ? number(part) < found : number(part) > found)
				found = number(part);
		}
		assert_int_equal(found, number(node));
	}
}

/* One figure from many rows, where the column has no such: told as in figures. */
static void
a_part_of_what_is_not_added_says_so(void **state)
{
	static const char *const cells[] = { "all.last", "all.none" };
	struct t *t = *state;
	struct reports *r = reports_make(t, 34);
	size_t not_added = 0;

	reports_happen(r, 200);
	t->ctx.actor = &access_system;
	for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
		const struct json *parts =
		    json_get(trace(t, (struct trace_query){ .form = WORLD_FORM,
					  .period = "2025-Q1",
					  .cell = cells[c],
					  .limit = 500 }),
			"parts");

		for (size_t i = 0; i < json_count(parts); i++) {
			const char *said =
			    json_get_text(json_get(json_at(parts, i), "value"),
				"state");

			not_added += text_equal(said, "not_added");
		}
	}
	assert_true(not_added > 0);
}

static void
parts_name_the_version_and_its_ledger_entry(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 1);
	const struct json *node = NULL;
	const struct json *part = NULL;
	const int64_t index = ledger_size(t->home.ledger);

	reports_say(r, 0, 1, 5);
	reports_say(r, 0, 2, 40);
	reports_say(r, 0, 1, -70);
	node = trace(t, (struct trace_query){ .form = WORLD_FORM,
			    .period = "2025-Q1",
			    .cell = "r1.sum",
			    .limit = 1 });
	assert_int_equal(json_get_int(node, "unit", 0), r->world.root);
	assert_string_equal(json_get_text(node, "cell"), "r1.sum");
	assert_int_equal(number(node), -30);
	assert_int_equal(json_get_int(node, "index", 0), index + 3);
	assert_int_equal(json_get_int(node, "total_parts", 0), 2);
	assert_int_equal(json_count(json_get(node, "parts")), 1);
	part = json_at(json_get(node, "parts"), 0);
	assert_int_equal(json_get_int(part, "unit", 0), r->world.ids[1]);
	assert_int_equal(json_get_int(part, "version", 0), 2);
	assert_int_equal(json_get_int(part, "ledger_index", 0), index + 2);
	assert_int_equal(json_get_int(part, "report", 0), r->world.ids[1] * 10);
	assert_true(json_bool(json_get(part, "whole")));
	assert_int_equal(number(part), -70);
	assert_int_equal(json_get_int(node, "next", 0), 1);

	node = trace(t, (struct trace_query){ .form = WORLD_FORM,
			    .period = "2025-Q1",
			    .cell = "r1.sum",
			    .limit = 1,
			    .after = 1 });
	assert_int_equal(json_get_int(node, "total_parts", 0), 2);
	assert_int_equal(json_count(json_get(node, "parts")), 1);
	assert_int_equal(number(json_at(json_get(node, "parts"), 0)), 40);
	assert_int_equal(json_type(json_get(node, "next")), JSON_IS_NULL);

	node = trace(t, (struct trace_query){ .form = WORLD_FORM,
			    .period = "2025-Q1",
			    .cell = "r1.sum",
			    .as_of = "4" });
	assert_int_equal(number(node), 45);
}

static void
every_wrong_parameter_is_named(void **state)
{
	static const struct {
		const char *pointer;
		const char *code;
		struct trace_query query;
	} wrong[] = {
		{ "/form", "form.unknown",
		    { .period = "2025-Q1", .cell = "r1.sum" } },
		{ "/period", "period.unknown",
		    { .form = WORLD_FORM, .cell = "r1.sum" } },
		{ "/period", "form.no_version",
		    { .form = WORLD_FORM,
			.period = "2019-Q4",
			.cell = "r1.sum" } },
		{ "/cell", "figures.cell",
		    { .form = WORLD_FORM, .period = "2025-Q1" } },
		{ "/cell", "figures.cell",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "all.no" } },
		{ "/kind", "figures.choice",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "r1.sum",
			.kind = "row" } },
		{ "/level", "figures.level",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "r1.sum",
			.level = "9" } },
		{ "/structure", "figures.structure",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "r1.sum",
			.structure = "1950-01-01" } },
		{ "/as_of", "figures.as_of",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "r1.sum",
			.as_of = "now" } },
		{ "/basis", "figures.choice",
		    { .form = WORLD_FORM,
			.period = "2025-Q1",
			.cell = "r1.sum",
			.basis = "x" } },
	};
	struct t *t = *state;

	reports_make(t, 1);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct asking asking = { .query = wrong[i].query };

		assert_int_equal(t_read(t, ask, &asking), FAIL_INVALID);
		assert_string_equal(t->ctx.failure.fields->pointer,
		    wrong[i].pointer);
		assert_string_equal(t->ctx.failure.fields->code, wrong[i].code);
	}
}

static void
reports_out_of_reach_are_neither_shown_nor_counted(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 33);
	const int64_t province = r->world.old_provinces[2];
	struct position position = { province, access_role("clerk") };
	const struct actor clerk = { .person = 1,
		.login = "x",
		.name = "x",
		.positions = &position,
		.position_count = 1 };
	char unit[32];
	struct asking asking = { .query = { .form = WORLD_FORM,
				     .period = "2025-Q3",
				     .cell = "all.sum",
				     .limit = 500 } };
	const struct json *parts = NULL;
	size_t seen = 0;

	reports_happen(r, 250);
	t->ctx.actor = &clerk;
	t_fails(&t->ctx, t_read(t, ask, &asking), FAIL_DENIED, "access.denied");
	snprintf(unit, sizeof(unit), "%" PRId64, province);
	asking.query.unit = unit;
	t_ok(&t->ctx, t_read(t, ask, &asking));
	parts = json_get(asking.ret, "parts");
	for (size_t i = 0; i < json_count(parts); i++)
		assert_true(access_may(&t->ctx, "figures.read",
		    json_get_int(json_at(parts, i), "unit", 0)));
	assert_int_equal(json_get_int(asking.ret, "total_parts", -1),
	    (int64_t)json_count(parts));
	assert_int_equal(json_count(json_get(asking.ret, "children")), 0);
	seen = json_count(parts);
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_read(t, ask, &asking));
	assert_true(json_count(json_get(asking.ret, "parts")) > seen);
	t->ctx.actor = &clerk;
	asking.query.level = "2";
	asking.query.kind = "other";
	t_fails(&t->ctx, t_read(t, ask, &asking), FAIL_DENIED, "access.denied");
}

static void
each_step_of_a_trace_may_fail_cleanly(void **state)
{
	struct t *t = *state;
	struct reports *r = reports_make(t, 1);
	struct asking asking = { .query = { .form = WORLD_FORM,
				     .period = "2025-Q1",
				     .as_of = "2025-10-02",
				     .cell = "all.sum" } };

	reports_happen(r, 20);
	t->ctx.actor = &access_system;
	t_each_failure(t, ask, &asking);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_total_is_the_sum_of_its_parts_and_of_its_children),
		t_test(other_and_unallocated_have_traces_of_their_own),
		t_test(parts_follow_the_aggregation_of_their_column),
		t_test(a_part_of_what_is_not_added_says_so),
		t_test(parts_name_the_version_and_its_ledger_entry),
		t_test(every_wrong_parameter_is_named),
		t_test(reports_out_of_reach_are_neither_shown_nor_counted),
		t_test(each_step_of_a_trace_may_fail_cleanly),
	};

	return t_run(tests);
}
