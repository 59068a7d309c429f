#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"

/*
 * Memory with one lifetime: a unit of work, or a loop body.  A returned pointer
 * lives in the caller's arena and nobody frees single objects.  Not safe for
 * use by two threads at once.
 */
struct arena;

/*
 * soft_max is in bytes: passing it is remembered (arena_over), so that readers
 * of outside input can refuse; 0 means no soft limit.
 */
struct arena *arena_new(size_t soft_max);
void arena_free(struct arena *arena); /* NULL does nothing */
void arena_end(struct arena **arena); /* for AUTO */

/*
 * A child is freed by its own arena_free or with its parent; use it for the
 * body of a long loop.  Its soft limit is what its parent has left.
 * arena_reset frees what was allocated, children too, but keeps the arena.
 */
struct arena *arena_child(struct arena *parent);
void arena_reset(struct arena *arena);

/* Zeroed memory; never NULL: true exhaustion ends the process. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, count, type) \
	((type *)arena_alloc((arena), (count), sizeof(type)))

/* Call end(object) when the arena is freed or reset, newest first. */
void arena_defer(struct arena *arena, void (*end)(void *object), void *object);

bool arena_over(const struct arena *arena);
size_t arena_used(const struct arena *arena); /* bytes handed out */

char *arena_text(struct arena *arena, const char *text); /* NULL stays NULL */
char *arena_text_n(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF(2, 3);
void *arena_copy(struct arena *arena, const void *from, size_t len);

#endif
