#include "regime/definition_new.h"

#include <string.h>

#include "core/arena.h"
#include "core/naming.h"
#include "core/text.h"
#include "core/utf8.h"

static void
need_name(struct ctx *ctx, const char *base, const char *name, const char *text)
{
	const char *place = arena_printf(ctx->arena, "%s/%s", base, name);
	const char *fault = NULL;

	if (text == NULL)
		return;
	if (!utf8_says(text)) {
		fail_invalid(ctx, place, "form.empty",
		    "a letter or a digit, so that there is something to read");
		return;
	}
	fault = naming_name_fault(ctx->arena, text);
	if (fault != NULL)
		fail_invalid(ctx, place, "form.name", "%s", fault);
}

static void
need_code(struct ctx *ctx, const char *place, const char *code)
{
	const char *fault = naming_code_fault(ctx->arena, code);

	if (!utf8_says(code))
		fail_invalid(ctx, place, "form.empty",
		    "a letter or a digit, so that there is something to read");
	else if (fault != NULL)
		fail_invalid(ctx, place, "form.id", "%s", fault);
}

/* ---- rules that need each other ------------------------------------------ */

enum met { NOT_MET, ON_PATH, DONE };

/* A walk from each rule that computes to those that its terms rest on. */
struct walk {
	struct ctx *ctx;
	const struct def_version *version;
	const char *base;
	enum met met[DEFINITION_RULES_MAX];
	size_t path[DEFINITION_RULES_MAX];
	size_t depth;
};

/* The rule that computes a column; the count of rules if none does. */
static size_t
rule_of(const struct def_version *v, const char *column)
{
	const struct def_rule *all = v->rules.at;
	size_t i = 0;

	while (i < v->rules.count && !(all[i].computes && !all[i].carry &&
					 strcmp(all[i].target, column) == 0))
		i++;
	return i;
}

/* The path from its last rule back to itself, each rule at its place. */
static void
note_circle(struct walk *walk, size_t first)
{
	const struct def_rule *all = walk->version->rules.at;
	struct text names;
	size_t from = walk->depth;

	while (walk->path[from - 1] != first)
		from--;
	text_init(&names, walk->ctx->arena);
	for (size_t i = from - 1; i < walk->depth; i++)
		text_addf(&names, "%s needs ", all[walk->path[i]].id);
	text_add(&names, all[first].id);
	for (size_t i = from - 1; i < walk->depth; i++)
		fail_invalid(walk->ctx,
		    arena_printf(walk->ctx->arena, "%s/rules/%zu/terms",
			walk->base, walk->path[i]),
		    "form.cycle", "%s", text_of(&names));
}

static void
visit(struct walk *walk, size_t at)
{
	const struct def_rule *all = walk->version->rules.at;
	const struct def_term *terms = all[at].terms.at;

	if (walk->met[at] == ON_PATH)
		note_circle(walk, at);
	if (walk->met[at] != NOT_MET)
		return;
	walk->met[at] = ON_PATH;
	walk->path[walk->depth++] = at;
	for (size_t i = 0; i < all[at].terms.count; i++) {
		const size_t below = rule_of(walk->version, terms[i].column);

		if (below < walk->version->rules.count)
			visit(walk, below);
	}
	walk->depth--;
	walk->met[at] = DONE;
}

static void
check_circles(struct ctx *ctx, const struct def_version *v, const char *base)
{
	const struct def_rule *all = v->rules.at;
	struct walk walk = { .ctx = ctx, .version = v, .base = base };

	for (size_t i = 0; i < v->rules.count; i++)
		if (all[i].computes && !all[i].carry)
			visit(&walk, i);
}

/* ---- what is to be read -------------------------------------------------- */

static void
check_head_words(struct ctx *ctx, const struct def_head *head)
{
	need_code(ctx, "/form/code", head->code);
	need_name(ctx, "/form", "name_vi", head->name_vi);
	need_name(ctx, "/form", "name_en", head->name_en);
	need_name(ctx, "/form", "legal_basis", head->legal_basis);
	need_code(ctx, "/form/regime/code", head->regime->code);
	need_name(ctx, "/form/regime", "name_vi", head->regime->name_vi);
	need_name(ctx, "/form/regime", "name_en", head->regime->name_en);
}

static void
check_column_words(struct ctx *ctx, const struct def_column *column,
    const char *base)
{
	need_name(ctx, base, "label", column->label);
	need_name(ctx, base, "group_vi", column->group_vi);
	need_name(ctx, base, "group_en", column->group_en);
	need_name(ctx, base, "name_vi", column->name_vi);
	need_name(ctx, base, "name_en", column->name_en);
}

static void
check_version_words(struct ctx *ctx, const struct def_version *v,
    const char *base)
{
	const struct def_column *columns = v->columns.at;
	const struct def_row *rows = v->rows.at;
	const struct def_rule *rules = v->rules.at;
	const struct def_plausible *plausible = v->plausible.at;
	const char *here = NULL;

	for (size_t i = 0; i < v->columns.count; i++)
		check_column_words(ctx, &columns[i],
		    arena_printf(ctx->arena, "%s/columns/%zu", base, i));
	for (size_t i = 0; i < v->rows.count; i++) {
		here = arena_printf(ctx->arena, "%s/rows/%zu", base, i);
		need_name(ctx, here, "name_vi", rows[i].name_vi);
		need_name(ctx, here, "name_en", rows[i].name_en);
	}
	for (size_t i = 0; i < v->rules.count; i++) {
		here = arena_printf(ctx->arena, "%s/rules/%zu", base, i);
		need_name(ctx, here, "citation", rules[i].citation);
		need_name(ctx, here, "message_vi", rules[i].message_vi);
		need_name(ctx, here, "message_en", rules[i].message_en);
	}
	for (size_t i = 0; i < v->plausible.count; i++) {
		here = arena_printf(ctx->arena, "%s/plausible/%zu", base, i);
		need_name(ctx, here, "citation", plausible[i].citation);
		need_name(ctx, here, "message_vi", plausible[i].message_vi);
		need_name(ctx, here, "message_en", plausible[i].message_en);
	}
}

void
definition_check_new(struct ctx *ctx, const struct definition *def, bool is_new,
    size_t known)
{
	const struct def_version *all = def->versions.at;

	if (is_new)
		check_head_words(ctx, def->form);
	for (size_t i = known; i < def->versions.count; i++) {
		const char *base = arena_printf(ctx->arena, "/versions/%zu", i);

		check_version_words(ctx, &all[i], base);
		check_circles(ctx, &all[i], base);
	}
}
