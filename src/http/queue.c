#include "http/queue.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "core/arena.h"
#include "core/attr.h"

struct place {
	void *item;
	struct place *next; /* in its line, or of those that are free */
};

struct line {
	struct place *first;
	struct place *last;
	struct line *next; /* whose turn is after this one's */
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct line lines[256]; /* by key */
	struct line *turn;      /* of those that have items; NULL: none */
	struct line *last_turn;
	struct place *free;
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
	struct place *places = ARENA_ARRAY(arena, most, struct place);

	assert(most > 0);
	(void)pthread_mutex_init(&queue->lock, NULL);
	(void)pthread_cond_init(&queue->filled, NULL);
	for (size_t i = 0; i < most; i++) {
		places[i].next = queue->free;
		queue->free = &places[i];
	}
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

static void
add_turn(struct queue *queue, struct line *line)
{
	line->next = NULL;
	if (queue->turn == NULL)
		queue->turn = line;
	else
		queue->last_turn->next = line;
	queue->last_turn = line;
}

static void
push(struct queue *queue, struct line *line, void *item)
{
	struct place *place = queue->free;

	queue->free = place->next;
	*place = (struct place){ .item = item };
	if (line->first == NULL) {
		line->first = place;
		add_turn(queue, line);
	} else {
		line->last->next = place;
	}
	line->last = place;
	queue->count++;
}

/* The next of the line whose turn it is; with more it lines up again. */
static void *
pop(struct queue *queue)
{
	struct line *line = queue->turn;
	struct place *place = line->first;

	queue->turn = line->next;
	line->first = place->next;
	if (line->first != NULL)
		add_turn(queue, line);
	place->next = queue->free;
	queue->free = place;
	queue->count--;
	return place->item;
}

void
queue_put(struct queue *queue, uint64_t key, void *item)
{
	bool call = false;

	(void)pthread_mutex_lock(&queue->lock);
	assert(queue->free != NULL && !queue->closed);
	push(queue, &queue->lines[key % ARRAY_SIZE(queue->lines)], item);
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
	if (queue->count > 0)
		item = pop(queue);
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
