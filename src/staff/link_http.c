#include "app/session_http.h"
#include "core/arena.h"
#include "people/link.h"
#include "people/password.h"
#include "staff/slice.h"

struct link_body {
	const char *code;
	const char *new;
};

/* clang-format off */
static const struct shape_field link_fields[] = {
	F_TEXT(struct link_body, code, LINK_CODE_MAX, REQUIRED,
	    "The code of the link or slip; blanks, dashes and capitals do not "
	    "matter.",
	    "\"7k3m-09xq-2c5d-hh1e\""),
	F_TEXT(struct link_body, new, PASSWORD_MOST, REQUIRED,
	    "The password from now on, at least 8 characters, 10 to 200 bytes.",
	    "\"mot-mat-khau-khac\""),
};
static const struct shape link_shape =
    SHAPE("PasswordByCode", struct link_body, link_fields);

static const struct shape_field used_fields[] = {
	F_TEXT(struct link_used, login, 64, REQUIRED,
	    "The login whose password it is.", "\"hoa.nguyen\""),
	F_TEXT(struct link_used, name, 200, REQUIRED, "The person's name.",
	    "\"Nguyễn Thị Hoa\""),
};
static const struct shape used_shape =
    SHAPE("PasswordSet", struct link_used, used_fields);
/* clang-format on */

static struct link_use
use_of(const struct ctx *ctx, const struct call *call)
{
	const struct link_body *body = call_body(call, &link_shape);

	return (struct link_use){ body->code, body->new, call_peer(ctx, call) };
}

static bool
enter(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	const struct link_use in = use_of(ctx, call);

	return link_enter(ctx, &in, turn);
}

static enum fail
post_password(struct ctx *ctx, struct call *call)
{
	const struct link_use in = use_of(ctx, call);
	struct link_used *used = ARENA_NEW(ctx->arena, struct link_used);
	const enum fail got =
	    link_set_password(ctx, &in, call_turn(call), used);

	session_say_when(ctx, call, used->wait_s);
	TRY(got);
	return call_answer(ctx, call, 200, &used_shape, used);
}

static const char *const failures[] = { "link.refused", "link.throttled",
	"password.length", "password.common", "session.busy", NULL };

static const struct route_turn turn = { .enter = enter,
	.leave = password_leave };

const struct route staff_link_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/password-by-code",
	    .flags = ROUTE_PUBLIC | ROUTE_NO_IDEMPOTENCY | ROUTE_SPARE,
	    .in = &link_shape,
	    .out = &used_shape,
	    .handle = post_password,
	    .summary = "Set a password by the code of a link or slip, once.",
	    .failures = failures,
	    .turn = &turn },
	{ 0 },
};
