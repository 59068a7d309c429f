#include "notify/slice.h"

#include "core/day.h"
#include "core/home.h"
#include "notify/inside.h"
#include "notify/option.h"
#include "notify/post.h"

static int64_t
written(const struct home *home)
{
	const struct post *post = post_of(home);

	return post == NULL ? 0 : atomic_load(&post->written);
}

static int64_t
sent(const struct home *home)
{
	const struct post *post = post_of(home);

	return post == NULL ? 0 : atomic_load(&post->sent);
}

static int64_t
failed(const struct home *home)
{
	const struct post *post = post_of(home);

	return post == NULL ? 0 : atomic_load(&post->failed);
}

/* As 20251214. */
static int64_t
ladder_day(const struct home *home)
{
	const struct post *post = post_of(home);
	const day on = post == NULL ? 0 : (day)atomic_load(&post->ladder_day);
	int year = 0;
	int month = 0;
	int mday = 0;

	if (on == 0)
		return 0;
	day_split(on, &year, &month, &mday);
	return (year * INT64_C(100) + month) * 100 + mday;
}

const struct slice notify_slice = {
	.name = "notify",
	.routes = (const struct route *const[]){ notify_routes, contact_routes,
	    card_routes, notify_screens, NULL },
	.grants =
	    (const struct grant[]){
		{ "letter.own", ROLE_EVERYBODY },
		{ "card.read", ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR |
				   ROLE_VIEWER | ROLE_CENTRE },
		{ "card.keep", ROLE_CLERK | ROLE_LEADER },
		{ 0 },
	    },
	.options = (const struct option *const[]){ notify_option_table, NULL },
	.jobs = notify_jobs,
	.gauges =
	    (const struct gauge[]){
		{ "notify_letters_total", "Letters written to inboxes.",
		    GAUGE_COUNTER, written },
		{ "notify_sent_total",
		    "Letters sent by mail or to a gateway of messages.",
		    GAUGE_COUNTER, sent },
		{ "notify_tries_failed_total",
		    "Tries to send a letter that failed.", GAUGE_COUNTER,
		    failed },
		{ "notify_ladder_day",
		    "The last day whose reminders of deadlines are done, as "
		    "20251214; 0: none since the start.",
		    GAUGE_LEVEL, ladder_day },
		{ 0 },
	    },
	.events = notify_events,
	.tallies =
	    (const struct tally_table[]){
		{ "places of letters", notify_place_rows },
		{ "letters", notify_letter_rows },
		{ "rungs", notify_rung_rows },
		{ "contacts", notify_contact_rows },
		{ "contact cards", contact_card_rows },
		{ 0 },
	    },
	.open = post_open,
	.close = post_close,
};
