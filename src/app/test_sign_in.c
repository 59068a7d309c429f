#include "people/sign_in.h"

#include "core/day.h"
#include "core/home.h"
#include "people/audit.h"
#include "people/browser.h"
#include "people/option.h"
#include "people/refused.h"
#include "people/throttle.h"
#include "t_app.h"

#define PAIR_BURST people_option_table[PEOPLE_TRIES].initial
#define LOGIN_BURST people_option_table[PEOPLE_TRIES_LOGIN].initial
#define ADDRESS_BURST people_option_table[PEOPLE_TRIES_ADDRESS].initial
#define PASSWORD "mat khau dai"
#define WRONG "khong dung roi"
#define HOME_PEER "192.0.2.1"
#define AWAY "198.51.100.9"

static const struct slice *const slices[] = { &app_slice, NULL };

/* A process with one person. */
struct desk {
	struct t *t;
	struct t_person hoa;
	char browser[600]; /* Cookie of the last one who got in */
	char session[200];
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

/* The n-th Set-Cookie, as a browser gives it back. */
static void
take_cookie(const struct http_response *r, int n, char *to, size_t most)
{
	for (size_t i = 0; i < r->header_count; i++)
		if (strcmp(r->headers[i].name, "Set-Cookie") == 0 && n-- == 0)
			snprintf(to, most, "%.*s",
			    (int)strcspn(r->headers[i].value, ";"),
			    r->headers[i].value);
}

/* cookie NULL: a browser that nobody knows. */
static struct http_response
sign_in_as(struct desk *desk, const char *login, const char *password,
    const char *peer, const char *cookie)
{
	char body[300];

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"password\":\"%s\"}",
	    login, password);

	const struct http_response r = t_send(desk->t,
	    (struct t_request){ .method = "POST",
		.path = "/api/v1/session",
		.body = body,
		.peer = peer,
		.headers = { { cookie == NULL ? NULL : "Cookie", cookie } } });

	if (r.status == 200) {
		take_cookie(&r, 0, desk->session, sizeof(desk->session));
		take_cookie(&r, 1, desk->browser, sizeof(desk->browser));
	}
	return r;
}

static int
sign_in(struct desk *desk, const char *password, const char *peer,
    const char *cookie)
{
	return sign_in_as(desk, "hoa", password, peer, cookie).status;
}

/* Wrong passwords until the throttle says no; how many were looked at. */
static int
guess(struct desk *desk, const char *peer, const char *cookie)
{
	for (int i = 0; i < 1000; i++) {
		const int status = sign_in(desk, WRONG, peer, cookie);

		if (status == 429)
			return i;
		assert_int_equal(status, 401);
	}
	t_fail("guessing is never slowed down");
	return -1;
}

/* Guess from many networks until the login as such is slowed down. */
static int
guess_from_everywhere(struct desk *desk)
{
	char peer[40];

	for (unsigned i = 0; i < LOGIN_BURST + 10; i++) {
		snprintf(peer, sizeof(peer), "2001:db8:0:%x::1", i);
		if (sign_in(desk, WRONG, peer, NULL) == 429)
			return (int)i;
	}
	t_fail("guessing is never slowed down");
	return -1;
}

static void
guessing_is_slowed_down_and_a_right_password_clears_it(void **state)
{
	struct desk desk = start(state);
	struct http_response r = { 0 };

	for (int i = 0; i < PAIR_BURST - 1; i++)
		assert_int_equal(sign_in(&desk, WRONG, AWAY, NULL), 401);
	assert_int_equal(sign_in(&desk, PASSWORD, AWAY, NULL), 200);
	assert_int_equal(guess(&desk, AWAY, NULL), PAIR_BURST);
	r = sign_in_as(&desk, "hoa", PASSWORD, AWAY, NULL);
	t_problem(desk.t, &r, 429, "session.throttled");
	assert_string_equal(t_header(&r, "Retry-After"), "60");
	desk.t->clock_us += 60 * SECOND_US;
	assert_int_equal(sign_in(&desk, PASSWORD, AWAY, NULL), 200);
}

static void
who_guesses_elsewhere_shuts_nobody_out(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(guess(&desk, AWAY, NULL), PAIR_BURST);
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
}

static void
a_known_place_is_open_while_the_whole_world_guesses(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	assert_int_equal(guess_from_everywhere(&desk), LOGIN_BURST);
	/* A place that is new waits, the one of the last sign-in does not. */
	assert_int_equal(sign_in(&desk, PASSWORD, "203.0.113.5", NULL), 429);
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	/* Slower, not shut. */
	desk.t->clock_us += 36 * SECOND_US;
	assert_int_equal(sign_in(&desk, PASSWORD, "203.0.113.5", NULL), 200);
}

