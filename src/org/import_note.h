#ifndef ORG_IMPORT_NOTE_H
#define ORG_IMPORT_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * What an import found doubtful: nothing is dropped silently.  about is the
 * name of the count it belongs to ("rows_unmatched").  In ctx->arena.
 */
struct import_note {
	const char *about;
	const char *text;
	struct import_note *next;
};

struct import_notes {
	struct import_note *first; /* in the order found */
	struct import_note *last;
	size_t count;
};

void import_note(struct ctx *ctx, struct import_notes *notes, const char *about,
    const char *format, ...) PRINTF(4, 5);

/* A count of an import's report, for printing; lists end with label NULL. */
struct import_count {
	const char *label;
	size_t offset; /* of an int64_t in the report */
};
int64_t import_count_value(const struct import_count *count,
    const void *report);

#endif
