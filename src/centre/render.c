#include "centre/render.h"

#include <assert.h>
#include <string.h>

#include "centre/figure_sheet.h"
#include "core/arena.h"
#include "core/decimal.h"

/* A line of the table: where it is in each period's answer, -1. */
struct line {
	enum cube_row_kind kind;
	int unit;
	int *at;
};

struct table {
	const struct asked *asked;
	const struct cube_answer *answers;
	struct line *lines;
	size_t count;
};

const char *
render_kind(enum cube_row_kind kind)
{
	static const char *const names[] = { [ROW_UNIT] = "unit",
		[ROW_OTHER] = "other",
		[ROW_UNALLOCATED] = "unallocated",
		[ROW_TOTAL] = "total" };

	return names[kind];
}

const char *
render_state(enum shown_state state)
{
	static const char *const names[] = { [SHOWN_MISSING] = "missing",
		[SHOWN_VALUE] = "value",
		[SHOWN_NONE] = "none",
		[SHOWN_WITHHELD] = "withheld",
		[SHOWN_NOT_ADDED] = "not_added" };

	return names[state];
}

void
render_decimal(struct text *text, i128 value, int scale)
{
	char out[DECIMAL_TEXT_MAX];
	char *at = out + sizeof(out);
	uint64_t left = 0;
	int digits = 0;

	if (value > INT64_MAX || value <= INT64_MIN) {
		decimal_format(out, value, scale);
		text_add(text, out);
		return;
	}
	left = (uint64_t)(value < 0 ? -value : value);
	do {
		if (scale > 0 && digits == scale)
			*--at = '.';
		*--at = (char)('0' + left % 10);
		left /= 10;
		digits++;
	} while (left > 0 || digits <= scale);
	if (value < 0)
		*--at = '-';
	text_add_n(text, at, (size_t)(out + sizeof(out) - at));
}

void
render_value(struct text *text, const struct shown *shown)
{
	switch (shown->state) {
	case SHOWN_MISSING:
		text_add_n(text, "null", 4);
		return;
	case SHOWN_NONE:
	case SHOWN_WITHHELD:
	case SHOWN_NOT_ADDED:
		text_add(text, "{\"state\":\"");
		text_add(text, render_state(shown->state));
		text_add_n(text, "\"}", 2);
		return;
	case SHOWN_VALUE:
		break;
	}
	if (shown->apportioned)
		text_add(text, "{\"value\":");
	text_char(text, '"');
	render_decimal(text, shown->value, shown->scale);
	text_char(text, '"');
	if (shown->apportioned)
		text_add(text, ",\"apportioned\":true}");
}

/* The j-th position's total joins what was gathered so far. */
static void
gather(struct shown *shown, enum aggregation how, const struct cube_row *row,
    size_t j)
{
	const i128 total = row->totals[j];
	const bool first = shown->state != SHOWN_VALUE;
	const bool marked =
	    row->apportioned != NULL && row->apportioned[j] != 0;

	shown->state = SHOWN_VALUE;
	shown->count += row->values[j];
	shown->apportioned = shown->apportioned || marked;
	switch (how) {
	case AGG_SUM:
		shown->value += total;
		break;
	case AGG_MIN:
		shown->value =
		    first || total < shown->value ? total : shown->value;
		break;
	case AGG_MAX:
		shown->value =
		    first || total > shown->value ? total : shown->value;
		break;
	case AGG_LAST:
	case AGG_NONE:
		shown->value = total;
		break;
	}
}

