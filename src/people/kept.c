#include "people/kept.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "ledger/ledger.h"
#include "people/audit.h"
#include "people/credential.h"
#include "people/ended.h"
#include "people/link.h"
#include "people/mac.h"
#include "people/person.sql.h"
#include "people/session.sql.h"
#include "people/session_row.h"
#include "people/token.h"
#include "people/token.sql.h"
#include "store/within.h"

#define PAGE 500

/* ---- states ------------------------------------------------------------- */

/* A position without days has the state that it had before there were any. */
static void
add_days(struct mac *mac, const struct sql_position_all *row)
{
	const int64_t from = row->from_day == NULL ? 0 : *row->from_day;
	const int64_t until = row->until_day == NULL ? 0 : *row->until_day;

	if (row->from_day == NULL && row->until_day == NULL)
		return;
	mac_text(mac, "days");
	mac_int_maybe(mac, row->from_day == NULL ? NULL : &from);
	mac_int_maybe(mac, row->until_day == NULL ? NULL : &until);
}

static enum fail
add_positions(struct ctx *ctx, int64_t person, struct mac *mac)
{
	struct sql_position_all row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_position_all_open(ctx, person, &cursor));
	for (;;) {
		TRY(sql_position_all_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac_int(mac, row.id);
		mac_int(mac, row.unit_id);
		mac_text(mac, row.role);
		mac_int(mac, row.granted_us);
		add_days(mac, &row);
	}
}

static enum fail
state_of_person(struct ctx *ctx, const struct sql_person_by_login *row,
    struct digest *ret)
{
	struct mac mac;

	mac_begin(ctx, &mac, "person");
	mac_int(&mac, row->id);
	mac_text(&mac, row->login);
	mac_text(&mac, row->name);
	mac_text(&mac, row->locale);
	mac_text(&mac, row->password);
	mac_int_maybe(&mac, row->disabled_us);
	mac_int(&mac, row->created_us);
	if (row->created_by != NULL) { /* as with days */
		mac_text(&mac, "by");
		mac_int(&mac, *row->created_by);
	}
	TRY(add_positions(ctx, row->id, &mac));
	*ret = mac_end(&mac);
	return OK;
}

static struct digest
state_of_token(struct ctx *ctx, const struct sql_token_by_id *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "token");
	mac_int(&mac, row->id);
	mac_int(&mac, row->person_id);
	mac_text(&mac, row->name);
	mac_bytes(&mac, row->digest);
	mac_int(&mac, row->created_us);
	mac_int(&mac, row->expires_us);
	mac_int_maybe(&mac, row->revoked_us);
	return mac_end(&mac);
}

