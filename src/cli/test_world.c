#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/forms.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "org/unit.h"
#include "people/password.h"
#include "people/person.h"
#include "people/token.h"

/*
 * A small country for tests over HTTP, the same at every run: three provinces
 * with districts until 30 June 2025; then An Bình goes into Tân An, Bắc Hà and
 * Cát Sơn stay, and districts are gone.  Everything is said below as data; the
 * ids of its units and the tokens of its people go to standard output.
 */
#define OLD "2020-01-01"
#define REFORM "2025-07-01"
#define MADE "2025-03-01" /* the day the world is made: 08:00 */
#define PASSWORD "mat-khau-thu-nghiem"

struct world_unit {
	const char *key; /* what tests call it */
	const char *type;
	enum unit_level level;
	const char *parent;
	const char *from;
	const char *to; /* NULL: still there */
	const char *scheme;
	const char *code;
	const char *name;
};

#define PROVINCE(key, from, to, code, name) \
	{ \
		key, "province", LEVEL_PROVINCE, "gov", from, to, "area", \
		    code, name \
	}
#define DISTRICT(key, parent, code, name) \
	{ \
		key, "district", LEVEL_DISTRICT, parent, OLD, REFORM, "area", \
		    code, name \
	}
#define COMMUNE(key, parent, from, to, code, name) \
	{ \
		key, "commune", LEVEL_COMMUNE, parent, from, to, "area", code, \
		    name \
	}

static const struct world_unit units[] = {
	{ "gov", "government", LEVEL_NATION, NULL, OLD, NULL, NULL, NULL,
	    "Chính phủ" },
	{ "ministry", "ministry", LEVEL_PROVINCE, "gov", OLD, NULL, "ministry",
	    "BTN", "Bộ Thử nghiệm" },
	/* Code 01 is used again by the unit that follows. */
	PROVINCE("a", OLD, REFORM, "01", "Tỉnh An Bình"),
	PROVINCE("b", OLD, NULL, "02", "Tỉnh Bắc Hà"),
	PROVINCE("d", OLD, NULL, "03", "Tỉnh Cát Sơn"),
	PROVINCE("c", REFORM, NULL, "01", "Tỉnh Tân An"),
	DISTRICT("a1", "a", "011", "Huyện An Đông"),
	DISTRICT("a2", "a", "012", "Huyện An Tây"),
	DISTRICT("b1", "b", "021", "Huyện Bắc Đông"),
	DISTRICT("b2", "b", "022", "Huyện Bắc Tây"),
	DISTRICT("d1", "d", "031", "Huyện Cát Đông"),
	COMMUNE("a11", "a1", OLD, REFORM, "01101", "Xã An Hòa"),
	COMMUNE("a12", "a1", OLD, REFORM, "01102", "Xã An Lạc"),
	COMMUNE("a13", "a1", OLD, REFORM, "01103", "Xã An Phú"),
	COMMUNE("a21", "a2", OLD, REFORM, "01201", "Xã An Sơn"),
	COMMUNE("a22", "a2", OLD, REFORM, "01202", "Xã An Thái"),
	COMMUNE("a23", "a2", OLD, NULL, "01203", "Xã Đường Nguyễn Huệ"),
	COMMUNE("b11", "b1", OLD, REFORM, "02101", "Xã Bắc Hòa"),
	COMMUNE("b12", "b1", OLD, REFORM, "02102", "Xã Bắc Lạc"),
	COMMUNE("b13", "b1", OLD, REFORM, "02103", "Xã Bắc Phú"),
	COMMUNE("b21", "b2", OLD, REFORM, "02201", "Xã Bắc Sơn"),
	COMMUNE("b22", "b2", OLD, NULL, "02202", "Xã Bắc Thái"),
	COMMUNE("b23", "b2", OLD, REFORM, "02203", "Xã Bắc Yên"),
	COMMUNE("x", "c", REFORM, NULL, "20001", "Xã Tân Hòa"),
	COMMUNE("y", "c", REFORM, NULL, "20002", "Xã Tân Lạc"),
	COMMUNE("z", "b", REFORM, NULL, "20003", "Xã Tân Sơn"),
	COMMUNE("d11", "d1", OLD, NULL, "03101", "Xã Cát Hòa"),
	COMMUNE("d12", "d1", OLD, NULL, "03102", "Xã Cát Lạc"),
	COMMUNE("d13", "d1", OLD, NULL, "03103", "Xã Cát Phú"),
	COMMUNE("d14", "d1", OLD, NULL, "03104", "Xã Cát Sơn"),
	COMMUNE("d15", "d1", OLD, NULL, "03105", "Xã Cát Thái"),
	COMMUNE("d16", "d1", OLD, NULL, "03106", "Xã Cát Yên"),
	COMMUNE("d21", "d1", OLD, NULL, "03201", "Xã Sơn Hòa"),
	COMMUNE("d22", "d1", OLD, NULL, "03202", "Xã Sơn Lạc"),
	COMMUNE("d23", "d1", OLD, NULL, "03203", "Xã Sơn Phú"),
	COMMUNE("d24", "d1", OLD, NULL, "03204", "Xã Sơn Đông"),
	COMMUNE("d25", "d1", OLD, NULL, "03205", "Xã Sơn Thái"),
	COMMUNE("d26", "d1", OLD, NULL, "03206", "Xã Sơn Yên"),
	COMMUNE("d27", "d1", OLD, NULL, "03207", "Xã Sơn Bình"),
	COMMUNE("d28", "d1", OLD, NULL, "03208", "Xã Sơn Châu"),
	COMMUNE("d29", "d1", OLD, NULL, "03209", "Xã Sơn Long"),
	COMMUNE("d31", "d1", OLD, NULL, "03301", "Xã Thượng Hòa"),
	COMMUNE("d32", "d1", OLD, NULL, "03302", "Xã Thượng Lạc"),
	COMMUNE("d33", "d1", OLD, NULL, "03303", "Xã Thượng Phú"),
	COMMUNE("d34", "d1", OLD, NULL, "03304", "Xã Thượng Đông"),
	COMMUNE("d35", "d1", OLD, NULL, "03305", "Xã Thượng Thái"),
	COMMUNE("d36", "d1", OLD, NULL, "03306", "Xã Thượng Yên"),
};

