#ifndef NOTIFY_BOOK_H
#define NOTIFY_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/day.h"
#include "core/embedded.h"
#include "notify/topic.h"

/*
 * The templates of letters and the ladders of deadlines, as dated data: those
 * of data/letters built into the program, and behind them those of the
 * operator's file (option notify.letters_file), which win on the same day.
 *
 *	{"ladders": [{"from": day, "form": code?, "rungs": [-7, -2, 0, 1]}],
 *	 "letters": [{"topic": ..., "from": day,
 *		      "vi": {"subject": ..., "text": ...}, "en": {...}}]}
 *
 * A text has places, {form}: form, period, unit, above and deadline, and days in
 * those of deadlines.  A brace that is none of a place is a fault.  A letter is
 * shown by the template that held on its day, so that a new one changes no old
 * letter.  Read once at start; read-only then, any thread.
 */
struct book;

#define BOOK_SUBJECT_MAX 150 /* bytes; in one line */
#define BOOK_TEXT_MAX 2000   /* bytes */
#define BOOK_RUNGS_MAX 20
#define BOOK_RUNG_MOST 30 /* days from the deadline, either way */

/* A rung of a form's ladder. */
struct ladder {
	day from;
	const char *form; /* NULL: every form without one of its own */
	size_t count;
	int64_t rungs[BOOK_RUNGS_MAX]; /* rising */
};

extern const struct embedded notify_letters[]; /* data/letters */

/*
 * In an arena that outlives the book.  Each fault is noted at its place, a JSON
 * pointer.
 *	FAIL_INVALID	"input.invalid" with fields "notify.template"
 *	FAIL_INVALID	"json.*"
 */
struct book *book_new(struct arena *arena);
NODISCARD enum fail book_read(struct ctx *ctx, struct book *book,
    struct bytes file);
/* Has every topic a template?  FAIL_INVALID "notify.template". */
NODISCARD enum fail book_whole(struct ctx *ctx, const struct book *book);

/* The ladder of a form on a day; NULL: nobody is reminded. */
const struct ladder *book_ladder(const struct book *book, const char *form,
    day on);

/*
 * A letter's subject and text in ctx->locale, by the template of a day; data is
 * the letter's values.  A value that is missing is an empty text.  What stands
 * in a value is text, braces too.
 */
struct json;
struct letter_words {
	const char *subject; /* one line */
	const char *text;
};
struct letter_words book_words(struct ctx *ctx, const struct book *book,
    const char *topic, day on, const struct json *data);

#endif
