#ifndef HTTP_ENGINE_H
#define HTTP_ENGINE_H

#include <microhttpd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text.h"
#include "http/http.h"
#include "http/inside.h"
#include "http/peers.h"

/*
 * What the files of the engine share; they alone know libmicrohttpd.
 *
 *	engine.c	start and stop
 *	engine_io.c	the I/O thread, in which the library runs
 *	engine_read.c	what the library reports of connections and requests
 *	engine_head.c	the head of a request, through the gate
 *	engine_work.c	the workers
 *	engine_answer.c	an answer in the library's form: bytes, file, stream
 *
 * The I/O thread reads a whole request into a struct exchange, suspends the
 * connection and puts the exchange into the queue.  From there until it is in
 * the list of those handed back the exchange belongs to one worker, or to whoever
 * the handler gave it to; before and after, to the I/O thread, which resumes the
 * connection.  So nothing in it needs a lock.
 */
#define ENGINE_BODY ((size_t)1024 * 1024) /* of a small body, at most */
/* What a worker writes to a spool file at once. */
#define ENGINE_SPOOL_PIECE ((size_t)256 * 1024)
/* The library's memory of a connection: head and what is read at once. */
#define ENGINE_CONNECTION_BYTES ((size_t)16384)

/* What a worker is asked for; in order of a large body's life. */
enum errand {
	ERRAND_ADMIT,  /* may this body come? */
	ERRAND_SPOOL,  /* write what has come */
	ERRAND_ANSWER, /* the request is whole */
	ERRAND_GO_ON,  /* what the handler waited for is there */
	ERRAND_REMOVE, /* the connection is gone: end the exchange */
};

/* A request and its answer, from the request line to the last byte sent. */
struct exchange {
	struct arena
	    *arena; /* NULL: the answer is made and needs nothing of it */
	struct engine *engine;
	struct peer *peer;
	struct MHD_Connection *connection;
	struct http_request request;
	struct http_response response;
	enum errand errand;
	uint64_t key;            /* whose turn it takes */
	bool (*step)(void *arg); /* what ERRAND_GO_ON calls */
	void *step_arg;
	struct exchange *next;    /* in the list of those handed back */
	struct spool_file *spool; /* NULL: the body is in memory */
	struct text body;         /* in an arena of its own, under the other */
	int64_t announced;        /* bytes of a body that was asked about */
	size_t charged; /* bytes of the body among those of the engine */
	size_t held;    /* the same of a large answer; 0: it is none */
	int64_t owner;  /* of that, and its place among all that hold one: */
	struct exchange *holder_before;
	struct exchange *holder_after;
	struct MHD_Response *answer;
	struct http_stream *stream; /* NULL: the answer is there as a whole */
	unsigned status;
	size_t uri_len;
	uintptr_t uri_end; /* where the library's text of it ended */
	bool has_head;
	bool is_bad;
	bool is_ended;       /* answered in the library's stead */
	bool is_crowded_out; /* all bodies together hold too much */
	bool is_disk_full;
	bool is_asked_about; /* a worker looks at the head, or has done so */
	bool is_refused; /* by admit: what comes is dropped, then answered */
};

enum phase { PHASE_SERVING, PHASE_DRAINING, PHASE_ENDED };

struct engine {
	struct arena *arena;
	struct engine_options options;
	struct MHD_Daemon *daemon;
	int listen_fd;
	struct queue *queue;
	struct MHD_Response *refusals[REFUSALS][REFUSAL_SPREAD];
	unsigned refusal_status[REFUSALS];
	struct bytes bad_request; /* that refusal, as it is sent */
	pthread_t *workers;
	int worker_count;
	pthread_t io;
	bool has_io;
	int wake_fd; /* what was done before is seen by the I/O thread */
	_Atomic(struct exchange *) handed_back; /* the last one first */
	/* Large answers, made and not yet taken; under the lock: */
	pthread_mutex_t answers_lock;
	size_t answer_bytes;
	struct exchange *holder; /* the last one */
	atomic_int in_work; /* queued, with workers, or waiting for others */
	_Atomic enum phase phase;
	sem_t quiesced; /* nobody comes any more */
	struct peers *peers;
	struct spool *spool; /* NULL: none */
	/* The I/O thread's own: */
	int64_t next_id;
	size_t body_bytes; /* held by the bodies of all requests */
	bool has_departed; /* somebody left since MHD_run began */
};

struct queue;
struct spool;
struct spool_file;

/* So many exchanges may be with workers, in the queue, or wait for others. */
int engine_in_work_most(const struct engine *engine);

/* ---- engine_io.c ---- */

/* The I/O thread looks at what was handed back, and at the phase. */
void engine_wake(const struct engine *engine);
/* Any thread. */
void engine_enter(struct engine *engine, enum phase phase);
/* NULL if the library does not start. */
struct MHD_Daemon *engine_start_daemon(struct engine *engine);
/* The thread itself; engine is its argument. */
void *engine_serve(void *engine);

/* ---- engine_read.c, called by the library in the I/O thread ---- */

void engine_on_connection(void *engine, struct MHD_Connection *connection,
    void **context, enum MHD_ConnectionNotificationCode what);
void *engine_on_line(void *engine, const char *uri,
    struct MHD_Connection *connection);
enum MHD_Result engine_on_access(void *engine,
    struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *part, size_t *part_len, void **context);
void engine_on_log(void *engine, const char *format, va_list args) PRINTF(2, 0);
void engine_on_completed(void *engine, struct MHD_Connection *connection,
    void **context, enum MHD_RequestTerminationCode why);

/* ---- engine_head.c ---- */

/*
 * Is there room for the answer's head?  The library keeps a row of its own for
 * each header, parameter and cookie in the same memory as the head and the head
 * of the answer: with little left it cuts the connection instead of answering.
 */
bool exchange_leaves_room(const struct exchange *ex);
/*
 * False: the library would neither ask about this request nor complete it, and
 * the connection is cut.
 */
bool exchange_can_begin(const struct exchange *ex);
/* The headers through the gate into the request; false to refuse it. */
bool exchange_read_head(struct exchange *ex, const char *method,
    const char *version);

/* ---- engine_work.c ---- */

/* A worker; engine is its argument. */
void *engine_work(void *engine);
void exchange_free(struct exchange *ex);

/* ---- engine_answer.c ---- */

/* An answer of which a header cannot be written is a fault of ours: 500. */
void exchange_answer(struct exchange *ex, const struct http_response *response);
/* A refusal of the engine's own, for the end of a body that is dropped. */
void exchange_refuse(struct exchange *ex, enum refusal_kind kind);
/* A large answer is no longer held. */
void exchange_let_go(struct exchange *ex);
/* Those of refusals, made once and used by all. */
void engine_make_refusals(struct engine *engine);
void engine_free_refusals(struct engine *engine);

#endif
