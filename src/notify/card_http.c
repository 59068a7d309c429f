#include "app/route.h"
#include "core/arena.h"
#include "core/day.h"
#include "notify/card.h"
#include "notify/slice.h"

struct card_out {
	int64_t unit;
	const char *reporter;
	const char *signer;
	const char *telephone;
	const char *hours;
	int64_t revision;
	const char *changed_at;
	bool may_keep;
};

struct card_in {
	const char *reporter;
	const char *signer;
	const char *telephone;
	const char *hours;
};

/* clang-format off */
#define F_CARD(st) \
	F_TEXT(st, reporter, CARD_NAME_MAX, REQUIRED, \
	    "Who fills in the reports; empty: not said.", \
	    "\"Nguyễn Thị Lan, văn phòng\""), \
	F_TEXT(st, signer, CARD_NAME_MAX, REQUIRED, \
	    "Who signs them; empty: not said.", \
	    "\"Trần Văn Bình, chủ tịch\""), \
	F_TEXT(st, telephone, CARD_TELEPHONE_MAX, REQUIRED, \
	    "The number to call; empty: not said.", "\"0225 3 123 456\""), \
	F_TEXT(st, hours, CARD_NAME_MAX, REQUIRED, \
	    "When somebody answers; empty: not said.", \
	    "\"Thứ Hai–Thứ Sáu, 7:30–17:00\"")

static const struct shape_field in_fields[] = {
	F_CARD(struct card_in),
};
static const struct shape in_shape =
    SHAPE("ContactCardInput", struct card_in, in_fields);

static const struct shape_field out_fields[] = {
	F_ID(struct card_out, unit, "Whose card it is.", "1204"),
	F_CARD(struct card_out),
	F_COUNT(struct card_out, revision,
	    "Raised by every change, send it as If-Match; 0: no card yet.",
	    "1"),
	F_TIME(struct card_out, changed_at, OPTIONAL,
	    "When it was kept last; null: no card yet.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_BOOL(struct card_out, may_keep, REQUIRED,
	    "You may keep it: it is your own unit's.", "true"),
};
static const struct shape out_shape =
    SHAPE("ContactCard", struct card_out, out_fields);
/* clang-format on */

static enum fail
answer(struct ctx *ctx, struct call *call, int64_t unit)
{
	struct card_out *out = ARENA_NEW(ctx->arena, struct card_out);
	struct card card;

	TRY(card_read(ctx, unit, &card));
	*out = (struct card_out){
		.unit = unit,
		.reporter = card.reporter,
		.signer = card.signer,
		.telephone = card.telephone,
		.hours = card.hours,
		.revision = card.revision,
		.changed_at = card.revision == 0
				  ? NULL
				  : time_text(ctx->arena, card.changed_us),
		.may_keep = card.may_keep,
	};
	call_answer_etag(ctx, call, card.revision);
	return call_answer(ctx, call, 200, &out_shape, out);
}

static enum fail
get_card(struct ctx *ctx, struct call *call)
{
	int64_t unit = 0;

	TRY(call_path_id(ctx, call, "id", &unit));
	return answer(ctx, call, unit);
}

static enum fail
put_card(struct ctx *ctx, struct call *call)
{
	const struct card_in *in = call_body(call, &in_shape);
	const struct card card = { .reporter = in->reporter,
		.signer = in->signer,
		.telephone = in->telephone,
		.hours = in->hours };
	int64_t unit = 0;
	int64_t revision = 0;

	TRY(call_path_id(ctx, call, "id", &unit));
	TRY(call_if_match(ctx, call, &revision));
	TRY(card_keep(ctx, unit, revision, &card));
	return answer(ctx, call, unit);
}

static const char *const get_failures[] = { "card.unknown", NULL };
static const char *const put_failures[] = { "card.unknown", "card.stale",
	"card.text", "input.if_match", NULL };

const struct route card_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/contact-cards/{id}",
	    .permission = "card.read",
	    .tx = TX_READ,
	    .out = &out_shape,
	    .handle = get_card,
	    .summary = "Whom to call about a unit's reports.",
	    .failures = get_failures },
	{ .method = PUT,
	    .path = "/api/v1/contact-cards/{id}",
	    .permission = "card.keep",
	    .tx = TX_WRITE,
	    .in = &in_shape,
	    .out = &out_shape,
	    .handle = put_card,
	    .summary = "Say whom to call about your unit's reports.",
	    .failures = put_failures },
	{ 0 },
};
