#include "t_store.h"

#include <string.h>

#include "app/access.h"
#include "codec/json.h"
#include "core/day.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "regime/form.sql.h"
#include "regime/t_data.h"
#include "store/store.h"

/*
 * A small form: two columns, one row, one rule.  It holds from 2024 on; the
 * tests' clock stands on 2025-07-15.
 */
static const char small[] =
    "{\"form\":{\"code\":\"T.01\",\"name_vi\":\"Biểu thử\",\"name_en\":\"Test\","
    "\"legal_basis\":\"Quyết định 1\",\"regime\":{\"code\":\"T\","
    "\"name_vi\":\"Chế độ\",\"name_en\":\"Regime\","
    "\"calendar\":{\"kind\":\"quarter\",\"cutoff_day\":14}},"
    "\"reporters\":[{\"level\":\"commune\",\"deadline_days\":3}]},"
    "\"last_day\":\"2026-02-14\",\"versions\":[{\"number\":1,"
    "\"from\":\"2024-01-01\",\"columns\":[{\"id\":\"a\",\"label\":\"1\","
    "\"name_vi\":\"A\",\"name_en\":\"A\",\"scale\":2,\"lo\":\"0\","
    "\"hi\":\"100.5\",\"aggregation\":\"sum\"},{\"id\":\"b\","
    "\"label\":\"2\",\"group_vi\":\"G\",\"group_en\":\"G\",\"name_vi\":\"B\","
    "\"name_en\":\"B\",\"scale\":0,\"lo\":\"-5\",\"hi\":\"5\","
    "\"aggregation\":\"last\"}],\"rows\":[{\"id\":\"r1\",\"name_vi\":\"R\","
    "\"name_en\":\"R\"}],\"rules\":[{\"id\":\"s\",\"rows\":\"each\","
    "\"target\":\"a\",\"terms\":[{\"column\":\"b\",\"sign\":-1}],"
    "\"severity\":\"explain\",\"computes\":true,\"citation\":\"Điều 1\","
    "\"message_vi\":\"Sai\",\"message_en\":\"Wrong\"}]}]}";

/* What follows the first version in a definition with two. */
static const char second[] =
    ",{\"number\":2,\"from\":\"2025-10-01\",\"columns\":[{\"id\":\"a\","
    "\"label\":\"1\",\"name_vi\":\"A\",\"name_en\":\"A\",\"scale\":2,"
    "\"lo\":\"0\",\"hi\":\"200\",\"aggregation\":\"sum\"}],"
    "\"rows\":[{\"id\":\"r1\",\"name_vi\":\"R\",\"name_en\":\"R\"}],"
    "\"rules\":[]}]}";

static void
close_regime(void *object)
{
	regime_free(object);
}

static void
close_ledger(void *object)
{
	ledger_close(object);
}

static void
open_all(struct t *t)
{
	t_store(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, close_ledger, t->home.ledger);
	t->home.regime = regime_new();
	t_defer(t, close_regime, t->home.regime);
	t->ctx.actor = &access_system;
}

static enum fail
publish(struct ctx *ctx, void *arg)
{
	return regime_publish(ctx, bytes_of_text(arg));
}

static enum fail
published(struct t *t, const char *source)
{
	struct arena *arena = arena_new(0);
	/* The unit of work begins with a fresh arena. */
	char *kept = arena_text(arena, source);
	const enum fail got = t_unit(t, publish, kept);

	arena_free(arena);
	return got;
}

/* The small form with one piece of its text replaced; the piece is there. */
static const char *
changed(struct t *t, const char *from, const char *to)
{
	const char *at = strstr(small, from);

	if (at == NULL)
		t_fail("the small form has no %s", from);
	return arena_printf(t->ctx.arena, "%.*s%s%s", (int)(at - small), small,
	    to, at + strlen(from));
}

static const char *
with_second(struct t *t)
{
	return arena_printf(t->ctx.arena, "%.*s%s", (int)strlen(small) - 2,
	    small, second);
}

static const struct form *
form_now(struct t *t, const char *code)
{
	return catalogue_form(catalogue_now(&t->ctx), code);
}

static struct period
period_named(const struct form *form, const char *text)
{
	struct period period = { 0 };

	assert_true(period_parse(&form->calendar, text, &period));
	return period;
}

