#include "people/link.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/random.h"
#include "core/text.h"
#include "core/turnstile.h"
#include "people/kept.h"
#include "people/link.sql.h"
#include "people/mac.h"
#include "people/option.h"
#include "people/password.h"
#include "people/person.h"
#include "people/refused.h"
#include "people/state.h"
#include "people/throttle.h"
#include "store/within.h"

#define SECRET_LEN 32
#define BITS 5 /* of a character */
#define GROUP 4

/* Where the client's page reads the code; behind '#' it is sent to nobody. */
#define PAGE "/set-password#"

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* ---- codes -------------------------------------------------------------- */

/* As it is shown: groups with dashes. */
static const char *
code_text(struct ctx *ctx, const uint8_t secret[SECRET_LEN])
{
	struct text text;

	text_init(&text, ctx->arena);
	for (size_t i = 0; i * BITS < SECRET_LEN * 8; i++) {
		const size_t at = i * BITS / 8;
		const unsigned next = at + 1 < SECRET_LEN ? secret[at + 1] : 0;
		const unsigned both = (unsigned)secret[at] << 8 | next;

		if (i > 0 && i % GROUP == 0)
			text_char(&text, '-');
		text_char(&text, letters[both >> (16 - BITS - i * BITS % 8) &
					 ((1U << BITS) - 1)]);
	}
	return text_of(&text);
}

/* As it counts, however it was typed. */
static struct digest
code_digest(struct ctx *ctx, const char *code)
{
	struct text text;

	text_init(&text, ctx->arena);
	for (const char *c = code; *c != '\0'; c++) {
		const char small =
		    (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);

		if (small != '-' && small != ' ')
			text_char(&text, small);
	}
	return digest_of(text_bytes(&text));
}

/* ---- rows --------------------------------------------------------------- */

static struct digest
mac_of(struct ctx *ctx, const struct sql_link_find *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "link");
	mac_int(&mac, row->person_id);
	mac_bytes(&mac, row->digest);
	mac_int_maybe(&mac, row->by_person);
	mac_int(&mac, row->created_us);
	mac_int(&mac, row->expires_us);
	return mac_end(&mac);
}

enum fail
link_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_link_find row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_link_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_link_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "person_link");
		mac_int(mac, row.person_id);
		mac_bytes(mac, row.digest);
		mac_int_maybe(mac, row.by_person);
		mac_int(mac, row.created_us);
		mac_int(mac, row.expires_us);
		mac_bytes(mac, row.mac);
		tally_row_end(tally);
	}
}

/* Ours, and not over. */
static bool
is_good(struct ctx *ctx, const struct sql_link_find *row)
{
	const struct digest mac = mac_of(ctx, row);

	return mac_is(&row->mac, &mac) && row->expires_us > ctx->now_us;
}

enum fail
link_open(struct ctx *ctx, int64_t person, int64_t *ret_us)
{
	struct sql_link_find *row = NULL;

	*ret_us = 0;
	TRY(sql_link_of(ctx, person, &row));
	if (row != NULL && is_good(ctx, row))
		*ret_us = row->expires_us;
	return OK;
}

enum fail
link_end(struct ctx *ctx, int64_t person)
{
	int64_t changed = 0;

	TRY(tally_leave(ctx, link_rows, person, person));
	return sql_link_delete(ctx, person, &changed);
}

enum fail
link_end_of_others(struct ctx *ctx, int64_t person)
{
	struct sql_link_find *row = NULL;
	int64_t by = 0;

	TRY(sql_link_of(ctx, person, &row));
	if (row == NULL)
		return OK;
	by = row->by_person == NULL ? 0 : *row->by_person;
	return by == ctx->actor->person ? OK : link_end(ctx, person);
}

static enum fail
insert(struct ctx *ctx, const struct sql_link_find *row)
{
	const struct digest mac = mac_of(ctx, row);
	const struct sql_link_insert_args args = {
		.person = row->person_id,
		.digest = row->digest,
		.by = row->by_person,
		.at = row->created_us,
		.expires = row->expires_us,
		.mac = digest_bytes(&mac),
	};
	int64_t changed = 0;

	TRY(sql_link_insert(ctx, &args, &changed));
	return tally_enter(ctx, link_rows, row->person_id, row->person_id);
}