static void
a_known_browser_has_tries_of_its_own(void **state)
{
	struct desk desk = start(state);

	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	/* A guesser in the same office, and the whole world. */
	assert_int_equal(guess(&desk, HOME_PEER, NULL), PAIR_BURST);
	assert_int_equal(guess_from_everywhere(&desk), LOGIN_BURST);
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 429);
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, desk.browser),
	    200);
	assert_int_equal(sign_in(&desk, PASSWORD, AWAY, desk.browser), 200);
	/* They have an end, too. */
	assert_int_equal(guess(&desk, AWAY, desk.browser), PAIR_BURST);
}

static void
a_browser_s_cookie_is_no_session(void **state)
{
	struct desk desk = start(state);
	struct http_response r = { 0 };

	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	r = t_send(desk.t, (struct t_request){ .path = "/api/v1/session",
			       .headers = { { "Cookie", desk.browser } } });
	t_problem(desk.t, &r, 401, "access.login");
}

/* Is this cookie, whoever made it, worth anything for hoa? */
static bool
is_known(struct desk *desk, const char *value)
{
	return browser_of(t_fresh(desk->t), value, desk->hoa.id) != NULL;
}

static void
only_our_own_cookies_of_this_person_and_time_count(void **state)
{
	struct desk desk = start(state);
	struct t *t = desk.t;
	char good[BROWSER_COOKIE_MAX + 100];
	char bad[BROWSER_COOKIE_MAX + 100];

	snprintf(good, sizeof(good), "%s",
	    browser_know(t_fresh(t), NULL, desk.hoa.id));
	assert_true(is_known(&desk, good));
	assert_false(is_known(&desk, NULL));
	assert_false(is_known(&desk, ""));
	assert_false(is_known(&desk, "~~~~"));
	assert_false(is_known(&desk, "1.2.3"));
	snprintf(bad, sizeof(bad), "%s",
	    browser_know(t_fresh(t), NULL, desk.hoa.id + 1));
	assert_false(is_known(&desk, bad));
	for (size_t i = 0; i < strlen(good); i++) {
		snprintf(bad, sizeof(bad), "%s", good);
		bad[i] = bad[i] == '1' ? '2' : '1';
		assert_false(is_known(&desk, bad));
		bad[i] = '\0'; /* cut */
		assert_false(is_known(&desk, bad));
	}
	memset(bad, '~', BROWSER_COOKIE_MAX + 1);
	bad[BROWSER_COOKIE_MAX + 1] = '\0';
	assert_false(is_known(&desk, bad));
	t->clock_us += browser_life_us(&t->home);
	assert_true(is_known(&desk, good));
	t->clock_us += SECOND_US;
	assert_false(is_known(&desk, good));
	t->clock_us -= browser_life_us(&t->home) + 3 * DAY_US;
	assert_false(is_known(&desk, good));
}

static void
a_desk_that_is_shared_knows_the_last_four(void **state)
{
	struct desk desk = start(state);
	char cookie[BROWSER_COOKIE_MAX + 1] = "";
	const char *hoa = NULL;
	char first[100];

	for (int person = 1; person <= BROWSER_PERSONS + 1; person++)
		for (int twice = 0; twice < 2; twice++)
			snprintf(cookie, sizeof(cookie), "%s",
			    browser_know(t_fresh(desk.t), cookie, person));
	assert_null(browser_of(t_fresh(desk.t), cookie, 1));
	for (int person = 2; person <= BROWSER_PERSONS + 1; person++)
		assert_non_null(browser_of(t_fresh(desk.t), cookie, person));
	/* Signing in again is no new browser, with tries of its own. */
	snprintf(first, sizeof(first), "%s",
	    browser_of(t_fresh(desk.t), cookie, 2));
	desk.t->clock_us += DAY_US;
	hoa = browser_know(t_fresh(desk.t), cookie, 2);
	assert_string_equal(browser_of(&desk.t->ctx, hoa, 2), first);
}

/* ---- what was refused ---- */

static const struct json *
before_of(struct desk *desk)
{
	struct http_response r =
	    t_send(desk->t, (struct t_request){ .path = "/api/v1/session",
				.headers = { { "Cookie", desk->session } } });

	return json_get(t_json(desk->t, &r), "before");
}

