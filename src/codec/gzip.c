#include "codec/gzip.h"

#define ZLIB_CONST /* what it only reads is const */
#include <zlib.h>

#include "core/arena.h"

/* Chosen by measurement: docs/decisions/0010-gzip-by-zlib.md. */
#define LEVEL 2
#define WINDOW_BITS 14
#define MEMORY_LEVEL 6
#define GZIP_HEAD 16 /* added to the window bits it asks for gzip's frame */

static void *
take(void *arena, unsigned count, unsigned size)
{
	return arena_alloc(arena, count, size);
}

/* All of it goes with its arena. */
static void
give_back(void *arena, void *object)
{
	(void)arena;
	(void)object;
}

bool
gzip_text(struct arena *arena, struct bytes in, struct bytes *ret)
{
	struct arena *own AUTO(arena_end) = NULL;
	z_stream stream = { .zalloc = take, .zfree = give_back };
	uint8_t *out = NULL;

	if (in.len / 2 == 0 || in.len > GZIP_IN_MAX)
		return false;
	own = arena_child(arena);
	stream.opaque = own;
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_BITS + GZIP_HEAD,
		MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	out = ARENA_ARRAY(arena, in.len / 2, uint8_t);
	stream.next_in = in.at;
	stream.avail_in = (uInt)in.len;
	stream.next_out = out;
	stream.avail_out = (uInt)(in.len / 2);
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		return false;
	*ret = (struct bytes){ out, in.len / 2 - stream.avail_out };
	return true;
}
