#include "core/turnstile.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/day.h"

struct turnstile {
	pthread_mutex_t lock;
	int64_t taken;
	int64_t waiting;
	struct turnstile_turn *first;
	struct turnstile_turn *last;
};

struct turnstile *
turnstile_new(void)
{
	struct turnstile *turnstile = calloc(1, sizeof(*turnstile));

	assert(turnstile != NULL);
	(void)pthread_mutex_init(&turnstile->lock, NULL);
	return turnstile;
}

void
turnstile_free(struct turnstile *turnstile)
{
	if (turnstile == NULL)
		return;
	assert(turnstile->first == NULL);
	(void)pthread_mutex_destroy(&turnstile->lock);
	free(turnstile);
}

/* With the lock; a walk over some hundred turns at most. */
static bool
has_room(const struct turnstile *turnstile,
    const struct turnstile_limits *limits, uint64_t whose)
{
	int64_t own = 0;

	for (const struct turnstile_turn *turn = turnstile->first; turn != NULL;
	     turn = turn->next)
		own += turn->whose == whose;
	return turnstile->waiting < limits->queue && own < limits->share;
}

bool
turnstile_enter(struct turnstile *turnstile,
    const struct turnstile_limits *limits, struct turnstile_turn *turn)
{
	bool waits = false;

	turn->has_place = false;
	turn->next = NULL;
	(void)pthread_mutex_lock(&turnstile->lock);
	if (turnstile->first == NULL && turnstile->taken < limits->places) {
		turnstile->taken++;
		turn->has_place = true;
	} else if (turn->called != NULL &&
		   has_room(turnstile, limits, turn->whose)) {
		turn->since_us = time_steady_us();
		if (turnstile->last == NULL)
			turnstile->first = turn;
		else
			turnstile->last->next = turn;
		turnstile->last = turn;
		turnstile->waiting++;
		waits = true;
	}
	(void)pthread_mutex_unlock(&turnstile->lock);
	return waits;
}

/*
 * With the lock: take those from the front who are called now.  Who is late gets
 * no place.  As somebody waits only while places are taken, and places are
 * given up, nobody is late for longer than one work takes.
 */
static struct turnstile_turn *
take_called(struct turnstile *turnstile, const struct turnstile_limits *limits)
{
	const int64_t late_us = time_steady_us() - limits->wait_us;
	struct turnstile_turn *called = NULL;
	struct turnstile_turn **end = &called;

	while (turnstile->first != NULL && turnstile->taken < limits->places) {
		struct turnstile_turn *turn = turnstile->first;

		turnstile->first = turn->next;
		turnstile->waiting--;
		turn->next = NULL;
		turn->has_place = turn->since_us >= late_us;
		turnstile->taken += turn->has_place;
		*end = turn;
		end = &turn->next;
	}
	if (turnstile->first == NULL)
		turnstile->last = NULL;
	return called;
}

void
turnstile_leave(struct turnstile *turnstile,
    const struct turnstile_limits *limits, struct turnstile_turn *turn)
{
	struct turnstile_turn *called = NULL;

	if (!turn->has_place)
		return;
	turn->has_place = false;
	(void)pthread_mutex_lock(&turnstile->lock);
	turnstile->taken--;
	called = take_called(turnstile, limits);
	(void)pthread_mutex_unlock(&turnstile->lock);
	while (called != NULL) {
		struct turnstile_turn *next = called->next;

		called->called(called); /* from here on it is another's */
		called = next;
	}
}

int64_t
turnstile_waiting(struct turnstile *turnstile)
{
	int64_t waiting = 0;

	(void)pthread_mutex_lock(&turnstile->lock);
	waiting = turnstile->waiting;
	(void)pthread_mutex_unlock(&turnstile->lock);
	return waiting;
}
