#include "http/peers.h"

#include <assert.h>
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

struct peers {
	pthread_t sweeper;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a peer left, or the sweeper shall end */
	struct peer *newest;
	int count;  /* the I/O thread's own */
	bool ended; /* under lock: the sweeper shall end */
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

struct peer *
peer_open(struct peers *peers, int fd, const struct sockaddr *address)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	assert(peer != NULL);
	peer->fd = fd;
	name_peer(peer, address);
	(void)pthread_mutex_lock(&peers->lock);
	peer->older = peers->newest;
	if (peer->older != NULL)
		peer->older->newer = peer;
	peers->newest = peer;
	(void)pthread_mutex_unlock(&peers->lock);
	peers->count++;
	return peer;
}

void
peer_close(struct peers *peers, struct peer *peer)
{
	peers->count--;
	(void)pthread_mutex_lock(&peers->lock);
	if (peer->newer != NULL)
		peer->newer->older = peer->older;
	else
		peers->newest = peer->older;
	if (peer->older != NULL)
		peer->older->newer = peer->newer;
	(void)pthread_cond_broadcast(&peers->changed);
	(void)pthread_mutex_unlock(&peers->lock);
	free(peer);
}

void
peer_rest(struct peer *peer, int64_t us)
{
	peer_await(peer, us);
	peer->rests_since_us = time_steady_us();
	atomic_store(&peer->is_resting, true);
}

void
peer_await(struct peer *peer, int64_t us)
{
	atomic_store_explicit(&peer->deadline_us, time_steady_us() + us,
	    memory_order_relaxed);
	atomic_store_explicit(&peer->is_resting, false, memory_order_relaxed);
}

void
peer_work(struct peer *peer)
{
	atomic_store(&peer->deadline_us, 0);
}

void
peer_cut(const struct peer *peer)
{
	(void)shutdown(peer->fd, SHUT_RDWR);
}

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

	for (const struct peer *peer = peers->newest; peer != NULL;
	     peer = peer->older) {
		const int64_t deadline_us = atomic_load(&peer->deadline_us);

		if (deadline_us != 0 && deadline_us < now_us)
			peer_cut(peer);
		else if (deadline_us != 0 && !atomic_load(&peer->is_resting) &&
			 has_left(peer))
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

/* Its next bytes are there, unread. */
static bool
has_sent(const struct peer *peer)
{
	int waiting = 0;

	return ioctl(peer->fd, FIONREAD, &waiting) == 0 && waiting > 0;
}

/* Only the I/O thread changes the list, so it reads it without the lock. */
void
peers_make_room(struct peers *peers, int most, const struct peer *spared)
{
	const struct peer *longest = NULL;

	if (peers->count <= most)
		return;
	for (const struct peer *peer = peers->newest; peer != NULL;
	     peer = peer->older) {
		if (peer == spared || !atomic_load(&peer->is_resting) ||
		    (longest != NULL &&
			longest->rests_since_us <= peer->rests_since_us) ||
		    has_sent(peer))
			continue;
		longest = peer;
	}
	if (longest != NULL)
		peer_cut(longest);
}

/* A peer whose next bytes already wait does not rest. */
static void
cut_resting(const struct peers *peers, bool is_late)
{
	for (const struct peer *peer = peers->newest; peer != NULL;
	     peer = peer->older) {
		const bool resting = atomic_load(&peer->is_resting);

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
	while (peers->newest != NULL) {
		cut_resting(peers, time_steady_us() > late_us);
		wait_changed(peers, DRAIN_US);
	}
	(void)pthread_mutex_unlock(&peers->lock);
}

bool
peers_start(struct arena *arena, struct peers **ret)
{
	struct peers *peers = ARENA_NEW(arena, struct peers);
	pthread_condattr_t steady;
	pthread_attr_t small;
	bool made = false;

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
