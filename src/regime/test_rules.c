/*
 * The shared corpus of tests/corpus/rules, which web/test/rules.test.mjs reads
 * too: one meaning of rules in C and in the browser.  A case is one row of a
 * form whose cells are named by their column.
 */
#include "t.h"

#include <string.h>

#include "codec/json.h"
#include "core/decimal.h"
#include "regime/cells.h"
#include "regime/t_data.h"

static const char *const verdicts[] = {
	[RULE_NOT_JUDGED] = "not_judged",
	[RULE_KEPT] = "kept",
	[RULE_BROKEN] = "broken",
};

static int
position(const struct form_version *form, const char *id)
{
	for (size_t i = 0; i < form->cell_count; i++)
		if (strcmp(form->cells[i], id) == 0)
			return (int)i;
	t_fail("the case names no cell %s", id);
}

static int64_t
decimal(const struct json *node, const char *key, int scale)
{
	int64_t value = 0;

	assert_true(decimal_parse(json_get_text(node, key), scale, &value));
	return value;
}

static void
read_columns(struct t *t, const struct json *list, struct form_version *form)
{
	const size_t count = json_count(list);
	struct form_column *columns =
	    ARENA_ARRAY(t->arena, count, struct form_column);
	const char **cells = ARENA_ARRAY(t->arena, count, const char *);

	for (size_t i = 0; i < count; i++) {
		const struct json *node = json_at(list, i);
		const int scale = (int)json_get_int(node, "scale", -1);

		columns[i].id = json_get_text(node, "id");
		columns[i].scale = scale;
		columns[i].lo = decimal(node, "lo", scale);
		columns[i].hi = decimal(node, "hi", scale);
		cells[i] = columns[i].id;
	}
	form->columns = columns;
	form->column_count = count;
	form->cells = cells;
	form->cell_count = count;
}

static const struct rule_term *
read_terms(struct t *t, const struct json *list,
    const struct form_version *form)
{
	struct rule_term *terms =
	    ARENA_ARRAY(t->arena, json_count(list), struct rule_term);

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *node = json_at(list, i);

		terms[i].cell = position(form, json_get_text(node, "cell"));
		terms[i].sign = (int)json_get_int(node, "sign", 0);
	}
	return terms;
}

static void
read_rules(struct t *t, const struct json *list, struct form_version *form)
{
	struct rule *rules =
	    ARENA_ARRAY(t->arena, json_count(list), struct rule);

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *node = json_at(list, i);

		rules[i].id = json_get_text(node, "id");
		rules[i].target = position(form, json_get_text(node, "target"));
		rules[i].terms = read_terms(t, json_get(node, "terms"), form);
		rules[i].term_count = json_count(json_get(node, "terms"));
		rules[i].computes = json_bool(json_get(node, "computes"));
		rules[i].carry = json_bool(json_get(node, "carry"));
	}
	form->rules = rules;
	form->rule_count = json_count(list);
	form->fill_count = rules_order(t->arena, form, &form->fills);
}

static void
put_cell(const struct form_version *form, int at, const struct json *node,
    struct cells *cells)
{
	const char *text = json_type(node) == JSON_IS_TEXT
			       ? json_text(node)
			       : json_get_text(node, "value");
	const char *state = json_get_text(node, "state");

	cells->remarks[at] = json_get_text(node, "remark");
	if (text != NULL) {
		assert_true(
		    decimal_parse(text, form_column_at(form, (size_t)at)->scale,
			&cells->values[at]));
		cells->states[at] = CELL_VALUE;
	} else if (strcmp(state, "none") == 0) {
		cells->states[at] = CELL_NONE;
	} else if (strcmp(state, "withheld") == 0) {
		cells->states[at] = CELL_WITHHELD;
	} else {
		assert_string_equal(state, "missing");
	}
}

static void
put_cells(const struct form_version *form, const struct json *node,
    struct cells *cells)
{
	for (size_t i = 0; i < json_count(node); i++)
		put_cell(form, position(form, json_key(node, i)),
		    json_at(node, i), cells);
}

static void
new_cells(struct t *t, const struct form_version *form, const struct json *node,
    struct cells *cells)
{
	cells_init(cells, t->arena, form->cell_count);
	cells->remarks = ARENA_ARRAY(t->arena, form->cell_count, const char *);
	put_cells(form, node, cells);
}

