#include "event/option.h"

const struct option event_option_table[] = {
	[EVENT_DAYS] = OPT_INT("event.days", 30, 1, 3660, "d", OPTION_RELOAD,
	    "How long an event that is no ledger entry can be read; who "
	    "follows from an older place starts anew."),
	[EVENT_STREAMS] = OPT_INT("event.streams", 1000, 1, 50000, "",
	    OPTION_RESTART, "Streams and polls that wait at the same time."),
	[EVENT_PERSON] =
	    OPT_INT("event.streams_a_person", 12, 1, 1000, "", OPTION_RESTART,
		"Streams and polls of one person that wait at the same time."),
	[EVENT_HEARTBEAT] = OPT_INT("event.heartbeat", 15, 1, 300, "s",
	    OPTION_RESTART, "How often a silent stream says that it is alive."),
	{ 0 },
};
