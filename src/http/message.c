#include <assert.h>
#include <strings.h>

#include "core/arena.h"
#include "http/http.h"

const char *
http_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	return NULL;
}

const char *
http_joined(struct arena *arena, const struct http_request *request,
    const char *name)
{
	const char *all = NULL;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		if (strcasecmp(header->name, name) != 0)
			continue;
		all = all == NULL
			  ? header->value
			  : arena_printf(arena, "%s,%s", all, header->value);
	}
	return all;
}

void
http_set(struct http_response *response, const char *name, const char *value)
{
	assert(response->header_count < ARRAY_SIZE(response->headers));
	response->headers[response->header_count].name = name;
	response->headers[response->header_count].value = value;
	response->header_count++;
}

/* FNV-1a; it need not be hard to meet, only to be spread. */
uint64_t
http_key(const char *text, size_t len)
{
	uint64_t key = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		key = (key ^ (unsigned char)text[i]) * 0x100000001b3u;
	return key ^ key >> 32;
}
