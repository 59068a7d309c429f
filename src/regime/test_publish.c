#include "regime/t_form.h"

#include <string.h>

#include "codec/json.h"
#include "core/day.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "store/store.h"

static void
the_same_definition_again_changes_nothing(void **state)
{
	struct t *t = *state;
	uint64_t before = 0;
	const struct catalogue *cat = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	before = t_digest(t);
	cat = catalogue_now(&t->ctx);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	/* Blanks and the order of members have no meaning. */
	t_ok(&t->ctx,
	    t_form_published(t,
		t_form_changed(t, "\"number\":1,\"from\":\"2024-01-01\"",
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

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
		t_fails(&t->ctx,
		    t_form_published(t,
			t_form_changed(t, changes[i][0], changes[i][1])),
		    FAIL_CONFLICT, "form.exists");
	assert_true(t_digest(t) == before);
}

static void
a_new_version_ends_the_one_before(void **state)
{
	struct t *t = *state;
	struct digest first = { { 0 } };
	const struct form *form = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	first = t_form_now(t, "T.01")->versions[0].digest;
	t_ok(&t->ctx, t_form_published(t, t_form_second(t)));
	form = t_form_now(t, "T.01");
	assert_int_equal(form->version_count, 2);
	assert_int_equal(form->versions[0].to, day_of(2025, 10, 1));
	assert_int_equal(form->versions[1].from, day_of(2025, 10, 1));
	assert_int_equal(form->versions[1].to, day_of(2026, 2, 15));
	assert_memory_equal(&first, &form->versions[0].digest, sizeof(first));
	assert_int_equal(ledger_size(t->home.ledger), 2);
	/* An old definition does not take it back. */
	t_fails(&t->ctx, t_form_published(t, t_form_small), FAIL_CONFLICT,
	    "form.exists");
}

/* The first fault of a refused publication. */
static void
expect_fault(struct t *t, const char *source, const char *pointer,
    const char *code)
{
	const struct fail_field *field = NULL;
	const enum fail got = t_form_published(t, source);

	field = t->ctx.failure.fields;
	if (got != FAIL_INVALID || field == NULL)
		t_fail("%s at %s: %s", code, pointer, fail_name(got));
	assert_string_equal(t->ctx.failure.code, "form.definition");
	assert_string_equal(field->pointer, pointer);
	assert_string_equal(field->code, code);
	fail_clear(&t->ctx);
}

/* Each is a change of the form that makes it faulty: what is replaced by what, and
 * the fault's place and code.  Nothing is written. */
static void
expect_faults(struct t *t, const char *const (*bad)[4], size_t count)
{
	uint64_t before = 0;

	t_regime(t);
	before = t_digest(t);
	for (size_t i = 0; i < count; i++)
		expect_fault(t, t_form_changed(t, bad[i][0], bad[i][1]),
		    bad[i][2], bad[i][3]);
	assert_true(t_digest(t) == before);
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
}

static void
a_version_never_begins_in_settled_periods(void **state)
{
	struct t *t = *state;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	t->clock_us = day_start_us(day_of(2025, 10, 1));
	expect_fault(t, t_form_second(t), "/versions/1/from", "form.order");
	t->clock_us--;
	t_ok(&t->ctx, t_form_published(t, t_form_second(t)));
}

/* Behind the end of the old law nothing was reported: the new one may come
 * late. */
static void
a_version_may_begin_late_behind_the_last_day(void **state)
{
	struct t *t = *state;

	t_regime(t);
	t_ok(&t->ctx,
	    t_form_published(t, t_form_changed(t, "\"last_day\":\"2026-02-14\"",
				    "\"last_day\":\"2025-01-31\"")));
	t->clock_us = day_start_us(day_of(2026, 6, 1));
	t_ok(&t->ctx, t_form_published(t, t_form_second(t)));
	assert_int_equal(t_form_now(t, "T.01")->last_day, day_of(2026, 2, 14));
}

static void
the_last_day_moves_where_nothing_was_due(void **state)
{
	struct t *t = *state;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	t_ok(&t->ctx,
	    t_form_published(t,
		t_form_changed(t, "\"last_day\":\"2026-02-14\",", "")));
	assert_int_equal(t_form_now(t, "T.01")->last_day, DAY_OPEN);
	assert_int_equal(t_form_now(t, "T.01")->versions[0].to, DAY_OPEN);
	t_ok(&t->ctx, t_form_published(t, t_form_changed(t, "\"2026-02-14\"",
					      "\"2025-07-15\"")));
	assert_int_equal(t_form_now(t, "T.01")->last_day, day_of(2025, 7, 15));
	expect_fault(t, t_form_changed(t, "\"2026-02-14\"", "\"2025-07-14\""),
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
		    "/form/reporters/0/types", "input.range" },
		{ "\"level\":\"commune\"",
		    "\"level\":\"commune\",\"types\":\"ward\"",
		    "/form/reporters/0/types", "input.type" },
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

	expect_faults(t, bad, ARRAY_SIZE(bad));
}

static void
a_column_that_keeps_its_id_keeps_scale_and_aggregation(void **state)
{
	struct t *t = *state;
	static const char *const changes[][2] = {
		{ "\"scale\":2", "\"scale\":3" },
		{ "\"sum\"", "\"max\"" },
	};

	t_regime(t);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *source = t_form_second(t);
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

	t_regime(t);
	expect_fault(t,
	    t_form_changed(t, "\"rules\":[",
		"\"rules\":[{\"id\":\"c\",\"rows\":\"each\","
		"\"target\":\"a\",\"terms\":[{\"column\":\"a\"}],"
		"\"severity\":\"note\",\"carry\":true,\"citation\":\"x\","
		"\"message_vi\":\"x\",\"message_en\":\"x\"},"),
	    "/versions/0/rules/1/target", "form.rule");
}

/* What is read by people must be something to read, wherever it is. */
static void
names_say_something(void **state)
{
	struct t *t = *state;
	static const char *const places[][3] = {
		{ "\"T.01\"", "\".\"", "/form/code" },
		{ "\"Biểu thử\"", "\"\u00a0\"", "/form/name_vi" },
		{ "\"Test\"", "\"\u200b\"", "/form/name_en" },
		{ "\"Quyết định 1\"", "\" \ufeff \"", "/form/legal_basis" },
		{ "\"Chế độ\"", "\"\u3164\"", "/form/regime/name_vi" },
		{ "\"label\":\"1\"", "\"label\":\"\u2060\"",
		    "/versions/0/columns/0/label" },
		{ "\"group_en\":\"G\"", "\"group_en\":\"\u00a0\"",
		    "/versions/0/columns/1/group_en" },
		{ "\"name_vi\":\"R\"", "\"name_vi\":\"\u0301\"",
		    "/versions/0/rows/0/name_vi" },
		{ "\"Điều 1\"", "\"\u200b\"", "/versions/0/rules/0/citation" },
		{ "\"Wrong\"", "\"…\"", "/versions/0/rules/0/message_en" },
	};
	uint64_t before = 0;

	t_regime(t);
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		expect_fault(t, t_form_changed(t, places[i][0], places[i][1]),
		    places[i][2], "form.empty");
	assert_true(t_digest(t) == before);
}

/* Each kind of name and code of a form; core/test_naming.c tries the rules. */
static void
a_name_or_code_that_is_none_is_refused_at_its_place(void **state)
{
	struct t *t = *state;
	static const char *const bad[][4] = {
		{ "\"T.01\"", "\"../x\"", "/form/code", "form.id" },
		{ "\"T.01\"", "\"=1+1\"", "/form/code", "form.id" },
		{ "\"T.01\"", "\"T.01\u200b\"", "/form/code", "form.id" },
		{ "\"T.01\"", "\"\u0422.01\"", "/form/code", "form.id" },
		{ "\"code\":\"T\"", "\"code\":\"T/..\"", "/form/regime/code",
		    "form.id" },
		{ "\"Biểu thử\"", "\"Biểu\\nthử\"", "/form/name_vi",
		    "form.name" },
		{ "\"Biểu thử\"", "\"=HYPERLINK(1)\"", "/form/name_vi",
		    "form.name" },
		{ "\"Biểu thử\"", "\"Biểu\u00a0thử\"", "/form/name_vi",
		    "form.name" },
		{ "\"group_en\":\"G\"", "\"group_en\":\"G\u202e\"",
		    "/versions/0/columns/1/group_en", "form.name" },
		{ "\"label\":\"1\"", "\"label\":\"=1+1\"",
		    "/versions/0/columns/0/label", "form.name" },
		{ "\"name_vi\":\"R\"", "\"name_vi\":\"R\u00ad\"",
		    "/versions/0/rows/0/name_vi", "form.name" },
		{ "\"Điều 1\"", "\"Điều 1\\u2028\"",
		    "/versions/0/rules/0/citation", "form.name" },
		{ "\"Wrong\"", "\"@Wrong\"", "/versions/0/rules/0/message_en",
		    "form.name" },
		{ "\"id\":\"r1\"", "\"id\":\"R1\"", "/versions/0/rows/0/id",
		    "form.id" },
	};

	expect_faults(t, bad, ARRAY_SIZE(bad));
}

/* "T.01" is published; "t.01" would be another form with the same file name. */
static void
codes_that_differ_only_in_case_are_not_both_published(void **state)
{
	struct t *t = *state;
	uint64_t before = 0;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	before = t_digest(t);
	expect_fault(t, t_form_changed(t, "\"T.01\"", "\"t.01\""), "/form/code",
	    "form.alike");
	assert_true(t_digest(t) == before);
}

/* A rule that computes or only judges target as what sum names. */
static const char *
rule(struct t *t, const char *id, const char *target, const char *sum,
    bool computes)
{
	return arena_printf(t->ctx.arena,
	    "{\"id\":\"%s\",\"rows\":\"each\",\"target\":\"%s\","
	    "\"terms\":[%s],\"severity\":\"block\",\"computes\":%s,"
	    "\"citation\":\"x\",\"message_vi\":\"x\",\"message_en\":\"x\"}",
	    id, target, sum, computes ? "true" : "false");
}

/* The small form with these rules, and columns c and d beside a and b. */
static const char *
with_rules(struct t *t, const char *rules)
{
	static const char column[] =
	    "{\"id\":\"%s\",\"label\":\"1\",\"name_vi\":\"x\","
	    "\"name_en\":\"x\",\"scale\":0,\"lo\":\"0\",\"hi\":\"5\","
	    "\"aggregation\":\"sum\"},";
	const char *small = t_form_changed(t, "\"columns\":[",
	    arena_printf(t->ctx.arena, "\"columns\":[%s%s",
		arena_printf(t->ctx.arena, column, "c"),
		arena_printf(t->ctx.arena, column, "d")));
	const char *at = strstr(small, "\"rules\":[");

	return arena_printf(t->ctx.arena, "%.*s\"rules\":[%s]}]}",
	    (int)(at - small), small, rules);
}

static void
rules_that_need_each_other_are_refused_and_named(void **state)
{
	struct t *t = *state;
	const char *rules = arena_printf(t->ctx.arena, "%s,%s,%s,%s",
	    rule(t, "q1", "a", "{\"column\":\"b\"}", true),
	    rule(t, "q2", "b", "{\"column\":\"c\"}", true),
	    rule(t, "q3", "c", "{\"column\":\"d\"}", true),
	    rule(t, "q4", "d", "{\"column\":\"b\"},{\"column\":\"a\"}", true));
	const struct fail_field *field = NULL;
	uint64_t before = 0;

	t_regime(t);
	before = t_digest(t);
	assert_int_equal(t_form_published(t, with_rules(t, rules)),
	    FAIL_INVALID);
	field = t->ctx.failure.fields;
	assert_int_equal(t->ctx.failure.field_count, 7);
	for (int i = 1; i <= 3; i++, field = field->next) {
		assert_string_equal(field->pointer,
		    arena_printf(t->ctx.arena, "/versions/0/rules/%d/terms",
			i));
		assert_string_equal(field->code, "form.cycle");
		assert_string_equal(field->message,
		    "q2 needs q3 needs q4 needs q2");
	}
	/* The other circle is over all of them. */
	assert_string_equal(field->message,
	    "q1 needs q2 needs q3 needs q4 needs q1");
	assert_true(t_digest(t) == before);
}

/* One that only judges rests on nothing. */
static void
sums_in_any_order_and_checks_both_ways_are_published(void **state)
{
	struct t *t = *state;
	const char *rules = arena_printf(t->ctx.arena, "%s,%s,%s",
	    rule(t, "q1", "a", "{\"column\":\"c\"},{\"column\":\"b\"}", true),
	    rule(t, "q2", "b", "{\"column\":\"d\"}", true),
	    rule(t, "q3", "d", "{\"column\":\"a\"}", false));

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, with_rules(t, rules)));
}

static void
a_form_with_too_many_cells_is_refused(void **state)
{
	struct t *t = *state;
	struct text columns;
	struct text rows;

	t_regime(t);
	text_init(&columns, t->ctx.arena);
	text_add(&columns, "\"columns\":[");
	for (int i = 0; i < 60; i++)
		text_addf(&columns,
		    "{\"id\":\"x%d\",\"label\":\"x\",\"name_vi\":\"x\","
		    "\"name_en\":\"x\",\"scale\":0,\"lo\":\"0\",\"hi\":\"1\","
		    "\"aggregation\":\"sum\"},",
		    i);
	text_init(&rows, t->ctx.arena);
	text_add(&rows, t_form_changed(t, "\"columns\":[", text_of(&columns)));
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

	t_regime(t);
	t_fails(&t->ctx, t_form_published(t, "{"), FAIL_INVALID, "json.syntax");
	expect_fault(t, "[]", "", "input.type");
	big = ARENA_ARRAY(t->ctx.arena, (1 << 20) + 2, char);
	memset(big, ' ', (1 << 20) + 1);
	t_fails(&t->ctx, t_form_published(t, big), FAIL_TOO_BIG,
	    "form.too_big");
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

	t_regime(t);
	t->ctx.actor = NULL;
	t_fails(&t->ctx, t_form_published(t, t_form_small), FAIL_LOGIN,
	    "access.login");
	t->ctx.actor = &clerk;
	t_fails(&t->ctx, t_form_published(t, t_form_small), FAIL_DENIED,
	    "access.denied");
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
}

static enum fail
publish_and_fail(struct ctx *ctx, void *arg)
{
	TRY(t_form_publish(ctx, arg));
	return FAIL(ctx, FAIL_CONFLICT, "test.wanted", "as the test wants");
}

static void
a_publication_that_is_undone_leaves_the_catalogue(void **state)
{
	struct t *t = *state;
	const char *source = t_form_small;

	t_regime(t);
	t_fails(&t->ctx, t_unit(t, publish_and_fail, &source), FAIL_CONFLICT,
	    "test.wanted");
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 0);
	assert_int_equal(ledger_size(t->home.ledger), 0);
}

