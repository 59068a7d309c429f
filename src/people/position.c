#include "people/position.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/text.h"
#include "people/actor_cache.h"
#include "people/kept.h"
#include "people/link.h"
#include "people/person.sql.h"

#define HOLDERS_MAX 500

static const char manage[] = "user.manage";

static const char *
role_names(struct ctx *ctx)
{
	struct text names;

	text_init(&names, ctx->arena);
	for (const struct role *r = access_roles; r->name != NULL; r++)
		text_addf(&names, " %s", r->name);
	return text_of(&names);
}

bool
position_of_row(const struct sql_position_all *row, struct held *ret)
{
	const struct role *role = access_role(row->role);

	if (role == NULL)
		return false;
	*ret = (struct held){
		.id = row->id,
		.person = row->person_id,
		.unit = row->unit_id,
		.role = role,
		.granted_us = row->granted_us,
		.from = row->from_day == NULL ? INT32_MIN : *row->from_day,
		.until = row->until_day == NULL ? DAY_OPEN : *row->until_day,
	};
	return true;
}

enum fail
position_held(struct ctx *ctx, int64_t person, const struct held **ret,
    size_t *ret_count)
{
	struct sql_position_all *rows = NULL;
	struct held *out = NULL;
	size_t count = 0;
	size_t known = 0;

	TRY(sql_position_of_person(ctx, person, POSITIONS_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct held);
	for (size_t i = 0; i < count; i++)
		known += position_of_row(&rows[i], &out[known]);
	*ret = out;
	*ret_count = known;
	return OK;
}

/* NULL: not held. */
static const struct held *
find(const struct managed *person, int64_t unit, const struct role *role)
{
	for (size_t i = 0; i < person->held_count; i++)
		if (person->held[i].unit == unit &&
		    person->held[i].role == role)
			return &person->held[i];
	return NULL;
}

static enum fail
require_grant(struct ctx *ctx, const struct role *role, int64_t unit)
{
	if (access_may_grant(ctx, role, unit))
		return OK;
	return FAIL(ctx, FAIL_DENIED, "access.denied",
	    "%s may not make somebody %s of unit %" PRId64, ctx->actor->login,
	    role->name, unit);
}

static const char *
audit_text(struct ctx *ctx, const char *role, const day *from, const day *until)
{
	struct text text;

	text_init(&text, ctx->arena);
	text_add(&text, role);
	if (from != NULL)
		text_addf(&text, " from %s", day_text(ctx->arena, *from));
	if (until != NULL)
		text_addf(&text, " until %s", day_text(ctx->arena, *until));
	return text_of(&text);
}

static enum fail
write_position(struct ctx *ctx, const struct managed *person,
    const struct position_in *in, const struct held *held)
{
	int64_t changed = 0;

	if (held != NULL && held_is_over(held, day_of_us(ctx->now_us))) {
		/* Granted again it is another one. */
		TRY(sql_position_delete(ctx, person->id, in->unit, in->role,
		    &changed));
		held = NULL;
	}
	if (held != NULL) {
		const day from = in->from == NULL ? held->from : *in->from;

		return sql_position_days(ctx, held->id,
		    from == INT32_MIN ? NULL : &from, in->until, &changed);
	}
	if (person->held_count >= POSITIONS_MAX)
		return FAIL(ctx, FAIL_CONFLICT, "position.full", "%s has %d",
		    person->login, POSITIONS_MAX);
	return sql_position_insert(ctx,
	    &(struct sql_position_insert_args){
		.person = person->id,
		.unit = in->unit,
		.role = in->role,
		.at = ctx->now_us,
		.from_day = in->from,
		.until_day = in->until,
	    },
	    &changed);
}

static bool
has_days(const struct held *held, const struct position_in *in, day today)
{
	const day until = in->until == NULL ? DAY_OPEN : *in->until;

	return !held_is_over(held, today) && held->until == until &&
	       (in->from == NULL ? held->from <= today
				 : held->from == *in->from);
}

static enum fail
check_days(struct ctx *ctx, const struct position_in *in)
{
	const day today = day_of_us(ctx->now_us);
	const day from = in->from == NULL ? today : *in->from;

	if (in->until != NULL && *in->until < from)
		fail_invalid(ctx,
		    arena_printf(ctx->arena, "%s/until",
			in->pointer == NULL ? "" : in->pointer),
		    "position.days", "is before the first day");
	return fail_valid(ctx);
}

enum fail
position_set(struct ctx *ctx, int64_t id, const struct position_in *in)
{
	const struct role *role = access_role(in->role);
	const struct held *held = NULL;
	struct managed *person = NULL;
	struct position_in set = *in;
	const day today = day_of_us(ctx->now_us);

	TRY(access_any(ctx, manage));
	if (role == NULL)
		return FAIL(ctx, FAIL_INVALID, "person.role",
		    "no role %s: there are%s", in->role, role_names(ctx));
	TRY(manage_see(ctx, id, &person));
	TRY(require_grant(ctx, role, in->unit));
	TRY(check_days(ctx, in));
	held = find(person, in->unit, role);
	if (held != NULL && has_days(held, in, today))
		return OK;
	if (held != NULL && in->from == NULL && held->from > today)
		set.from = &today;
	if (role->bit == ROLE_ADMIN && held != NULL &&
	    (in->until != NULL || (in->from != NULL && *in->from > today)))
		TRY(manage_keep_admin(ctx, person));
	TRY(write_position(ctx, person, &set, held));
	TRY(link_end_of_others(ctx, id));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "position.grant", in->unit, id,
	    audit_text(ctx, in->role, in->from, in->until));
}

enum fail
position_grant(struct ctx *ctx, int64_t person, int64_t unit, const char *role)
{
	return position_set(ctx, person,
	    &(struct position_in){ .unit = unit, .role = role });
}

enum fail
position_revoke(struct ctx *ctx, int64_t id, int64_t unit, const char *name)
{
	const struct role *role = access_role(name);
	const struct held *held = NULL;
	struct managed *person = NULL;
	int64_t changed = 0;

	TRY(manage_see(ctx, id, &person));
	held = role == NULL ? NULL : find(person, unit, role);
	if (held == NULL || !manage_sees(ctx, held))
		return FAIL(ctx, FAIL_NOT_FOUND, "position.unknown",
		    "person %" PRId64 " is not %s of unit %" PRId64, id, name,
		    unit);
	TRY(require_grant(ctx, role, unit));
	if (role->bit == ROLE_ADMIN)
		TRY(manage_keep_admin(ctx, person));
	TRY(sql_position_delete(ctx, id, unit, name, &changed));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "position.revoke", unit, id, name);
}

enum fail
position_list(struct ctx *ctx, int64_t unit, struct holder **ret,
    size_t *ret_count)
{
	const day today = day_of_us(ctx->now_us);
	struct sql_position_of_unit *rows = NULL;
	struct holder *out = NULL;
	size_t count = 0;
	size_t known = 0;

	TRY(access_unit(ctx, manage, unit));
	TRY(sql_position_of_unit(ctx, unit, today, HOLDERS_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct holder);
	for (size_t i = 0; i < count; i++) {
		const struct role *role = access_role(rows[i].role);

		if (role != NULL)
			out[known++] = (struct holder){
				.person = rows[i].person_id,
				.login = rows[i].login,
				.role = role,
			};
	}
	*ret = out;
	*ret_count = known;
	return OK;
}
