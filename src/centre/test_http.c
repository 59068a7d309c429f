#include "t_reports.h"

#include <stdlib.h>

#include "app/t_app.h"
#include "centre/admission.h"
#include "centre/slice.h"
#include "core/turnstile.h"

/* The two routes through the dispatcher. */

static void
free_reports(void *object)
{
	free(object);
}

static void
free_admission(void *object)
{
	admission_free(object);
}

/* The country, one report, and somebody of the Reporting Centre. */
static struct t_person *
serve(struct t *t)
{
	static const struct slice *const slices[] = { &centre_slice, NULL };
	static struct t_person person;
	struct reports *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	t_defer(t, free_reports, r);
	t_app(t, slices);
	admission_attach(&t->home, admission_new());
	t_defer(t, free_admission, admission_of(&t->home));
	world_make(&r->world, t, 1);
	reports_say(r, 0, 1, 25);
	person = (struct t_person){ .login = "trung.tam",
		.role = "centre",
		.unit = r->world.root };
	t_person(t, &person);
	return &person;
}

static struct http_response
get(struct t *t, const struct t_person *person, const char *path,
    const char *query)
{
	struct t_request request = { .path = path, .query = query };

	if (person != NULL)
		request.headers[0] =
		    (struct http_header){ "Authorization", person->bearer };
	return t_send(t, request);
}

static void
figures_are_answered_as_json_with_the_servers_time(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	const struct http_response response = get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=1&cells=r1.sum");
	const struct json *node = t_json(t, &response);
	const struct json *rows = json_get(node, "rows");

	assert_int_equal(response.status, 200);
	assert_string_equal(t_header(&response, "Content-Type"),
	    "application/json");
	assert_true(
	    text_starts(t_header(&response, "Server-Timing"), "figures;dur="));
	assert_int_equal(json_count(rows), 9);
	assert_string_equal(json_get_text(json_at(rows, 8), "kind"), "total");
	assert_int_equal(response.body.at[response.body.len - 1], '}');
}

static void
figures_are_answered_as_csv_to_keep(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	const struct http_response response = get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=0&cells=r1.sum&format=csv");

	assert_int_equal(response.status, 200);
	assert_string_equal(t_header(&response, "Content-Type"),
	    "text/csv; charset=utf-8");
	assert_non_null(t_header(&response, "Content-Disposition"));
	assert_memory_equal(response.body.at, "kind,unit,", 10);
}

static void
a_trace_is_answered(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	const struct http_response response = get(t, person,
	    "/api/v1/figures/trace", "form=T.01&period=2025-Q1&cell=r1.sum");
	const struct json *node = t_json(t, &response);

	assert_int_equal(response.status, 200);
	assert_string_equal(json_get_text(node, "value"), "25");
	assert_int_equal(json_get_int(node, "total_parts", 0), 1);
	assert_non_null(t_header(&response, "Server-Timing"));
}

static void
faults_point_at_the_parameter(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	struct http_response response = get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=1&cells=r1.no");
	const struct json *node = t_problem(t, &response, 422, "input.invalid");
	const struct json *error = json_at(json_get(node, "errors"), 0);

	assert_string_equal(json_get_text(error, "pointer"), "/cells/0");
	assert_string_equal(json_get_text(error, "code"), "figures.cell");

	response = get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=1&sort=up");
	t_problem(t, &response, 422, "input.invalid");
	response = get(t, person, "/api/v1/figures/trace",
	    "form=T.01&period=2025-Q1&cell=r1.sum&kind=none");
	t_problem(t, &response, 422, "input.invalid");
	response = get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&units=424242");
	t_problem(t, &response, 422, "unit.unknown");
}

/* 500 rows, ten periods and 12 cells; and what a clerk asks. */
static const char *
large_query(struct t *t, bool csv)
{
	static char query[4096];
	struct text text;

	text_init(&text, t->ctx.arena);
	text_add(&text,
	    csv ? "form=T.01&format=csv&units=1" : "form=T.01&units=1");
	for (int i = 1; i < 500; i++)
		text_add(&text, ",1");
	text_add(&text, "&periods=2024-Q1");
	for (int i = 1; i < 10; i++)
		text_addf(&text, ",%d-Q%d", 2024 + i / 4, 1 + i % 4);
	text_add(&text, "&cells=r1.sum");
	for (int i = 1; i < 12; i++)
		text_add(&text, ",r1.sum");
	assert_true(text.len < sizeof(query));
	memcpy(query, text.at, text.len + 1);
	return query;
}