static void
each_failing_step_of_a_publication_leaves_everything(void **state)
{
	struct t *t = *state;
	const char *source = t_form_small;

	t_regime(t);
	t_each_failure(t, t_form_publish, &source);
	assert_non_null(t_form_now(t, "T.01"));
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

static void
forms_of_one_regime_tell_the_same_of_it(void **state)
{
	struct t *t = *state;
	const char *other = NULL;
	char *at = NULL;

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	other = t_form_changed(t, "\"T.01\"", "\"T.02\"");
	t_ok(&t->ctx, t_form_published(t, other));
	other = t_form_changed(t, "\"T.01\"", "\"T.03\"");
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

	t_regime(t);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	t_ok(&t->ctx, t_read(t, first_entry, &digest));
	assert_non_null(catalogue_digest(catalogue_now(&t->ctx), &digest));
}

static void
all_calls_of_a_unit_of_work_see_one_catalogue(void **state)
{
	struct t *t = *state;
	struct arena *arena = arena_new(0);
	const struct catalogue *cat = NULL;
	struct ctx reader;

	t_regime(t);
	ctx_init(&reader, arena, &t->home);
	cat = catalogue_now(&reader);
	t_ok(&t->ctx, t_form_published(t, t_form_small));
	/* The publisher has his own by now, the reader what he began with. */
	assert_int_equal(catalogue_count(catalogue_now(&t->ctx)), 1);
	assert_ptr_equal(catalogue_now(&reader), cat);
	assert_int_equal(catalogue_count(cat), 0);
	t_ok(&reader, tx_begin(&reader, TX_READ));
	t_ok(&reader, tx_end(&reader, OK));
	assert_ptr_equal(catalogue_now(&reader), catalogue_now(&t->ctx));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(the_same_definition_again_changes_nothing),
		t_test(what_is_published_never_changes),
		t_test(a_new_version_ends_the_one_before),
		t_test(a_version_never_begins_in_settled_periods),
		t_test(a_version_may_begin_late_behind_the_last_day),
		t_test(the_last_day_moves_where_nothing_was_due),
		t_test(bad_definitions_are_refused_at_their_place),
		t_test(a_name_or_code_that_is_none_is_refused_at_its_place),
		t_test(codes_that_differ_only_in_case_are_not_both_published),
		t_test(a_column_that_keeps_its_id_keeps_scale_and_aggregation),
		t_test(two_rules_never_fill_the_same_column),
		t_test(a_form_with_too_many_cells_is_refused),
		t_test(what_is_no_json_or_too_big_is_refused),
		t_test(only_who_manages_the_organisation_publishes),
		t_test(names_say_something),
		t_test(rules_that_need_each_other_are_refused_and_named),
		t_test(sums_in_any_order_and_checks_both_ways_are_published),
		t_test(a_publication_that_is_undone_leaves_the_catalogue),
		t_test(each_failing_step_of_a_publication_leaves_everything),
		t_test(forms_of_one_regime_tell_the_same_of_it),
		t_test(a_publication_is_in_the_ledger_by_its_digests),
		t_test(all_calls_of_a_unit_of_work_see_one_catalogue),
	};
	return t_run(tests);
}
