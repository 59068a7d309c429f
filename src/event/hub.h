#ifndef EVENT_HUB_H
#define EVENT_HUB_H

#include <stdint.h>

#include "event/event.h"
#include "people/credential.h"

/*
 * Those who wait for events.  One thread reads each place in the order once for
 * all who wait there, asks each one's rights for each event, and hands on what
 * may be seen.  Who waits holds no worker and no transaction; its memory is that
 * of a stream with nothing in it.
 *
 * A stream is text/event-stream: for each event "id: CURSOR" and "data: JSON";
 * at least every heartbeat_s seconds a comment, with the cursor where it moved
 * over what may not be seen.  A poll is one JSON object, as GET /api/v1/events
 * answers, when something may be seen or its time is over.
 *
 * Who signed out, or whose token, position or account ended, is cut off: before
 * the next event in any case, else within about a second.  Who does not take
 * what is sent keeps its place in the order, not the events: nothing is lost or
 * kept in memory for it, and the engine cuts it in the end.
 */
struct event_hub; /* home->event_hub */
struct http_stream;

struct event_hub_options {
	int streams_max; /* all together; 0: 1000 */
	int person_max;  /* of one person; 0: 12 */
	int heartbeat_s; /* 0: 15 */
};
#define EVENT_WAIT_MAX_S 25
/* Most events that a poll answers. */
#define EVENT_POLL_MAX 100
/* Bytes that wait in one stream to be taken, at most. */
#define EVENT_STREAM_BYTES ((size_t)16384)
#define EVENT_POLL_BYTES ((size_t)65536)

/*
 * Start the thread, on ctx->home with events open.
 *	FAIL_INTERNAL	"event.thread"
 */
NODISCARD enum fail event_hub_start(struct ctx *ctx,
    const struct event_hub_options *options, struct event_hub **ret);
/* End all streams at once, and refuse new ones; before the engine stops. */
void event_hub_stop(struct event_hub *hub);
/* After event_hub_stop and the engine's stop.  NULL does nothing. */
void event_hub_free(struct event_hub *hub);

/* Who waits, from where, for what. */
struct event_wait {
	struct event_cursor after;
	/* Only these kinds, by their places in the list of all; 0: any. */
	uint64_t kinds;
	int wait_s;               /* a poll; 0: a stream */
	int limit;                /* of a poll: events, 1 .. EVENT_POLL_MAX */
	struct credential_id who; /* by what ctx->actor came */
};

/*
 * *ret is a hold for the answer; the producer is the hub.
 *	FAIL_BUSY	"event.streams"	too many, of this person or in all
 */
NODISCARD enum fail event_hub_join(struct ctx *ctx, const struct event_wait *in,
    struct http_stream **ret);

/* Those who wait now; for /metrics. */
int event_hub_count(struct event_hub *hub);
/* How often the thread has looked at them, since its start; for /metrics. */
int64_t event_hub_rounds(struct event_hub *hub);

#endif
