#include "regime/regime_http.h"

#include <stdbool.h>
#include <string.h>

#include "app/table.h"
#include "core/arena.h"
#include "regime/catalogue.h"
#include "regime/definition.h"
#include "regime/field.h"

#define PERIODS_MAX 40

struct calendar_out {
	const char *kind;
	int64_t cutoff_day;
};

static const struct shape_field calendar_fields[] = {
	F_ENUM(struct calendar_out, kind, definition_kinds, REQUIRED,
	    "Length of a period.", "\"quarter\""),
	F_INT(struct calendar_out, cutoff_day, 0, 28, REQUIRED,
	    "Last day of the window in its last month; 0: end of the month.",
	    "14"),
};
static const struct shape calendar_shape =
    SHAPE("Calendar", struct calendar_out, calendar_fields);

struct regime_out {
	const char *code;
	const char *name_vi;
	const char *name_en;
	const char *legal_basis;
	const struct calendar_out *calendar;
	struct texts_of forms;
};

static const struct shape_field regime_fields[] = {
	F_TEXT(struct regime_out, code, 64, REQUIRED, "Code of the regime.",
	    "\"KSTT-06\""),
	F_TEXT(struct regime_out, name_vi, 300, REQUIRED, "Name in Vietnamese.",
	    "\"\""),
	F_TEXT(struct regime_out, name_en, 300, REQUIRED, "Name in English.",
	    "\"\""),
	F_TEXT(struct regime_out, legal_basis, 300, REQUIRED,
	    "The legal act that prescribes it.",
	    "\"Thông tư 01/2020/TT-VPCP\""),
	F_ONE(struct regime_out, calendar, &calendar_shape, REQUIRED,
	    "Its periods."),
	F_TEXTS(struct regime_out, forms, 1, DEFINITION_FORMS_MAX, 64, REQUIRED,
	    "Codes of its forms.", "[\"II.06a/VPCP/KSTT\"]"),
};
static const struct shape regime_shape =
    SHAPE("Regime", struct regime_out, regime_fields);

struct regimes_out {
	struct list_of items;
};

static const struct shape_field regimes_fields[] = {
	F_LIST(struct regimes_out, items, &regime_shape, DEFINITION_FORMS_MAX,
	    "All regimes."),
};
static const struct shape regimes_shape =
    SHAPE("RegimeList", struct regimes_out, regimes_fields);

