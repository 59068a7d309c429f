#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "regime/cells.h"
#include "regime/definition.h"

static const char *const *
build_types(struct arena *arena, const struct texts_of *types)
{
	const char **list = NULL;

	if (types->at == NULL)
		return NULL;
	list = ARENA_ARRAY(arena, types->count + 1, const char *);
	for (size_t i = 0; i < types->count; i++)
		list[i] = arena_text(arena, types->at[i]);
	return list;
}

void
definition_build_head(struct arena *arena, const struct def_head *head,
    struct form *ret)
{
	const struct def_reporter *defs = head->reporters.at;
	const struct def_regime *regime = head->regime;
	struct reporter *reporters =
	    ARENA_ARRAY(arena, head->reporters.count, struct reporter);

	for (size_t i = 0; i < head->reporters.count; i++)
		reporters[i] = (struct reporter){
			.level =
			    definition_choice(definition_levels, defs[i].level),
			.types = build_types(arena, &defs[i].types),
			.deadline_days = (int)defs[i].deadline_days,
		};
	ret->code = arena_text(arena, head->code);
	ret->name_vi = arena_text(arena, head->name_vi);
	ret->name_en = arena_text(arena, head->name_en);
	ret->legal_basis = arena_text(arena, head->legal_basis);
	ret->regime_code = arena_text(arena, regime->code);
	ret->regime_name_vi = arena_text(arena, regime->name_vi);
	ret->regime_name_en = arena_text(arena, regime->name_en);
	ret->calendar.kind =
	    (enum period_kind)definition_choice(definition_kinds,
		regime->calendar->kind);
	ret->calendar.cutoff_day = (int)regime->calendar->cutoff_day;
	ret->reporters = reporters;
	ret->reporter_count = head->reporters.count;
}

static int64_t
sound_decimal(const char *text, int scale)
{
	int64_t value = 0;
	const bool sound = decimal_parse(text, scale, &value);

	assert(sound);
	return value;
}

static void
build_columns(struct arena *arena, const struct list_of *list,
    struct form_version *ret)
{
	const struct def_column *defs = list->at;
	struct form_column *columns =
	    ARENA_ARRAY(arena, list->count, struct form_column);

	for (size_t i = 0; i < list->count; i++) {
		const int scale = (int)defs[i].scale;

		columns[i] = (struct form_column){
			.id = arena_text(arena, defs[i].id),
			.label = arena_text(arena, defs[i].label),
			.group_vi = arena_text(arena, defs[i].group_vi),
			.group_en = arena_text(arena, defs[i].group_en),
			.name_vi = arena_text(arena, defs[i].name_vi),
			.name_en = arena_text(arena, defs[i].name_en),
			.scale = scale,
			.lo = sound_decimal(defs[i].lo, scale),
			.hi = sound_decimal(defs[i].hi, scale),
			.aggregation = (enum aggregation)
			    definition_choice(definition_aggregations,
				defs[i].aggregation),
		};
	}
	ret->columns = columns;
	ret->column_count = list->count;
}

static void
build_rows(struct arena *arena, const struct list_of *list,
    struct form_version *ret)
{
	const struct def_row *defs = list->at;
	struct form_row *rows =
	    ARENA_ARRAY(arena, list->count, struct form_row);

	for (size_t i = 0; i < list->count; i++)
		rows[i] = (struct form_row){
			.id = arena_text(arena, defs[i].id),
			.name_vi = arena_text(arena, defs[i].name_vi),
			.name_en = arena_text(arena, defs[i].name_en),
			.unsure = defs[i].unsure,
		};
	ret->rows = rows;
	ret->row_count = list->count;
}

static void
build_cells(struct arena *arena, struct form_version *v)
{
	const size_t count = v->row_count * v->column_count;
	const char **cells = ARENA_ARRAY(arena, count, const char *);

	for (size_t i = 0; i < count; i++)
		cells[i] = arena_printf(arena, "%s.%s",
		    v->rows[i / v->column_count].id,
		    v->columns[i % v->column_count].id);
	v->cells = cells;
	v->cell_count = count;
}

static int
column_at(const struct form_version *v, const char *id)
{
	size_t i = 0;

	while (i < v->column_count && strcmp(v->columns[i].id, id) != 0)
		i++;
	assert(i < v->column_count);
	return (int)i;
}

static const struct rule_term *
build_terms(struct arena *arena, const struct form_version *v,
    const struct def_rule *def, int first)
{
	const struct def_term *defs = def->terms.at;
	struct rule_term *terms =
	    ARENA_ARRAY(arena, def->terms.count, struct rule_term);

	for (size_t i = 0; i < def->terms.count; i++)
		terms[i] = (struct rule_term){
			.cell = first + column_at(v, defs[i].column),
			.sign = defs[i].sign == NULL ? 1 : (int)*defs[i].sign,
		};
	return terms;
}

