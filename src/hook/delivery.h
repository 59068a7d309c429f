#ifndef HOOK_DELIVERY_H
#define HOOK_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "event/event.h"
#include "jobs/jobs.h"

/*
 * A job's way along the order of events, for one hook: what the files that
 * deliver share.  The functions of the first group need TX_READ, those of the
 * second TX_WRITE; arg is the struct delivery, for tx_within().
 */
struct sql_letter_next;
struct hooks;

/* Why of a letter whose event its owner may not read (any more). */
extern const char hook_unreadable[];

/* What is to be done next. */
enum next {
	NEXT_SEND,    /* event is there */
	NEXT_NOTHING, /* nothing, or not in this snapshot: page.more */
	NEXT_LOST,    /* the hook is no longer this job's */
	NEXT_END,     /* its person, token or position ended: why */
	NEXT_GAP,     /* what follows, or the letter, cannot be read: why */
};

struct delivery {
	struct job *job;
	int64_t hook;
	struct hooks *hooks;

	/* The page at hand. */
	struct arena *job_arena;  /* as long as the job */
	struct arena *page_arena; /* from page to page */
	struct event_page page;
	size_t page_at;
	bool has_page;

	/* How far it is, and what the row does not say yet. */
	bool is_begun;
	struct event_cursor cursor;
	struct event_cursor before; /* what is buried now */
	int64_t sent;               /* since the last note */
	int64_t tries;              /* that failed in a row */
	int64_t failing_us;         /* since when; 0: it does not fail */
	int64_t next_us;            /* not before; 0: at once */
	int64_t status;             /* of the last answer that was no success */
	const char *failure;
	bool is_over;

	/* What delivery_next found; of this step's arena. */
	enum next next;
	const char *why;
	const struct event *event;
	const struct sql_letter_next *letter; /* sent again; NULL: in turn */
	struct bytes body;
	const char *url;
	struct bytes secret;
	int64_t resumed_us;
};

/* ---- TX_READ ---- */

/*
 * Look at the hook, at who it acts for, and for the next event in its turn or
 * dead letter asked for.  What is not wanted or may not be read is passed.
 */
NODISCARD enum fail delivery_next(struct ctx *ctx, void *arg);

/* Go on where events can be read again, after a gap. */
NODISCARD enum fail delivery_after_gap(struct ctx *ctx, void *arg);

/* ---- TX_WRITE: all leave a hook alone that is no longer the job's ---- */

/* How far it is; with is_over the job lets the hook go. */
NODISCARD enum fail delivery_note(struct ctx *ctx, void *arg);
/* Of a hook that has ended meanwhile; the others do so, too. */
NODISCARD enum fail delivery_let_go(struct ctx *ctx, void *arg);
/* The event at hand is a dead letter; the cursor is behind it. */
NODISCARD enum fail delivery_bury(struct ctx *ctx, void *arg);
/* What is before the cursor could not be read: a letter without event. */
NODISCARD enum fail delivery_bury_gap(struct ctx *ctx, void *arg);
NODISCARD enum fail delivery_stop_hook(struct ctx *ctx, void *arg);
NODISCARD enum fail delivery_end_hook(struct ctx *ctx, void *arg);
/* The letter that was sent again is no more, or stays. */
NODISCARD enum fail delivery_drop_letter(struct ctx *ctx, void *arg);
NODISCARD enum fail delivery_keep_letter(struct ctx *ctx, void *arg);

#endif