/* Units that go on under another parent on the day of the reform. */
static const struct {
	const char *unit;
	const char *parent;
} moves[] = { { "a23", "c" }, { "b22", "b" }, { "d11", "d" }, { "d12", "d" },
	{ "d13", "d" }, { "d14", "d" }, { "d15", "d" }, { "d16", "d" },
	{ "d21", "d" }, { "d22", "d" }, { "d23", "d" }, { "d24", "d" },
	{ "d25", "d" }, { "d26", "d" }, { "d27", "d" }, { "d28", "d" },
	{ "d29", "d" }, { "d31", "d" }, { "d32", "d" }, { "d33", "d" },
	{ "d34", "d" }, { "d35", "d" }, { "d36", "d" } };

/* a21 is split; nobody knows who followed b23. */
static const struct {
	const char *from;
	const char *to;
	const char *kind;
} successions[] = { { "a", "c", "whole" }, { "a11", "x", "whole" },
	{ "a12", "x", "whole" }, { "a13", "y", "whole" },
	{ "a21", "x", "part" }, { "a21", "y", "part" }, { "a22", "y", "whole" },
	{ "b11", "z", "whole" }, { "b12", "z", "whole" },
	{ "b13", "z", "whole" }, { "b21", "z", "whole" } };

/* Communes with many periods to report, for tests of single reports. */
#define POOL \
	"d11 d12 d13 d14 d15 d16 d21 d22 d23 d24 d25 d26 d27 d28 d29 " \
	"d31 d32 d33 d34 d35 d36"

/* login, password or not, roles ("clerk leader") in each of the units. */
static const struct world_person {
	const char *login;
	const char *roles;
	const char *units;
	bool has_password;
	bool is_disabled;
} people[] = {
	{ "gov", "collector", "gov", false, false },
	{ "centre", "centre", "gov", false, false },
	{ "admin", "admin", "gov", false, false },
	{ "ministry", "clerk leader", "ministry", false, false },
	{ "province.a", "clerk leader collector", "a", false, false },
	{ "province.b", "clerk leader collector", "b", false, false },
	{ "province.c", "clerk leader collector", "c", false, false },
	{ "province.d", "collector", "d", false, false },
	{ "clerk.b", "clerk", "b", false, false },
	{ "viewer.b", "viewer", "b", false, false },
	{ "viewer.c", "viewer", "c", false, false },
	{ "district.a1", "clerk leader collector", "a1", false, false },
	{ "district.a2", "clerk leader collector", "a2", false, false },
	{ "clerk.a11", "clerk", "a11", false, false },
	{ "leader.a11", "leader", "a11", false, false },
	{ "desk.a12", "clerk leader", "a12", false, false },
	{ "desk.a13", "clerk leader", "a13", false, false },
	{ "desk.a21", "clerk leader", "a21", false, false },
	{ "desk.a22", "clerk leader", "a22", false, false },
	{ "desk.a23", "clerk leader", "a23", false, false },
	{ "desk.b11", "clerk leader", "b11", false, false },
	{ "desk.b22", "clerk leader", "b22", false, false },
	{ "desk.b23", "clerk leader", "b23", false, false },
	{ "clerk.x", "clerk", "x", false, false },
	{ "desk.x", "clerk leader", "x", false, false },
	{ "desk.y", "clerk leader", "y", false, false },
	{ "desk.z", "clerk leader", "z", false, false },
	{ "clerk.d", "clerk", POOL, false, false },
	{ "leader.d", "leader", POOL, false, false },
	{ "desk.d", "clerk leader", POOL, false, false },
	{ "area.b", "area_admin", "b", false, false },
	{ "area.c", "area_admin", "c", false, false },
	{ "unit.x", "unit_admin", "x", false, false },
	{ "nobody", "", "gov", false, false },
	{ "gone", "clerk leader", "x", true, true },
	{ "with.password", "clerk", "x", true, false },
	{ "with.password.2", "clerk leader", "y", true, false },
};