static void
publish_shipped(struct t *t)
{
	for (const struct embedded *f = shipped_forms; f->name != NULL; f++)
		t_ok(&t->ctx, published(t, (const char *)f->at));
}

static void
a_catalogue_begins_empty(void **state)
{
	struct t *t = *state;

	open_all(t);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
	assert_null(form_now(t, "T.01"));
	assert_null(catalogue_version(catalogue_now(&t->ctx), 1));
}

static void
a_small_form_is_published_as_written(void **state)
{
	struct t *t = *state;
	const struct form *form = NULL;
	const struct form_version *v = NULL;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	form = form_now(t, "T.01");
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

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	cat = catalogue_now(&t->ctx);
	v = &catalogue_at(cat, 0)->versions[0];
	digest = sha256(bytes_of_text(v->body));
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

	open_all(t);
	publish_shipped(t);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 2);
	a = form_now(t, "II.06a/VPCP/KSTT");
	b = form_now(t, "II.07b/VPCP/KSTT");
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

	open_all(t);
	publish_shipped(t);
	form = form_now(t, "II.07b/VPCP/KSTT");
	second_quarter = period_named(form, "2025-Q2");
	third_quarter = period_named(form, "2025-Q3");
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

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	form = form_now(t, "T.01");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct period p = period_named(form, cases[i].period);

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

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct form *form = NULL;
		struct period p = { 0 };

		t_ok(&t->ctx, published(t, changed(t, "\"2026-02-14\"",
					       cases[i].last_day)));
		form = form_now(t, "T.01");
		p = period_named(form, "2025-Q4");
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

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	form = form_now(t, "T.01");
	p = period_named(form, "2025-Q3");
	assert_int_equal(p.to, day_of(2025, 9, 14));
	assert_false(period_is_open(form, &p, day_start_us(p.to) - 1));
	assert_true(period_is_open(form, &p, day_start_us(p.to)));
	assert_true(period_is_open(form, &p, day_start_us(p.to + 1000)));
	outside = period_named(form, "2026-Q1");
	assert_false(
	    period_is_open(form, &outside, day_start_us(outside.to + 1)));
}