struct shown
render_cell(const struct asked_period *period, size_t cell,
    const struct cube_row *row)
{
	const struct form_column *column = period->columns[cell];
	const size_t end = period->first[cell + 1];
	struct shown shown = { .state = SHOWN_MISSING };
	size_t given = 0;

	if (column == NULL)
		return shown;
	shown.scale = column->scale;
	for (size_t j = period->first[cell]; j < end; j++) {
		switch (cube_row_state(row, j)) {
		case CELL_VALUE:
			gather(&shown, column->aggregation, row, j);
			given++;
			break;
		case CELL_WITHHELD:
			if (shown.state != SHOWN_VALUE)
				shown.state = SHOWN_WITHHELD;
			break;
		case CELL_NONE:
			if (shown.state == SHOWN_MISSING)
				shown.state = SHOWN_NONE;
			break;
		case CELL_MISSING:
			break;
		}
	}
	if ((column->aggregation == AGG_NONE && shown.count > 1) ||
	    (column->aggregation == AGG_LAST && given > 1))
		shown.state = SHOWN_NOT_ADDED;
	return shown;
}

/* --- one table of all periods -------------------------------------------- */

static struct line *
add_line(struct ctx *ctx, struct table *table, const struct cube_row *row)
{
	struct line *line = &table->lines[table->count++];

	line->kind = row->kind;
	line->unit = row->unit;
	line->at = ARENA_ARRAY(ctx->arena, table->asked->period_count, int);
	memset(line->at, 0xff, table->asked->period_count * sizeof(int));
	return line;
}

/* Units in the order in which the periods bring them; each has one line. */
static void
add_units(struct ctx *ctx, struct table *table, size_t p, int *line_of)
{
	const struct cube_answer *answer = &table->answers[p];

	for (size_t r = 0; r < answer->count; r++) {
		const struct cube_row *row = &answer->rows[r];
		struct line *line = NULL;

		if (row->kind != ROW_UNIT)
			continue;
		if (line_of[row->unit] == 0) {
			line = add_line(ctx, table, row);
			line_of[row->unit] = (int)table->count;
		} else {
			line = &table->lines[line_of[row->unit] - 1];
		}
		line->at[p] = (int)r;
	}
}

/* Other, unallocated and total; the same in every period. */
static void
add_rest(struct ctx *ctx, struct table *table)
{
	const struct cube_answer *first = &table->answers[0];

	for (size_t r = 0; r < first->count; r++) {
		const enum cube_row_kind kind = first->rows[r].kind;
		struct line *line = NULL;

		if (kind == ROW_UNIT ||
		    (kind == ROW_TOTAL && !table->asked->show_total))
			continue;
		line = add_line(ctx, table, &first->rows[r]);
		for (size_t p = 0; p < table->asked->period_count; p++) {
			const struct cube_answer *answer = &table->answers[p];

			for (size_t k = 0; k < answer->count; k++)
				if (answer->rows[k].kind == kind)
					line->at[p] = (int)k;
		}
	}
}

static void
make_table(struct ctx *ctx, const struct asked *asked,
    const struct cube_answer *answers, struct table *ret)
{
	int *line_of =
	    ARENA_ARRAY(ctx->arena, directory_count(asked->dir), int);
	size_t most = 0;

	memset(ret, 0, sizeof(*ret));
	ret->asked = asked;
	ret->answers = answers;
	for (size_t p = 0; p < asked->period_count; p++)
		most += answers[p].count;
	ret->lines = ARENA_ARRAY(ctx->arena, most, struct line);
	for (size_t p = 0; p < asked->period_count; p++)
		add_units(ctx, ret, p, line_of);
	add_rest(ctx, ret);
}

/* The last period in which the line has a row gives its name and place. */
static const struct asked_period *
period_of_line(const struct table *table, const struct line *line)
{
	const struct asked *asked = table->asked;

	for (size_t p = asked->period_count; p-- > 0;)
		if (line->at[p] >= 0 &&
		    (line->unit < 0 ||
			structure_level(asked->periods[p].structure,
			    line->unit) >= 0))
			return &asked->periods[p];
	return &asked->periods[asked->period_count - 1];
}

static const struct cube_row *
row_of(const struct table *table, const struct line *line, size_t p)
{
	return line->at[p] < 0 ? NULL : &table->answers[p].rows[line->at[p]];
}

