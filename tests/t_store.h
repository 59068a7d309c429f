#ifndef T_STORE_H
#define T_STORE_H

#include "t.h"

/*
 * Tests with a store: t_store(t) opens an in-memory SQLite store with all
 * migrations into t->home.store (closed by t_teardown).
 */
struct store;
void t_store(struct t *t);

/*
 * Run one unit of work as the dispatcher would: fresh ctx (arena, clock), the
 * actor kept, TX_WRITE, commit on OK.  The failure stays readable in t->ctx.
 */
enum fail t_unit(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg);
enum fail t_read(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg);

/* A number that changes when any row of any table does (store_digest). */
uint64_t t_digest(struct t *t);

/*
 * Break the 1st, 2nd, 3rd ... fallible step of run until it succeeds.  Each
 * broken run fails cleanly and leaves the database as it was.
 */
void t_each_failure(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg);
#define T_STEPS_MAX 2000

#endif
