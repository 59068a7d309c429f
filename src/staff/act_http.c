#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/field.h"
#include "people/link.h"
#include "people/person.h"
#include "people/position.h"
#include "people/sessions.h"
#include "people/token.h"
#include "staff/slice.h"

#define LOGIN_MOST 64
#define POSITIONS_AT_ONCE 20

static const char *const locales[] = { "vi", "en", NULL };

/* ---- in ----------------------------------------------------------------- */

struct place_in {
	const char *unit;
	const char *role;
	const char *from;
	const char *until;
};
struct person_in {
	const char *login;
	const char *name;
	const char *locale;
	struct list_of positions;
};
struct name_in {
	const char *name;
	const char *locale;
};
struct held_in {
	int64_t unit;
	const char *role;
};
struct session_in {
	const int64_t *session;
};
struct token_in {
	const char *name;
	int64_t days;
};

/* clang-format off */
static const struct shape_field place_fields[] = {
	F_UNIT_REF(struct place_in, unit, REQUIRED,
	    "The unit (id or scheme:code@date).", "\"17\""),
	F_ENUM(struct place_in, role, access_role_names, REQUIRED,
	    "What the person is to be there.", "\"clerk\""),
	F_DATE(struct place_in, from, OPTIONAL,
	    "The first day; today if absent.", "\"2026-01-05\""),
	F_DATE(struct place_in, until, OPTIONAL,
	    "The last day, counted; absent: without end.", "null"),
};
static const struct shape place_shape =
    SHAPE("PositionGrant", struct place_in, place_fields);

static const struct shape_field person_fields[] = {
	F_TEXT(struct person_in, login, LOGIN_MOST, REQUIRED,
	    "1 to 64 of a-z 0-9, with one of . _ - between; it stays.",
	    "\"hoa.nguyen\""),
	F_TEXT(struct person_in, name, PERSON_NAME_MAX, REQUIRED,
	    "The person's name.", "\"Nguyễn Thị Hoa\""),
	F_ENUM(struct person_in, locale, locales, OPTIONAL,
	    "The person's language; vi if absent.", "\"vi\""),
	F_LIST(struct person_in, positions, &place_shape, POSITIONS_AT_ONCE,
	    "What the person is to be; none gives no rights yet."),
};
static const struct shape person_shape =
    SHAPE("PersonNew", struct person_in, person_fields);

static const struct shape_field name_fields[] = {
	F_TEXT(struct name_in, name, PERSON_NAME_MAX, REQUIRED,
	    "The person's name from now on.", "\"Nguyễn Thị Hoa\""),
	F_ENUM(struct name_in, locale, locales, REQUIRED,
	    "The person's language.", "\"vi\""),
};
static const struct shape name_shape =
    SHAPE("PersonName", struct name_in, name_fields);

static const struct shape_field held_fields[] = {
	F_ID(struct held_in, unit, "The position's unit.", "17"),
	F_ENUM(struct held_in, role, access_role_names, REQUIRED,
	    "The position's role.", "\"clerk\""),
};
static const struct shape held_shape =
    SHAPE("PositionRevoke", struct held_in, held_fields);

static const struct shape_field session_fields[] = {
	F_OPT_INT(struct session_in, session, 1, INT64_MAX,
	    "This one; absent: all of the person's, but not the caller's own.",
	    "204"),
};
static const struct shape session_shape =
    SHAPE("SessionEnd", struct session_in, session_fields);

static const struct shape_field token_fields[] = {
	F_TEXT(struct token_in, name, TOKEN_NAME_MAX, REQUIRED,
	    "What it is for.", "\"phần mềm một cửa\""),
	F_INT(struct token_in, days, 1, TOKEN_DAYS_MAX, REQUIRED,
	    "How long it works.", "365"),
};
static const struct shape token_shape =
    SHAPE("TokenNew", struct token_in, token_fields);

/* ---- out ---------------------------------------------------------------- */

