#include "people/session.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/turnstile.h"
#include "people/actor_cache.h"
#include "people/audit.h"
#include "people/credential.h"
#include "people/password.h"
#include "people/person.h"
#include "people/person.sql.h"
#include "people/session.sql.h"
#include "people/state.h"
#include "people/throttle.h"
#include "store/within.h"

struct attempt {
	const struct sign_in *in;
	const char *login; /* in small letters */
	const struct sql_person_by_login *person;
	struct signed_in made;
};

static const char *
small_letters(struct ctx *ctx, const char *login)
{
	char *small = arena_text(ctx->arena, login);

	for (char *c = small; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return small;
}

/* Charge the login and the address; seconds to wait, 0 if charged. */
static int64_t
charge(const struct home *home, const char *login, const char *peer,
    int64_t now_us)
{
	struct throttle *throttle = home->people->throttle;
	int64_t wait_s =
	    throttle_take(throttle, home, THROTTLE_LOGIN, login, now_us);

	if (wait_s > 0)
		return wait_s;
	wait_s = throttle_take(throttle, home, THROTTLE_ADDRESS, peer, now_us);
	if (wait_s > 0)
		throttle_give_back(throttle, THROTTLE_LOGIN, login);
	return wait_s;
}

bool
session_enter(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn)
{
	struct throttle *throttle = ctx->home->people->throttle;

	if (throttle_ask(throttle, ctx->home, THROTTLE_LOGIN,
		small_letters(ctx, in->login), ctx->now_us) > 0 ||
	    throttle_ask(throttle, ctx->home, THROTTLE_ADDRESS, in->peer,
		ctx->now_us) > 0)
		return false;
	return password_enter(ctx, in->peer, turn);
}

static enum fail
throttled(struct ctx *ctx, const char *login, int64_t wait_s)
{
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_THROTTLED, 1);
	return FAIL(ctx, FAIL_BUSY, "session.throttled",
	    "%s waits %" PRId64 " s", login, wait_s);
}

/* It came when all places and the queue were full, or waited too long. */
static enum fail
turned_away(struct ctx *ctx, const char *login, int64_t *ret_wait_s)
{
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_BUSY, 1);
	*ret_wait_s = password_retry_s(ctx);
	return FAIL(ctx, FAIL_BUSY, "session.busy", "no place for %s", login);
}

static enum fail
read_person(struct ctx *ctx, void *arg)
{
	struct attempt *attempt = arg;
	struct sql_person_by_login *row = NULL;

	TRY(sql_person_by_login(ctx, attempt->login, &row));
	attempt->person = row;
	return OK;
}

static enum fail
write_session(struct ctx *ctx, void *arg)
{
	struct attempt *attempt = arg;
	struct sql_session_insert *made = NULL;
	struct actor *actor = NULL;
	struct digest digest = { 0 };
	int64_t gone = 0;

	TRY(person_actor(ctx, attempt->person->id, &actor));
	if (actor == NULL) /* disabled since it was read */
		return FAIL(ctx, FAIL_LOGIN, "session.refused",
		    "%s is disabled", attempt->login);
	attempt->made.cookie =
	    credential_make(ctx, CREDENTIAL_SESSION, &digest);
	TRY(sql_session_delete_old(ctx,
	    ctx->now_us - session_life_us(ctx->home), &gone));
	TRY(sql_session_insert(ctx, actor->person, digest_bytes(&digest),
	    ctx->now_us, &made));
	actor->session = made->id;
	attempt->made.actor = actor;
	ctx->actor = actor;
	return audit_note(ctx, "session.sign_in", 0, actor->person, NULL);
}

/* With a place: who is it, and is it true? */
static enum fail
verify(struct ctx *ctx, struct attempt *attempt)
{
	TRY(tx_within(ctx, TX_READ, read_person, attempt));

	const struct sql_person_by_login *person = attempt->person;
	const bool is_right =
	    password_matches(person == NULL ? NULL : person->password,
		attempt->in->password);

	if (is_right && person->disabled_us == NULL)
		return OK;
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_REFUSED, 1);
	return FAIL(ctx, FAIL_LOGIN, "session.refused",
	    "wrong login or password");
}

/*
 * Charged when its turn has come, not when it began to wait: of 300 right ones
 * from one address no more are charged at once than have a place.
 */
static enum fail
check(struct ctx *ctx, struct attempt *attempt,
    const struct turnstile_turn *turn)
{
	struct throttle *throttle = ctx->home->people->throttle;
	const char *login = attempt->login;
	const char *peer = attempt->in->peer;
	int64_t *wait_s = &attempt->made.wait_s;

	*wait_s = charge(ctx->home, login, peer, ctx->now_us);
	if (*wait_s > 0)
		return throttled(ctx, login, *wait_s);
	if (turn->has_place)
		return verify(ctx, attempt);
	throttle_give_back(throttle, THROTTLE_LOGIN, login);
	throttle_give_back(throttle, THROTTLE_ADDRESS, peer);
	return turned_away(ctx, login, wait_s);
}

