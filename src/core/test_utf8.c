#include "t.h"

#include <string.h>

#include "core/utf8.h"

static void
vietnamese_is_folded_for_search(void **state)
{
	struct t *t = *state;

	assert_string_equal(utf8_fold(t->arena, "Đường Nguyễn  Huệ"),
	    "duong nguyen hue");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(vietnamese_is_folded_for_search),
	};
	return t_run(tests);
}
