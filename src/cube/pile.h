#ifndef CUBE_PILE_H
#define CUBE_PILE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A growing array whose items never move: chunks of 1 << shift items and a
 * table of chunks.  One writer at a time (the slab's lock) pushes; a reader that
 * learned of an item through an acquiring load may read it without the lock
 * while others are pushed, because a table that was outgrown stays readable
 * until the arena is freed.
 */
struct arena;

struct pile {
	struct arena *arena;
	size_t item_bytes;
	unsigned shift;
	size_t count;  /* items pushed; the writer's */
	size_t chunks; /* chunks made */
	size_t room;   /* chunks the table can name */
	_Atomic(uint8_t **) table;
};

void pile_init(struct pile *pile, struct arena *arena, size_t item_bytes,
    unsigned shift);
/* After this, more pushes do not allocate. */
void pile_reserve(struct pile *pile, size_t more);
/* The position of a new, zeroed item; asserts that it was reserved. */
int32_t pile_push(struct pile *pile);
/* The position of the first of n new, zeroed items that lie side by side; at
 * most a chunk's.  May allocate. */
int32_t pile_run(struct pile *pile, size_t n);

static inline void *
pile_at(const struct pile *pile, int32_t i)
{
	const size_t at = (size_t)i;
	uint8_t **table =
	    atomic_load_explicit(&pile->table, memory_order_acquire);

	return table[at >> pile->shift] +
	       (at & (((size_t)1 << pile->shift) - 1)) * pile->item_bytes;
}

#endif
