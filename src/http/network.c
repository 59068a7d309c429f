#include "http/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "core/arena.h"
#include "core/num.h"

#define SEPARATORS ", \t\r\n"
#define MAPPED_BITS 96 /* of ::ffff:0:0/96 */

/* An address with its place among the 128 bits. */
struct place {
	uint8_t at[16];
	bool is_v4;
};

static struct place
place_of_v4(struct in_addr at)
{
	struct place place = { .is_v4 = true };

	place.at[10] = 0xff;
	place.at[11] = 0xff;
	memcpy(place.at + 12, &at, sizeof(at));
	return place;
}

static struct place
place_of_v6(const struct in6_addr *at)
{
	struct place place = { .is_v4 = IN6_IS_ADDR_V4MAPPED(at) };

	memcpy(place.at, at, sizeof(place.at));
	return place;
}

/* Are all bits from this one to the end zero? */
static bool
ends_empty(const struct place *place, int64_t from)
{
	for (int64_t bit = from; bit < 128; bit++)
		if ((place->at[bit / 8] >> (7 - bit % 8) & 1) != 0)
			return false;
	return true;
}

static bool
network_read(struct arena *arena, const char *text, struct network *ret)
{
	const char *slash = strchr(text, '/');
	const char *host =
	    slash == NULL ? text
			  : arena_text_n(arena, text, (size_t)(slash - text));
	struct in_addr v4 = { 0 };
	struct in6_addr v6 = { 0 };
	struct place place = { 0 };
	int64_t least = 0; /* a mapped one that is shorter would be neither */
	int64_t bits = 128;

	if (inet_pton(AF_INET, host, &v4) == 1) {
		place = place_of_v4(v4);
		bits = 32;
		if (slash != NULL && !num_parse(slash + 1, 0, 32, &bits))
			return false;
		bits += MAPPED_BITS;
	} else if (inet_pton(AF_INET6, host, &v6) == 1) {
		place = place_of_v6(&v6);
		least = place.is_v4 ? MAPPED_BITS : 0;
		if (slash != NULL && !num_parse(slash + 1, least, 128, &bits))
			return false;
	} else {
		return false;
	}
	*ret = (struct network){ .is_v4 = place.is_v4, .bits = bits };
	memcpy(ret->first, place.at, sizeof(ret->first));
	return ends_empty(&place, bits);
}

enum fail
network_parse(struct ctx *ctx, const char *text, struct network_list *ret)
{
	struct network_list list = { 0 };
	const char *at = text == NULL ? "" : text;

	for (at += strspn(at, SEPARATORS); *at != '\0';
	     at += strspn(at, SEPARATORS)) {
		const size_t len = strcspn(at, SEPARATORS);
		const char *part = arena_text_n(ctx->arena, at, len);

		if (list.count == NETWORK_MOST)
			return FAIL(ctx, FAIL_INVALID, "client.networks",
			    "more than %d networks", NETWORK_MOST);
		if (!network_read(ctx->arena, part, &list.at[list.count]))
			return FAIL(ctx, FAIL_INVALID, "client.networks",
			    "\"%s\" is no network such as 10.0.0.0/8", part);
		list.count++;
		at += len;
	}
	*ret = list;
	return OK;
}

static bool
is_inside(const struct network *network, const struct place *place)
{
	const size_t whole = (size_t)(network->bits / 8);
	const int rest = (int)(network->bits % 8);
	const uint8_t *first = network->first;

	if (network->is_v4 != place->is_v4 ||
	    memcmp(first, place->at, whole) != 0)
		return false;
	return rest == 0 ||
	       (first[whole] ^ place->at[whole]) >> (8 - rest) == 0;
}

static bool
has_place(const struct network_list *list, const struct place *place)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_inside(&list->at[i], place))
			return true;
	return false;
}

bool
network_has(const struct network_list *list, const struct sockaddr *at)
{
	struct sockaddr_in v4 = { 0 };
	struct sockaddr_in6 v6 = { 0 };
	struct place place = { 0 };

	if (at->sa_family == AF_INET) {
		memcpy(&v4, at, sizeof(v4));
		place = place_of_v4(v4.sin_addr);
	} else if (at->sa_family == AF_INET6) {
		memcpy(&v6, at, sizeof(v6));
		place = place_of_v6(&v6.sin6_addr);
	} else {
		return false;
	}
	return has_place(list, &place);
}

static bool
place_read(const char *address, struct place *ret)
{
	struct in_addr v4 = { 0 };
	struct in6_addr v6 = { 0 };

	if (inet_pton(AF_INET, address, &v4) == 1)
		*ret = place_of_v4(v4);
	else if (inet_pton(AF_INET6, address, &v6) == 1)
		*ret = place_of_v6(&v6);
	else
		return false;
	return true;
}

bool
network_has_text(const struct network_list *list, const char *address)
{
	struct place place = { 0 };

	return place_read(address, &place) && has_place(list, &place);
}

bool
network_around(const char *address, int v4_bits, int v6_bits,
    struct network *ret)
{
	struct place place = { 0 };
	struct network around = { 0 };

	if (!place_read(address, &place))
		return false;
	around.is_v4 = place.is_v4;
	around.bits = place.is_v4 ? MAPPED_BITS + v4_bits : v6_bits;
	for (int64_t bit = 0; bit < around.bits; bit++)
		around.first[bit / 8] |=
		    (uint8_t)(place.at[bit / 8] & (0x80 >> bit % 8));
	*ret = around;
	return true;
}

static const char *
place_write(struct arena *arena, const struct place *place)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (place->is_v4)
		(void)inet_ntop(AF_INET, place->at + 12, text, sizeof(text));
	else
		(void)inet_ntop(AF_INET6, place->at, text, sizeof(text));
	return arena_text(arena, text);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* What is behind the last comma of at, without blanks; *len is what is before. */
static const char *
cut_last(struct arena *arena, const char *at, size_t *len)
{
	size_t end = *len;
	size_t begin = end;

	while (begin > 0 && at[begin - 1] != ',')
		begin--;
	*len = begin > 0 ? begin - 1 : 0;
	while (begin < end && is_blank(at[begin]))
		begin++;
	while (end > begin && is_blank(at[end - 1]))
		end--;
	return arena_text_n(arena, at + begin, end - begin);
}

const char *
network_speaks_for(struct arena *arena, const struct network_list *proxies,
    const char *peer, const char *forwarded)
{
	size_t left = forwarded == NULL ? 0 : strlen(forwarded);
	struct place place = { 0 };

	while (left > 0 && network_has_text(proxies, peer)) {
		if (!place_read(cut_last(arena, forwarded, &left), &place))
			break;
		peer = place_write(arena, &place);
	}
	return peer;
}
