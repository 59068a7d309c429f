#include "people/sign_in.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/turnstile.h"
#include "people/audit.h"
#include "people/browser.h"
#include "people/credential.h"
#include "people/password.h"
#include "people/person.h"
#include "people/refused.h"
#include "people/session.h"
#include "people/session.sql.h"
#include "people/session_row.h"
#include "people/sign_in.sql.h"
#include "people/state.h"
#include "people/throttle.h"
#include "store/within.h"

/* What a try is charged to. */
#define CHARGES_MAX 3
struct charge {
	enum throttle_kind kind;
	const char *key;
};

struct attempt {
	const struct sign_in *in;
	const char *login; /* in small letters */
	const struct sql_sign_in_person *person;
	struct charge charges[CHARGES_MAX];
	size_t charge_count;
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

static enum fail
read_person(struct ctx *ctx, void *arg)
{
	struct attempt *attempt = arg;
	struct sql_sign_in_person *row = NULL;

	TRY(sql_sign_in_person(ctx, attempt->login, &row));
	attempt->person = row;
	return OK;
}

static void
add_charge(struct attempt *attempt, enum throttle_kind kind, const char *key)
{
	attempt->charges[attempt->charge_count++] =
	    (struct charge){ kind, key };
}

/* Who it would be, and from what kind of place. */
static enum fail
begin(struct ctx *ctx, const struct sign_in *in, struct attempt *attempt)
{
	const char *network = throttle_network(ctx->arena, in->peer);
	const struct sql_sign_in_person *person = NULL;
	const char *browser = NULL;

	*attempt = (struct attempt){ .in = in,
		.login = small_letters(ctx, in->login) };
	TRY(tx_within(ctx, TX_READ, read_person, attempt));
	person = attempt->person;
	if (person != NULL)
		browser = browser_of(ctx, in->browser, person->id);
	if (browser != NULL) {
		add_charge(attempt, THROTTLE_BROWSER, browser);
		return OK;
	}
	add_charge(attempt, THROTTLE_PAIR,
	    arena_printf(ctx->arena, "%s %s", attempt->login, network));
	if (person != NULL && person->peer != NULL &&
	    strcmp(throttle_network(ctx->arena, person->peer), network) == 0)
		return OK;
	add_charge(attempt, THROTTLE_LOGIN, attempt->login);
	add_charge(attempt, THROTTLE_ADDRESS, network);
	return OK;
}

bool
sign_in_enter(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn)
{
	struct throttle *throttle = ctx->home->people->throttle;
	struct attempt attempt;

	/* sign_in_now meets it again. */
	if (begin(ctx, in, &attempt) != OK)
		fail_clear(ctx);
	for (size_t i = 0; i < attempt.charge_count; i++)
		if (throttle_ask(throttle, ctx->home, attempt.charges[i].kind,
			attempt.charges[i].key, ctx->now_us) > 0)
			return false;
	return password_enter(ctx, in->peer, turn);
}

static void
give_back(const struct home *home, const struct attempt *attempt, size_t count)
{
	for (size_t i = 0; i < count; i++)
		throttle_give_back(home->people->throttle,
		    attempt->charges[i].kind, attempt->charges[i].key);
}

/* All of them, or none and the seconds to wait in attempt->made. */
static enum fail
charge_all(struct ctx *ctx, struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->charge_count; i++) {
		const struct charge *charge = &attempt->charges[i];
		const int64_t wait_s =
		    throttle_take(ctx->home->people->throttle, ctx->home,
			charge->kind, charge->key, ctx->now_us);

		if (wait_s == 0)
			continue;
		give_back(ctx->home, attempt, i);
		attempt->made.wait_s = wait_s;
		metric_add(ctx->home->metrics, METRIC_SIGN_IN_THROTTLED, 1);
		/* A network that tries everybody tries nobody in particular. */
		refused_note(ctx,
		    charge->kind == THROTTLE_ADDRESS || attempt->person == NULL
			? 0
			: attempt->person->id,
		    attempt->in->peer);
		return FAIL(ctx, FAIL_TOO_OFTEN, "session.throttled",
		    "%s waits %" PRId64 " s", attempt->login, wait_s);
	}
	return OK;
}

/* It came when all places and the queue were full, or waited too long. */
static enum fail
turned_away(struct ctx *ctx, struct attempt *attempt)
{
	give_back(ctx->home, attempt, attempt->charge_count);
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_BUSY, 1);
	attempt->made.wait_s = password_retry_s(ctx);
	return FAIL(ctx, FAIL_BUSY, "session.busy", "no place for %s",
	    attempt->login);
}

