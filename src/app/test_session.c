#include "people/session.h"

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/num.h"
#include "core/turnstile.h"
#include "people/actor_cache.h"
#include "people/credential.h"
#include "people/option.h"
#include "people/password.h"
#include "people/state.h"
#include "people/throttle.h"
#include "t_app.h"

#define LOGIN_BURST people_option_table[PEOPLE_TRIES].initial
#define MINUTE_US INT64_C(60000000)
#define PASSWORD "mat khau dai"

static const struct slice reports = {
	.name = "reports",
	.grants =
	    (const struct grant[]){
		{ "paper.edit", ROLE_CLERK | ROLE_LEADER },
		{ "paper.sign", ROLE_LEADER },
		{ 0 },
	    },
};
static const struct slice *const slices[] = { &app_slice, &reports, NULL };

/* A process with one person, and the cookie of her session. */
struct desk {
	struct t *t;
	struct t_person hoa;
	char cookie[200];
};

static struct desk
start(void **state)
{
	struct desk desk = { .t = *state,
		.hoa = { .login = "hoa",
		    .password = PASSWORD,
		    .role = "clerk",
		    .unit = 7 } };

	t_app(desk.t, slices);
	t_person(desk.t, &desk.hoa);
	return desk;
}

static struct http_response
sign_in(struct desk *desk, const char *login, const char *password)
{
	char body[300];

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"password\":\"%s\"}",
	    login, password);

	const struct http_response r =
	    t_send(desk->t, (struct t_request){ .method = "POST",
				.path = "/api/v1/session",
				.body = body });
	const char *cookie = t_header(&r, "Set-Cookie");

	if (r.status == 200)
		snprintf(desk->cookie, sizeof(desk->cookie), "a=1; %.*s; b=2",
		    (int)strcspn(cookie, ";"), cookie);
	return r;
}

static struct http_response
ask(struct desk *desk, const char *method, const char *path, const char *body)
{
	return t_send(desk->t, (struct t_request){ .method = method,
				   .path = path,
				   .body = body,
				   .headers = { { "Cookie", desk->cookie },
				       { "X-Requested-With", "truc" } } });
}

static int
status_of_session(struct desk *desk)
{
	return ask(desk, "GET", "/api/v1/session", NULL).status;
}

static void
signing_in_gives_a_cookie_and_tells_who_one_is(void **state)
{
	struct desk desk = start(state);
	struct http_response r = sign_in(&desk, "hoa", PASSWORD);
	const struct json *doc = t_json(desk.t, &r);
	const struct json *position = json_at(json_get(doc, "positions"), 0);
	const char *cookie = t_header(&r, "Set-Cookie");

	assert_int_equal(r.status, 200);
	assert_int_equal(strcspn(cookie, ";"), strlen("truc=") + 64);
	assert_non_null(
	    strstr(cookie, "; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200"));
	assert_string_equal(json_get_text(doc, "login"), "hoa");
	assert_int_equal(json_get_int(doc, "person", 0), desk.hoa.id);
	assert_true(json_bool(json_get(doc, "demo")));
	assert_int_equal(json_get_int(position, "unit", 0), 7);
	assert_string_equal(json_get_text(position, "role"), "clerk");
	/* ledger.read, paper.edit and session.own: in order, once. */
	assert_int_equal(json_count(json_get(doc, "permissions")), 3);
	assert_int_equal(status_of_session(&desk), 200);
}

static void
logins_may_be_written_in_capitals(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "HOA", PASSWORD).status, 200);
}

static enum fail
disable(struct ctx *ctx, void *arg)
{
	ctx->actor = &access_system;
	return person_disable(ctx, *(const int64_t *)arg);
}

static enum fail
enable(struct ctx *ctx, void *arg)
{
	ctx->actor = &access_system;
	return person_enable(ctx, *(const int64_t *)arg);
}

static void
unknown_wrong_and_disabled_look_the_same(void **state)
{
	struct desk desk = start(state);
	struct t_person silent = { .login = "silent" };
	struct t *t = desk.t;
	struct http_response r = sign_in(&desk, "nobody", PASSWORD);

	t_problem(t, &r, 401, "session.refused");
	r = sign_in(&desk, "hoa", "khong dung roi");
	t_problem(t, &r, 401, "session.refused");
	r = sign_in(&desk, "hoa", "");
	t_problem(t, &r, 401, "session.refused");
	t_person(t, &silent);
	r = sign_in(&desk, "silent", "");
	t_problem(t, &r, 401, "session.refused");
	t_ok(&t->ctx, t_unit(t, disable, &desk.hoa.id));
	r = sign_in(&desk, "hoa", PASSWORD);
	t_problem(t, &r, 401, "session.refused");
}

