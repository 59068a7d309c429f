#ifndef TOY_TOY_H
#define TOY_TOY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"

/*
 * A toy of a unit.  Objects live in ctx->arena; any thread.
 *
 * Codes:
 *	FAIL_DENIED	"access.denied"
 *	FAIL_NOT_FOUND	"toy.unknown"	or it is of a unit that the actor does
 *					not reach
 *	FAIL_CONFLICT	"toy.too_many"	the unit has as many as toy.most says
 *	FAIL_CONFLICT	"toy.state"	it is broken already
 */
#define TOY_NAME_MAX 80 /* letters */
#define TOY_PAGE_MAX 100
#define TOY_BLOB "toy" /* the owner of pictures (store/blob.h) */
#define TOY_MADE "vn.truc.toy.made"
#define TOY_POLISH "toy.polish"

struct flow;
extern const struct flow toy_flow;
extern const char *const toy_states[]; /* ends with NULL */

struct toy {
	int64_t id;
	int64_t unit;
	const char *name;
	const char *picture; /* SHA-256 in hexadecimal; NULL: none */
	int64_t state;       /* moved by toy_flow alone */
	const char *state_name;
	struct list_of actions; /* what ctx->actor may do (app/flow.h) */
};

/*
 * Needs TX_WRITE.  upload is a complete one of the actor's (blob/upload.h),
 * which becomes the picture; NULL: none.  Says TOY_MADE and adds a TOY_POLISH.
 *	as upload_take
 */
NODISCARD enum fail toy_make(struct ctx *ctx, int64_t unit, const char *name,
    const int64_t *upload, struct toy **ret);

/* In a transaction. */
NODISCARD enum fail toy_load(struct ctx *ctx, int64_t id, struct toy **ret);

/*
 * In a transaction: toys that the actor may see among the TOY_PAGE_MAX after an
 * id; *ret_next is the id to go on after, 0 at the end.
 */
NODISCARD enum fail toy_list(struct ctx *ctx, int64_t after, struct toy **ret,
    size_t *ret_count, int64_t *ret_next);

/* Need TX_WRITE.  The job polishes, and leaves alone what is not new. */
NODISCARD enum fail toy_polish(struct ctx *ctx, int64_t id);
NODISCARD enum fail toy_break(struct ctx *ctx, int64_t id, struct toy **ret);

#endif
