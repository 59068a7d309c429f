#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "http/engine.h"

/*
 * An answer in the library's form.  It is made in a worker; a stream's bytes are
 * taken in the I/O thread.
 */

/* For clients without chunks; the library keeps it as long as the stream. */
#define STREAM_BLOCK ((size_t)1024)

/*
 * What a request may hold while its answer waits to be taken, by itself: its
 * arena if that is no larger, else a copy of the body alone.  Larger copies are
 * counted (answers_max).
 */
#define ANSWER_SMALL ((size_t)64 * 1024)

/* The body stays where it is: the arena lives until all is sent. */
static struct MHD_Response *
response_of(struct bytes body)
{
	/* The library takes a pointer to what it only reads. */
	void *at = body.len == 0 ? NULL : (void *)(uintptr_t)body.at;
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(body.len, at,
		MHD_RESPMEM_PERSISTENT);

	assert(response != NULL);
	return response;
}

/* The library sends from the file and closes it. */
static struct MHD_Response *
response_of_file(const struct http_file *file)
{
	struct MHD_Response *response = NULL;

	if (file->bytes == 0) {
		(void)close(file->fd);
		return response_of((struct bytes){ NULL, 0 });
	}
	response =
	    MHD_create_response_from_fd_at_offset64((uint64_t)file->bytes,
		file->fd, (uint64_t)file->offset);
	assert(response != NULL);
	return response;
}

/* ---- streams ---- */

/* Both under the stream's lock, so that neither overtakes the other. */
static void
resume_stream(void *arg)
{
	struct exchange *ex = arg;

	MHD_resume_connection(ex->connection);
	engine_wake(ex->engine);
}

static void
rest_stream(void *arg)
{
	struct exchange *ex = arg;

	peer_work(ex->peer);
	MHD_suspend_connection(ex->connection);
}

/* In the I/O thread, whenever what it gave before is sent. */
static ssize_t
read_stream(void *arg, uint64_t pos, char *to, size_t most)
{
	struct exchange *ex = arg;
	ssize_t taken = 0;

	(void)pos;
	taken = stream_take(ex->stream, to, most, rest_stream);
	if (taken != 0)
		peer_await(ex->peer, PEER_TAKES,
		    ex->engine->options.body_seconds * SECOND_US);
	return taken == STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : taken;
}

static struct MHD_Response *
response_of_stream(struct exchange *ex, struct http_stream *stream)
{
	struct MHD_Response *response = NULL;

	ex->stream = stream;
	stream_attach(stream, resume_stream, ex);
	if (ex->request.is_head)
		return response_of((struct bytes){ NULL, 0 });
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
	    STREAM_BLOCK, read_stream, ex, NULL);
	assert(response != NULL);
	return response;
}

/* ---- all kinds ---- */

static bool
add_headers(struct MHD_Response *answer, const struct http_response *response)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (MHD_add_response_header(answer, response->headers[i].name,
			response->headers[i].value) != MHD_YES)
			return false;
	return true;
}

/* Under the lock: what is held for an owner.  At most answers_max / ANSWER_SMALL
 * hold one. */
static size_t
held_for(const struct engine *engine, int64_t owner)
{
	size_t held = 0;

	for (const struct exchange *ex = engine->holder; ex != NULL;
	     ex = ex->holder_before)
		held += ex->owner == owner ? ex->held : 0;
	return held;
}

/* Under the lock. */
static bool
fits(const struct engine *engine, int64_t owner, size_t len)
{
	const struct engine_options *options = &engine->options;
	const size_t share =
	    options->answers_max * (size_t)options->answers_share / 100;

	return engine->answer_bytes + len <= options->answers_max &&
	       held_for(engine, owner) + len <= share;
}

/* Room among the large answers; without a condition for what has been done, as
 * that is told in any case. */
static bool
hold_answer(struct exchange *ex, int64_t owner, size_t len)
{
	struct engine *engine = ex->engine;
	bool holds = strcmp(ex->request.method, MHD_HTTP_METHOD_GET) != 0;

	(void)pthread_mutex_lock(&engine->answers_lock);
	holds = holds || fits(engine, owner, len);
	if (holds) {
		ex->held = len;
		ex->owner = owner;
		ex->holder_before = engine->holder;
		if (engine->holder != NULL)
			engine->holder->holder_after = ex;
		engine->holder = ex;
		engine->answer_bytes += len;
	}
	(void)pthread_mutex_unlock(&engine->answers_lock);
	return holds;
}

