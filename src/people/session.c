#include "people/session.h"

#include <inttypes.h>
#include <string.h>

#include "core/home.h"
#include "core/metric.h"
#include "core/turnstile.h"
#include "people/actor_cache.h"
#include "people/kept.h"
#include "people/password.h"
#include "people/person.h"
#include "people/person.sql.h"
#include "people/session.sql.h"
#include "people/session_row.h"
#include "people/state.h"
#include "people/throttle.h"
#include "store/within.h"

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

enum fail
session_end(struct ctx *ctx)
{
	struct sql_session_find *row = NULL;

	if (ctx->actor == NULL || ctx->actor->session == 0)
		return OK;
	TRY(sql_session_by_id(ctx, ctx->actor->session, &row));
	if (row == NULL) /* somebody else ended it meanwhile */
		return OK;
	actor_cache_stage(ctx);
	return session_row_end(ctx, row, "session.sign_out");
}

static enum fail
end_session(struct ctx *ctx, void *arg)
{
	(void)arg;
	return session_end(ctx);
}

enum fail
session_sign_out(struct ctx *ctx)
{
	TRY(require_session(ctx));
	return tx_within(ctx, TX_WRITE, end_session, NULL);
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

	TRY(person_write_password(ctx, actor->person, &change->hashed,
	    actor->session));
	return kept_note_person(ctx, "session.change_password", 0,
	    actor->person, NULL);
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
	if (throttle_ask(ctx->home->people->throttle, ctx->home,
		THROTTLE_CHANGE, ctx->actor->login, ctx->now_us) > 0)
		return false;
	return password_enter(ctx, peer, turn);
}

static enum fail
turned_away(struct ctx *ctx, int64_t *ret_wait_s)
{
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_BUSY, 1);
	*ret_wait_s = password_retry_s(ctx);
	return FAIL(ctx, FAIL_BUSY, "session.busy", "no place for %s",
	    ctx->actor->login);
}

/* Charged by itself: who guesses a login from outside keeps nobody from
 * changing a password. */
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
	*ret_wait_s = throttle_take(throttle, ctx->home, THROTTLE_CHANGE, login,
	    ctx->now_us);
	if (*ret_wait_s > 0) {
		metric_add(ctx->home->metrics, METRIC_SIGN_IN_THROTTLED, 1);
		return FAIL(ctx, FAIL_TOO_OFTEN, "session.throttled",
		    "%s waits %" PRId64 " s", login, *ret_wait_s);
	}
	if (turn->has_place)
		return verify_and_hash(ctx, change);
	throttle_give_back(throttle, THROTTLE_CHANGE, login);
	return turned_away(ctx, ret_wait_s);
}

enum fail
session_change_password(struct ctx *ctx, const struct password_change *in,
    struct turnstile_turn *turn, int64_t *ret_wait_s)
{
	struct change change = { .in = in };
	const enum fail got = check_change(ctx, &change, turn, ret_wait_s);

	password_leave(ctx, turn);
	TRY(got);
	throttle_clear(ctx->home->people->throttle, THROTTLE_CHANGE,
	    ctx->actor->login);
	return tx_within(ctx, TX_WRITE, write_password, &change);
}
