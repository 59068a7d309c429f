#include "people/token.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/naming.h"
#include "core/utf8.h"
#include "people/access.h"
#include "people/actor_cache.h"
#include "people/credential.h"
#include "people/kept.h"
#include "people/manage.h"
#include "people/token.sql.h"

#define LIST_MAX 500

static enum fail
check_new(struct ctx *ctx, const char *name, int64_t days)
{
	const char *fault = naming_name_fault(ctx->arena, name);

	if (fault != NULL || strlen(name) > TOKEN_NAME_MAX)
		fail_invalid(ctx, "/name", "token.name",
		    "must be a name of 1 to %d bytes: %s", TOKEN_NAME_MAX,
		    fault == NULL ? "is too long" : fault);
	if (days < 1 || days > TOKEN_DAYS_MAX)
		fail_invalid(ctx, "/days", "token.days", "must be 1 to %d",
		    TOKEN_DAYS_MAX);
	return fail_valid(ctx);
}

enum fail
token_create(struct ctx *ctx, int64_t person, const char *given, int64_t days,
    const char **ret_text)
{
	struct managed *found = NULL;
	struct sql_token_insert *made = NULL;
	struct digest digest = { 0 };
	const char *nfc = utf8_nfc(ctx->arena, given);
	const char *name = nfc == NULL ? given : nfc;
	const char *text = NULL;

	TRY(manage_person(ctx, person, &found));
	TRY(check_new(ctx, name, days));
	text = credential_make(ctx, CREDENTIAL_TOKEN, &digest);
	TRY(sql_token_insert(ctx, person, name, digest_bytes(&digest),
	    ctx->now_us, ctx->now_us + days * DAY_US, &made));
	TRY(kept_note_token(ctx, "token.create", made->id, name));
	*ret_text = text;
	return OK;
}

static enum fail
unknown(struct ctx *ctx, int64_t id)
{
	return FAIL(ctx, FAIL_NOT_FOUND, "token.unknown",
	    "no token %" PRId64 " in use", id);
}

enum fail
token_revoke(struct ctx *ctx, int64_t id)
{
	struct sql_token_by_id *row = NULL;
	struct managed *person = NULL;
	int64_t changed = 0;
	enum fail got = OK;

	TRY(access_any(ctx, "user.manage"));
	TRY(sql_token_by_id(ctx, id, &row));
	if (row == NULL)
		return unknown(ctx, id);
	got = manage_person(ctx, row->person_id, &person);
	if (got == FAIL_NOT_FOUND || got == FAIL_DENIED) {
		fail_clear(ctx);
		return unknown(ctx, id);
	}
	TRY(got);
	TRY(sql_token_revoke(ctx, id, ctx->now_us, &changed));
	if (changed == 0)
		return unknown(ctx, id);
	actor_cache_stage(ctx);
	return kept_note_token(ctx, "token.revoke", id, NULL);
}

enum fail
token_list(struct ctx *ctx, int64_t person, struct token **ret,
    size_t *ret_count)
{
	struct sql_token_of_person *rows = NULL;
	struct token *out = NULL;
	struct managed *found = NULL;
	size_t count = 0;

	TRY(manage_person(ctx, person, &found));
	TRY(sql_token_of_person(ctx, person, LIST_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct token);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct token){
			.id = rows[i].id,
			.name = rows[i].name,
			.created_us = rows[i].created_us,
			.expires_us = rows[i].expires_us,
			.is_revoked = rows[i].revoked_us != NULL,
			.used = rows[i].used,
		};
	*ret = out;
	*ret_count = count;
	return OK;
}

enum fail
token_use(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(tally_leave(ctx, token_use_rows, id, id));
	TRY(sql_token_use(ctx, id, day_of_us(ctx->now_us), &changed));
	return tally_enter(ctx, token_use_rows, id, id);
}

enum fail
token_use_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_token_use_rows row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_token_use_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_token_use_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "token_use");
		mac_int(mac, row.token_id);
		mac_int(mac, row.on_day);
		tally_row_end(tally);
	}
}
