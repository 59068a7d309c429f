#ifndef HOOK_INSIDE_H
#define HOOK_INSIDE_H

#include <stdint.h>

#include "core/ctx.h"
#include "people/tally.h"

/* What the files of hook/ share.  Asks for no rights. */
struct sql_hook_rows;

enum hook_state { HOOK_ACTIVE, HOOK_STOPPED, HOOK_ENDED };
enum hook_event {
	HOOK_STOP,
	HOOK_RESUME,
	HOOK_TEST,
	HOOK_REPLAY,
	HOOK_REMOVE,
	HOOK_END,
};

/* A hook as its flow sees it. */
struct hook_at {
	int64_t id;
	int64_t person;
	int64_t state; /* enum hook_state */
};
extern const struct flow hook_flow;

/*
 * May this be done to the hook?  *ret is what it is then; the row is written by
 * the query of the event, which takes the state it was in and the one it is in,
 * and changes nothing if another was faster.
 *	FAIL_NOT_FOUND	"hook.unknown"	not the actor's to move
 *	FAIL_CONFLICT	"hook.not_active" "hook.not_stopped" "hook.ended"
 */
NODISCARD enum fail hook_step(struct ctx *ctx, const struct sql_hook_rows *row,
    enum hook_event event, struct hook_at *ret);

/*
 * Of the doctor (app/slice.h, struct check).
 *	FAIL_INTERNAL	"hook.miscounted" "hook.misplaced" "hook.job_gone"
 */
struct text;
NODISCARD enum fail hook_check(struct ctx *ctx, struct text *said);

/* NULL: there is none. */
NODISCARD enum fail hook_row(struct ctx *ctx, int64_t id,
    struct sql_hook_rows **ret);

/* The rows as the checkpoint's sum counts them (people/tally.h): before a change
 * and after it. */
NODISCARD enum fail hook_whole_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail hook_letter_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail hook_leave(struct ctx *ctx, int64_t id);
NODISCARD enum fail hook_enter(struct ctx *ctx, int64_t id);
/* Of all letters of the hook. */
NODISCARD enum fail hook_letters_leave(struct ctx *ctx, int64_t hook);
NODISCARD enum fail hook_letters_enter(struct ctx *ctx, int64_t hook);
NODISCARD enum fail letter_leave(struct ctx *ctx, int64_t id);
NODISCARD enum fail letter_enter(struct ctx *ctx, int64_t id);

#endif