static int
ask_large(struct t *t, const struct t_person *person)
{
	return get(t, person, "/api/v1/figures", large_query(t, false)).status;
}

static int
ask_small(struct t *t, const struct t_person *person)
{
	return get(t, person, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=1")
	    .status;
}

static void
note_call(struct turnstile_turn *self)
{
	*(int *)self->arg += 1;
}

/* Somebody at work or in the line; calls counts how often one was called. */
static struct turnstile_turn
come(struct t *t, struct turnstile_turn *turn, int *calls, bool waits)
{
	*turn = (struct turnstile_turn){ .called = note_call, .arg = calls };
	assert_int_equal(admission_enter(&t->ctx, turn), waits);
	return *turn;
}

static void
a_large_table_needs_a_place_and_gives_it_back(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	struct http_response response;
	struct turnstile_turn first;
	struct actor actor = { .person = 7 };
	int calls = 0;

	assert_int_equal(ask_large(t, person), 200);
	t->ctx.actor = &actor;
	assert_true(come(t, &first, &calls, false).has_place);
	/* Nobody can be called here, so nobody waits. */
	response = get(t, person, "/api/v1/figures", large_query(t, true));
	t_problem(t, &response, 503, "figures.busy");
	assert_non_null(t_header(&response, "Retry-After"));
	assert_int_equal(ask_small(t, person), 200);
	assert_int_equal(get(t, person, "/api/v1/figures/trace",
			     "form=T.01&period=2025-Q1&cell=all.sum")
			     .status,
	    200);
	admission_leave(&t->ctx, &first);
	assert_int_equal(ask_large(t, person), 200);
	assert_int_equal(ask_large(t, person), 200);
}

static void
a_large_table_that_fails_makes_room(void **state)
{
	struct t *t = *state;
	const struct t_person *person = serve(t);
	struct turnstile_turn turn;
	struct actor actor = { .person = 7 };
	int failures = 0;
	int calls = 0;

	for (int at = 1; at < 100; at++) {
		t->faults = (struct faults){ .at = at };
		if (ask_large(t, person) == 200 && t->faults.fired == 0)
			break;
		failures++;
	}
	assert_true(failures > 0);
	t->faults = (struct faults){ 0 };
	t->ctx.actor = &actor;
	assert_true(come(t, &turn, &calls, false).has_place);
	admission_leave(&t->ctx, &turn);
}

static void
one_person_has_a_share_of_the_line(void **state)
{
	struct t *t = *state;
	const int share = (int)centre_option_table[CENTRE_QUEUE_SHARE].initial;
	struct turnstile_turn one[64];
	struct turnstile_turn other;
	struct actor actor = { .person = 7 };
	int calls = 0;

	(void)serve(t);
	assert_true(share + 2 < (int)ARRAY_SIZE(one));
	t->ctx.actor = &actor;
	assert_true(come(t, &one[0], &calls, false).has_place);
	for (int i = 1; i <= share; i++)
		(void)come(t, &one[i], &calls, true);
	assert_false(come(t, &one[share + 1], &calls, false).has_place);
	actor.person = 8;
	(void)come(t, &other, &calls, true);
	for (int i = 0; i <= share; i++) {
		assert_false(other.has_place);
		admission_leave(&t->ctx, &one[i]);
		assert_int_equal(calls, i + 1);
	}
	assert_true(other.has_place);
	admission_leave(&t->ctx, &other);
}

static void
nobody_gets_nothing(void **state)
{
	struct t *t = *state;
	struct http_response response;

	serve(t);
	response = get(t, NULL, "/api/v1/figures",
	    "form=T.01&periods=2025-Q1&level=1");
	assert_int_equal(response.status, 401);
	response = get(t, NULL, "/api/v1/figures/trace",
	    "form=T.01&period=2025-Q1&cell=r1.sum");
	assert_int_equal(response.status, 401);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(figures_are_answered_as_json_with_the_servers_time),
		t_test(figures_are_answered_as_csv_to_keep),
		t_test(a_trace_is_answered),
		t_test(faults_point_at_the_parameter),
		t_test(a_large_table_needs_a_place_and_gives_it_back),
		t_test(a_large_table_that_fails_makes_room),
		t_test(one_person_has_a_share_of_the_line),
		t_test(nobody_gets_nothing),
	};

	return t_run(tests);
}
