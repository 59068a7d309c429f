#include <assert.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "regime/cells.h"

static const struct form_column *
column_of(const struct form_version *version, int cell)
{
	return &version->columns[(size_t)cell % version->column_count];
}

static i128
power(int exponent)
{
	i128 value = 1;

	assert(exponent >= 0 && exponent <= DECIMAL_SCALE_MAX);
	for (int i = 0; i < exponent; i++)
		value *= 10;
	return value;
}

/* The largest scale among a rule's cells: all are compared at it. */
static int
scale_of(const struct form_version *version, const struct rule *rule)
{
	int most = column_of(version, rule->target)->scale;

	for (size_t i = 0; i < rule->term_count; i++) {
		const int own = column_of(version, rule->terms[i].cell)->scale;

		if (own > most)
			most = own;
	}
	return most;
}

/*
 * At most 19 + 6 digits: RULE_TERMS_MAX of them stay far below the 38 that 128
 * bits hold.
 */
static i128
amount_of(const struct form_version *version, const struct cells *cells,
    int cell, int scale)
{
	return cells->values[cell] *
	       power(scale - column_of(version, cell)->scale);
}

static i128
sum_of(const struct form_version *version, const struct rule *rule,
    const struct cells *from, int scale)
{
	i128 sum = 0;

	for (size_t i = 0; i < rule->term_count; i++)
		sum += rule->terms[i].sign *
		       amount_of(version, from, rule->terms[i].cell, scale);
	return sum;
}

/* How many of a rule's terms are in a state. */
static size_t
terms_in(const struct rule *rule, const struct cells *from,
    enum cell_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < rule->term_count; i++)
		n += from->states[rule->terms[i].cell] == state;
	return n;
}

static void
fill_target(const struct form_version *version, const struct rule *rule,
    const struct cells *from, struct cells *cells)
{
	const struct form_column *column = column_of(version, rule->target);
	const int scale = scale_of(version, rule);
	const i128 factor = power(scale - column->scale);
	i128 sum = 0;

	if (cells->states[rule->target] != CELL_MISSING)
		return;
	if (terms_in(rule, from, CELL_VALUE) == 0 ||
	    terms_in(rule, from, CELL_WITHHELD) > 0)
		return;
	sum = sum_of(version, rule, from, scale);
	if (sum % factor != 0 || sum / factor < column->lo ||
	    sum / factor > column->hi)
		return;
	cells->values[rule->target] = (int64_t)(sum / factor);
	cells->states[rule->target] = CELL_VALUE;
}

/* A walk along what rests on what. */
struct walk {
	const struct form_version *version;
	const struct rule **by_target; /* the one that computes it, or NULL */
	bool *met;                     /* by position of a rule */
	size_t *order;
	size_t count;
};

static bool
fills_in(const struct rule *rule)
{
	return rule->computes && !rule->carry;
}

/* First what its terms rest on, then itself.  No deeper than a row has columns,
 * as terms are of the target's row. */
static void
visit(struct walk *walk, const struct rule *rule)
{
	const size_t at = (size_t)(rule - walk->version->rules);

	if (walk->met[at])
		return;
	walk->met[at] = true;
	for (size_t i = 0; i < rule->term_count; i++) {
		const struct rule *below = walk->by_target[rule->terms[i].cell];

		if (below != NULL)
			visit(walk, below);
	}
	walk->order[walk->count++] = at;
}

size_t
rules_order(struct arena *arena, const struct form_version *version,
    const size_t **ret)
{
	struct walk walk = { .version = version };

	walk.by_target =
	    ARENA_ARRAY(arena, version->cell_count, const struct rule *);
	walk.met = ARENA_ARRAY(arena, version->rule_count, bool);
	walk.order = ARENA_ARRAY(arena, version->rule_count, size_t);
	for (size_t i = 0; i < version->rule_count; i++)
		if (fills_in(&version->rules[i]))
			walk.by_target[version->rules[i].target] =
			    &version->rules[i];
	for (size_t i = 0; i < version->rule_count; i++)
		if (fills_in(&version->rules[i]))
			visit(&walk, &version->rules[i]);
	*ret = walk.order;
	return walk.count;
}

void
rules_fill(const struct form_version *version, struct cells *cells)
{
	for (size_t i = 0; i < version->fill_count; i++)
		fill_target(version, &version->rules[version->fills[i]], cells,
		    cells);
}

void
rules_carry(const struct form_version *version, struct cells *cells,
    const struct cells *previous)
{
	for (size_t i = 0; i < version->rule_count; i++) {
		const struct rule *rule = &version->rules[i];

		if (rule->carry)
			fill_target(version, rule, previous, cells);
	}
}

static bool
is_judged(const struct rule *rule, const struct cells *cells,
    const struct cells *from)
{
	const uint8_t target = cells->states[rule->target];

	if (target == CELL_WITHHELD || terms_in(rule, from, CELL_WITHHELD) > 0)
		return false;
	if (rule->carry)
		return target == CELL_VALUE &&
		       terms_in(rule, from, CELL_VALUE) == rule->term_count;
	return target != CELL_MISSING ||
	       terms_in(rule, from, CELL_MISSING) < rule->term_count;
}

void
rules_judge(struct ctx *ctx, const struct form_version *version,
    const struct cells *cells, const struct cells *previous,
    struct finding **ret, size_t *ret_count)
{
	struct finding *findings =
	    ARENA_ARRAY(ctx->arena, version->rule_count, struct finding);

	assert(cells->count == version->cell_count);
	assert(previous == NULL || previous->count == version->cell_count);
	for (size_t i = 0; i < version->rule_count; i++) {
		const struct rule *rule = &version->rules[i];
		const struct cells *from = rule->carry ? previous : cells;
		struct finding *f = &findings[i];

		f->rule = rule;
		f->scale = scale_of(version, rule);
		if (from == NULL || !is_judged(rule, cells, from))
			continue;
		f->expected = sum_of(version, rule, from, f->scale);
		f->verdict = f->expected == amount_of(version, cells,
						rule->target, f->scale)
				 ? RULE_KEPT
				 : RULE_BROKEN;
	}
	*ret = findings;
	*ret_count = version->rule_count;
}
