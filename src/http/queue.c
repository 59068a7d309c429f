#include "http/queue.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "core/arena.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	void **items; /* a ring of most places */
	size_t most;
	size_t first;
	size_t count;
	size_t waiting;     /* takers asleep, or on their way */
	bool is_waking;     /* one is on his way */
	atomic_int calling; /* threads that still have to signal */
	bool closed;
};

struct queue *
queue_new(struct arena *arena, size_t most)
{
	struct queue *queue = ARENA_NEW(arena, struct queue);

	assert(most > 0);
	(void)pthread_mutex_init(&queue->lock, NULL);
	(void)pthread_cond_init(&queue->filled, NULL);
	queue->items = ARENA_ARRAY(arena, most, void *);
	queue->most = most;
	return queue;
}

void
queue_end(struct queue *queue)
{
	/* What was put may be done and answered before its putter has called. */
	while (atomic_load(&queue->calling) > 0)
		(void)sched_yield();
	(void)pthread_cond_destroy(&queue->filled);
	(void)pthread_mutex_destroy(&queue->lock);
}

/* With the lock: is a sleeper to be called for what is there? */
static bool
calls_next(struct queue *queue)
{
	if (queue->count == 0 || queue->waiting == 0 || queue->is_waking)
		return false;
	queue->is_waking = true;
	atomic_fetch_add(&queue->calling, 1);
	return true;
}

/* Without the lock, so that who is called need not wait for it. */
static void
call_one(struct queue *queue)
{
	(void)pthread_cond_signal(&queue->filled);
	atomic_fetch_sub(&queue->calling, 1);
}

void
queue_put(struct queue *queue, void *item)
{
	bool call = false;

	(void)pthread_mutex_lock(&queue->lock);
	assert(queue->count < queue->most && !queue->closed);
	queue->items[(queue->first + queue->count) % queue->most] = item;
	queue->count++;
	call = calls_next(queue);
	(void)pthread_mutex_unlock(&queue->lock);
	if (call)
		call_one(queue);
}

void *
queue_take(struct queue *queue)
{
	void *item = NULL;
	bool call = false;

	(void)pthread_mutex_lock(&queue->lock);
	while (queue->count == 0 && !queue->closed) {
		queue->waiting++;
		(void)pthread_cond_wait(&queue->filled, &queue->lock);
		queue->waiting--;
		queue->is_waking = false;
	}
	if (queue->count > 0) {
		item = queue->items[queue->first];
		queue->first = (queue->first + 1) % queue->most;
		queue->count--;
	}
	call = calls_next(queue);
	(void)pthread_mutex_unlock(&queue->lock);
	if (call)
		call_one(queue);
	return item;
}

void
queue_close(struct queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	(void)pthread_mutex_unlock(&queue->lock);
	(void)pthread_cond_broadcast(&queue->filled);
}
