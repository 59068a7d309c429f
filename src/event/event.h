#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "store/store.h"

/*
 * What happened, in one order, for whoever follows it: streams, long polls and
 * hooks.  An event is a fact of the past about one object; it holds no content,
 * only which object to read.
 *
 * An event that is a ledger entry is not stored again: the ledger is its log,
 * and a row of a slice's table of kinds gives it its name.  All others are rows
 * of table event, written by event_emit in the unit of work of the change.
 *
 * Order: the batch's leader numbers rows and ledger entries together, inside
 * the commit, so a reader that has seen a position has seen all before it.  A
 * row notes how many entries the ledger had, so it comes after entry
 * ledger_size - 1 and before entry ledger_size.
 *
 * An event is shown once its commit's effects are applied: who reads it finds
 * units, forms, people and totals as they were after the change.
 *
 * Any thread; objects returned live in ctx->arena.
 */
struct ledger_entry;
struct event;
struct events; /* home->events */

#define EVENT_NAME_MAX 80   /* bytes */
#define EVENT_OBJECT_MAX 64 /* bytes */
#define EVENT_ID_MAX 40     /* bytes */
#define EVENT_KINDS_MAX 64  /* of all slices: bits of a set of kinds */

/*
 * A row of a slice's table of events, which ends with name NULL; struct slice
 * names the table.  Names are vn.truc.<object>.<past participle>.
 */
struct event_kind {
	const char *name;   /* "vn.truc.report.signed" */
	const char *object; /* "report": what is read to learn more */
	/* The ledger kind it is: "report.sign"; NULL: event_emit. */
	const char *entry;
	/*
	 * Of a ledger event: the object's id in the words of the API's paths,
	 * in ctx->arena.  NULL: the entry's unit.
	 */
	enum fail (*object_of)(struct ctx *ctx,
	    const struct ledger_entry *entry, const char **ret);
	/*
	 * May ctx->actor (not NULL) read the object now?  Inside TX_READ.
	 */
	enum fail (
	    *may_see)(struct ctx *ctx, const struct event *event, bool *ret);
};

/*
 * A place in the order: all ledger entries below ledger and all rows up to
 * number are before it.  As text it is opaque to callers of the API.
 */
struct event_cursor {
	int64_t ledger;
	int64_t number;
};
#define EVENT_CURSOR_MAX 48 /* bytes of its text */

struct event {
	/* Stable for ever, and of no other event even after a restore:
	 * "l48213.9b0c4e71a5d2" (ledger), "e17.63b1f0a2c4e00" (row). */
	const char *id;
	const struct event_kind *kind;
	const char *object; /* id of the object, "17" */
	int64_t unit;       /* whose it is; 0: nobody's */
	int64_t at_us;
	int64_t ledger_index;       /* -1: no ledger entry */
	struct event_cursor cursor; /* the place after it */
};

/*
 * Read where the order ends, and follow the ledger of ctx->home, which must be
 * open; before the first write.  The kinds are those of ctx->home->slices.
 * Begins its own TX_READ.  The caller puts it into home->events.
 */
NODISCARD enum fail events_open(struct ctx *ctx, struct events **ret);
void events_close(struct events *events); /* NULL does nothing */

/*
 * Note an event of a kind without ledger entry; it exists if the unit of work
 * comes through.  Needs TX_WRITE.  name must be that of a row; object is copied
 * (1 .. EVENT_OBJECT_MAX bytes), unit 0 or positive.  Does nothing without
 * home->events.
 */
NODISCARD enum fail event_emit(struct ctx *ctx, const char *name,
    const char *object, int64_t unit);

/*
 * Events in order after a cursor.  most (1 .. EVENT_READ_MAX) bounds the
 * positions looked at, so a page may be short or empty while more follows; a
 * ledger entry that is no event moves the cursor, too.  Needs TX_READ.  Asks
 * for no rights: event_may_see does.
 *	FAIL_CONFLICT	"event.pruned"	rows after the cursor are gone: read the
 *			state anew and go on from event_now
 *	FAIL_CONFLICT	"event.ahead"	the cursor is of a later state of this
 *			installation, which was restored from an older copy
 */
#define EVENT_READ_MAX 1000
struct event_page {
	const struct event *items;
	size_t count;
	struct event_cursor cursor; /* go on from here */
	bool more;                  /* there was more when it was read */
};
NODISCARD enum fail event_read(struct ctx *ctx,
    const struct event_cursor *after, size_t most, struct event_page *ret);

/*
 * May ctx->actor see it now?  Needs TX_READ.  What may not be seen is passed
 * over and moves the cursor all the same.
 */
NODISCARD enum fail event_may_see(struct ctx *ctx, const struct event *event,
    bool *ret);

/* may_see of a kind whose objects everybody signed in may read. */
NODISCARD enum fail event_for_all(struct ctx *ctx, const struct event *event,
    bool *ret);

/* The end of the order: what is shown now is before it. */
struct event_cursor event_now(const struct home *home);
/* The same as the transaction sees it: for who compares rows with it. */
NODISCARD enum fail event_end(struct ctx *ctx, struct event_cursor *ret);
/* The beginning of what is kept.  Needs TX_READ. */
NODISCARD enum fail event_start(struct ctx *ctx, struct event_cursor *ret);
bool event_cursor_equal(struct event_cursor a, struct event_cursor b);
/*
 * Right before the event: between who follows and it there may be entries that
 * are no events.
 */
struct event_cursor event_place_before(const struct event *event);

const char *event_cursor_text(struct arena *arena, struct event_cursor cursor);
/* FAIL_INVALID "event.cursor" */
NODISCARD enum fail event_cursor_parse(struct ctx *ctx, const char *text,
    struct event_cursor *ret);

/*
 * At start: call news(arg) after every commit that moved the end, in the
 * batch's leader, which holds the writer's ticket: it may only wake somebody.
 * At most EVENT_LISTENERS_MAX.
 */
#define EVENT_LISTENERS_MAX 4
void event_listen(struct events *events, void (*news)(void *arg), void *arg);
/* After the last write. */
void event_unlisten(struct events *events, void (*news)(void *arg), void *arg);

/*
 * Forget rows older than before_us, the oldest first, at most most of them; the
 * newest row stays, so that numbers go on.  Needs TX_WRITE.
 */
NODISCARD enum fail event_prune(struct ctx *ctx, int64_t before_us, int most,
    int64_t *ret_gone);

#endif
