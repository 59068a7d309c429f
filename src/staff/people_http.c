#include "app/table.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/paging.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/field.h"
#include "people/link.h"
#include "people/person.h"
#include "people/roll.h"
#include "people/sessions.h"
#include "people/token.h"
#include "staff/slice.h"

#define LOGIN_MOST 64
#define FEW_UNITS 64
#define PARTS_MOST 500
#define ACTORS_MOST 2000

static const char *const states[] = { "enabled", "disabled", "all", NULL };
static const char *const shown_states[] = { "enabled", "disabled", NULL };
static const char *const locales[] = { "vi", "en", NULL };

/* ---- out ---------------------------------------------------------------- */

struct place_out {
	int64_t id;
	int64_t unit;
	const char *unit_name;
	const char *role;
	const char *from;
	const char *until;
	bool holds;
	bool may_change;
};

struct session_out {
	int64_t id;
	const char *from;
	const char *seen;
};

struct token_out {
	int64_t id;
	const char *name;
	const char *created_at;
	const char *expires_at;
	const char *used;
	bool revoked;
};

struct item_out {
	int64_t id;
	const char *name;
	const char *login;
	const char *role;
	const char *unit_name;
	int64_t others;
	const char *state;
};

struct person_out {
	int64_t id;
	const char *login;
	const char *name;
	const char *locale;
	bool disabled;
	bool has_password;
	const char *created_at;
	const char *signed_in_at;
	const char *link_until;
	bool manages;
	bool elsewhere;
	struct list_of positions;
	struct list_of sessions;
	struct list_of tokens;
};

/* clang-format off */
static const struct shape_field place_fields[] = {
	F_ID(struct place_out, id, "The position's id.", "31"),
	F_ID(struct place_out, unit, "The unit's id.", "17"),
	F_UNIT_NAME(struct place_out, unit_name, "The unit's name today.",
	    "\"Xã Hòa Tiến\""),
	F_ENUM(struct place_out, role, access_role_names, REQUIRED,
	    "What the person is there.", "\"clerk\""),
	F_DATE(struct place_out, from, OPTIONAL,
	    "The first day; null: since it was granted.", "\"2026-01-05\""),
	F_DATE(struct place_out, until, OPTIONAL,
	    "The last day, counted; null: without end.", "null"),
	F_BOOL(struct place_out, holds, REQUIRED, "It is in force today.",
	    "true"),
	F_BOOL(struct place_out, may_change, REQUIRED,
	    "The caller may take it away.", "true"),
};
static const struct shape place_shape =
    SHAPE("StaffPosition", struct place_out, place_fields);

static const struct shape_field session_fields[] = {
	F_ID(struct session_out, id, "The session's id.", "204"),
	F_TIME(struct session_out, from, REQUIRED, "Signed in at.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct session_out, seen, REQUIRED,
	    "Last used, to some minutes.", "\"2025-10-02T09:10:00+07:00\""),
};
static const struct shape session_shape =
    SHAPE("StaffSession", struct session_out, session_fields);

static const struct shape_field token_fields[] = {
	F_ID(struct token_out, id, "The token's id.", "8"),
	F_TEXT(struct token_out, name, TOKEN_NAME_MAX, REQUIRED,
	    "What it is for.", "\"phần mềm một cửa\""),
	F_TIME(struct token_out, created_at, REQUIRED, "Made at.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct token_out, expires_at, REQUIRED, "Good until.",
	    "\"2026-10-02T08:30:00+07:00\""),
	F_DATE(struct token_out, used, OPTIONAL,
	    "The last day it was used; null: never.", "\"2025-12-09\""),
	F_BOOL(struct token_out, revoked, REQUIRED, "It was revoked.",
	    "false"),
};
static const struct shape token_shape =
    SHAPE("StaffToken", struct token_out, token_fields);