static void
the_same_definition_again_changes_nothing(void **state)
{
	struct t *t = *state;
	uint64_t before = 0;
	const struct catalogue *cat = NULL;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	before = t_digest(t);
	cat = catalogue_now(&t->ctx);
	t_ok(&t->ctx, published(t, small));
	/* Blanks and the order of members have no meaning. */
	t_ok(&t->ctx,
	    published(t, changed(t, "\"number\":1,\"from\":\"2024-01-01\"",
			     " \"from\" : \"2024-01-01\",\n \"number\" : 1 ")));
	assert_true(t_digest(t) == before);
	assert_ptr_equal(catalogue_now(&t->ctx), cat);
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

static void
what_is_published_never_changes(void **state)
{
	struct t *t = *state;
	static const char *const changes[][2] = {
		{ "\"hi\":\"100.5\"", "\"hi\":\"100.6\"" },
		{ "\"message_vi\":\"Sai\"", "\"message_vi\":\"Chưa đúng\"" },
		{ "\"from\":\"2024-01-01\"", "\"from\":\"2024-01-02\"" },
		{ "\"name_vi\":\"Biểu thử\"", "\"name_vi\":\"Biểu khác\"" },
		{ "\"deadline_days\":3", "\"deadline_days\":4" },
		{ "\"cutoff_day\":14", "\"cutoff_day\":15" },
	};
	uint64_t before = 0;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		t_fails(&t->ctx,
		    published(t, changed(t, changes[i][0], changes[i][1])),
		    FAIL_CONFLICT, "form.exists");
	assert_true(t_digest(t) == before);
}

static void
a_new_version_ends_the_one_before(void **state)
{
	struct t *t = *state;
	struct digest first = { { 0 } };
	const struct form *form = NULL;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	first = form_now(t, "T.01")->versions[0].digest;
	t_ok(&t->ctx, published(t, with_second(t)));
	form = form_now(t, "T.01");
	assert_int_equal(form->version_count, 2);
	assert_int_equal(form->versions[0].to, day_of(2025, 10, 1));
	assert_int_equal(form->versions[1].from, day_of(2025, 10, 1));
	assert_int_equal(form->versions[1].to, day_of(2026, 2, 15));
	assert_memory_equal(&first, &form->versions[0].digest, sizeof(first));
	assert_int_equal(ledger_size(t->home.ledger), 2);
	/* An old definition does not take it back. */
	t_fails(&t->ctx, published(t, small), FAIL_CONFLICT, "form.exists");
}

/* The first fault of a refused publication. */
static void
expect_fault(struct t *t, const char *source, const char *pointer,
    const char *code)
{
	const struct fail_field *field = NULL;
	const enum fail got = published(t, source);

	field = t->ctx.failure.fields;
	if (got != FAIL_INVALID || field == NULL)
		t_fail("%s at %s: %s", code, pointer, fail_name(got));
	assert_string_equal(t->ctx.failure.code, "form.definition");
	assert_string_equal(field->pointer, pointer);
	assert_string_equal(field->code, code);
	fail_clear(&t->ctx);
}

static void
a_version_never_begins_in_settled_periods(void **state)
{
	struct t *t = *state;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	t->clock_us = day_start_us(day_of(2025, 10, 1));
	expect_fault(t, with_second(t), "/versions/1/from", "form.order");
	t->clock_us--;
	t_ok(&t->ctx, published(t, with_second(t)));
}

/* Behind the end of the old law nothing was reported: the new one may come
 * late. */
static void
a_version_may_begin_late_behind_the_last_day(void **state)
{
	struct t *t = *state;

	open_all(t);
	t_ok(&t->ctx, published(t, changed(t, "\"last_day\":\"2026-02-14\"",
				       "\"last_day\":\"2025-01-31\"")));
	t->clock_us = day_start_us(day_of(2026, 6, 1));
	t_ok(&t->ctx, published(t, with_second(t)));
	assert_int_equal(form_now(t, "T.01")->last_day, day_of(2026, 2, 14));
}

static void
the_last_day_moves_where_nothing_was_due(void **state)
{
	struct t *t = *state;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	t_ok(&t->ctx,
	    published(t, changed(t, "\"last_day\":\"2026-02-14\",", "")));
	assert_int_equal(form_now(t, "T.01")->last_day, DAY_OPEN);
	assert_int_equal(form_now(t, "T.01")->versions[0].to, DAY_OPEN);
	t_ok(&t->ctx,
	    published(t, changed(t, "\"2026-02-14\"", "\"2025-07-15\"")));
	assert_int_equal(form_now(t, "T.01")->last_day, day_of(2025, 7, 15));
	expect_fault(t, changed(t, "\"2026-02-14\"", "\"2025-07-14\""),
	    "/last_day", "form.order");
	assert_int_equal(ledger_size(t->home.ledger), 3);
}

static void
bad_definitions_are_refused_at_their_place(void **state)
{
	struct t *t = *state;
	static const char *const bad[][4] = {
		{ "\"code\":\"T.01\",", "", "/form/code", "input.missing" },
		{ "\"form\":{", "\"form\":{\"x\":1,", "/form/x",
		    "input.unknown" },
		{ "\"T.01\"", "\"\"", "/form/code", "form.empty" },
		{ "\"T.01\"", "\"T 01\"", "/form/code", "form.id" },
		{ "\"T.01\"", "7", "/form/code", "input.type" },
		{ "\"Biểu thử\"", "\" \"", "/form/name_vi", "form.empty" },
		{ "\"quarter\"", "\"week\"", "/form/regime/calendar/kind",
		    "input.choice" },
		{ "\"cutoff_day\":14", "\"cutoff_day\":29",
		    "/form/regime/calendar/cutoff_day", "input.range" },
		{ "[{\"level\":\"commune\",\"deadline_days\":3}]", "[]",
		    "/form/reporters", "form.empty" },
		{ "\"level\":\"commune\"", "\"level\":\"nation\"",
		    "/form/reporters/0/level", "form.types" },
		{ "\"level\":\"commune\"", "\"level\":\"commune\",\"types\":[]",
		    "/form/reporters/0/types", "form.types" },
		{ "\"level\":\"commune\"",
		    "\"level\":\"commune\",\"types\":\"ward\"",
		    "/form/reporters/0/types", "form.types" },
		{ "\"level\":\"commune\"",
		    "\"level\":\"commune\",\"types\":[\"ward\",\"province\"]",
		    "/form/reporters/0/types/1", "form.types" },
		{ "\"deadline_days\":3}",
		    "\"deadline_days\":3},{\"level\":\"commune\","
		    "\"types\":[\"ward\"],\"deadline_days\":4}",
		    "/form/reporters/1", "form.repeated" },
		{ "\"2026-02-14\"", "\"2026-02-30\"", "/last_day",
		    "input.date" },
		{ "\"2026-02-14\"", "\"2023-12-31\"", "/last_day",
		    "form.order" },
		{ "\"number\":1", "\"number\":2", "/versions/0/number",
		    "form.order" },
		{ "\"id\":\"a\"", "\"id\":\"A\"", "/versions/0/columns/0/id",
		    "form.id" },
		{ "\"id\":\"a\"", "\"id\":\"b\"", "/versions/0/columns/1/id",
		    "form.repeated" },
		{ "\"scale\":2", "\"scale\":7", "/versions/0/columns/0/scale",
		    "input.range" },
		{ "\"hi\":\"100.5\"", "\"hi\":\"100.555\"",
		    "/versions/0/columns/0/hi", "form.range" },
		{ "\"hi\":\"100.5\"", "\"hi\":\"-1\"",
		    "/versions/0/columns/0/hi", "form.range" },
		{ "\"lo\":\"-5\"", "\"lo\":\"NaN\"", "/versions/0/columns/1/lo",
		    "form.range" },
		{ "\"lo\":\"-5\"", "\"lo\":-5", "/versions/0/columns/1/lo",
		    "input.type" },
		{ "\"group_en\":\"G\",", "", "/versions/0/columns/1",
		    "form.empty" },
		{ "\"aggregation\":\"last\"", "\"aggregation\":\"mean\"",
		    "/versions/0/columns/1/aggregation", "input.choice" },
		{ "{\"id\":\"r1\",\"name_vi\":\"R\",\"name_en\":\"R\"}", "",
		    "/versions/0/rows", "form.empty" },
		{ "\"id\":\"r1\"", "\"id\":\"all\"", "/versions/0/rows/0/id",
		    "form.id" },
		{ "\"id\":\"r1\"", "\"id\":\"r.1\"", "/versions/0/rows/0/id",
		    "form.id" },
		{ "\"target\":\"a\"", "\"target\":\"z\"",
		    "/versions/0/rules/0/target", "form.unknown_column" },
		{ "{\"column\":\"b\",\"sign\":-1}", "",
		    "/versions/0/rules/0/terms", "form.empty" },
		{ "\"column\":\"b\"", "\"column\":\"z\"",
		    "/versions/0/rules/0/terms/0/column",
		    "form.unknown_column" },
		{ "\"column\":\"b\"", "\"column\":\"a\"",
		    "/versions/0/rules/0/terms/0/column", "form.rule" },
		{ "{\"column\":\"b\",\"sign\":-1}",
		    "{\"column\":\"b\"},{\"column\":\"b\"}",
		    "/versions/0/rules/0/terms/1/column", "form.repeated" },
		{ "\"sign\":-1", "\"sign\":0",
		    "/versions/0/rules/0/terms/0/sign", "form.rule" },
		{ "\"computes\":true", "\"carry\":true",
		    "/versions/0/rules/0/terms", "form.rule" },
		{ "\"sign\":-1}],", "\"sign\":1}],\"carry\":true,",
		    "/versions/0/rules/0/computes", "form.rule" },
		{ "\"rows\":\"each\"", "\"rows\":\"some\"",
		    "/versions/0/rules/0/rows", "input.choice" },
		{ "\"severity\":\"explain\"", "\"severity\":\"stop\"",
		    "/versions/0/rules/0/severity", "input.choice" },
		{ "\"Điều 1\"", "\"\"", "/versions/0/rules/0/citation",
		    "form.empty" },
	};
	uint64_t before = 0;

	open_all(t);
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_fault(t, changed(t, bad[i][0], bad[i][1]), bad[i][2],
		    bad[i][3]);
	assert_true(t_digest(t) == before);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
}

static void
a_column_that_keeps_its_id_keeps_scale_and_aggregation(void **state)
{
	struct t *t = *state;
	static const char *const changes[][2] = {
		{ "\"scale\":2", "\"scale\":3" },
		{ "\"sum\"", "\"max\"" },
	};

	open_all(t);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *source = with_second(t);
		char *at = strstr(strstr(source, "2025-10-01"), changes[i][0]);

		assert_non_null(at);
		memcpy(at, changes[i][1], strlen(changes[i][1]));
		expect_fault(t, source, "/versions/1/columns/0",
		    "form.changed");
	}
}

