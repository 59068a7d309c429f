/*
 * Plausibility over tests/corpus/rules/plausible.json, which the browser's test
 * reads too, and over random cases of a model in Python
 * (tests/regime/plausible.py).  A case is one cell.
 */
#include "t.h"

#include <string.h>

#include "codec/json.h"
#include "core/decimal.h"
#include "regime/definition.h"
#include "regime/plausible.h"
#include "regime/t_data.h"
#include "regime/t_form.h"

static const char *const verdicts[] = {
	[RULE_NOT_JUDGED] = "not_judged",
	[RULE_KEPT] = "kept",
	[RULE_BROKEN] = "broken",
};

/* A form of one cell and one rule, and what is held against. */
struct one {
	const char *name;
	struct form_column column;
	struct plausible plausible;
	struct rule rule;
	struct form_version form;
	struct past history;
};

static int64_t
decimal(const char *text, int scale)
{
	int64_t value = 0;

	assert_true(decimal_parse(text, scale, &value));
	return value;
}

static struct cells
cell_of(struct t *t, const struct json *node, int scale)
{
	struct cells cells = { 0 };
	const char *state = NULL;

	cells_init(&cells, t->arena, 1);
	if (json_type(node) == JSON_IS_TEXT) {
		cells.values[0] = decimal(json_text(node), scale);
		cells.states[0] = CELL_VALUE;
	} else if (json_type(node) == JSON_IS_OBJECT) {
		state = json_get_text(node, "state");
		cells.states[0] =
		    strcmp(state, "none") == 0 ? CELL_NONE : CELL_WITHHELD;
	}
	return cells;
}

static void
read_rule(const struct json *node, struct one *one)
{
	const struct json *against = json_get(node, "against");

	for (size_t i = 0; i < json_count(against); i++)
		one->plausible.against |=
		    1U << definition_choice(definition_against,
			json_text(json_at(against, i)));
	one->plausible.ratio =
	    decimal(json_get_text(node, "ratio"), DEFINITION_RATIO_SCALE);
	if (json_get(node, "z") != NULL)
		one->plausible.z =
		    decimal(json_get_text(node, "z"), DEFINITION_Z_SCALE);
	one->plausible.periods = (int)json_get_int(node, "periods", 0);
	one->rule.plausible = &one->plausible;
	one->rule.floor =
	    decimal(json_get_text(node, "floor"), one->column.scale);
}

static void
read_history(struct t *t, const struct json *list, struct one *one)
{
	const size_t count = json_count(list);
	const struct cells **periods =
	    ARENA_ARRAY(t->arena, count, const struct cells *);

	for (size_t i = 0; i < count; i++) {
		const struct cells cells =
		    cell_of(t, json_at(list, i), one->column.scale);

		if (cells.states[0] != CELL_MISSING)
			periods[i] =
			    arena_copy(t->arena, &cells, sizeof(cells));
	}
	one->history.periods = periods;
	one->history.count = count;
}

static void
read_case(struct t *t, const struct json *node, struct one *one)
{
	const int scale = (int)json_get_int(node, "scale", -1);

	one->name = json_get_text(node, "name");
	one->column.scale = scale;
	one->column.lo = decimal(json_get_text(node, "lo"), scale);
	one->column.hi = decimal(json_get_text(node, "hi"), scale);
	read_rule(json_get(node, "rule"), one);
	read_history(t, json_get(node, "history"), one);
	one->history.year = (size_t)json_get_int(node, "year", 0);
	one->form = (struct form_version){
		.columns = &one->column,
		.column_count = 1,
		.cell_count = 1,
		.plausible = &one->plausible,
		.plausible_count = 1,
		.expects = &one->rule,
		.expect_count = 1,
	};
}

static void
need_equal(struct t *t, const struct one *one, const char *what, bool known,
    int64_t got, const struct json *expect)
{
	const char *want = json_get_text(expect, what);
	const char *text =
	    known ? decimal_text(t->arena, got, one->column.scale) : NULL;

	if (!text_equal(text, want))
		t_fail("%s: %s is %s, not %s", one->name, what,
		    text == NULL ? "unknown" : text,
		    want == NULL ? "unknown" : want);
}

