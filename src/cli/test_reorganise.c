#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/file.h"
#include "core/num.h"
#include "core/text.h"
#include "org/unit.h"
#include "people/person.h"
#include "people/token.h"
#include "regime/catalogue.h"

/*
 * Changes of a country while its server is stopped, for tests/sim: forms, units
 * and people, one JSON file in one unit of work.
 *
 *	{"forms": [definition ..],
 *	 "changes": [{"act": "new", "key": "n1"},
 *		{"act": "version", "unit": "n1", "from": "2025-08-01",
 *		 "name": "..", "type": "commune", "level": 3, "parent": "17"},
 *		{"act": "end", "unit": "12", "on": ".."},
 *		{"act": "code", "unit": "n1", "code": "..", "from": ".."},
 *		{"act": "succession", "from": "12", "to": "n1", "on": "..",
 *		 "kind": "whole"}],
 *	 "people": [{"login": "..", "unit": "n1", "roles": ["clerk"]}]}
 *
 * A unit is its id or the key of a new one.  Ids and tokens are printed as by
 * test-world.  A file that says anything else fails as "args.value".
 */
#define FILE_MAX ((size_t)16 << 20)
#define NEW_MAX 256

struct fresh {
	const char *key;
	int64_t id;
};

struct reorganisation {
	const struct json *file;
	struct unit_batch *batch;
	struct fresh fresh[NEW_MAX];
	size_t fresh_count;
};

static enum fail
unfit(struct ctx *ctx, const char *what)
{
	return FAIL(ctx, FAIL_INVALID, "args.value", "%s is missing or wrong",
	    what);
}

static enum fail
read_text(struct ctx *ctx, const struct json *node, const char *key,
    const char **ret)
{
	*ret = json_get_text(node, key);
	return *ret == NULL ? unfit(ctx, key) : OK;
}

static enum fail
read_unit(struct ctx *ctx, const struct reorganisation *all,
    const struct json *node, const char *key, int64_t *ret)
{
	const char *ref = NULL;

	TRY(read_text(ctx, node, key, &ref));
	for (size_t i = 0; i < all->fresh_count; i++) {
		if (text_equal(all->fresh[i].key, ref)) {
			*ret = all->fresh[i].id;
			return OK;
		}
	}
	return num_parse(ref, 1, INT64_MAX, ret) ? OK : unfit(ctx, key);
}

static enum fail
read_day(struct ctx *ctx, const struct json *node, const char *key, day *ret)
{
	const char *text = NULL;

	TRY(read_text(ctx, node, key, &text));
	return day_parse(text, ret) ? OK : unfit(ctx, key);
}

static enum fail
lay_new(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	struct fresh *fresh = &all->fresh[all->fresh_count];

	if (all->fresh_count == NEW_MAX)
		return unfit(ctx, "room for another unit");
	TRY(read_text(ctx, node, "key", &fresh->key));
	fresh->id = unit_batch_unit(all->batch);
	all->fresh_count++;
	printf("unit %s %" PRId64 "\n", fresh->key, fresh->id);
	return OK;
}

static enum fail
lay_version(struct ctx *ctx, struct reorganisation *all,
    const struct json *node)
{
	struct unit_version_new version = {
		.level = (int)json_get_int(node, "level", -1),
	};

	TRY(read_unit(ctx, all, node, "unit", &version.unit));
	TRY(read_unit(ctx, all, node, "parent", &version.parent));
	TRY(read_day(ctx, node, "from", &version.from));
	TRY(read_text(ctx, node, "name", &version.name));
	TRY(read_text(ctx, node, "type", &version.type));
	unit_batch_version(all->batch, &version);
	return OK;
}

static enum fail
lay_end(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	int64_t unit = 0;
	day on = 0;

	TRY(read_unit(ctx, all, node, "unit", &unit));
	TRY(read_day(ctx, node, "on", &on));
	unit_batch_end(all->batch, unit, on);
	return OK;
}

static enum fail
lay_code(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	const char *code = NULL;
	int64_t unit = 0;
	day from = 0;

	TRY(read_unit(ctx, all, node, "unit", &unit));
	TRY(read_text(ctx, node, "code", &code));
	TRY(read_day(ctx, node, "from", &from));
	unit_batch_code(all->batch, unit, "area", code, from);
	return OK;
}

