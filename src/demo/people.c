#include "demo/people.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/text.h"
#include "demo/demo.h"
#include "people/access.h"
#include "people/password.h"
#include "people/person.h"

#define PASSWORD "truc-demo-2025"

struct demo_people {
	struct arena *arena; /* of the whole command */
	const struct actor **actors;
	const char **refs;
};

struct demo_people *
demo_people_new(struct ctx *ctx)
{
	const struct directory *dir = directory_now(ctx);
	const size_t count = directory_count(dir);
	struct demo_people *people = ARENA_NEW(ctx->arena, struct demo_people);

	people->arena = ctx->arena;
	people->actors = ARENA_ARRAY(ctx->arena, count, const struct actor *);
	people->refs = ARENA_ARRAY(ctx->arena, count, const char *);
	for (size_t i = 0; i < count; i++)
		people->refs[i] = arena_printf(ctx->arena, "%" PRId64,
		    directory_at(dir, (int)i)->id);
	return people;
}

enum fail
demo_people_make(struct ctx *ctx, struct demo_people *people, int unit)
{
	static const char *const roles[] = { "clerk", "leader", "collector" };
	const int64_t id = directory_at(directory_now(ctx), unit)->id;
	struct actor *actor = ARENA_NEW(people->arena, struct actor);
	struct position *positions =
	    ARENA_ARRAY(people->arena, ARRAY_SIZE(roles), struct position);
	const struct person_new in = {
		.login = arena_printf(people->arena, "demo.%" PRId64, id),
		.name = demo_name(people->arena, (uint64_t)id),
	};

	TRY(person_create(ctx, &in, &actor->person));
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		TRY(position_grant(ctx, actor->person, id, roles[i]));
		positions[i] = (struct position){ id, access_role(roles[i]) };
	}
	actor->login = in.login;
	actor->name = in.name;
	actor->positions = positions;
	actor->position_count = ARRAY_SIZE(roles);
	actor->locale = "vi";
	people->actors[unit] = actor;
	return OK;
}

const struct actor *
demo_people_actor(const struct demo_people *people, int unit)
{
	return people->actors[unit];
}

const char *
demo_people_unit_ref(const struct demo_people *people, int unit)
{
	return people->refs[unit];
}

int
demo_people_heir(struct ctx *ctx, int unit, day on)
{
	const struct directory *dir = directory_now(ctx);
	const struct unit *old = directory_at(dir, unit);

	for (size_t i = 0; i < old->successor_count; i++) {
		if (unit_on(directory_at(dir, old->successors[i]), on) != NULL)
			return old->successors[i];
	}
	return -1;
}

/* ---- who can sign in ---------------------------------------------------- */

static const struct sign_in {
	const char *login;
	const char *unit; /* a name; found below "under" */
	const char *under;
	const char *roles[3];
	const char *note; /* what to try with it */
} sign_ins[] = {
	{ "canbo.hoatien", "Hòa Tiến", "Đà Nẵng", { "clerk" },
	    "cán bộ tổng hợp xã: nhập báo cáo quý IV/2025" },
	{ "chutich.hoatien", "Hòa Tiến", "Đà Nẵng", { "leader" },
	    "chủ tịch UBND xã: ký và gửi" },
	{ "mot.haichau", "Hải Châu", "Đà Nẵng", { "clerk", "leader" },
	    "một người hai vai ở phường" },
	{ "tonghop.danang", NULL, "Đà Nẵng", { "collector" },
	    "tiếp nhận, trả lại, chốt kỳ cho các xã, phường" },
	{ "canbo.danang", NULL, "Đà Nẵng", { "clerk" },
	    "báo cáo của chính UBND thành phố" },
	{ "chutich.danang", NULL, "Đà Nẵng", { "leader", "viewer" },
	    "ký báo cáo của thành phố, xem toàn thành phố" },
	{ "canbo.noivu", NULL, "Bộ Nội vụ", { "clerk", "leader" },
	    "báo cáo của một bộ" },
	{ "tonghop.vpcp", NULL, NULL, { "collector" },
	    "tiếp nhận của bộ, tỉnh; chốt kỳ cả nước" },
	{ "trungtam", NULL, NULL, { "centre" },
	    "Trung tâm: xem cả nước, truy đến từng báo cáo" },
	{ "quantri", NULL, NULL, { "admin" }, "quản trị toàn quốc" },
	{ "quantri.danang", NULL, "Đà Nẵng", { "area_admin" },
	    "quản trị địa bàn: người dùng của thành phố và các xã, phường" },
	{ "quantri.hoatien", "Hòa Tiến", "Đà Nẵng", { "unit_admin" },
	    "quản trị đơn vị: người dùng của một xã" },
};

