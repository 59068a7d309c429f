#include "app/visitor.h"

#include "t.h"

#include "core/arena.h"

/* Whose turn a request takes that has these headers. */
static uint64_t
key(const struct http_header *headers, size_t count)
{
	return visitor_key(&(struct http_request){
	    .headers = headers,
	    .header_count = count,
	    .peer = "198.51.100.7",
	});
}

static uint64_t
key_of(const char *name, const char *value)
{
	return key(&(struct http_header){ name, value }, 1);
}

static void
each_credential_has_a_turn_of_its_own(void **state)
{
	const uint64_t nobody = key(NULL, 0);
	const uint64_t session = key_of("Cookie", "truc=aaa");

	(void)state;
	assert_true(key_of("Authorization", "Bearer a") != nobody);
	assert_true(key_of("Authorization", "Bearer a") !=
		    key_of("Authorization", "Bearer b"));
	assert_true(session != nobody);
	assert_true(session != key_of("Cookie", "truc=aab"));
	assert_true(key_of("Cookie", "__Host-truc=aaa") == session);
}

/* What a client adds gives it no other turn. */
static void
a_credential_has_one_turn_whatever_is_beside_it(void **state)
{
	const uint64_t session = key_of("Cookie", "truc=aaa");
	const uint64_t nobody = key(NULL, 0);
	const struct http_header two[] = { { "Cookie", "x=1" },
		{ "cookie", "truc=aaa" } };
	const struct http_header both[] = { { "Cookie", "truc=aaa" },
		{ "Cookie", "truc=bbb" } };

	(void)state;
	assert_true(
	    key_of("Cookie", "x=1; truc=aaa; truc_browser=y") == session);
	assert_true(key(two, 2) == session);
	/* Only one of them would count, so all of them are the address. */
	assert_true(key_of("Cookie", "truc=aaa; __Host-truc=1") == nobody);
	assert_true(key_of("Cookie", "truc=aaa; truc=2") == nobody);
	assert_true(key(both, 2) == nobody);
	assert_true(key_of("Cookie", "") == nobody);
	assert_true(key_of("Cookie", ";;; ;") == nobody);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_credential_has_a_turn_of_its_own),
		t_test(a_credential_has_one_turn_whatever_is_beside_it),
	};
	return t_run(tests);
}
