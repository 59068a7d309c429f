#include "regime/definition_check.h"

#include <string.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "regime/plausible.h"

/* Where a list's item is. */
static const char *
under(struct ctx *ctx, const char *base, const char *list, size_t i)
{
	return arena_printf(ctx->arena, "%s/%s/%zu", base, list, i);
}

static const char *
member(struct ctx *ctx, const char *base, const char *name)
{
	return arena_printf(ctx->arena, "%s/%s", base, name);
}

static void
need_text(struct ctx *ctx, const char *base, const char *name, const char *text)
{
	if (strspn(text, " \t\n") == strlen(text))
		fail_invalid(ctx, member(ctx, base, name), "form.empty",
		    "must not be empty");
}

/* Codes are used in addresses and lists: no blanks. */
static void
need_code(struct ctx *ctx, const char *base, const char *name, const char *text)
{
	need_text(ctx, base, name, text);
	if (strpbrk(text, " \t\n,") != NULL)
		fail_invalid(ctx, member(ctx, base, name), "form.id",
		    "a code has no blanks or commas");
}

/*
 * Ids of rows, columns and rules: a small letter, then small letters and
 * digits.  "all" is taken: it means every row in a question for figures.
 */
static void
need_id(struct ctx *ctx, const char *base, const char *id)
{
	const size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789");

	if (id[0] < 'a' || id[0] > 'z' || id[len] != '\0' ||
	    strcmp(id, "all") == 0)
		fail_invalid(ctx, member(ctx, base, "id"), "form.id",
		    "small letters and digits, a letter first, not \"all\"");
}

/* Types of unit by level, as org knows them. */
static const struct type_row {
	const char *level;
	const char *type;
} types[] = {
	{ "province", "ministry" },
	{ "province", "agency" },
	{ "province", "province" },
	{ "province", "municipality" },
	{ "district", "district" },
	{ "commune", "commune" },
	{ "commune", "ward" },
	{ "commune", "township" },
	{ "commune", "special_zone" },
};

static bool
type_is_known(const char *level, const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i].level, level) == 0 &&
		    strcmp(types[i].type, type) == 0)
			return true;
	return false;
}

static void
check_types(struct ctx *ctx, const struct def_reporter *reporter,
    const char *base)
{
	for (size_t i = 0; i < reporter->types.count; i++)
		if (!type_is_known(reporter->level, reporter->types.at[i]))
			fail_invalid(ctx, under(ctx, base, "types", i),
			    "form.types", "no type of unit of this level");
}

/* A list that is not there has all types. */
static bool
types_meet(const struct texts_of *a, const struct texts_of *b)
{
	if (a->at == NULL || b->at == NULL)
		return true;
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (strcmp(a->at[i], b->at[k]) == 0)
				return true;
	return false;
}

/* A unit has one deadline: no two reporters cover the same type. */
static void
check_reporters(struct ctx *ctx, const struct list_of *list, const char *base)
{
	const struct def_reporter *all = list->at;

	if (list->count == 0)
		fail_invalid(ctx, member(ctx, base, "reporters"), "form.empty",
		    "somebody must report");
	for (size_t i = 0; i < list->count; i++) {
		const char *here = under(ctx, base, "reporters", i);

		if (strcmp(all[i].level, "nation") == 0)
			fail_invalid(ctx, member(ctx, here, "level"),
			    "form.types", "the Government reports to nobody");
		check_types(ctx, &all[i], here);
		for (size_t k = 0; k < i; k++)
			if (strcmp(all[i].level, all[k].level) == 0 &&
			    types_meet(&all[i].types, &all[k].types))
				fail_invalid(ctx, here, "form.repeated",
				    "these units are named before");
	}
}

void
definition_check_head(struct ctx *ctx, const struct def_head *head,
    const char *base)
{
	const char *regime = member(ctx, base, "regime");

	need_code(ctx, base, "code", head->code);
	need_text(ctx, base, "name_vi", head->name_vi);
	need_text(ctx, base, "name_en", head->name_en);
	need_text(ctx, base, "legal_basis", head->legal_basis);
	need_code(ctx, regime, "code", head->regime->code);
	need_text(ctx, regime, "name_vi", head->regime->name_vi);
	need_text(ctx, regime, "name_en", head->regime->name_en);
	check_reporters(ctx, &head->reporters, base);
}

