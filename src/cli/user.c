#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/day.h"
#include "core/file.h"
#include "core/num.h"
#include "core/text.h"
#include "core/utf8.h"
#include "org/directory.h"
#include "people/password.h"
#include "people/person.h"
#include "people/token.h"

#define PASSWORD_FILE_MAX 1024
#define PAGE 500

/* What a verb works on. */
struct order {
	const struct args *args;
	const char *word; /* behind the verb */
	bool has_password;
	struct password password;
};

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

/*
 * It is in a file, so that no list of processes shows it.  Hashed before the
 * unit of work.
 */
static enum fail
read_password(struct ctx *ctx, struct order *order)
{
	const char *path = args_text(order->args, "password-file");
	struct bytes file = { 0 };
	const char *text = NULL;
	size_t len = 0;

	if (path == NULL)
		return OK;
	order->has_password = true;
	TRY(file_read(ctx, args_path(ctx, order->args, path), PASSWORD_FILE_MAX,
	    &file));
	while (len < file.len && file.at[len] != '\n')
		len++;
	/* In the form in which it arrives from a browser. */
	text = arena_text_n(ctx->arena, (const char *)file.at, len);
	text = strlen(text) == len ? utf8_nfc(ctx->arena, text) : NULL;
	if (text == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "--password-file: the first line of %s is no text", path);
	return password_prepare(ctx, "/password", text, &order->password);
}

static enum fail
add(struct ctx *ctx, const struct order *order, struct text *out)
{
	const struct args *args = order->args;
	const char *login = order->word;
	const char *name = args_text(args, "name");
	const struct person_new in = {
		.login = login,
		.name = name == NULL ? login : name,
		.locale = args_text(args, "locale"),
		.password = order->has_password ? &order->password : NULL,
	};
	int64_t id = 0;

	TRY(person_create(ctx, &in, &id));
	TRY(grant(ctx, args, id));
	text_addf(out, "%s is person %" PRId64 ".\n", login, id);
	return OK;
}

static enum fail
revoke(struct ctx *ctx, const struct args *args, int64_t person)
{
	const char *place = NULL;

	for (int i = 0; (place = args_nth(args, "revoke", i)) != NULL; i++) {
		const struct unit *unit = NULL;
		const char *role = NULL;

		TRY(split_place(ctx, place, &role, &unit));
		TRY(position_revoke(ctx, person, unit->id, role));
	}
	return OK;
}

/* Only a token of this person: its number may be mistyped. */
static enum fail
end_token(struct ctx *ctx, int64_t person, const char *number)
{
	struct token *tokens = NULL;
	size_t count = 0;
	int64_t id = 0;

	if (!num_parse(number, 1, INT64_MAX, &id))
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "--end-token: %s is no number; truc user show lists them",
		    number);
	TRY(token_list(ctx, person, &tokens, &count));
	for (size_t i = 0; i < count; i++) {
		if (tokens[i].id == id)
			return token_revoke(ctx, id);
	}
	return FAIL(ctx, FAIL_NOT_FOUND, "token.unknown",
	    "token %s is not this person's; truc user show lists those that are",
	    number);
}

static enum fail
end_tokens(struct ctx *ctx, const struct args *args, int64_t person)
{
	const char *number = NULL;

	for (int i = 0; (number = args_nth(args, "end-token", i)) != NULL; i++)
		TRY(end_token(ctx, person, number));
	return OK;
}

static enum fail
change(struct ctx *ctx, const struct order *order, struct text *out)
{
	const struct args *args = order->args;
	const char *login = order->word;
	struct person *person = NULL;

	TRY(person_find(ctx, login, &person));
	if (order->has_password)
		TRY(person_set_password(ctx, person->id, &order->password));
	TRY(grant(ctx, args, person->id));
	TRY(revoke(ctx, args, person->id));
	TRY(end_tokens(ctx, args, person->id));
	text_addf(out, "%s is changed.\n", login);
	return OK;
}

