#include "cube/pile.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

void
pile_init(struct pile *pile, struct arena *arena, size_t item_bytes,
    unsigned shift)
{
	memset(pile, 0, sizeof(*pile));
	pile->arena = arena;
	pile->item_bytes = item_bytes;
	pile->shift = shift;
	atomic_init(&pile->table, NULL);
}

/* Readers may hold the old table, so it is left where it is. */
static void
grow_table(struct pile *pile)
{
	const size_t room = pile->room == 0 ? 8 : pile->room * 2;
	uint8_t **table = ARENA_ARRAY(pile->arena, room, uint8_t *);
	uint8_t **old =
	    atomic_load_explicit(&pile->table, memory_order_relaxed);

	if (pile->chunks > 0)
		memcpy(table, old, pile->chunks * sizeof(*table));
	pile->room = room;
	atomic_store_explicit(&pile->table, table, memory_order_release);
}

void
pile_reserve(struct pile *pile, size_t more)
{
	const size_t per_chunk = (size_t)1 << pile->shift;
	const size_t need = (pile->count + more + per_chunk - 1) >> pile->shift;

	assert(pile->count + more <= INT32_MAX);
	while (pile->chunks < need) {
		uint8_t **table = NULL;

		if (pile->chunks == pile->room)
			grow_table(pile);
		table =
		    atomic_load_explicit(&pile->table, memory_order_relaxed);
		table[pile->chunks] =
		    arena_alloc(pile->arena, per_chunk, pile->item_bytes);
		pile->chunks++;
	}
}

int32_t
pile_push(struct pile *pile)
{
	assert(pile->count >> pile->shift < pile->chunks);
	return (int32_t)pile->count++;
}

int32_t
pile_run(struct pile *pile, size_t n)
{
	const size_t per_chunk = (size_t)1 << pile->shift;
	const size_t used = pile->count & (per_chunk - 1);
	size_t at = 0;

	assert(n <= per_chunk);
	if (used + n > per_chunk)
		pile->count += per_chunk - used;
	pile_reserve(pile, n);
	at = pile->count;
	pile->count += n;
	return (int32_t)at;
}