/* Asked after each line, which is short against the most. */
static enum fail
check_length(struct ctx *ctx, const struct text *text)
{
	if (text->len > FIGURES_BYTES_MAX)
		return FAIL(ctx, FAIL_TOO_BIG, "figures.too_big",
		    "more than %zu bytes", FIGURES_BYTES_MAX);
	return OK;
}

/* --- JSON ---------------------------------------------------------------- */

static void
add_key(struct text *text, const char *key)
{
	text_char(text, '"');
	text_add(text, key);
	text_add_n(text, "\":", 2);
}

static void
add_text_or_null(struct text *text, const char *key, const char *value)
{
	add_key(text, key);
	if (value == NULL)
		text_add(text, "null");
	else
		text_json(text, value);
}

static void
json_head(struct ctx *ctx, const struct asked *asked, int64_t index,
    struct text *text)
{
	text_char(text, '{');
	add_text_or_null(text, "form", asked->form->code);
	text_char(text, ',');
	add_text_or_null(text, "structure", asked->structure);
	text_add(text, ",\"index\":");
	text_int(text, index);
	text_char(text, ',');
	add_text_or_null(text, "as_of", asked->as_of);
	text_add(text, ",\"basis\":");
	text_json(text, asked->basis == BASIS_SENT ? "sent" : "accepted");
	text_add(text, ",\"apportion\":");
	text_json(text, asked->apportion ? "equal" : "none");
	text_add(text, ",\"cells\":[");
	for (size_t i = 0; i < asked->cell_count; i++) {
		if (i > 0)
			text_char(text, ',');
		text_json(text, asked->cells[i].id);
	}
	text_add(text, "],\"periods\":[");
	for (size_t p = 0; p < asked->period_count; p++) {
		const struct asked_period *period = &asked->periods[p];

		text_add(text, p > 0 ? ",{" : "{");
		add_text_or_null(text, "id", period->id);
		text_char(text, ',');
		add_text_or_null(text, "from",
		    day_text(ctx->arena, period->period.from));
		text_char(text, ',');
		add_text_or_null(text, "to",
		    day_text(ctx->arena, period->period.to));
		text_char(text, ',');
		add_text_or_null(text, "structure_on",
		    day_text(ctx->arena, period->on));
		text_add(text, ",\"version\":");
		text_int(text, period->version->number);
		text_char(text, '}');
	}
	text_add(text, "],\"rows\":[");
}

static void
json_unit(const struct table *table, const struct line *line, struct text *text)
{
	const struct asked_period *period = period_of_line(table, line);
	const struct unit *unit = NULL;
	size_t children = 0;

	if (line->unit < 0) {
		text_add(text, "\"unit\":null,\"name\":\"\",\"code\":null,"
			       "\"level\":null,\"child_count\":0");
		return;
	}
	unit = directory_at(table->asked->dir, line->unit);
	structure_children(period->structure, line->unit, &children);
	text_add(text, "\"unit\":");
	text_int(text, unit->id);
	text_char(text, ',');
	add_text_or_null(text, "name", unit_name(unit, period->on));
	text_char(text, ',');
	add_text_or_null(text, "code", unit_any_code(unit, period->on));
	text_add(text, ",\"level\":");
	text_int(text, unit_near(unit, period->on)->level);
	text_add(text, ",\"child_count\":");
	text_int(text, (long long)children);
}

static void
add_count(struct text *text, const char *key, uint32_t count)
{
	add_key(text, key);
	render_decimal(text, count, 0);
	text_char(text, ',');
}

/* Without a row, nobody was expected and nothing is there. */
static void
json_cells(const struct asked *asked, size_t p, const struct cube_row *row,
    struct text *text)
{
	const struct asked_period *period = &asked->periods[p];
	static const struct cube_row empty;
	const struct cube_row *head = row == NULL ? &empty : row;

