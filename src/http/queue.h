#ifndef HTTP_QUEUE_H
#define HTTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A bounded queue between the I/O thread and the workers, first in first out.
 * One thread puts, any number take.  It lives in the arena it was made in;
 * queue_end frees the lock.
 */
struct arena;
struct queue;

struct queue *queue_new(struct arena *arena, size_t most);
void queue_end(struct queue *queue);

/* Only the thread that puts may rely on the answer. */
bool queue_has_room(struct queue *queue);
/* There must be room. */
void queue_put(struct queue *queue, void *item);
/* Waits for an item; NULL once the queue is closed and empty. */
void *queue_take(struct queue *queue);
void queue_close(struct queue *queue);

#endif
