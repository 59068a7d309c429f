#include "notify/slice.h"

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

const struct slice notify_slice = {
	.name = "notify",
	.routes = (const struct route *const[]){ notify_routes, NULL },
	.grants =
	    (const struct grant[]){
		{ "letter.own", ROLE_EVERYBODY },
		{ 0 },
	    },
	.options = (const struct option *const[]){ notify_option_table, NULL },
	.jobs = notify_jobs,
	.gauges =
	    (const struct gauge[]){
		{ "notify_letters_total", "Letters written to inboxes.",
		    GAUGE_COUNTER, written },
		{ 0 },
	    },
	.events = notify_events,
	.tallies =
	    (const struct tally_table[]){
		{ "places of letters", notify_place_rows },
		{ "letters", notify_letter_rows },
		{ 0 },
	    },
	.open = post_open,
	.close = post_close,
};
