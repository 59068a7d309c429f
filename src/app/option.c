#include "app/option.h"

const struct option app_option_table[] = {
	[APP_IDEMPOTENCY_LIFE] = OPT_INT("idempotency.life", 7 * 86400, 3600,
	    90 * 86400, "s", OPTION_RELOAD,
	    "How long the answer to an Idempotency-Key is kept, so that "
	    "sending again does nothing again."),
	[APP_OFFICE_NAME] = OPT_TEXT("office.name", "", 200, OPTION_RESTART,
	    "Who runs this installation, as people call it; shown where one "
	    "signs in and at the foot of the server's own pages."),
	[APP_OFFICE_TELEPHONE] = OPT_TEXT("office.telephone", "", 40,
	    OPTION_RESTART,
	    "The number that helps who cannot go on; shown beside the name."),
	[APP_READS] = OPT_INT("reads.at_once", 4, 1, 64, "", OPTION_RELOAD,
	    "Questions of one person at work at the same time; at most half of "
	    "store.readers, so that others have theirs answered meanwhile."),
	[APP_READS_QUEUE] = OPT_INT("reads.queue", 64, 1, 20000, "",
	    OPTION_RELOAD,
	    "Questions of one person that may wait for a place among these; "
	    "less than http.queue, as they count among those waiting there."),
	[APP_READS_WAIT] = OPT_INT("reads.wait", 20, 1, 300, "s", OPTION_RELOAD,
	    "How long such a question waits for a place at most; then it is "
	    "told to come again."),
	{ 0 },
};
