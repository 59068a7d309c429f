#ifndef HTTP_NETWORK_H
#define HTTP_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * A list of networks: to which an outgoing call may connect, or whose proxies
 * are believed.  Read-only after network_parse: any thread.
 *
 * An IPv4 address inside IPv6 (::ffff:10.0.0.1) is the IPv4 address, in the
 * list and in what is asked, because the kernel connects to it.  So ::/0 has no
 * IPv4 address, and 0.0.0.0/0 has those that come as IPv6.  Addresses that a
 * gateway translates (64:ff9b::/96) are ordinary IPv6 addresses.
 */
#define NETWORK_MOST 64

/* IPv4 is kept as ::ffff:a.b.c.d. */
struct network {
	uint8_t first[16];
	bool is_v4;
	int64_t bits; /* of the 128 */
};

struct network_list {
	struct network at[NETWORK_MOST];
	size_t count;
};
struct sockaddr;

/*
 * "10.0.0.0/8, 192.168.1.7 fd00::/8": by commas or blanks; one address without
 * a length is a network of one.  NULL and "" make a list that has no address.
 * FAIL_INVALID "client.networks" names the part: no address, a length outside
 * 0-32 (0-128), bits behind the length, more than NETWORK_MOST parts.
 */
NODISCARD enum fail network_parse(struct ctx *ctx, const char *text,
    struct network_list *ret);

/* False for all that is neither AF_INET nor AF_INET6. */
bool network_has(const struct network_list *list, const struct sockaddr *at);
/* An address in words; false too if it is none ("10.0.0.1:80", "unknown"). */
bool network_has_text(const struct network_list *list, const char *address);

/*
 * The network around an address that has so many of its 32 or 128 bits.  False:
 * it is no address.
 */
bool network_around(const char *address, int v4_bits, int v6_bits,
    struct network *ret);

/*
 * For whom a request was made that came from peer with this X-Forwarded-For (all of its
 * headers joined by commas; NULL: none).  What a proxy of the list wrote is believed,
 * and no one else: from the right, the first address that is none of its proxies'.  A
 * part that is no address ends the search at the proxy that wrote it.  The text
 * is that of inet_ntop, in the arena or peer itself, so that one address has one
 * spelling.
 */
const char *network_speaks_for(struct arena *arena,
    const struct network_list *proxies, const char *peer,
    const char *forwarded);

#endif
