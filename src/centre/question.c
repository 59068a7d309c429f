#include "centre/question.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/num.h"
#include "ledger/ledger.h"
#include "people/access.h"

static const char permission[] = "figures.read";

/* Each of them is some 10 ms of work. */
#define SMALL_VALUES 20000
#define SMALL_SUMS 1000000
#define SMALL_SCANNED 10000000

/* The JSON pointer of a list's item. */
static const char *
item_pointer(struct ctx *ctx, const char *list, size_t i)
{
	return arena_printf(ctx->arena, "%s/%zu", list, i);
}

/* One of two words; the first is what NULL means. */
static bool
read_choice(struct ctx *ctx, const char *pointer, const char *text,
    const char *first, const char *second)
{
	if (text == NULL || strcmp(text, first) == 0)
		return false;
	if (strcmp(text, second) == 0)
		return true;
	fail_invalid(ctx, pointer, "figures.choice", "neither %s nor %s", first,
	    second);
	return false;
}

enum asked_format
question_read_format(struct ctx *ctx, const char *format)
{
	if (format == NULL || strcmp(format, "json") == 0)
		return ASKED_JSON;
	if (strcmp(format, "csv") == 0)
		return ASKED_CSV;
	if (strcmp(format, "sheet") != 0 || ctx->home->dispatch == NULL)
		fail_invalid(ctx, "/format", "figures.choice",
		    "neither json nor csv, nor sheet of the server");
	return ASKED_SHEET;
}

static void
read_as_of(struct ctx *ctx, const char *as_of, struct asked *ret)
{
	const int64_t size = ledger_size(ctx->home->ledger);
	day on = 0;

	ret->index = INT64_MAX;
	ret->as_of = as_of;
	if (as_of == NULL)
		return;
	if (day_parse(as_of, &on)) { /* looked up when all else is right */
		if (on > day_of_us(ctx->now_us))
			fail_invalid(ctx, "/as_of", "figures.as_of",
			    "nothing is known of the day %s yet", as_of);
		return;
	}
	if (!num_parse(as_of, 0, size, &ret->index))
		fail_invalid(ctx, "/as_of", "figures.as_of",
		    "neither a day nor a number from 0 to %" PRId64, size);
}

void
question_read_when(struct ctx *ctx, const char *as_of, const char *structure,
    const char *basis, struct asked *ret)
{
	day on = 0;

	ret->structure = structure == NULL ? "own" : structure;
	ret->own = strcmp(ret->structure, "own") == 0;
	if (!ret->own && !day_parse(ret->structure, &on))
		fail_invalid(ctx, "/structure", "figures.structure",
		    "neither own nor a day");
	ret->basis = read_choice(ctx, "/basis", basis, "sent", "accepted")
			 ? BASIS_ACCEPTED
			 : BASIS_SENT;
	read_as_of(ctx, as_of, ret);
}

enum fail
question_directory(struct ctx *ctx, struct asked *ret)
{
	day on = 0;

	if (ret->as_of == NULL) {
		ret->dir = directory_now(ctx);
		return OK;
	}
	if (day_parse(ret->as_of, &on))
		TRY(ledger_size_at(ctx, on, &ret->index));
	return directory_as_of(ctx, ret->index, &ret->dir);
}

bool
question_structure(const struct asked *asked, struct asked_period *period)
{
	day on = period->period.to;

	if (!asked->own && !day_parse(asked->structure, &on))
		return false;
	period->on = on;
	period->structure = directory_structure(asked->dir, on);
	return structure_root(period->structure) >= 0;
}

bool
question_read_period(struct ctx *ctx, const struct asked *asked,
    const char *pointer, const char *id, struct asked_period *ret)
{
	ret->id = id;
	if (!period_parse(&asked->form->calendar, id, &ret->period)) {
		fail_invalid(ctx, pointer, "period.unknown",
		    "the form has no period %s", id);
		return false;
	}
	ret->version = form_for(asked->form, &ret->period);
	if (ret->version == NULL) {
		fail_invalid(ctx, pointer, "form.no_version",
		    "the form has no version for %s", id);
		return false;
	}
	return true;
}

bool
question_read_cell(const char *id, struct asked_cell *ret)
{
	const char *point = strchr(id, '.');

	ret->id = id;
	ret->column = NULL;
	if (point == NULL || point == id || point[1] == '\0')
		return false;
	if (text_starts(id, "all."))
		ret->column = point + 1;
	return true;
}