static enum fail
disable(struct ctx *ctx, const struct order *order, struct text *out)
{
	const char *login = order->word;
	struct person *person = NULL;

	TRY(person_find(ctx, login, &person));
	TRY(person_disable(ctx, person->id));
	text_addf(out, "%s can no longer sign in.\n", login);
	return OK;
}

static enum fail
enable(struct ctx *ctx, const struct order *order, struct text *out)
{
	const char *login = order->word;
	struct person *person = NULL;

	TRY(person_find(ctx, login, &person));
	TRY(person_enable(ctx, person->id));
	text_addf(out, "%s can sign in again.\n", login);
	return OK;
}

/* Prints the token alone, so that a script can take it. */
static enum fail
token(struct ctx *ctx, const struct order *order, struct text *out)
{
	const char *login = order->word;
	struct person *person = NULL;
	const char *text = NULL;
	const char *name = args_text(order->args, "name");
	int64_t days = 0;

	TRY(args_int(ctx, order->args, "days", 1, TOKEN_DAYS_MAX, &days));
	TRY(person_find(ctx, login, &person));
	TRY(token_create(ctx, person->id, name == NULL ? "api" : name, days,
	    &text));
	text_addf(out, "%s\n", text);
	return OK;
}

static enum fail
list_all(struct ctx *ctx, struct text *out)
{
	struct person *people = NULL;
	size_t count = 0;
	int64_t after = 0;

	do {
		TRY(person_list(ctx, after, PAGE, &people, &count));
		for (size_t i = 0; i < count; i++) {
			text_addf(out, "%6" PRId64 "  %-24s %s%s\n",
			    people[i].id, people[i].login, people[i].name,
			    people[i].is_disabled ? "  (disabled)" : "");
			after = people[i].id;
		}
	} while (count == PAGE);
	return OK;
}

static enum fail
list(struct ctx *ctx, const struct order *order, struct text *out)
{
	const char *ref = order->word;
	const struct unit *unit = NULL;
	struct holder *holders = NULL;
	size_t count = 0;

	if (ref == NULL)
		return list_all(ctx, out);
	TRY(directory_find(ctx, directory_now(ctx), ref, &unit));
	TRY(position_list(ctx, unit->id, &holders, &count));
	text_addf(out, "%s\n", unit_name(unit, day_of_us(ctx->now_us)));
	for (size_t i = 0; i < count; i++)
		text_addf(out, "%6" PRId64 "  %-24s %s\n", holders[i].person,
		    holders[i].login, holders[i].role->name);
	return OK;
}

static enum fail
show_positions(struct ctx *ctx, int64_t person, struct text *out)
{
	struct actor *actor = NULL;

	TRY(person_actor(ctx, person, &actor));
	if (actor == NULL)
		return OK; /* disabled */
	for (size_t i = 0; i < actor->position_count; i++) {
		const struct position *at = &actor->positions[i];
		const struct unit *unit =
		    directory_unit(directory_now(ctx), at->unit);

		text_addf(out, "  %s@%" PRId64 "  %s\n", at->role->name,
		    at->unit,
		    unit == NULL ? ""
				 : unit_name(unit, day_of_us(ctx->now_us)));
	}
	return OK;
}

static enum fail
show(struct ctx *ctx, const struct order *order, struct text *out)
{
	const char *login = order->word;
	struct person *person = NULL;
	struct token *tokens = NULL;
	size_t count = 0;

	TRY(person_find(ctx, login, &person));
	text_addf(out, "%s is person %" PRId64 ", %s%s%s\n", person->login,
	    person->id, person->name,
	    person->has_password ? "" : ", without a password",
	    person->is_disabled ? ", disabled" : "");
	TRY(show_positions(ctx, person->id, out));
	TRY(token_list(ctx, person->id, &tokens, &count));
	for (size_t i = 0; i < count; i++)
		text_addf(out, "  token %" PRId64 "  %s, until %s%s\n",
		    tokens[i].id, tokens[i].name,
		    time_text(ctx->arena, tokens[i].expires_us),
		    tokens[i].is_revoked ? ", ended" : "");
	return OK;
}

