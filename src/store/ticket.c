#include "core/day.h"
#include "store/inside.h"

/*
 * The ticket is a first-in, first-out right to use the writer connection.  It
 * is handed to the next in line, never thrown to whoever is quickest, so the
 * worst wait is bounded by the line.  In it are threads, which run their unit
 * themselves, and units that were handed over, which the desk runs.
 */

struct slot *
slot_get(struct store *store)
{
	struct slot *slot = store->free_slots;

	if (slot != NULL) {
		store->free_slots = slot->next;
	} else {
		slot = ARENA_NEW(store->arena, struct slot);
		(void)pthread_cond_init(&slot->wake, NULL);
	}
	slot->next = NULL;
	slot->unit = NULL;
	slot->unit_kept = -1;
	slot->called = false;
	return slot;
}

void
slot_put(struct store *store, struct slot *slot)
{
	slot->next = store->free_slots;
	store->free_slots = slot;
}

void
slot_wait(struct store *store, struct slot *slot)
{
	while (!slot->called)
		(void)pthread_cond_wait(&slot->wake, &store->lock);
	slot->called = false;
}

void
ticket_line_put(struct store *store, struct slot *slot)
{
	slot->since_us = time_steady_us();
	*store->line_end = slot;
	store->line_end = &slot->next;
}

struct slot *
ticket_line_pop(struct store *store)
{
	struct slot *next = store->line;

	if (next == NULL) {
		store->ticket_taken = false;
		return NULL;
	}
	store->line = next->next;
	if (store->line == NULL)
		store->line_end = &store->line;
	next->next = NULL;
	next->called = true;
	store->stats.ticket_wait_us += time_steady_us() - next->since_us;
	return next;
}

pthread_cond_t *
ticket_pass(struct store *store)
{
	struct slot *next = ticket_line_pop(store);

	if (next == NULL)
		return NULL;
	if (next->unit == NULL)
		return &next->wake;
	store->desk_next = next;
	return &store->desk_called;
}

void
ticket_call(pthread_cond_t *wake)
{
	if (wake != NULL)
		(void)pthread_cond_signal(wake);
}

struct slot *
ticket_take(struct store *store)
{
	struct slot *slot = NULL;

	(void)pthread_mutex_lock(&store->lock);
	slot = slot_get(store);
	if (store->ticket_taken) {
		ticket_line_put(store, slot);
		slot_wait(store, slot);
	}
	store->ticket_taken = true;
	(void)pthread_mutex_unlock(&store->lock);
	return slot;
}

void
ticket_give(struct store *store, struct slot *slot)
{
	pthread_cond_t *wake = NULL;

	(void)pthread_mutex_lock(&store->lock);
	slot_put(store, slot);
	wake = ticket_pass(store);
	(void)pthread_mutex_unlock(&store->lock);
	ticket_call(wake);
}
