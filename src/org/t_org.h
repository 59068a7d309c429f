#ifndef ORG_T_ORG_H
#define ORG_T_ORG_H

#include "t_store.h"

#include "ledger/ledger.h"
#include "org/directory.h"
#include "org/slice.h"
#include "org/unit.h"
#include "people/t_people.h"
#include "store/store.h"

/*
 * Tests with units: an in-memory store, a ledger, access by org_reach and an
 * empty directory; the actor is the system.
 */
static inline void
t_org_end_org(void *object)
{
	org_free(object);
}

static inline void
t_org_end_ledger(void *object)
{
	ledger_close(object);
}

static inline enum fail
t_org_load(struct ctx *ctx, void *arg)
{
	(void)arg;
	return org_load(ctx);
}

/* On a store that is there. */
static inline void
t_org_add(struct t *t)
{
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, t_org_end_ledger, t->home.ledger);
	t_people(t, org_reach);
	t_grant(t, org_slice.grants);
	org_attach(&t->home, org_new());
	t_defer(t, t_org_end_org, org_of(&t->home));
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_read(t, t_org_load, NULL));
}

static inline void
t_org(struct t *t)
{
	t_store(t);
	t_org_add(t);
}

/* One new unit, by itself in a unit of work; its id. */
struct t_org_unit {
	const struct unit_new *in;
	int64_t id;
};

static inline enum fail
t_org_create(struct ctx *ctx, void *arg)
{
	struct t_org_unit *unit = arg;

	return unit_create(ctx, unit->in, &unit->id);
}

static inline int64_t
t_org_unit(struct t *t, const struct unit_new *in)
{
	struct t_org_unit unit = { in, 0 };

	t_ok(&t->ctx, t_unit(t, t_org_create, &unit));
	return unit.id;
}

#endif