static const struct shape_field person_fields[] = {
	F_ID(struct person_out, id, "The person's id.", "5"),
	F_TEXT(struct person_out, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"hoa.nguyen\""),
	F_TEXT(struct person_out, name, PERSON_NAME_MAX, REQUIRED,
	    "The person's name.", "\"Nguyễn Thị Hoa\""),
	F_ENUM(struct person_out, locale, locales, REQUIRED,
	    "The person's language.", "\"vi\""),
	F_BOOL(struct person_out, disabled, REQUIRED,
	    "Can no longer sign in.", "false"),
	F_BOOL(struct person_out, has_password, REQUIRED,
	    "Has set a password.", "true"),
	F_TIME(struct person_out, created_at, REQUIRED, "Made at.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct person_out, signed_in_at, OPTIONAL,
	    "The last sign-in; null: never.",
	    "\"2025-12-09T08:12:13+07:00\""),
	F_TIME(struct person_out, link_until, OPTIONAL,
	    "A link to set a password is good until then; null: there is none.",
	    "null"),
	F_BOOL(struct person_out, manages, REQUIRED,
	    "The caller manages this person: may give each position it holds.",
	    "true"),
	F_BOOL(struct person_out, elsewhere, REQUIRED,
	    "It holds positions outside the caller's reach, not shown.",
	    "false"),
	F_LIST(struct person_out, positions, &place_shape, POSITIONS_MAX,
	    "What it holds, will hold or has held within the caller's reach."),
	F_LIST(struct person_out, sessions, &session_shape, PARTS_MOST,
	    "Where it is signed in, the newest first; for who manages it."),
	F_LIST(struct person_out, tokens, &token_shape, PARTS_MOST,
	    "Its API tokens; for who manages it."),
};
const struct shape staff_person_shape =
    SHAPE("StaffPerson", struct person_out, person_fields);

static const struct shape_field item_fields[] = {
	F_ID(struct item_out, id, "The person's id.", "5"),
	F_TEXT(struct item_out, name, PERSON_NAME_MAX, REQUIRED,
	    "The person's name.", "\"Nguyễn Thị Hoa\""),
	F_TEXT(struct item_out, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"hoa.nguyen\""),
	F_ENUM(struct item_out, role, access_role_names, OPTIONAL,
	    "Its first position within reach; null: none.", "\"clerk\""),
	F_TEXT(struct item_out, unit_name, UNIT_NAME_MAX, OPTIONAL,
	    "The unit of that position.", "\"Xã Hòa Tiến\""),
	F_COUNT(struct item_out, others,
	    "How many other positions it has within reach.", "0"),
	F_ENUM(struct item_out, state, shown_states, REQUIRED,
	    "enabled or disabled.", "\"enabled\""),
};
static const struct shape item_shape =
    SHAPE("StaffItem", struct item_out, item_fields);

struct list_out {
	struct list_of items;
	const int64_t *next;
};
static const struct shape_field list_fields[] = {
	F_LIST(struct list_out, items, &item_shape, PAGING_MOST,
	    "People, in the order of names."),
	F_NEXT(struct list_out),
};
static const struct shape list_shape =
    SHAPE("StaffList", struct list_out, list_fields);

struct actor_out {
	int64_t person;
	const char *name;
	const char *login;
	const char *role;
	int64_t unit;
	const char *unit_name;
	const char *until;
};
static const struct shape_field actor_fields[] = {
	F_ID(struct actor_out, person, "The person's id.", "5"),
	F_TEXT(struct actor_out, name, PERSON_NAME_MAX, REQUIRED,
	    "The person's name.", "\"Nguyễn Thị Hoa\""),
	F_TEXT(struct actor_out, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"hoa.nguyen\""),
	F_ENUM(struct actor_out, role, access_role_names, REQUIRED,
	    "The role by which it may act in the unit.", "\"clerk\""),
	F_ID(struct actor_out, unit, "The unit where it holds that role.",
	    "17"),
	F_UNIT_NAME(struct actor_out, unit_name, "The name of that unit.",
	    "\"Xã Hòa Tiến\""),
	F_DATE(struct actor_out, until, OPTIONAL,
	    "The last day of it; null: without end.", "null"),
};
static const struct shape actor_shape =
    SHAPE("UnitActor", struct actor_out, actor_fields);

struct actors_out {
	int64_t unit;
	const char *unit_name;
	struct list_of items;
};
static const struct shape_field actors_fields[] = {
	F_ID(struct actors_out, unit, "The unit.", "17"),
	F_UNIT_NAME(struct actors_out, unit_name, "Its name today.",
	    "\"Xã Hòa Tiến\""),
	F_LIST(struct actors_out, items, &actor_shape, ACTORS_MOST,
	    "Each position within the caller's reach that gives rights in the "
	    "unit today, by the names of people."),
};
static const struct shape actors_shape =
    SHAPE("UnitActors", struct actors_out, actors_fields);

