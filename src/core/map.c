#include "core/map.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

/* Open addressing with linear steps; at most three quarters are taken. */
struct entry {
	uint64_t hash;
	int64_t key;      /* when text is NULL */
	const char *text; /* NULL: key is a number */
	void *value;
	bool taken;
};

struct map {
	struct arena *arena;
	struct entry *entries;
	size_t room; /* a power of two */
	size_t count;
	uint64_t seed;
};

#define ROOM_LEAST 8

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
	z = (z ^ z >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return z ^ z >> 32;
}

static uint64_t
hash_text(uint64_t seed, const char *text)
{
	uint64_t hash = seed;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return mix(hash);
}

struct map *
map_new(struct arena *arena, size_t expect)
{
	struct map *map = ARENA_NEW(arena, struct map);

	map->arena = arena;
	map->room = ROOM_LEAST;
	while (map->room / 4 * 3 < expect)
		map->room *= 2;
	map->entries = ARENA_ARRAY(arena, map->room, struct entry);
	/* The address differs from run to run: collisions cannot be planned. */
	map->seed = mix((uint64_t)(uintptr_t)map);
	return map;
}

static bool
same_key(const struct entry *a, const struct entry *b)
{
	if (a->hash != b->hash)
		return false;
	if (a->text == NULL || b->text == NULL)
		return a->text == b->text && a->key == b->key;
	return strcmp(a->text, b->text) == 0;
}

/* The entry of a key, or the free one where it belongs. */
static struct entry *
find(const struct map *map, const struct entry *wanted)
{
	size_t at = (size_t)wanted->hash & (map->room - 1);

	while (map->entries[at].taken && !same_key(&map->entries[at], wanted))
		at = (at + 1) & (map->room - 1);
	return &map->entries[at];
}

static void
grow(struct map *map)
{
	const struct entry *old = map->entries;
	const size_t old_room = map->room;

	map->room *= 2;
	map->entries = ARENA_ARRAY(map->arena, map->room, struct entry);
	for (size_t i = 0; i < old_room; i++)
		if (old[i].taken)
			*find(map, &old[i]) = old[i];
}

static void
put(struct map *map, const struct entry *wanted)
{
	struct entry *at = find(map, wanted);

	if (at->taken) {
		at->value = wanted->value;
		return;
	}
	*at = *wanted;
	at->taken = true;
	map->count++;
	if (map->count > map->room / 4 * 3)
		grow(map);
}

static struct entry
number_entry(const struct map *map, int64_t key)
{
	return (
	    struct entry){ .hash = mix((uint64_t)key ^ map->seed), .key = key };
}

static struct entry
text_entry(const struct map *map, const char *key)
{
	assert(key != NULL);
	return (struct entry){ .hash = hash_text(map->seed, key), .text = key };
}

void
map_put(struct map *map, int64_t key, void *value)
{
	struct entry entry = number_entry(map, key);

	entry.value = value;
	put(map, &entry);
}

void *
map_get(const struct map *map, int64_t key)
{
	const struct entry entry = number_entry(map, key);

	return find(map, &entry)->value;
}

void
map_put_text(struct map *map, const char *key, void *value)
{
	struct entry entry = text_entry(map, key);

	entry.value = value;
	put(map, &entry);
}

void *
map_get_text(const struct map *map, const char *key)
{
	const struct entry entry = text_entry(map, key);

	return find(map, &entry)->value;
}

size_t
map_count(const struct map *map)
{
	return map->count;
}