/* With a place. */
static enum fail
verify(struct ctx *ctx, const struct attempt *attempt)
{
	const struct sql_sign_in_person *person = attempt->person;
	const bool is_right =
	    password_matches(person == NULL ? NULL : person->password,
		attempt->in->password);

	if (is_right && person->disabled_us == NULL)
		return OK;
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_REFUSED, 1);
	refused_note(ctx, person == NULL ? 0 : person->id, attempt->in->peer);
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
	TRY(begin(ctx, attempt->in, attempt));
	TRY(charge_all(ctx, attempt));
	return turn->has_place ? verify(ctx, attempt)
			       : turned_away(ctx, attempt);
}

/* Of what is charged to the place alone the failures are forgotten; of what
 * others share, this try is taken back. */
static void
settle(const struct home *home, const struct attempt *attempt)
{
	throttle_clear(home->people->throttle, attempt->charges[0].kind,
	    attempt->charges[0].key);
	for (size_t i = 1; i < attempt->charge_count; i++)
		throttle_give_back(home->people->throttle,
		    attempt->charges[i].kind, attempt->charges[i].key);
}

static enum fail
read_before(struct ctx *ctx, void *arg)
{
	struct sign_in_before *before = arg;
	struct sql_sign_in_before *row = NULL;

	TRY(sql_sign_in_before(ctx, ctx->actor->person, &row));
	if (row == NULL)
		return OK;
	*before = (struct sign_in_before){
		.at_us = row->before_us == NULL ? 0 : *row->before_us,
		.peer = row->before_peer,
		.refused = row->before_refused,
		.refused_us = row->before_refused_us == NULL
				  ? 0
				  : *row->before_refused_us,
		.refused_peer = row->before_refused_peer,
	};
	return OK;
}

static enum fail
write_session(struct ctx *ctx, void *arg)
{
	struct attempt *attempt = arg;
	struct sql_session_insert *made = NULL;
	struct actor *actor = NULL;
	struct digest digest = { 0 };
	struct digest mac = { 0 };
	int64_t changed = 0;

	/* A browser has one session: a copy of the one before is worth
	 * nothing. */
	TRY(session_end(ctx));
	TRY(person_actor(ctx, attempt->person->id, &actor));
	if (actor == NULL) /* disabled since it was read */
		return FAIL(ctx, FAIL_LOGIN, "session.refused",
		    "%s is disabled", attempt->login);
	attempt->made.cookie =
	    credential_make(ctx, CREDENTIAL_SESSION, &digest);
	TRY(session_row_forget_old(ctx,
	    ctx->now_us - session_life_us(ctx->home)));
	mac = session_mac(ctx,
	    &(struct session_row){ actor->person, digest_bytes(&digest),
		ctx->now_us, ctx->now_us });
	TRY(sql_session_insert(ctx, actor->person, digest_bytes(&digest),
	    ctx->now_us, digest_bytes(&mac), &made));
	TRY(tally_enter(ctx, session_rows, made->id, made->id));
	TRY(tally_leave(ctx, sign_in_rows, actor->person, actor->person));
	TRY(sql_sign_in_right(ctx, actor->person, ctx->now_us,
	    attempt->in->peer, &changed));
	TRY(tally_enter(ctx, sign_in_rows, actor->person, actor->person));
	actor->session = made->id;
	actor->ends_us = ctx->now_us + session_life_us(ctx->home);
	attempt->made.actor = actor;
	ctx->actor = actor;
	TRY(read_before(ctx, &attempt->made.before));
	return audit_note(ctx, "session.sign_in", 0, actor->person, NULL);
}

/* Nobody is kept out because counts could not be written. */
static void
pass_over(struct ctx *ctx, enum fail got)
{
	if (got != OK)
		fail_clear(ctx);
}

enum fail
sign_in_now(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn, struct signed_in *ret)
{
	struct attempt attempt = { .in = in };
	enum fail got = OK;

	pass_over(ctx, refused_write_due(ctx));
	got = check(ctx, &attempt, turn);
	password_leave(ctx, turn);
	*ret = attempt.made;
	TRY(got);
	settle(ctx->home, &attempt);
	/* So that the person is shown all of them. */
	pass_over(ctx, refused_write_of(ctx, attempt.person->id));
	TRY(tx_within(ctx, TX_WRITE, write_session, &attempt));
	metric_add(ctx->home->metrics, METRIC_SIGN_IN, 1);
	attempt.made.browser =
	    browser_know(ctx, in->browser, attempt.made.actor->person);
	*ret = attempt.made;
	return OK;
}

enum fail
sign_in_before(struct ctx *ctx, struct sign_in_before *ret)
{
	*ret = (struct sign_in_before){ 0 };
	return tx_within(ctx, TX_READ, read_before, ret);
}
