#include "fuzz.h"

#include <inttypes.h>
#include <string.h>

#include "http/http.h"

/*
 * Eight bytes of a file's size, then a Range header.  A part lies in the file,
 * and is the same part when it is asked for plainly.
 */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct http_range range = { 0 };
	struct http_range again = { 0 };
	const char *header = NULL;
	int64_t size = 0;

	if (in.len < sizeof(size))
		return;
	memcpy(&size, in.at, sizeof(size));
	size &= INT64_MAX;
	header = arena_text_n(ctx->arena, (const char *)in.at + sizeof(size),
	    in.len - sizeof(size));
	if (http_range(header, size, &range) != HTTP_RANGE_PART)
		return;
	fuzz_check(range.offset >= 0 && range.offset < size);
	fuzz_check(range.bytes > 0 && range.bytes <= size - range.offset);
	header = arena_printf(ctx->arena, "bytes=%" PRId64 "-%" PRId64,
	    range.offset, range.offset + range.bytes - 1);
	fuzz_check(http_range(header, size, &again) == HTTP_RANGE_PART);
	fuzz_check(again.offset == range.offset && again.bytes == range.bytes);
}
