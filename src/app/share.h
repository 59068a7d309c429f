#ifndef APP_SHARE_H
#define APP_SHARE_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * What each person may have on its way in at once, of bodies that go to a spool
 * file: so many bytes (option http.spool_share), and one body for each target
 * (a path).  So nobody keeps the bodies of others out by many or slow ones.
 *
 * Any thread.
 */
struct shares;
struct shares *shares_new(void);
void shares_free(struct shares *shares); /* NULL does nothing */

/*
 * For ctx->actor, before anything of the body is read: so many bytes until
 * ctx->arena ends, which is before shares_free.  target is copied.
 *	FAIL_TOO_BIG	"input.too_big"	more than the share by itself
 *	FAIL_CONFLICT	"input.twice"	another body is on its way there
 *	FAIL_TOO_OFTEN	"input.share"	together with others it is too much
 */
NODISCARD enum fail share_take(struct ctx *ctx, struct shares *shares,
    const char *target, int64_t bytes);

#endif
