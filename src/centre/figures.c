#include "centre/figures.h"

#include "centre/figure_sheet.h"
#include "centre/question.h"
#include "centre/render.h"
#include "cube/cube.h"

static enum fail
make(struct ctx *ctx, const struct asked *asked, struct text *text,
    const char **ret_name)
{
	struct cube_answer *answers = NULL;
	int64_t index = 0;

	TRY(cube_ask_all(ctx, question_put(ctx, asked), asked->period_count,
	    &answers, &index));
	TRY(render_answers(ctx, asked, answers, index, text));
	if (ret_name != NULL && asked->format == ASKED_CSV)
		*ret_name = "figures.csv";
	else if (ret_name != NULL && asked->format == ASKED_SHEET)
		*ret_name = figure_sheet_name(ctx, asked, "title", index);
	return OK;
}

enum fail
figures_weigh(struct ctx *ctx, const struct figures_query *query,
    bool *ret_large)
{
	struct asked asked;

	TRY(question_read(ctx, query, &asked));
	*ret_large = question_is_large(&asked.size);
	return OK;
}

enum fail
figures_render(struct ctx *ctx, const struct figures_query *query,
    struct text *text)
{
	struct asked asked;

	TRY(question_read(ctx, query, &asked));
	return make(ctx, &asked, text, NULL);
}

enum fail
figures_answer(struct ctx *ctx, const struct figures_query *query,
    bool has_place, struct text *text, const char **ret_name)
{
	struct asked asked;

	TRY(question_read(ctx, query, &asked));
	if (question_is_large(&asked.size) && !has_place)
		return FAIL(ctx, FAIL_BUSY, "figures.busy",
		    "no place for a large question");
	return make(ctx, &asked, text, ret_name);
}
