#include "report/option.h"

#define BOUND(name, initial, prose) \
	OPT_INT(name, initial, 1, 100000000, "", OPTION_RELOAD, prose)

const struct option report_option_table[] = {
	[REPORT_ACCEPTED_AT_ONCE] =
	    OPT_INT("report.accepted_at_once", 20, 1, 500, "", OPTION_RELOAD,
		"Reports that one unit of work accepts where many are accepted "
		"by one request; other writers go between two units."),
	[REPORT_OWED_SINCE] =
	    OPT_INT("report.owed_since", 2000, 2000, 2100, "", OPTION_RELOAD,
		"Year of the first periods that are listed as owed in the work "
		"lists: who began with this program later reported older ones "
		"otherwise, and they are nobody's debt here."),
	[REPORT_SAVES] = BOUND("report.saves_a_day", 10000,
	    "Writings of one report's paper a day: opening, saving, submitting, "
	    "giving back, amending, dropping. Who types for ten hours and "
	    "pauses every 5 s is saved 7,200 times."),
	[REPORT_SAVES_PERSON] = BOUND("report.saves_a_day_person", 30000,
	    "The same by one person in the browser, whatever the report: two "
	    "windows for ten hours are 14,400. Counted in memory: a restart "
	    "begins the day anew."),
	[REPORT_SAVES_KEY] = BOUND("report.saves_a_day_key", 600000,
	    "The same by one key. A province of 3,300 communes that reports "
	    "through one key, with 12 forms due on one day, writes 39,600 "
	    "reports; step by step each is 3 writings and the signature, and "
	    "one of two is corrected: 178,200, three times over."),
	[REPORT_VERSIONS] = BOUND("report.versions_a_day", 200,
	    "Versions of one report signed in a day. One is usual; a day of "
	    "back and forth between commune and province is some ten."),
	[REPORT_VERSIONS_PERSON] = BOUND("report.versions_a_day_person", 2000,
	    "Versions signed by one person in the browser a day. A leader who "
	    "also answers for 40 abolished units signs 12 forms of each: 492, "
	    "half of them twice: 738."),
	[REPORT_VERSIONS_KEY] = BOUND("report.versions_a_day_key", 200000,
	    "Versions signed through one key a day. 3,300 communes with 12 "
	    "forms are 39,600, half of them twice 59,400, three times over. A "
	    "lost key needs 84 days to fill one period of a form (16.7 "
	    "million versions); the alarm speaks weeks before."),
	{ 0 },
};
