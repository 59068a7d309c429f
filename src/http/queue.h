#ifndef HTTP_QUEUE_H
#define HTTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A queue of requests for the workers.  Those of one key are first in first out;
 * of several keys each has its turn, so that who sends a thousand requests waits
 * for them, and nobody else does.  (Keys are spread over 256 lines; two that
 * meet share a turn.)  Any number put and take; who puts knows that there are
 * never more than most.  It lives in the arena it was made in; queue_end frees the
 * lock.
 *
 * One taker at a time is on his way from sleep: when he has taken and more is
 * there he calls the next.  So takers that are awake get the work that comes
 * while another wakes, and a burst does not wake them all.
 */
struct arena;
struct queue;

struct queue *queue_new(struct arena *arena, size_t most);
void queue_end(struct queue *queue);

void queue_put(struct queue *queue, uint64_t key, void *item);
/* Waits for an item; NULL once the queue is closed and empty. */
void *queue_take(struct queue *queue);
void queue_close(struct queue *queue);

#endif