struct world {
	struct password password; /* of who has one */
	int64_t ids[ARRAY_SIZE(units)];
};

static int64_t
world_now(void *clock)
{
	return *(const int64_t *)clock;
}

static day
day_named(const char *text)
{
	day on = 0;
	const bool known = day_parse(text, &on);

	assert(known);
	return on;
}

static int64_t
id_of(const struct world *world, const char *key)
{
	size_t i = 0;

	while (!text_equal(units[i].key, key))
		i++;
	assert(i < ARRAY_SIZE(units));
	return world->ids[i];
}

static void
lay_unit(struct world *world, struct unit_batch *batch, size_t i)
{
	const struct world_unit *u = &units[i];

	world->ids[i] = unit_batch_unit(batch);
	unit_batch_version(batch,
	    &(struct unit_version_new){
		.unit = world->ids[i],
		.from = day_named(u->from),
		.name = u->name,
		.type = u->type,
		.level = (int)u->level,
		.parent = u->parent == NULL ? 0 : id_of(world, u->parent),
	    });
	if (u->to != NULL)
		unit_batch_end(batch, world->ids[i], day_named(u->to));
	if (u->code != NULL)
		unit_batch_code(batch, world->ids[i], u->scheme, u->code,
		    day_named(u->from));
}

static void
move_unit(const struct world *world, struct unit_batch *batch, size_t i)
{
	const struct world_unit *u = units;

	while (!text_equal(u->key, moves[i].unit))
		u++;
	unit_batch_version(batch, &(struct unit_version_new){
				      .unit = id_of(world, u->key),
				      .from = day_named(REFORM),
				      .name = u->name,
				      .type = u->type,
				      .level = (int)u->level,
				      .parent = id_of(world, moves[i].parent),
				  });
}

static enum fail
lay_units(struct ctx *ctx, struct world *world)
{
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test-world", &batch));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		lay_unit(world, batch, i);
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		move_unit(world, batch, i);
	for (size_t i = 0; i < ARRAY_SIZE(successions); i++)
		unit_batch_succession(batch, id_of(world, successions[i].from),
		    id_of(world, successions[i].to), day_named(REFORM),
		    successions[i].kind, "1/NQ-TEST");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

/* The words of a list, one after the other; NULL at its end. */
static const char *
next_word(struct ctx *ctx, const char **list)
{
	const char *from = *list + strspn(*list, " ");
	const size_t len = strcspn(from, " ");

	*list = from + len;
	return len == 0 ? NULL : arena_text_n(ctx->arena, from, len);
}

static enum fail
grant(struct ctx *ctx, const struct world *world, int64_t person,
    const struct world_person *who)
{
	const char *places = who->units;
	const char *place = NULL;

	while ((place = next_word(ctx, &places)) != NULL) {
		const char *roles = who->roles;
		const char *role = NULL;

		while ((role = next_word(ctx, &roles)) != NULL)
			TRY(position_grant(ctx, person, id_of(world, place),
			    role));
	}
	return OK;
}

static enum fail
add_person(struct ctx *ctx, const struct world *world,
    const struct world_person *who)
{
	const struct person_new in = {
		.login = who->login,
		.name = who->login,
		.password = who->has_password ? &world->password : NULL,
	};
	const char *token = NULL;
	int64_t id = 0;

	TRY(person_create(ctx, &in, &id));
	TRY(grant(ctx, world, id, who));
	TRY(token_create(ctx, id, "test", TOKEN_DAYS_MAX, &token));
	printf("token %s %s\n", who->login, token);
	if (!who->is_disabled)
		return OK;
	return person_disable(ctx, id);
}

static enum fail
lay(struct ctx *ctx, const void *arg)
{
	struct world *world = ARENA_NEW(ctx->arena, struct world);

	world->password = *(const struct password *)arg;
	TRY(forms_publish(ctx, NULL));
	TRY(lay_units(ctx, world));
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		printf("unit %s %" PRId64 "\n", units[i].key, world->ids[i]);
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		TRY(add_person(ctx, world, &people[i]));
	printf("password %s\n", PASSWORD);
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	int64_t clock_us = day_start_us(day_named(MADE)) + 8 * HOUR_US;

	struct password password = { 0 };

	(void)args;
	ctx->home->now_us = world_now;
	ctx->home->clock = &clock_us;
	TRY(password_prepare(ctx, "/password", PASSWORD, &password));
	return program_unit(ctx, lay, &password);
}

static enum fail
test_world(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_CREATE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command test_world_command = {
	.name = "test-world",
	.summary = "a small country for tests",
	.usage = "",
	.detail = "For the tests of the program: a small country across the "
		  "reform of 1 July 2025,\nits people and their tokens.\n",
	.options = options,
	.run = test_world,
};
