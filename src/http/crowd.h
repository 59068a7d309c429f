#ifndef HTTP_CROWD_H
#define HTTP_CROWD_H

#include <stdbool.h>

#include "http/network.h"

/*
 * How many connections wait for their client, by where they come from: an
 * address (of IPv6 its 64 bits, which one machine may use as it likes) and the
 * network around it (24 bits of IPv4, 48 of IPv6).  Each has a share.
 *
 * The I/O thread's own.
 */
struct arena;
struct crowd;
struct crowd_source;

/* Shares are numbers of connections. */
struct crowd_shares {
	int of_address;
	int of_network;
	/* Each address of these networks, which then have none as a whole. */
	int of_known;
	const struct network_list *known;
	/* Who comes from a proxy is somebody else: no share. */
	const struct network_list *proxies;
};

/* Where one connection comes from; zeroed: it has no share. */
struct crowd_origin {
	struct crowd_source *address;
	struct crowd_source *network;
};

/* What shares points to outlives the crowd. */
struct crowd *crowd_new(struct arena *arena, const struct crowd_shares *shares);

/* Ended by crowd_leave, when it is not counted. */
void crowd_enter(struct crowd *crowd, const char *address,
    struct crowd_origin *ret);
void crowd_leave(struct crowd *crowd, struct crowd_origin *origin);

/* by: 1 when it begins to wait for its client, -1 when it ends to do so. */
void crowd_count(const struct crowd_origin *origin, int by);
/* That which has more than its share, the address first; NULL: none. */
const struct crowd_source *crowd_over(const struct crowd_origin *origin);
bool crowd_is_from(const struct crowd_origin *origin,
    const struct crowd_source *source);

#endif