enum fail
link_make(struct ctx *ctx, int64_t id, struct link_made *ret)
{
	const int64_t hours =
	    option_int(ctx->home, &people_option_table[PEOPLE_LINK_LIFE]);
	const char *base =
	    option_text(ctx->home, &people_option_table[PEOPLE_BASE_URL]);
	struct managed *person = NULL;
	struct random random; /* never ctx->random, which a demo seeds */
	uint8_t secret[SECRET_LEN];
	struct digest digest = { 0 };
	struct sql_link_find row = { 0 };

	TRY(manage_person(ctx, id, &person));
	if (person->is_disabled)
		return FAIL(ctx, FAIL_CONFLICT, "person.disabled",
		    "%s is disabled", person->login);
	random_init(&random);
	random_bytes(&random, secret, sizeof(secret));
	ret->code = code_text(ctx, secret);
	ret->url = base[0] == '\0' ? NULL
				   : arena_printf(ctx->arena, "%s" PAGE "%s",
					 base, ret->code);
	ret->expires_us = ctx->now_us + hours * HOUR_US;
	digest = code_digest(ctx, ret->code);
	row = (struct sql_link_find){
		.person_id = id,
		.digest = digest_bytes(&digest),
		.by_person = ctx->actor->is_system ? NULL : &ctx->actor->person,
		.created_us = ctx->now_us,
		.expires_us = ret->expires_us,
	};
	TRY(link_end(ctx, id));
	TRY(insert(ctx, &row));
	return kept_note_person(ctx, "person.link", 0, id,
	    arena_printf(ctx->arena, "until %s",
		time_text(ctx->arena, ret->expires_us)));
}

/* ---- use ---------------------------------------------------------------- */

struct use {
	const struct link_use *in;
	struct actor *actor; /* whose it is; NULL: a code of nobody */
	struct password hashed;
};

static enum fail
find(struct ctx *ctx, void *arg)
{
	struct use *use = arg;
	struct sql_link_find *row = NULL;
	struct digest digest = { 0 };

	use->actor = NULL;
	if (strlen(use->in->code) > LINK_CODE_MAX)
		return OK;
	digest = code_digest(ctx, use->in->code);
	TRY(sql_link_find(ctx, digest_bytes(&digest), &row));
	if (row == NULL || !is_good(ctx, row))
		return OK;
	return person_actor(ctx, row->person_id, &use->actor);
}

bool
link_enter(struct ctx *ctx, const struct link_use *in,
    struct turnstile_turn *turn)
{
	struct use use = { .in = in };

	/* link_set_password meets it again. */
	if (tx_within(ctx, TX_READ, find, &use) != OK) {
		fail_clear(ctx);
		return false;
	}
	return use.actor != NULL && password_enter(ctx, in->peer, turn);
}

static enum fail
refuse(struct ctx *ctx)
{
	return FAIL(ctx, FAIL_NOT_FOUND, "link.refused",
	    "a code that is nobody's, or no longer");
}

/* Only wrong ones are charged, so nobody is kept out for others' guesses. */
static enum fail
refuse_and_charge(struct ctx *ctx, const struct link_use *in,
    int64_t *ret_wait_s)
{
	const char *network = throttle_network(ctx->arena, in->peer);

	metric_add(ctx->home->metrics, METRIC_SIGN_IN_REFUSED, 1);
	refused_note(ctx, 0, in->peer);
	*ret_wait_s = throttle_take(ctx->home->people->throttle, ctx->home,
	    THROTTLE_LINK, network, ctx->now_us);
	if (*ret_wait_s == 0)
		return refuse(ctx);
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_THROTTLED, 1);
	return FAIL(ctx, FAIL_TOO_OFTEN, "link.throttled",
	    "%s waits %" PRId64 " s", network, *ret_wait_s);
}

static enum fail
check(struct ctx *ctx, struct use *use, const struct turnstile_turn *turn,
    int64_t *ret_wait_s)
{
	TRY(tx_within(ctx, TX_READ, find, use));
	if (use->actor == NULL)
		return refuse_and_charge(ctx, use->in, ret_wait_s);
	TRY(password_check(ctx, "/new", use->in->password));
	if (turn->has_place)
		return password_hash(ctx, use->in->password, &use->hashed);
	metric_add(ctx->home->metrics, METRIC_SIGN_IN_BUSY, 1);
	*ret_wait_s = password_retry_s(ctx);
	return FAIL(ctx, FAIL_BUSY, "session.busy", "no place for %s",
	    use->actor->login);
}

/* It may have been used, ended or disabled while the password was hashed. */
static enum fail
write_password(struct ctx *ctx, void *arg)
{
	const struct actor *before = ctx->actor;
	struct use *use = arg;
	enum fail got = OK;

	TRY(find(ctx, use));
	if (use->actor == NULL)
		return refuse(ctx);
	TRY(person_write_password(ctx, use->actor->person, &use->hashed, 0));
	ctx->actor = use->actor; /* who has the code is who acts */
	got = kept_note_person(ctx, "person.use_link", 0, use->actor->person,
	    NULL);
	ctx->actor = before;
	return got;
}

enum fail
link_set_password(struct ctx *ctx, const struct link_use *in,
    struct turnstile_turn *turn, struct link_used *ret)
{
	struct use use = { .in = in };
	enum fail got = refused_write_due(ctx);

	*ret = (struct link_used){ 0 };
	if (got != OK) /* nobody is kept out by counts */
		fail_clear(ctx);
	got = check(ctx, &use, turn, &ret->wait_s);
	password_leave(ctx, turn);
	TRY(got);
	TRY(tx_within(ctx, TX_WRITE, write_password, &use));
	throttle_forget(ctx->home->people->throttle, use.actor->login,
	    use.actor->person);
	ret->login = use.actor->login;
	ret->name = use.actor->name;
	return OK;
}