void
question_no_cell(struct ctx *ctx, const char *pointer, const char *id)
{
	fail_invalid(ctx, pointer, "figures.cell", "%s is no cell", id);
}

static void
read_periods(struct ctx *ctx, struct asked *ret)
{
	const struct texts_of *ids = &ret->query->periods;

	if (ids->count < 1 || ids->count > FIGURES_PERIODS_MAX) {
		fail_invalid(ctx, "/periods", "figures.periods",
		    "from 1 to %d periods", FIGURES_PERIODS_MAX);
		return;
	}
	ret->periods = ARENA_ARRAY(ctx->arena, ids->count, struct asked_period);
	for (size_t i = 0; i < ids->count; i++) {
		struct asked_period *period = &ret->periods[ret->period_count];
		const char *pointer = item_pointer(ctx, "/periods", i);

		if (!question_read_period(ctx, ret, pointer, ids->at[i],
			period))
			continue;
		for (size_t k = 0; k < ret->period_count; k++)
			if (strcmp(ret->periods[k].id, ids->at[i]) == 0)
				fail_invalid(ctx, pointer, "figures.periods",
				    "%s is named twice", ids->at[i]);
		ret->period_count++;
	}
}

static bool
has_cell(const struct asked_cell *cells, size_t count, const char *column)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(cells[i].column, column) == 0)
			return true;
	return false;
}

/* all.* of every column, in the order in which the periods bring them. */
static void
default_cells(struct ctx *ctx, struct asked *ret)
{
	struct asked_cell *cells =
	    ARENA_ARRAY(ctx->arena, FIGURES_CELLS_MAX, struct asked_cell);
	size_t n = 0;

	for (size_t p = 0; p < ret->period_count; p++) {
		const struct form_version *v = ret->periods[p].version;

		for (size_t c = 0; c < v->column_count; c++) {
			if (n == FIGURES_CELLS_MAX ||
			    has_cell(cells, n, v->columns[c].id))
				continue;
			cells[n].column = v->columns[c].id;
			cells[n++].id = arena_printf(ctx->arena, "all.%s",
			    v->columns[c].id);
		}
	}
	ret->cells = cells;
	ret->cell_count = n;
}

static void
read_cells(struct ctx *ctx, struct asked *ret)
{
	const struct texts_of *ids = &ret->query->cells;
	struct asked_cell *cells = NULL;

	if (ids->at == NULL) {
		default_cells(ctx, ret);
		return;
	}
	if (ids->count < 1 || ids->count > FIGURES_CELLS_MAX) {
		fail_invalid(ctx, "/cells", "figures.cell",
		    "from 1 to %d cells", FIGURES_CELLS_MAX);
		return;
	}
	cells = ARENA_ARRAY(ctx->arena, ids->count, struct asked_cell);
	for (size_t i = 0; i < ids->count; i++)
		if (question_read_cell(ids->at[i], &cells[i]))
			ret->cell_count++;
		else /* made here, as it costs as much as the cell */
			question_no_cell(ctx, item_pointer(ctx, "/cells", i),
			    ids->at[i]);
	ret->cells = cells;
}

static const struct form_column *
find_column(const struct form_version *version, const char *id)
{
	for (size_t c = 0; c < version->column_count; c++)
		if (strcmp(version->columns[c].id, id) == 0)
			return &version->columns[c];
	return NULL;
}

/* Positions of the asked cells in a period's version; absent ones have none. */
void
question_place_cells(struct ctx *ctx, const struct asked *asked,
    struct asked_period *period)
{
	const struct form_version *v = period->version;
	size_t n = 0;

	period->first = ARENA_ARRAY(ctx->arena, asked->cell_count + 1, size_t);
	period->columns = ARENA_ARRAY(ctx->arena, asked->cell_count,
	    const struct form_column *);
	period->cells =
	    ARENA_ARRAY(ctx->arena, asked->cell_count * v->row_count + 1, int);
	for (size_t i = 0; i < asked->cell_count; i++) {
		const struct asked_cell *cell = &asked->cells[i];

		period->first[i] = n;
		if (cell->column == NULL) {
			const int at = form_cell(v, cell->id);

			if (at < 0)
				continue;
			period->cells[n++] = at;
			period->columns[i] = form_column_at(v, (size_t)at);
			continue;
		}
		period->columns[i] = find_column(v, cell->column);
		for (size_t c = 0;
		     period->columns[i] != NULL && c < v->cell_count; c++)
			if (form_column_at(v, c) == period->columns[i])
				period->cells[n++] = (int)c;
	}
	period->first[asked->cell_count] = n;
	period->cell_count = n;
}