static void
the_person_is_shown_what_was_refused_since_the_last_time(void **state)
{
	struct desk desk = start(state);
	const struct json *before = NULL;
	const char *at = NULL;

	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	before = before_of(&desk);
	assert_int_equal(json_get_int(before, "refused", -1), 0);
	assert_null(json_get_text(before, "at"));
	at = time_text(t_fresh(desk.t)->arena, desk.t->clock_us);
	char first[40];
	snprintf(first, sizeof(first), "%s", at);
	desk.t->clock_us += DAY_US;
	for (int i = 0; i < PAIR_BURST + 7; i++) /* 7 are throttled */
		sign_in(&desk, WRONG, AWAY, NULL);
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	before = before_of(&desk);
	assert_string_equal(json_get_text(before, "at"), first);
	assert_string_equal(json_get_text(before, "from"), HOME_PEER);
	assert_int_equal(json_get_int(before, "refused", -1), PAIR_BURST + 7);
	assert_string_equal(json_get_text(before, "refused_from"), AWAY);
	assert_non_null(json_get_text(before, "refused_at"));
	/* It was told; the next time begins anew. */
	assert_int_equal(sign_in(&desk, PASSWORD, HOME_PEER, NULL), 200);
	assert_int_equal(json_get_int(before_of(&desk), "refused", -1), 0);
}

static enum fail
audit(struct ctx *ctx, void *arg)
{
	struct audit_row *rows = NULL;
	size_t count = 0;

	ctx->actor = &access_system;
	TRY(audit_list(ctx, 0, AUDIT_PAGE_MAX, &rows, &count));
	text_init(arg, ctx->arena);
	for (size_t i = count; i > 0; i--)
		if (strcmp(rows[i - 1].action, "session.refused") == 0)
			text_addf(arg, "%d %s\n", (int)rows[i - 1].object,
			    rows[i - 1].detail);
	return OK;
}

static void
refused_tries_reach_the_audit_counted(void **state)
{
	struct desk desk = start(state);
	struct text text = { 0 };
	char wanted[200];

	for (int i = 0; i < 3; i++)
		sign_in(&desk, WRONG, AWAY, NULL);
	for (int i = 0; i < 2; i++) {
		sign_in_as(&desk, "nobody", WRONG, "2001:db8::1", NULL);
		sign_in_as(&desk, "no-one", WRONG, "2001:db8::2", NULL);
	}
	t_ok(&desk.t->ctx, refused_write(t_fresh(desk.t)));
	t_ok(&desk.t->ctx, t_read(desk.t, audit, &text));
	snprintf(wanted, sizeof(wanted),
	    "%d 1 from %s\n%d 2 from %s\n0 4 from 2001:db8::\n",
	    (int)desk.hoa.id, AWAY, (int)desk.hoa.id, AWAY);
	assert_string_equal(text_of(&text), wanted);
	/* Written once. */
	t_ok(&desk.t->ctx, refused_write(t_fresh(desk.t)));
	t_ok(&desk.t->ctx, t_read(desk.t, audit, &text));
	assert_string_equal(text_of(&text), wanted);
	desk.t->ctx.actor = NULL;
}

static void
counts_that_could_not_be_written_are_not_lost(void **state)
{
	struct desk desk = start(state);
	struct t *t = desk.t;
	struct text text = { 0 };
	char wanted[80];
	int step = 1;

	for (int i = 0; i < 3; i++)
		refused_note(t_fresh(t), desk.hoa.id, AWAY);
	for (bool failed = true; failed; step++) {
		struct ctx *ctx = t_fresh(t);

		t->faults = (struct faults){ .at = step };
		failed = refused_write(ctx) != OK;
		t->faults = (struct faults){ 0 };
	}
	assert_true(step > 2);
	t_ok(&t->ctx, t_read(t, audit, &text));
	snprintf(wanted, sizeof(wanted), "%d 3 from %s\n", (int)desk.hoa.id,
	    AWAY);
	assert_string_equal(text_of(&text), wanted);
	t->ctx.actor = NULL;
}

static void
a_crowd_of_networks_is_counted_in_bounded_memory(void **state)
{
	struct desk desk = start(state);
	struct t *t = desk.t;
	struct text text = { 0 };
	char peer[40];
	size_t lines = 0;

	for (unsigned i = 0; i < 5000; i++) {
		snprintf(peer, sizeof(peer), "2001:db8:%x::1", i);
		refused_note(t_fresh(t), 0, peer);
	}
	t_ok(&t->ctx, refused_write(t_fresh(t)));
	t_ok(&t->ctx, t_read(t, audit, &text));
	for (const char *c = text_of(&text); *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, REFUSED_MOST + 1);
	assert_non_null(strstr(text_of(&text), "0 4744 from others\n"));
	t->ctx.actor = NULL;
}

/* ---- the throttle by itself ---- */

