#include "app/t_app.h"

#include "core/day.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "regime/slice.h"
#include "regime/t_data.h"

/* The clock of the tests is at 2025-07-15: in the window of 2025-Q3. */
static const struct slice *const slices[] = { &regime_slice, NULL };

static void
close_ledger(void *object)
{
	ledger_close(object);
}

static void
close_regime(void *object)
{
	regime_free(object);
}

static enum fail
publish_shipped(struct ctx *ctx, void *arg)
{
	(void)arg;
	ctx->actor = &access_system;
	for (const struct embedded *f = shipped_forms; f->name != NULL; f++)
		TRY(regime_publish(ctx, (struct bytes){ f->at, f->len }));
	return OK;
}

static void
open_server(struct t *t, struct t_person *clerk)
{
	t_app(t, slices);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, close_ledger, t->home.ledger);
	regime_attach(&t->home, regime_new());
	t_defer(t, close_regime, regime_of(&t->home));
	t_ok(&t->ctx, t_unit(t, publish_shipped, NULL));
	*clerk =
	    (struct t_person){ .login = "clerk", .role = "clerk", .unit = 1 };
	t_person(t, clerk);
}

/* The path as sent: a code's "/" comes as %2F and is no border of segments. */
static struct http_response
asked(struct t *t, const struct t_person *person, const char *path,
    const char *query)
{
	struct ctx *ctx = t_fresh(t);
	const struct http_header header = { "Authorization", person->bearer };
	struct http_response response = { 0 };
	const struct http_request request = {
		.method = "GET",
		.path = path,
		.raw_path = path,
		.query = query == NULL ? "" : query,
		.headers = &header,
		.header_count = 1,
		.peer = "127.0.0.1",
		.id = 1,
	};

	ctx->actor = NULL;
	assert_true(dispatch(ctx, &request, &response));
	return response;
}

static const struct json *
answered(struct t *t, const struct t_person *person, const char *path,
    const char *query)
{
	const struct http_response response = asked(t, person, path, query);

	assert_int_equal(response.status, 200);
	return t_json(t, &response);
}

static const struct json *
item(const struct json *node, const char *list, size_t i)
{
	return json_at(json_get(node, list), i);
}

static void
everybody_signed_in_sees_all_forms(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const struct json *node = NULL;
	const struct json *form = NULL;

	open_server(t, &clerk);
	node = answered(t, &clerk, "/api/v1/forms", NULL);
	assert_int_equal(json_count(json_get(node, "items")), 2);
	form = item(node, "items", 1);
	assert_string_equal(json_get_text(form, "code"), "II.07b/VPCP/KSTT");
	assert_string_equal(json_get_text(form, "regime"), "KSTT-07");
	assert_int_equal(json_count(json_get(form, "versions")), 2);
	assert_string_equal(json_get_text(item(form, "versions", 0), "to"),
	    "2025-07-01");
	assert_int_equal(strlen(json_get_text(item(form, "versions", 1),
			     "digest")),
	    64);
}

static void
nobody_sees_a_form_without_signing_in(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	static const char *const paths[] = { "/api/v1/forms",
		"/api/v1/forms/II.06a%2FVPCP%2FKSTT", "/api/v1/regimes",
		"/api/v1/periods" };

	open_server(t, &clerk);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct http_response response =
		    t_send(t, (struct t_request){ .path = paths[i] });

		t_problem(t, &response, 401, "access.login");
	}
}

static void
a_form_is_told_whole(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const struct json *form = NULL;
	const struct json *rule = NULL;

	open_server(t, &clerk);
	form = answered(t, &clerk, "/api/v1/forms/II.06a%2FVPCP%2FKSTT", NULL);
	assert_string_equal(json_get_text(form, "code"), "II.06a/VPCP/KSTT");
	assert_int_equal(json_type(json_get(form, "period")), JSON_IS_NULL);
	assert_int_equal(json_count(json_get(form, "columns")), 11);
	assert_string_equal(json_get_text(item(form, "columns", 1), "name_vi"),
	    "Trong đó: Trực tuyến");
	assert_string_equal(json_get_text(item(form, "columns", 1), "hi"),
	    "999999999");
	assert_int_equal(json_count(json_get(form, "rows")), 12);
	assert_true(json_bool(json_get(item(form, "rows", 0), "unsure")));
	assert_int_equal(json_count(json_get(form, "cells")), 132);
	assert_string_equal(json_text(item(form, "cells", 11)), "s02.c3");
	assert_int_equal(json_count(json_get(form, "rules")), 60);
	rule = item(form, "rules", 0);
	assert_string_equal(json_get_text(rule, "id"), "r1.s01");
	assert_string_equal(json_get_text(rule, "target"), "s01.c3");
	assert_string_equal(json_get_text(item(rule, "terms", 2), "cell"),
	    "s01.c6");
	assert_int_equal(json_get_int(item(rule, "terms", 2), "sign", 0), 1);
	assert_string_equal(json_get_text(rule, "severity"), "block");
	assert_true(json_bool(json_get(rule, "computes")));
	assert_int_equal(json_count(json_get(form, "reporters")), 4);
	assert_int_equal(json_count(
			     json_get(item(form, "reporters", 0), "types")),
	    2);
	assert_int_equal(json_type(
			     json_get(item(form, "reporters", 3), "types")),
	    JSON_IS_NULL);
	assert_int_equal(json_get_int(item(form, "reporters", 3),
			     "deadline_days", 0),
	    3);
}

