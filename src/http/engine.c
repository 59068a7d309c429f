#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "http/engine.h"
#include "http/queue.h"
#include "http/spool.h"

/*
 * Start and stop of the engine (http.h).
 */
#define WORKERS 64
#define QUEUE 1024
#define BODY_MOST (16 * ENGINE_BODY)
#define BODIES (256 * ENGINE_BODY)
#define HEAD_SECONDS 10
#define BODY_SECONDS 60
#define CONNECTIONS 2048
#define ANSWERS_SHARE 25
#define ADDRESS_SHARE 25
#define NETWORK_SHARE 50
#define KNOWN_SHARE 50
#define SPOOL_BYTES (INT64_C(8) << 30)
#define IDLE_SECONDS 60
#define BYTES_A_SECOND 65536
/* engine_stop gives unfinished requests this long to arrive. */
#define STOP_US (10 * SECOND_US)
#define STACK_BYTES ((size_t)1024 * 1024)

int
engine_in_work_most(const struct engine *engine)
{
	return engine->options.workers + engine->options.queue_max;
}

static void
set_defaults(struct engine_options *options)
{
	if (options->workers == 0)
		options->workers = WORKERS;
	if (options->queue_max == 0)
		options->queue_max = QUEUE;
	if (options->body_max == 0)
		options->body_max = ENGINE_BODY;
	assert(options->body_max <= BODY_MOST);
	if (options->bodies_max == 0)
		options->bodies_max = BODIES;
	if (options->answers_max == 0)
		options->answers_max = BODIES;
	if (options->answers_share == 0)
		options->answers_share = ANSWERS_SHARE;
	if (options->head_seconds == 0)
		options->head_seconds = HEAD_SECONDS;
	if (options->body_seconds == 0)
		options->body_seconds = BODY_SECONDS;
	if (options->idle_seconds == 0)
		options->idle_seconds = IDLE_SECONDS;
	if (options->bytes_a_second == 0)
		options->bytes_a_second = BYTES_A_SECOND;
	if (options->ask_over == 0)
		options->ask_over = ENGINE_BODY;
	if (options->spool_max == 0)
		options->spool_max = SPOOL_BYTES;
	if (options->connections_max == 0)
		options->connections_max = CONNECTIONS;
	if (options->address_share == 0)
		options->address_share = ADDRESS_SHARE;
	if (options->network_share == 0)
		options->network_share = NETWORK_SHARE;
	if (options->known_share == 0)
		options->known_share = KNOWN_SHARE;
}

static struct engine *
engine_new(const struct engine_options *options, int listen_fd, int64_t now_us)
{
	struct arena *arena = arena_new(0);
	struct engine *engine = ARENA_NEW(arena, struct engine);

	engine->arena = arena;
	engine->options = *options;
	set_defaults(&engine->options);
	engine->listen_fd = listen_fd;
	/* Ids go on growing over a restart. */
	engine->next_id = now_us;
	engine->queue = queue_new(arena, (size_t)engine_in_work_most(engine));
	engine->workers =
	    ARENA_ARRAY(arena, (size_t)engine->options.workers, pthread_t);
	engine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert(engine->wake_fd >= 0);
	(void)sem_init(&engine->quiesced, 0, 0);
	(void)pthread_mutex_init(&engine->answers_lock, NULL);
	if (options->spool_dir != NULL)
		engine->spool = spool_new(arena, options->spool_dir,
		    engine->options.spool_max, options->room);
	engine_make_refusals(engine);
	return engine;
}

static bool
start_peers(struct engine *engine)
{
	const struct engine_options *options = &engine->options;
	const int all = options->connections_max;
	const struct peers_options peers = {
		.connections_max = all,
		.bytes_a_second = options->bytes_a_second,
		/* One at least, however few there are. */
		.shares = { .of_address =
				1 + all * options->address_share / 100,
		    .of_network = 1 + all * options->network_share / 100,
		    .of_known = 1 + all * options->known_share / 100,
		    .known = options->known,
		    .proxies = options->proxies },
	};

	return peers_start(engine->arena, &peers, &engine->peers);
}

/* False if not all threads could be made. */
static bool
start_threads(struct engine *engine)
{
	pthread_attr_t small;
	bool made = true;

	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, STACK_BYTES);
	for (int i = 0; made && i < engine->options.workers; i++) {
		made = pthread_create(&engine->workers[i], &small, engine_work,
			   engine) == 0;
		if (made)
			engine->worker_count++;
	}
	if (made && start_peers(engine))
		engine->daemon = engine_start_daemon(engine);
	if (engine->daemon != NULL)
		engine->has_io = pthread_create(&engine->io, &small,
				     engine_serve, engine) == 0;
	(void)pthread_attr_destroy(&small);
	return engine->has_io;
}

enum fail
engine_start(struct ctx *ctx, const struct engine_options *options,
    struct engine **ret, int *ret_port)
{
	struct engine *engine = NULL;
	sigset_t all;
	sigset_t before;
	bool started = false;
	int fd = -1;
	int port = 0;

	TRY(listen_open(ctx, options->listen, &fd, &port));
	engine = engine_new(options, fd, ctx->now_us);
	listen_raise_limit(engine->options.connections_max);
	/* Signals are the main thread's business. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	started = start_threads(engine);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started) {
		engine_stop(engine);
		return FAIL(ctx, FAIL_INTERNAL, "http.start",
		    "threads or the HTTP library did not start");
	}
	*ret = engine;
	*ret_port = port;
	return OK;
}

void
engine_stop(struct engine *engine)
{
	if (engine == NULL)
		return;
	if (engine->has_io) {
		engine_enter(engine, PHASE_DRAINING);
		while (sem_wait(&engine->quiesced) != 0)
			assert(errno == EINTR);
		peers_drain(engine->peers, STOP_US);
		engine_enter(engine, PHASE_ENDED);
		(void)pthread_join(engine->io, NULL);
	}
	queue_close(engine->queue);
	for (int i = 0; i < engine->worker_count; i++)
		(void)pthread_join(engine->workers[i], NULL);
	if (engine->daemon != NULL)
		MHD_stop_daemon(engine->daemon);
	peers_stop(engine->peers);
	(void)close(engine->listen_fd);
	(void)close(engine->wake_fd);
	engine_free_refusals(engine);
	queue_end(engine->queue);
	(void)sem_destroy(&engine->quiesced);
	(void)pthread_mutex_destroy(&engine->answers_lock);
	arena_free(engine->arena);
}