static void
judge_figures(struct t *t, const struct one *one, const struct json *figures,
    const struct expected *expected)
{
	for (size_t i = 0; i < json_count(figures); i++) {
		const struct json *pair = json_at(figures, i);
		const struct cells cells =
		    cell_of(t, json_at(pair, 0), one->column.scale);
		enum verdict got = RULE_NOT_JUDGED;

		if (expected != NULL)
			got = plausible_judge(&one->form, expected, &cells)
				  .verdict;
		if (strcmp(verdicts[got], json_text(json_at(pair, 1))) != 0)
			t_fail("%s: figure %zu is %s", one->name, i,
			    verdicts[got]);
	}
}

static void
check_case(struct t *t, const struct json *node)
{
	const struct json *expect = json_get(node, "expect");
	const bool judged = json_type(expect) == JSON_IS_OBJECT;
	const struct expected *got = NULL;
	struct one one = { 0 };
	size_t count = 0;

	read_case(t, node, &one);
	count = plausible_expect(t->arena, &one.form, &one.history, &got);
	if (count != (judged ? 1 : 0))
		t_fail("%s: %zu cells are expected", one.name, count);
	judge_figures(t, &one, json_get(node, "figures"), judged ? got : NULL);
	if (!judged)
		return;
	need_equal(t, &one, "low", true, got->low, expect);
	need_equal(t, &one, "high", true, got->high, expect);
	need_equal(t, &one, "last", got->last.known, got->last.value, expect);
	need_equal(t, &one, "year", got->year.known, got->year.value, expect);
	need_equal(t, &one, "usual", got->usual.known, got->usual.value,
	    expect);
}

static size_t
check_all(struct t *t, const struct embedded *files)
{
	const struct json *set = NULL;
	const struct json *cases = NULL;
	size_t count = 0;

	for (const struct embedded *f = files; f->name != NULL; f++) {
		t_ok(&t->ctx,
		    json_parse(&t->ctx, (struct bytes){ f->at, f->len }, &set));
		cases = json_get(set, "cases");
		for (size_t i = 0; i < json_count(cases); i++)
			check_case(t, json_at(cases, i));
		count += json_count(cases);
	}
	return count;
}

static void
the_corpus_is_judged_as_the_browser_judges_it(void **state)
{
	assert_true(check_all(*state, plausible_corpus) >= 30);
}

static void
random_figures_are_judged_as_the_model_judges_them(void **state)
{
	assert_int_equal(check_all(*state, plausible_random), 500);
}

/* A version looks back as far as the farthest of its rules. */
static void
a_version_looks_back_as_far_as_it_asks(void **state)
{
	struct plausible plausible[2] = { { .against = 1U << AGAINST_LAST } };
	struct form_version form = { .plausible = plausible };

	(void)state;
	assert_int_equal(plausible_reach(&form, 4), 0);
	form.plausible_count = 1;
	assert_int_equal(plausible_reach(&form, 4), 1);
	plausible[1].against = 1U << AGAINST_YEAR;
	form.plausible_count = 2;
	assert_int_equal(plausible_reach(&form, 12), 12);
	plausible[1].against |= 1U << AGAINST_HISTORY;
	plausible[1].periods = 8;
	assert_int_equal(plausible_reach(&form, 4), 8);
}

/* The small form with a rule of plausibility, changed in one place. */
static const char *
form_with(struct t *t, const char *from, const char *to)
{
	static const char rule[] =
	    "{\"id\":\"p1\",\"columns\":[\"a\",\"b\"],"
	    "\"against\":[\"last\",\"history\"],\"ratio\":\"2.5\","
	    "\"floor\":\"12\",\"z\":\"3.5\",\"periods\":8,"
	    "\"citation\":\"Điều 2\",\"message_vi\":\"Xa\","
	    "\"message_en\":\"Far\"}";
	const char *at = from == NULL ? NULL : strstr(rule, from);
	const char *changed = rule;

	assert_true(from == NULL || at != NULL);
	if (at != NULL)
		changed = arena_printf(t->arena, "%.*s%s%s", (int)(at - rule),
		    rule, to, at + strlen(from));
	return t_form_changed(t, "\"message_en\":\"Wrong\"}]",
	    arena_printf(t->arena,
		"\"message_en\":\"Wrong\"}],\"plausible\":[%s]", changed));
}

