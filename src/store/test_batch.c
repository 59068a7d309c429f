#include "store/t_suite.h"

/* The shared suite on a file of SQLite. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE_TESTS,
	};

	return t_run(tests);
}
