#ifndef PEOPLE_T_PEOPLE_H
#define PEOPLE_T_PEOPLE_H

#include "ledger/ledger.h"
#include "people/people.h"
#include "t_store.h"

/* For the tests above: home->people, and what a slice grants. */
static inline void
t_people_end(void *object)
{
	people_free(object);
}

static inline void
t_people(struct t *t, access_reach_fn *reach)
{
	t->home.people = people_new();
	people_set_reach(t->home.people, reach);
	t_defer(t, t_people_end, t->home.people);
}

static inline void
t_people_end_ledger(void *object)
{
	ledger_close(object);
}

/* For those who write the audit: a ledger on the store that is there. */
static inline void
t_people_ledger(struct t *t)
{
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, t_people_end_ledger, t->home.ledger);
}

static inline void
t_grant(struct t *t, const struct grant *table)
{
	if (table != NULL && !people_grants(t->home.people, table->permission))
		t_ok(&t->ctx, people_grant(&t->ctx, table));
}

#endif
