#ifndef HTTP_PEERS_H
#define HTTP_PEERS_H

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Who is connected, and the sweeper: a thread that shuts down connections that
 * are late with what is awaited of them.  A library's own time limit counts
 * silence only and never meets a client that drips.
 *
 * peer_open to peer_close are called by the I/O thread; the socket is open all
 * that time.  peers_drain is called by the one who stops the engine.
 */
struct arena;
struct exchange;
struct sockaddr;
struct peers;

struct peer {
	struct peer *older; /* the list is under the lock of peers */
	struct peer *newer;
	int fd;
	char address[INET6_ADDRSTRLEN];
	struct exchange *exchange;   /* at work; the I/O thread's own */
	int64_t rests_since_us;      /* steady clock; the I/O thread's own */
	_Atomic int64_t deadline_us; /* steady clock; 0: nothing is awaited */
	atomic_bool is_resting;      /* between two requests */
};

/* False if the thread cannot be made. */
bool peers_start(struct arena *arena, struct peers **ret);
/* Ends the sweeper; nobody is connected any more.  NULL does nothing. */
void peers_stop(struct peers *peers);

struct peer *peer_open(struct peers *peers, int fd,
    const struct sockaddr *address);
void peer_close(struct peers *peers, struct peer *peer);
/*
 * If more than most are there, cut the one that has rested longest and has sent
 * nothing since, but not spared.  For the I/O thread.
 */
void peers_make_room(struct peers *peers, int most, const struct peer *spared);

/* It rests; its next request line is awaited within us. */
void peer_rest(struct peer *peer, int64_t us);
/* The next step of its request, or the taking of the answer, within us. */
void peer_await(struct peer *peer, int64_t us);
/* A worker has its request: nothing is awaited. */
void peer_work(struct peer *peer);
/* Nothing good can come any more. */
void peer_cut(const struct peer *peer);

/*
 * Wait until all have left.  Who rests is cut at once; after us, who is still
 * sending or reading, too.
 */
void peers_drain(struct peers *peers, int64_t us);

#endif