static void
an_address_that_guesses_many_logins_is_slowed_down(void **state)
{
	const struct home home = { 0 };
	struct throttle *throttle = throttle_new();

	(void)state;
	for (int i = 0; i < ADDRESS_BURST; i++)
		assert_int_equal(throttle_take(throttle, &home,
				     THROTTLE_ADDRESS, "a", 5),
		    0);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "a",
			     5),
	    2);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "b",
			     5),
	    0);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_LOGIN, "a", 5),
	    0);
	throttle_give_back(throttle, THROTTLE_ADDRESS, "a");
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "a",
			     5),
	    0);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "a",
			     5 + 2 * SECOND_US),
	    0);
	throttle_clear(throttle, THROTTLE_ADDRESS, "a");
	throttle_give_back(throttle, THROTTLE_ADDRESS, "never");
	throttle_free(throttle);
}

static void
an_ipv6_address_counts_with_its_whole_network(void **state)
{
	static const char *const same[][2] = {
		{ "2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6" },
		{ "2001:db8::1", "2001:0DB8:0:0:1::" },
		/* IPv4 written as IPv6 is that address, not everybody's. */
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "", "" },
	};
	static const char *const different[][2] = {
		{ "2001:db8:1:2::1", "2001:db8:1:3::1" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.2" },
		{ "192.0.2.1", "192.0.2.2" },
		/* What is no address is kept as it is. */
		{ "2001:db8:1:2::x", "2001:db8:1:2::y" },
	};
	struct t *t = *state;
	struct arena *arena = t->ctx.arena;

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		assert_string_equal(throttle_network(arena, same[i][0]),
		    throttle_network(arena, same[i][1]));
	for (size_t i = 0; i < ARRAY_SIZE(different); i++)
		assert_string_not_equal(throttle_network(arena,
					    different[i][0]),
		    throttle_network(arena, different[i][1]));
}

/* The table has a size; what a guesser owes is not driven out by others. */
static void
many_logins_and_addresses_do_not_free_who_failed_before(void **state)
{
	const struct home home = { 0 };
	struct throttle *throttle = throttle_new();
	char key[80];

	(void)state;
	for (int i = 0; i < PAIR_BURST; i++)
		assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR,
				     "victim 192.0.2.1", 5),
		    0);
	for (unsigned i = 0; i < 200000; i++) {
		snprintf(key, sizeof(key), "login.%u 2001:db8:%x:%x::", i,
		    i >> 16, i & 0xffff);
		assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR,
				     key, 5),
		    0);
	}
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR,
			     "victim 192.0.2.1", 5),
	    60);
	throttle_free(throttle);
}

static void
a_clock_set_back_locks_nobody_out_for_longer(void **state)
{
	const int64_t year_us = 365 * DAY_US;
	const struct home home = { 0 };
	struct throttle *throttle = throttle_new();

	(void)state;
	for (int i = 0; i < PAIR_BURST; i++)
		assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR,
				     "a", year_us),
		    0);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR, "a",
			     year_us),
	    60);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR, "a", 5),
	    60);
	/* What is owed is paid off from then on, not from a year later. */
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_PAIR, "a",
			     5 + 60 * SECOND_US),
	    0);
	/* Who never failed, too. */
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "b",
			     year_us),
	    0);
	throttle_give_back(throttle, THROTTLE_ADDRESS, "b");
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "b",
			     5),
	    2);
	assert_int_equal(throttle_take(throttle, &home, THROTTLE_ADDRESS, "b",
			     5 + 2 * SECOND_US),
	    0);
	throttle_free(throttle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(guessing_is_slowed_down_and_a_right_password_clears_it),
		t_test(who_guesses_elsewhere_shuts_nobody_out),
		t_test(a_known_place_is_open_while_the_whole_world_guesses),
		t_test(a_known_browser_has_tries_of_its_own),
		t_test(a_browser_s_cookie_is_no_session),
		t_test(only_our_own_cookies_of_this_person_and_time_count),
		t_test(a_desk_that_is_shared_knows_the_last_four),
		t_test(
		    the_person_is_shown_what_was_refused_since_the_last_time),
		t_test(refused_tries_reach_the_audit_counted),
		t_test(counts_that_could_not_be_written_are_not_lost),
		t_test(a_crowd_of_networks_is_counted_in_bounded_memory),
		t_test(an_address_that_guesses_many_logins_is_slowed_down),
		t_test(an_ipv6_address_counts_with_its_whole_network),
		t_test(many_logins_and_addresses_do_not_free_who_failed_before),
		t_test(a_clock_set_back_locks_nobody_out_for_longer),
	};

	return t_run(tests);
}