static void
check_column(struct ctx *ctx, const struct def_column *column, const char *base)
{
	int64_t lo = 0;
	int64_t hi = 0;

	need_id(ctx, base, column->id);
	need_text(ctx, base, "label", column->label);
	need_text(ctx, base, "name_vi", column->name_vi);
	need_text(ctx, base, "name_en", column->name_en);
	if ((column->group_vi == NULL) != (column->group_en == NULL))
		fail_invalid(ctx, base, "form.empty",
		    "a heading above is given in both languages");
	if (!decimal_parse(column->lo, (int)column->scale, &lo))
		fail_invalid(ctx, member(ctx, base, "lo"), "form.range",
		    "no decimal of this scale");
	else if (!decimal_parse(column->hi, (int)column->scale, &hi) || hi < lo)
		fail_invalid(ctx, member(ctx, base, "hi"), "form.range",
		    "no decimal of this scale at or above lo");
}

static const struct def_column *
column_find(const struct list_of *columns, size_t count, const char *id)
{
	const struct def_column *all = columns->at;

	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].id, id) == 0)
			return &all[i];
	return NULL;
}

static void
check_columns(struct ctx *ctx, const struct list_of *columns, const char *base)
{
	const struct def_column *all = columns->at;

	if (columns->count == 0)
		fail_invalid(ctx, member(ctx, base, "columns"), "form.empty",
		    "a form has columns");
	for (size_t i = 0; i < columns->count; i++) {
		const char *here = under(ctx, base, "columns", i);

		check_column(ctx, &all[i], here);
		if (column_find(columns, i, all[i].id) != NULL)
			fail_invalid(ctx, member(ctx, here, "id"),
			    "form.repeated", "another column has this id");
	}
}

static void
check_rows(struct ctx *ctx, const struct list_of *rows, const char *base)
{
	const struct def_row *all = rows->at;

	if (rows->count == 0)
		fail_invalid(ctx, member(ctx, base, "rows"), "form.empty",
		    "a form has rows");
	for (size_t i = 0; i < rows->count; i++) {
		const char *here = under(ctx, base, "rows", i);

		need_id(ctx, here, all[i].id);
		need_text(ctx, here, "name_vi", all[i].name_vi);
		need_text(ctx, here, "name_en", all[i].name_en);
		for (size_t k = 0; k < i; k++)
			if (strcmp(all[i].id, all[k].id) == 0)
				fail_invalid(ctx, member(ctx, here, "id"),
				    "form.repeated", "another row has this id");
	}
}

static void
check_terms(struct ctx *ctx, const struct def_version *v,
    const struct def_rule *rule, const char *base)
{
	const struct def_term *terms = rule->terms.at;

	for (size_t i = 0; i < rule->terms.count; i++) {
		const char *here = under(ctx, base, "terms", i);

		if (column_find(&v->columns, v->columns.count,
			terms[i].column) == NULL)
			fail_invalid(ctx, member(ctx, here, "column"),
			    "form.unknown_column", "the form has no column %s",
			    terms[i].column);
		if (terms[i].sign != NULL && *terms[i].sign == 0)
			fail_invalid(ctx, member(ctx, here, "sign"),
			    "form.rule", "1 or -1");
		if (!rule->carry && strcmp(terms[i].column, rule->target) == 0)
			fail_invalid(ctx, member(ctx, here, "column"),
			    "form.rule", "a sum does not contain itself");
		for (size_t k = 0; k < i; k++)
			if (strcmp(terms[i].column, terms[k].column) == 0)
				fail_invalid(ctx, member(ctx, here, "column"),
				    "form.repeated", "added up twice");
	}
}