static void
at_most_two_passwords_are_hashed_at_once(void **state)
{
	struct desk desk = start(state);
	struct ctx *ctx = t_fresh(desk.t);
	struct turnstile_turn turns[3] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(turns); i++) {
		assert_false(password_enter(ctx, "192.0.2.1", &turns[i]));
		assert_int_equal(turns[i].has_place, i < 2);
	}

	struct http_response r = sign_in(&desk, "hoa", PASSWORD);

	t_problem(desk.t, &r, 503, "session.busy");
	password_leave(&desk.t->ctx, &turns[0]);
	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	password_leave(&desk.t->ctx, &turns[1]);
}

/* Who is turned away is not told to come when all others do. */
static void
each_is_told_to_come_again_at_a_time_of_its_own(void **state)
{
	struct desk desk = start(state);
	struct ctx *ctx = t_fresh(desk.t);
	struct turnstile_turn turns[2] = { 0 };
	int seen[60] = { 0 };
	int different = 0;

	for (size_t i = 0; i < ARRAY_SIZE(turns); i++)
		assert_false(password_enter(ctx, "192.0.2.1", &turns[i]));
	for (int i = 0; i < 60; i++) {
		const struct http_response r = sign_in(&desk, "hoa", PASSWORD);
		int64_t wait_s = 0;

		assert_true(num_parse(t_header(&r, "Retry-After"), 2,
		    ARRAY_SIZE(seen) - 1, &wait_s));
		different += seen[wait_s]++ == 0;
	}
	assert_true(different > 3);
	for (size_t i = 0; i < ARRAY_SIZE(turns); i++)
		password_leave(&desk.t->ctx, &turns[i]);
}

/* Guessers cost nobody a place once the throttle knows them. */
static void
the_throttle_is_asked_before_a_place_is_taken(void **state)
{
	struct desk desk = start(state);
	struct ctx *ctx = NULL;
	struct turnstile_turn turns[2] = { 0 };
	struct http_response r = { 0 };

	for (int i = 0; i < LOGIN_BURST; i++)
		sign_in(&desk, "hoa", "khong dung roi");
	ctx = t_fresh(desk.t);
	for (size_t i = 0; i < ARRAY_SIZE(turns); i++)
		assert_false(password_enter(ctx, "192.0.2.1", &turns[i]));
	r = sign_in(&desk, "hoa", PASSWORD);
	t_problem(desk.t, &r, 429, "session.throttled");
	for (size_t i = 0; i < ARRAY_SIZE(turns); i++)
		password_leave(&desk.t->ctx, &turns[i]);
}

static void
foreign_pages_cannot_act_with_the_cookie(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);

	struct http_response r =
	    t_send(desk.t, (struct t_request){ .method = "DELETE",
			       .path = "/api/v1/session",
			       .headers = { { "Cookie", desk.cookie } } });

	t_problem(desk.t, &r, 403, "access.csrf");
	r = t_send(desk.t,
	    (struct t_request){ .method = "DELETE",
		.path = "/api/v1/session",
		.headers = { { "Cookie", desk.cookie },
		    { "X-Requested-With", "XMLHttpRequest" } } });
	t_problem(desk.t, &r, 403, "access.csrf");
	r = t_send(desk.t, (struct t_request){ .path = "/api/v1/session",
			       .headers = { { "Cookie", desk.cookie } } });
	assert_int_equal(r.status, 200);
}

static void
signing_out_ends_the_session_at_once(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(status_of_session(&desk), 200);

	struct http_response r = ask(&desk, "DELETE", "/api/v1/session", NULL);

	assert_int_equal(r.status, 204);
	assert_non_null(strstr(t_header(&r, "Set-Cookie"), "truc=; "));
	r = ask(&desk, "GET", "/api/v1/session", NULL);
	t_problem(desk.t, &r, 401, "session.ended");
}

static void
a_session_ends_two_hours_after_its_last_use(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	desk.t->clock_us += session_idle_us(&desk.t->home) - 1;
	assert_int_equal(status_of_session(&desk), 200);
	desk.t->clock_us += session_idle_us(&desk.t->home) - 1;
	assert_int_equal(status_of_session(&desk), 200);
	desk.t->clock_us += session_idle_us(&desk.t->home);
	assert_int_equal(status_of_session(&desk), 401);
}

