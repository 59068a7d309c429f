#include "centre/figure_sheet.h"

#include <inttypes.h>
#include <string.h>

#include "app/page.h"
#include "core/arena.h"
#include "core/day.h"

const char *
figure_sheet_word(struct ctx *ctx, const char *key)
{
	return page_word(ctx, arena_printf(ctx->arena, "centre.sheet.%s", key));
}

static bool
is_english(const struct ctx *ctx)
{
	return text_equal(ctx->locale, "en");
}

static const struct form_row *
row_of(const struct form_version *version, const char *cell)
{
	const size_t len = strcspn(cell, ".");

	for (size_t i = 0; i < version->row_count; i++)
		if (strlen(version->rows[i].id) == len &&
		    strncmp(version->rows[i].id, cell, len) == 0)
			return &version->rows[i];
	return NULL;
}

/* The last period that has the cell says what it is called. */
const char *
figure_sheet_head(struct ctx *ctx, const struct asked *asked, size_t i)
{
	const struct asked_period *period = NULL;
	const struct form_column *column = NULL;
	const struct form_row *row = NULL;
	const char *group = NULL;
	struct text text;

	for (size_t p = 0; p < asked->period_count; p++)
		if (asked->periods[p].columns[i] != NULL)
			period = &asked->periods[p];
	if (period == NULL)
		return asked->cells[i].id;
	column = period->columns[i];
	row = row_of(period->version, asked->cells[i].id);
	group = is_english(ctx) ? column->group_en : column->group_vi;
	text_init(&text, ctx->arena);
	if (row != NULL)
		text_addf(&text,
		    "%s: ", is_english(ctx) ? row->name_en : row->name_vi);
	text_addf(&text, "(%s) ", column->label);
	if (group != NULL)
		text_addf(&text, "%s, ", group);
	text_add(&text, is_english(ctx) ? column->name_en : column->name_vi);
	return text_of(&text);
}

void
figure_sheet_value(struct ctx *ctx, const struct shown *shown,
    struct sheet *sheet)
{
	struct text text;

	switch (shown->state) {
	case SHOWN_MISSING:
		sheet_text(sheet, NULL);
		return;
	case SHOWN_NONE:
	case SHOWN_WITHHELD:
	case SHOWN_NOT_ADDED:
		sheet_text(sheet,
		    figure_sheet_word(ctx, render_state(shown->state)));
		return;
	case SHOWN_VALUE:
		break;
	}
	text_init(&text, ctx->arena);
	render_decimal(&text, shown->value, shown->scale);
	sheet_number(sheet, text_of(&text));
}

static void
add_day(struct ctx *ctx, const char *key, const char *on, struct sheet *sheet)
{
	sheet_text(sheet, figure_sheet_word(ctx, key));
	sheet_day(sheet, on);
	sheet_end(sheet);
}

/* Now, a day, or an index. */
static void
add_as_of(struct ctx *ctx, const struct asked *asked, struct sheet *sheet)
{
	day on = 0;

	if (asked->as_of != NULL && day_parse(asked->as_of, &on)) {
		add_day(ctx, "as_of", asked->as_of, sheet);
		return;
	}
	sheet_fact(sheet, figure_sheet_word(ctx, "as_of"),
	    asked->as_of == NULL
		? figure_sheet_word(ctx, "as_of.now")
		: arena_printf(ctx->arena, "%s %s",
		      figure_sheet_word(ctx, "as_of.index"), asked->as_of));
}

static const char *
basis_key(const struct asked *asked)
{
	return asked->basis == BASIS_SENT ? "basis.sent" : "basis.accepted";
}

void
figure_sheet_foot(struct ctx *ctx, const struct asked *asked, const char *title,
    int64_t index, struct sheet *sheet)
{
	sheet_end(sheet);
	sheet_fact(sheet, page_word(ctx, "table.is"),
	    figure_sheet_word(ctx, title));
	sheet_fact(sheet, figure_sheet_word(ctx, "form"),
	    arena_printf(ctx->arena, "%s, %s", asked->form->code,
		is_english(ctx) ? asked->form->name_en : asked->form->name_vi));
	if (asked->own)
		sheet_fact(sheet, figure_sheet_word(ctx, "structure"),
		    figure_sheet_word(ctx, "structure.own"));
	else
		add_day(ctx, "structure", asked->structure, sheet);
	sheet_fact(sheet, figure_sheet_word(ctx, "basis"),
	    figure_sheet_word(ctx, basis_key(asked)));
	if (asked->apportion)
		sheet_fact(sheet, figure_sheet_word(ctx, "apportion"),
		    figure_sheet_word(ctx, "apportion.equal"));
	sheet_text(sheet, figure_sheet_word(ctx, "index"));
	sheet_count(sheet, index);
	sheet_end(sheet);
	add_as_of(ctx, asked, sheet);
	sheet_text(sheet, page_word(ctx, "table.made"));
	sheet_instant(sheet, time_text(ctx->arena, ctx->now_us));
	sheet_end(sheet);
}

const char *
figure_sheet_name(struct ctx *ctx, const struct asked *asked, const char *title,
    int64_t index)
{
	const struct asked_period *first = &asked->periods[0];
	const struct asked_period *last =
	    &asked->periods[asked->period_count - 1];
	struct text text;

	text_init(&text, ctx->arena);
	text_addf(&text, "%s %s %s", figure_sheet_word(ctx, title),
	    asked->form->code, first->id);
	if (first != last)
		text_addf(&text, " %s", last->id);
	text_addf(&text, " %s %s",
	    asked->own ? figure_sheet_word(ctx, "structure.own")
		       : asked->structure,
	    figure_sheet_word(ctx, basis_key(asked)));
	if (asked->as_of != NULL)
		text_addf(&text, " %s", asked->as_of);
	text_addf(&text, " %" PRId64, index);
	return arena_printf(ctx->arena, "%s.csv",
	    sheet_file(ctx->arena, text_of(&text)));
}
