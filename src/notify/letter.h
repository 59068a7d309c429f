#ifndef NOTIFY_LETTER_H
#define NOTIFY_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * Letters: what was said to a person at a time, in the person's inbox.  A letter
 * has names and days and no content of reports; what it is about is opened by
 * its address, which asks for the rights of that moment.  It stays as it was
 * said, also when the person has another position by then.
 *
 * A person reads the own letters alone.
 *	FAIL_LOGIN	"access.login"
 *	FAIL_NOT_FOUND	"letter.unknown"	or another's
 */
#define LETTER_OBJECT_MAX 300 /* bytes */
#define LETTER_WHAT_MAX 100
#define LETTER_UNREAD_MOST 100 /* counted up to it */
#define LETTER_PAGE_MAX 100
#define LETTER_READ_AT_ONCE 500

#define LETTER_WRITTEN "vn.truc.letter.written"

struct letter_new {
	int64_t person;
	const char *topic;
	const char *what; /* once a person: an event's id, a rung */
	int64_t unit;
	const char *object; /* an address of the client: "/reports/17" */
	const char *data;   /* JSON, the values of the template's places */
	int64_t at_us;
};

/*
 * Needs TX_WRITE; asks for no rights.  Nothing happens if the person was told of
 * it already.  Else LETTER_WRITTEN is emitted for the person alone.
 */
NODISCARD enum fail letter_write(struct ctx *ctx,
    const struct letter_new *letter);

struct letter {
	int64_t id;
	const char *topic;
	const char *subject; /* in ctx->locale */
	const char *text;
	const char *object;
	int64_t unit;
	int64_t at_us;
	const int64_t *read_us; /* NULL: not yet */
};

/* Own letters, the newest first; after 0 or the last id seen. */
struct letter_page {
	struct letter *items;
	size_t count;
	const int64_t *next; /* NULL: the end */
};
NODISCARD enum fail letter_list(struct ctx *ctx, bool unread, int64_t after,
    int64_t limit, struct letter_page *ret);

/* How many own ones are unread, at most LETTER_UNREAD_MOST. */
NODISCARD enum fail letter_unread(struct ctx *ctx, int64_t *ret);

/* The same letter for whoever sends it: asks for no rights; false: it is gone. */
NODISCARD enum fail letter_load(struct ctx *ctx, int64_t id,
    int64_t *ret_person, struct letter *ret, bool *ret_found);

/* Need TX_WRITE.  One, whether read or not; all up to an id, at most
 * LETTER_READ_AT_ONCE, with how many are left. */
NODISCARD enum fail letter_read(struct ctx *ctx, int64_t id);
NODISCARD enum fail letter_read_all(struct ctx *ctx, int64_t up_to);

/* Forget letters and rungs older than before_us, at most most of each.  Needs
 * TX_WRITE. */
NODISCARD enum fail letter_forget(struct ctx *ctx, int64_t before_us,
    int64_t most, size_t *ret_gone);

#endif
