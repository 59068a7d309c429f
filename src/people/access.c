#include "people/access.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "people/state.h"

static const char *const everybody[] = { "form.read", "ledger.read",
	"session.own", "unit.read", NULL };

static const char *const clerk[] = { "report.read", "report.edit",
	"figures.read", NULL };
static const char *const leader[] = { "report.read", "report.edit",
	"report.sign", "figures.read", NULL };
static const char *const collector[] = { "report.read", "report.review",
	"figures.read", NULL };
static const char *const reader[] = { "report.read", "figures.read", NULL };
static const char *const admin[] = { "user.manage", "org.manage", "ops.read",
	NULL };

const struct role access_roles[] = {
	{ "clerk", SCOPE_OWN, clerk },
	{ "leader", SCOPE_OWN, leader },
	{ "collector", SCOPE_SUBTREE, collector },
	{ "viewer", SCOPE_SUBTREE, reader },
	{ "centre", SCOPE_NATION, reader },
	{ "admin", SCOPE_NATION, admin },
	{ 0 },
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

static bool
is_in(const char *const *list, const char *permission)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, permission) == 0)
			return true;
	return false;
}

static bool
reaches(const struct ctx *ctx, const struct position *position, int64_t unit)
{
	const struct people *people = ctx->home->people;

	if (position->role->scope == SCOPE_NATION || position->unit == unit)
		return true;
	if (people == NULL || people->reach == NULL)
		return false;
	return people->reach(ctx->home, position->unit, unit,
	    day_of_us(ctx->now_us), position->role->scope == SCOPE_SUBTREE);
}

static bool
may_anywhere(const struct actor *actor, const char *permission)
{
	if (actor->is_system || is_in(everybody, permission))
		return true;
	for (size_t i = 0; i < actor->position_count; i++)
		if (is_in(actor->positions[i].role->permissions, permission))
			return true;
	return false;
}

enum fail
access_any(struct ctx *ctx, const char *permission)
{
	if (ctx->actor == NULL)
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "%s needs somebody signed in", permission);
	if (!may_anywhere(ctx->actor, permission))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "%s has no %s anywhere", ctx->actor->login, permission);
	return OK;
}

bool
access_may(const struct ctx *ctx, const char *permission, int64_t unit)
{
	const struct actor *actor = ctx->actor;

	if (actor == NULL)
		return false;
	if (actor->is_system || is_in(everybody, permission))
		return true;
	for (size_t i = 0; i < actor->position_count; i++) {
		const struct position *position = &actor->positions[i];

		if (is_in(position->role->permissions, permission) &&
		    reaches(ctx, position, unit))
			return true;
	}
	return false;
}

bool
access_nation(const struct ctx *ctx, const char *permission, int64_t root)
{
	const struct actor *actor = ctx->actor;

	if (actor == NULL)
		return false;
	if (actor->is_system || is_in(everybody, permission))
		return true;
	for (size_t i = 0; i < actor->position_count; i++) {
		const struct position *position = &actor->positions[i];
		const enum role_scope scope = position->role->scope;

		if ((scope == SCOPE_NATION ||
			(scope == SCOPE_SUBTREE && position->unit == root)) &&
		    is_in(position->role->permissions, permission))
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

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Add those of list that the actor has and that are not there yet. */
static size_t
gather(const struct ctx *ctx, const char *const *list, const char **out,
    size_t count)
{
	for (; *list != NULL; list++) {
		bool is_new = may_anywhere(ctx->actor, *list);

		for (size_t i = 0; i < count && is_new; i++)
			is_new = strcmp(out[i], *list) != 0;
		if (is_new)
			out[count++] = *list;
	}
	return count;
}

const char *const *
access_permissions(struct ctx *ctx)
{
	size_t most = ARRAY_SIZE(everybody);
	size_t count = 0;

	for (const struct role *role = access_roles; role->name != NULL; role++)
		for (size_t i = 0; role->permissions[i] != NULL; i++)
			most++;

	const char **out = ARENA_ARRAY(ctx->arena, most, const char *);

	if (ctx->actor == NULL)
		return out;
	count = gather(ctx, everybody, out, count);
	for (const struct role *role = access_roles; role->name != NULL; role++)
		count = gather(ctx, role->permissions, out, count);
	qsort(out, count, sizeof(*out), by_text);
	return out;
}
