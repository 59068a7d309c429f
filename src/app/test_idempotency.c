#include <pthread.h>

#include "app/idempotency.h"
#include "core/arena.h"
#include "people/audit.h"
#include "t_dispatch.h"

static void
the_same_key_answers_the_same_without_acting_again(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k 1");
	const uint64_t before = t_digest(t);

	assert_int_equal(r.status, 201);
	r = t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k 1");
	assert_int_equal(r.status, 201);
	/* The number that was known only after the commit is kept too. */
	assert_true(t_body_is(&r, "{\"number\":7,\"note\":\"a\"}"));
	assert_string_equal(t_header(&r, "ETag"), "\"3\"");
	assert_string_equal(t_header(&r, "Location"), "/api/t/acts/7");
	assert_string_equal(t_header(&r, "Content-Type"), "application/json");
	assert_string_equal(t_header(&r, "Idempotency-Replayed"), "true");
	assert_int_equal(t_acts, 1);
	assert_true(t_digest(t) == before);
}

static void
a_key_of_another_request_is_refused(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	r = t_act(t, "/api/t/acts", "{\"note\":\"b\"}", "k");
	t_problem(t, &r, 409, "idempotency.reused");
	r = t_act(t, "/api/t/big", "{\"note\":\"a\"}", "k");
	t_problem(t, &r, 409, "idempotency.reused");
	assert_int_equal(t_acts, 1);
}

static void
keys_belong_to_persons(void **state)
{
	struct t *t = t_dispatch(state);
	struct t_person other = { .login = "other" };
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	t_person(t, &other);
	r = t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/acts",
			  .body = "{\"note\":\"b\"}",
			  .headers = { { "Authorization", other.bearer },
			      { "Idempotency-Key", "k" } } });
	assert_int_equal(r.status, 201);
	assert_int_equal(t_acts, 2);
}

static void
a_key_is_kept_for_seven_days(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	t->clock_us += INT64_C(7) * 86400 * 1000000;
	r = t_act(t, "/api/t/acts", "{\"note\":\"a\"}", "k");
	assert_int_equal(t_acts, 1);
	t->clock_us += 1;
	r = t_act(t, "/api/t/acts", "{\"note\":\"b\"}", "k");
	assert_int_equal(r.status, 201);
	assert_int_equal(t_acts, 2);
}

static void
a_failed_act_keeps_no_answer(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"conflict\"}", "k");
	/* That the token was used is known by now. */
	const uint64_t before = t_digest(t);

	t_problem(t, &r, 409, "report.wrong_state");
	r = t_act(t, "/api/t/acts", "{\"note\":\"conflict\"}", "k");
	t_problem(t, &r, 409, "report.wrong_state");
	assert_true(t_digest(t) == before);
	assert_int_equal(t_acts, 2);
}

static void
a_row_without_transaction_keeps_its_answer_too(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r = t_act(t, "/api/t/free", NULL, "k");

	assert_int_equal(r.status, 200);
	r = t_act(t, "/api/t/free", NULL, "k");
	assert_true(t_body_is(&r, "{\"number\":1,\"note\":\"free\"}"));
	assert_int_equal(t_acts, 1);
}

static void
a_key_that_cannot_be_printed_is_refused(void **state)
{
	static const char *const bad[] = { "", "a\tb", "é",
		("0123456789012345678901234567890123456789"
		 "0123456789012345678901234") };
	struct t *t = t_dispatch(state);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_response r =
		    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", bad[i]);

		t_problem(t, &r, 422, "idempotency.key");
	}
	assert_int_equal(t_acts, 0);
}