void
exchange_let_go(struct exchange *ex)
{
	struct engine *engine = ex->engine;

	if (ex->held == 0)
		return;
	(void)pthread_mutex_lock(&engine->answers_lock);
	if (ex->holder_after != NULL)
		ex->holder_after->holder_before = ex->holder_before;
	else
		engine->holder = ex->holder_before;
	if (ex->holder_before != NULL)
		ex->holder_before->holder_after = ex->holder_after;
	engine->answer_bytes -= ex->held;
	ex->held = 0;
	(void)pthread_mutex_unlock(&engine->answers_lock);
}

/* A copy of the body is all that is kept.  NULL: there is no room for it. */
static struct MHD_Response *
response_alone(struct exchange *ex, struct bytes body, int64_t owner)
{
	struct MHD_Response *response = NULL;
	void *copy = NULL;

	if (body.len > ANSWER_SMALL && !hold_answer(ex, owner, body.len))
		return NULL;
	if (body.len == 0)
		return response_of(body);
	copy = malloc(body.len);
	assert(copy != NULL);
	memcpy(copy, body.at, body.len);
	response = MHD_create_response_from_buffer(body.len, copy,
	    MHD_RESPMEM_MUST_FREE);
	assert(response != NULL);
	return response;
}

/* NULL: there is no room for it. */
static struct MHD_Response *
response_for(struct exchange *ex, const struct http_response *response)
{
	if (response->stream != NULL)
		return response_of_stream(ex, response->stream);
	if (response->file != NULL)
		return response_of_file(response->file);
	if (arena_used(ex->arena) > ANSWER_SMALL)
		return response_alone(ex, response->body, response->owner);
	return response_of(response->body);
}

/* The arena goes before the answer does, unless the body is in it. */
static void
free_arena(struct exchange *ex, const struct http_response *response)
{
	const bool is_body_there = response->stream == NULL &&
				   response->file == NULL &&
				   arena_used(ex->arena) <= ANSWER_SMALL;

	if (is_body_there || ex->errand == ERRAND_ADMIT)
		return;
	ex->spool = NULL;
	arena_free(ex->arena);
	ex->arena = NULL;
}

void
exchange_answer(struct exchange *ex, const struct http_response *response)
{
	struct MHD_Response *answer = response_for(ex, response);
	bool sound = response->status >= 200 && response->status < 600;

	if (answer == NULL) {
		exchange_refuse(ex, ANSWERS_FULL);
		return;
	}
	sound = sound && add_headers(answer, response);
	ex->status = (unsigned)response->status;
	if (!sound) {
		MHD_destroy_response(answer);
		ex->status = ex->engine->refusal_status[NO_ANSWER];
		answer = response_of((struct bytes){ NULL, 0 });
	}
	if (atomic_load(&ex->engine->phase) != PHASE_SERVING)
		(void)MHD_add_response_header(answer,
		    MHD_HTTP_HEADER_CONNECTION, "close");
	ex->answer = answer;
	free_arena(ex, response);
}

void
exchange_refuse(struct exchange *ex, enum refusal_kind kind)
{
	struct http_response response = { 0 };

	refusal_make(ex->arena, kind, ex->request.id, &response);
	exchange_answer(ex, &response);
	ex->is_refused = true;
}

/* As it is sent, where the library does not send it. */
static struct bytes
bytes_of(struct arena *arena, const struct http_response *response)
{
	const unsigned status = (unsigned)response->status;
	struct text all = { 0 };

	text_init(&all, arena);
	text_addf(&all, "HTTP/1.1 %u %s\r\n", status,
	    MHD_get_reason_phrase_for(status));
	for (size_t i = 0; i < response->header_count; i++)
		text_addf(&all, "%s: %s\r\n", response->headers[i].name,
		    response->headers[i].value);
	text_addf(&all, "Content-Length: %zu\r\n\r\n", response->body.len);
	text_add_n(&all, (const char *)response->body.at, response->body.len);
	return text_bytes(&all);
}

static void
make_refusal(struct engine *engine, enum refusal_kind kind, int at)
{
	struct http_response response = { 0 };

	refusal_make(engine->arena, kind, at, &response);
	engine->refusals[kind][at] = response_of(response.body);
	engine->refusal_status[kind] = (unsigned)response.status;
	(void)add_headers(engine->refusals[kind][at], &response);
	if (kind == BAD_REQUEST)
		engine->bad_request = bytes_of(engine->arena, &response);
}

void
engine_make_refusals(struct engine *engine)
{
	for (int kind = 0; kind < REFUSALS; kind++)
		for (int at = 0; at < REFUSAL_SPREAD; at++)
			make_refusal(engine, (enum refusal_kind)kind, at);
}

void
engine_free_refusals(struct engine *engine)
{
	for (int kind = 0; kind < REFUSALS; kind++)
		for (int at = 0; at < REFUSAL_SPREAD; at++)
			MHD_destroy_response(engine->refusals[kind][at]);
}