static void
the_version_is_that_of_the_period(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const char *path = "/api/v1/forms/II.07b%2FVPCP%2FKSTT";
	const struct json *form = NULL;

	open_server(t, &clerk);
	form = answered(t, &clerk, path, "period=2025-Q2");
	assert_int_equal(json_get_int(form, "version", 0), 1);
	assert_string_equal(json_get_text(form, "period"), "2025-Q2");
	assert_string_equal(json_get_text(form, "window_from"), "2025-03-15");
	assert_string_equal(json_get_text(form, "window_to"), "2025-06-14");
	form = answered(t, &clerk, path, "period=2025-Q3");
	assert_int_equal(json_get_int(form, "version", 0), 2);
	assert_int_equal(json_count(json_get(form, "cells")), 9);
	/* Without a period it is today's. */
	form = answered(t, &clerk, path, NULL);
	assert_int_equal(json_get_int(form, "version", 0), 2);
	t->clock_us = day_start_us(day_of(2025, 6, 14));
	form = answered(t, &clerk, path, NULL);
	assert_int_equal(json_get_int(form, "version", 0), 1);
}

static void
unknown_forms_and_periods_are_told_apart(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	static const struct {
		const char *path;
		const char *query;
		int status;
		const char *code;
	} cases[] = {
		{ "/api/v1/forms/II.99", NULL, 404, "form.unknown" },
		{ "/api/v1/forms/II.06a%2FVPCP%2FKSTT", "period=2025-M1", 422,
		    "input.invalid" },
		{ "/api/v1/forms/II.06a%2FVPCP%2FKSTT", "period=2026-Q1", 422,
		    "input.invalid" },
		{ "/api/v1/periods", "form=II.99", 422, "input.invalid" },
		{ "/api/v1/periods", NULL, 422, "input.invalid" },
		{ "/api/v1/forms", "x=1", 422, "input.invalid" },
	};

	open_server(t, &clerk);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct http_response response =
		    asked(t, &clerk, cases[i].path, cases[i].query);

		t_problem(t, &response, cases[i].status, cases[i].code);
	}
}

static void
regimes_name_their_calendar_and_forms(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const struct json *node = NULL;
	const struct json *regime = NULL;

	open_server(t, &clerk);
	node = answered(t, &clerk, "/api/v1/regimes", NULL);
	assert_int_equal(json_count(json_get(node, "items")), 2);
	regime = item(node, "items", 0);
	assert_string_equal(json_get_text(regime, "code"), "KSTT-06");
	assert_string_equal(json_get_text(json_get(regime, "calendar"), "kind"),
	    "quarter");
	assert_int_equal(json_get_int(json_get(regime, "calendar"),
			     "cutoff_day", 0),
	    14);
	assert_int_equal(json_count(json_get(regime, "forms")), 1);
	assert_string_equal(json_text(item(regime, "forms", 0)),
	    "II.06a/VPCP/KSTT");
}

static void
periods_are_told_newest_first(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const char *query = "form=II.07b/VPCP/KSTT";
	const struct json *node = NULL;
	const struct json *now = NULL;
	const struct json *before = NULL;

	open_server(t, &clerk);
	node = answered(t, &clerk, "/api/v1/periods", query);
	/* 2021-Q1 to 2025-Q3 */
	assert_int_equal(json_count(json_get(node, "items")), 19);
	now = item(node, "items", 0);
	assert_string_equal(json_get_text(now, "id"), "2025-Q3");
	assert_string_equal(json_get_text(now, "opens"), "2025-09-14");
	assert_string_equal(json_get_text(now, "structure_on"), "2025-09-14");
	assert_false(json_bool(json_get(now, "is_open")));
	assert_true(json_bool(json_get(now, "is_current")));
	assert_int_equal(json_get_int(now, "version", 0), 2);
	before = item(node, "items", 1);
	assert_string_equal(json_get_text(before, "id"), "2025-Q2");
	assert_true(json_bool(json_get(before, "is_open")));
	assert_false(json_bool(json_get(before, "is_current")));
	assert_int_equal(json_get_int(before, "version", 0), 1);
	assert_string_equal(json_get_text(item(node, "items", 18), "id"),
	    "2021-Q1");
}

static void
periods_stay_listed_when_the_form_has_ended(void **state)
{
	struct t *t = *state;
	struct t_person clerk = { 0 };
	const struct json *node = NULL;
	const struct json *last = NULL;

	open_server(t, &clerk);
	t->clock_us = day_start_us(day_of(2026, 12, 31));
	clerk.login = "later"; /* the first one's token has run out */
	t_person(t, &clerk);
	node = answered(t, &clerk, "/api/v1/periods", "form=II.06a/VPCP/KSTT");
	assert_int_equal(json_count(json_get(node, "items")), 20);
	last = item(node, "items", 0);
	assert_string_equal(json_get_text(last, "id"), "2025-Q4");
	assert_true(json_bool(json_get(last, "is_open")));
	assert_false(json_bool(json_get(last, "is_current")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(everybody_signed_in_sees_all_forms),
		t_test(nobody_sees_a_form_without_signing_in),
		t_test(a_form_is_told_whole),
		t_test(the_version_is_that_of_the_period),
		t_test(unknown_forms_and_periods_are_told_apart),
		t_test(regimes_name_their_calendar_and_forms),
		t_test(periods_are_told_newest_first),
		t_test(periods_stay_listed_when_the_form_has_ended),
	};

	return t_run(tests);
}
