#include "centre/trace.h"

#include <inttypes.h>
#include <string.h>

#include "app/page.h"
#include "app/table.h"
#include "centre/figure_sheet.h"
#include "centre/question.h"
#include "centre/render.h"
#include "core/arena.h"
#include "core/paging.h"
#include "core/text.h"
#include "people/access.h"

static const char permission[] = "figures.read";

struct tracing {
	struct asked asked; /* one period, one cell */
	struct asked_cell cell;
	struct asked_period period;
	const struct unit *unit;
	enum cube_row_kind kind;
	int level; /* -1 */
};

static void
read_kind(struct ctx *ctx, const struct trace_query *query, struct tracing *ret)
{
	static const struct {
		const char *name;
		enum cube_row_kind kind;
	} kinds[] = { { "unit", ROW_UNIT }, { "total", ROW_TOTAL },
		{ "other", ROW_OTHER }, { "unallocated", ROW_UNALLOCATED } };
	int64_t level = -1;

	ret->kind = ROW_UNIT;
	if (query->kind != NULL) {
		size_t i = 0;

		while (i < ARRAY_SIZE(kinds) &&
		       strcmp(kinds[i].name, query->kind) != 0)
			i++;
		if (i == ARRAY_SIZE(kinds))
			fail_invalid(ctx, "/kind", "figures.choice",
			    "no kind of row");
		else
			ret->kind = kinds[i].kind;
	}
	if (query->level != NULL &&
	    !num_parse(query->level, LEVEL_NATION, LEVEL_COMMUNE, &level))
		fail_invalid(ctx, "/level", "figures.level", "not from 0 to 3");
	ret->level = (int)level;
}

static enum fail
read_query(struct ctx *ctx, const struct trace_query *query,
    struct tracing *ret)
{
	struct asked *asked = &ret->asked;

	memset(ret, 0, sizeof(*ret));
	TRY(access_any(ctx, permission));
	asked->periods = &ret->period;
	asked->period_count = 1;
	asked->cells = &ret->cell;
	asked->cell_count = 1;
	if (query->form != NULL)
		asked->form = catalogue_form(catalogue_now(ctx), query->form);
	if (asked->form == NULL)
		fail_invalid(ctx, "/form", "form.unknown", "no such form");
	else
		question_read_period(ctx, asked, "/period",
		    query->period == NULL ? "" : query->period, &ret->period);
	if (!question_read_cell(query->cell == NULL ? "" : query->cell,
		&ret->cell))
		question_no_cell(ctx, "/cell", ret->cell.id);
	read_kind(ctx, query, ret);
	asked->format = question_read_format(ctx, query->format);
	question_read_when(ctx, query->as_of, query->structure, query->basis,
	    asked);
	TRY(fail_valid(ctx));
	TRY(question_directory(ctx, asked));
	if (!question_structure(asked, &ret->period))
		fail_invalid(ctx, "/structure", "figures.structure",
		    "no unit was alive on that day");
	question_place_cells(ctx, asked, &ret->period);
	if (ret->period.columns[0] == NULL)
		fail_invalid(ctx, "/cell", "figures.cell",
		    "the form has no cell %s", ret->cell.id);
	return fail_valid(ctx);
}

static enum fail
find_unit(struct ctx *ctx, const struct trace_query *query, struct tracing *ret)
{
	const struct directory *dir = ret->asked.dir;

	ret->unit = directory_at(dir, structure_root(ret->period.structure));
	if (query->unit != NULL)
		TRY(directory_find_at(ctx, dir, "/unit", query->unit,
		    &ret->unit));
	TRY(access_unit(ctx, permission, ret->unit->id));
	if (ret->level >= 0 && !question_nation(ctx, dir))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "a level's rest is the whole nation's");
	return OK;
}

/* What a report gives of the total, as a row of figures would show it. */
static struct shown
shown_part(const struct tracing *tracing, const struct cube_part *part)
{
	static const enum shown_state states[] = {
		[CELL_MISSING] = SHOWN_MISSING,
		[CELL_VALUE] = SHOWN_VALUE,
		[CELL_NONE] = SHOWN_NONE,
		[CELL_WITHHELD] = SHOWN_WITHHELD,
	};
	const struct form_column *column = tracing->period.columns[0];
	struct shown shown = { .state = states[part->state],
		.value = part->amount,
		.scale = column->scale,
		.count = part->values };

	if (part->values > 1 && (column->aggregation == AGG_NONE ||
				    column->aggregation == AGG_LAST))
		shown.state = SHOWN_NOT_ADDED;
	return shown;
}

static void
add_part(const struct tracing *tracing, const struct cube_part *part,
    struct text *text)
{
	const struct unit *unit = directory_at(tracing->asked.dir, part->unit);
	const struct shown shown = shown_part(tracing, part);

