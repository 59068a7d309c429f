#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"

/*
 * Names and values of a request's path and query.  The table of routes itself
 * is app/routes.h.
 */
struct arena;

struct path_value {
	const char *name;
	const char *value;
};
#define PATH_VALUES_MAX 4

/*
 * The query string as decoded pairs in NFC; a name alone has the value "".
 * False if malformed, not clean UTF-8, without a name, or more than max.
 */
NODISCARD bool router_query(struct arena *arena, const char *query, size_t max,
    struct path_value **ret, size_t *ret_count);

/*
 * Percent-decoding of len bytes, in NFC; in a form a plus is a blank.  NULL if
 * a percent is not followed by two hexadecimal digits, or if the result is not
 * clean UTF-8 (core/utf8.h: no NUL, no controls).
 */
const char *uri_decode(struct arena *arena, const char *text, size_t len,
    bool is_form);

#endif
