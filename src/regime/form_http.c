#include "regime/form_http.h"

#include <stdbool.h>
#include <string.h>

#include "app/table.h"
#include "core/arena.h"
#include "core/decimal.h"
#include "regime/catalogue.h"
#include "regime/definition.h"
#include "regime/plausible.h"

struct version_out {
	int64_t number;
	const char *from;
	const char *to;
	const char *digest;
};

static const struct shape_field version_fields[] = {
	F_INT(struct version_out, number, 1, DEFINITION_VERSIONS_MAX, REQUIRED,
	    "1, 2, ...", "1"),
	F_DATE(struct version_out, from, REQUIRED,
	    "Holds for periods that end on this day or later.",
	    "\"2020-12-15\""),
	F_DATE(struct version_out, to, OPTIONAL,
	    "... and before this day; null: still.", "\"2026-02-15\""),
	F_TEXT(struct version_out, digest, 64, REQUIRED,
	    "SHA-256 of the definition, hexadecimal.", "\"9f86d081\""),
};
static const struct shape version_shape =
    SHAPE("FormVersion", struct version_out, version_fields);

struct item_out {
	const char *code;
	const char *name_vi;
	const char *name_en;
	const char *regime;
	const char *regime_name_vi;
	const char *regime_name_en;
	const char *legal_basis;
	struct list_of versions;
};

static const struct shape_field item_fields[] = {
	F_TEXT(struct item_out, code, 64, REQUIRED, "Code, as printed.",
	    "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct item_out, name_vi, 300, REQUIRED, "Name in Vietnamese.",
	    "\"Tình hình, kết quả giải quyết thủ tục hành chính\""),
	F_TEXT(struct item_out, name_en, 300, REQUIRED, "Name in English.",
	    "\"Handling of administrative procedures\""),
	F_TEXT(struct item_out, regime, 64, REQUIRED,
	    "Code of the reporting regime.", "\"KSTT-06\""),
	F_TEXT(struct item_out, regime_name_vi, 300, REQUIRED,
	    "Name of the regime in Vietnamese.", "\"\""),
	F_TEXT(struct item_out, regime_name_en, 300, REQUIRED,
	    "Name of the regime in English.", "\"\""),
	F_TEXT(struct item_out, legal_basis, 300, REQUIRED,
	    "The legal act that prescribes the form.",
	    "\"Thông tư 01/2020/TT-VPCP\""),
	F_LIST(struct item_out, versions, &version_shape,
	    DEFINITION_VERSIONS_MAX, "All versions, oldest first."),
};
static const struct shape item_shape =
    SHAPE("FormItem", struct item_out, item_fields);

struct list_out {
	struct list_of items;
};

static const struct shape_field list_fields[] = {
	F_LIST(struct list_out, items, &item_shape, DEFINITION_FORMS_MAX,
	    "All forms, by code."),
};
static const struct shape list_shape =
    SHAPE("FormList", struct list_out, list_fields);

