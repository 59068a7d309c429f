#include "report/past.h"

#include "core/arena.h"
#include "cube/cube.h"

/* A unit and all that it was made of, in any number of steps. */
struct area {
	int units[PAST_AREA_MAX]; /* dense numbers */
	size_t count;
	bool too_many;
};

static void
add_unit(struct area *area, int number)
{
	for (size_t i = 0; i < area->count; i++)
		if (area->units[i] == number)
			return;
	if (area->count == PAST_AREA_MAX)
		area->too_many = true;
	else
		area->units[area->count++] = number;
}

static void
find_area(const struct directory *dir, const struct unit *unit,
    struct area *area)
{
	add_unit(area, unit->number);
	for (size_t i = 0; i < area->count; i++) {
		const struct unit *one = directory_at(dir, area->units[i]);

		for (size_t k = 0; k < one->predecessor_count; k++)
			add_unit(area, one->predecessors[k]);
	}
}

/* ---- one period ----------------------------------------------------------- */

struct looking {
	struct ctx *ctx;
	const struct report *report;
	const struct directory *dir;
	const struct structure *own; /* of the report's period */
	struct area area;
};

/* A cell's state beside another's: what is not known makes the sum unknown. */
static enum cell_state
joined(enum cell_state a, enum cell_state b)
{
	if (a == CELL_MISSING || b == CELL_MISSING || a == CELL_WITHHELD ||
	    b == CELL_WITHHELD)
		return CELL_MISSING;
	return a == CELL_VALUE ? a : b;
}

static bool
add_cell(const struct form_column *column, struct cells *sum, size_t at,
    bool is_first, int64_t value, enum cell_state state)
{
	if (is_first) {
		sum->values[at] = value;
		sum->states[at] = (uint8_t)state;
		return true;
	}
	sum->states[at] = (uint8_t)(column->aggregation != AGG_SUM
					? CELL_MISSING
					: joined(sum->states[at], state));
	return num_add(sum->values[at], value, &sum->values[at]);
}

/* What a unit had sent, onto the sum, in the order of the report's cells. */
static bool
add_sent(const struct looking *looking, const struct form_version *version,
    const struct cube_event *sent, bool is_first, struct cells *sum)
{
	const struct form_version *own = looking->report->version;

	for (size_t i = 0; i < sum->count; i++) {
		const int at =
		    version == own ? (int)i : form_cell(version, own->cells[i]);
		const bool has = at >= 0;

		if (!add_cell(form_column_at(own, i), sum, i, is_first,
			has ? sent->values[at] : 0,
			has ? (enum cell_state)sent->states[at] : CELL_MISSING))
			return false;
	}
	return true;
}

enum whose { ELSEWHERE, PARTLY, WHOLLY };

/* Does what a unit had in a period belong to the report's unit? */
static enum whose
belongs(const struct looking *looking, const struct structure *then, int number)
{
	const int here = looking->report->unit->number;
	const int level = structure_level(looking->own, here);
	const struct placement *place = NULL;

	if (structure_level(then, number) != level)
		return ELSEWHERE;
	place = structure_place(looking->own, number);
	if (!place->whole)
		return PARTLY;
	return place->at == here ? WHOLLY : ELSEWHERE;
}

/* NULL: not known. */
static const struct cells *
look(const struct looking *looking, const struct period *period)
{
	struct ctx *ctx = looking->ctx;
	const struct form_version *version =
	    form_for(looking->report->form, period);
	const struct structure *then =
	    directory_structure(looking->dir, period->to);
	struct cells *sum = ARENA_NEW(ctx->arena, struct cells);
	size_t found = 0;

	if (version == NULL || looking->area.too_many)
		return NULL;
	cells_init(sum, ctx->arena, looking->report->version->cell_count);
	for (size_t i = 0; i < looking->area.count; i++) {
		const int number = looking->area.units[i];
		const enum whose whose = belongs(looking, then, number);
		struct cube_event sent = { 0 };

		if (whose == PARTLY)
			return NULL;
		if (whose == ELSEWHERE)
			continue;
		if (!cube_unit(ctx, version, period,
			directory_at(looking->dir, number)->id, &sent) ||
		    sent.act == CUBE_RETURNED ||
		    !add_sent(looking, version, &sent, found == 0, sum))
			return NULL;
		found++;
	}
	return found == 0 ? NULL : sum;
}

/* ---- all of them ---------------------------------------------------------- */

/* How many periods a year has. */
static size_t
of_a_year(const struct calendar *calendar)
{
	static const size_t periods[] = {
		[PERIOD_MONTH] = 12,
		[PERIOD_QUARTER] = 4,
		[PERIOD_HALF] = 2,
		[PERIOD_YEAR] = 1,
	};

	return periods[calendar->kind];
}

static size_t
find_expected(struct ctx *ctx, struct report *report,
    const struct expected **ret)
{
	struct looking looking = { .ctx = ctx,
		.report = report,
		.dir = directory_now(ctx) };
	const size_t year = of_a_year(&report->form->calendar);
	const size_t reach = plausible_reach(report->version, year);
	const struct cells **periods =
	    ARENA_ARRAY(ctx->arena, reach, const struct cells *);
	const struct past history = { periods, reach, year };
	struct period period = report->period;

	looking.own = directory_structure(looking.dir, report->period.to);
	find_area(looking.dir, report->unit, &looking.area);
	for (size_t i = 0; i < reach; i++) {
		period = period_previous(&period);
		periods[i] = look(&looking, &period);
	}
	return plausible_expect(ctx->arena, report->version, &history, ret);
}

size_t
past_expect(struct ctx *ctx, struct report *report, const struct expected **ret)
{
	*ret = NULL;
	if (report->version == NULL || report->version->expect_count == 0)
		return 0;
	if (!report->expected_known) {
		report->expected_count =
		    find_expected(ctx, report, &report->expected);
		report->expected_known = true;
	}
	*ret = report->expected;
	return report->expected_count;
}
