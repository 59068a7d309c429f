#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Hash maps in an arena: int64 or text to pointer.  Keys of text are kept, not
 * copied.  A later put of the same key replaces.  Readers may share a map that
 * no longer changes.
 */
struct arena;
struct map;

struct map *map_new(struct arena *arena, size_t expect);
void map_put(struct map *map, int64_t key, void *value);
void *map_get(const struct map *map, int64_t key); /* NULL: absent */
void map_put_text(struct map *map, const char *key, void *value);
void *map_get_text(const struct map *map, const char *key);
size_t map_count(const struct map *map);

#endif