static const struct table_column list_columns[] = {
	{ "code", NULL, NULL },
	{ "name_vi", "name_en", NULL },
	{ "regime", NULL, NULL },
	{ "regime_name_vi", "regime_name_en", NULL },
	{ "legal_basis", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table list_table = {
	.name = "forms",
	.words = "regime.form",
	.list = "items",
	.columns = list_columns,
};

struct column_out {
	const char *id;
	const char *label;
	const char *group_vi;
	const char *group_en;
	const char *name_vi;
	const char *name_en;
	int64_t scale;
	const char *lo;
	const char *hi;
	const char *aggregation;
};

static const struct shape_field column_fields[] = {
	F_TEXT(struct column_out, id, 16, REQUIRED,
	    "Permanent id; a cell is ROW.COLUMN.", "\"c3\""),
	F_TEXT(struct column_out, label, 16, REQUIRED, "Number, as printed.",
	    "\"3\""),
	F_TEXT(struct column_out, group_vi, 200, OPTIONAL,
	    "Heading above, in Vietnamese.", "\"Tiếp nhận\""),
	F_TEXT(struct column_out, group_en, 200, OPTIONAL,
	    "Heading above, in English.", "\"Received\""),
	F_TEXT(struct column_out, name_vi, 200, REQUIRED,
	    "Heading in Vietnamese.", "\"Tổng số\""),
	F_TEXT(struct column_out, name_en, 200, REQUIRED, "Heading in English.",
	    "\"Total\""),
	F_INT(struct column_out, scale, 0, DECIMAL_SCALE_MAX, REQUIRED,
	    "Decimals.", "0"),
	F_TEXT(struct column_out, lo, 24, REQUIRED, "Least value.", "\"0\""),
	F_TEXT(struct column_out, hi, 24, REQUIRED, "Greatest value.",
	    "\"999999999\""),
	F_ENUM(struct column_out, aggregation, definition_aggregations,
	    REQUIRED, "How units are put together.", "\"sum\""),
};
static const struct shape column_shape =
    SHAPE("FormColumn", struct column_out, column_fields);

struct row_out {
	const char *id;
	const char *name_vi;
	const char *name_en;
	bool unsure;
};

static const struct shape_field row_fields[] = {
	F_TEXT(struct row_out, id, 16, REQUIRED, "Permanent id.", "\"s01\""),
	F_TEXT(struct row_out, name_vi, 200, REQUIRED, "Name in Vietnamese.",
	    "\"Chứng thực\""),
	F_TEXT(struct row_out, name_en, 200, REQUIRED, "Name in English.",
	    "\"Certification\""),
	F_BOOL(struct row_out, unsure, REQUIRED,
	    "Not yet compared with the official list.", "true"),
};
static const struct shape row_shape =
    SHAPE("FormRow", struct row_out, row_fields);

struct term_out {
	const char *cell;
	int64_t sign;
};

static const struct shape_field term_fields[] = {
	F_TEXT(struct term_out, cell, 40, REQUIRED, "A cell's id.",
	    "\"s01.c4\""),
	F_INT(struct term_out, sign, -1, 1, REQUIRED, "1 or -1.", "1"),
};
static const struct shape term_shape =
    SHAPE("FormTerm", struct term_out, term_fields);

struct rule_out {
	const char *id;
	const char *target;
	struct list_of terms;
	const char *severity;
	bool computes;
	bool carry;
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

static const struct shape_field rule_fields[] = {
	F_TEXT(struct rule_out, id, 40, REQUIRED, "Rule and row.",
	    "\"r1.s01\""),
	F_TEXT(struct rule_out, target, 40, REQUIRED, "The sum's cell.",
	    "\"s01.c3\""),
	F_LIST(struct rule_out, terms, &term_shape, DEFINITION_TERMS_MAX,
	    "The cells added up."),
	F_ENUM(struct rule_out, severity, definition_severities, REQUIRED,
	    "block: cannot be submitted; explain: needs a remark; note.",
	    "\"block\""),
	F_BOOL(struct rule_out, computes, REQUIRED,
	    "The sum is filled in where it is missing.", "true"),
	F_BOOL(struct rule_out, carry, REQUIRED,
	    "The term is the previous period's.", "false"),
	F_TEXT(struct rule_out, citation, 300, REQUIRED,
	    "Where the rule comes from.", "\"\""),
	F_TEXT(struct rule_out, message_vi, 500, REQUIRED,
	    "Said where it is broken, in Vietnamese.", "\"\""),
	F_TEXT(struct rule_out, message_en, 500, REQUIRED,
	    "Said where it is broken, in English.", "\"\""),
};
static const struct shape rule_shape =
    SHAPE("FormRule", struct rule_out, rule_fields);

struct plausible_out {
	const char *id;
	struct texts_of columns;
	struct texts_of against;
	const char *ratio;
	const char *floor;
	const char *z;
	const int64_t *periods;
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

static const struct shape_field plausible_fields[] = {
	F_TEXT(struct plausible_out, id, 16, REQUIRED, "Name of the rule.",
	    "\"p1\""),
	F_TEXTS(struct plausible_out, columns, 1, DEFINITION_COLUMNS_MAX, 16,
	    REQUIRED, "The columns it looks at, in each row.", "[\"c4\"]"),
	F_TEXTS(struct plausible_out, against, 1, 3, 16, REQUIRED,
	    "last: the period before; year: the same period a year ago; "
	    "history: the median of the unit's last periods.",
	    "[\"last\",\"history\"]"),
	F_TEXT(struct plausible_out, ratio, 8, REQUIRED,
	    "So many times more or less than each of these is far.",
	    "\"3.00\""),
	F_TEXT(struct plausible_out, floor, 24, REQUIRED,
	    "A difference below this is none.", "\"12\""),
	F_TEXT(struct plausible_out, z, 8, OPTIONAL,
	    "Robust deviations from the median that are not far.", "\"3.5\""),
	F_OPT_INT(struct plausible_out, periods, PLAUSIBLE_PERIODS_LEAST,
	    PLAUSIBLE_PERIODS_MAX, "Periods of the history.", "8"),
	F_TEXT(struct plausible_out, citation, 300, REQUIRED,
	    "Where the rule comes from.", "\"\""),
	F_TEXT(struct plausible_out, message_vi, 500, REQUIRED,
	    "Said where a figure is far, in Vietnamese.", "\"\""),
	F_TEXT(struct plausible_out, message_en, 500, REQUIRED,
	    "Said where a figure is far, in English.", "\"\""),
};
static const struct shape plausible_shape =
    SHAPE("FormPlausible", struct plausible_out, plausible_fields);

struct reporter_out {
	int64_t level;
	struct texts_of types;
	int64_t deadline_days;
};

static const struct shape_field reporter_fields[] = {
	F_INT(struct reporter_out, level, 0, 3, REQUIRED,
	    "1 ministry or province, 2 district, 3 commune.", "3"),
	F_TEXTS(struct reporter_out, types, 1, DEFINITION_TYPES_MAX,
	    DEFINITION_TYPE_MAX, OPTIONAL,
	    "Types of unit; null: all of the level.", "[\"province\"]"),
	F_INT(struct reporter_out, deadline_days, 0, 366, REQUIRED,
	    "Days from the end of the window to the deadline.", "3"),
};
static const struct shape reporter_shape =
    SHAPE("FormReporter", struct reporter_out, reporter_fields);

struct form_out {
	const char *code;
	const char *name_vi;
	const char *name_en;
	const char *legal_basis;
	int64_t version;
	const char *digest;
	const char *period;
	const char *window_from;
	const char *window_to;
	struct list_of columns;
	struct list_of rows;
	struct texts_of cells;
	struct list_of rules;
	struct list_of plausible;
	struct list_of reporters;
};

static const struct shape_field form_fields[] = {
	F_TEXT(struct form_out, code, 64, REQUIRED, "Code, as printed.",
	    "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct form_out, name_vi, 300, REQUIRED, "Name in Vietnamese.",
	    "\"Tình hình, kết quả giải quyết thủ tục hành chính\""),
	F_TEXT(struct form_out, name_en, 300, REQUIRED, "Name in English.",
	    "\"Handling of administrative procedures\""),
	F_TEXT(struct form_out, legal_basis, 300, REQUIRED,
	    "The legal act that prescribes the form.",
	    "\"Thông tư 01/2020/TT-VPCP\""),
	F_INT(struct form_out, version, 1, DEFINITION_VERSIONS_MAX, REQUIRED,
	    "Number of the version shown.", "1"),
	F_TEXT(struct form_out, digest, 64, REQUIRED,
	    "SHA-256 of its definition, hexadecimal.", "\"9f86d081\""),
	F_TEXT(struct form_out, period, 10, OPTIONAL,
	    "The period asked for, null if none.", "\"2025-Q3\""),
	F_DATE(struct form_out, window_from, OPTIONAL,
	    "First day of its cut-off window.", "\"2025-06-15\""),
	F_DATE(struct form_out, window_to, OPTIONAL,
	    "Last day of its cut-off window.", "\"2025-09-14\""),
	F_LIST(struct form_out, columns, &column_shape, DEFINITION_COLUMNS_MAX,
	    "Columns, in order."),
	F_LIST(struct form_out, rows, &row_shape, DEFINITION_ROWS_MAX,
	    "Rows, in order."),
	F_TEXTS(struct form_out, cells, 1, DEFINITION_CELLS_MAX, 64, REQUIRED,
	    "Ids of the cells, row by row: the order of a report's cells.",
	    "[\"s01.c3\"]"),
	F_LIST(struct form_out, rules, &rule_shape,
	    DEFINITION_RULES_MAX *DEFINITION_ROWS_MAX, "Rules, in order."),
	F_LIST(struct form_out, plausible, &plausible_shape,
	    DEFINITION_PLAUSIBLE_MAX,
	    "What figures are held against; a figure far from all of it needs "
	    "a remark. A report's expected says what that means for its "
	    "cells."),
	F_LIST(struct form_out, reporters, &reporter_shape,
	    DEFINITION_REPORTERS_MAX, "Who reports, and until when."),
};
static const struct shape form_shape =
    SHAPE("Form", struct form_out, form_fields);

struct form_query {
	const char *period;
};

static const struct shape_field form_query_fields[] = {
	F_TEXT(struct form_query, period, 10, OPTIONAL,
	    "Show the version that holds for this period.", "\"2025-Q3\""),
};
static const struct shape form_query_shape =
    SHAPE("FormQuery", struct form_query, form_query_fields);

static struct list_of
versions_out(struct arena *arena, const struct form *form)
{
	struct version_out *out =
	    ARENA_ARRAY(arena, form->version_count, struct version_out);

	for (size_t i = 0; i < form->version_count; i++) {
		const struct form_version *v = &form->versions[i];

		out[i] = (struct version_out){
			.number = v->number,
			.from = day_text(arena, v->from),
			.to = v->to == DAY_OPEN ? NULL : day_text(arena, v->to),
			.digest = digest_hex(arena, &v->digest),
		};
	}
	return (struct list_of){ out, form->version_count };
}

static enum fail
get_forms(struct ctx *ctx, struct call *call)
{
	const struct catalogue *cat = catalogue_now(ctx);
	const size_t count = catalogue_count(cat);
	struct item_out *items =
	    ARENA_ARRAY(ctx->arena, count, struct item_out);
	struct list_out *list = ARENA_NEW(ctx->arena, struct list_out);

	for (size_t i = 0; i < count; i++) {
		const struct form *form = catalogue_at(cat, i);

		items[i] = (struct item_out){
			.code = form->code,
			.name_vi = form->name_vi,
			.name_en = form->name_en,
			.regime = form->regime_code,
			.regime_name_vi = form->regime_name_vi,
			.regime_name_en = form->regime_name_en,
			.legal_basis = form->legal_basis,
			.versions = versions_out(ctx->arena, form),
		};
	}
	list->items = (struct list_of){ items, count };
	return call_answer(ctx, call, 200, &list_shape, list);
}

static struct list_of
columns_out(struct arena *arena, const struct form_version *v)
{
	struct column_out *out =
	    ARENA_ARRAY(arena, v->column_count, struct column_out);

	for (size_t i = 0; i < v->column_count; i++) {
		const struct form_column *c = &v->columns[i];

		out[i] = (struct column_out){
			.id = c->id,
			.label = c->label,
			.group_vi = c->group_vi,
			.group_en = c->group_en,
			.name_vi = c->name_vi,
			.name_en = c->name_en,
			.scale = c->scale,
			.lo = decimal_text(arena, c->lo, c->scale),
			.hi = decimal_text(arena, c->hi, c->scale),
			.aggregation = definition_aggregations[c->aggregation],
		};
	}
	return (struct list_of){ out, v->column_count };
}

static struct list_of
rows_out(struct arena *arena, const struct form_version *v)
{
	struct row_out *out = ARENA_ARRAY(arena, v->row_count, struct row_out);

	for (size_t i = 0; i < v->row_count; i++)
		out[i] = (struct row_out){
			.id = v->rows[i].id,
			.name_vi = v->rows[i].name_vi,
			.name_en = v->rows[i].name_en,
			.unsure = v->rows[i].unsure,
		};
	return (struct list_of){ out, v->row_count };
}

static struct list_of
terms_out(struct arena *arena, const struct form_version *v,
    const struct rule *rule)
{
	struct term_out *out =
	    ARENA_ARRAY(arena, rule->term_count, struct term_out);

	for (size_t i = 0; i < rule->term_count; i++)
		out[i] = (struct term_out){
			.cell = v->cells[rule->terms[i].cell],
			.sign = rule->terms[i].sign,
		};
	return (struct list_of){ out, rule->term_count };
}

static struct list_of
rules_out(struct arena *arena, const struct form_version *v)
{
	struct rule_out *out =
	    ARENA_ARRAY(arena, v->rule_count, struct rule_out);

	for (size_t i = 0; i < v->rule_count; i++) {
		const struct rule *rule = &v->rules[i];

		out[i] = (struct rule_out){
			.id = rule->id,
			.target = v->cells[rule->target],
			.terms = terms_out(arena, v, rule),
			.severity = definition_severities[rule->severity],
			.computes = rule->computes,
			.carry = rule->carry,
			.citation = rule->citation,
			.message_vi = rule->message_vi,
			.message_en = rule->message_en,
		};
	}
	return (struct list_of){ out, v->rule_count };
}

static struct texts_of
against_out(struct arena *arena, const struct plausible *plausible)
{
	const char **names =
	    ARENA_ARRAY(arena, AGAINST_HISTORY + 1, const char *);
	size_t n = 0;

	for (int i = 0; definition_against[i] != NULL; i++)
		if ((plausible->against & (1U << i)) != 0)
			names[n++] = definition_against[i];
	return (struct texts_of){ names, n };
}

static struct list_of
plausible_out(struct arena *arena, const struct form_version *v)
{
	struct plausible_out *out =
	    ARENA_ARRAY(arena, v->plausible_count, struct plausible_out);

	for (size_t i = 0; i < v->plausible_count; i++) {
		const struct plausible *p = &v->plausible[i];
		const bool has_history = p->periods > 0;
		const int64_t periods = p->periods;

		out[i] = (struct plausible_out){
			.id = p->id,
			.columns = { p->columns, p->column_count },
			.against = against_out(arena, p),
			.ratio = decimal_text(arena, p->ratio,
			    DEFINITION_RATIO_SCALE),
			.floor = p->floor,
			.citation = p->citation,
			.message_vi = p->message_vi,
			.message_en = p->message_en,
		};
		if (!has_history)
			continue;
		out[i].z = decimal_text(arena, p->z, DEFINITION_Z_SCALE);
		out[i].periods = arena_copy(arena, &periods, sizeof(periods));
	}
	return (struct list_of){ out, v->plausible_count };
}

static struct list_of
reporters_out(struct arena *arena, const struct form *form)
{
	struct reporter_out *out =
	    ARENA_ARRAY(arena, form->reporter_count, struct reporter_out);

	for (size_t i = 0; i < form->reporter_count; i++) {
		const struct reporter *r = &form->reporters[i];
		size_t types = 0;

		while (r->types != NULL && r->types[types] != NULL)
			types++;
		out[i] = (struct reporter_out){
			.level = r->level,
			.types = { r->types, types },
			.deadline_days = r->deadline_days,
		};
	}
	return (struct list_of){ out, form->reporter_count };
}

static struct form_out *
form_out(struct arena *arena, const struct form_version *v,
    const struct period *period)
{
	struct form_out *out = ARENA_NEW(arena, struct form_out);

	out->code = v->form->code;
	out->name_vi = v->form->name_vi;
	out->name_en = v->form->name_en;
	out->legal_basis = v->form->legal_basis;
	out->version = v->number;
	out->digest = digest_hex(arena, &v->digest);
	if (period != NULL) {
		out->period = period_text(arena, period);
		out->window_from = day_text(arena, period->from);
		out->window_to = day_text(arena, period->to);
	}
	out->columns = columns_out(arena, v);
	out->rows = rows_out(arena, v);
	out->cells = (struct texts_of){ v->cells, v->cell_count };
	out->rules = rules_out(arena, v);
	out->plausible = plausible_out(arena, v);
	out->reporters = reporters_out(arena, v->form);
	return out;
}

/* The version of today's period, else the last: forms outlive their validity.
 */
static const struct form_version *
version_today(const struct form *form, int64_t now_us)
{
	const struct period now = period_of(&form->calendar, day_of_us(now_us));
	const struct form_version *v = form_for(form, &now);

	return v != NULL ? v : &form->versions[form->version_count - 1];
}

static enum fail
no_period(struct ctx *ctx, const char *code, const struct form_query *query,
    const struct form *form)
{
	fail_invalid(ctx, "/period", code, "%s has no period %s", form->code,
	    query->period);
	return fail_valid(ctx);
}

static enum fail
get_form(struct ctx *ctx, struct call *call)
{
	const struct form_query *query = call_query(call, &form_query_shape);
	const struct form *form =
	    catalogue_form(catalogue_now(ctx), call_path(call, "code"));
	const struct form_version *v = NULL;
	struct period period = { 0 };

	if (form == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "form.unknown", "no form %s",
		    call_path(call, "code"));
	if (query->period == NULL)
		return call_answer(ctx, call, 200, &form_shape,
		    form_out(ctx->arena, version_today(form, ctx->now_us),
			NULL));
	if (!period_parse(&form->calendar, query->period, &period))
		return no_period(ctx, "period.unknown", query, form);
	v = form_for(form, &period);
	if (v == NULL)
		return no_period(ctx, "form.no_version", query, form);
	return call_answer(ctx, call, 200, &form_shape,
	    form_out(ctx->arena, v, &period));
}

static const char *const form_failures[] = { "form.unknown", "form.no_version",
	"period.unknown", NULL };

const struct route form_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/forms",
	    .permission = "form.read",
	    .query = &table_query_shape,
	    .out = &list_shape,
	    .media = &table_media,
	    .table = &list_table,
	    .handle = get_forms,
	    .summary = "All forms and their versions." },
	{ .method = GET,
	    .path = "/api/v1/forms/{code}",
	    .permission = "form.read",
	    .query = &form_query_shape,
	    .out = &form_shape,
	    .handle = get_form,
	    .summary = "One version of a form: columns, rows, cells, rules.",
	    .failures = form_failures },
	{ 0 },
};
