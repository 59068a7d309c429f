#ifndef HTTP_T_ENGINE_H
#define HTTP_T_ENGINE_H

#include "t.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http.h"

/*
 * For the tests of the engine, which is probed from outside, over raw sockets on
 * loopback: a server, and a client that says and hears bytes.  Nothing waits
 * longer than T_PATIENCE_MS.
 */
#define T_PATIENCE_MS 120000
#define T_BODY_MAX ((size_t)100000)

/*
 * Its handler answers for the owner in X-Owner and does what the path says: /body gives the body back, /big 8 MiB,
 * /heavy takes 1 MiB for a small answer,
 * /none 204, /split a forged header, /hold waits for t_release, /stream begins a
 * stream that the test feeds, /later holds no worker until t_go_on; all others
 * report what reached them.
 */
#define T_STREAMS_MAX 200
#define T_STREAM_ROOM ((size_t)20000)
struct server {
	struct engine *engine;
	int port;
	atomic_int handled;
	atomic_int freed;     /* arenas of /heavy */
	pthread_mutex_t lock; /* guards what is below */
	pthread_cond_t changed;
	int held; /* requests that came to /hold or /later */
	bool released;
	struct http_stream *streams[T_STREAMS_MAX]; /* in order of /stream */
	int stream_count;
	struct later *later; /* the last one first */
};

/* For engine_options.handle; arg is the struct server. */
bool t_handle(void *arg, struct arena *arena,
    const struct http_request *request, struct http_response *response);

/* Zeroes in options become few workers, small bodies, whole shares, and times of
 * an hour: who is cut is not cut because a test took long. */
struct server *t_serve(struct t *t, struct engine_options options);
void t_await_held(struct server *server, int count);
void t_release(struct server *server);
/* The n-th stream, from 0, once it was asked for. */
struct http_stream *t_stream(struct server *server, int number);
/* All that came to /later are answered. */
void t_go_on(struct server *server);

/* ---- a client ----------------------------------------------------------- */

int t_dial(const struct server *server);
/* From an address of this machine, such as "127.0.0.2". */
int t_dial_from(const struct server *server, const char *address);
void t_say(int fd, const char *what);
void t_say_n(int fd, const char *what, size_t len);

/* One byte, or -1 when the connection ended, or -2 if nothing comes. */
int t_hear_byte(int fd, int patience_ms);
/* All up to the end of the connection. */
const char *t_hear_all(struct arena *arena, int fd);

struct heard {
	int status; /* 0: the connection ended first */
	const char *head;
	const char *body;
	size_t body_len;
};
/* One answer; with_body is false for HEAD. */
struct heard t_hear(struct arena *arena, int fd, bool with_body);
int64_t t_content_length(const char *head);
/* Of one who may come again; fails if it is not one of the next seconds. */
int t_retry_s(const char *head);

/* A request without body. */
const char *t_get(struct arena *arena, const char *path);
/* Text of this many letters. */
const char *t_letters(struct arena *arena, size_t len);

#endif