static void
a_rule_of_plausibility_is_published_as_written(void **state)
{
	struct t *t = *state;
	const struct form_version *v = NULL;
	const struct plausible *p = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, form_with(t, NULL, NULL)));
	v = &t_form_now(t, "T.01")->versions[0];
	assert_int_equal(v->rule_count, 1);
	assert_int_equal(v->plausible_count, 1);
	p = &v->plausible[0];
	assert_int_equal(p->against,
	    1U << AGAINST_LAST | 1U << AGAINST_HISTORY);
	assert_int_equal(p->ratio, 250);
	assert_int_equal(p->z, 35);
	assert_int_equal(p->periods, 8);
	assert_int_equal(v->expect_count, 2);
	assert_string_equal(v->expects[0].id, "p1.r1.a");
	assert_string_equal(v->expects[1].id, "p1.r1.b");
	assert_int_equal(v->expects[1].target, 1);
	/* By each column's own decimals. */
	assert_int_equal(v->expects[0].floor, 1200);
	assert_int_equal(v->expects[1].floor, 12);
	assert_int_equal(v->expects[0].severity, SEVERITY_EXPLAIN);
	assert_ptr_equal(v->expects[0].plausible, p);
}

#define AT "/versions/0/plausible/0"

static const struct fault_row {
	const char *from;
	const char *to;
	const char *pointer; /* of the first fault */
	const char *code;
} faults[] = {
	{ "\"p1\"", "\"P1\"", AT "/id", "form.id" },
	{ "\"p1\"", "\"s\"", AT "/id", "form.repeated" },
	{ "[\"a\",\"b\"]", "[]", AT "/columns", "input.range" },
	{ "[\"a\",\"b\"]", "[\"c\"]", AT "/columns/0", "form.unknown_column" },
	{ "[\"a\",\"b\"]", "[\"a\",\"a\"]", AT "/columns/1", "form.repeated" },
	{ "\"last\"", "\"next\"", AT "/against/0", "form.rule" },
	{ "\"last\"", "\"history\"", AT "/against/1", "form.repeated" },
	{ "\"2.5\"", "\"1\"", AT "/ratio", "form.range" },
	{ "\"2.5\"", "\"2.555\"", AT "/ratio", "form.range" },
	{ "\"2.5\"", "\"1000.1\"", AT "/ratio", "form.range" },
	{ "\"2.5\"", "2.5", AT "/ratio", "input.type" },
	{ "\"12\"", "\"0\"", AT "/floor", "form.range" },
	/* More decimals than column b has. */
	{ "\"12\"", "\"0.5\"", AT "/floor", "form.range" },
	{ "\"3.5\"", "\"0\"", AT "/z", "form.range" },
	{ "\"3.5\"", "\"3.55\"", AT "/z", "form.range" },
	{ ",\"z\":\"3.5\"", "", AT "/z", "form.rule" },
	{ ",\"history\"", "", AT "/z", "form.rule" },
	{ ",\"periods\":8", "", AT "/z", "form.rule" },
	{ "\"periods\":8", "\"periods\":3", AT "/periods", "input.range" },
	{ "\"periods\":8", "\"periods\":25", AT "/periods", "input.range" },
	{ "\"Far\"", "\"-\"", AT "/message_en", "form.empty" },
	{ "\"Điều 2\"", "\" \"", AT "/citation", "form.empty" },
	{ "\"id\"", "\"severity\":\"block\",\"id\"", AT "/severity",
	    "input.unknown" },
};

static void
bad_ones_are_refused_at_their_place(void **state)
{
	struct t *t = *state;

	t_regime(t);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		const struct fault_row *row = &faults[i];
		const enum fail got =
		    t_form_published(t, form_with(t, row->from, row->to));
		const struct fail_field *field = t->ctx.failure.fields;

		if (got != FAIL_INVALID || field == NULL)
			t_fail("%s: %s", row->to, fail_name(got));
		if (strcmp(field->pointer, row->pointer) != 0 ||
		    strcmp(field->code, row->code) != 0)
			t_fail("%s: %s at %s", row->to, field->code,
			    field->pointer);
		fail_clear(&t->ctx);
	}
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(the_corpus_is_judged_as_the_browser_judges_it),
		t_test(random_figures_are_judged_as_the_model_judges_them),
		t_test(a_version_looks_back_as_far_as_it_asks),
		t_test(a_rule_of_plausibility_is_published_as_written),
		t_test(bad_ones_are_refused_at_their_place),
	};

	return t_run(tests);
}