	text_add(text, "{\"unit\":");
	text_int(text, unit->id);
	text_add(text, ",\"name\":");
	text_json(text, unit_name(unit, tracing->period.period.to));
	text_add(text, ",\"report\":");
	text_int(text, part->report);
	text_add(text, ",\"version\":");
	text_int(text, part->version);
	text_add(text, ",\"ledger_index\":");
	text_int(text, part->index);
	text_add(text, ",\"value\":");
	render_value(text, &shown);
	text_add(text, part->whole ? ",\"whole\":true}" : ",\"whole\":false}");
}

static void
add_csv_part(const struct tracing *tracing, const struct cube_part *part,
    struct text *text)
{
	const struct unit *unit = directory_at(tracing->asked.dir, part->unit);
	const struct shown shown = shown_part(tracing, part);

	text_addf(text, "%" PRId64 ",", unit->id);
	text_csv(text, unit_name(unit, tracing->period.period.to));
	text_addf(text, ",%" PRId64 ",%d,%" PRId64 ",", part->report,
	    part->version, part->index);
	text_csv(text, tracing->cell.id);
	text_addf(text, ",%s,", render_state(shown.state));
	if (shown.state == SHOWN_VALUE)
		render_decimal(text, shown.value, shown.scale);
	text_addf(text, ",%d\r\n", part->whole);
}

struct part_page {
	struct cube_part *parts;
	size_t count;
	size_t first; /* so many are before it */
	size_t total; /* in reach */
};

/* A page of the reports in reach: all, or the actor's own among them. */
static enum fail
find_parts(struct ctx *ctx, const struct trace_query *query,
    const struct tracing *tracing, const struct cube_question *question,
    struct part_page *ret)
{
	const size_t limit =
	    tracing->asked.format == ASKED_SHEET && query->limit == 0
		? TABLE_ROWS_MAX
		: paging_limit(query->limit);
	const struct asked_period *period = &tracing->period;
	const bool nation = question_nation(ctx, tracing->asked.dir);
	struct cube_part *parts = NULL;
	size_t count = 0;
	size_t total = 0;

	TRY(cube_trace(ctx, question, tracing->unit->number, tracing->kind,
	    period->cells, period->cell_count, SIZE_MAX, &parts, &count,
	    &total));
	*ret =
	    (struct part_page){ .parts = parts, .first = (size_t)query->after };
	for (size_t i = 0; i < count; i++) {
		const struct unit *unit =
		    directory_at(tracing->asked.dir, parts[i].unit);

		if (!nation && !access_may(ctx, permission, unit->id))
			continue;
		if (ret->total++ < ret->first || ret->count == limit)
			continue;
		parts[ret->count++] = parts[i];
	}
	return OK;
}

static void
add_parts(const struct tracing *tracing, const struct part_page *page,
    struct text *text)
{
	const size_t seen = page->first + page->count;

	text_add(text, ",\"parts\":[");
	for (size_t i = 0; i < page->count; i++) {
		if (i > 0)
			text_char(text, ',');
		add_part(tracing, &page->parts[i], text);
	}
	text_add(text, "],\"next\":");
	if (page->count > 0 && seen < page->total)
		text_int(text, (long long)seen);
	else
		text_add(text, "null");
	text_add(text, ",\"total_parts\":");
	text_int(text, (long long)page->total);
}

static void
add_csv(const struct tracing *tracing, const struct part_page *page,
    struct text *text)
{
	text_add(text,
	    "unit,name,report,version,ledger_index,cell,state,value,whole\r\n");
	for (size_t i = 0; i < page->count; i++)
		add_csv_part(tracing, &page->parts[i], text);
}

static void
add_sheet_part(struct ctx *ctx, const struct tracing *tracing,
    const struct cube_part *part, struct sheet *sheet)
{
	const struct unit *unit = directory_at(tracing->asked.dir, part->unit);
	const struct shown shown = shown_part(tracing, part);

	sheet_text(sheet, unit_name(unit, tracing->period.period.to));
	sheet_text(sheet, unit_any_code(unit, tracing->period.period.to));
	figure_sheet_value(ctx, &shown, sheet);
	sheet_count(sheet, part->report);
	sheet_count(sheet, part->version);
	sheet_count(sheet, part->index + 1); /* people count from 1 */
	sheet_text(sheet,
	    page_word(ctx, part->whole ? "table.yes" : "table.no"));
	sheet_end(sheet);
}

