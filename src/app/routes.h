#ifndef APP_ROUTES_H
#define APP_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "app/route.h"
#include "app/slice.h"
#include "http/http.h"
#include "http/router.h"

/*
 * All rows of all slices as a tree of path segments, made once at start; a
 * look-up walks one node a segment.  A written segment wins over a {value}.
 * Two rows of the same method and place, and a path of more than
 * PATH_VALUES_MAX values, are faults of the program and are asserted.
 */
struct routes;

struct route_match {
	const struct route *route; /* NULL: this method is not for this path */
	size_t number;             /* of the row, for metrics */
	struct path_value values[PATH_VALUES_MAX];
	size_t value_count;
	const char *allow; /* without route: the methods it has, "GET, POST" */
};

struct routes *routes_new(struct arena *arena,
    const struct slice *const *slices);
const struct route *const *routes_list(const struct routes *routes,
    size_t *ret_count);

/* The name of the slice that the n-th row is of. */
const char *routes_slice(const struct routes *routes, size_t number);

/* False if the path is not known.  HEAD is answered by the row of GET. */
bool routes_find(const struct routes *routes, struct arena *arena,
    const struct http_request *request, struct route_match *ret);

extern const char *const method_names[]; /* by enum method */

/* The rows and the slices' gauges get their lines in home->metrics; arena lives as
 * long as these. */
void routes_measured(struct ctx *ctx, struct arena *arena,
    const struct routes *routes);

#endif
