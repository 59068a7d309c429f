#include "regime/definition.h"

#include <assert.h>
#include <string.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "regime/definition_check.h"
#include "regime/plausible.h"

const char *const definition_kinds[] = { "month", "quarter", "half", "year",
	NULL };
const char *const definition_levels[] = { "nation", "province", "district",
	"commune", NULL };
const char *const definition_aggregations[] = { "sum", "last", "min", "max",
	"none", NULL };
const char *const definition_severities[] = { "block", "explain", "note",
	NULL };
const char *const definition_against[] = { "last", "year", "history", NULL };
/* A rule holds in each row; a later kind of rule may name rows. */
static const char *const rows_choices[] = { "each", NULL };

static const struct shape_field calendar_fields[] = {
	F_ENUM(struct def_calendar, kind, definition_kinds, REQUIRED,
	    "Length of a period.", "\"quarter\""),
	F_INT(struct def_calendar, cutoff_day, 0, 28, REQUIRED,
	    "Last day of the window in its last month; 0: end of the month.",
	    "14"),
};
static const struct shape calendar_shape =
    SHAPE("FormDefinitionCalendar", struct def_calendar, calendar_fields);

static const struct shape_field regime_fields[] = {
	F_TEXT(struct def_regime, code, 64, REQUIRED, "Code of the regime.",
	    "\"VPCP/KSTT/06\""),
	F_TEXT(struct def_regime, name_vi, 300, REQUIRED, "Name.", "\"\""),
	F_TEXT(struct def_regime, name_en, 300, REQUIRED, "Name.", "\"\""),
	F_ONE(struct def_regime, calendar, &calendar_shape, REQUIRED,
	    "Its periods."),
};
static const struct shape regime_shape =
    SHAPE("FormDefinitionRegime", struct def_regime, regime_fields);

static const struct shape_field reporter_fields[] = {
	F_ENUM(struct def_reporter, level, definition_levels, REQUIRED,
	    "Level of the units that report.", "\"commune\""),
	F_TEXTS(struct def_reporter, types, 1, DEFINITION_TYPES_MAX,
	    DEFINITION_TYPE_MAX, OPTIONAL,
	    "Types of unit; absent: all of the level.", "[\"province\"]"),
	F_INT(struct def_reporter, deadline_days, 0, 366, REQUIRED,
	    "Days from the end of the window to the deadline.", "3"),
};
static const struct shape reporter_shape =
    SHAPE("FormDefinitionReporter", struct def_reporter, reporter_fields);

static const struct shape_field head_fields[] = {
	F_TEXT(struct def_head, code, 64, REQUIRED, "Code, as printed.",
	    "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct def_head, name_vi, 300, REQUIRED, "Name.", "\"\""),
	F_TEXT(struct def_head, name_en, 300, REQUIRED, "Name.", "\"\""),
	F_TEXT(struct def_head, legal_basis, 300, REQUIRED,
	    "Number, date and article of the legal act.", "\"\""),
	F_ONE(struct def_head, regime, &regime_shape, REQUIRED,
	    "The reporting regime the form belongs to."),
	F_LIST(struct def_head, reporters, &reporter_shape,
	    DEFINITION_REPORTERS_MAX, "Who reports, and until when."),
};
static const struct shape head_shape =
    SHAPE("FormDefinitionHead", struct def_head, head_fields);