static void
add_sheet(struct ctx *ctx, const struct tracing *tracing,
    const struct part_page *page, int64_t index, struct text *text)
{
	static const char *const heads[] = { "unit", "code", "value", "report",
		"version", "ledger_index", "whole" };
	struct sheet sheet = { 0 };

	sheet_begin(ctx, &sheet, text);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		sheet_text(&sheet, figure_sheet_word(ctx, heads[i]));
	sheet_end(&sheet);
	for (size_t i = 0; i < page->count; i++)
		add_sheet_part(ctx, tracing, &page->parts[i], &sheet);
	figure_sheet_foot(ctx, &tracing->asked, "trace", index, &sheet);
	sheet_fact(&sheet, figure_sheet_word(ctx, "unit"),
	    unit_name(tracing->unit, tracing->period.on));
	sheet_fact(&sheet, figure_sheet_word(ctx, "period"),
	    period_words(ctx, tracing->period.id));
	sheet_fact(&sheet, figure_sheet_word(ctx, "cell"),
	    figure_sheet_head(ctx, &tracing->asked, 0));
	sheet_text(&sheet, figure_sheet_word(ctx, "parts"));
	sheet_count(&sheet, (int64_t)page->total);
	sheet_end(&sheet);
}

static void
add_child(const struct tracing *tracing, const struct cube_row *row,
    struct text *text)
{
	const struct shown shown = render_cell(&tracing->period, 0, row);
	const struct unit *unit = NULL;

	if (row->unit >= 0)
		unit = directory_at(tracing->asked.dir, row->unit);
	text_add(text, "{\"unit\":");
	if (unit == NULL)
		text_add(text, "null,\"name\":\"\"");
	else
		text_int(text, unit->id);
	if (unit != NULL) {
		text_add(text, ",\"name\":");
		text_json(text, unit_name(unit, tracing->period.on));
	}
	text_add(text, ",\"value\":");
	render_value(text, &shown);
	text_add(text, ",\"kind\":");
	text_json(text, render_kind(row->kind));
	text_char(text, '}');
}

/* The rows under the unit, if all of them are in reach. */
static void
add_children(struct ctx *ctx, const struct tracing *tracing,
    const struct cube_row *rows, size_t count, struct text *text)
{
	size_t n = 0;
	const int *children = structure_children(tracing->period.structure,
	    tracing->unit->number, &n);
	bool comma = false;

	text_add(text, ",\"children\":[");
	if ((tracing->kind == ROW_UNIT || tracing->kind == ROW_TOTAL) &&
	    tracing->level < 0 &&
	    question_may_all(ctx, tracing->asked.dir, children, n))
		for (size_t r = 0; n > 0 && r < count; r++) {
			if (rows[r].kind == ROW_TOTAL)
				continue;
			if (comma)
				text_char(text, ',');
			comma = true;
			add_child(tracing, &rows[r], text);
		}
	text_char(text, ']');
}

static const struct cube_row *
find_row(const struct tracing *tracing, const struct cube_row *rows,
    size_t count)
{
	const enum cube_row_kind kind =
	    tracing->kind == ROW_UNIT ? ROW_TOTAL : tracing->kind;
	size_t r = 0;

	while (r + 1 < count && rows[r].kind != kind)
		r++;
	return &rows[r];
}

static void
add_json(struct ctx *ctx, const struct tracing *tracing,
    const struct part_page *page, const struct cube_row *rows, size_t count,
    int64_t index, struct text *text)
{
	const struct shown shown =
	    render_cell(&tracing->period, 0, find_row(tracing, rows, count));

	text_add(text, "{\"unit\":");
	text_int(text, tracing->unit->id);
	text_add(text, ",\"name\":");
	text_json(text, unit_name(tracing->unit, tracing->period.on));
	text_add(text, ",\"cell\":");
	text_json(text, tracing->cell.id);
	text_add(text, ",\"value\":");
	render_value(text, &shown);
	text_add(text, ",\"index\":");
	text_int(text, index);
	add_parts(tracing, page, text);
	add_children(ctx, tracing, rows, count, text);
	text_char(text, '}');
}

enum fail
trace_render(struct ctx *ctx, const struct trace_query *query,
    struct text *text, const char **ret_name)
{
	struct tracing tracing;
	struct cube_question question;
	struct cube_row *rows = NULL;
	struct part_page page;
	size_t count = 0;

	TRY(read_query(ctx, query, &tracing));
	TRY(find_unit(ctx, query, &tracing));
	tracing.asked.level = tracing.level;
	tracing.asked.children_of =
	    tracing.level < 0 ? tracing.unit->number : -1;
	question = *question_put(ctx, &tracing.asked);
	TRY(cube_ask(ctx, &question, &rows, &count, &question.index));
	/* From here on the parts of this very total. */
	TRY(find_parts(ctx, query, &tracing, &question, &page));
	switch (tracing.asked.format) {
	case ASKED_CSV:
		add_csv(&tracing, &page, text);
		*ret_name = "trace.csv";
		break;
	case ASKED_SHEET:
		add_sheet(ctx, &tracing, &page, question.index, text);
		*ret_name = figure_sheet_name(ctx, &tracing.asked, "trace",
		    question.index);
		break;
	case ASKED_JSON:
		add_json(ctx, &tracing, &page, rows, count, question.index,
		    text);
		break;
	}
	return OK;
}
