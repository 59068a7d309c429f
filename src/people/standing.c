#include "people/standing.h"

#include <inttypes.h>

#include "core/arena.h"
#include "people/person.h"
#include "people/person.sql.h"
#include "people/token.sql.h"

enum fail
standing_take(struct ctx *ctx, int64_t unit, const char *role,
    struct standing *ret)
{
	const struct actor *actor = ctx->actor;
	const day today = day_of_us(ctx->now_us);
	struct sql_position_granted *held = NULL;

	if (actor == NULL)
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "needs somebody signed in");
	if (actor->is_system)
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "the program itself is nobody to act for");
	TRY(sql_position_granted(ctx, actor->person, unit, role, today, &held));
	if (held == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "position.unknown",
		    "%s is not %s of unit %" PRId64, actor->login, role, unit);
	*ret = (struct standing){ actor->person, actor->token, unit, role,
		held->granted_us };
	return OK;
}

enum fail
standing_actor(struct ctx *ctx, const struct standing *standing,
    struct actor **ret, const char **ret_ended)
{
	const day today = day_of_us(ctx->now_us);
	struct sql_position_granted *held = NULL;
	struct sql_token_live *token = NULL;
	struct position *position = NULL;
	struct actor *actor = NULL;

	*ret = NULL;
	TRY(person_actor(ctx, standing->person, &actor));
	if (actor == NULL) {
		*ret_ended = "person.disabled";
		return OK;
	}
	if (standing->token != 0)
		TRY(sql_token_live(ctx, standing->token, standing->person,
		    ctx->now_us, &token));
	if (standing->token != 0 && token == NULL) {
		*ret_ended = "token.ended";
		return OK;
	}
	TRY(sql_position_granted(ctx, standing->person, standing->unit,
	    standing->role, today, &held));
	if (held == NULL || held->granted_us != standing->granted_us) {
		*ret_ended = "position.revoked";
		return OK;
	}
	position = ARENA_NEW(ctx->arena, struct position);
	*position =
	    (struct position){ standing->unit, access_role(standing->role) };
	actor->positions = position;
	actor->position_count = 1;
	actor->by_token = standing->token != 0;
	actor->token = standing->token;
	*ret = actor;
	return OK;
}