static const struct shape_field column_fields[] = {
	F_TEXT(struct def_column, id, 16, REQUIRED,
	    "Permanent: kept by later versions where the meaning is the same.",
	    "\"c3\""),
	F_TEXT(struct def_column, label, 16, REQUIRED, "Number, as printed.",
	    "\"3\""),
	F_TEXT(struct def_column, group_vi, 200, OPTIONAL, "Heading above.",
	    "\"Tiếp nhận\""),
	F_TEXT(struct def_column, group_en, 200, OPTIONAL, "Heading above.",
	    "\"Received\""),
	F_TEXT(struct def_column, name_vi, 200, REQUIRED, "Heading.",
	    "\"Tổng số\""),
	F_TEXT(struct def_column, name_en, 200, REQUIRED, "Heading.",
	    "\"Total\""),
	F_INT(struct def_column, scale, 0, 6, REQUIRED, "Decimals.", "0"),
	F_TEXT(struct def_column, lo, 24, REQUIRED, "Least value.", "\"0\""),
	F_TEXT(struct def_column, hi, 24, REQUIRED, "Greatest value.",
	    "\"999999999\""),
	F_ENUM(struct def_column, aggregation, definition_aggregations,
	    REQUIRED, "How units are put together.", "\"sum\""),
};
static const struct shape column_shape =
    SHAPE("FormDefinitionColumn", struct def_column, column_fields);

static const struct shape_field row_fields[] = {
	F_TEXT(struct def_row, id, 16, REQUIRED, "Permanent, as a column's.",
	    "\"s01\""),
	F_TEXT(struct def_row, name_vi, 200, REQUIRED, "Name.", "\"\""),
	F_TEXT(struct def_row, name_en, 200, REQUIRED, "Name.", "\"\""),
	F_BOOL(struct def_row, unsure, OPTIONAL,
	    "Not yet compared with the official list.", "true"),
};
static const struct shape row_shape =
    SHAPE("FormDefinitionRow", struct def_row, row_fields);

static const struct shape_field term_fields[] = {
	F_TEXT(struct def_term, column, 16, REQUIRED, "A column's id.",
	    "\"c4\""),
	F_OPT_INT(struct def_term, sign, -1, 1, "1 (the default) or -1.", "-1"),
};
static const struct shape term_shape =
    SHAPE("FormDefinitionTerm", struct def_term, term_fields);

static const struct shape_field rule_fields[] = {
	F_TEXT(struct def_rule, id, 16, REQUIRED, "Name of the rule.",
	    "\"r1\""),
	F_ENUM(struct def_rule, rows, rows_choices, REQUIRED,
	    "The rows it holds in.", "\"each\""),
	F_TEXT(struct def_rule, target, 16, REQUIRED, "The sum's column.",
	    "\"c3\""),
	F_LIST(struct def_rule, terms, &term_shape, DEFINITION_TERMS_MAX,
	    "The columns added up."),
	F_ENUM(struct def_rule, severity, definition_severities, REQUIRED,
	    "What a broken rule does.", "\"block\""),
	F_BOOL(struct def_rule, computes, OPTIONAL,
	    "The sum is filled in where it is missing.", "true"),
	F_BOOL(struct def_rule, carry, OPTIONAL,
	    "The term is the previous period's.", "false"),
	F_TEXT(struct def_rule, citation, 300, REQUIRED,
	    "Where the rule comes from.", "\"\""),
	F_TEXT(struct def_rule, message_vi, 500, REQUIRED,
	    "Said where the rule is broken.", "\"\""),
	F_TEXT(struct def_rule, message_en, 500, REQUIRED,
	    "Said where the rule is broken.", "\"\""),
};
static const struct shape rule_shape =
    SHAPE("FormDefinitionRule", struct def_rule, rule_fields);

