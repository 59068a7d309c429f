#include "people/sessions.h"

#include <inttypes.h>

#include "core/arena.h"
#include "people/actor_cache.h"
#include "people/credential.h"
#include "people/manage.h"
#include "people/session.sql.h"
#include "people/session_row.h"
#include "people/sign_in.sql.h"

#define LIST_MAX 100

static bool
is_over(struct ctx *ctx, const struct sql_session_newest *row)
{
	return ctx->now_us - row->created_us >= session_life_us(ctx->home) ||
	       ctx->now_us - row->seen_us >= session_idle_us(ctx->home);
}

enum fail
sessions_list(struct ctx *ctx, int64_t person, struct somebodys_session **ret,
    size_t *ret_count)
{
	struct sql_session_newest *rows = NULL;
	struct somebodys_session *out = NULL;
	struct managed *managed = NULL;
	size_t count = 0;
	size_t live = 0;

	TRY(manage_person(ctx, person, &managed));
	TRY(sql_session_newest(ctx, person, LIST_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct somebodys_session);
	for (size_t i = 0; i < count; i++)
		if (!is_over(ctx, &rows[i]))
			out[live++] = (struct somebodys_session){ rows[i].id,
				rows[i].created_us, rows[i].seen_us };
	*ret = out;
	*ret_count = live;
	return OK;
}

enum fail
sessions_end(struct ctx *ctx, int64_t person, int64_t session)
{
	struct sql_session_find *row = NULL;
	struct managed *managed = NULL;

	TRY(manage_person(ctx, person, &managed));
	actor_cache_stage(ctx);
	if (session == 0)
		return session_row_end_others(ctx, person, ctx->actor->session);
	TRY(sql_session_by_id(ctx, session, &row));
	if (row == NULL || row->person_id != person)
		return FAIL(ctx, FAIL_NOT_FOUND, "session.unknown",
		    "no session %" PRId64 " of person %" PRId64, session,
		    person);
	return session_row_end(ctx, row, "session.end");
}

enum fail
sessions_last(struct ctx *ctx, int64_t person, int64_t *ret_us)
{
	struct sql_sign_in_last *row = NULL;

	TRY(sql_sign_in_last(ctx, person, &row));
	*ret_us = row == NULL || row->at_us == NULL ? 0 : *row->at_us;
	return OK;
}
