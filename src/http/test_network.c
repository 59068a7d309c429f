#include "t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/text.h"
#include "http/network.h"

static bool
has(struct t *t, const char *list, const char *address)
{
	struct network_list parsed = { 0 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	t_ok(&t->ctx, network_parse(&t->ctx, list, &parsed));
	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return network_has(&parsed, (const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
	return network_has(&parsed, (const struct sockaddr *)&v6);
}

static void
an_address_is_in_its_network_and_its_neighbour_is_not(void **state)
{
	static const struct {
		const char *list;
		const char *in;
		const char *out;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.255.255", "11.0.0.0" },
		{ "10.0.0.0/8", "10.0.0.0", "9.255.255.255" },
		{ "172.16.0.0/12", "172.31.255.255", "172.32.0.0" },
		{ "192.168.4.128/25", "192.168.4.128", "192.168.4.127" },
		{ "192.0.2.7", "192.0.2.7", "192.0.2.6" },
		{ "192.0.2.6/31", "192.0.2.7", "192.0.2.8" },
		{ "0.0.0.0/0", "255.255.255.255", "::1" },
		{ "::/0", "2001:db8::1", "127.0.0.1" },
		{ "fd00::/8", "fdff::1", "fe00::1" },
		{ "2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::" },
		{ "::1", "::1", "::2" },
		{ "10.0.0.0/8,fd00::/8", "fd00::9", "192.168.0.1" },
		{ " 10.0.0.1 ,\t10.0.0.3\n", "10.0.0.3", "10.0.0.2" },
		/* What the kernel connects to is the IPv4 address. */
		{ "127.0.0.0/8", "::ffff:127.0.0.1", "::127.0.0.1" },
		{ "::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0" },
		{ "::ffff:10.0.0.0/104", "::ffff:10.9.9.9", "::ffff:11.0.0.0" },
		{ "::/0", "64:ff9b::127.0.0.1", "::ffff:127.0.0.1" },
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!has(t, rows[i].list, rows[i].in))
			t_fail("%s has %s", rows[i].list, rows[i].in);
		if (has(t, rows[i].list, rows[i].out))
			t_fail("%s has not %s", rows[i].list, rows[i].out);
	}
}

static void
a_proxy_is_believed_and_nobody_behind_it(void **state)
{
	static const struct {
		const char *proxies;
		const char *peer;
		const char *forwarded;
		const char *is;
	} rows[] = {
		/* No proxy is named: nothing is believed, also on loopback. */
		{ "", "127.0.0.1", "203.0.113.9", "127.0.0.1" },
		{ "10.0.0.1", "10.0.0.2", "203.0.113.9", "10.0.0.2" },
		{ "127.0.0.1", "127.0.0.1", NULL, "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.1", "", "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.1", "203.0.113.9", "203.0.113.9" },
		/* What is before it was said by the client. */
		{ "127.0.0.1", "127.0.0.1", "192.0.2.1, 203.0.113.9",
		    "203.0.113.9" },
		{ "127.0.0.1", "127.0.0.1", "127.0.0.1,\t203.0.113.9 ",
		    "203.0.113.9" },
		/* Two of ours, one behind the other. */
		{ "127.0.0.1 10.0.0.0/8", "127.0.0.1",
		    "192.0.2.1,203.0.113.9, 10.1.1.1", "203.0.113.9" },
		{ "10.0.0.0/8", "10.0.0.1", "10.2.2.2", "10.2.2.2" },
		/* What is no address is not made into one. */
		{ "127.0.0.1", "127.0.0.1", "203.0.113.9, unknown",
		    "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.1", "203.0.113.9:4711", "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.1", "203.0.113.9,", "127.0.0.1" },
		{ "127.0.0.1", "127.0.0.1", "[2001:db8::1]", "127.0.0.1" },
		/* One address has one spelling. */
		{ "::1", "::1", "2001:DB8:0:0::0001", "2001:db8::1" },
		{ "::1", "::1", "::ffff:203.0.113.9", "203.0.113.9" },
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct network_list proxies = { 0 };

		t_ok(&t->ctx,
		    network_parse(&t->ctx, rows[i].proxies, &proxies));
		assert_string_equal(network_speaks_for(t->ctx.arena, &proxies,
					rows[i].peer, rows[i].forwarded),
		    rows[i].is);
	}
}

static void
nothing_is_in_an_empty_list(void **state)
{
	static const char *const empty[] = { NULL, "", " , \t" };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		assert_false(has(t, empty[i], "127.0.0.1"));
		assert_false(has(t, empty[i], "0.0.0.0"));
		assert_false(has(t, empty[i], "::"));
	}
}

static void
what_is_no_network_is_named(void **state)
{
	static const char *const wrong[] = { "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/24", "10",
		"010.0.0.1", "10.0.0.1/8", "0x0a000000", "localhost",
		"fd00::/129", "fd00::1/8", "[fd00::]/8", "fe80::1%lo",
		"::ffff:0.0.0.0/95", "/8", "*", "10.0.0.0/8;fd00::/8" };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct network_list list = { .count = 7 };
		const char *text =
		    arena_printf(t->arena, "192.0.2.0/24 %s", wrong[i]);

		if (network_parse(&t->ctx, text, &list) == OK)
			t_fail("%s was taken", wrong[i]);
		assert_string_equal(t->ctx.failure.code, "client.networks");
		assert_non_null(strstr(t->ctx.failure.message, wrong[i]));
		assert_int_equal(list.count, 7);
		fail_clear(&t->ctx);
	}
}