/* A rule of the definition becomes one rule in each row. */
static void
build_rules(struct arena *arena, const struct list_of *list,
    struct form_version *v)
{
	const struct def_rule *defs = list->at;
	struct rule *rules =
	    ARENA_ARRAY(arena, list->count * v->row_count, struct rule);
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct rule shared = {
			.term_count = defs[i].terms.count,
			.severity = (enum severity)
			    definition_choice(definition_severities,
				defs[i].severity),
			.computes = defs[i].computes,
			.carry = defs[i].carry,
			.citation = arena_text(arena, defs[i].citation),
			.message_vi = arena_text(arena, defs[i].message_vi),
			.message_en = arena_text(arena, defs[i].message_en),
		};

		for (size_t r = 0; r < v->row_count; r++) {
			const int first = (int)(r * v->column_count);

			rules[n] = shared;
			rules[n].id = arena_printf(arena, "%s.%s", defs[i].id,
			    v->rows[r].id);
			rules[n].target = first + column_at(v, defs[i].target);
			rules[n].terms = build_terms(arena, v, &defs[i], first);
			n++;
		}
	}
	v->rules = rules;
	v->rule_count = n;
}

static const char *const *
build_columns_of(struct arena *arena, const struct texts_of *list)
{
	const char **columns = ARENA_ARRAY(arena, list->count, const char *);

	for (size_t i = 0; i < list->count; i++)
		columns[i] = arena_text(arena, list->at[i]);
	return columns;
}

static struct plausible
build_one(struct arena *arena, const struct def_plausible *def)
{
	struct plausible out = {
		.id = arena_text(arena, def->id),
		.ratio = sound_decimal(def->ratio, DEFINITION_RATIO_SCALE),
		.floor = arena_text(arena, def->floor),
		.columns = build_columns_of(arena, &def->columns),
		.column_count = def->columns.count,
		.citation = arena_text(arena, def->citation),
		.message_vi = arena_text(arena, def->message_vi),
		.message_en = arena_text(arena, def->message_en),
	};

	for (size_t i = 0; i < def->against.count; i++)
		out.against |= 1U << definition_choice(definition_against,
				   def->against.at[i]);
	if (def->z != NULL && def->periods != NULL) {
		out.z = sound_decimal(def->z, DEFINITION_Z_SCALE);
		out.periods = (int)*def->periods;
	}
	return out;
}

/* What one of them asks of its cells, row by row. */
static size_t
build_expects(struct arena *arena, const struct form_version *v,
    const struct plausible *plausible, struct rule *out)
{
	size_t n = 0;

	for (size_t r = 0; r < v->row_count; r++)
		for (size_t i = 0; i < plausible->column_count; i++) {
			const int column = column_at(v, plausible->columns[i]);
			const int cell = (int)(r * v->column_count) + column;

			out[n++] = (struct rule){
				.id = arena_printf(arena, "%s.%s",
				    plausible->id, v->cells[cell]),
				.target = cell,
				.plausible = plausible,
				.floor = sound_decimal(plausible->floor,
				    v->columns[column].scale),
				.severity = SEVERITY_EXPLAIN,
				.citation = plausible->citation,
				.message_vi = plausible->message_vi,
				.message_en = plausible->message_en,
			};
		}
	return n;
}

static void
build_plausible(struct arena *arena, const struct list_of *list,
    struct form_version *v)
{
	const struct def_plausible *defs = list->at;
	struct plausible *plausible =
	    ARENA_ARRAY(arena, list->count, struct plausible);
	struct rule *expects = NULL;
	size_t columns = 0;
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		plausible[i] = build_one(arena, &defs[i]);
		columns += plausible[i].column_count;
	}
	expects = ARENA_ARRAY(arena, columns * v->row_count, struct rule);
	for (size_t i = 0; i < list->count; i++)
		n += build_expects(arena, v, &plausible[i], expects + n);
	v->plausible = plausible;
	v->plausible_count = list->count;
	v->expects = expects;
	v->expect_count = n;
}

void
definition_build_version(struct arena *arena, const struct def_version *def,
    struct form_version *ret)
{
	const bool sound = day_parse(def->from, &ret->from);

	assert(sound);
	ret->number = (int)def->number;
	build_columns(arena, &def->columns, ret);
	build_rows(arena, &def->rows, ret);
	build_cells(arena, ret);
	build_rules(arena, &def->rules, ret);
	ret->fill_count = rules_order(arena, ret, &ret->fills);
	build_plausible(arena, &def->plausible, ret);
}
