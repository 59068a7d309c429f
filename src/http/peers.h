#ifndef HTTP_PEERS_H
#define HTTP_PEERS_H

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/crowd.h"

/*
 * Who is connected, and the sweeper: a thread that shuts down connections that
 * are late with what is awaited of them.  A library's own time limit counts
 * silence only and never meets a client that drips.
 *
 * A peer that waits for its client (PEER_WAITS and above) is counted.  When
 * there are more peers than places, or when its address or network has more
 * than its share, the slowest one makes room: the one that has waited longest
 * for each KiB that it lately sent or took.
 *
 * peer_open to peer_close are called by the I/O thread; the socket is open all
 * that time.  peers_drain is called by the one who stops the engine.
 */
struct arena;
struct exchange;
struct sockaddr;
struct peers;

enum peer_state {
	PEER_WORKS, /* somebody of ours has its request: nothing is awaited */
	PEER_RESTS, /* between two requests; what follows is awaited of it: */
	PEER_SENDS_HEAD,
	PEER_SENDS_BODY,
	PEER_TAKES, /* its answer */
};

struct peer {
	struct peers *of;
	struct peer *older; /* the list is under the lock of peers */
	struct peer *newer;
	int fd;
	char address[INET6_ADDRSTRLEN];
	/* The I/O thread's own: */
	struct exchange *exchange; /* at work */
	struct crowd_origin origin;
	bool is_spoken_for; /* origin is that which a proxy has named */
	bool is_counted;
	bool is_cut;
	int64_t since_us;  /* steady clock: when it began to wait */
	int64_t paused_us; /* 0: it is not paused */
	int64_t left_us;   /* of its time when it was paused */
	/* The sweeper's own, in bytes of the socket: */
	int64_t seen_us; /* the deadline it saw last */
	int64_t taken;   /* those before that */
	int64_t moved;   /* those before its last look */
	/* Of both: */
	_Atomic enum peer_state state;
	_Atomic int64_t deadline_us; /* steady clock; 0: nothing is awaited */
	_Atomic int64_t recent;      /* bytes of the last seconds */
};

struct peers_options {
	int connections_max;
	/* A second more for so many bytes sent or taken. */
	int64_t bytes_a_second;
	struct crowd_shares shares;
};

/* False if the thread cannot be made. */
bool peers_start(struct arena *arena, const struct peers_options *options,
    struct peers **ret);
/* Ends the sweeper; nobody is connected any more.  NULL does nothing. */
void peers_stop(struct peers *peers);

/* It rests; its first request line is awaited within us. */
struct peer *peer_open(struct peers *peers, int fd,
    const struct sockaddr *address, int64_t us);
void peer_close(struct peer *peer);
/* One of whom it is true, or NULL; it looks at all. */
struct peer *peers_find(const struct peers *peers,
    bool (*is)(const struct peer *peer));
/* For whom its request is, as a proxy says; until peer_rest. */
void peer_speaks_for(struct peer *peer, const char *address);

/* It rests; its next request line is awaited within us. */
void peer_rest(struct peer *peer, int64_t us);
/*
 * The next step of its request, or the taking of the answer, within us: of an
 * answer later by the bytes that were taken.
 */
void peer_await(struct peer *peer, enum peer_state state, int64_t us);
/* So much of its body has come: it has longer for the rest. */
void peer_came(struct peer *peer, int64_t bytes);
/* A worker has its request: nothing is awaited. */
void peer_work(struct peer *peer);
/* A worker has what came so far of its body; until peer_go_on no time passes. */
void peer_pause(struct peer *peer);
/* Nothing if it was not paused. */
void peer_go_on(struct peer *peer);
/* Nothing good can come any more. */
void peer_cut(const struct peer *peer);

/*
 * Wait until all have left.  Who rests is cut at once; after us, who is still
 * sending or reading, too.
 */
void peers_drain(struct peers *peers, int64_t us);

#endif
