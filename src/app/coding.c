#include "app/coding.h"

#include <string.h>
#include <strings.h>

#include "codec/gzip.h"

static const char *const types[] = { "application/json",
	"application/problem+json", "text/csv", "text/html", "text/plain" };

bool
coding_varies(const char *type, size_t len)
{
	size_t type_len = 0;

	if (len <= CODING_PLAIN_MAX || type == NULL)
		return false;
	type_len = strcspn(type, "; ");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i]) == type_len &&
		    memcmp(types[i], type, type_len) == 0)
			return true;
	return false;
}

static bool
is_token(const char *at, size_t len, const char *token)
{
	return strlen(token) == len && strncasecmp(at, token, len) == 0;
}

/* What follows a coding's name, up to the comma: ";q=0.5", blanks, nothing. */
static bool
is_allowed(const char *at, const char *end)
{
	at += strspn(at, " \t");
	if (at == end)
		return true;
	if (*at != ';')
		return false;
	at++;
	at += strspn(at, " \t");
	if (strncasecmp(at, "q=", 2) != 0)
		return false;
	at += 2;
	if (*at == '1')
		return true;
	if (at[0] != '0' || at[1] != '.')
		return false;
	at += 2;
	at += strspn(at, "0");
	return *at >= '1' && *at <= '9';
}

bool
coding_takes_gzip(const struct http_request *request)
{
	const char *at = http_header(request, "Accept-Encoding");
	bool any = false;

	while (at != NULL && *at != '\0') {
		const char *name = at + strspn(at, ", \t");
		const char *end = name + strcspn(name, ",");
		const size_t len = strcspn(name, ",; \t");

		if (is_token(name, len, "gzip") ||
		    is_token(name, len, "x-gzip"))
			return is_allowed(name + len, end);
		if (is_token(name, len, "*"))
			any = is_allowed(name + len, end);
		at = end;
	}
	return any;
}

void
coding_apply(struct arena *arena, const struct http_request *request,
    struct http_response *response)
{
	if (coding_takes_gzip(request) &&
	    gzip_text(arena, response->body, &response->body))
		http_set(response, "Content-Encoding", "gzip");
}
