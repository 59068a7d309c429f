#include "people/access.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "people/state.h"

const struct role access_roles[] = {
	{ "clerk", SCOPE_OWN, ROLE_CLERK },
	{ "leader", SCOPE_OWN, ROLE_LEADER },
	{ "collector", SCOPE_SUBTREE, ROLE_COLLECTOR },
	{ "viewer", SCOPE_SUBTREE, ROLE_VIEWER },
	{ "centre", SCOPE_NATION, ROLE_CENTRE },
	{ "admin", SCOPE_NATION, ROLE_ADMIN },
	{ "unit_admin", SCOPE_OWN, ROLE_UNIT_ADMIN },
	{ "area_admin", SCOPE_SUBTREE, ROLE_AREA_ADMIN },
	{ 0 },
};

const char *const access_role_names[] = { "clerk", "leader", "collector",
	"viewer", "centre", "admin", "unit_admin", "area_admin", NULL };

/* What holders of a role may give: in their reach, and in that part of it that
 * is below their own unit. */
static const struct grantor {
	enum role_bit role;
	unsigned gives;
	unsigned gives_below;
} grantors[] = {
	{ ROLE_UNIT_ADMIN, ROLE_CLERK | ROLE_LEADER, 0 },
	{ ROLE_AREA_ADMIN,
	    ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR | ROLE_VIEWER |
		ROLE_UNIT_ADMIN,
	    ROLE_AREA_ADMIN },
	{ ROLE_ADMIN,
	    ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR | ROLE_VIEWER |
		ROLE_CENTRE | ROLE_ADMIN | ROLE_UNIT_ADMIN | ROLE_AREA_ADMIN,
	    0 },
};

const struct actor access_system = { .login = "system",
	.name = "Hệ thống",
	.is_system = true,
	.locale = "vi" };

const struct role *
access_role(const char *name)
{
	for (const struct role *role = access_roles; role->name != NULL; role++)
		if (text_equal(role->name, name))
			return role;
	return NULL;
}

struct access_unit_words
access_describe(struct ctx *ctx, int64_t unit)
{
	const struct people *people = ctx->home->people;
	struct access_unit_words words = { .name = "", .level = -1 };

	if (people != NULL && people->describe != NULL)
		people->describe(ctx, unit, &words);
	return words;
}

/* The roles that have it, as bits. */
static unsigned
roles_of(const struct ctx *ctx, const char *permission)
{
	const struct people *people = ctx->home->people;
	const struct grant *grant = NULL;

	if (people == NULL)
		return 0;
	grant = map_get_text(people->grants, permission);
	assert(grant != NULL); /* nobody grants it: see access.h */
	return grant->roles;
}

bool
access_reaches(struct ctx *ctx, const struct position *position, int64_t unit)
{
	const struct people *people = ctx->home->people;

	if (position->role->scope == SCOPE_NATION || position->unit == unit)
		return true;
	if (people == NULL || people->reach == NULL)
		return false;
	return people->reach(ctx, position->unit, unit, day_of_us(ctx->now_us),
	    position->role->scope == SCOPE_SUBTREE);
}

/* It is reached, and neither the position's unit nor one that this took the
 * place of. */
static bool
is_below(struct ctx *ctx, const struct position *position, int64_t unit)
{
	const struct people *people = ctx->home->people;

	return position->unit != unit && people != NULL &&
	       people->reach != NULL &&
	       !people->reach(ctx, position->unit, unit, day_of_us(ctx->now_us),
		   false) &&
	       access_reaches(ctx, position, unit);
}

static bool
gives(struct ctx *ctx, const struct position *position, const struct role *role,
    int64_t unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(grantors); i++) {
		const struct grantor *grantor = &grantors[i];

		if (grantor->role != position->role->bit)
			continue;
		return ((grantor->gives & role->bit) != 0 &&
			   access_reaches(ctx, position, unit)) ||
		       ((grantor->gives_below & role->bit) != 0 &&
			   is_below(ctx, position, unit));
	}
	return false;
}

