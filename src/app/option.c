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
	{ 0 },
};