static void
a_session_ends_twelve_hours_after_sign_in(void **state)
{
	struct desk desk = start(state);
	int64_t end_us = 0;

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	end_us = desk.t->clock_us + session_life_us(&desk.t->home);
	while (desk.t->clock_us + 90 * MINUTE_US < end_us) {
		desk.t->clock_us += 90 * MINUTE_US;
		assert_int_equal(status_of_session(&desk), 200);
	}
	desk.t->clock_us = end_us - 1;
	assert_int_equal(status_of_session(&desk), 200);
	desk.t->clock_us = end_us;
	assert_int_equal(status_of_session(&desk), 401);
}

static void
its_use_is_written_down_every_five_minutes_only(void **state)
{
	struct desk desk = start(state);
	uint64_t before = 0;

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	before = t_digest(desk.t);
	desk.t->clock_us += SESSION_TOUCH_US - 1;
	assert_int_equal(status_of_session(&desk), 200);
	assert_true(t_digest(desk.t) == before);
	desk.t->clock_us += 1;
	assert_int_equal(status_of_session(&desk), 200);
	assert_false(t_digest(desk.t) == before);
}

static void
a_session_survives_a_store_that_cannot_write(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(status_of_session(&desk), 200);
	for (int step = 1; step < 20; step++) {
		desk.t->clock_us += SESSION_TOUCH_US;
		desk.t->faults = (struct faults){ .at = step };

		const int status = status_of_session(&desk);
		const bool fired = desk.t->faults.fired > 0;

		desk.t->faults = (struct faults){ 0 };
		assert_true(status == 200 || (fired && status == 500));
		if (!fired)
			return;
	}
	t_fail("still failing");
}

static void
changing_the_password_ends_the_other_sessions(void **state)
{
	struct desk desk = start(state);
	char first[200];
	struct http_response r = { 0 };

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	memcpy(first, desk.cookie, sizeof(first));
	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	r = ask(&desk, "POST", "/api/v1/session/password",
	    "{\"old\":\"khong dung roi\",\"new\":\"mot mat khau\"}");
	t_problem(desk.t, &r, 422, "input.invalid");
	r = ask(&desk, "POST", "/api/v1/session/password",
	    "{\"old\":\"" PASSWORD "\",\"new\":\"ngan\"}");
	t_problem(desk.t, &r, 422, "input.invalid");
	r = ask(&desk, "POST", "/api/v1/session/password",
	    "{\"old\":\"" PASSWORD "\",\"new\":\"mot mat khau\"}");
	assert_int_equal(r.status, 204);
	assert_int_equal(status_of_session(&desk), 200);
	memcpy(desk.cookie, first, sizeof(first));
	assert_int_equal(status_of_session(&desk), 401);
	r = sign_in(&desk, "hoa", PASSWORD);
	t_problem(desk.t, &r, 401, "session.refused");
	assert_int_equal(sign_in(&desk, "hoa", "mot mat khau").status, 200);
}

static void
a_token_has_no_session_to_end_or_password_to_change(void **state)
{
	struct desk desk = start(state);
	struct http_response r = t_send(desk.t,
	    (struct t_request){ .method = "DELETE",
		.path = "/api/v1/session",
		.headers = { { "Authorization", desk.hoa.bearer } } });

	t_problem(desk.t, &r, 409, "session.none");
	r = t_send(desk.t,
	    (struct t_request){ .method = "POST",
		.path = "/api/v1/session/password",
		.body = "{\"old\":\"" PASSWORD "\",\"new\":\"mot mat khau\"}",
		.headers = { { "Authorization", desk.hoa.bearer } } });
	t_problem(desk.t, &r, 409, "session.none");
}

static int
status_of_token(struct desk *desk, const char *authorization)
{
	return t_send(desk->t,
	    (struct t_request){ .path = "/api/v1/session",
		.headers = { { "Authorization", authorization } } })
	    .status;
}

/* RFC 9110: a scheme has no case. */
static void
a_scheme_is_read_in_any_case(void **state)
{
	static const char *const ways[] = { "Bearer ", "bearer ", "BEARER ",
		"bEaReR   " };
	static const char *const others[] = { "Bearer", "Basic ", "Bearers ",
		"Bear ", "" };
	struct desk desk = start(state);
	const char *token = desk.hoa.bearer + strlen("Bearer ");
	char value[320];

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		snprintf(value, sizeof(value), "%s%s", ways[i], token);
		assert_int_equal(status_of_token(&desk, value), 200);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(value, sizeof(value), "%s%s", others[i], token);
		assert_int_equal(status_of_token(&desk, value), 401);
	}
}