static enum fail
lay_succession(struct ctx *ctx, struct reorganisation *all,
    const struct json *node)
{
	const char *kind = NULL;
	int64_t from = 0;
	int64_t to = 0;
	day on = 0;

	TRY(read_unit(ctx, all, node, "from", &from));
	TRY(read_unit(ctx, all, node, "to", &to));
	TRY(read_day(ctx, node, "on", &on));
	TRY(read_text(ctx, node, "kind", &kind));
	unit_batch_succession(all->batch, from, to, on, kind, "2/NQ-TEST");
	return OK;
}

static const struct {
	const char *act;
	enum fail (*lay)(struct ctx *ctx, struct reorganisation *all,
	    const struct json *node);
} acts[] = {
	{ "new", lay_new },
	{ "version", lay_version },
	{ "end", lay_end },
	{ "code", lay_code },
	{ "succession", lay_succession },
};

static enum fail
lay_change(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	const char *act = NULL;

	TRY(read_text(ctx, node, "act", &act));
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		if (text_equal(acts[i].act, act))
			return acts[i].lay(ctx, all, node);
	}
	return unfit(ctx, "act");
}

static enum fail
add_form(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	struct bytes text = { 0 };

	(void)all;
	TRY(json_canonical(ctx, node, &text));
	return regime_publish(ctx, text);
}

static enum fail
add_person(struct ctx *ctx, struct reorganisation *all, const struct json *node)
{
	const struct json *roles = json_get(node, "roles");
	struct person_new in = { 0 };
	const char *token = NULL;
	int64_t person = 0;
	int64_t unit = 0;

	TRY(read_text(ctx, node, "login", &in.login));
	TRY(read_unit(ctx, all, node, "unit", &unit));
	in.name = in.login;
	TRY(person_create(ctx, &in, &person));
	if (roles == NULL || json_type(roles) != JSON_IS_ARRAY)
		return unfit(ctx, "roles");
	for (size_t i = 0; i < json_count(roles); i++) {
		const struct json *role = json_at(roles, i);

		if (json_type(role) != JSON_IS_TEXT)
			return unfit(ctx, "roles");
		TRY(position_grant(ctx, person, unit, json_text(role)));
	}
	TRY(token_create(ctx, person, "test", TOKEN_DAYS_MAX, &token));
	printf("token %s %s\n", in.login, token);
	return OK;
}

static enum fail
each(struct ctx *ctx, struct reorganisation *all, const char *key,
    enum fail (*one)(struct ctx *ctx, struct reorganisation *all,
	const struct json *node))
{
	const struct json *list = json_get(all->file, key);

	if (list == NULL)
		return OK;
	if (json_type(list) != JSON_IS_ARRAY)
		return unfit(ctx, key);
	for (size_t i = 0; i < json_count(list); i++)
		TRY(one(ctx, all, json_at(list, i)));
	return OK;
}

static enum fail
lay(struct ctx *ctx, const void *path)
{
	struct reorganisation *all =
	    ARENA_NEW(ctx->arena, struct reorganisation);
	struct bytes text = { 0 };

	TRY(file_read(ctx, path, FILE_MAX, &text));
	TRY(json_parse(ctx, text, &all->file));
	TRY(each(ctx, all, "forms", add_form));
	TRY(unit_batch_new(ctx, "test-reorganise", &all->batch));
	TRY(each(ctx, all, "changes", lay_change));
	TRY(unit_batch_record(ctx, all->batch, "unit.import", 0));
	return each(ctx, all, "people", add_person);
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct folder_clock *clock = ctx->home->clock;

	clock->file = args_text(args, "clock");
	clock_unwatch(ctx->home);
	return program_unit(ctx, lay, args_word(args, 0));
}

static enum fail
test_reorganise(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_WRITE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "clock", "FILE", NULL, "seconds since 1970", false },
	{ 0 },
};

const struct command test_reorganise_command = {
	.name = "test-reorganise",
	.summary = "changes of a country for tests",
	.usage = "FILE.json",
	.detail = "For the tests of the program: forms, changes of units and "
		  "people from a file,\nwhile no server runs.\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = test_reorganise,
};