static const struct table_column regimes_columns[] = {
	{ "code", NULL, NULL },
	{ "name_vi", "name_en", NULL },
	{ "legal_basis", NULL, NULL },
	{ "forms", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table regimes_table = {
	.name = "regimes",
	.words = "regime.regime",
	.list = "items",
	.columns = regimes_columns,
};

struct period_out {
	const char *id;
	const char *from;
	const char *to;
	const char *opens;
	const char *structure_on;
	bool is_open;
	bool is_current;
	int64_t version;
};

static const struct shape_field period_fields[] = {
	F_PERIOD(struct period_out, id, REQUIRED),
	F_DATE(struct period_out, from, REQUIRED,
	    "First day of the cut-off window.", "\"2025-06-15\""),
	F_DATE(struct period_out, to, REQUIRED,
	    "Last day of the cut-off window.", "\"2025-09-14\""),
	F_DATE(struct period_out, opens, REQUIRED,
	    "From this day on it can be reported.", "\"2025-09-14\""),
	F_DATE(struct period_out, structure_on, REQUIRED,
	    "The day whose hierarchy of units counts.", "\"2025-09-14\""),
	F_BOOL(struct period_out, is_open, REQUIRED, "It can be reported now.",
	    "true"),
	F_BOOL(struct period_out, is_current, REQUIRED,
	    "Today lies in its window.", "false"),
	F_INT(struct period_out, version, 1, DEFINITION_VERSIONS_MAX, REQUIRED,
	    "The form's version that holds for it.", "1"),
};
static const struct shape period_shape =
    SHAPE("FormPeriod", struct period_out, period_fields);

struct periods_out {
	struct list_of items;
};

static const struct shape_field periods_fields[] = {
	F_LIST(struct periods_out, items, &period_shape, PERIODS_MAX,
	    "Newest first."),
};
static const struct shape periods_shape =
    SHAPE("PeriodList", struct periods_out, periods_fields);

static const struct table_column periods_columns[] = {
	{ "id", NULL, period_words },
	{ "from", NULL, NULL },
	{ "to", NULL, NULL },
	{ "opens", NULL, NULL },
	{ "is_open", NULL, NULL },
	{ "is_current", NULL, NULL },
	{ "version", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table periods_table = {
	.name = "periods",
	.words = "regime.period",
	.list = "items",
	.columns = periods_columns,
};

struct periods_query {
	const char *form;
	const char *format;
};

static const struct shape_field periods_query_fields[] = {
	F_FORM(struct periods_query, REQUIRED),
	F_FORMAT(struct periods_query),
};
static const struct shape periods_query_shape =
    SHAPE("PeriodsQuery", struct periods_query, periods_query_fields);

/* Codes of the forms of one regime. */
static struct texts_of
forms_of(struct arena *arena, const struct catalogue *cat, const char *regime)
{
	const char **codes =
	    ARENA_ARRAY(arena, catalogue_count(cat), const char *);
	size_t n = 0;

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct form *form = catalogue_at(cat, i);

		if (strcmp(form->regime_code, regime) == 0)
			codes[n++] = form->code;
	}
	return (struct texts_of){ codes, n };
}

/* Is this the first form of its regime? */
static bool
begins_regime(const struct catalogue *cat, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(catalogue_at(cat, i)->regime_code,
			catalogue_at(cat, at)->regime_code) == 0)
			return false;
	return true;
}

static const struct calendar_out *
calendar_out(struct arena *arena, const struct calendar *calendar)
{
	struct calendar_out *out = ARENA_NEW(arena, struct calendar_out);

	out->kind = definition_kinds[calendar->kind];
	out->cutoff_day = calendar->cutoff_day;
	return out;
}

static enum fail
get_regimes(struct ctx *ctx, struct call *call)
{
	const struct catalogue *cat = catalogue_now(ctx);
	struct regime_out *items =
	    ARENA_ARRAY(ctx->arena, catalogue_count(cat), struct regime_out);
	struct regimes_out *list = ARENA_NEW(ctx->arena, struct regimes_out);
	size_t n = 0;

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct form *form = catalogue_at(cat, i);

		if (!begins_regime(cat, i))
			continue;
		items[n++] = (struct regime_out){
			.code = form->regime_code,
			.name_vi = form->regime_name_vi,
			.name_en = form->regime_name_en,
			.legal_basis = form->legal_basis,
			.calendar = calendar_out(ctx->arena, &form->calendar),
			.forms = forms_of(ctx->arena, cat, form->regime_code),
		};
	}
	list->items = (struct list_of){ items, n };
	return call_answer(ctx, call, 200, &regimes_shape, list);
}

static struct period_out
period_out(struct ctx *ctx, const struct form_version *v,
    const struct period *period)
{
	const day today = day_of_us(ctx->now_us);
	const char *last = day_text(ctx->arena, period->to);

	return (struct period_out){
		.id = period_text(ctx->arena, period),
		.from = day_text(ctx->arena, period->from),
		.to = last,
		.opens = last,
		.structure_on = last,
		.is_open = period_is_open(v->form, period, ctx->now_us),
		.is_current = period->from <= today && today <= period->to,
		.version = v->number,
	};
}

/* The newest period to show: today's, or the regime's last. */
static struct period
newest_period(const struct form *form, int64_t now_us)
{
	const day today = day_of_us(now_us);
	const bool over = form->last_day < today;
	struct period period =
	    period_of(&form->calendar, over ? form->last_day : today);

	/* The window of the last day may reach beyond it. */
	if (period.to > form->last_day)
		period = period_previous(&period);
	return period;
}

static enum fail
get_periods(struct ctx *ctx, struct call *call)
{
	const struct periods_query *query =
	    call_query(call, &periods_query_shape);
	const struct form *form =
	    catalogue_form(catalogue_now(ctx), query->form);
	struct periods_out *list = ARENA_NEW(ctx->arena, struct periods_out);
	struct period_out *items =
	    ARENA_ARRAY(ctx->arena, PERIODS_MAX, struct period_out);
	struct period period = { 0 };
	size_t n = 0;

	if (form == NULL)
		fail_invalid(ctx, "/form", "form.unknown", "no form %s",
		    query->form);
	TRY(fail_valid(ctx));
	period = newest_period(form, ctx->now_us);
	while (n < PERIODS_MAX && form_for(form, &period) != NULL) {
		items[n++] = period_out(ctx, form_for(form, &period), &period);
		period = period_previous(&period);
	}
	list->items = (struct list_of){ items, n };
	return call_answer(ctx, call, 200, &periods_shape, list);
}

static const char *const periods_failures[] = { "form.unknown", NULL };

const struct route regime_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/regimes",
	    .permission = "form.read",
	    .query = &table_query_shape,
	    .out = &regimes_shape,
	    .media = &table_media,
	    .table = &regimes_table,
	    .handle = get_regimes,
	    .summary = "All reporting regimes." },
	{ .method = GET,
	    .path = "/api/v1/periods",
	    .permission = "form.read",
	    .query = &periods_query_shape,
	    .out = &periods_shape,
	    .media = &table_media,
	    .table = &periods_table,
	    .handle = get_periods,
	    .summary = "The periods of a form, newest first.",
	    .failures = periods_failures },
	{ 0 },
};
