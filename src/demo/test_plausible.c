#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/embedded.h"
#include "demo/demo.h"
#include "demo/trial.h"
#include "regime/definition.h"

/*
 * What the plausibility of the first official form finds in generated figures
 * of two years, or in those of a statistical office: for the tests of tuning.
 */
#define UNITS_MAX 10000
#define QUARTERS 8
#define YEAR 4

extern const struct embedded official_forms[];

static enum fail
read_form(struct ctx *ctx, struct form_version *ret)
{
	const struct bytes in = { official_forms[0].at, official_forms[0].len };
	const struct json *node = NULL;
	struct definition def = { 0 };

	TRY(json_parse(ctx, in, &node));
	definition_read(ctx, node, &def);
	TRY(fail_valid(ctx));
	definition_build_version(ctx->arena, def.versions.at, ret);
	return OK;
}

static enum fail
make_report(struct ctx *ctx, const struct form_version *version,
    const struct demo_case *what, struct demo_backlog *backlog,
    struct cells *ret)
{
	const struct json *node = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	demo_cells(version, what, backlog, &text);
	TRY(json_parse(ctx, text_bytes(&text), &node));
	cells_init(ret, ctx->arena, version->cell_count);
	cells_read(ctx, version, node, "/cells", ret);
	TRY(fail_valid(ctx));
	rules_fill(version, ret);
	return OK;
}

/* Two years of a unit, each quarter beside those before. */
static enum fail
try_unit(struct ctx *ctx, struct trial *trial, int64_t unit, int level)
{
	const struct cells *past[QUARTERS] = { NULL };
	struct demo_backlog backlog = { 0 };

	for (int quarter = 0; quarter < QUARTERS; quarter++) {
		const struct past before = { past, (size_t)quarter, YEAR };
		const struct demo_case what = { .level = level,
			.unit = unit,
			.size = demo_own_size(unit),
			.quarter = quarter };
		struct cells *cells = ARENA_NEW(ctx->arena, struct cells);

		TRY(make_report(ctx, trial->version, &what, &backlog, cells));
		trial_report(ctx, trial, cells, &before);
		memmove(past + 1, past, (QUARTERS - 1) * sizeof(*past));
		past[0] = cells;
	}
	return OK;
}

/* Dice follow from a unit's number: other units are another seed.  Communes,
 * and of districts and provinces more than there are. */
static enum fail
try_country(struct ctx *ctx, struct trial *trial, int64_t seed, int64_t units)
{
	static const int levels[] = { LEVEL_COMMUNE, LEVEL_COMMUNE,
		LEVEL_DISTRICT, LEVEL_COMMUNE, LEVEL_PROVINCE };
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	for (int64_t i = 0; i < units && got == OK; i++) {
		ctx->arena = arena_child(outer);
		got = try_unit(ctx, trial, seed * UNITS_MAX + i + 1,
		    levels[i % (int64_t)ARRAY_SIZE(levels)]);
		if (got == OK)
			arena_free(ctx->arena);
		ctx->arena = outer;
	}
	return got;
}

static enum fail
test_plausible(struct ctx *ctx, const struct args *args)
{
	const char *stats = args_text(args, "stats");
	struct form_version version = { 0 };
	struct trial trial = { .version = &version };
	int64_t seed = 0;
	int64_t units = 0;

	TRY(args_int(ctx, args, "seed", 0, 1000000, &seed));
	TRY(args_int(ctx, args, "units", 1, UNITS_MAX, &units));
	random_seed(&trial.dice, (uint64_t)seed);
	TRY(read_form(ctx, &version));
	if (stats[0] == '\0')
		TRY(try_country(ctx, &trial, seed, units));
	else
		TRY(trial_stats(ctx, stats, &trial));
	trial_print(&trial);
	return OK;
}

static const struct arg_option options[] = {
	{ "seed", "N", "1", "of figures and slips", false },
	{ "units", "N", "400", "how many of them", false },
	{ "stats", "FILE", "", "figures of a statistical office", false },
	{ 0 },
};

const struct command test_plausible_command = {
	.name = "test-plausible",
	.summary = "what plausibility finds, for tests",
	.usage = "",
	.detail = "For the tests of the program: slips found and honest "
		  "reports flagged, as JSON.\n",
	.options = options,
	.run = test_plausible,
};
