#ifndef PEOPLE_THROTTLE_H
#define PEOPLE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Slows down guessing of passwords.  Every attempt is charged before the
 * password is looked at (so many at once do not slip through) and given back
 * when it was right.  A login may fail so many times in a row as the
 * option password.tries says, then once in 30 seconds; an address
 * password.tries_address times, then once in 2 seconds (many offices share one).  An IPv6 address counts with its whole network of 64 bits.  Times
 * are microseconds of the caller's clock.
 *
 * A table of fixed size in memory with one lock; where it is full, the key that
 * would be free soonest makes room.
 */
enum throttle_kind { THROTTLE_LOGIN, THROTTLE_ADDRESS };

struct home;
struct throttle;
struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle); /* NULL does nothing */

/* Would it be charged now?  0, or seconds to wait. */
int64_t throttle_ask(struct throttle *throttle, const struct home *home,
    enum throttle_kind kind, const char *key, int64_t now_us);
/* 0: charged, go on.  Else nothing is charged: seconds to wait. */
int64_t throttle_take(struct throttle *throttle, const struct home *home,
    enum throttle_kind kind, const char *key, int64_t now_us);
/* The attempt was right, or was not made: take the charge back. */
void throttle_give_back(struct throttle *throttle, enum throttle_kind kind,
    const char *key);
/* Forget the failures of this key. */
void throttle_clear(struct throttle *throttle, enum throttle_kind kind,
    const char *key);

/* A number for an address and all that count with it; never 0. */
uint64_t throttle_network(const struct throttle *throttle, const char *address);

#endif