static const struct verb {
	const char *name;
	const char *word; /* what follows it; NULL: nothing must */
	enum program_mode mode;
	bool has_password; /* --password-file */
	enum fail (
	    *run)(struct ctx *ctx, const struct order *order, struct text *out);
} verbs[] = {
	{ "add", "LOGIN", PROGRAM_WRITE, true, add },
	{ "change", "LOGIN", PROGRAM_WRITE, true, change },
	{ "disable", "LOGIN", PROGRAM_WRITE, false, disable },
	{ "enable", "LOGIN", PROGRAM_WRITE, false, enable },
	{ "token", "LOGIN", PROGRAM_WRITE, false, token },
	{ "show", "LOGIN", PROGRAM_READ, false, show },
	{ "list", NULL, PROGRAM_READ, false, list },
};

static const struct verb *
verb_of(const struct args *args)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (text_equal(verbs[i].name, args_word(args, 0)))
			return &verbs[i];
	}
	return NULL;
}

struct doing {
	const struct verb *verb;
	const struct order *order;
	struct text *out;
};

static enum fail
work(struct ctx *ctx, const void *arg)
{
	const struct doing *doing = arg;

	return doing->verb->run(ctx, doing->order, doing->out);
}

/* As program_say, with what has to be made before the unit of work. */
static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct order order = { .args = args, .word = args_word(args, 1) };
	struct text out;
	const struct doing doing = { verb_of(args), &order, &out };

	text_init(&out, ctx->arena);
	if (doing.verb->has_password)
		TRY(read_password(ctx, &order));
	if (doing.verb->mode == PROGRAM_READ) {
		TRY(tx_begin(ctx, TX_READ));
		TRY(tx_end(ctx, work(ctx, &doing)));
	} else {
		TRY(program_unit(ctx, work, &doing));
	}
	fputs(text_of(&out), args_out(args));
	return OK;
}

static enum fail
user(struct ctx *ctx, const struct args *args)
{
	const struct verb *verb = verb_of(args);

	if (verb == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "%s: add, change, disable, enable, token, show or list",
		    args_word(args, 0));
	if (verb->word != NULL && args_word(args, 1) == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc user %s %s [options]", verb->name, verb->word);
	return program_run(ctx, args, verb->mode, false, run);
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
	    "clerk, leader, collector, viewer, centre, admin, unit_admin or "
	    "area_admin; may repeat",
	    true },
	{ "revoke", "ROLE@UNIT", NULL,
	    "change: take this position away; may repeat", true },
	{ "days", "N", "365", "token: how long it works", false },
	{ "end-token", "N", NULL,
	    "change: end the token with this number; may repeat", true },
	{ 0 },
};

const struct command user_command = {
	.name = "user",
	.summary = "people, their positions and API tokens",
	.usage = "add|change|disable|enable|token|show LOGIN, or list [UNIT]",
	.detail =
	    "  truc user add hoa --name 'Nguyễn Thị Hoa' --password-file pw \\\n"
	    "      --position clerk@area:20200@2025-07-01\n"
	    "  truc user change hoa --revoke clerk@area:20200@2025-07-01\n"
	    "  truc user token hoa --name 'one-stop desk' --days 90\n"
	    "  truc user list area:20200@2025-07-01\n\n"
	    "UNIT is an id or scheme:code@date. Where a server has the folder, "
	    "it does what is asked,\nand rights change with the next request. "
	    "Every change is kept in the audit (truc audit).\nA token is shown "
	    "once.\n",
	.options = options,
	.beside = true,
	.least = 1,
	.most = 2,
	.run = user,
};
