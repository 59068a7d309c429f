#include "http/peers.h"

#include <assert.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "core/arena.h"
#include "core/day.h"

#define SWEEP_US (SECOND_US / 4)
#define DRAIN_US (SECOND_US / 40)
#define STACK_BYTES ((size_t)256 * 1024)
#define KIB 1024
/* At each look a part of what was recent is so no more: it halves in 3 s. */
#define FORGOTTEN 16

struct peers {
	pthread_t sweeper;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a peer left, or the sweeper shall end */
	struct peer *newest;
	struct peer *oldest;
	bool ended;  /* under lock: the sweeper shall end */
	bool drains; /* under lock: somebody waits until all have left */
	struct peers_options options;
	/* The I/O thread's own: */
	struct crowd *crowd;
	int count;
	int leaving; /* of these, those that have made room */
};

static void
name_peer(struct peer *peer, const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6 = { 0 };

		memcpy(&v6, address, sizeof(v6));
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, peer->address,
		    sizeof(peer->address));
	} else if (address->sa_family == AF_INET) {
		struct sockaddr_in v4 = { 0 };

		memcpy(&v4, address, sizeof(v4));
		(void)inet_ntop(AF_INET, &v4.sin_addr, peer->address,
		    sizeof(peer->address));
	}
}

/* What an answer has left is thrown away: the kernel would keep it, and the end
 * behind it, for as long as the client takes nothing. */
void
peer_cut(const struct peer *peer)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };

	if (atomic_load(&peer->state) == PEER_TAKES)
		(void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &none,
		    sizeof(none));
	(void)shutdown(peer->fd, SHUT_RDWR);
}

/* Whether its client is what it waits for. */
static void
count(struct peer *peer, bool waits)
{
	if (peer->is_counted == waits)
		return;
	peer->is_counted = waits;
	crowd_count(&peer->origin, waits ? 1 : -1);
}

