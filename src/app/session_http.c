#include <inttypes.h>
#include <string.h>

#include "app/session_http.h"

#include "app/app.h"
#include "app/dispatch.h"
#include "app/shell.h"
#include "app/visitor.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "people/access.h"
#include "people/browser.h"
#include "people/credential.h"
#include "people/password.h"
#include "people/session.h"
#include "people/sign_in.h"

#define LOGIN_MOST 64
#define PASSWORD_IN_MOST 200

struct sign_in_body {
	const char *login;
	const char *password;
};

struct position_out {
	int64_t unit;
	const char *unit_name;
	struct texts_of unit_path;
	int64_t level;
	const char *role;
};

struct before_out {
	const char *at; /* NULL: never */
	const char *from;
	int64_t refused;
	const char *refused_at;
	const char *refused_from;
};

struct session_out {
	int64_t person;
	const char *login;
	const char *name;
	const char *locale;
	bool demo;
	struct list_of positions;
	struct texts_of permissions;
	const int64_t *ends_in;          /* NULL: with a token */
	const struct before_out *before; /* the same */
};

static const char *const locales[] = { "vi", "en", NULL };

/* clang-format off */
static const struct shape_field sign_in_fields[] = {
	F_TEXT(struct sign_in_body, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"thanh.pho.tb\""),
	F_TEXT(struct sign_in_body, password, PASSWORD_IN_MOST, REQUIRED,
	    "The password.", "\"mat-khau-dai-mot-chut\""),
};
static const struct shape sign_in_shape =
    SHAPE("SignIn", struct sign_in_body, sign_in_fields);

static const struct shape_field password_fields[] = {
	F_TEXT(struct password_change, old, PASSWORD_IN_MOST, REQUIRED,
	    "The password until now.", "\"mat-khau-dai-mot-chut\""),
	F_TEXT(struct password_change, new, PASSWORD_IN_MOST, REQUIRED,
	    "The new password, at least 8 characters, 10 to 200 bytes; none "
	    "of those that are guessed first, nor the old one.",
	    "\"mot-mat-khau-khac\""),
};
static const struct shape password_shape =
    SHAPE("PasswordChange", struct password_change, password_fields);

static const struct shape_field position_fields[] = {
	F_ID(struct position_out, unit, "The unit's id.", "17"),
	F_TEXT(struct position_out, unit_name, 500, REQUIRED,
	    "The unit's name today.", "\"Xã Thái Thụy\""),
	F_TEXTS(struct position_out, unit_path, 0, 16, 500, REQUIRED,
	    "The names above it, from the nearest upwards.",
	    "[\"Tỉnh Hưng Yên\",\"Chính phủ\"]"),
	F_INT(struct position_out, level, -1, 3, REQUIRED,
	    "0 Government to 3 commune; -1 not known.", "3"),
	F_ENUM(struct position_out, role, access_role_names, REQUIRED,
	    "What the person is there.", "\"clerk\""),
};
static const struct shape position_shape =
    SHAPE("Position", struct position_out, position_fields);

static const struct shape_field before_fields[] = {
	F_TIME(struct before_out, at, OPTIONAL,
	    "When the person signed in the time before; null: never.",
	    "\"2025-12-09T08:12:13+07:00\""),
	F_TEXT(struct before_out, from, 64, OPTIONAL,
	    "The address it came from.", "\"203.0.113.7\""),
	F_COUNT(struct before_out, refused,
	    "How many tries were refused between that time and this one.",
	    "0"),
	F_TIME(struct before_out, refused_at, OPTIONAL,
	    "When the last of them came.", "null"),
	F_TEXT(struct before_out, refused_from, 64, OPTIONAL,
	    "The address the last of them came from.", "null"),
};
static const struct shape before_shape =
    SHAPE("SignInBefore", struct before_out, before_fields);