enum fail
kept_note_person(struct ctx *ctx, const char *action, int64_t unit,
    int64_t person, const char *detail)
{
	struct sql_person_by_login *row = NULL;
	struct digest state = { 0 };

	TRY(sql_person_by_id(ctx, person, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown",
		    "no person %" PRId64, person);
	TRY(state_of_person(ctx, row, &state));
	return audit_note_state(ctx, action, unit, person, detail, &state);
}

enum fail
kept_note_token(struct ctx *ctx, const char *action, int64_t token,
    const char *detail)
{
	struct sql_token_by_id *row = NULL;
	struct digest state = { 0 };

	TRY(sql_token_by_id(ctx, token, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "token.unknown",
		    "no token %" PRId64, token);
	state = state_of_token(ctx, row);
	return audit_note_state(ctx, action, 0, token, detail, &state);
}

/* ---- the rows, a page at a time ----------------------------------------- */

/* What is done with each row; of the three, those that are not NULL. */
struct visit {
	enum fail (*person)(struct ctx *ctx, void *arg,
	    const struct sql_person_by_login *row);
	enum fail (*token)(struct ctx *ctx, void *arg,
	    const struct sql_token_by_id *row);
	enum fail (*session)(struct ctx *ctx, void *arg,
	    const struct sql_session_find *row);
	void *arg;
};

static enum fail
visit_persons(struct ctx *ctx, const struct visit *visit)
{
	struct sql_person_by_login *rows = NULL;
	int64_t after = INT64_MIN;
	size_t count = PAGE;

	while (count == PAGE) {
		TRY(sql_person_page(ctx, after, PAGE, &rows, &count));
		for (size_t i = 0; i < count; i++) {
			TRY(visit->person(ctx, visit->arg, &rows[i]));
			after = rows[i].id;
		}
	}
	return OK;
}

static enum fail
visit_tokens(struct ctx *ctx, const struct visit *visit)
{
	struct sql_token_by_id *rows = NULL;
	int64_t after = INT64_MIN;
	size_t count = PAGE;

	while (count == PAGE) {
		TRY(sql_token_page(ctx, after, PAGE, &rows, &count));
		for (size_t i = 0; i < count; i++) {
			TRY(visit->token(ctx, visit->arg, &rows[i]));
			after = rows[i].id;
		}
	}
	return OK;
}

static enum fail
visit_sessions(struct ctx *ctx, const struct visit *visit)
{
	struct sql_session_find *rows = NULL;
	int64_t after = INT64_MIN;
	size_t count = PAGE;

	while (count == PAGE) {
		TRY(sql_session_page(ctx, after, PAGE, &rows, &count));
		for (size_t i = 0; i < count; i++) {
			TRY(visit->session(ctx, visit->arg, &rows[i]));
			after = rows[i].id;
		}
	}
	return OK;
}

/* In the order in which their states are noted. */
static enum fail
visit_all(struct ctx *ctx, const struct visit *visit)
{
	TRY(visit_persons(ctx, visit));
	TRY(visit_tokens(ctx, visit));
	return visit_sessions(ctx, visit);
}

/* ---- the check ---------------------------------------------------------- */

/* The newest state of each, as the audit has it. */
struct noted {
	struct arena *arena;
	struct map *persons;
	struct map *tokens;
	struct map *ended; /* sessions, by their names */
	size_t seen_persons;
	size_t seen_tokens;
	int64_t sessions;
};

static bool
is_of_people(const char *action)
{
	return text_starts(action, "person.") ||
	       text_starts(action, "position.") ||
	       text_equal(action, "session.change_password") ||
	       text_starts(action, "token.");
}

static void
take(void *arg, const struct audit_kept *row)
{
	struct noted *noted = arg;
	struct map *map = noted->persons;
	int64_t *state = NULL;

	if (row->state != NULL && ended_is_of(row->action))
		map_put(noted->ended, *row->state, noted);
	if (row->state == NULL || !is_of_people(row->action))
		return;
	if (text_starts(row->action, "token."))
		map = noted->tokens;
	state = map_get(map, row->object);
	if (state == NULL) {
		state = ARENA_NEW(noted->arena, int64_t);
		map_put(map, row->object, state);
	}
	*state = *row->state;
}

static enum fail
differs(struct ctx *ctx, const char *what, int64_t id)
{
	return FAIL(ctx, FAIL_INTERNAL, "people.differs",
	    "%s %" PRId64 " is not as the last act left it", what, id);
}

static bool
is_noted(const struct map *map, int64_t id, const struct digest *state)
{
	const int64_t *wanted = map_get(map, id);

	return wanted != NULL && *wanted == mac_number(state);
}

static enum fail
check_person(struct ctx *ctx, void *arg, const struct sql_person_by_login *row)
{
	struct noted *noted = arg;
	struct digest state = { 0 };

	TRY(state_of_person(ctx, row, &state));
	noted->seen_persons++;
	return is_noted(noted->persons, row->id, &state)
		   ? OK
		   : differs(ctx, "person", row->id);
}

static enum fail
check_token(struct ctx *ctx, void *arg, const struct sql_token_by_id *row)
{
	struct noted *noted = arg;
	const struct digest state = state_of_token(ctx, row);

	noted->seen_tokens++;
	return is_noted(noted->tokens, row->id, &state)
		   ? OK
		   : differs(ctx, "token", row->id);
}

static struct digest
mac_of_session(struct ctx *ctx, const struct sql_session_find *row)
{
	return session_mac(ctx,
	    &(struct session_row){ row->person_id, row->digest, row->created_us,
		row->seen_us });
}

static enum fail
check_session(struct ctx *ctx, void *arg, const struct sql_session_find *row)
{
	struct noted *noted = arg;
	const struct digest mac = mac_of_session(ctx, row);
	const struct digest name = session_name(ctx, row);

	noted->sessions++;
	return mac_is(row->mac, &mac) &&
		       map_get(noted->ended, mac_number(&name)) == NULL
		   ? OK
		   : differs(ctx, "session", row->id);
}

/* To its newest row, which the checkpoint names. */
static enum fail
check_audit(struct ctx *ctx, struct noted *noted, int64_t *ret_rows)
{
	struct ledger_audit wanted = { 0 };
	struct audit_end end = { 0 };

	TRY(ledger_audit_stored(ctx, &wanted));
	TRY(audit_fold(ctx, take, noted, &end));
	if (!wanted.has_begun && end.id != 0)
		return FAIL(ctx, FAIL_INTERNAL, "audit.broken",
		    "no checkpoint names the newest row of the audit: a server "
		    "must start once");
	if (end.id != wanted.id ||
	    memcmp(end.chain.at, wanted.chain.at, DIGEST_LEN) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "audit.broken",
		    "the audit ends with row %" PRId64 ", not with row %" PRId64
		    " as the checkpoint says, or one was changed",
		    end.id, wanted.id);
	*ret_rows = end.count;
	return OK;
}

static enum fail
check_count(struct ctx *ctx, const char *what, size_t seen, size_t noted)
{
	if (seen == noted)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "people.differs",
	    "there are %zu %s, the audit tells of %zu", seen, what, noted);
}

enum fail
kept_check(struct ctx *ctx, struct text *said)
{
	struct noted noted = {
		.arena = ctx->arena,
		.persons = map_new(ctx->arena, 1024),
		.tokens = map_new(ctx->arena, 1024),
		.ended = map_new(ctx->arena, 1024),
	};
	const struct visit visit = { check_person, check_token, check_session,
		&noted };
	int64_t rows = 0;

	TRY(check_audit(ctx, &noted, &rows));
	TRY(visit_all(ctx, &visit));
	TRY(check_count(ctx, "persons", noted.seen_persons,
	    map_count(noted.persons)));
	TRY(check_count(ctx, "tokens", noted.seen_tokens,
	    map_count(noted.tokens)));
	text_addf(said,
	    "%" PRId64 " rows of the audit, %zu persons, %zu tokens, %" PRId64
	    " sessions",
	    rows, noted.seen_persons, noted.seen_tokens, noted.sessions);
	return OK;
}

enum fail
kept_tally(struct ctx *ctx, struct tally *tally, struct text *said)
{
	int64_t sessions = 0;

	TRY(session_rows(ctx, INT64_MIN, INT64_MAX, tally));
	sessions = tally->count;
	TRY(sign_in_rows(ctx, INT64_MIN, INT64_MAX, tally));
	text_addf(said, "%" PRId64 " sessions, %" PRId64 " sign-ins", sessions,
	    tally->count - sessions);
	TRY(link_rows(ctx, INT64_MIN, INT64_MAX, tally));
	TRY(token_use_rows(ctx, INT64_MIN, INT64_MAX, tally));
	return OK;
}

/* ---- data of before ----------------------------------------------------- */

static enum fail
note_person(struct ctx *ctx, void *arg, const struct sql_person_by_login *row)
{
	struct digest state = { 0 };

	(void)arg;
	TRY(state_of_person(ctx, row, &state));
	return audit_note_state(ctx, "person.noted", 0, row->id, NULL, &state);
}

static enum fail
note_token(struct ctx *ctx, void *arg, const struct sql_token_by_id *row)
{
	const struct digest state = state_of_token(ctx, row);

	(void)arg;
	return audit_note_state(ctx, "token.noted", 0, row->id, NULL, &state);
}

static enum fail
sign_session(struct ctx *ctx, void *arg, const struct sql_session_find *row)
{
	const struct digest mac = mac_of_session(ctx, row);
	int64_t changed = 0;

	(void)arg;
	return sql_session_touch(ctx, row->id, row->seen_us, digest_bytes(&mac),
	    &changed);
}

static enum fail
take_rows(struct ctx *ctx, const struct kept_above *above)
{
	if (above->adopt_rows != NULL)
		TRY(above->adopt_rows(ctx));
	return tally_start(ctx, above->tally);
}

static enum fail
begin(struct ctx *ctx, void *arg)
{
	static const struct visit visit = { note_person, note_token,
		sign_session, NULL };
	const struct kept_above *above = arg;

	TRY(audit_begin(ctx));
	TRY(visit_all(ctx, &visit));
	if (above->adopt != NULL)
		TRY(above->adopt(ctx));
	return take_rows(ctx, above);
}

/* Of a program between the two. */
static enum fail
begin_rows(struct ctx *ctx, void *arg)
{
	TRY(take_rows(ctx, arg));
	return audit_note(ctx, "rows.begin", 0, 0, NULL);
}

struct begun {
	bool audit;
	bool rows;
};

static enum fail
check_end(struct ctx *ctx, void *arg)
{
	struct begun *begun = arg;

	TRY(audit_check_end(ctx, &begun->audit));
	return tally_has_begun(ctx, &begun->rows);
}

enum fail
kept_start(struct ctx *ctx, const struct kept_above *above)
{
	struct kept_above arg = *above;
	struct arena *outer = ctx->arena;
	struct arena *inner = NULL;
	struct begun begun = { 0 };
	enum fail got = OK;

	TRY(tx_within(ctx, TX_READ, check_end, &begun));
	TRY(tx_run(ctx, TX_READ, ended_load));
	if (begun.audit && begun.rows)
		return OK;
	inner = arena_child(outer);
	ctx->arena = inner;
	got = tx_within(ctx, TX_WRITE, begun.audit ? begin_rows : begin, &arg);
	ctx->arena = outer;
	/* The texts of a failure live in it. */
	if (got == OK)
		arena_free(inner);
	return got;
}
