#include "toy/toy.h"

#include <inttypes.h>
#include <string.h>

#include "app/flow.h"
#include "blob/upload.h"
#include "core/arena.h"
#include "core/option.h"
#include "event/event.h"
#include "jobs/jobs.h"
#include "people/access.h"
#include "toy/inside.h"
#include "toy/option.h"
#include "toy/state.h"
#include "toy/toy.sql.h"
#include "trust/trust.h"

#define ADDRESS "/api/v1/toys/%" PRId64

static void
fill(struct ctx *ctx, const struct sql_toy_rows *row, struct toy *ret)
{
	struct digest digest = { 0 };

	*ret = (struct toy){
		.id = row->id,
		.unit = row->unit_id,
		.name = row->name,
		.state = row->state,
		.state_name = toy_states[row->state],
	};
	if (row->picture != NULL) {
		memcpy(digest.at, row->picture->at, DIGEST_LEN);
		ret->picture = digest_hex(ctx->arena, &digest);
	}
	ret->actions = flow_allowed(ctx, &toy_flow, ret,
	    arena_printf(ctx->arena, ADDRESS, ret->id));
}

static enum fail
keep_picture(struct ctx *ctx, int64_t id, int64_t upload)
{
	struct digest digest = { 0 };
	int64_t changed = 0;
	int64_t bytes = 0;

	TRY(upload_take(ctx, upload, TOY_BLOB, id, &digest, &bytes));
	return sql_toy_set_picture(ctx, id, digest_bytes(&digest), &changed);
}

enum fail
toy_make(struct ctx *ctx, int64_t unit, const char *name, const int64_t *upload,
    struct toy **ret)
{
	const int64_t most = option_int(ctx->home, &toy_option_table[TOY_MOST]);
	struct sql_toy_count *of = NULL;
	struct sql_toy_insert *made = NULL;
	const char *object = NULL;
	int64_t job = 0;

	TRY(access_unit(ctx, "toy.make", unit));
	TRY(sql_toy_count(ctx, unit, &of));
	if (of->count >= most)
		return FAIL(ctx, FAIL_CONFLICT, "toy.too_many",
		    "unit %" PRId64 " has %" PRId64 " toys", unit, of->count);
	TRY(sql_toy_insert(ctx, unit, name, &made));
	if (upload != NULL)
		TRY(keep_picture(ctx, made->id, *upload));
	object = arena_printf(ctx->arena, "%" PRId64, made->id);
	TRY(event_emit(ctx, TOY_MADE, object, unit));
	TRY(job_add(ctx, TOY_POLISH, object, ctx->now_us, &job));
	return toy_load(ctx, made->id, ret);
}

static enum fail
unknown(struct ctx *ctx, int64_t id)
{
	return FAIL(ctx, FAIL_NOT_FOUND, "toy.unknown", "toy %" PRId64, id);
}

enum fail
toy_load(struct ctx *ctx, int64_t id, struct toy **ret)
{
	struct sql_toy_rows *rows = NULL;
	struct toy *toy = ARENA_NEW(ctx->arena, struct toy);
	size_t count = 0;

	TRY(access_any(ctx, "toy.see"));
	TRY(sql_toy_rows(ctx, id - 1, 1, &rows, &count));
	if (count == 0 || rows[0].id != id)
		return unknown(ctx, id);
	TRY(access_find(ctx, "toy.see", rows[0].unit_id, "toy.unknown"));
	fill(ctx, &rows[0], toy);
	*ret = toy;
	return OK;
}

enum fail
toy_list(struct ctx *ctx, int64_t after, struct toy **ret, size_t *ret_count,
    int64_t *ret_next)
{
	struct sql_toy_rows *rows = NULL;
	struct toy *toys = NULL;
	size_t count = 0;

	TRY(access_any(ctx, "toy.see"));
	TRY(sql_toy_rows(ctx, after, TOY_PAGE_MAX, &rows, &count));
	toys = ARENA_ARRAY(ctx->arena, count, struct toy);
	*ret = toys;
	*ret_count = 0;
	for (size_t i = 0; i < count; i++)
		if (access_may(ctx, "toy.see", rows[i].unit_id))
			fill(ctx, &rows[i], &toys[(*ret_count)++]);
	*ret_next = count == TOY_PAGE_MAX ? rows[count - 1].id : 0;
	return OK;
}

static enum fail
move(struct ctx *ctx, struct toy *toy, int event)
{
	struct flow_step step = { 0 };
	int64_t changed = 0;

	TRY(flow_require(ctx, &toy_flow, event, toy, &step));
	flow_move(&step);
	TRY(flow_check(ctx, &toy_flow, toy));
	return sql_toy_set_state(ctx, toy->id, toy->state, &changed);
}

enum fail
toy_polish(struct ctx *ctx, int64_t id)
{
	struct toy *toy = NULL;

	TRY(toy_load(ctx, id, &toy));
	if (toy->state != TOY_NEW)
		return OK;
	TRY(move(ctx, toy, TOY_EVENT_POLISH));
	toys_count_polished(ctx->home);
	return OK;
}

enum fail
toy_break(struct ctx *ctx, int64_t id, struct toy **ret)
{
	struct toy *toy = NULL;

	TRY(toy_load(ctx, id, &toy));
	TRY(move(ctx, toy, TOY_EVENT_BREAK));
	return toy_load(ctx, id, ret);
}