/* Its next bytes are there, unread. */
static bool
has_sent(const struct peer *peer)
{
	int waiting = 0;

	return ioctl(peer->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

/* ---- who makes room ---- */

/* How long it has waited for each KiB that it lately moved. */
static int64_t
slowness_us(const struct peer *peer, int64_t now_us)
{
	return (now_us - peer->since_us) /
	       (1 + atomic_load(&peer->recent) / KIB);
}

/*
 * Of those from there, or of all; NULL: there is none.  Who has sent what nobody
 * has read yet does not wait; the kernel is asked of few, as from the oldest on
 * few are slower than the slowest so far.  Only the I/O thread changes the list,
 * so it reads it without the lock.
 */
static struct peer *
slowest(const struct peers *peers, const struct crowd_source *from,
    const struct peer *spared)
{
	const int64_t now_us = time_steady_us();
	struct peer *found = NULL;
	int64_t most_us = -1;

	for (struct peer *peer = peers->oldest; peer != NULL;
	     peer = peer->newer) {
		int64_t us = 0;

		if (peer == spared || !peer->is_counted ||
		    (from != NULL && !crowd_is_from(&peer->origin, from)))
			continue;
		us = slowness_us(peer, now_us);
		if (us <= most_us ||
		    (atomic_load(&peer->state) != PEER_TAKES && has_sent(peer)))
			continue;
		found = peer;
		most_us = us;
	}
	return found;
}

/* That of which there are too many where who comes from; *ret: NULL for all. */
static bool
is_crowded(const struct peers *peers, const struct peer *who,
    const struct crowd_source **ret)
{
	*ret = crowd_over(&who->origin);
	return *ret != NULL ||
	       peers->count - peers->leaving > peers->options.connections_max;
}

static void
make_room(struct peers *peers, const struct peer *who,
    const struct peer *spared)
{
	const struct crowd_source *from = NULL;
	struct peer *found = NULL;

	while (is_crowded(peers, who, &from)) {
		found = slowest(peers, from, spared);
		if (found == NULL)
			return;
		found->is_cut = true;
		peers->leaving++;
		count(found, false);
		peer_cut(found);
	}
}

/* ---- what is awaited ---- */

static void
begin(struct peer *peer, enum peer_state state, int64_t us)
{
	const int64_t now_us = time_steady_us();

	peer->since_us = now_us;
	peer->paused_us = 0;
	atomic_store_explicit(&peer->deadline_us, now_us + us,
	    memory_order_relaxed);
	atomic_store(&peer->state, state);
	count(peer, !peer->is_cut);
}

/* Elsewhere, and counted there. */
static void
come_from(struct peer *peer, const char *address)
{
	const bool waits = peer->is_counted;

	count(peer, false);
	crowd_leave(peer->of->crowd, &peer->origin);
	crowd_enter(peer->of->crowd, address, &peer->origin);
	count(peer, waits);
}

void
peer_await(struct peer *peer, enum peer_state state, int64_t us)
{
	begin(peer, state, us);
	make_room(peer->of, peer, peer);
}

void
peer_rest(struct peer *peer, int64_t us)
{
	if (peer->is_spoken_for)
		come_from(peer, peer->address);
	peer->is_spoken_for = false;
	begin(peer, PEER_RESTS, us);
	make_room(peer->of, peer, NULL);
}

void
peer_came(struct peer *peer, int64_t bytes)
{
	const int64_t rate = peer->of->options.bytes_a_second;
	const int64_t deadline_us = atomic_load(&peer->deadline_us);

	atomic_store(&peer->deadline_us,
	    deadline_us + bytes * SECOND_US / rate);
}

void
peer_work(struct peer *peer)
{
	atomic_store(&peer->state, PEER_WORKS);
	atomic_store(&peer->deadline_us, 0);
	count(peer, false);
}

void
peer_pause(struct peer *peer)
{
	const int64_t deadline_us = atomic_load(&peer->deadline_us);

	peer->paused_us = time_steady_us();
	peer->left_us = deadline_us - peer->paused_us;
	peer_work(peer);
}

void
peer_go_on(struct peer *peer)
{
	int64_t waited_us = 0;

	if (peer->paused_us == 0)
		return;
	waited_us = peer->paused_us - peer->since_us;
	peer_await(peer, PEER_SENDS_BODY, peer->left_us);
	peer->since_us -= waited_us;
}

void
peer_speaks_for(struct peer *peer, const char *address)
{
	if (strcmp(address, peer->address) == 0)
		return;
	come_from(peer, address);
	peer->is_spoken_for = true;
}

/* ---- who is there ---- */

struct peer *
peer_open(struct peers *peers, int fd, const struct sockaddr *address,
    int64_t us)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	assert(peer != NULL);
	peer->of = peers;
	peer->fd = fd;
	name_peer(peer, address);
	crowd_enter(peers->crowd, peer->address, &peer->origin);
	(void)pthread_mutex_lock(&peers->lock);
	peer->older = peers->newest;
	if (peer->older != NULL)
		peer->older->newer = peer;
	else
		peers->oldest = peer;
	peers->newest = peer;
	begin(peer, PEER_RESTS, us);
	(void)pthread_mutex_unlock(&peers->lock);
	peers->count++;
	make_room(peers, peer, peer);
	return peer;
}

void
peer_close(struct peer *peer)
{
	struct peers *peers = peer->of;

	count(peer, false);
	crowd_leave(peers->crowd, &peer->origin);
	peers->count--;
	peers->leaving -= peer->is_cut ? 1 : 0;
	(void)pthread_mutex_lock(&peers->lock);
	if (peer->newer != NULL)
		peer->newer->older = peer->older;
	else
		peers->newest = peer->older;
	if (peer->older != NULL)
		peer->older->newer = peer->newer;
	else
		peers->oldest = peer->newer;
	/* Else each that leaves would make the sweeper look at all others. */
	if (peers->drains)
		(void)pthread_cond_broadcast(&peers->changed);
	(void)pthread_mutex_unlock(&peers->lock);
	free(peer);
}

/* Only the I/O thread changes the list: it reads it without the lock. */
struct peer *
peers_find(const struct peers *peers, bool (*is)(const struct peer *peer))
{
	struct peer *peer = peers->newest;

	while (peer != NULL && !is(peer))
		peer = peer->older;
	return peer;
}

/* ---- the sweeper ---- */

/* Under the lock. */
static void
wait_changed(struct peers *peers, int64_t us)
{
	const int64_t until_us = time_steady_us() + us;
	const struct timespec until = { .tv_sec = until_us / SECOND_US,
		.tv_nsec = until_us % SECOND_US * 1000 };

	(void)pthread_cond_timedwait(&peers->changed, &peers->lock, &until);
}

/* It has closed its side, and all it has sent was read. */
static bool
has_left(const struct peer *peer)
{
	uint8_t next = 0;

	return recv(peer->fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* All that its socket has sent and been told that it arrived, or received. */
static int64_t
bytes_moved(const struct peer *peer)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(peer->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return 0;
	return (int64_t)(info.tcpi_bytes_acked + info.tcpi_bytes_received);
}

/* How much later its deadline is by the bytes that were taken since it was set,
 * or nearly since. */
static int64_t
look(struct peer *peer, int64_t deadline_us, int64_t rate)
{
	const int64_t bytes = bytes_moved(peer);
	const int64_t recent = atomic_load(&peer->recent);

	atomic_store(&peer->recent,
	    recent - recent / FORGOTTEN + bytes - peer->moved);
	peer->moved = bytes;
	if (peer->seen_us != deadline_us) {
		peer->seen_us = deadline_us;
		peer->taken = bytes;
	}
	return (bytes - peer->taken) * SECOND_US / rate;
}

/*
 * Who left while his connection was suspended is not noticed by the library
 * (0.9.75), which has had the event then: nothing would happen until the
 * deadline.  Shutting what is shut already makes the event come again, and
 * takes no answer from who only said that he has sent all.
 */
static void
cut_late(const struct peers *peers)
{
	const int64_t now_us = time_steady_us();

	for (struct peer *peer = peers->newest; peer != NULL;
	     peer = peer->older) {
		const enum peer_state state = atomic_load(&peer->state);
		int64_t deadline_us = atomic_load(&peer->deadline_us);
		int64_t later_us = 0;

		if (deadline_us == 0)
			continue;
		if (state >= PEER_SENDS_BODY)
			later_us = look(peer, deadline_us,
			    peers->options.bytes_a_second);
		/* Of a body each part that is read moves the deadline. */
		if (state == PEER_TAKES)
			deadline_us += later_us;
		if (deadline_us < now_us)
			peer_cut(peer);
		else if (state != PEER_RESTS && has_left(peer))
			(void)shutdown(peer->fd, SHUT_RD);
	}
}

static void *
sweep(void *arg)
{
	struct peers *peers = arg;

	(void)pthread_mutex_lock(&peers->lock);
	while (!peers->ended) {
		cut_late(peers);
		wait_changed(peers, SWEEP_US);
	}
	(void)pthread_mutex_unlock(&peers->lock);
	return NULL;
}

/* A peer whose next bytes already wait does not rest. */
static void
cut_resting(const struct peers *peers, bool is_late)
{
	for (const struct peer *peer = peers->newest; peer != NULL;
	     peer = peer->older) {
		const bool resting = atomic_load(&peer->state) == PEER_RESTS;

		if (resting && !is_late && has_sent(peer))
			continue;
		if (resting ||
		    (is_late && atomic_load(&peer->deadline_us) != 0))
			peer_cut(peer);
	}
}

void
peers_drain(struct peers *peers, int64_t us)
{
	const int64_t late_us = time_steady_us() + us;

	(void)pthread_mutex_lock(&peers->lock);
	peers->drains = true;
	while (peers->newest != NULL) {
		cut_resting(peers, time_steady_us() > late_us);
		wait_changed(peers, DRAIN_US);
	}
	(void)pthread_mutex_unlock(&peers->lock);
}

bool
peers_start(struct arena *arena, const struct peers_options *options,
    struct peers **ret)
{
	struct peers *peers = ARENA_NEW(arena, struct peers);
	pthread_condattr_t steady;
	pthread_attr_t small;
	bool made = false;

	peers->options = *options;
	peers->crowd = crowd_new(arena, &options->shares);
	(void)pthread_mutex_init(&peers->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&peers->changed, &steady);
	(void)pthread_condattr_destroy(&steady);
	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, STACK_BYTES);
	made = pthread_create(&peers->sweeper, &small, sweep, peers) == 0;
	(void)pthread_attr_destroy(&small);
	if (made)
		*ret = peers;
	return made;
}

void
peers_stop(struct peers *peers)
{
	if (peers == NULL)
		return;
	(void)pthread_mutex_lock(&peers->lock);
	peers->ended = true;
	(void)pthread_cond_broadcast(&peers->changed);
	(void)pthread_mutex_unlock(&peers->lock);
	(void)pthread_join(peers->sweeper, NULL);
	(void)pthread_cond_destroy(&peers->changed);
	(void)pthread_mutex_destroy(&peers->lock);
}