/* Carrying is to take over one figure; to compute is something else. */
static void
check_carry(struct ctx *ctx, const struct def_rule *rule, const char *base)
{
	const struct def_term *terms = rule->terms.at;

	if (!rule->carry)
		return;
	if (rule->terms.count != 1 ||
	    (terms[0].sign != NULL && *terms[0].sign != 1))
		fail_invalid(ctx, member(ctx, base, "terms"), "form.rule",
		    "a carry rule has one term, added");
	if (rule->computes)
		fail_invalid(ctx, member(ctx, base, "computes"), "form.rule",
		    "a carry rule fills in by itself");
}

static void
check_rule(struct ctx *ctx, const struct def_version *v, size_t at,
    const char *base)
{
	const struct def_rule *all = v->rules.at;
	const struct def_rule *rule = &all[at];

	need_id(ctx, base, rule->id);
	need_text(ctx, base, "citation", rule->citation);
	need_text(ctx, base, "message_vi", rule->message_vi);
	need_text(ctx, base, "message_en", rule->message_en);
	if (column_find(&v->columns, v->columns.count, rule->target) == NULL)
		fail_invalid(ctx, member(ctx, base, "target"),
		    "form.unknown_column", "the form has no column %s",
		    rule->target);
	if (rule->terms.count == 0)
		fail_invalid(ctx, member(ctx, base, "terms"), "form.empty",
		    "a sum has terms");
	check_terms(ctx, v, rule, base);
	check_carry(ctx, rule, base);
	for (size_t k = 0; k < at; k++) {
		const bool fills = (rule->computes || rule->carry) &&
				   (all[k].computes || all[k].carry);

		if (strcmp(rule->id, all[k].id) == 0)
			fail_invalid(ctx, member(ctx, base, "id"),
			    "form.repeated", "another rule has this id");
		if (fills && strcmp(rule->target, all[k].target) == 0)
			fail_invalid(ctx, member(ctx, base, "target"),
			    "form.rule", "another rule fills this column in");
	}
}

static bool
is_decimal_in(const char *text, int scale, int64_t lo, int64_t hi)
{
	int64_t value = 0;

	return decimal_parse(text, scale, &value) && value >= lo && value <= hi;
}

static bool
has_text(const struct texts_of *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list->at[i], text) == 0)
			return true;
	return false;
}

