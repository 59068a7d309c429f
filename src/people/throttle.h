#ifndef PEOPLE_THROTTLE_H
#define PEOPLE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Slows down guessing of passwords.  Every attempt is charged before the
 * password is looked at (so many at once do not slip through) and given back
 * when it was right.  What is charged, and when it refuses (people/sign_in.c
 * says who is charged what):
 *
 *	PAIR	a login from one network: password.tries, then one a minute
 *	LOGIN	a login, wherever from: password.tries_login, then one in 36 s
 *	ADDRESS	a network, whatever login: password.tries_address, then one in
 *		2 s (many offices share one)
 *	BROWSER	a browser that has signed this person in: as PAIR
 *	CHANGE	who is signed in and gives the old password: as PAIR
 *	LINK	a network that gives codes that nobody has: as ADDRESS
 *
 * An IPv6 address counts with its whole network of 64 bits.  Times are
 * microseconds of the caller's clock.
 *
 * A table of fixed size in memory with one lock, whoever comes from wherever;
 * where it is full, the key that would be free soonest makes room.
 */
enum throttle_kind {
	THROTTLE_PAIR,
	THROTTLE_LOGIN,
	THROTTLE_ADDRESS,
	THROTTLE_BROWSER,
	THROTTLE_CHANGE,
	THROTTLE_LINK,
};

struct arena;
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

/* Forget all failures of one person: whatever is charged to the login, wherever
 * from, and to browsers that know the person. */
void throttle_forget(struct throttle *throttle, const char *login,
    int64_t person);

/*
 * What an address counts as: an IPv6 address as its network of 64 bits, of
 * which each host can take any; one that carries an IPv4 address as that; all
 * else as it is.
 */
const char *throttle_network(struct arena *arena, const char *address);
/* A number for a key; never 0, and another one in each process. */
uint64_t throttle_number(const struct throttle *throttle,
    enum throttle_kind kind, const char *key);

#endif