enum fail
session_sign_in(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn, struct signed_in *ret)
{
	struct throttle *throttle = ctx->home->people->throttle;
	struct attempt attempt = { .in = in,
		.login = small_letters(ctx, in->login) };
	const enum fail got = check(ctx, &attempt, turn);

	password_leave(ctx, turn);
	ret->wait_s = attempt.made.wait_s;
	TRY(got);
	throttle_clear(throttle, THROTTLE_LOGIN, attempt.login);
	throttle_give_back(throttle, THROTTLE_ADDRESS, in->peer);
	TRY(tx_within(ctx, TX_WRITE, write_session, &attempt));
	metric_add(ctx->home->metrics, METRIC_SIGN_IN, 1);
	ret->cookie = attempt.made.cookie;
	ret->actor = attempt.made.actor;
	return OK;
}

static enum fail
require_session(struct ctx *ctx)
{
	if (ctx->actor == NULL)
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "nobody is signed in");
	if (ctx->actor->session == 0)
		return FAIL(ctx, FAIL_CONFLICT, "session.none",
		    "%s came without a session", ctx->actor->login);
	return OK;
}

static enum fail
delete_session(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;

	(void)arg;
	TRY(sql_session_delete(ctx, ctx->actor->session, &changed));
	actor_cache_stage(ctx);
	return audit_note(ctx, "session.sign_out", 0, ctx->actor->person, NULL);
}

enum fail
session_sign_out(struct ctx *ctx)
{
	TRY(require_session(ctx));
	return tx_within(ctx, TX_WRITE, delete_session, NULL);
}

struct change {
	const struct password_change *in;
	struct password hashed; /* the new one */
	const char *was;
};

static enum fail
read_password(struct ctx *ctx, void *arg)
{
	struct change *change = arg;
	struct sql_person_by_login *row = NULL;

	TRY(sql_person_by_id(ctx, ctx->actor->person, &row));
	if (row != NULL)
		change->was = row->password;
	return OK;
}

static enum fail
write_password(struct ctx *ctx, void *arg)
{
	const struct change *change = arg;
	const struct actor *actor = ctx->actor;
	int64_t changed = 0;

	TRY(sql_person_set_password(ctx, actor->person, change->hashed.encoded,
	    &changed));
	TRY(sql_session_delete_others(ctx, actor->person, actor->session,
	    &changed));
	actor_cache_stage(ctx);
	return audit_note(ctx, "session.change_password", 0, actor->person,
	    NULL);
}

/* With a place. */
static enum fail
verify_and_hash(struct ctx *ctx, struct change *change)
{
	TRY(tx_within(ctx, TX_READ, read_password, change));
	if (!password_matches(change->was, change->in->old)) {
		fail_invalid(ctx, "/old", "session.wrong_password", "is wrong");
		return fail_valid(ctx);
	}
	return password_hash(ctx, change->in->new, &change->hashed);
}

bool
session_enter_change(struct ctx *ctx, const char *peer,
    struct turnstile_turn *turn)
{
	if (throttle_ask(ctx->home->people->throttle, ctx->home, THROTTLE_LOGIN,
		ctx->actor->login, ctx->now_us) > 0)
		return false;
	return password_enter(ctx, peer, turn);
}

static enum fail
check_change(struct ctx *ctx, struct change *change,
    const struct turnstile_turn *turn, int64_t *ret_wait_s)
{
	struct throttle *throttle = ctx->home->people->throttle;
	const char *login = NULL;

	TRY(require_session(ctx));
	login = ctx->actor->login;
	TRY(password_check(ctx, "/new", change->in->new));
	if (strcmp(change->in->old, change->in->new) == 0) {
		fail_invalid(ctx, "/new", "password.same", "is the old one");
		return fail_valid(ctx);
	}
	*ret_wait_s = throttle_take(throttle, ctx->home, THROTTLE_LOGIN, login,
	    ctx->now_us);
	if (*ret_wait_s > 0)
		return throttled(ctx, login, *ret_wait_s);
	if (turn->has_place)
		return verify_and_hash(ctx, change);
	throttle_give_back(throttle, THROTTLE_LOGIN, login);
	return turned_away(ctx, login, ret_wait_s);
}

enum fail
session_change_password(struct ctx *ctx, const struct password_change *in,
    struct turnstile_turn *turn, int64_t *ret_wait_s)
{
	struct change change = { .in = in };
	const enum fail got = check_change(ctx, &change, turn, ret_wait_s);

	password_leave(ctx, turn);
	TRY(got);
	throttle_clear(ctx->home->people->throttle, THROTTLE_LOGIN,
	    ctx->actor->login);
	return tx_within(ctx, TX_WRITE, write_password, &change);
}