bool
access_may_grant(struct ctx *ctx, const struct role *role, int64_t unit)
{
	const struct actor *actor = ctx->actor;

	if (actor == NULL)
		return false;
	if (actor->is_system)
		return true;
	for (size_t i = 0; i < actor->position_count; i++)
		if (gives(ctx, &actor->positions[i], role, unit))
			return true;
	return false;
}

/*
 * Has the actor it whatever the positions?  If not, *ret_roles are the roles
 * that have it; none if nobody is signed in.
 */
static bool
may_as_anybody(const struct ctx *ctx, const char *permission,
    unsigned *ret_roles)
{
	*ret_roles = 0;
	if (ctx->actor == NULL)
		return false;
	if (ctx->actor->is_system)
		return true;
	*ret_roles = roles_of(ctx, permission);
	return (*ret_roles & ROLE_EVERYBODY) != 0;
}

static bool
may_anywhere(const struct ctx *ctx, const char *permission)
{
	unsigned roles = 0;

	if (may_as_anybody(ctx, permission, &roles))
		return true;
	for (size_t i = 0; roles != 0 && i < ctx->actor->position_count; i++)
		if ((roles & ctx->actor->positions[i].role->bit) != 0)
			return true;
	return false;
}

enum fail
access_any(struct ctx *ctx, const char *permission)
{
	if (ctx->actor == NULL)
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "%s needs somebody signed in", permission);
	if (!may_anywhere(ctx, permission))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "%s has no %s anywhere", ctx->actor->login, permission);
	return OK;
}

bool
access_may(struct ctx *ctx, const char *permission, int64_t unit)
{
	unsigned roles = 0;

	if (may_as_anybody(ctx, permission, &roles))
		return true;
	for (size_t i = 0; roles != 0 && i < ctx->actor->position_count; i++) {
		const struct position *position = &ctx->actor->positions[i];

		if ((roles & position->role->bit) != 0 &&
		    access_reaches(ctx, position, unit))
			return true;
	}
	return false;
}

bool
access_role_has(const struct ctx *ctx, const struct role *role,
    const char *permission)
{
	return (roles_of(ctx, permission) & role->bit) != 0;
}

bool
access_nation(const struct ctx *ctx, const char *permission, int64_t root)
{
	unsigned roles = 0;

	if (may_as_anybody(ctx, permission, &roles))
		return true;
	for (size_t i = 0; roles != 0 && i < ctx->actor->position_count; i++) {
		const struct position *position = &ctx->actor->positions[i];
		const enum role_scope scope = position->role->scope;

		if ((scope == SCOPE_NATION ||
			(scope == SCOPE_SUBTREE && position->unit == root)) &&
		    (roles & position->role->bit) != 0)
			return true;
	}
	return false;
}

enum fail
access_unit(struct ctx *ctx, const char *permission, int64_t unit)
{
	TRY(access_any(ctx, permission));
	if (!access_may(ctx, permission, unit))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "%s has no %s for unit %lld", ctx->actor->login, permission,
		    (long long)unit);
	return OK;
}

enum fail
access_find(struct ctx *ctx, const char *permission, int64_t unit,
    const char *code)
{
	if (ctx->actor == NULL)
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "%s needs somebody signed in", permission);
	if (!access_may(ctx, permission, unit))
		return FAIL(ctx, FAIL_NOT_FOUND, code,
		    "%s may not know of unit %lld", ctx->actor->login,
		    (long long)unit);
	return OK;
}

const char *const *
access_permissions(struct ctx *ctx)
{
	const struct people *people = ctx->home->people;
	const size_t most = people == NULL ? 0 : people->permission_count;
	const char **out = ARENA_ARRAY(ctx->arena, most + 1, const char *);
	size_t count = 0;

	for (size_t i = 0; i < most; i++)
		if (may_anywhere(ctx, people->permissions[i]))
			out[count++] = people->permissions[i];
	return out;
}
