#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/person.h"
#include "app/token.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/file.h"
#include "core/text.h"
#include "org/directory.h"

#define PASSWORD_FILE_MAX 1024

/* "ROLE@UNIT": role and a unit as the API names it. */
static enum fail
split_place(struct ctx *ctx, const char *place, const char **ret_role,
    const struct unit **ret_unit)
{
	const char *at = strchr(place, '@');

	if (at == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "%s: a position is ROLE@UNIT, such as clerk@17 or "
		    "leader@area:20200@2025-07-01",
		    place);
	*ret_role = arena_text_n(ctx->arena, place, (size_t)(at - place));
	return directory_find(ctx, directory_now(ctx), at + 1, ret_unit);
}

static enum fail
grant(struct ctx *ctx, const struct args *args, int64_t person)
{
	const char *place = NULL;

	for (int i = 0; (place = args_nth(args, "position", i)) != NULL; i++) {
		const struct unit *unit = NULL;
		const char *role = NULL;

		TRY(split_place(ctx, place, &role, &unit));
		TRY(position_grant(ctx, person, unit->id, role));
	}
	return OK;
}

/* The password stands in a file, so that no list of processes shows it. */
static enum fail
read_password(struct ctx *ctx, const struct args *args, const char **ret)
{
	const char *path = args_text(args, "password-file");
	struct bytes file = { 0 };
	size_t len = 0;

	*ret = NULL;
	if (path == NULL)
		return OK;
	TRY(file_read(ctx, path, PASSWORD_FILE_MAX, &file));
	while (len < file.len && file.at[len] != '\n')
		len++;
	*ret = arena_text_n(ctx->arena, (const char *)file.at, len);
	return OK;
}

static enum fail
add(struct ctx *ctx, const struct args *args, const char *login)
{
	const char *name = args_text(args, "name");
	struct person_new in = {
		.login = login,
		.name = name == NULL ? login : name,
		.locale = args_text(args, "locale"),
	};
	int64_t id = 0;

	TRY(read_password(ctx, args, &in.password));
	TRY(person_create(ctx, &in, &id));
	TRY(grant(ctx, args, id));
	printf("%s is person %" PRId64 ".\n", login, id);
	return OK;
}

static enum fail
change(struct ctx *ctx, const struct args *args, const char *login)
{
	struct person *person = NULL;
	const char *password = NULL;

	TRY(person_find(ctx, login, &person));
	TRY(read_password(ctx, args, &password));
	if (password != NULL)
		TRY(person_set_password(ctx, person->id, password));
	TRY(grant(ctx, args, person->id));
	printf("%s is changed.\n", login);
	return OK;
}

static enum fail
disable(struct ctx *ctx, const struct args *args, const char *login)
{
	struct person *person = NULL;

	(void)args;
	TRY(person_find(ctx, login, &person));
	TRY(person_disable(ctx, person->id));
	printf("%s can no longer sign in.\n", login);
	return OK;
}

static enum fail
enable(struct ctx *ctx, const struct args *args, const char *login)
{
	struct person *person = NULL;

	(void)args;
	TRY(person_find(ctx, login, &person));
	TRY(person_enable(ctx, person->id));
	printf("%s can sign in again.\n", login);
	return OK;
}

/* Prints the token alone, so that a script can take it. */
static enum fail
token(struct ctx *ctx, const struct args *args, const char *login)
{
	struct person *person = NULL;
	const char *text = NULL;
	const char *name = args_text(args, "name");
	int64_t days = 0;

	TRY(args_int(ctx, args, "days", 1, TOKEN_DAYS_MAX, &days));
	TRY(person_find(ctx, login, &person));
	TRY(token_create(ctx, person->id, name == NULL ? "api" : name, days,
	    &text));
	puts(text);
	return OK;
}

static enum fail
list(struct ctx *ctx, const struct args *args, const char *login)
{
	struct person *people = NULL;
	size_t count = 0;
	int64_t after = 0;

	(void)args;
	(void)login;
	do {
		TRY(person_list(ctx, after, 500, &people, &count));
		for (size_t i = 0; i < count; i++) {
			printf("%6" PRId64 "  %-24s %s%s\n", people[i].id,
			    people[i].login, people[i].name,
			    people[i].is_disabled ? "  (disabled)" : "");
			after = people[i].id;
		}
	} while (count == 500);
	return OK;
}

static const struct verb {
	const char *name;
	bool needs_login;
	enum fail (
	    *run)(struct ctx *ctx, const struct args *args, const char *login);
} verbs[] = {
	{ "add", true, add },
	{ "change", true, change },
	{ "disable", true, disable },
	{ "enable", true, enable },
	{ "token", true, token },
	{ "list", false, list },
};

static enum fail
work(struct ctx *ctx, const void *arg)
{
	const struct args *args = arg;
	const char *name = args_word(args, 0);
	const char *login = args_word(args, 1);

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!text_equal(verbs[i].name, name))
			continue;
		if (verbs[i].needs_login == (login != NULL))
			return verbs[i].run(ctx, args, login);
	}
	return FAIL(ctx, FAIL_INVALID, "args.count",
	    "usage: truc user add|change|disable|enable|token LOGIN, or truc "
	    "user list");
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	return program_unit(ctx, work, args);
}

static enum fail
user(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_WRITE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "name", "TEXT", NULL, "the person's name, or the token's", false },
	{ "locale", "vi|en", "vi", "the person's language", false },
	{ "password-file", "FILE", NULL,
	    "first line is the password; without it: no sign-in by password",
	    false },
	{ "position", "ROLE@UNIT", NULL,
	    "clerk, leader, collector, viewer, centre or admin; may repeat",
	    true },
	{ "days", "N", "365", "how long a token works", false },
	{ 0 },
};

const struct command user_command = {
	.name = "user",
	.summary = "people, their positions and API tokens",
	.usage = "add|change|disable|enable|token LOGIN, or list",
	.detail =
	    "  truc user add hoa --name 'Nguyễn Thị Hoa' --password-file pw \\\n"
	    "      --position clerk@area:20200@2025-07-01\n"
	    "  truc user token hoa --name 'one-stop desk' --days 90\n\n"
	    "UNIT is an id or scheme:code@date. Everything is kept in the "
	    "audit.\n",
	.options = options,
	.least = 1,
	.most = 2,
	.run = user,
};
