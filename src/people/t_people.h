#ifndef PEOPLE_T_PEOPLE_H
#define PEOPLE_T_PEOPLE_H

#include "people/people.h"
#include "t_store.h"

/* For the tests above: home->people over the test's store. */
static inline void
t_people_end(void *object)
{
	people_free(object);
}

static inline void
t_people(struct t *t, access_reach_fn *reach)
{
	t->home.people = people_new(reach);
	t_defer(t, t_people_end, t->home.people);
}

#endif
