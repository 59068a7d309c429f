#include "hook/option.h"

const struct option hook_option_table[] = {
	[HOOK_RETRY] = OPT_INT("hook.retry", 72, 1, 720, "h", OPTION_RESTART,
	    "How long an event is tried again before it becomes a dead "
	    "letter."),
	[HOOK_KEPT] = OPT_INT("hook.letters_kept", 90, 1, 3660, "d",
	    OPTION_RESTART,
	    "How long dead letters, and hooks that have ended, can be seen."),
	[HOOK_LETTERS] = OPT_INT("hook.letters", 10000, 1, 1000000, "",
	    OPTION_RESTART, "Dead letters with which a hook stops by itself."),
	[HOOK_A_PERSON] = OPT_INT("hook.a_person", 20, 0, 1000, "",
	    OPTION_RELOAD, "Hooks that one person may have."),
	[HOOK_TESTS_A_DAY] = OPT_INT("hook.tests_a_day", 200, 1, 1000000, "",
	    OPTION_RELOAD,
	    "Test events that one person may have sent on a day; counted in "
	    "memory: a restart begins the day anew."),
	{ 0 },
};
