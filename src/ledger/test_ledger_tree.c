#include "t.h"

#include <string.h>

#include "ledger/ledger_tree.h"

#define LEAVES 300

/* RFC 6962 section 2.1 word for word. */
static struct digest
naive_root(const struct digest *leaves, size_t n)
{
	static const uint8_t mark = 1;
	size_t k = 1;
	struct digest left = { 0 };
	struct digest right = { 0 };
	struct bytes pieces[3] = { { &mark, 1 } };

	if (n == 0)
		return digest_of((struct bytes){ NULL, 0 });
	if (n == 1)
		return leaves[0];
	while (2 * k < n)
		k *= 2;
	left = naive_root(leaves, k);
	right = naive_root(leaves + k, n - k);
	pieces[1] = digest_bytes(&left);
	pieces[2] = digest_bytes(&right);
	return digest_of_pieces(pieces, 3);
}

static void
assert_digest(const struct digest *got, const struct digest *wanted)
{
	assert_memory_equal(got->at, wanted->at, DIGEST_LEN);
}

static void
every_size_has_the_root_of_the_definition(void **state)
{
	struct ledger_tree tree = { 0 };
	struct digest leaves[LEAVES] = { 0 };

	(void)state;
	for (size_t n = 0; n < LEAVES; n++) {
		const uint8_t header[] = { (uint8_t)n, (uint8_t)(n >> 8) };
		const struct digest wanted = naive_root(leaves, n);
		const struct digest got = ledger_tree_root(&tree);

		assert_int_equal(tree.size, n);
		assert_digest(&got, &wanted);
		leaves[n] =
		    ledger_tree_leaf((struct bytes){ header, sizeof(header) });
		ledger_tree_add(&tree, &leaves[n]);
	}
}

/* The vectors that certificate transparency logs are tested with. */
static void
known_leaves_have_the_known_roots(void **state)
{
	static const char *const leaves[] = { "", "00", "10", "2021", "3031",
		"40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f" };
	static const char *const roots[] = {
		"6e340b9cffb37a989ca544e6bb780a2c"
		"78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9d"
		"baf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264"
		"db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398f"
		"a2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3"
		"bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f"
		"98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd7892"
		"9c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2"
		"ab9d823aad2f4960cfe370eff4604328",
	};
	struct t *t = *state;
	struct ledger_tree tree = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		uint8_t data[16] = { 0 };
		const size_t len = strlen(leaves[i]) / 2;
		struct digest leaf = { 0 };
		struct digest root = { 0 };

		assert_true(bytes_from_hex(leaves[i], data, len));
		leaf = ledger_tree_leaf((struct bytes){ data, len });
		ledger_tree_add(&tree, &leaf);
		root = ledger_tree_root(&tree);
		assert_string_equal(digest_hex(t->ctx.arena, &root), roots[i]);
	}
}

static void
a_tree_goes_on_from_its_frontier(void **state)
{
	struct t *t = *state;
	struct ledger_tree whole = { 0 };

	for (int n = 0; n < 70; n++) {
		const struct bytes frontier =
		    ledger_tree_frontier(t->ctx.arena, &whole);
		struct ledger_tree again = { 0 };
		const struct digest leaf = digest_of(frontier);
		struct digest roots[2] = { 0 };

		assert_true(ledger_tree_load(whole.size, frontier, &again));
		ledger_tree_add(&whole, &leaf);
		ledger_tree_add(&again, &leaf);
		roots[0] = ledger_tree_root(&whole);
		roots[1] = ledger_tree_root(&again);
		assert_int_equal(again.size, whole.size);
		assert_digest(&roots[0], &roots[1]);
	}
}

static void
a_frontier_of_another_size_is_refused(void **state)
{
	static const uint8_t bytes[4 * DIGEST_LEN] = { 0 };
	struct ledger_tree tree = { .size = 99 };

	(void)state;
	assert_true(ledger_tree_load(7, (struct bytes){ bytes, 96 }, &tree));
	assert_int_equal(tree.size, 7);
	assert_false(ledger_tree_load(7, (struct bytes){ bytes, 95 }, &tree));
	assert_false(ledger_tree_load(7, (struct bytes){ bytes, 97 }, &tree));
	assert_false(ledger_tree_load(7, (struct bytes){ bytes, 64 }, &tree));
	assert_false(ledger_tree_load(7, (struct bytes){ bytes, 128 }, &tree));
	assert_false(ledger_tree_load(8, (struct bytes){ bytes, 0 }, &tree));
	assert_false(ledger_tree_load(-1, (struct bytes){ bytes, 0 }, &tree));
	assert_int_equal(tree.size, 7);
	assert_true(ledger_tree_load(0, (struct bytes){ NULL, 0 }, &tree));
	assert_int_equal(tree.size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_size_has_the_root_of_the_definition),
		t_test(known_leaves_have_the_known_roots),
		t_test(a_tree_goes_on_from_its_frontier),
		t_test(a_frontier_of_another_size_is_refused),
	};

	return t_run(tests);
}
