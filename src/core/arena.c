#include "core/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A bump allocator.  Under a sanitizer every object gets a block of its own and
 * exactly its size, so that an overrun is seen.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define BLOCK_FIRST ((size_t)4096)
#define BLOCK_MOST ((size_t)256 * 1024)
/* An object over this part of the next block is allocated alone. */
#define ALONE_PART 4
#define ALIGN alignof(max_align_t)

struct block {
	struct block *next;
	size_t room;
	size_t used;
	alignas(max_align_t) unsigned char at[];
};

struct deferred {
	void (*end)(void *object);
	void *object;
	struct deferred *older;
};

struct arena {
	struct block *current; /* where small objects go */
	struct block *full;    /* all other blocks */
	size_t next_room;
	size_t used;
	size_t soft_max;
	struct deferred *deferred; /* newest first */
	struct arena *parent;
	struct arena *children; /* newest first */
	struct arena *older;    /* among the parent's children */
	struct arena *newer;
};

static NORETURN void
exhausted(size_t bytes)
{
	(void)fprintf(stderr, "out of memory: %zu bytes\n", bytes);
	abort();
}

static void *
take_heap(size_t bytes)
{
	void *got = malloc(bytes);

	if (got == NULL)
		exhausted(bytes);
	return got;
}

static struct block *
block_new(size_t room)
{
	struct block *block = NULL;

	if (room > SIZE_MAX / 2)
		exhausted(room);
	block = take_heap(sizeof(*block) + room);
	block->next = NULL;
	block->room = room;
	block->used = 0;
	return block;
}

static void
blocks_free(struct block *block)
{
	while (block != NULL) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

static void *
take_alone(struct arena *arena, size_t bytes)
{
	struct block *block = block_new(bytes);

	block->used = bytes;
	block->next = arena->full;
	arena->full = block;
	return block->at;
}

/* Memory that is not zeroed.  align is a power of two, at most ALIGN. */
static void *
take(struct arena *arena, size_t bytes, size_t align)
{
	struct block *block = arena->current;
	size_t at = 0;

	if (bytes == 0)
		bytes = 1;
	if (SIZE_MAX - arena->used < bytes)
		exhausted(bytes);
	arena->used += bytes;
	if (SANITIZED)
		return take_alone(arena, bytes);
	if (block != NULL) {
		at = (block->used + align - 1) & ~(align - 1);
		if (at <= block->room && bytes <= block->room - at) {
			block->used = at + bytes;
			return block->at + at;
		}
	}
	if (bytes > arena->next_room / ALONE_PART)
		return take_alone(arena, bytes);
	if (block != NULL) {
		block->next = arena->full;
		arena->full = block;
	}
	/* The head counts, so that malloc is asked for round sizes. */
	block = block_new(arena->next_room - sizeof(*block));
	if (arena->next_room < BLOCK_MOST)
		arena->next_room *= 2;
	arena->current = block;
	block->used = bytes;
	return block->at;
}

struct arena *
arena_new(size_t soft_max)
{
	struct arena *arena = take_heap(sizeof(*arena));

	*arena = (struct arena){
		.next_room = BLOCK_FIRST,
		.soft_max = soft_max,
	};
	return arena;
}

static void
run_deferred(struct arena *arena)
{
	while (arena->deferred != NULL) {
		const struct deferred *newest = arena->deferred;

		/* Unlinked first: end may defer again. */
		arena->deferred = newest->older;
		newest->end(newest->object);
	}
}

static void
free_children(struct arena *arena)
{
	while (arena->children != NULL)
		arena_free(arena->children);
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	free_children(arena);
	run_deferred(arena);
	if (arena->parent != NULL) {
		if (arena->newer != NULL)
			arena->newer->older = arena->older;
		else
			arena->parent->children = arena->older;
		if (arena->older != NULL)
			arena->older->newer = arena->newer;
	}
	blocks_free(arena->full);
	blocks_free(arena->current);
	free(arena);
}

void
arena_end(struct arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}

struct arena *
arena_child(struct arena *parent)
{
	struct arena *child = arena_new(0);

	if (parent->soft_max > 0)
		child->soft_max = arena_over(parent)
				      ? 1
				      : parent->soft_max - parent->used + 1;
	child->parent = parent;
	child->older = parent->children;
	if (child->older != NULL)
		child->older->newer = child;
	parent->children = child;
	return child;
}

void
arena_reset(struct arena *arena)
{
	free_children(arena);
	run_deferred(arena);
	blocks_free(arena->full);
	arena->full = NULL;
	if (arena->current != NULL)
		arena->current->used = 0;
	arena->used = 0;
}

void *
arena_alloc(struct arena *arena, size_t count, size_t size)
{
	size_t bytes = 0;
	void *at = NULL;

	if (__builtin_mul_overflow(count, size, &bytes))
		exhausted(SIZE_MAX);
	at = take(arena, bytes, ALIGN);
	memset(at, 0, bytes);
	return at;
}

void
arena_defer(struct arena *arena, void (*end)(void *object), void *object)
{
	struct deferred *newest = ARENA_NEW(arena, struct deferred);

	newest->end = end;
	newest->object = object;
	newest->older = arena->deferred;
	arena->deferred = newest;
}

bool
arena_over(const struct arena *arena)
{
	return arena->soft_max > 0 && arena->used > arena->soft_max;
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

char *
arena_text(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_text_n(arena, text, strlen(text));
}

char *
arena_text_n(struct arena *arena, const char *text, size_t len)
{
	char *copy = NULL;

	if (len == SIZE_MAX)
		exhausted(len);
	copy = take(arena, len + 1, 1);
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	char small[256];
	char *out = NULL;
	va_list args;
	int len = 0;

	va_start(args, format);
	len = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	assert(len >= 0);
	if ((size_t)len < sizeof(small))
		return arena_text_n(arena, small, (size_t)len);
	out = take(arena, (size_t)len + 1, 1);
	va_start(args, format);
	len = vsnprintf(out, (size_t)len + 1, format, args);
	va_end(args);
	assert(len >= 0);
	return out;
}

void *
arena_copy(struct arena *arena, const void *from, size_t len)
{
	void *copy = take(arena, len, ALIGN);

	if (len > 0)
		memcpy(copy, from, len);
	return copy;
}