static void
two_rules_never_fill_the_same_column(void **state)
{
	struct t *t = *state;

	open_all(t);
	expect_fault(t,
	    changed(t, "\"rules\":[",
		"\"rules\":[{\"id\":\"c\",\"rows\":\"each\","
		"\"target\":\"a\",\"terms\":[{\"column\":\"a\"}],"
		"\"severity\":\"note\",\"carry\":true,\"citation\":\"x\","
		"\"message_vi\":\"x\",\"message_en\":\"x\"},"),
	    "/versions/0/rules/1/target", "form.rule");
}

static void
a_form_with_too_many_cells_is_refused(void **state)
{
	struct t *t = *state;
	struct text columns;
	struct text rows;

	open_all(t);
	text_init(&columns, t->ctx.arena);
	text_add(&columns, "\"columns\":[");
	for (int i = 0; i < 60; i++)
		text_addf(&columns,
		    "{\"id\":\"x%d\",\"label\":\"x\",\"name_vi\":\"x\","
		    "\"name_en\":\"x\",\"scale\":0,\"lo\":\"0\",\"hi\":\"1\","
		    "\"aggregation\":\"sum\"},",
		    i);
	text_init(&rows, t->ctx.arena);
	text_add(&rows, changed(t, "\"columns\":[", text_of(&columns)));
	assert_non_null(strstr(text_of(&rows), "\"rows\":["));
	{
		const char *at = strstr(text_of(&rows), "\"rows\":[");
		struct text all;

		text_init(&all, t->ctx.arena);
		text_add_n(&all, text_of(&rows), (size_t)(at - text_of(&rows)));
		text_add(&all, "\"rows\":[");
		for (int i = 0; i < 70; i++)
			text_addf(&all,
			    "{\"id\":\"y%d\",\"name_vi\":\"y\","
			    "\"name_en\":\"y\"},",
			    i);
		text_add(&all, at + strlen("\"rows\":["));
		expect_fault(t, text_of(&all), "/versions/0", "form.too_many");
	}
}

