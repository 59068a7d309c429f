#include "app/table.h"
#include "org/field.h"
#include "org/heir.h"
#include "org/slice.h"

static enum fail
get_heirs(struct ctx *ctx, struct call *call)
{
	const struct heirs *heirs = NULL;

	TRY(heirs_list(ctx, call_path(call, "ref"), &heirs));
	return call_answer(ctx, call, 200, &heirs_shape, heirs);
}

static const struct table_column naming_columns[] = {
	{ "heir_name", NULL, NULL },
	{ "from", NULL, NULL },
	{ "act", NULL, NULL },
	{ "reason", NULL, NULL },
	{ "at", NULL, NULL },
	{ "ledger_index", NULL, table_ordinal },
	{ NULL, NULL, NULL },
};
static const struct route_table naming_table = {
	.name = "namings",
	.words = "org.naming",
	.list = "namings",
	.columns = naming_columns,
};

/* clang-format off */
static const struct shape_field heir_in_fields[] = {
	F_UNIT_REF(struct heir_input, heir, REQUIRED,
	    "the heir that decides from then on", "\"17\""),
	F_DATE(struct heir_input, from, OPTIONAL,
	    "from this day on; today if absent", "\"2025-09-01\""),
	F_TEXT(struct heir_input, act, HEIR_ACT_BYTES, REQUIRED,
	    "the act that says so, at most 200 characters",
	    "\"12/QĐ-UBND\""),
	F_TEXT(struct heir_input, reason, HEIR_REASON_MAX, REQUIRED,
	    "why this one", "\"Giữ toàn bộ hồ sơ của xã cũ\""),
};
static const struct shape heir_in_shape =
    SHAPE("HeirInput", struct heir_input, heir_in_fields);
/* clang-format on */

static enum fail
post_heir(struct ctx *ctx, struct call *call)
{
	const struct naming *naming = NULL;

	TRY(heir_name(ctx, call_path(call, "ref"),
	    call_body(call, &heir_in_shape), &naming));
	return call_answer(ctx, call, 201, &naming_shape, naming);
}

const struct route heir_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/units/{ref}/heirs",
	    .permission = "unit.read",
	    .tx = TX_READ,
	    .query = &table_query_shape,
	    .out = &heirs_shape,
	    .media = &table_media,
	    .table = &naming_table,
	    .handle = get_heirs,
	    .summary = "Who takes the place of an abolished unit, and who is "
		       "named to sign in its name.",
	    .failures = (const char *const[]){ "unit.ref",
		"unit.code_needs_date", "unit.unknown", NULL } },
	{ .method = POST,
	    .path = "/api/v1/units/{ref}/heirs",
	    .permission = "unit.heir",
	    .tx = TX_WRITE,
	    .in = &heir_in_shape,
	    .out = &naming_shape,
	    .handle = post_heir,
	    .summary = "Name the heir that signs in the name of a divided "
		       "unit.",
	    .failures = (const char *const[]){ "unit.ref",
		"unit.code_needs_date", "unit.unknown", "unit.not_divided",
		"unit.not_heir", "unit.heir_named", "unit.heirs_full",
		"unit.heir_day", "unit.heir_act", "unit.heir_reason",
		"access.denied", NULL } },
	{ 0 },
};
