#ifndef HOOK_HOOK_H
#define HOOK_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * A hook sends events to another program's URL: at least once, in order, each
 * with the same id whenever it is sent, signed (hook/message.h).  It acts for
 * the person who made it, by one of their positions and by the token it was made
 * with, and sends only what that position may read at the moment of sending.
 *
 * Its states and what moves them are in hook/flow.c, drawn in README.md.
 *
 * It is stopped by an answer of 410 and by too many dead letters, and goes on
 * where it was when its owner resumes it.  It ends when it is removed, or when
 * its person, token or position ends; an ended one has no secret any more.
 *
 * Functions need a transaction (TX_WRITE where something changes) and check
 * rights: hook.own is to have hooks of one's own; whoever has ops.read sees
 * those of others, whoever has hook.manage removes them.
 */
#define HOOK_EVENTS_MAX 2000 /* bytes of all patterns */
#define HOOK_PATTERNS_MAX 20 /* patterns */
#define HOOK_PAGE_MAX 100    /* hooks, letters */
#define HOOK_SECRET_BYTES 32
#define HOOK_SECRET_TEXT_MAX 64 /* "whsec_" and base64 */

extern const char *const hook_states[]; /* NULL-terminated */

struct hook {
	int64_t id;
	const char *owner; /* login */
	int64_t unit;
	const char *role;
	bool by_token;
	const char *url;
	const char *events;
	const char *state;
	const char *reason; /* of being stopped or ended; a code, or NULL */
	int64_t created_us;
	int64_t changed_us;
	const char *cursor; /* of the events: all before it is decided */
	bool is_behind;     /* there is more to send */
	int64_t sent;       /* events delivered */
	const int64_t *sent_us;
	int64_t tries;             /* of the event at the head */
	const int64_t *failing_us; /* since when it fails; NULL: it does not */
	const int64_t *next_us;    /* when it is tried again */
	const int64_t *status;     /* last answer that was no success */
	const char *failure;       /* last failure, a code; NULL: none */
	int64_t dead;              /* dead letters */
};

/* url: http/client.h.  events: patterns with blanks between them: a name, or
 * its beginning and '*'. */
struct hook_new {
	const char *url;
	const char *events;
	int64_t unit;
	const char *role;
};

/*
 * It begins with what happens from now on.  The secret's text is shown here
 * only.
 *	FAIL_LOGIN	"access.login"
 *	FAIL_INVALID	"input.invalid" with fields "client.url"
 *			"client.address_forbidden" "hook.events"
 *	FAIL_NOT_FOUND	"position.unknown"	not one of the caller's
 *	FAIL_CONFLICT	"hook.too_many"		hook.a_person (hook/option.h)
 */
NODISCARD enum fail hook_create(struct ctx *ctx, const struct hook_new *in,
    int64_t *ret_id, const char **ret_secret);

/* FAIL_NOT_FOUND "hook.unknown", also for those of others; so do all below. */
NODISCARD enum fail hook_load(struct ctx *ctx, int64_t id, struct hook *ret);

struct hook_page {
	const struct hook *items;
	size_t count;
	const int64_t *next; /* the next page is after this id; NULL: none is */
};

/* Those after an id, at most limit (1..HOOK_PAGE_MAX): one's own, with ops.read
 * everybody's. */
NODISCARD enum fail hook_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct hook_page *ret);

/* FAIL_CONFLICT "hook.ended" */
NODISCARD enum fail hook_remove(struct ctx *ctx, int64_t id);
/* FAIL_CONFLICT "hook.not_stopped" */
NODISCARD enum fail hook_resume(struct ctx *ctx, int64_t id);
/* Send an event vn.truc.hook.tested in its turn, whatever the patterns are.
 * FAIL_CONFLICT "hook.not_active", FAIL_TOO_OFTEN "hook.day_full" */
NODISCARD enum fail hook_test(struct ctx *ctx, int64_t id);

struct hook_letter {
	int64_t id;
	const char *event; /* its id; "": events that cannot be read any more */
	const char *name;
	const char *object;
	int64_t at_us;
	int64_t dead_us;
	int64_t tries;
	const int64_t *status; /* last answer; NULL: there was none */
	const char *failure;   /* a code */
	bool is_asked;         /* is sent again soon */
};
struct hook_letter_page {
	const struct hook_letter *items;
	size_t count;
	const int64_t *next; /* as of hook_page */
};

/* As hook_list, of one hook. */
NODISCARD enum fail hook_letter_list(struct ctx *ctx, int64_t id, int64_t after,
    int64_t limit, struct hook_letter_page *ret);

/*
 * Send a dead letter again, once, before what comes next; letter 0: all of
 * them.  One that fails again stays.
 *	FAIL_NOT_FOUND	"hook.letter_unknown"	not there, or not to be read
 *	FAIL_CONFLICT	"hook.not_active"
 */
NODISCARD enum fail hook_replay(struct ctx *ctx, int64_t id, int64_t letter,
    int64_t *ret_count);

#endif
