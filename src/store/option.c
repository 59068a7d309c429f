#include "store/store.h"

const struct option store_option_table[] = {
	[STORE_READERS] = OPT_INT("store.readers", 8, 1, 64, "", OPTION_RESTART,
	    "Read-only connections to the database; a large question keeps "
	    "one while it is answered."),
	[STORE_BATCH_UNITS] =
	    OPT_INT("store.batch_units", 64, 1, 1024, "", OPTION_RESTART,
		"The most units of work that share one commit and its flush."),
	[STORE_BATCH_MS] =
	    OPT_INT("store.batch_ms", 20, 1, 1000, "ms", OPTION_RESTART,
		"The longest that a commit waits for further units of work."),
	[STORE_READER_WAIT] =
	    OPT_INT("store.reader_wait", 5, 1, 300, "s", OPTION_RESTART,
		"How long a request waits for one of store.readers; then it is "
		"answered 503."),
	{ 0 },
};