static const struct shape_field plausible_fields[] = {
	F_TEXT(struct def_plausible, id, 16, REQUIRED, "Name of the rule.",
	    "\"p1\""),
	F_TEXTS(struct def_plausible, columns, 1, DEFINITION_COLUMNS_MAX, 16,
	    REQUIRED, "The columns it looks at, in each row.", "[\"c4\"]"),
	F_TEXTS(struct def_plausible, against, 1, 3, 16, REQUIRED,
	    "last: the period before; year: the same period a year ago; "
	    "history: the unit's own last periods.",
	    "[\"last\",\"year\",\"history\"]"),
	F_TEXT(struct def_plausible, ratio, 8, REQUIRED,
	    "So many times more or less than each of these is far.", "\"3\""),
	F_TEXT(struct def_plausible, floor, 24, REQUIRED,
	    "A difference below this is none.", "\"12\""),
	F_TEXT(struct def_plausible, z, 8, OPTIONAL,
	    "With history: so many robust deviations are far, too.", "\"3.5\""),
	F_OPT_INT(struct def_plausible, periods, PLAUSIBLE_PERIODS_LEAST,
	    PLAUSIBLE_PERIODS_MAX, "With history: how many periods.", "8"),
	F_TEXT(struct def_plausible, citation, 300, REQUIRED,
	    "Where the rule comes from.", "\"\""),
	F_TEXT(struct def_plausible, message_vi, 500, REQUIRED,
	    "Said where a figure is far.", "\"\""),
	F_TEXT(struct def_plausible, message_en, 500, REQUIRED,
	    "Said where a figure is far.", "\"\""),
};
static const struct shape plausible_shape =
    SHAPE("FormDefinitionPlausible", struct def_plausible, plausible_fields);

static const struct shape_field version_fields[] = {
	F_INT(struct def_version, number, 1, DEFINITION_VERSIONS_MAX, REQUIRED,
	    "1, 2, ...", "1"),
	F_DATE(struct def_version, from, REQUIRED,
	    "Holds for periods that end on this day or later.",
	    "\"2020-12-15\""),
	F_LIST(struct def_version, columns, &column_shape,
	    DEFINITION_COLUMNS_MAX, "Columns, in order."),
	F_LIST(struct def_version, rows, &row_shape, DEFINITION_ROWS_MAX,
	    "Rows, in order."),
	F_LIST(struct def_version, rules, &rule_shape, DEFINITION_RULES_MAX,
	    "Rules, in order."),
	/* Versions of before plausibility have none. */
	{ .name = "plausible",
	    .type = SHAPE_LIST,
	    .offset = SHAPE_AT(struct def_version, plausible, struct list_of),
	    .hi = DEFINITION_PLAUSIBLE_MAX,
	    .need = OPTIONAL,
	    .of = &plausible_shape,
	    .meaning = "What figures are held against, in order." },
};
static const struct shape version_shape =
    SHAPE("FormDefinitionVersion", struct def_version, version_fields);

static const struct shape_field definition_fields[] = {
	F_ONE(struct definition, form, &head_shape, REQUIRED,
	    "What never changes."),
	F_DATE(struct definition, last_day, OPTIONAL,
	    "Last day of the regime's validity.", "\"2026-02-14\""),
	F_LIST(struct definition, versions, &version_shape,
	    DEFINITION_VERSIONS_MAX, "All versions, in order."),
};
static const struct shape definition_shape =
    SHAPE("FormDefinition", struct definition, definition_fields);

int
definition_choice(const char *const *list, const char *name)
{
	int i = 0;

	while (list[i] != NULL && strcmp(list[i], name) != 0)
		i++;
	assert(list[i] != NULL);
	return i;
}

/* Have the shapes been kept?  What they refuse is not looked at further. */
static bool
read_shape(struct ctx *ctx, const struct shape *shape, const struct json *node,
    void *out)
{
	const int before = ctx->failure.field_count;

	shape_read(ctx, shape, node, "", out);
	return ctx->failure.field_count == before;
}

void
definition_read(struct ctx *ctx, const struct json *node,
    struct definition *ret)
{
	if (read_shape(ctx, &definition_shape, node, ret))
		definition_check(ctx, ret);
}

void
definition_read_head(struct ctx *ctx, const struct json *node,
    struct def_head *ret)
{
	if (read_shape(ctx, &head_shape, node, ret))
		definition_check_head(ctx, ret, "");
}

void
definition_read_version(struct ctx *ctx, const struct json *node,
    struct def_version *ret)
{
	if (read_shape(ctx, &version_shape, node, ret))
		definition_check_version(ctx, ret, "");
}
