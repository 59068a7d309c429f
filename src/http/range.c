#include <string.h>
#include <strings.h>

#include "core/num.h"
#include "http/http.h"

/* Digits up to end, no more and nothing else; -1 if there are none. */
static bool
read_place(const char *at, const char *end, int64_t *ret)
{
	char digits[20] = { 0 };
	const size_t len = (size_t)(end - at);

	*ret = -1;
	if (len == 0)
		return true;
	if (len >= sizeof(digits) || strspn(at, "0123456789") < len)
		return false;
	memcpy(digits, at, len);
	return num_parse(digits, 0, INT64_MAX, ret);
}

enum http_range_kind
http_range(const char *value, int64_t size, struct http_range *ret)
{
	static const char unit[] = "bytes=";
	const char *dash = NULL;
	int64_t first = 0;
	int64_t last = 0;

	if (value == NULL || strncasecmp(value, unit, sizeof(unit) - 1) != 0)
		return HTTP_RANGE_WHOLE;
	value += sizeof(unit) - 1;
	value += strspn(value, " \t");
	dash = strchr(value, '-');
	/* A second dash is that of a second range, or none of ours. */
	if (dash == NULL || !read_place(value, dash, &first) ||
	    !read_place(dash + 1, dash + strlen(dash), &last) ||
	    (first < 0 && last < 0) || (last >= 0 && first > last))
		return HTTP_RANGE_WHOLE;
	if (first < 0) { /* the last bytes */
		if (last == 0 || size == 0)
			return HTTP_RANGE_OUTSIDE;
		first = last < size ? size - last : 0;
		last = size - 1;
	}
	if (first >= size)
		return HTTP_RANGE_OUTSIDE;
	if (last < 0 || last >= size)
		last = size - 1;
	*ret = (struct http_range){ first, last - first + 1 };
	return HTTP_RANGE_PART;
}
