#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "people/access.h"
#include "trust/trust.h"

/*
 * home->people: the two questions only org can answer, the cache of actors and
 * what guards sign-in.  Any thread; the functions are set before the first one
 * starts.  Without reach, scopes hold for the position's own unit only.
 */
struct people;
struct people *people_new(void);
void people_set_reach(struct people *people, access_reach_fn *reach);
void people_set_describe(struct people *people, access_describe_fn *describe);
/* Be told, in a batch's leader, that somebody's rights, sessions or tokens have
 * changed: it may only wake.  One at most; NULL takes it away. */
void people_listen(struct people *people, void (*news)(void *arg), void *arg);

/*
 * At start: add a slice's grants.  The table stays in use.
 *	FAIL_INTERNAL	"access.granted_twice"
 */
NODISCARD enum fail people_grant(struct ctx *ctx, const struct grant *table);

/* Is this permission known?  people_new knows those of people/ itself. */
bool people_grants(const struct people *people, const char *permission);

/* Before the first thread: a secret of this installation (else one of this
 * process), by which it knows the cookies of browsers again. */
void people_set_secret(struct people *people, const struct digest *secret);

/* How many sign-ins wait for a place. */
int64_t people_waiting(const struct people *people);

void people_free(struct people *people); /* NULL does nothing */

#endif
