#ifndef CORE_PIN_H
#define CORE_PIN_H

#include "core/ctx.h"

/*
 * One picture a unit of work.  What a module publishes as a whole and replaces
 * as a whole (the directory of units, the catalogue of forms) is taken once and
 * kept in ctx: every later call of the same transaction gets the same picture,
 * however often it is replaced meanwhile.
 *
 * A picture is current until the next transaction of the same ctx begins, so
 * that it is never older than the rows which are read beside it; a job of many
 * short transactions works by today's picture in each.  What a handler computes
 * after its transaction still has that of the transaction.  Without one, the
 * first picture taken stays.  Whose own change is published (after the commit)
 * gets a new one from then on.
 *
 * All pictures taken live until the arena is freed that ctx was started with,
 * also if ctx->arena was another one for a while.  One thread, that of ctx.
 */
struct arena;
struct pins;

struct pins *pins_new(struct arena *arena);

/* The owner is the address of a constant of the module, as in home_keep.  NULL:
 * none, or it is no longer current, so that the newest is to be taken. */
void *pin_current(const struct ctx *ctx, const void *owner);

/*
 * Make it current; unpin (NULL: nothing) is called with it when the arena is
 * freed, or at once if it is held already.  Asserts that there is room: few
 * modules have pictures.
 */
#define PIN_OWNERS_MAX 8
void pin_keep(struct ctx *ctx, const void *owner, void *picture,
    void (*unpin)(void *picture));

/* Nothing is current any more; what was taken stays valid. */
void pin_renew(struct ctx *ctx);

#endif