static const struct shape_field session_fields[] = {
	F_ID(struct session_out, person, "The person's id.", "5"),
	F_TEXT(struct session_out, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"thanh.pho.tb\""),
	F_TEXT(struct session_out, name, 200, REQUIRED,
	    "The person's name.", "\"Nguyễn Thị Hoa\""),
	F_ENUM(struct session_out, locale, locales, REQUIRED,
	    "The language the person chose.", "\"vi\""),
	F_BOOL(struct session_out, demo, REQUIRED,
	    "All data are generated for demonstration.", "false"),
	F_LIST(struct session_out, positions, &position_shape, 200,
	    "What the person is, and where."),
	F_TEXTS(struct session_out, permissions, 0, 200, 64, REQUIRED,
	    "Everything the person may do somewhere.",
	    "[\"report.edit\",\"report.read\"]"),
	F_OPT_INT(struct session_out, ends_in, 0, INT64_MAX,
	    "Seconds until this sign-in ends, however it is used; with a token "
	    "null.",
	    "43200"),
	F_ONE(struct session_out, before, &before_shape, OPTIONAL,
	    "The sign-in before this one, and what was refused since; with a "
	    "token null."),
};
static const struct shape session_shape =
    SHAPE("Session", struct session_out, session_fields);
/* clang-format on */

static struct position_out
position_of(struct ctx *ctx, const struct position *position)
{
	const struct access_unit_words words =
	    access_describe(ctx, position->unit);

	return (struct position_out){
		.unit = position->unit,
		.unit_name = words.name,
		.unit_path = { words.above, words.above_count },
		.level = words.level,
		.role = position->role->name,
	};
}

static const char *
time_or_null(struct ctx *ctx, int64_t us)
{
	return us == 0 ? NULL : time_text(ctx->arena, us);
}

static const struct before_out *
before_of(struct ctx *ctx, const struct sign_in_before *before)
{
	struct before_out *out = ARENA_NEW(ctx->arena, struct before_out);

	*out = (struct before_out){
		.at = time_or_null(ctx, before->at_us),
		.from = before->peer,
		.refused = before->refused,
		.refused_at = time_or_null(ctx, before->refused_us),
		.refused_from = before->refused_peer,
	};
	return out;
}

/* What the client needs to know about who ctx->actor is.  before NULL: with a
 * token. */
static enum fail
answer_session(struct ctx *ctx, struct call *call,
    const struct sign_in_before *before)
{
	const struct actor *actor = ctx->actor;
	const char *const *permissions = access_permissions(ctx);
	struct session_out *out = ARENA_NEW(ctx->arena, struct session_out);
	struct position_out *positions =
	    ARENA_ARRAY(ctx->arena, actor->position_count, struct position_out);
	size_t permission_count = 0;
	int64_t ends_in = 0;

	for (size_t i = 0; i < actor->position_count; i++)
		positions[i] = position_of(ctx, &actor->positions[i]);
	while (permissions[permission_count] != NULL)
		permission_count++;
	*out = (struct session_out){
		.person = actor->person,
		.login = actor->login,
		.name = actor->name,
		.locale = actor->locale,
		.demo = dispatch_is_demo(ctx->home->dispatch),
		.positions = { positions, actor->position_count },
		.permissions = { permissions, permission_count },
	};
	if (actor->ends_us != 0) {
		ends_in = (actor->ends_us - ctx->now_us) / SECOND_US;
		out->ends_in =
		    arena_copy(ctx->arena, &ends_in, sizeof(ends_in));
	}
	if (before != NULL)
		out->before = before_of(ctx, before);
	return call_answer(ctx, call, 200, &session_shape, out);
}

static enum fail
get_session(struct ctx *ctx, struct call *call)
{
	struct sign_in_before before = { 0 };

	if (ctx->actor->session == 0)
		return answer_session(ctx, call, NULL);
	TRY(sign_in_before(ctx, &before));
	return answer_session(ctx, call, &before);
}

/* Lax keeps the cookie out of foreign pages' forms. */
static void
set_cookie(struct ctx *ctx, struct call *call, const char *name,
    const char *value, int64_t life_us)
{
	call_answer_header(call, "Set-Cookie",
	    arena_printf(ctx->arena,
		"%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%" PRId64 "%s",
		name, value, life_us / SECOND_US,
		call_is_https(ctx, call) ? "; Secure" : ""));
}

