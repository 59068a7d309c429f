#include "regime/t_form.h"

#include "core/day.h"
#include "regime/form.sql.h"
#include "store/store.h"

static void
a_catalogue_begins_empty(void **state)
{
	struct t *t = *state;

	t_regime(t);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
	assert_null(t_form_now(t, "T.01"));
	assert_null(catalogue_version(catalogue_now(&t->ctx), 1));
}

static void
a_small_form_is_published_as_written(void **state)
{
	struct t *t = *state;
	const struct form *form = NULL;
	const struct form_version *v = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	form = t_form_now(t, "T.01");
	assert_non_null(form);
	assert_string_equal(form->name_vi, "Biểu thử");
	assert_string_equal(form->regime_code, "T");
	assert_int_equal(form->calendar.kind, PERIOD_QUARTER);
	assert_int_equal(form->calendar.cutoff_day, 14);
	assert_int_equal(form->first_day, day_of(2024, 1, 1));
	assert_int_equal(form->last_day, day_of(2026, 2, 14));
	assert_int_equal(form->reporter_count, 1);
	assert_int_equal(form->reporters[0].level, LEVEL_COMMUNE);
	assert_null(form->reporters[0].types);
	assert_int_equal(form->version_count, 1);
	v = &form->versions[0];
	assert_ptr_equal(v->form, form);
	assert_int_equal(v->number, 1);
	assert_int_equal(v->to, day_of(2026, 2, 15));
	assert_int_equal(v->column_count, 2);
	assert_int_equal(v->columns[0].hi, 10050);
	assert_null(v->columns[0].group_vi);
	assert_int_equal(v->columns[1].lo, -5);
	assert_int_equal(v->columns[1].aggregation, AGG_LAST);
	assert_int_equal(v->cell_count, 2);
	assert_string_equal(v->cells[1], "r1.b");
	assert_int_equal(v->rule_count, 1);
	assert_string_equal(v->rules[0].id, "s.r1");
	assert_int_equal(v->rules[0].target, 0);
	assert_int_equal(v->rules[0].terms[0].cell, 1);
	assert_int_equal(v->rules[0].terms[0].sign, -1);
	assert_int_equal(v->rules[0].severity, SEVERITY_EXPLAIN);
	assert_true(v->rules[0].computes);
	assert_false(v->rules[0].carry);
}

static void
a_version_is_found_by_id_digest_and_cell(void **state)
{
	struct t *t = *state;
	const struct catalogue *cat = NULL;
	const struct form_version *v = NULL;
	struct digest digest = { { 0 } };

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	cat = catalogue_now(&t->ctx);
	v = &catalogue_at(cat, 0)->versions[0];
	digest = digest_of(bytes_of_text(v->body));
	assert_memory_equal(&digest, &v->digest, sizeof(digest));
	assert_ptr_equal(catalogue_version(cat, v->id), v);
	assert_ptr_equal(catalogue_digest(cat, &digest), v);
	digest.at[0] ^= 1;
	assert_null(catalogue_digest(cat, &digest));
	assert_int_equal(form_cell(v, "r1.a"), 0);
	assert_int_equal(form_cell(v, "r1.b"), 1);
	assert_int_equal(form_cell(v, "r1.c"), -1);
	assert_int_equal(form_cell(v, "r.a"), -1);
	assert_int_equal(form_cell(v, ""), -1);
	assert_string_equal(form_column_at(v, 1)->id, "b");
}

static void
the_shipped_forms_are_sound(void **state)
{
	struct t *t = *state;
	const struct form *a = NULL;
	const struct form *b = NULL;

	t_regime(t);
	t_form_shipped(t);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 2);
	a = t_form_now(t, "II.06a/VPCP/KSTT");
	b = t_form_now(t, "II.07b/VPCP/KSTT");
	assert_int_equal(a->version_count, 1);
	assert_int_equal(a->versions[0].column_count, 11);
	assert_int_equal(a->versions[0].row_count, 12);
	assert_int_equal(a->versions[0].cell_count, 132);
	assert_int_equal(a->versions[0].rule_count, 60);
	assert_string_equal(a->versions[0].rules[13].id, "r2.s02");
	assert_string_equal(a->versions[0].cells[131], "s12.c13");
	for (size_t i = 0; i < 12; i++)
		assert_true(a->versions[0].rows[i].unsure);
	assert_int_equal(b->version_count, 2);
	assert_int_equal(b->versions[0].cell_count, 12);
	assert_int_equal(b->versions[1].cell_count, 9);
}

/* District columns end on 30 June 2025; the others keep their ids. */
static void
the_two_versions_of_a_shipped_form_share_cells(void **state)
{
	struct t *t = *state;
	const struct form *form = NULL;
	struct period second_quarter = { 0 };
	struct period third_quarter = { 0 };

	t_regime(t);
	t_form_shipped(t);
	form = t_form_now(t, "II.07b/VPCP/KSTT");
	second_quarter = t_period(form, "2025-Q2");
	third_quarter = t_period(form, "2025-Q3");
	assert_ptr_equal(form_for(form, &second_quarter), &form->versions[0]);
	assert_ptr_equal(form_for(form, &third_quarter), &form->versions[1]);
	assert_int_equal(form_cell(&form->versions[0], "d01.c14"), 11);
	assert_int_equal(form_cell(&form->versions[1], "d01.c14"), 8);
	assert_int_equal(form_cell(&form->versions[0], "d01.c5"), 2);
	assert_int_equal(form_cell(&form->versions[1], "d01.c5"), -1);
}