static enum fail
revoke_first(struct ctx *ctx, void *arg)
{
	struct token *tokens = NULL;
	size_t count = 0;

	ctx->actor = &access_system;
	TRY(token_list(ctx, *(const int64_t *)arg, &tokens, &count));
	return token_revoke(ctx, tokens[0].id);
}

static void
a_revoked_token_is_over_at_once(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	t_ok(&desk.t->ctx, t_unit(desk.t, revoke_first, &desk.hoa.id));
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 401);
}

static void
a_token_ends_on_its_day_also_when_it_is_remembered(void **state)
{
	struct desk desk = start(state);

	desk.t->clock_us += 30 * DAY_US - 1;
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	desk.t->clock_us += 1;
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 401);
}

static void
a_disabled_person_is_out_at_once(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(status_of_session(&desk), 200);
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	t_ok(&desk.t->ctx, t_unit(desk.t, disable, &desk.hoa.id));
	assert_int_equal(status_of_session(&desk), 401);
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 401);
	/* The token was not revoked; the session is gone for good. */
	t_ok(&desk.t->ctx, t_unit(desk.t, enable, &desk.hoa.id));
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	assert_int_equal(status_of_session(&desk), 401);
}

static enum fail
revoke_clerk(struct ctx *ctx, void *arg)
{
	ctx->actor = &access_system;
	return position_revoke(ctx, *(const int64_t *)arg, 7, "clerk");
}

static void
a_revoked_position_is_gone_with_the_next_request(void **state)
{
	struct desk desk = start(state);
	struct http_response r = { 0 };

	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	t_ok(&desk.t->ctx, t_unit(desk.t, revoke_clerk, &desk.hoa.id));
	r = t_send(desk.t,
	    (struct t_request){ .path = "/api/v1/session",
		.headers = { { "Authorization", desk.hoa.bearer } } });
	assert_int_equal(json_count(json_get(t_json(desk.t, &r), "positions")),
	    0);
}

static void
a_session_is_no_token_and_a_token_no_session(void **state)
{
	struct desk desk = start(state);
	char bearer[200];
	const char *secret = NULL;

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(status_of_session(&desk), 200); /* remembered */
	secret = strstr(desk.cookie, "truc=") + strlen("truc=");
	snprintf(bearer, sizeof(bearer), "Bearer %.64s", secret);
	assert_int_equal(status_of_token(&desk, bearer), 401);
	assert_int_equal(status_of_token(&desk, desk.hoa.bearer), 200);
	snprintf(desk.cookie, sizeof(desk.cookie), "truc=%.70s",
	    desk.hoa.bearer + strlen("Bearer "));
	assert_int_equal(status_of_session(&desk), 401);
}

static void
a_stale_cookie_does_not_hinder_signing_in(void **state)
{
	struct desk desk = start(state);
	struct http_response r = { 0 };

	snprintf(desk.cookie, sizeof(desk.cookie), "truc=0000");
	r = ask(&desk, "POST", "/api/v1/session",
	    "{\"login\":\"hoa\",\"password\":\"" PASSWORD "\"}");
	assert_int_equal(r.status, 200);
	r = ask(&desk, "GET", "/api/v1/session", NULL);
	t_problem(desk.t, &r, 401, "session.ended");
}

static void
signing_in_again_ends_the_session_before(void **state)
{
	static const char again[] =
	    "{\"login\":\"hoa\",\"password\":\"" PASSWORD "\"}";
	struct desk desk = start(state);
	struct http_response r = { 0 };

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	r = ask(&desk, "POST", "/api/v1/session", again);
	assert_int_equal(r.status, 200);
	/* desk.cookie is still the first one: a copy that somebody has. */
	r = ask(&desk, "GET", "/api/v1/session", NULL);
	t_problem(desk.t, &r, 401, "session.ended");
	/* Another browser's stays. */
	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	assert_int_equal(status_of_session(&desk), 200);
}

/* What was read before a change must not be remembered after it. */
static void
what_was_read_in_an_older_generation_is_not_kept(void **state)
{
	struct desk desk = start(state);
	struct actor_cache *cache = desk.t->home.people->cache;
	struct arena *arena = desk.t->arena;
	const struct digest digest = digest_of(bytes_of_text("x"));
	struct known_actor known = {
		.actor = { .login = "a", .name = "A", .person = 1 },
		.ends_us = 100,
	};
	const uint64_t generation = actor_cache_generation(cache);

	actor_cache_put(cache, &digest, generation, 10, &known);
	assert_true(actor_cache_get(cache, arena, &digest, 10, &known));
	assert_false(actor_cache_get(cache, arena, &digest,
	    10 + ACTOR_CACHE_AGE_US, &known));
	t_ok(&desk.t->ctx, t_unit(desk.t, disable, &desk.hoa.id));
	assert_false(
	    actor_cache_get(cache, desk.t->arena, &digest, 10, &known));
	known.actor.login = "a";
	known.actor.name = "A";
	actor_cache_put(cache, &digest, generation, 10, &known);
	assert_false(
	    actor_cache_get(cache, desk.t->arena, &digest, 10, &known));
}