/* The living unit below a parent whose name ends so. */
static const struct unit *
child_named(struct ctx *ctx, int parent, const char *name)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	const struct structure *st = directory_structure(dir, today);
	size_t count = 0;
	const int *children = structure_children(st, parent, &count);

	for (size_t i = 0; i < count; i++) {
		const struct unit *unit = directory_at(dir, children[i]);
		const char *full = unit_name(unit, today);
		const size_t len = strlen(full);
		const size_t tail = strlen(name);

		if (len >= tail && strcmp(full + len - tail, name) == 0)
			return unit;
	}
	return NULL;
}

static const struct unit *
unit_of(struct ctx *ctx, const struct sign_in *who)
{
	const struct directory *dir = directory_now(ctx);
	const struct unit *at = directory_at(dir,
	    structure_root(directory_structure(dir, day_of_us(ctx->now_us))));

	if (who->under != NULL)
		at = child_named(ctx, at->number, who->under);
	if (at != NULL && who->unit != NULL)
		at = child_named(ctx, at->number, who->unit);
	return at;
}

int
demo_people_keep_open(struct ctx *ctx)
{
	const int64_t before = ctx->now_us;
	const struct unit *unit = NULL;

	/* Looked up by the last day's structure. */
	ctx->now_us = day_start_us(day_of(2025, 12, 16));
	unit = unit_of(ctx, &sign_ins[0]);
	ctx->now_us = before;
	return unit == NULL ? -1 : unit->number;
}

static enum fail
make(struct ctx *ctx, const struct sign_in *who,
    const struct password *password, const struct unit *unit, uint64_t number)
{
	const struct person_new in = {
		.login = who->login,
		.name = demo_name(ctx->arena, number),
		.password = password,
	};
	int64_t id = 0;

	TRY(person_create(ctx, &in, &id));
	for (size_t i = 0; i < ARRAY_SIZE(who->roles); i++) {
		if (who->roles[i] != NULL)
			TRY(position_grant(ctx, id, unit->id, who->roles[i]));
	}
	return OK;
}

enum fail
demo_people_password(struct ctx *ctx, struct password *ret)
{
	return password_prepare(ctx, "/password", PASSWORD, ret);
}

enum fail
demo_people_sign_ins(struct ctx *ctx, const struct password *password,
    const char *data)
{
	const day today = day_of_us(ctx->now_us);
	struct text text;

	text_init(&text, ctx->arena);
	text_add(&text,
	    "Dữ liệu minh họa: đơn vị thật, số liệu do máy sinh ra.\n"
	    "Demonstration data: real units, generated figures.\n\n"
	    "Mật khẩu / password: " PASSWORD "\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(sign_ins); i++) {
		const struct unit *unit = unit_of(ctx, &sign_ins[i]);

		if (unit == NULL)
			return FAIL(ctx, FAIL_INTERNAL, "unit.unknown",
			    "the demonstration needs %s in %s",
			    sign_ins[i].unit == NULL ? "it" : sign_ins[i].unit,
			    sign_ins[i].under);
		TRY(make(ctx, &sign_ins[i], password, unit,
		    UINT64_C(900000) + i));
		text_addf(&text, "  %-16s %s - %s\n", sign_ins[i].login,
		    unit_name(unit, today), sign_ins[i].note);
	}
	return file_write(ctx, arena_printf(ctx->arena, "%s/demo.txt", data),
	    text_bytes(&text), 0600);
}