/* A cell that no period's version knows is a mistake, not a gap. */
static void
check_cells(struct ctx *ctx, const struct asked *asked)
{
	for (size_t i = 0; i < asked->cell_count; i++) {
		bool known = false;

		for (size_t p = 0; p < asked->period_count; p++)
			known = known || asked->periods[p].columns[i] != NULL;
		if (!known)
			fail_invalid(ctx, item_pointer(ctx, "/cells", i),
			    "figures.cell", "the form has no cell %s",
			    asked->cells[i].id);
	}
}

static void
read_rows(struct ctx *ctx, struct asked *ret)
{
	const struct figures_query *q = ret->query;
	int64_t level = -1;

	ret->children_of = -1;
	if ((q->units.at != NULL) + (q->children_of != NULL) +
		(q->level != NULL) !=
	    1)
		fail_invalid(ctx, "", "figures.rows",
		    "exactly one of units, children_of and level");
	if (q->level != NULL &&
	    !num_parse(q->level, LEVEL_NATION, LEVEL_COMMUNE, &level))
		fail_invalid(ctx, "/level", "figures.level", "not from 0 to 3");
	ret->level = (int)level;
}

static enum fail
find_units(struct ctx *ctx, struct asked *ret)
{
	const struct texts_of *refs = &ret->query->units;
	int *units = NULL;

	if (refs->count < 1 || refs->count > FIGURES_UNITS_MAX) {
		fail_invalid(ctx, "/units", "figures.rows",
		    "from 1 to %d units", FIGURES_UNITS_MAX);
		return fail_valid(ctx);
	}
	units = ARENA_ARRAY(ctx->arena, refs->count, int);
	for (size_t i = 0; i < refs->count; i++) {
		const struct unit *unit = NULL;

		TRY(directory_find_at(ctx, ret->dir,
		    item_pointer(ctx, "/units", i), refs->at[i], &unit));
		TRY(access_unit(ctx, permission, unit->id));
		units[i] = unit->number;
	}
	for (size_t p = 0; p < ret->period_count; p++) {
		ret->periods[p].units = units;
		ret->periods[p].unit_count = refs->count;
	}
	return OK;
}

bool
question_nation(const struct ctx *ctx, const struct directory *dir)
{
	const int root =
	    structure_root(directory_structure(dir, day_of_us(ctx->now_us)));

	return access_nation(ctx, permission,
	    root < 0 ? 0 : directory_at(dir, root)->id);
}

bool
question_may_all(struct ctx *ctx, const struct directory *dir, const int *units,
    size_t count)
{
	if (question_nation(ctx, dir))
		return true;
	for (size_t i = 0; i < count; i++)
		if (!access_may(ctx, permission,
			directory_at(dir, units[i])->id))
			return false;
	return true;
}

static enum fail
find_parent(struct ctx *ctx, struct asked *ret)
{
	const struct unit *unit = NULL;

	TRY(directory_find_at(ctx, ret->dir, "/children_of",
	    ret->query->children_of, &unit));
	TRY(access_unit(ctx, permission, unit->id));
	ret->children_of = unit->number;
	for (size_t p = 0; p < ret->period_count; p++) {
		size_t count = 0;
		const int *children =
		    structure_children(ret->periods[p].structure, unit->number,
			&count);

		if (!question_may_all(ctx, ret->dir, children, count))
			return FAIL(ctx, FAIL_DENIED, "access.denied",
			    "not for the children of unit %" PRId64, unit->id);
	}
	return OK;
}

/* Without the whole nation: the units of the level that are in reach. */
static enum fail
find_level(struct ctx *ctx, struct asked *ret)
{
	bool any = false;

	for (size_t p = 0; p < ret->period_count; p++) {
		struct asked_period *period = &ret->periods[p];
		size_t alive = 0;
		const int *list = structure_units(period->structure, &alive);
		int *units = ARENA_ARRAY(ctx->arena, alive + 1, int);

		for (size_t i = 0; i < alive; i++)
			if (structure_level(period->structure, list[i]) ==
				ret->level &&
			    access_may(ctx, permission,
				directory_at(ret->dir, list[i])->id))
				units[period->unit_count++] = list[i];
		period->units = units;
		any = any || period->unit_count > 0;
	}
	ret->level = -1;
	if (!any)
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "no unit of the level is in reach");
	return OK;
}

