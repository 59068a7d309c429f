#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/arena.h"
#include "http/engine.h"

/*
 * The head of a request as the library gives it: does it leave room for the
 * answer's, and did the library see what was sent?
 */
#define HEADERS_MAX 64

/* What the library holds of a head besides its text. */
#define HELD_ROW ((size_t)64)

/* A row for each further one among texts with such a mark between them. */
static size_t
rows_of(const char *text, char mark)
{
	size_t held = 0;

	for (const char *at = text; *at != '\0'; at++)
		held += *at == mark ? HELD_ROW : 0;
	return held;
}

static enum MHD_Result
weigh(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	size_t *held = cls;

	(void)kind;
	*held += HELD_ROW;
	/* It is copied to be cut into cookies. */
	if (value != NULL && strcasecmp(name, MHD_HTTP_HEADER_COOKIE) == 0)
		*held += strlen(value) + rows_of(value, ';');
	return MHD_YES;
}

bool
exchange_can_begin(const struct exchange *ex)
{
	return ex->uri_len + rows_of(ex->request.query, '&') <=
	       ENGINE_CONNECTION_BYTES;
}

bool
exchange_leaves_room(const struct exchange *ex)
{
	size_t held = MHD_get_connection_info(ex->connection,
			  MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
			  ->header_size +
		      rows_of(ex->request.query, '&');

	(void)MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, weigh,
	    &held);
	return held <= HTTP_HEAD_MAX;
}

/* For the library's walk over the headers; names and values are its own. */
struct collection {
	struct http_header headers[HEADERS_MAX];
	size_t count;
};

static enum MHD_Result
collect(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct collection *all = cls;

	(void)kind;
	if (all->count == HEADERS_MAX)
		return MHD_NO;
	all->headers[all->count].name = name;
	all->headers[all->count].value = value == NULL ? "" : value;
	all->count++;
	return MHD_YES;
}

/* From 1.0 on the library cuts blanks after a value, which then stand between it
 * and the next name; what else could, it refuses by itself (engine_io.c). */
#define CUTS_BLANKS (MHD_VERSION >= 0x01000000)

/* Whether only a line end, of so many bytes, is between a text and the next. */
static bool
is_line_end(const char *end, const char *next, size_t least, size_t most)
{
	const size_t gap = (uintptr_t)next - (uintptr_t)end;

	if (gap >= least && gap <= most)
		return true;
	if (!CUTS_BLANKS || gap < least || gap > HTTP_HEAD_MAX)
		return false;
	for (size_t i = 1; i < gap; i++)
		if (end[i] == '\0' || strchr(" \t\r\n", end[i]) == NULL)
			return false;
	return true;
}

/*
 * Version 0.9.75 silently joins folded headers, in new memory, and ends a line
 * at a NUL.  The texts of a good head are in one row in its buffer, with only
 * their line ends between them; whatever leaves a gap is refused.
 */
static bool
is_one_row(const struct exchange *ex, const struct collection *all,
    const char *method, const char *version)
{
	const size_t head_len = MHD_get_connection_info(ex->connection,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
				    ->header_size;
	const char *end = version + strlen(version);

	if ((uintptr_t)version - ex->uri_end != 1)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		const struct http_header *header = &all->headers[i];

		if (!is_line_end(end, header->name, 1, 2))
			return false;
		end = header->value + strlen(header->value);
	}
	/* The last line end and the empty line. */
	return is_line_end(end, method + head_len, 2, 4);
}

/* Blanks after a value are no part of it; some versions cut them. */
static void
trim_values(struct arena *arena, struct http_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = headers[i].value;
		size_t len = strlen(value);

		while (len > 0 && strchr(" \t", value[len - 1]) != NULL)
			len--;
		if (value[len] != '\0')
			headers[i].value = arena_text_n(arena, value, len);
	}
}

bool
exchange_read_head(struct exchange *ex, const char *method, const char *version)
{
	struct collection all = { .count = 0 };
	const int seen = MHD_get_connection_values(ex->connection,
	    MHD_HEADER_KIND, collect, &all);
	struct http_header *headers = arena_copy(ex->arena, all.headers,
	    all.count * sizeof(all.headers[0]));

	ex->request.headers = headers;
	ex->request.header_count = all.count;
	/* One that did not fit is seen, but not counted. */
	if (seen < 0 || (size_t)seen != all.count ||
	    !is_one_row(ex, &all, method, version))
		return false;
	trim_values(ex->arena, headers, all.count);
	return gate_passes(&ex->request,
	    strcmp(version, MHD_HTTP_VERSION_1_0) != 0);
}
