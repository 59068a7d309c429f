#include "http/router.h"

#include <string.h>

#include "core/arena.h"
#include "http/inside.h"

bool
router_query(struct arena *arena, const char *query, size_t max,
    struct path_value **ret, size_t *ret_count)
{
	struct path_value *pairs = NULL;
	size_t count = 0;
	size_t parts = 1;

	for (const char *at = query; *at != '\0'; at++)
		parts += *at == '&';
	if (*query == '\0')
		parts = 0;
	if (parts > max)
		return false;
	pairs = ARENA_ARRAY(arena, parts, struct path_value);
	for (; count < parts; count++) {
		const size_t len = strcspn(query, "&");
		const size_t name_len = strcspn(query, "=&");
		const size_t sign = name_len < len ? 1 : 0;
		struct path_value *pair = &pairs[count];

		pair->name = uri_decode(arena, query, name_len, true);
		pair->value = uri_decode(arena, query + name_len + sign,
		    len - name_len - sign, true);
		if (pair->name == NULL || pair->name[0] == '\0' ||
		    pair->value == NULL)
			return false;
		query += len + 1;
	}
	*ret = pairs;
	*ret_count = count;
	return true;
}
