#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/text.h"
#include "http/engine.h"
#include "http/queue.h"
#include "http/spool.h"

/*
 * The workers: each takes an exchange from the queue, does what it is asked for
 * and hands it back.  They may block, on the disk and in the handler.
 */

/* ---- a large body ---- */

static void
begin_spool(struct exchange *ex)
{
	enum spool_room room = SPOOL_FULL;

	if (ex->announced > ex->engine->options.spool_max) {
		exchange_refuse(ex, BODY_TOO_BIG);
		return;
	}
	room = ex->engine->spool == NULL
		   ? SPOOL_FULL
		   : spool_begin(ex->engine->spool, ex->arena, ex->request.id,
			 ex->announced, &ex->spool);

	if (room == SPOOL_ROOM)
		text_reserve(&ex->body,
		    ENGINE_SPOOL_PIECE + ENGINE_CONNECTION_BYTES);
	if (room == SPOOL_BUSY)
		exchange_refuse(ex, BODIES_FULL);
	if (room == SPOOL_FULL)
		exchange_refuse(ex, DISK_FULL);
}

static void
admit(struct exchange *ex)
{
	const struct engine_options *options = &ex->engine->options;
	struct http_response response = { 0 };
	const enum http_admission got = options->admit(options->arg, ex->arena,
	    &ex->request, ex->announced, &response);

	if (got == HTTP_REFUSED) {
		exchange_answer(ex, &response);
		ex->is_refused = true;
	} else if (got == HTTP_SPOOLED) {
		begin_spool(ex);
	} else if ((uint64_t)ex->announced > options->body_max) {
		exchange_refuse(ex, BODY_TOO_BIG);
	}
}

/* What has come goes to the file; the room is used again. */
static void
spool_body(struct exchange *ex)
{
	if (!spool_add(ex->spool, text_bytes(&ex->body)))
		ex->is_disk_full = true;
	ex->body.len = 0;
}

/* ---- the answer ---- */

/* False: the handler gave it away. */
static bool
answer(struct exchange *ex)
{
	const struct engine_options *options = &ex->engine->options;
	struct http_spooled *spooled = NULL;

	if (ex->spool != NULL) {
		spooled = ARENA_NEW(ex->arena, struct http_spooled);
		spool_body(ex);
		if (!spool_end(ex->spool, spooled)) {
			exchange_refuse(ex, DISK_FULL);
			return true;
		}
		ex->request.spooled = spooled;
	}
	if (!options->handle(options->arg, ex->arena, &ex->request,
		&ex->response))
		return false;
	exchange_answer(ex, &ex->response);
	return true;
}

static bool
go_on(struct exchange *ex)
{
	if (!ex->step(ex->step_arg))
		return false;
	exchange_answer(ex, &ex->response);
	return true;
}

void
http_go_on(struct http_turn *turn, bool (*step)(void *arg), void *arg)
{
	struct exchange *ex = (struct exchange *)turn;

	ex->step = step;
	ex->step_arg = arg;
	ex->errand = ERRAND_GO_ON;
	queue_put(ex->engine->queue, ex->key, ex);
}

/* ---- errands ---- */

/*
 * To the I/O thread, whose it is from here on.  Only the first one has to
 * wake it: it takes all that are there by then.
 */
static void
hand_back(struct engine *engine, struct exchange *ex)
{
	struct exchange *first = atomic_load(&engine->handed_back);

	atomic_fetch_sub(&engine->in_work, 1);
	do
		ex->next = first;
	while (!atomic_compare_exchange_weak(&engine->handed_back, &first, ex));
	if (first == NULL)
		engine_wake(engine);
}

void
exchange_free(struct exchange *ex)
{
	arena_free(ex->arena);
	free(ex);
}

/* What is not handed back is another's already, or gone. */
static void
run_errand(struct engine *engine, struct exchange *ex)
{
	switch (ex->errand) {
	case ERRAND_ADMIT:
		admit(ex);
		break;
	case ERRAND_SPOOL:
		spool_body(ex);
		break;
	case ERRAND_ANSWER:
		if (!answer(ex))
			return;
		break;
	case ERRAND_GO_ON:
		if (!go_on(ex))
			return;
		break;
	case ERRAND_REMOVE:
		exchange_free(ex);
		atomic_fetch_sub(&engine->in_work, 1);
		return;
	}
	hand_back(engine, ex);
}

void *
engine_work(void *arg)
{
	struct engine *engine = arg;
	struct exchange *ex = NULL;

	while ((ex = queue_take(engine->queue)) != NULL)
		run_errand(engine, ex);
	return NULL;
}