static void
a_sign_in_broken_anywhere_leaves_nothing(void **state)
{
	struct desk desk = start(state);
	bool is_deciding = false;

	for (int step = 1; step < T_STEPS_MAX; step++) {
		const uint64_t before = t_digest(desk.t);
		struct http_response r = { 0 };

		throttle_clear(desk.t->home.people->throttle, THROTTLE_PAIR,
		    "hoa 127.0.0.1");
		desk.t->faults = (struct faults){ .at = step };
		r = sign_in(&desk, "hoa", PASSWORD);
		if (desk.t->faults.fired == 0) {
			assert_int_equal(r.status, 200);
			return;
		}
		desk.t->faults = (struct faults){ 0 };
		/* Asking for a place comes first and decides nothing. */
		if (r.status == 200 && !is_deciding)
			continue;
		is_deciding = true;
		assert_int_equal(r.status, 500);
		assert_null(t_header(&r, "Set-Cookie"));
		assert_true(t_digest(desk.t) == before);
	}
	t_fail("still failing");
}

/* Break each step of one request of a session in turn until it succeeds. */
static void
break_each_step(struct desk *desk, const char *method, const char *path,
    const char *body)
{
	struct t *t = desk->t;

	for (int step = 1; step < T_STEPS_MAX; step++) {
		const uint64_t before = t_digest(t);
		struct http_response r = { 0 };

		throttle_clear(t->home.people->throttle, THROTTLE_LOGIN, "hoa");
		t->faults = (struct faults){ .at = step };
		r = ask(desk, method, path, body);

		const bool fired = t->faults.fired > 0;

		t->faults = (struct faults){ 0 };
		assert_int_equal(r.status, fired ? 500 : 204);
		if (!fired)
			return;
		assert_true(t_digest(t) == before);
		assert_int_equal(status_of_session(desk), 200);
	}
	t_fail("still failing");
}

static void
a_change_of_password_broken_anywhere_leaves_the_old_one(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	break_each_step(&desk, "POST", "/api/v1/session/password",
	    "{\"old\":\"" PASSWORD "\",\"new\":\"mot mat khau\"}");
}

static void
a_sign_out_broken_anywhere_leaves_the_session(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, "hoa", PASSWORD).status, 200);
	break_each_step(&desk, "DELETE", "/api/v1/session", NULL);
	assert_int_equal(status_of_session(&desk), 401);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(signing_in_gives_a_cookie_and_tells_who_one_is),
		t_test(logins_may_be_written_in_capitals),
		t_test(unknown_wrong_and_disabled_look_the_same),
		t_test(at_most_two_passwords_are_hashed_at_once),
		t_test(each_is_told_to_come_again_at_a_time_of_its_own),
		t_test(the_throttle_is_asked_before_a_place_is_taken),
		t_test(foreign_pages_cannot_act_with_the_cookie),
		t_test(signing_out_ends_the_session_at_once),
		t_test(a_session_ends_two_hours_after_its_last_use),
		t_test(a_session_ends_twelve_hours_after_sign_in),
		t_test(its_use_is_written_down_every_five_minutes_only),
		t_test(a_session_survives_a_store_that_cannot_write),
		t_test(changing_the_password_ends_the_other_sessions),
		t_test(a_token_has_no_session_to_end_or_password_to_change),
		t_test(a_scheme_is_read_in_any_case),
		t_test(a_revoked_token_is_over_at_once),
		t_test(a_token_ends_on_its_day_also_when_it_is_remembered),
		t_test(a_disabled_person_is_out_at_once),
		t_test(a_revoked_position_is_gone_with_the_next_request),
		t_test(a_session_is_no_token_and_a_token_no_session),
		t_test(a_stale_cookie_does_not_hinder_signing_in),
		t_test(signing_in_again_ends_the_session_before),
		t_test(what_was_read_in_an_older_generation_is_not_kept),
		t_test(a_sign_in_broken_anywhere_leaves_nothing),
		t_test(a_change_of_password_broken_anywhere_leaves_the_old_one),
		t_test(a_sign_out_broken_anywhere_leaves_the_session),
	};

	return t_run(tests);
}