	text_char(text, '{');
	add_count(text, "expected", head->expected);
	add_count(text, "reported", head->reported);
	add_count(text, "late", head->late);
	text_add(text, head->closed ? "\"closed\":true," : "\"closed\":false,");
	text_add(text,
	    head->restated ? "\"restated\":true," : "\"restated\":false,");
	text_add(text, "\"values\":[");
	for (size_t i = 0; i < asked->cell_count; i++) {
		struct shown shown = { .state = SHOWN_MISSING };

		if (row != NULL)
			shown = render_cell(period, i, row);
		if (i > 0)
			text_char(text, ',');
		render_value(text, &shown);
	}
	text_add(text, "],\"counts\":[");
	for (size_t i = 0; i < asked->cell_count; i++) {
		uint32_t count = 0;

		for (size_t j = period->first[i];
		     row != NULL && j < period->first[i + 1]; j++)
			count += row->values[j];
		if (i > 0)
			text_char(text, ',');
		render_decimal(text, count, 0);
	}
	text_add_n(text, "]}", 2);
}

static enum fail
json_table(struct ctx *ctx, const struct table *table, int64_t index,
    struct text *text)
{
	const struct asked *asked = table->asked;

	json_head(ctx, asked, index, text);
	for (size_t i = 0; i < table->count; i++) {
		const struct line *line = &table->lines[i];

		text_add(text, i > 0 ? ",{" : "{");
		add_text_or_null(text, "kind", render_kind(line->kind));
		text_char(text, ',');
		json_unit(table, line, text);
		text_add(text, ",\"periods\":[");
		for (size_t p = 0; p < asked->period_count; p++) {
			if (p > 0)
				text_char(text, ',');
			json_cells(asked, p, row_of(table, line, p), text);
		}
		text_add_n(text, "]}", 2);
		TRY(check_length(ctx, text));
	}
	text_add_n(text, "]}", 2);
	return OK;
}

/* --- CSV ----------------------------------------------------------------- */

/* Kind, unit, name, code and level: the same for all of a row's lines. */
static const char *
csv_unit(struct ctx *ctx, const struct table *table, const struct line *line)
{
	const struct asked_period *period = period_of_line(table, line);
	const struct unit *unit = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	text_add(&text, render_kind(line->kind));
	if (line->unit < 0) {
		text_add(&text, ",,,,");
		return text_of(&text);
	}
	unit = directory_at(table->asked->dir, line->unit);
	text_char(&text, ',');
	text_int(&text, unit->id);
	text_char(&text, ',');
	text_csv(&text, unit_name(unit, period->on));
	text_char(&text, ',');
	text_csv(&text, unit_any_code(unit, period->on));
	text_char(&text, ',');
	text_int(&text, unit_near(unit, period->on)->level);
	return text_of(&text);
}

static void
csv_cells(const struct asked *asked, size_t p, const char *head,
    const struct cube_row *row, struct text *text)
{
	const struct asked_period *period = &asked->periods[p];

	for (size_t i = 0; i < asked->cell_count; i++) {
		const struct shown shown = render_cell(period, i, row);

		text_add(text, head);
		text_char(text, ',');
		text_csv(text, period->id);
		text_addf(text, ",%u,%u,%u,%d,%d,", row->expected,
		    row->reported, row->late, row->closed, row->restated);
		text_csv(text, asked->cells[i].id);
		text_char(text, ',');
		text_add(text, render_state(shown.state));
		text_char(text, ',');
		if (shown.state == SHOWN_VALUE)
			render_decimal(text, shown.value, shown.scale);
		text_addf(text, ",%d,%u\r\n", shown.apportioned, shown.count);
	}
}