static void
what_is_no_json_or_too_big_is_refused(void **state)
{
	struct t *t = *state;
	char *big = NULL;

	open_all(t);
	t_fails(&t->ctx, published(t, "{"), FAIL_INVALID, "json.syntax");
	expect_fault(t, "[]", "", "input.type");
	big = ARENA_ARRAY(t->ctx.arena, (1 << 20) + 2, char);
	memset(big, ' ', (1 << 20) + 1);
	t_fails(&t->ctx, published(t, big), FAIL_TOO_BIG, "form.too_big");
}

static void
only_who_manages_the_organisation_publishes(void **state)
{
	struct t *t = *state;
	const struct position seats[] = { { .unit = 1,
	    .role = access_role("clerk") } };
	const struct actor clerk = { .person = 7,
		.login = "clerk",
		.name = "Clerk",
		.positions = seats,
		.position_count = 1,
		.locale = "vi" };

	open_all(t);
	t->ctx.actor = NULL;
	t_fails(&t->ctx, published(t, small), FAIL_LOGIN, "access.login");
	t->ctx.actor = &clerk;
	t_fails(&t->ctx, published(t, small), FAIL_DENIED, "access.denied");
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
}

static enum fail
publish_and_fail(struct ctx *ctx, void *arg)
{
	TRY(publish(ctx, arg));
	return FAIL(ctx, FAIL_CONFLICT, "test.wanted", "as the test wants");
}

static void
a_publication_that_is_undone_leaves_the_catalogue(void **state)
{
	struct t *t = *state;
	char source[sizeof(small)] = { 0 };

	memcpy(source, small, sizeof(small));
	open_all(t);
	t_fails(&t->ctx, t_unit(t, publish_and_fail, source), FAIL_CONFLICT,
	    "test.wanted");
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
	assert_int_equal(ledger_size(t->home.ledger), 0);
}

