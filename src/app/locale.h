#ifndef APP_LOCALE_H
#define APP_LOCALE_H

#include <stddef.h>

#include "core/ctx.h"
#include "core/embedded.h"

/*
 * What officials read when something fails: one plain sentence per code in
 * Vietnamese and English, from locale/failures/MODULE.json built into the
 * program.  "kind.NAME" holds the title of a kind.  Read once at start;
 * read-only after; any thread.
 */
struct locale;

extern const struct embedded locale_failures[];

struct locale_entry {
	const char *code;
	const char *vi;
	const char *en;
};

/*
 * home->locale.
 *	FAIL_INTERNAL	"locale.broken"	a file is no object of {vi, en}, or
 *			two say the same code
 */
NODISCARD enum fail locale_new(struct ctx *ctx, const struct embedded *files,
    struct locale **ret);
void locale_free(struct locale *locale); /* NULL does nothing */

/* The sentence in a language ("vi" or "en"); NULL if there is none, or no
 * locale. */
const char *locale_text(const struct locale *locale, const char *code,
    const char *language);

/* All entries in the order of the files. */
const struct locale_entry *locale_entries(const struct locale *locale,
    size_t *ret_count);

/* "vi" or "en" from an Accept-Language header; NULL or neither: "vi". */
const char *locale_pick(const char *accept_language);

#endif