struct link_out {
	const char *code;
	const char *url;
	const char *until;
};
static const struct shape_field link_fields[] = {
	F_TEXT(struct link_out, code, LINK_CODE_MAX, REQUIRED,
	    "The code, in groups of four; it is not shown again.",
	    "\"7k3m-09xq-2c5d-hh1e\""),
	F_TEXT(struct link_out, url, 600, OPTIONAL,
	    "The address with the code in it; null: link.base_url is not set.",
	    "\"https://truc.example.vn/set-password#7k3m-09xq\""),
	F_TIME(struct link_out, until, REQUIRED, "Good until.",
	    "\"2025-10-05T08:30:00+07:00\""),
};
static const struct shape link_shape =
    SHAPE("PasswordLink", struct link_out, link_fields);

struct secret_out {
	const char *token;
};
static const struct shape_field secret_fields[] = {
	F_TEXT(struct secret_out, token, 100, REQUIRED,
	    "The token; it is not shown again.",
	    "\"truc_0123456789abcdef\""),
};
static const struct shape secret_shape =
    SHAPE("TokenMade", struct secret_out, secret_fields);
/* clang-format on */

/* ---- positions ---------------------------------------------------------- */

/* The dispatcher has checked the day's form; NULL: none was given. */
static const day *
day_maybe(struct ctx *ctx, const char *text)
{
	day *on = ARENA_NEW(ctx->arena, day);

	return text != NULL && day_parse(text, on) ? on : NULL;
}

static enum fail
give(struct ctx *ctx, int64_t person, const struct place_in *in,
    const char *pointer)
{
	struct position_in position = {
		.role = in->role,
		.from = day_maybe(ctx, in->from),
		.until = day_maybe(ctx, in->until),
		.pointer = pointer,
	};
	const struct unit *unit = NULL;

	TRY(directory_find_at(ctx, directory_now(ctx),
	    arena_printf(ctx->arena, "%s/unit", pointer), in->unit, &unit));
	if (unit->to <= day_of_us(ctx->now_us)) {
		fail_invalid(ctx, arena_printf(ctx->arena, "%s/unit", pointer),
		    "staff.unit_over", "is abolished");
		return fail_valid(ctx);
	}
	position.unit = unit->id;
	return position_set(ctx, person, &position);
}

static enum fail
post_position(struct ctx *ctx, struct call *call)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(give(ctx, id, call_body(call, &place_shape), ""));
	return staff_answer_person(ctx, call, 200, id);
}

static enum fail
post_revoke(struct ctx *ctx, struct call *call)
{
	const struct held_in *in = call_body(call, &held_shape);
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(position_revoke(ctx, id, in->unit, in->role));
	return call_answer_none(ctx, call);
}

/* ---- persons ------------------------------------------------------------ */

static enum fail
post_person(struct ctx *ctx, struct call *call)
{
	const struct person_in *in = call_body(call, &person_shape);
	const struct place_in *places = in->positions.at;
	const struct person_new person = {
		.login = in->login,
		.name = in->name,
		.locale = in->locale,
	};
	int64_t id = 0;

	TRY(person_create(ctx, &person, &id));
	for (size_t i = 0; i < in->positions.count; i++)
		TRY(give(ctx, id, &places[i],
		    arena_printf(ctx->arena, "/positions/%zu", i)));
	return staff_answer_person(ctx, call, 201, id);
}

static enum fail
post_name(struct ctx *ctx, struct call *call)
{
	const struct name_in *in = call_body(call, &name_shape);
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(person_rename(ctx, id, in->name, in->locale));
	return staff_answer_person(ctx, call, 200, id);
}

/* An act on a person that needs nothing else. */
static enum fail
act(struct ctx *ctx, struct call *call,
    enum fail (*run)(struct ctx *ctx, int64_t id))
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(run(ctx, id));
	return staff_answer_person(ctx, call, 200, id);
}

static enum fail
post_disable(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, person_disable);
}

static enum fail
post_enable(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, person_enable);
}

static enum fail
post_unlock(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, person_unlock);
}

static enum fail
post_link(struct ctx *ctx, struct call *call)
{
	struct link_out *out = ARENA_NEW(ctx->arena, struct link_out);
	struct link_made made = { 0 };
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(link_make(ctx, id, &made));
	*out = (struct link_out){ made.code, made.url,
		time_text(ctx->arena, made.expires_us) };
	return call_answer(ctx, call, 201, &link_shape, out);
}

/* ---- sessions and tokens ------------------------------------------------ */