static bool
is_one_of(const char *const *list, const char *text)
{
	for (size_t i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

/* A column has one rule of this kind: one verdict, one explanation. */
static void
check_looked_at(struct ctx *ctx, const struct def_version *v, size_t at,
    const char *base)
{
	const struct def_plausible *all = v->plausible.at;
	const struct def_plausible *rule = &all[at];

	for (size_t i = 0; i < rule->columns.count; i++) {
		const char *id = rule->columns.at[i];
		const char *here = under(ctx, base, "columns", i);
		const struct def_column *column =
		    column_find(&v->columns, v->columns.count, id);
		bool taken = has_text(&rule->columns, i, id);

		for (size_t k = 0; k < at && !taken; k++)
			taken =
			    has_text(&all[k].columns, all[k].columns.count, id);
		if (column == NULL)
			fail_invalid(ctx, here, "form.unknown_column",
			    "the form has no column %s", id);
		else if (taken)
			fail_invalid(ctx, here, "form.repeated",
			    "column %s is looked at before", id);
		else if (!is_decimal_in(rule->floor, (int)column->scale, 1,
			     INT64_MAX / PLAUSIBLE_RATIO_MAX))
			fail_invalid(ctx, member(ctx, base, "floor"),
			    "form.range",
			    "no decimal above 0 with the decimals of column %s",
			    id);
	}
}

static void
check_against(struct ctx *ctx, const struct def_plausible *rule,
    const char *base)
{
	const struct texts_of *against = &rule->against;
	const bool history = has_text(against, against->count, "history");

	for (size_t i = 0; i < against->count; i++) {
		const char *here = under(ctx, base, "against", i);

		if (!is_one_of(definition_against, against->at[i]))
			fail_invalid(ctx, here, "form.rule",
			    "last, year or history");
		else if (has_text(against, i, against->at[i]))
			fail_invalid(ctx, here, "form.repeated", "named twice");
	}
	if ((rule->z != NULL) != history || (rule->periods != NULL) != history)
		fail_invalid(ctx, member(ctx, base, "z"), "form.rule",
		    "z and periods go with history, and history with both");
	else if (history && !is_decimal_in(rule->z, DEFINITION_Z_SCALE, 1,
				PLAUSIBLE_Z_MAX))
		fail_invalid(ctx, member(ctx, base, "z"), "form.range",
		    "0.1 to 100, one decimal at most");
}

static void
check_plausible(struct ctx *ctx, const struct def_version *v, size_t at,
    const char *base)
{
	const struct def_plausible *all = v->plausible.at;
	const struct def_plausible *rule = &all[at];

	need_id(ctx, base, rule->id);
	need_text(ctx, base, "citation", rule->citation);
	need_text(ctx, base, "message_vi", rule->message_vi);
	need_text(ctx, base, "message_en", rule->message_en);
	for (size_t k = 0; k < v->rules.count + at; k++) {
		const struct def_rule *rules = v->rules.at;
		const char *other = k < v->rules.count
					? rules[k].id
					: all[k - v->rules.count].id;

		if (strcmp(rule->id, other) == 0)
			fail_invalid(ctx, member(ctx, base, "id"),
			    "form.repeated", "another rule has this id");
	}
	if (!is_decimal_in(rule->ratio, DEFINITION_RATIO_SCALE,
		PLAUSIBLE_RATIO_LEAST, PLAUSIBLE_RATIO_MAX))
		fail_invalid(ctx, member(ctx, base, "ratio"), "form.range",
		    "1.1 to 1000, two decimals at most");
	check_looked_at(ctx, v, at, base);
	check_against(ctx, rule, base);
}

void
definition_check_version(struct ctx *ctx, const struct def_version *v,
    const char *base)
{
	check_columns(ctx, &v->columns, base);
	check_rows(ctx, &v->rows, base);
	if (v->columns.count * v->rows.count > DEFINITION_CELLS_MAX)
		fail_invalid(ctx, base, "form.too_many", "at most %d cells",
		    DEFINITION_CELLS_MAX);
	for (size_t i = 0; i < v->rules.count; i++)
		check_rule(ctx, v, i, under(ctx, base, "rules", i));
	for (size_t i = 0; i < v->plausible.count; i++)
		check_plausible(ctx, v, i, under(ctx, base, "plausible", i));
}

/*
 * A column that keeps its id keeps its meaning, so its figures can be compared
 * and added up across versions.
 */
static void
check_kept(struct ctx *ctx, const struct def_version *older,
    const struct def_version *newer, const char *base)
{
	const struct def_column *all = newer->columns.at;

	for (size_t i = 0; i < newer->columns.count; i++) {
		const struct def_column *before = column_find(&older->columns,
		    older->columns.count, all[i].id);

		if (before == NULL)
			continue;
		if (before->scale != all[i].scale ||
		    strcmp(before->aggregation, all[i].aggregation) != 0)
			fail_invalid(ctx, under(ctx, base, "columns", i),
			    "form.changed",
			    "another scale or aggregation needs another id");
	}
}

void
definition_check(struct ctx *ctx, const struct definition *def)
{
	const struct def_version *all = def->versions.at;
	const size_t count = def->versions.count;

	definition_check_head(ctx, def->form, "/form");
	if (count == 0) {
		fail_invalid(ctx, "/versions", "form.empty",
		    "a form has versions");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *base = under(ctx, "", "versions", i);

		definition_check_version(ctx, &all[i], base);
		if (all[i].number != (int64_t)i + 1)
			fail_invalid(ctx, member(ctx, base, "number"),
			    "form.order", "versions are numbered 1, 2, ...");
		/* Days in this notation sort as texts. */
		if (i > 0 && strcmp(all[i].from, all[i - 1].from) <= 0)
			fail_invalid(ctx, member(ctx, base, "from"),
			    "form.order",
			    "a version begins after the one before");
		for (size_t k = 0; k < i; k++)
			check_kept(ctx, &all[k], &all[i], base);
	}
	if (def->last_day != NULL &&
	    strcmp(def->last_day, all[count - 1].from) < 0)
		fail_invalid(ctx, "/last_day", "form.order",
		    "before the last version begins");
}