static void
check_verdicts(struct t *t, const char *name, const struct form_version *form,
    const struct cells *cells, const struct cells *previous,
    const struct json *expect)
{
	struct finding *findings = NULL;
	size_t count = 0;

	rules_judge(&t->ctx, form, cells, previous, &findings, &count);
	assert_int_equal(count, json_count(expect));
	for (size_t i = 0; i < count; i++) {
		const struct json *want = json_at(expect, i);
		const char *sum = decimal_text(t->arena, findings[i].expected,
		    findings[i].scale);

		assert_ptr_equal(findings[i].rule, &form->rules[i]);
		if (strcmp(verdicts[findings[i].verdict],
			json_get_text(want, "verdict")) != 0 ||
		    strcmp(sum, json_get_text(want, "expected")) != 0)
			t_fail("%s: rule %s is %s at %s", name,
			    findings[i].rule->id, verdicts[findings[i].verdict],
			    sum);
	}
}

static void
check_filled(struct t *t, const char *name, const struct form_version *form,
    const struct json *one, const struct cells *previous)
{
	struct cells got = { 0 };
	struct cells want = { 0 };

	new_cells(t, form, json_get(one, "cells"), &got);
	new_cells(t, form, json_get(one, "cells"), &want);
	put_cells(form, json_get(json_get(one, "expect"), "filled"), &want);
	if (previous != NULL)
		rules_carry(form, &got, previous);
	rules_fill(form, &got);
	for (size_t i = 0; i < form->cell_count; i++)
		if (got.values[i] != want.values[i] ||
		    got.states[i] != want.states[i] ||
		    !text_equal(got.remarks[i], want.remarks[i]))
			t_fail("%s: cell %s is filled with %s", name,
			    form->cells[i],
			    decimal_text(t->arena, got.values[i],
				form_column_at(form, i)->scale));
}

static void
check_case(struct t *t, const char *file, const struct json *set,
    const struct json *one)
{
	const char *name =
	    arena_printf(t->arena, "%s: %s", file, json_get_text(one, "name"));
	const struct json *columns = json_get(one, "columns");
	const struct json *rules = json_get(one, "rules");
	const struct json *before = json_get(one, "previous");
	struct form_version form = { 0 };
	struct cells cells = { 0 };
	struct cells previous = { 0 };

	read_columns(t, columns != NULL ? columns : json_get(set, "columns"),
	    &form);
	read_rules(t, rules != NULL ? rules : json_get(set, "rules"), &form);
	new_cells(t, &form, json_get(one, "cells"), &cells);
	if (before != NULL)
		new_cells(t, &form, before, &previous);
	check_verdicts(t, name, &form, &cells,
	    before == NULL ? NULL : &previous,
	    json_get(json_get(one, "expect"), "verdicts"));
	check_filled(t, name, &form, one, before == NULL ? NULL : &previous);
}

static void
the_corpus_has_the_meaning_it_has_in_the_browser(void **state)
{
	struct t *t = *state;
	size_t count = 0;

	for (const struct embedded *f = rules_corpus; f->name != NULL; f++) {
		const struct json *set = NULL;
		const struct json *cases = NULL;

		t_ok(&t->ctx,
		    json_parse(&t->ctx, (struct bytes){ f->at, f->len }, &set));
		cases = json_get(set, "cases");
		for (size_t i = 0; i < json_count(cases); i++)
			check_case(t, f->name, set, json_at(cases, i));
		count += json_count(cases);
	}
	assert_true(count >= 60);
}

/* 64 terms at the ends of 64 bits, seen at the finest scale: 19 + 6 + 2 digits
 * of the 38 that are there. */
static void
the_longest_sum_of_the_greatest_values_is_exact(void **state)
{
	struct t *t = *state;
	struct form_column columns[65] = { { 0 } };
	struct rule_term terms[64] = { { 0 } };
	struct rule rule = { .id = "r",
		.target = 64,
		.terms = terms,
		.term_count = 64 };
	const struct form_version form = { .columns = columns,
		.column_count = 65,
		.row_count = 1,
		.cell_count = 65,
		.rules = &rule,
		.rule_count = 1 };
	struct cells cells = { 0 };
	struct finding *findings = NULL;
	size_t count = 0;

	columns[64].scale = DECIMAL_SCALE_MAX;
	cells_init(&cells, t->arena, 65);
	for (int i = 0; i < 64; i++) {
		terms[i] = (struct rule_term){ i, -1 };
		cells.values[i] = INT64_MIN;
		cells.states[i] = CELL_VALUE;
	}
	rules_judge(&t->ctx, &form, &cells, NULL, &findings, &count);
	assert_int_equal(count, 1);
	assert_int_equal(findings[0].verdict, RULE_BROKEN);
	/* 64 * 2^63 */
	assert_string_equal(decimal_text(t->arena, findings[0].expected,
				findings[0].scale),
	    "590295810358705651712.000000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(the_corpus_has_the_meaning_it_has_in_the_browser),
		t_test(the_longest_sum_of_the_greatest_values_is_exact),
	};

	return t_run(tests);
}