static void
a_list_has_an_end(void **state)
{
	struct t *t = *state;
	struct network_list list = { 0 };
	struct text text;

	text_init(&text, t->arena);
	for (int i = 0; i < NETWORK_MOST; i++)
		text_addf(&text, "10.0.0.%d ", i);
	t_ok(&t->ctx, network_parse(&t->ctx, text_of(&text), &list));
	assert_int_equal(list.count, NETWORK_MOST);
	text_add(&text, "10.1.0.0");
	t_fails(&t->ctx, network_parse(&t->ctx, text_of(&text), &list),
	    FAIL_INVALID, "client.networks");
}

static void
a_socket_file_is_in_no_network(void **state)
{
	struct t *t = *state;
	struct network_list list = { 0 };
	const struct sockaddr_un at = { .sun_family = AF_UNIX };

	t_ok(&t->ctx, network_parse(&t->ctx, "0.0.0.0/0 ::/0", &list));
	assert_false(network_has(&list, (const struct sockaddr *)&at));
}

/* Against a comparison bit by bit over every length of some thousand pairs. */
static void
a_network_is_what_its_first_bits_are(void **state)
{
	struct t *t = *state;

	for (int round = 0; round < 3000; round++) {
		const int64_t bits = (int64_t)random_below(&t->random, 129);
		struct network_list list = { .count = 1 };
		struct sockaddr_in6 at = { .sin6_family = AF_INET6 };
		uint8_t *first = list.at[0].first;
		uint8_t *asked = at.sin6_addr.s6_addr;
		int64_t same = 0;

		random_bytes(&t->random, first, 16);
		memcpy(asked, first, 16);
		asked[random_below(&t->random, 16)] ^=
		    (uint8_t)random_below(&t->random, 256);
		while (same < 128 &&
		       ((first[same / 8] ^ asked[same / 8]) >> (7 - same % 8) &
			   1) == 0)
			same++;
		list.at[0].bits = bits;
		assert_int_equal(network_has(&list,
				     (const struct sockaddr *)&at),
		    same >= bits);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_address_is_in_its_network_and_its_neighbour_is_not),
		t_test(a_proxy_is_believed_and_nobody_behind_it),
		t_test(nothing_is_in_an_empty_list),
		t_test(what_is_no_network_is_named),
		t_test(a_list_has_an_end),
		t_test(a_socket_file_is_in_no_network),
		t_test(a_network_is_what_its_first_bits_are),
	};

	return t_run(tests);
}
