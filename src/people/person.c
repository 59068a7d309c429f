#include "people/person.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/naming.h"
#include "core/text.h"
#include "core/utf8.h"
#include "people/actor_cache.h"
#include "people/kept.h"
#include "people/link.h"
#include "people/manage.h"
#include "people/password.h"
#include "people/person.sql.h"
#include "people/position.h"
#include "people/session_row.h"
#include "people/state.h"
#include "people/throttle.h"

static const char manage[] = "user.manage";

static bool
login_is_good(struct arena *arena, const char *login)
{
	const size_t len = strlen(login);

	return len <= PERSON_LOGIN_MAX &&
	       naming_code_fault(arena, login) == NULL &&
	       strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static void
check_login(struct ctx *ctx, const char *login)
{
	if (!login_is_good(ctx->arena, login))
		fail_invalid(ctx, "/login", "person.login",
		    "must be 1 to %d of a-z 0-9, with one of . _ - between",
		    PERSON_LOGIN_MAX);
}

static void
check_name(struct ctx *ctx, const char *name, const char *locale)
{
	const char *fault = naming_name_fault(ctx->arena, name);

	if (fault != NULL || strlen(name) > PERSON_NAME_MAX)
		fail_invalid(ctx, "/name", "person.name",
		    "must be a name of 1 to %d bytes: %s", PERSON_NAME_MAX,
		    fault == NULL ? "is too long" : fault);
	if (!text_equal(locale, "vi") && !text_equal(locale, "en"))
		fail_invalid(ctx, "/locale", "person.locale",
		    "must be vi or en");
}

static const char *
composed(struct ctx *ctx, const char *given)
{
	const char *nfc = utf8_nfc(ctx->arena, given);

	return nfc == NULL ? given : nfc;
}

enum fail
person_create(struct ctx *ctx, const struct person_new *in, int64_t *ret_id)
{
	const char *locale = in->locale == NULL ? "vi" : in->locale;
	const char *name = composed(ctx, in->name);
	struct sql_person_by_login *taken = NULL;
	struct sql_person_insert_args row = { 0 };
	struct sql_person_insert *made = NULL;

	TRY(access_any(ctx, manage));
	check_login(ctx, in->login);
	check_name(ctx, name, locale);
	TRY(fail_valid(ctx));
	TRY(sql_person_by_login(ctx, in->login, &taken));
	if (taken != NULL)
		return FAIL(ctx, FAIL_CONFLICT, "person.login_taken",
		    "%s is %" PRId64, in->login, taken->id);
	row = (struct sql_person_insert_args){
		.login = in->login,
		.name = name,
		.locale = locale,
		.password = in->password == NULL ? NULL : in->password->encoded,
		.at = ctx->now_us,
		.by = ctx->actor->is_system ? NULL : &ctx->actor->person,
	};
	TRY(sql_person_insert(ctx, &row, &made));
	TRY(kept_note_person(ctx, "person.create", 0, made->id, in->login));
	*ret_id = made->id;
	return OK;
}

enum fail
person_rename(struct ctx *ctx, int64_t id, const char *given,
    const char *locale)
{
	const char *name = composed(ctx, given);
	struct managed *person = NULL;
	int64_t changed = 0;

	TRY(manage_person(ctx, id, &person));
	check_name(ctx, name, locale);
	TRY(fail_valid(ctx));
	if (text_equal(name, person->name) &&
	    text_equal(locale, person->locale))
		return OK;
	TRY(sql_person_set_name(ctx, id, name, locale, &changed));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.rename", 0, id, NULL);
}

enum fail
person_disable(struct ctx *ctx, int64_t id)
{
	struct managed *person = NULL;
	int64_t changed = 0;

	TRY(manage_person(ctx, id, &person));
	TRY(manage_keep_admin(ctx, person));
	TRY(sql_person_set_disabled(ctx, id, &ctx->now_us, &changed));
	TRY(session_row_end_others(ctx, id, 0));
	TRY(link_end(ctx, id));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.disable", 0, id, NULL);
}

enum fail
person_enable(struct ctx *ctx, int64_t id)
{
	struct managed *person = NULL;
	int64_t changed = 0;

	TRY(manage_person(ctx, id, &person));
	TRY(sql_person_set_disabled(ctx, id, NULL, &changed));
	actor_cache_stage(ctx);
	return kept_note_person(ctx, "person.enable", 0, id, NULL);
}

enum fail
person_unlock(struct ctx *ctx, int64_t id)
{
	struct managed *person = NULL;

	TRY(manage_person(ctx, id, &person));
	throttle_forget(ctx->home->people->throttle, person->login, id);
	return kept_note_person(ctx, "person.unlock", 0, id, NULL);
}

enum fail
person_write_password(struct ctx *ctx, int64_t id,
    const struct password *password, int64_t but)
{
	int64_t changed = 0;

	TRY(sql_person_set_password(ctx, id, password->encoded, &changed));
	TRY(session_row_end_others(ctx, id, but));
	TRY(link_end(ctx, id));
	actor_cache_stage(ctx);
	return OK;
}

enum fail
person_set_password(struct ctx *ctx, int64_t id,
    const struct password *password)
{
	struct managed *person = NULL;

	TRY(manage_person(ctx, id, &person));
	TRY(person_write_password(ctx, id, password, 0));
	return kept_note_person(ctx, "person.set_password", 0, id, NULL);
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

	struct managed *seen = NULL;

	TRY(access_any(ctx, manage));
	TRY(sql_person_by_login(ctx, login, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "person.unknown",
		    "no person %s", login);
	TRY(manage_see(ctx, row->id, &seen));
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
	if (!access_nation(ctx, manage, 0))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "%s does not manage the nation", ctx->actor->login);
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
	const day today = day_of_us(ctx->now_us);
	const struct held *held = NULL;
	struct position *positions = NULL;
	struct actor *actor = NULL;
	size_t count = 0;

	TRY(sql_person_by_id(ctx, id, &row));
	*ret = NULL;
	if (row == NULL || row->disabled_us != NULL)
		return OK;
	TRY(position_held(ctx, id, &held, &count));
	actor = ARENA_NEW(ctx->arena, struct actor);
	positions = ARENA_ARRAY(ctx->arena, count, struct position);
	*actor = (struct actor){
		.person = row->id,
		.login = row->login,
		.name = row->name,
		.positions = positions,
		.locale = row->locale,
	};
	for (size_t i = 0; i < count; i++)
		if (held_holds(&held[i], today))
			positions[actor->position_count++] =
			    (struct position){ held[i].unit, held[i].role };
	*ret = actor;
	return OK;
}