static enum fail
post_sessions_end(struct ctx *ctx, struct call *call)
{
	const struct session_in *in = call_body(call, &session_shape);
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(sessions_end(ctx, id, in->session == NULL ? 0 : *in->session));
	return staff_answer_person(ctx, call, 200, id);
}

static enum fail
post_token(struct ctx *ctx, struct call *call)
{
	const struct token_in *in = call_body(call, &token_shape);
	struct secret_out *out = ARENA_NEW(ctx->arena, struct secret_out);
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(token_create(ctx, id, in->name, in->days, &out->token));
	return call_answer(ctx, call, 201, &secret_shape, out);
}

static enum fail
post_token_revoke(struct ctx *ctx, struct call *call)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(token_revoke(ctx, id));
	return call_answer_none(ctx, call);
}

/* ---- rows --------------------------------------------------------------- */

static const char *const person_failures[] = { "person.login", "person.name",
	"person.login_taken", "position.days", "unit.ref",
	"unit.code_needs_date", "unit.unknown", "staff.unit_over", NULL };
static const char *const position_failures[] = { "person.unknown",
	"position.days", "position.full", "person.last_admin", "unit.ref",
	"unit.code_needs_date", "unit.unknown", "staff.unit_over", NULL };
static const char *const revoke_failures[] = { "person.unknown",
	"position.unknown", "person.last_admin", NULL };
static const char *const name_failures[] = { "person.unknown", "person.name",
	NULL };
static const char *const disable_failures[] = { "person.unknown",
	"person.last_admin", NULL };
static const char *const unknown_failures[] = { "person.unknown", NULL };
static const char *const link_failures[] = { "person.unknown",
	"person.disabled", NULL };
static const char *const session_failures[] = { "person.unknown",
	"session.unknown", NULL };
static const char *const token_failures[] = { "person.unknown", "token.name",
	NULL };
static const char *const token_revoke_failures[] = { "token.unknown", NULL };

const struct route staff_act_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/people",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .in = &person_shape,
	    .out = &staff_person_shape,
	    .handle = post_person,
	    .summary = "A new person; signs in once a link has set a password.",
	    .failures = person_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/name",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .in = &name_shape,
	    .out = &staff_person_shape,
	    .handle = post_name,
	    .summary = "Change name and language.",
	    .failures = name_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/positions",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .in = &place_shape,
	    .out = &staff_person_shape,
	    .handle = post_position,
	    .summary = "Give a position, or change its days.",
	    .failures = position_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/positions/revoke",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .in = &held_shape,
	    .handle = post_revoke,
	    .summary = "Take a position away.",
	    .failures = revoke_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/disable",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .out = &staff_person_shape,
	    .handle = post_disable,
	    .summary = "No longer lets the person sign in; ends sessions.",
	    .failures = disable_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/enable",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .out = &staff_person_shape,
	    .handle = post_enable,
	    .summary = "Lets the person sign in again.",
	    .failures = unknown_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/unlock",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .out = &staff_person_shape,
	    .handle = post_unlock,
	    .summary = "Forget the wrong passwords that make the person wait.",
	    .failures = unknown_failures },
	/* No key is kept where the answer has a secret. */
	{ .method = POST,
	    .path = "/api/v1/people/{id}/password-link",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .flags = ROUTE_NO_IDEMPOTENCY,
	    .out = &link_shape,
	    .handle = post_link,
	    .summary = "A link, or code for a slip, that sets a password once.",
	    .failures = link_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/sessions/end",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .in = &session_shape,
	    .out = &staff_person_shape,
	    .handle = post_sessions_end,
	    .summary = "End one or all sessions of the person.",
	    .failures = session_failures },
	{ .method = POST,
	    .path = "/api/v1/people/{id}/tokens",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .flags = ROUTE_NO_IDEMPOTENCY,
	    .in = &token_shape,
	    .out = &secret_shape,
	    .handle = post_token,
	    .summary = "A new API token that acts as the person.",
	    .failures = token_failures },
	{ .method = POST,
	    .path = "/api/v1/tokens/{id}/revoke",
	    .permission = "user.manage",
	    .tx = TX_WRITE,
	    .handle = post_token_revoke,
	    .summary = "End an API token.",
	    .failures = token_revoke_failures },
	{ 0 },
};