void
session_set_cookies(struct ctx *ctx, struct call *call,
    const struct signed_in *made)
{
	set_cookie(ctx, call, visitor_cookie_name(ctx, call), made->cookie,
	    session_life_us(ctx->home));
	set_cookie(ctx, call, visitor_browser_name(ctx, call), made->browser,
	    browser_life_us(ctx->home));
}

void
session_take_cookie(struct ctx *ctx, struct call *call)
{
	set_cookie(ctx, call, visitor_cookie_name(ctx, call), "", 0);
}

void
session_say_when(struct ctx *ctx, struct call *call, int64_t wait_s)
{
	if (wait_s > 0)
		call_answer_header(call, "Retry-After",
		    arena_printf(ctx->arena, "%" PRId64, wait_s));
}

static struct sign_in
sign_in_of(struct ctx *ctx, const struct call *call)
{
	const struct sign_in_body *body = call_body(call, &sign_in_shape);

	return (struct sign_in){ body->login, body->password,
		call_peer(ctx, call), visitor_browser(ctx, call) };
}

static bool
enter_session(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	const struct sign_in in = sign_in_of(ctx, call);

	return sign_in_enter(ctx, &in, turn);
}

static enum fail
post_session(struct ctx *ctx, struct call *call)
{
	const struct sign_in in = sign_in_of(ctx, call);
	struct signed_in made = { 0 };
	const enum fail got = sign_in_now(ctx, &in, call_turn(call), &made);

	session_say_when(ctx, call, made.wait_s);
	TRY(got);
	ctx->actor = made.actor;
	session_set_cookies(ctx, call, &made);
	return answer_session(ctx, call, &made.before);
}

static enum fail
delete_session(struct ctx *ctx, struct call *call)
{
	TRY(session_sign_out(ctx));
	session_take_cookie(ctx, call);
	return call_answer_none(ctx, call);
}

static bool
enter_password(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	return session_enter_change(ctx, call_peer(ctx, call), turn);
}

static enum fail
post_password(struct ctx *ctx, struct call *call)
{
	const struct password_change *body = call_body(call, &password_shape);
	int64_t wait_s = 0;
	const enum fail got =
	    session_change_password(ctx, body, call_turn(call), &wait_s);

	session_say_when(ctx, call, wait_s);
	TRY(got);
	return call_answer_none(ctx, call);
}

static const char *const sign_in_failures[] = { "session.refused",
	"session.throttled", "session.busy", NULL };
static const char *const sign_out_failures[] = { "session.none", NULL };
static const char *const password_failures[] = { "session.none",
	"session.wrong_password", "password.length", "password.common",
	"password.same", "session.throttled", "session.busy", NULL };

static const struct route_turn session_turn = { .enter = enter_session,
	.leave = password_leave };
static const struct route_turn password_turn = { .enter = enter_password,
	.leave = password_leave };

const struct route session_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/session",
	    .flags = ROUTE_PUBLIC | ROUTE_NO_IDEMPOTENCY | ROUTE_SPARE,
	    .in = &sign_in_shape,
	    .out = &session_shape,
	    .handle = post_session,
	    .summary = "Sign in; sets the cookie.",
	    .failures = sign_in_failures,
	    .turn = &session_turn },
	{ .method = GET,
	    .path = "/api/v1/session",
	    .permission = "session.own",
	    .out = &session_shape,
	    .handle = get_session,
	    .summary = "Who is signed in, and what they may do." },
	{ .method = DELETE,
	    .path = "/api/v1/session",
	    .permission = "session.own",
	    .flags = ROUTE_SPARE,
	    .handle = delete_session,
	    .summary = "Sign out.",
	    .failures = sign_out_failures },
	{ .method = POST,
	    .path = "/api/v1/session/password",
	    .permission = "session.own",
	    .flags = ROUTE_SPARE,
	    .in = &password_shape,
	    .handle = post_password,
	    .summary = "Change the password; other sessions end.",
	    .failures = password_failures,
	    .turn = &password_turn },
	{ .method = GET,
	    .path = "/password",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: change one's own password.",
	    .media = &shell_media },
	{ 0 },
};
