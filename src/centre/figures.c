#include "centre/figures.h"

#include "centre/admission.h"
#include "centre/question.h"
#include "centre/render.h"
#include "core/arena.h"
#include "cube/cube.h"

static enum fail
make(struct ctx *ctx, const struct asked *asked, struct text *text)
{
	struct cube_answer *answers = NULL;
	int64_t index = 0;

	TRY(cube_ask_all(ctx, question_put(ctx, asked), asked->period_count,
	    &answers, &index));
	return render_answers(ctx, asked, answers, index, text);
}

/* A large table's rows end with its making; only its text waits to be sent. */
static enum fail
make_apart(struct ctx *ctx, const struct asked *asked, struct text *text)
{
	struct arena *outer = ctx->arena;
	struct arena *inner = arena_child(outer);
	struct text whole;
	enum fail got = OK;

	text_init(&whole, inner);
	ctx->arena = inner;
	got = make(ctx, asked, &whole);
	ctx->arena = outer;
	/* The texts of a failure live in the inner one. */
	if (got != OK)
		return got;
	text_add_n(text, whole.at, whole.len);
	admission_keep(ctx, text->room);
	arena_free(inner);
	return OK;
}

enum fail
figures_render(struct ctx *ctx, const struct figures_query *query,
    struct text *text)
{
	struct asked asked;
	enum fail got = OK;

	TRY(question_read(ctx, query, &asked));
	if (!question_is_large(&asked.size))
		return make(ctx, &asked, text);
	TRY(admission_enter(ctx));
	got = make_apart(ctx, &asked, text);
	admission_leave(ctx);
	return got;
}
