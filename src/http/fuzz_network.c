#include "fuzz.h"

#include <netinet/in.h>
#include <string.h>

#include "http/network.h"

static bool
has(const struct network_list *list, const uint8_t at[16], bool is_v4)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	memcpy(&v6.sin6_addr, at, sizeof(v6.sin6_addr));
	memcpy(&v4.sin_addr, at + 12, sizeof(v4.sin_addr));
	/* An IPv4 address is the same however it is written. */
	if (is_v4)
		fuzz_check(network_has(list, (struct sockaddr *)&v4) ==
			   network_has(list, (struct sockaddr *)&v6));
	return network_has(list, (struct sockaddr *)&v6);
}

/* The first and the last address of each network are in the list that was
 * read, and the one before an only network is not. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct network_list list = { 0 };
	const char *text =
	    arena_text_n(ctx->arena, (const char *)in.at, in.len);

	if (network_parse(ctx, text, &list) != OK)
		return;
	fuzz_check(list.count <= NETWORK_MOST);
	for (size_t i = 0; i < list.count; i++) {
		const struct network *one = &list.at[i];
		uint8_t at[16];

		fuzz_check(one->bits >= (one->is_v4 ? 96 : 0));
		fuzz_check(one->bits <= 128);
		memcpy(at, one->first, sizeof(at));
		fuzz_check(has(&list, at, one->is_v4));
		for (int64_t bit = one->bits; bit < 128; bit++) {
			fuzz_check((at[bit / 8] >> (7 - bit % 8) & 1) == 0);
			at[bit / 8] |= (uint8_t)(1 << (7 - bit % 8));
		}
		fuzz_check(one->bits < 96 || has(&list, at, one->is_v4));
		if (list.count > 1 || one->bits <= 96)
			continue;
		/* The network beside it. */
		at[(one->bits - 1) / 8] ^=
		    (uint8_t)(1 << (7 - (one->bits - 1) % 8));
		fuzz_check(!has(&list, at, one->is_v4));
	}
}