/* ---- in ----------------------------------------------------------------- */

struct list_in {
	const char *q;
	const char *unit;
	const char *under;
	const char *role;
	const char *state;
	int64_t limit;
	int64_t after;
	const char *format;
};
static const struct shape_field list_in_fields[] = {
	F_TEXT(struct list_in, q, 200, OPTIONAL,
	    "Part of the name or login, with or without diacritics.",
	    "\"nguyen thi\""),
	F_UNIT_REF(struct list_in, unit, OPTIONAL,
	    "Only who holds a position in this unit (id or scheme:code@date).",
	    "\"17\""),
	F_UNIT_REF(struct list_in, under, OPTIONAL,
	    "Only who holds a position in this unit or below it.", "\"17\""),
	F_ENUM(struct list_in, role, access_role_names, OPTIONAL,
	    "Only who holds this role (in that unit).", "\"clerk\""),
	F_ENUM(struct list_in, state, states, OPTIONAL,
	    "enabled if absent; disabled, or all.", "\"all\""),
	F_LIMIT(struct list_in, PAGING_MOST),
	F_AFTER(struct list_in),
	F_FORMAT(struct list_in),
};
static const struct shape list_in_shape =
    SHAPE("StaffListQuery", struct list_in, list_in_fields);

static const struct table_column list_columns[] = {
	{ "name", NULL, NULL },
	{ "login", NULL, NULL },
	{ "role", NULL, NULL },
	{ "unit_name", NULL, NULL },
	{ "others", NULL, NULL },
	{ "state", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct table_column actor_columns[] = {
	{ "name", NULL, NULL },
	{ "login", NULL, NULL },
	{ "role", NULL, NULL },
	{ "unit_name", NULL, NULL },
	{ "until", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table actors_table = {
	.name = "unit-people",
	.words = "staff.table",
	.list = "items",
	.columns = actor_columns,
};
/* clang-format on */
static const struct route_table list_table = {
	.name = "people",
	.words = "staff.table",
	.list = "items",
	.columns = list_columns,
};

/* ---- the list ----------------------------------------------------------- */

static const char *
name_of(struct ctx *ctx, int64_t id)
{
	const struct unit *unit = directory_unit(directory_now(ctx), id);

	return unit == NULL ? "" : unit_name(unit, day_of_us(ctx->now_us));
}

/*
 * All units in which the actor sees people, if they are few; 0: too many to ask
 * one by one.
 */
static size_t
few_units(struct ctx *ctx, int64_t units[FEW_UNITS])
{
	const struct directory *dir = directory_now(ctx);
	size_t count = 0;

	if (access_nation(ctx, "user.manage", 0))
		return 0;
	for (size_t i = 0; i < directory_count(dir); i++) {
		const int64_t id = directory_at(dir, (int)i)->id;

		if (!access_may(ctx, "user.manage", id))
			continue;
		if (count == FEW_UNITS)
			return 0;
		units[count++] = id;
	}
	return count;
}

static enum fail
resolve(struct ctx *ctx, const struct list_in *in, struct roll_query *query)
{
	const struct directory *dir = directory_now(ctx);
	const struct unit *unit = NULL;

	if (in->unit != NULL) {
		TRY(directory_find_at(ctx, dir, "/unit", in->unit, &unit));
		query->unit = unit->id;
	}
	if (in->under != NULL) {
		TRY(directory_find_at(ctx, dir, "/under", in->under, &unit));
		query->under = unit->id;
	}
	if (in->role != NULL)
		query->role = access_role(in->role);
	if (text_equal(in->state, "disabled"))
		query->state = ROLL_DISABLED;
	if (text_equal(in->state, "all"))
		query->state = ROLL_ALL;
	return OK;
}

/* The position that is named: one that is asked for, else the first. */
static void
describe_item(struct ctx *ctx, const struct roll_query *query,
    const struct managed *person, struct item_out *out)
{
	const day today = day_of_us(ctx->now_us);
	const struct held *shown = NULL;
	int64_t count = 0;

	for (size_t i = 0; i < person->held_count; i++) {
		const struct held *held = &person->held[i];

		if (held_is_over(held, today) || !manage_sees(ctx, held))
			continue;
		count++;
		if (shown == NULL ||
		    (query->role != NULL && shown->role != query->role &&
			held->role == query->role))
			shown = held;
	}
	*out = (struct item_out){
		.id = person->id,
		.name = person->name,
		.login = person->login,
		.role = shown == NULL ? NULL : shown->role->name,
		.unit_name = shown == NULL ? NULL : name_of(ctx, shown->unit),
		.others = count > 0 ? count - 1 : 0,
		.state = person->is_disabled ? "disabled" : "enabled",
	};
}

static enum fail
get_list(struct ctx *ctx, struct call *call)
{
	const struct list_in *in = call_query(call, &list_in_shape);
	struct list_out *out = ARENA_NEW(ctx->arena, struct list_out);
	struct roll_query query = {
		.text = in->q,
		.after = (size_t)in->after,
		.limit = paging_limit(in->limit),
	};
	int64_t units[FEW_UNITS];
	struct managed *people = NULL;
	struct item_out *items = NULL;
	size_t count = 0;
	bool more = false;

	TRY(resolve(ctx, in, &query));
	query.unit_count = few_units(ctx, units);
	query.units = query.unit_count == 0 ? NULL : units;
	TRY(roll_read(ctx, &query, &people, &count, &more));
	items = ARENA_ARRAY(ctx->arena, count, struct item_out);
	for (size_t i = 0; i < count; i++)
		describe_item(ctx, &query, &people[i], &items[i]);
	out->items = (struct list_of){ items, count };
	if (more) {
		const int64_t next = in->after + (int64_t)count;

		out->next = arena_copy(ctx->arena, &next, sizeof(next));
	}
	return call_answer(ctx, call, 200, &list_shape, out);
}

/* ---- one ---------------------------------------------------------------- */

static const char *
time_or_null(struct ctx *ctx, int64_t us)
{
	return us == 0 ? NULL : time_text(ctx->arena, us);
}

static struct list_of
positions_of(struct ctx *ctx, const struct managed *person)
{
	const day today = day_of_us(ctx->now_us);
	struct place_out *out =
	    ARENA_ARRAY(ctx->arena, person->held_count, struct place_out);
	size_t count = 0;

	for (size_t i = 0; i < person->held_count; i++) {
		const struct held *held = &person->held[i];

		if (!manage_sees(ctx, held))
			continue;
		out[count++] = (struct place_out){
			.id = held->id,
			.unit = held->unit,
			.unit_name = name_of(ctx, held->unit),
			.role = held->role->name,
			.from = held->from == INT32_MIN
				    ? NULL
				    : day_text(ctx->arena, held->from),
			.until = held->until == DAY_OPEN
				     ? NULL
				     : day_text(ctx->arena, held->until),
			.holds = held_holds(held, today),
			.may_change =
			    access_may_grant(ctx, held->role, held->unit),
		};
	}
	return (struct list_of){ out, count };
}

static enum fail
sessions_of(struct ctx *ctx, int64_t person, struct list_of *ret)
{
	struct somebodys_session *rows = NULL;
	struct session_out *out = NULL;
	size_t count = 0;

	TRY(sessions_list(ctx, person, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct session_out);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct session_out){ rows[i].id,
			time_text(ctx->arena, rows[i].created_us),
			time_text(ctx->arena, rows[i].seen_us) };
	*ret = (struct list_of){ out, count };
	return OK;
}

static enum fail
tokens_of(struct ctx *ctx, int64_t person, struct list_of *ret)
{
	struct token *rows = NULL;
	struct token_out *out = NULL;
	size_t count = 0;

	TRY(token_list(ctx, person, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct token_out);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct token_out){
			.id = rows[i].id,
			.name = rows[i].name,
			.created_at = time_text(ctx->arena, rows[i].created_us),
			.expires_at = time_text(ctx->arena, rows[i].expires_us),
			.used = rows[i].used == NULL
				    ? NULL
				    : day_text(ctx->arena, *rows[i].used),
			.revoked = rows[i].is_revoked,
		};
	*ret = (struct list_of){ out, count };
	return OK;
}

/* What is for who manages the person. */
static enum fail
add_inside(struct ctx *ctx, struct person_out *out)
{
	int64_t signed_in_us = 0;
	int64_t link_us = 0;

	TRY(sessions_last(ctx, out->id, &signed_in_us));
	TRY(link_open(ctx, out->id, &link_us));
	out->signed_in_at = time_or_null(ctx, signed_in_us);
	out->link_until = time_or_null(ctx, link_us);
	TRY(sessions_of(ctx, out->id, &out->sessions));
	return tokens_of(ctx, out->id, &out->tokens);
}

enum fail
staff_answer_person(struct ctx *ctx, struct call *call, int status, int64_t id)
{
	struct person_out *out = ARENA_NEW(ctx->arena, struct person_out);
	struct managed *person = NULL;

	TRY(manage_see(ctx, id, &person));
	*out = (struct person_out){
		.id = person->id,
		.login = person->login,
		.name = person->name,
		.locale = person->locale,
		.disabled = person->is_disabled,
		.has_password = person->has_password,
		.created_at = time_text(ctx->arena, person->created_us),
		.manages = person->may_manage,
		.elsewhere = !person->is_whole,
		.positions = positions_of(ctx, person),
	};
	if (person->may_manage)
		TRY(add_inside(ctx, out));
	return call_answer(ctx, call, status, &staff_person_shape, out);
}

static enum fail
get_one(struct ctx *ctx, struct call *call)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	return staff_answer_person(ctx, call, 200, id);
}

/* ---- who may do what in a unit ------------------------------------------ */

static size_t
add_actor(struct ctx *ctx, const struct managed *person, int64_t unit,
    struct actor_out *out, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < person->held_count && count < room; i++) {
		const struct held *held = &person->held[i];

		if (!manage_sees(ctx, held) || !roll_acts_in(ctx, held, unit))
			continue;
		out[count++] = (struct actor_out){
			.person = person->id,
			.name = person->name,
			.login = person->login,
			.role = held->role->name,
			.unit = held->unit,
			.unit_name = name_of(ctx, held->unit),
			.until = held->until == DAY_OPEN
				     ? NULL
				     : day_text(ctx->arena, held->until),
		};
	}
	return count;
}

static enum fail
get_actors(struct ctx *ctx, struct call *call)
{
	struct actors_out *out = ARENA_NEW(ctx->arena, struct actors_out);
	struct actor_out *items =
	    ARENA_ARRAY(ctx->arena, ACTORS_MOST, struct actor_out);
	struct roll_query query = { .limit = ACTORS_MOST };
	const struct unit *unit = NULL;
	struct managed *people = NULL;
	size_t count = 0;
	size_t used = 0;
	bool more = false;

	TRY(directory_find(ctx, directory_now(ctx), call_path(call, "ref"),
	    &unit));
	TRY(access_find(ctx, "user.manage", unit->id, "unit.unknown"));
	query.acts_in = unit->id;
	TRY(roll_read(ctx, &query, &people, &count, &more));
	for (size_t i = 0; i < count; i++)
		used += add_actor(ctx, &people[i], unit->id, &items[used],
		    ACTORS_MOST - used);
	*out = (struct actors_out){ unit->id, name_of(ctx, unit->id),
		{ items, used } };
	return call_answer(ctx, call, 200, &actors_shape, out);
}

static const char *const actors_failures[] = { "unit.ref",
	"unit.code_needs_date", "unit.unknown", NULL };
static const char *const list_failures[] = { "unit.ref", "unit.code_needs_date",
	"unit.unknown", NULL };
static const char *const one_failures[] = { "person.unknown", NULL };

const struct route staff_people_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/people",
	    .permission = "user.manage",
	    .tx = TX_READ,
	    .query = &list_in_shape,
	    .out = &list_shape,
	    .media = &table_media,
	    .table = &list_table,
	    .handle = get_list,
	    .summary = "People within the caller's reach, by name.",
	    .failures = list_failures },
	{ .method = GET,
	    .path = "/api/v1/people/{id}",
	    .permission = "user.manage",
	    .tx = TX_READ,
	    .out = &staff_person_shape,
	    .handle = get_one,
	    .summary = "One person, with positions, sessions and tokens.",
	    .failures = one_failures },
	{ .method = GET,
	    .path = "/api/v1/units/{ref}/people",
	    .permission = "user.manage",
	    .tx = TX_READ,
	    .query = &table_query_shape,
	    .out = &actors_shape,
	    .media = &table_media,
	    .table = &actors_table,
	    .handle = get_actors,
	    .summary = "Who may do what in a unit, within the caller's reach.",
	    .failures = actors_failures },
	{ 0 },
};
