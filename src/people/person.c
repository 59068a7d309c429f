#include "people/person.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/naming.h"
#include "core/text.h"
#include "core/utf8.h"
#include "people/actor_cache.h"
#include "people/kept.h"
#include "people/password.h"
#include "people/person.sql.h"
#include "people/session_row.h"

#define POSITIONS_MAX 200
#define HOLDERS_MAX 500

static const char manage[] = "user.manage";

static bool
login_is_good(struct arena *arena, const char *login)
{
	const size_t len = strlen(login);

	return len <= PERSON_LOGIN_MAX &&
	       naming_code_fault(arena, login) == NULL &&
	       strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static enum fail
check_new(struct ctx *ctx, const struct person_new *in, const char *name,
    const char *locale)
{
	const char *fault = naming_name_fault(ctx->arena, name);

	if (!login_is_good(ctx->arena, in->login))
		fail_invalid(ctx, "/login", "person.login",
		    "must be 1 to %d of a-z 0-9, with one of . _ - between",
		    PERSON_LOGIN_MAX);
	if (fault != NULL || strlen(name) > PERSON_NAME_MAX)
		fail_invalid(ctx, "/name", "person.name",
		    "must be a name of 1 to %d bytes: %s", PERSON_NAME_MAX,
		    fault == NULL ? "is too long" : fault);
	if (!text_equal(locale, "vi") && !text_equal(locale, "en"))
		fail_invalid(ctx, "/locale", "person.locale",
		    "must be vi or en");
	return fail_valid(ctx);
}

enum fail
person_create(struct ctx *ctx, const struct person_new *in, int64_t *ret_id)
{
	const char *locale = in->locale == NULL ? "vi" : in->locale;
	const char *nfc = utf8_nfc(ctx->arena, in->name);
	const char *name = nfc == NULL ? in->name : nfc;
	const char *encoded =
	    in->password == NULL ? NULL : in->password->encoded;
	struct sql_person_by_login *taken = NULL;
	struct sql_person_insert *made = NULL;

	TRY(access_any(ctx, manage));
	TRY(check_new(ctx, in, name, locale));
	TRY(sql_person_by_login(ctx, in->login, &taken));
	if (taken != NULL)
		return FAIL(ctx, FAIL_CONFLICT, "person.login_taken",
		    "%s is %" PRId64, in->login, taken->id);
	TRY(sql_person_insert(ctx, in->login, name, locale, encoded,
	    ctx->now_us, &made));
	TRY(kept_note_person(ctx, "person.create", 0, made->id, in->login));
	*ret_id = made->id;
	return OK;
}

static enum fail
require_changed(struct ctx *ctx, int64_t id, int64_t changed)
{
	if (changed == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown",
		    "no person %" PRId64, id);
	return OK;
}

enum fail
person_disable(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_person_set_disabled(ctx, id, &ctx->now_us, &changed));
	TRY(require_changed(ctx, id, changed));
	TRY(session_row_end_others(ctx, id, 0));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.disable", 0, id, NULL);
}

enum fail
person_enable(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_person_set_disabled(ctx, id, NULL, &changed));
	TRY(require_changed(ctx, id, changed));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.enable", 0, id, NULL);
}

enum fail
person_set_password(struct ctx *ctx, int64_t id,
    const struct password *password)
{
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_person_set_password(ctx, id, password->encoded, &changed));
	TRY(require_changed(ctx, id, changed));
	TRY(session_row_end_others(ctx, id, 0));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.set_password", 0, id, NULL);
}

static const char *
role_names(struct ctx *ctx)
{
	struct text names;

	text_init(&names, ctx->arena);
	for (const struct role *r = access_roles; r->name != NULL; r++)
		text_addf(&names, " %s", r->name);
	return text_of(&names);
}

enum fail
position_grant(struct ctx *ctx, int64_t person, int64_t unit, const char *role)
{
	struct sql_person_by_login *found = NULL;
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	if (access_role(role) == NULL)
		return FAIL(ctx, FAIL_INVALID, "person.role",
		    "no role %s: there are%s", role, role_names(ctx));
	TRY(sql_person_by_id(ctx, person, &found));
	TRY(require_changed(ctx, person, found != NULL));
	TRY(sql_position_insert(ctx, person, unit, role, ctx->now_us,
	    &changed));
	if (changed == 0)
		return OK;
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "position.grant", unit, person, role);
}

enum fail
position_revoke(struct ctx *ctx, int64_t person, int64_t unit, const char *role)
{
	int64_t changed = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_position_delete(ctx, person, unit, role, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "position.unknown",
		    "person %" PRId64 " is not %s of unit %" PRId64, person,
		    role, unit);
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "position.revoke", unit, person, role);
}

enum fail
position_list(struct ctx *ctx, int64_t unit, struct holder **ret,
    size_t *ret_count)
{
	struct sql_position_of_unit *rows = NULL;
	struct holder *out = NULL;
	size_t count = 0;
	size_t known = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_position_of_unit(ctx, unit, HOLDERS_MAX, &rows, &count));
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

static struct person
person_of(const struct sql_person_by_login *row)
{
	return (struct person){
		.id = row->id,
		.login = row->login,
		.name = row->name,
		.locale = row->locale,
		.has_password = row->password != NULL,
		.is_disabled = row->disabled_us != NULL,
		.created_us = row->created_us,
	};
}

enum fail
person_find(struct ctx *ctx, const char *login, struct person **ret)
{
	struct sql_person_by_login *row = NULL;
	struct person *person = NULL;

	TRY(access_any(ctx, manage));
	TRY(sql_person_by_login(ctx, login, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown",
		    "no person %s", login);
	person = ARENA_NEW(ctx->arena, struct person);
	*person = person_of(row);
	*ret = person;
	return OK;
}

enum fail
person_list(struct ctx *ctx, int64_t after, int64_t limit, struct person **ret,
    size_t *ret_count)
{
	struct sql_person_by_login *rows = NULL;
	struct person *out = NULL;
	size_t count = 0;

	TRY(access_any(ctx, manage));
	TRY(sql_person_page(ctx, after, limit, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct person);
	for (size_t i = 0; i < count; i++)
		out[i] = person_of(&rows[i]);
	*ret = out;
	*ret_count = count;
	return OK;
}

enum fail
person_actor(struct ctx *ctx, int64_t id, struct actor **ret)
{
	struct sql_person_by_login *row = NULL;
	struct sql_position_of_person *held = NULL;
	struct position *positions = NULL;
	struct actor *actor = NULL;
	size_t count = 0;

	TRY(sql_person_by_id(ctx, id, &row));
	*ret = NULL;
	if (row == NULL || row->disabled_us != NULL)
		return OK;
	TRY(sql_position_of_person(ctx, id, POSITIONS_MAX, &held, &count));
	actor = ARENA_NEW(ctx->arena, struct actor);
	positions = ARENA_ARRAY(ctx->arena, count, struct position);
	*actor = (struct actor){
		.person = row->id,
		.login = row->login,
		.name = row->name,
		.positions = positions,
		.locale = row->locale,
	};
	for (size_t i = 0; i < count; i++) {
		/* A role of a newer program gives no right here. */
		const struct role *role = access_role(held[i].role);

		if (role != NULL)
			positions[actor->position_count++] =
			    (struct position){ held[i].unit_id, role };
	}
	*ret = actor;
	return OK;
}
