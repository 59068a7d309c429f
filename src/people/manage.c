#include "people/manage.h"

#include <inttypes.h>

#include "core/arena.h"
#include "people/person.sql.h"
#include "people/position.h"

static const char manage[] = "user.manage";

bool
held_holds(const struct held *held, day on)
{
	return held->from <= on && !held_is_over(held, on);
}

bool
held_is_over(const struct held *held, day on)
{
	return held->until < on;
}

bool
manage_sees(struct ctx *ctx, const struct held *held)
{
	return access_may(ctx, manage, held->unit);
}

bool
manage_judge(struct ctx *ctx, struct managed *person)
{
	const day today = day_of_us(ctx->now_us);
	const bool all = access_nation(ctx, manage, 0);
	size_t counted = 0;
	size_t seen = 0;
	size_t given = 0;

	for (size_t i = 0; i < person->held_count; i++) {
		const struct held *held = &person->held[i];

		if (held_is_over(held, today))
			continue;
		counted++;
		seen += manage_sees(ctx, held);
		given += access_may_grant(ctx, held->role, held->unit);
	}
	person->is_whole = seen == counted;
	person->may_manage =
	    all ? given == counted
		: given == counted &&
		      (counted > 0 || person->created_by == ctx->actor->person);
	return all || seen > 0 || person->may_manage;
}

static enum fail
unknown(struct ctx *ctx, int64_t person)
{
	return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown", "no person %" PRId64,
	    person);
}

enum fail
manage_see(struct ctx *ctx, int64_t id, struct managed **ret)
{
	struct sql_person_by_login *row = NULL;
	struct managed *person = NULL;

	TRY(access_any(ctx, manage));
	TRY(sql_person_by_id(ctx, id, &row));
	if (row == NULL)
		return unknown(ctx, id);
	person = ARENA_NEW(ctx->arena, struct managed);
	*person = (struct managed){
		.id = row->id,
		.login = row->login,
		.name = row->name,
		.locale = row->locale,
		.has_password = row->password != NULL,
		.is_disabled = row->disabled_us != NULL,
		.created_us = row->created_us,
		.created_by = row->created_by == NULL ? 0 : *row->created_by,
	};
	TRY(position_held(ctx, id, &person->held, &person->held_count));
	if (!manage_judge(ctx, person))
		return unknown(ctx, id);
	*ret = person;
	return OK;
}

enum fail
manage_person(struct ctx *ctx, int64_t id, struct managed **ret)
{
	TRY(manage_see(ctx, id, ret));
	if (!(*ret)->may_manage)
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "%s does not manage person %" PRId64, ctx->actor->login,
		    id);
	return OK;
}

/* Holds admin today, without end, and can sign in. */
static bool
is_admin(const struct managed *person, day today)
{
	for (size_t i = 0; i < person->held_count; i++)
		if (person->held[i].role->bit == ROLE_ADMIN &&
		    person->held[i].until == DAY_OPEN &&
		    held_holds(&person->held[i], today))
			return !person->is_disabled;
	return false;
}

enum fail
manage_keep_admin(struct ctx *ctx, const struct managed *person)
{
	const day today = day_of_us(ctx->now_us);
	struct sql_position_admins_beside *beside = NULL;

	if (ctx->actor->is_system || !is_admin(person, today))
		return OK;
	TRY(sql_position_admins_beside(ctx, person->id, today, &beside));
	if (beside->count == 0)
		return FAIL(ctx, FAIL_CONFLICT, "person.last_admin",
		    "%s is the last administrator of the nation",
		    person->login);
	return OK;
}
