#include "notify/option.h"

const struct option notify_option_table[] = {
	[NOTIFY_KEPT] = OPT_INT("notify.kept", 400, 30, 3660, "d",
	    OPTION_RELOAD, "How long letters stay in people's inboxes."),
	[NOTIFY_LETTERS_FILE] = OPT_TEXT("notify.letters_file", "", 1000,
	    OPTION_RESTART,
	    "A file of the office's own templates of letters and ladders of "
	    "deadlines, which win over those of the program from their day on "
	    "(src/notify/book.h)."),
	{ 0 },
};