static enum fail
csv_table(struct ctx *ctx, const struct table *table, struct text *text)
{
	text_add(text,
	    "kind,unit,name,code,level,period,expected,reported,late,closed,"
	    "restated,cell,state,value,apportioned,count\r\n");
	for (size_t i = 0; i < table->count; i++) {
		const struct line *line = &table->lines[i];
		const char *head = csv_unit(ctx, table, line);

		for (size_t p = 0; p < table->asked->period_count; p++)
			if (line->at[p] >= 0)
				csv_cells(table->asked, p, head,
				    row_of(table, line, p), text);
		TRY(check_length(ctx, text));
	}
	return OK;
}

/* --- for people ---------------------------------------------------------- */

static void
sheet_heads(struct ctx *ctx, const struct asked *asked, struct sheet *sheet)
{
	static const char *const before[] = { "unit", "code", "period",
		"expected", "reported", "late" };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		sheet_text(sheet, figure_sheet_word(ctx, before[i]));
	for (size_t i = 0; i < asked->cell_count; i++)
		sheet_text(sheet, figure_sheet_head(ctx, asked, i));
	sheet_end(sheet);
}

static void
sheet_unit(struct ctx *ctx, const struct table *table, const struct line *line,
    struct sheet *sheet)
{
	const struct asked_period *period = period_of_line(table, line);
	const struct unit *unit = NULL;

	if (line->unit < 0) {
		sheet_text(sheet,
		    figure_sheet_word(ctx, render_kind(line->kind)));
		sheet_text(sheet, NULL);
		return;
	}
	unit = directory_at(table->asked->dir, line->unit);
	sheet_text(sheet, unit_name(unit, period->on));
	sheet_text(sheet, unit_any_code(unit, period->on));
}

/* A line a row and period, its cells side by side as on the screen. */
static void
sheet_line(struct ctx *ctx, const struct table *table, const struct line *line,
    size_t p, struct sheet *sheet)
{
	const struct asked_period *period = &table->asked->periods[p];
	const struct cube_row *row = row_of(table, line, p);

	sheet_unit(ctx, table, line, sheet);
	sheet_text(sheet, period_words(ctx, period->id));
	sheet_count(sheet, row->expected);
	sheet_count(sheet, row->reported);
	sheet_count(sheet, row->late);
	for (size_t i = 0; i < table->asked->cell_count; i++) {
		const struct shown shown = render_cell(period, i, row);

		figure_sheet_value(ctx, &shown, sheet);
	}
	sheet_end(sheet);
}

static enum fail
sheet_lines(struct ctx *ctx, const struct table *table, bool is_total,
    struct sheet *sheet)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct line *line = &table->lines[i];

		if ((line->kind == ROW_TOTAL) != is_total)
			continue;
		for (size_t p = 0; p < table->asked->period_count; p++)
			if (line->at[p] >= 0)
				sheet_line(ctx, table, line, p, sheet);
		TRY(check_length(ctx, sheet->out));
	}
	return OK;
}

static enum fail
sheet_table(struct ctx *ctx, const struct table *table, int64_t index,
    struct text *text)
{
	const struct asked *asked = table->asked;
	struct sheet sheet = { 0 };

	sheet_begin(ctx, &sheet, text);
	sheet_heads(ctx, asked, &sheet);
	/* The total first, as on the screen. */
	TRY(sheet_lines(ctx, table, true, &sheet));
	TRY(sheet_lines(ctx, table, false, &sheet));
	figure_sheet_foot(ctx, asked, "title", index, &sheet);
	return OK;
}

enum fail
render_answers(struct ctx *ctx, const struct asked *asked,
    const struct cube_answer *answers, int64_t index, struct text *text)
{
	struct table table;

	make_table(ctx, asked, answers, &table);
	switch (asked->format) {
	case ASKED_CSV:
		return csv_table(ctx, &table, text);
	case ASKED_SHEET:
		return sheet_table(ctx, &table, index, text);
	case ASKED_JSON:
		break;
	}
	return json_table(ctx, &table, index, text);
}