static void
a_key_whose_request_still_runs_is_told_to_come_back(void **state)
{
	struct t *t = t_dispatch(state);
	struct running *running = running_new();
	const struct actor actor = { .person = 1, .login = "a" };
	const struct http_header header = { "Idempotency-Key", "k" };
	const struct http_request request = { .method = "POST",
		.path = "/x",
		.query = "",
		.headers = &header,
		.header_count = 1 };
	struct call first = { .request = &request,
		.match.route = &t_rows[T_ROW_ACT] };
	struct call second = first;
	struct call third = first;
	const struct actor other = { .person = 2, .login = "b" };
	struct ctx *ctx = t_fresh(t);

	ctx->actor = &other;
	t_ok(ctx, idempotency_enter(ctx, &third, running));
	/* Which is another person's key. */
	ctx->actor = &actor;
	t_ok(ctx, idempotency_enter(ctx, &first, running));
	t_fails(ctx, idempotency_enter(ctx, &second, running), FAIL_BUSY,
	    "idempotency.running");
	idempotency_leave(&second, running);
	idempotency_leave(&first, running);
	t_ok(ctx, idempotency_enter(ctx, &second, running));
	idempotency_leave(&second, running);
	ctx->actor = &other;
	idempotency_leave(&third, running);
	ctx->actor = NULL;
	running_free(running);
}

#define THREADS 8
#define KEYS 20

/* Send each key until it is answered; every answer must be the act's. */
static void *
send_all_keys(void *arg)
{
	struct t *t = arg;
	const char *body = "{\"note\":\"a\"}";
	char key[20];
	const struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "Authorization", t_clerk.bearer },
		{ "Idempotency-Key", key },
	};
	const struct http_request request = { .method = "POST",
		.path = "/api/t/acts",
		.query = "",
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
		.body = bytes_of_text(body),
		.peer = "127.0.0.1" };
	intptr_t good = 0;

	for (int i = 0; i < KEYS; i++) {
		int status = 503;

		snprintf(key, sizeof(key), "k%d", i);
		while (status == 503) {
			struct arena *arena = arena_new(0);
			struct http_response r = { 0 };

			(void)dispatch_handle(&t->home, arena, &request, &r);
			status = r.status;
			good += status == 201 &&
				t_body_is(&r, "{\"number\":7,\"note\":\"a\"}");
			arena_free(arena);
		}
	}
	return (void *)good;
}

static void
many_threads_with_one_key_act_once(void **state)
{
	struct t *t = t_dispatch(state);
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
				     send_all_keys, t),
		    0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;

		pthread_join(threads[i], &good);
		assert_int_equal((intptr_t)good, KEYS);
	}
	assert_int_equal(t_acts, KEYS);
}

/* A keyed act under every failure of the store: either nothing happened, or all
 * of it did and repeating shows it. */
static void
an_act_broken_anywhere_leaves_nothing_or_all(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"warm\"}", NULL);
	int step = 1;

	assert_int_equal(r.status, 201);
	for (; step < T_STEPS_MAX; step++) {
		const uint64_t before = t_digest(t);
		char key[20];

		snprintf(key, sizeof(key), "key %d", step);
		t->faults = (struct faults){ .at = step };
		r = t_act(t, "/api/t/acts", "{\"note\":\"a\"}", key);
		if (t->faults.fired == 0)
			break;
		t->faults = (struct faults){ 0 };
		if (r.status == 201) /* only the final text could not be kept */
			continue;
		assert_int_equal(r.status, 500);
		assert_true(t_digest(t) == before);
	}
	t->faults = (struct faults){ 0 };
	assert_int_equal(r.status, 201);
	assert_true(step > 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(the_same_key_answers_the_same_without_acting_again),
		t_test(a_key_of_another_request_is_refused),
		t_test(keys_belong_to_persons),
		t_test(a_key_is_kept_for_seven_days),
		t_test(a_failed_act_keeps_no_answer),
		t_test(a_row_without_transaction_keeps_its_answer_too),
		t_test(a_key_that_cannot_be_printed_is_refused),
		t_test(a_key_whose_request_still_runs_is_told_to_come_back),
		t_test(many_threads_with_one_key_act_once),
		t_test(an_act_broken_anywhere_leaves_nothing_or_all),
	};
	return t_run(tests);
}
