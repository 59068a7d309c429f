#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/num.h"
#include "http/engine.h"

/*
 * The I/O thread.  It is ours, not the library's: version 0.9.75 asks epoll for
 * at most 128 events and, when exactly so many came, waits for more before it
 * looks at them.  MHD_run never waits, so we wait for it.
 */

struct MHD_Daemon *
engine_start_daemon(struct engine *engine)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_TURBO | MHD_USE_ERROR_LOG;

	if (getsockname(engine->listen_fd, (struct sockaddr *)&at, &len) == 0 &&
	    at.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, engine_on_access, engine,
	    MHD_OPTION_EXTERNAL_LOGGER, engine_on_log, engine,
	    MHD_OPTION_LISTEN_SOCKET, engine->listen_fd,
	    /* One more is let in, and another is cut for it (peers.h). */
	    MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)engine->options.connections_max + 1,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, ENGINE_CONNECTION_BYTES,
	    MHD_OPTION_NOTIFY_CONNECTION, engine_on_connection, engine,
	    MHD_OPTION_URI_LOG_CALLBACK, engine_on_line, engine,
	    MHD_OPTION_NOTIFY_COMPLETED, engine_on_completed, engine,
#if MHD_VERSION >= 0x01000000
	    /* What the gate refuses must not be repaired before it is seen:
	     * folded lines, blanks in the target, bare line feeds. */
	    MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#endif
	    MHD_OPTION_END);
}

/*
 * After a resume too: MHD_run may take the library's own signal of it for
 * heard when it has already looked for resumed connections.
 */
void
engine_wake(const struct engine *engine)
{
	(void)eventfd_write(engine->wake_fd, 1);
}

void
engine_enter(struct engine *engine, enum phase phase)
{
	atomic_store(&engine->phase, phase);
	engine_wake(engine);
}

/* No new connections; those there are go on. */
static void
quiesce(struct engine *engine)
{
	(void)MHD_quiesce_daemon(engine->daemon);
	(void)shutdown(engine->listen_fd, SHUT_RDWR);
	(void)sem_post(&engine->quiesced);
}

/* The connections of all that were handed back go on, the first one first. */
static void
resume_handed_back(struct engine *engine)
{
	struct exchange *ex = atomic_exchange(&engine->handed_back, NULL);
	struct exchange *first = NULL;

	while (ex != NULL) {
		struct exchange *next = ex->next;

		ex->next = first;
		first = ex;
		ex = next;
	}
	for (; first != NULL; first = first->next) {
		peer_go_on(first->peer);
		MHD_resume_connection(first->connection);
	}
}

/*
 * Until something happens; not at all if the library has work left.  It listens
 * again, after a full house, only when it is run after somebody left.
 */
static void
wait_for_work(const struct engine *engine, int epoll_fd)
{
	struct pollfd fds[] = { { .fd = epoll_fd, .events = POLLIN },
		{ .fd = engine->wake_fd, .events = POLLIN } };
	MHD_UNSIGNED_LONG_LONG left_ms = 0;
	eventfd_t woken = 0;

	if (engine->has_departed ||
	    (MHD_get_timeout(engine->daemon, &left_ms) == MHD_YES &&
		left_ms == 0))
		return;
	(void)poll(fds, ARRAY_SIZE(fds), -1);
	if (fds[1].revents != 0)
		(void)eventfd_read(engine->wake_fd, &woken);
}

void *
engine_serve(void *arg)
{
	struct engine *engine = arg;
	const int epoll_fd =
	    MHD_get_daemon_info(engine->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
	enum phase phase = PHASE_SERVING;
	enum phase now = PHASE_SERVING;

	while (phase != PHASE_ENDED) {
		engine->has_departed = false;
		resume_handed_back(engine);
		(void)MHD_run(engine->daemon);
		wait_for_work(engine, epoll_fd);
		/* Read once: a phase that came between two looks was missed,
		 * and who had stopped the engine waited for ever. */
		now = atomic_load(&engine->phase);
		if (phase == PHASE_SERVING && now != PHASE_SERVING)
			quiesce(engine);
		phase = now;
	}
	return NULL;
}
