#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"
#include "http/inside.h"

/*
 * Bytes between one producer and the I/O thread.  What is not sent yet is the
 * only memory it takes beyond itself, so one that waits costs next to nothing.
 * The lock is held for a copy and for telling the library to rest or to go on.
 */
struct http_stream {
	pthread_mutex_t lock;
	int holders; /* the producer, and the answer */
	size_t most;
	char *at; /* NULL while there is nothing */
	size_t len;
	size_t taken;
	bool is_ended;   /* nothing more comes */
	bool is_gone;    /* nobody takes it any more */
	bool is_resting; /* the connection waits to be resumed */
	void (*resume)(void *connection);
	void *connection;
	void (*drained)(void *arg); /* NULL: nobody waits for room */
	void *drained_arg;
};

struct http_stream *
http_stream_new(size_t most)
{
	struct http_stream *stream = calloc(1, sizeof(*stream));

	assert(stream != NULL);
	(void)pthread_mutex_init(&stream->lock, NULL);
	stream->holders = 1;
	stream->most = most;
	return stream;
}

struct http_stream *
http_stream_hold(struct http_stream *stream)
{
	(void)pthread_mutex_lock(&stream->lock);
	stream->holders++;
	(void)pthread_mutex_unlock(&stream->lock);
	return stream;
}

static void
give_up(struct http_stream *stream)
{
	bool last = false;

	(void)pthread_mutex_lock(&stream->lock);
	last = --stream->holders == 0;
	(void)pthread_mutex_unlock(&stream->lock);
	if (!last)
		return;
	(void)pthread_mutex_destroy(&stream->lock);
	free(stream->at);
	free(stream);
}

/* Under the lock. */
static void
go_on(struct http_stream *stream)
{
	if (!stream->is_resting)
		return;
	stream->is_resting = false;
	stream->resume(stream->connection);
}

size_t
http_stream_room(struct http_stream *stream)
{
	size_t room = 0;

	(void)pthread_mutex_lock(&stream->lock);
	if (!stream->is_gone && !stream->is_ended)
		room = stream->most - (stream->len - stream->taken);
	(void)pthread_mutex_unlock(&stream->lock);
	return room;
}

bool
http_stream_await(struct http_stream *stream, void (*drained)(void *arg),
    void *arg)
{
	bool waits = false;

	(void)pthread_mutex_lock(&stream->lock);
	waits = stream->len > stream->taken && !stream->is_gone;
	if (waits) {
		stream->drained = drained;
		stream->drained_arg = arg;
	}
	(void)pthread_mutex_unlock(&stream->lock);
	return waits;
}

/* Under the lock: room for len more bytes behind what is not taken yet. */
static void
make_room(struct http_stream *stream, size_t len)
{
	const size_t waiting = stream->len - stream->taken;
	char *at = malloc(waiting + len);

	assert(at != NULL);
	if (waiting > 0)
		memcpy(at, stream->at + stream->taken, waiting);
	free(stream->at);
	stream->at = at;
	stream->len = waiting;
	stream->taken = 0;
}

bool
http_stream_put(struct http_stream *stream, struct bytes bytes)
{
	bool fits = false;

	(void)pthread_mutex_lock(&stream->lock);
	fits = !stream->is_gone && !stream->is_ended &&
	       bytes.len <= stream->most - (stream->len - stream->taken);
	if (fits && bytes.len > 0) {
		make_room(stream, bytes.len);
		memcpy(stream->at + stream->len, bytes.at, bytes.len);
		stream->len += bytes.len;
		go_on(stream);
	}
	(void)pthread_mutex_unlock(&stream->lock);
	return fits;
}

void
http_stream_end(struct http_stream *stream)
{
	(void)pthread_mutex_lock(&stream->lock);
	stream->is_ended = true;
	go_on(stream);
	(void)pthread_mutex_unlock(&stream->lock);
}

bool
http_stream_is_gone(struct http_stream *stream)
{
	bool gone = false;

	(void)pthread_mutex_lock(&stream->lock);
	gone = stream->is_gone;
	(void)pthread_mutex_unlock(&stream->lock);
	return gone;
}

void
http_stream_release(struct http_stream *stream)
{
	if (stream == NULL)
		return;
	http_stream_end(stream);
	give_up(stream);
}

/* ---- the engine's side -------------------------------------------------- */

void
stream_attach(struct http_stream *stream, void (*resume)(void *connection),
    void *connection)
{
	(void)pthread_mutex_lock(&stream->lock);
	stream->resume = resume;
	stream->connection = connection;
	(void)pthread_mutex_unlock(&stream->lock);
}

ssize_t
stream_take(struct http_stream *stream, char *to, size_t most,
    void (*rest)(void *connection))
{
	void (*drained)(void *arg) = NULL;
	ssize_t taken = 0;

	(void)pthread_mutex_lock(&stream->lock);
	if (stream->len > stream->taken) {
		const size_t waiting = stream->len - stream->taken;
		const size_t len = waiting < most ? waiting : most;

		memcpy(to, stream->at + stream->taken, len);
		stream->taken += len;
		taken = (ssize_t)len;
	} else if (stream->is_ended) {
		taken = STREAM_END;
	} else {
		stream->is_resting = true;
		rest(stream->connection);
	}
	if (stream->len == stream->taken) {
		free(stream->at);
		stream->at = NULL;
		stream->len = 0;
		stream->taken = 0;
		drained = stream->drained;
		stream->drained = NULL;
	}
	(void)pthread_mutex_unlock(&stream->lock);
	/* Without the lock: it may take others. */
	if (drained != NULL)
		drained(stream->drained_arg);
	return taken;
}

void
stream_detach(struct http_stream *stream)
{
	(void)pthread_mutex_lock(&stream->lock);
	stream->is_gone = true;
	stream->is_resting = false;
	(void)pthread_mutex_unlock(&stream->lock);
	give_up(stream);
}
