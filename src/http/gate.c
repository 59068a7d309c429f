#include <string.h>
#include <strings.h>

#include "core/num.h"
#include "http/http.h"
#include "http/inside.h"

/* RFC 9110 section 5.6.2. */
static bool
is_token(const char *name)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (const char *at = name; *at != '\0'; at++) {
		const bool alphanumeric = (*at >= '0' && *at <= '9') ||
					  (*at >= 'a' && *at <= 'z') ||
					  (*at >= 'A' && *at <= 'Z');

		if (!alphanumeric && strchr(marks, *at) == NULL)
			return false;
	}
	return *name != '\0';
}

static bool
has_control(const char *value)
{
	for (; *value != '\0'; value++) {
		const unsigned char c = (unsigned char)*value;

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

bool
gate_header(const char *name, const char *value)
{
	return is_token(name) && !has_control(value);
}

bool
gate_target(const char *raw, const char *path)
{
	if (raw[0] != '/' || path == NULL || strpbrk(path, "\t\n") != NULL)
		return false;
	for (; *raw != '\0'; raw++)
		if ((unsigned char)*raw <= ' ' || *raw == 0x7f)
			return false;
	return true;
}

bool
gate_passes(const struct http_request *request, bool is_1_1)
{
	int framings = 0;
	int hosts = 0;
	int64_t len = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		const char *name = request->headers[i].name;
		const char *value = request->headers[i].value;

		if (!gate_header(name, value))
			return false;
		if (strcasecmp(name, "Content-Length") == 0) {
			framings++;
			if (!num_parse(value, 0, INT64_MAX, &len))
				return false;
		}
		if (strcasecmp(name, "Host") == 0)
			hosts++;
		if (strcasecmp(name, "Transfer-Encoding") == 0) {
			framings++;
			/* HTTP/1.0 has none: who is in front may frame it
			 * otherwise (RFC 9112, 6.1). */
			if (!is_1_1 || strcasecmp(value, "chunked") != 0)
				return false;
		}
	}
	return framings <= 1 && hosts <= 1 && (hosts == 1 || !is_1_1);
}
