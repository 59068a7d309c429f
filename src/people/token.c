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
#include "people/person.sql.h"
#include "people/token.sql.h"

#define LIST_MAX 500

static const char manage[] = "user.manage";

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
	struct sql_person_by_login *found = NULL;
	struct sql_token_insert *made = NULL;
	struct digest digest = { 0 };
	const char *nfc = utf8_nfc(ctx->arena, given);
	const char *name = nfc == NULL ? given : nfc;
	const char *text = NULL;

	TRY(access_any(ctx, manage));
	TRY(check_new(ctx, name, days));
	TRY(sql_person_by_id(ctx, person, &found));
	if (found == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown",
		    "no person %" PRId64, person);
	text = credential_make(ctx, CREDENTIAL_TOKEN, &digest);
	TRY(sql_token_insert(ctx, person, name, digest_bytes(&digest),
	    ctx->now_us, ctx->now_us + days * DAY_US, &made));
	TRY(kept_note_token(ctx, "token.create", made->id, name));
	*ret_text = text;
	return OK;
}

enum fail
token_revoke(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_token_revoke(ctx, id, ctx->now_us, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "token.unknown",
		    "no token %" PRId64 " in use", id);
	actor_cache_stage(ctx);
	return kept_note_token(ctx, "token.revoke", id, NULL);
}

enum fail
token_list(struct ctx *ctx, int64_t person, struct token **ret,
    size_t *ret_count)
{
	struct sql_token_of_person *rows = NULL;
	struct token *out = NULL;
	size_t count = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_token_of_person(ctx, person, LIST_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct token);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct token){
			.id = rows[i].id,
			.name = rows[i].name,
			.created_us = rows[i].created_us,
			.expires_us = rows[i].expires_us,
			.is_revoked = rows[i].revoked_us != NULL,
		};
	*ret = out;
	*ret_count = count;
	return OK;
}