static enum fail
find_rows(struct ctx *ctx, struct asked *ret)
{
	const bool nation = question_nation(ctx, ret->dir);

	ret->show_total = nation || ret->query->children_of != NULL;
	if (ret->query->units.at != NULL)
		return find_units(ctx, ret);
	if (ret->query->children_of != NULL)
		return find_parent(ctx, ret);
	return nation ? OK : find_level(ctx, ret);
}

static size_t
count_rows(const struct asked *asked, const struct asked_period *period)
{
	size_t n = 0;
	size_t count = 0;
	const int *list = NULL;

	if (period->units != NULL)
		return period->unit_count;
	if (asked->children_of >= 0) {
		structure_children(period->structure, asked->children_of,
		    &count);
		return count;
	}
	list = structure_units(period->structure, &count);
	for (size_t i = 0; i < count; i++)
		n +=
		    structure_level(period->structure, list[i]) == asked->level;
	return n;
}

/* Views hold sums as of now; all else is added up from every report. */
static bool
is_scanned(const struct asked *asked, const struct asked_period *period)
{
	if (asked->index != INT64_MAX || asked->apportion)
		return true;
	for (size_t i = 0; i < asked->cell_count; i++)
		if (period->columns[i] != NULL &&
		    period->columns[i]->aggregation != AGG_SUM)
			return true;
	return false;
}

bool
question_is_large(const struct asked_size *size)
{
	return size->values > SMALL_VALUES || size->sums > SMALL_SUMS ||
	       size->scanned > SMALL_SCANNED;
}

static enum fail
measure(struct ctx *ctx, struct asked *asked)
{
	const struct asked_period *counted = NULL;
	struct asked_size *size = &asked->size;
	size_t rows = 0;
	size_t alive = 0;

	for (size_t p = 0; p < asked->period_count; p++) {
		const struct asked_period *period = &asked->periods[p];

		/* Periods mostly share a structure; counting one is not free. */
		if (counted == NULL || period->units != NULL ||
		    period->structure != counted->structure)
			rows = count_rows(asked, period);
		counted = period;
		size->sums += rows * period->cell_count;
		size->values += rows * asked->cell_count;
		(void)structure_units(period->structure, &alive);
		if (is_scanned(asked, period))
			size->scanned += alive * period->cell_count;
		if (rows > FIGURES_ROWS_MAX || size->sums > FIGURES_SUMS_MAX ||
		    size->values > FIGURES_VALUES_MAX)
			return FAIL(ctx, FAIL_TOO_BIG, "figures.too_big",
			    "%zu rows in %s, %zu values so far", rows,
			    period->id, size->values);
	}
	return OK;
}

enum fail
question_read(struct ctx *ctx, const struct figures_query *query,
    struct asked *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->query = query;
	TRY(access_any(ctx, permission));
	if (query->form != NULL)
		ret->form = catalogue_form(catalogue_now(ctx), query->form);
	if (ret->form == NULL)
		fail_invalid(ctx, "/form", "form.unknown", "no such form");
	else
		read_periods(ctx, ret);
	read_cells(ctx, ret);
	read_rows(ctx, ret);
	question_read_when(ctx, query->as_of, query->structure, query->basis,
	    ret);
	ret->apportion =
	    read_choice(ctx, "/apportion", query->apportion, "none", "equal");
	ret->format = question_read_format(ctx, query->format);
	TRY(fail_valid(ctx));
	TRY(question_directory(ctx, ret));
	for (size_t p = 0; p < ret->period_count; p++) {
		if (!question_structure(ret, &ret->periods[p]))
			fail_invalid(ctx, "/structure", "figures.structure",
			    "no unit was alive on that day");
		question_place_cells(ctx, ret, &ret->periods[p]);
	}
	check_cells(ctx, ret);
	TRY(fail_valid(ctx));
	TRY(find_rows(ctx, ret));
	return measure(ctx, ret);
}

const struct cube_question *
question_put(struct ctx *ctx, const struct asked *asked)
{
	struct cube_question *put =
	    ARENA_ARRAY(ctx->arena, asked->period_count, struct cube_question);

	for (size_t p = 0; p < asked->period_count; p++) {
		const struct asked_period *period = &asked->periods[p];

		put[p] = (struct cube_question){
			.version = period->version,
			.period = period->period,
			.dir = asked->dir,
			.structure = period->structure,
			.basis = asked->basis,
			.index = asked->index,
			.apportion = asked->apportion,
			.cells = period->cells,
			.cell_count = period->cell_count,
			.units = period->units,
			.unit_count = period->unit_count,
			.children_of = asked->children_of,
			.level = asked->level,
		};
	}
	return put;
}