static void
a_form_holds_for_periods_that_end_within_its_validity(void **state)
{
	struct t *t = *state;
	const struct form *form = NULL;
	static const struct {
		const char *period;
		bool holds;
	} cases[] = { { "2023-Q4", false }, { "2024-Q1", true },
		{ "2025-Q4", true }, { "2026-Q1", false } };
	const struct calendar monthly = { PERIOD_MONTH, 14 };
	struct period month = { 0 };

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	form = t_form_now(t, "T.01");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct period p = t_period(form, cases[i].period);

		assert_int_equal(form_for(form, &p) != NULL, cases[i].holds);
	}
	assert_true(period_parse(&monthly, "2025-03", &month));
	assert_null(form_for(form, &month));
}

/* 2025-Q4 ends on 14 December. */
static void
validity_counts_to_the_day(void **state)
{
	struct t *t = *state;
	static const struct {
		const char *last_day;
		bool holds;
	} cases[] = { { "\"2025-12-15\"", true }, { "\"2025-12-14\"", true },
		{ "\"2025-12-13\"", false } };

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct form *form = NULL;
		struct period p = { 0 };

		t_ok(&t->ctx,
		    t_form_published(t, t_form_changed(t, "\"2026-02-14\"",
					    cases[i].last_day)));
		form = t_form_now(t, "T.01");
		p = t_period(form, "2025-Q4");
		assert_int_equal(form_for(form, &p) != NULL, cases[i].holds);
	}
}

static void
a_period_opens_on_the_last_day_of_its_window(void **state)
{
	struct t *t = *state;
	const struct form *form = NULL;
	struct period p = { 0 };
	struct period outside = { 0 };

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	form = t_form_now(t, "T.01");
	p = t_period(form, "2025-Q3");
	assert_int_equal(p.to, day_of(2025, 9, 14));
	assert_false(period_is_open(form, &p, day_start_us(p.to) - 1));
	assert_true(period_is_open(form, &p, day_start_us(p.to)));
	assert_true(period_is_open(form, &p, day_start_us(p.to + 1000)));
	outside = t_period(form, "2026-Q1");
	assert_false(
	    period_is_open(form, &outside, day_start_us(outside.to + 1)));
}

static enum fail
load(struct ctx *ctx, void *arg)
{
	(void)arg;
	return regime_load(ctx);
}

static void
the_catalogue_is_the_same_after_a_restart(void **state)
{
	struct t *t = *state;
	const struct form *before = NULL;
	const struct form *after = NULL;

	t_regime(t);
	t_form_shipped(t);
	before = t_form_now(t, "II.07b/VPCP/KSTT");
	t_ok(&t->ctx, t_read(t, load, NULL));
	after = t_form_now(t, "II.07b/VPCP/KSTT");
	assert_ptr_not_equal(before, after);
	assert_int_equal(before->id, after->id);
	assert_int_equal(before->version_count, after->version_count);
	for (size_t i = 0; i < after->version_count; i++) {
		assert_memory_equal(&before->versions[i].digest,
		    &after->versions[i].digest, DIGEST_LEN);
		assert_string_equal(before->versions[i].body,
		    after->versions[i].body);
		assert_int_equal(before->versions[i].to, after->versions[i].to);
	}
}

static enum fail
store_broken(struct ctx *ctx, void *arg)
{
	struct sql_form_insert *made = NULL;

	return sql_form_insert(ctx, "X", NULL, arg, 1, &made);
}

static void
a_stored_form_that_is_not_sound_is_our_own_fault(void **state)
{
	struct t *t = *state;
	char broken[] = "{\"code\":\"X\"}";

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	t_ok(&t->ctx, t_unit(t, store_broken, broken));
	t_fails(&t->ctx, t_read(t, load, NULL), FAIL_INTERNAL, "form.stored");
	/* The catalogue that was before still is. */
	assert_non_null(t_form_now(t, "T.01"));
}

static void
forms_stand_in_the_order_of_their_codes(void **state)
{
	struct t *t = *state;
	const struct catalogue *cat = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	t_form_shipped(t);
	t_ok(&t->ctx,
	    t_form_published(t, t_form_changed(t, "\"T.01\"", "\"A.01\"")));
	cat = catalogue_now(&t->ctx);
	assert_int_equal(catalogue_count(cat), 4);
	assert_string_equal(catalogue_at(cat, 0)->code, "A.01");
	assert_string_equal(catalogue_at(cat, 1)->code, "II.06a/VPCP/KSTT");
	assert_string_equal(catalogue_at(cat, 3)->code, "T.01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_catalogue_begins_empty),
		t_test(a_small_form_is_published_as_written),
		t_test(a_version_is_found_by_id_digest_and_cell),
		t_test(the_shipped_forms_are_sound),
		t_test(the_two_versions_of_a_shipped_form_share_cells),
		t_test(a_form_holds_for_periods_that_end_within_its_validity),
		t_test(validity_counts_to_the_day),
		t_test(a_period_opens_on_the_last_day_of_its_window),
		t_test(the_catalogue_is_the_same_after_a_restart),
		t_test(a_stored_form_that_is_not_sound_is_our_own_fault),
		t_test(forms_stand_in_the_order_of_their_codes),
	};
	return t_run(tests);
}
