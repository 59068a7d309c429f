#ifndef CORE_TURNSTILE_H
#define CORE_TURNSTILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A few places for work that is heavy, and a queue before them: first come,
 * first served, bounded in number, in each one's share of it and in time.  Who
 * waits holds no thread: whoever gives a place up calls the next one.  Any
 * thread; one lock.
 */
struct turnstile;
struct turnstile *turnstile_new(void);
void turnstile_free(struct turnstile *turnstile); /* NULL does nothing */

struct turnstile_limits {
	int64_t places;
	int64_t queue;   /* so many wait */
	int64_t share;   /* of them, so many of one `whose` */
	int64_t wait_us; /* so long */
};

/*
 * Somebody's turn; it stays where it is until it is called or never waited.
 * called runs once, in the thread of whoever gave the place up, and may only
 * hand over; NULL: nobody can be called, so it never waits.
 */
struct turnstile_turn {
	uint64_t whose;
	void (*called)(struct turnstile_turn *self);
	void *arg; /* called's own */
	bool has_place;
	int64_t since_us; /* the turnstile's, as the next */
	struct turnstile_turn *next;
};

/*
 * True: it waits, belongs to the turnstile until it is called, and may be called
 * before this returns.  False: it has a place, or none is to be had
 * (has_place).  Who is called has a place, unless the time was over.
 */
bool turnstile_enter(struct turnstile *turnstile,
    const struct turnstile_limits *limits, struct turnstile_turn *turn);
/* Give the place up, where there is one. */
void turnstile_leave(struct turnstile *turnstile,
    const struct turnstile_limits *limits, struct turnstile_turn *turn);

/* How many wait. */
int64_t turnstile_waiting(struct turnstile *turnstile);

#endif