static void
each_failing_step_of_a_publication_leaves_everything(void **state)
{
	struct t *t = *state;
	char source[sizeof(small)] = { 0 };

	memcpy(source, small, sizeof(small));
	open_all(t);
	t_each_failure(t, publish, source);
	assert_non_null(form_now(t, "T.01"));
	assert_int_equal(ledger_size(t->home.ledger), 1);
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

	open_all(t);
	publish_shipped(t);
	before = form_now(t, "II.07b/VPCP/KSTT");
	t_ok(&t->ctx, t_read(t, load, NULL));
	after = form_now(t, "II.07b/VPCP/KSTT");
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

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	t_ok(&t->ctx, t_unit(t, store_broken, broken));
	t_fails(&t->ctx, t_read(t, load, NULL), FAIL_INTERNAL, "form.stored");
	/* The catalogue that stood before still stands. */
	assert_non_null(form_now(t, "T.01"));
}

static void
forms_of_one_regime_tell_the_same_of_it(void **state)
{
	struct t *t = *state;
	const char *other = NULL;
	char *at = NULL;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	other = changed(t, "\"T.01\"", "\"T.02\"");
	t_ok(&t->ctx, published(t, other));
	other = changed(t, "\"T.01\"", "\"T.03\"");
	at = strstr(other, "\"cutoff_day\":14");
	at[strlen("\"cutoff_day\":1")] = '5';
	expect_fault(t, other, "/form/regime", "form.changed");
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 2);
}

static enum fail
first_entry(struct ctx *ctx, void *arg)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = false;
	const struct json *node = NULL;
	const char *code = NULL;
	struct digest *ret = arg;

	TRY(ledger_read(ctx, 0, 1, &reader));
	TRY(ledger_next(ctx, reader, &entry, &more));
	assert_true(more);
	assert_string_equal(entry.kind, "form.publish");
	TRY(json_parse(ctx, entry.body, &node));
	code = json_get_text(node, "code");
	assert_non_null(code);
	assert_string_equal(code, "T.01");
	assert_true(
	    digest_from_hex(json_text(json_at(json_get(node, "versions"), 0)),
		ret));
	return OK;
}

static void
a_publication_is_in_the_ledger_by_its_digests(void **state)
{
	struct t *t = *state;
	struct digest digest = { { 0 } };

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	t_ok(&t->ctx, t_read(t, first_entry, &digest));
	assert_non_null(catalogue_digest(catalogue_now(&t->ctx), &digest));
}

static void
forms_stand_in_the_order_of_their_codes(void **state)
{
	struct t *t = *state;
	const struct catalogue *cat = NULL;

	open_all(t);
	t_ok(&t->ctx, published(t, small));
	publish_shipped(t);
	t_ok(&t->ctx, published(t, changed(t, "\"T.01\"", "\"A.01\"")));
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
		t_test(the_same_definition_again_changes_nothing),
		t_test(what_is_published_never_changes),
		t_test(a_new_version_ends_the_one_before),
		t_test(a_version_never_begins_in_settled_periods),
		t_test(a_version_may_begin_late_behind_the_last_day),
		t_test(the_last_day_moves_where_nothing_was_due),
		t_test(bad_definitions_are_refused_at_their_place),
		t_test(a_column_that_keeps_its_id_keeps_scale_and_aggregation),
		t_test(two_rules_never_fill_the_same_column),
		t_test(a_form_with_too_many_cells_is_refused),
		t_test(what_is_no_json_or_too_big_is_refused),
		t_test(only_who_manages_the_organisation_publishes),
		t_test(a_publication_that_is_undone_leaves_the_catalogue),
		t_test(each_failing_step_of_a_publication_leaves_everything),
		t_test(the_catalogue_is_the_same_after_a_restart),
		t_test(a_stored_form_that_is_not_sound_is_our_own_fault),
		t_test(forms_of_one_regime_tell_the_same_of_it),
		t_test(a_publication_is_in_the_ledger_by_its_digests),
		t_test(forms_stand_in_the_order_of_their_codes),
	};

	return t_run(tests);
}
