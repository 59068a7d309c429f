#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"

/*
 * Match "/api/v1/reports/{id}/sign" against a path.  Path values live in the
 * given arena.
 */
struct arena;

struct path_value {
	const char *name;
	const char *value;
};
#define PATH_VALUES_MAX 4

/* False if the path does not match. */
bool router_match(struct arena *arena, const char *pattern, const char *path,
    struct path_value values[PATH_VALUES_MAX], size_t *ret_count);

/* The query string as decoded pairs; false if malformed or more than max. */
NODISCARD bool router_query(struct arena *arena, const char *query, size_t max,
    struct path_value **ret, size_t *ret_count);

#endif
