#include "centre/figures.h"

#include "centre/question.h"
#include "centre/render.h"
#include "cube/cube.h"

enum fail
figures_render(struct ctx *ctx, const struct figures_query *query,
    struct text *text)
{
	struct asked asked;
	struct cube_answer *answers = NULL;
	int64_t index = 0;

	TRY(question_read(ctx, query, &asked));
	TRY(cube_ask_all(ctx, question_put(ctx, &asked), asked.period_count,
	    &answers, &index));
	render_answers(ctx, &asked, answers, index, text);
	return OK;
}
