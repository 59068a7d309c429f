#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/call.h"

/*
 * Eight bytes of a file's size, then the headers Range and If-Range, a line
 * each; without the second line there is no If-Range.  Part of a file is
 * answered only of the content that was meant, and is what Content-Range says.
 */
static const struct digest digest; /* "00...0" as ETag */

static void
check_part(const struct call *call, int64_t size)
{
	const struct http_file *file = call->file;
	const char *said = call_answered_header(call, "Content-Range");
	int64_t first = -1;
	int64_t last = -1;
	int64_t whole = -1;

	fuzz_check(said != NULL);
	fuzz_check(sscanf(said, "bytes %" SCNd64 "-%" SCNd64 "/%" SCNd64,
		       &first, &last, &whole) == 3);
	fuzz_check(whole == size && first >= 0 && first <= last && last < size);
	fuzz_check(file->offset == first && file->bytes == last - first + 1);
}

static void
check_whole(const struct call *call, int64_t size)
{
	fuzz_check(call->status == 200);
	fuzz_check(call->file->offset == 0 && call->file->bytes == size);
	fuzz_check(call_answered_header(call, "Content-Range") == NULL);
}

void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct call_file file = { .fd = -1,
		.digest = &digest,
		.type = "application/octet-stream" };
	struct http_header headers[2] = { { "Range", NULL },
		{ "If-Range", NULL } };
	struct http_request request = { .method = "GET",
		.headers = headers,
		.header_count = 1 };
	struct call call = { .request = &request };
	const char *etag = NULL;
	char *line = NULL;
	bool is_meant = true;

	if (in.len < sizeof(file.bytes))
		return;
	memcpy(&file.bytes, in.at, sizeof(file.bytes));
	file.bytes &= INT64_MAX;
	headers[0].value =
	    arena_text_n(ctx->arena, (const char *)in.at + sizeof(file.bytes),
		in.len - sizeof(file.bytes));
	line = strchr(headers[0].value, '\n');
	etag =
	    arena_printf(ctx->arena, "\"%s\"", digest_hex(ctx->arena, &digest));
	if (line != NULL) {
		*line = '\0';
		headers[1].value = line + 1;
		request.header_count = 2;
		is_meant = strcmp(line + 1, etag) == 0;
	}
	if (call_answer_file(ctx, &call, &file) != OK) {
		fuzz_check(is_meant && call.failure_status == 416);
		fuzz_check(call.file == NULL);
		return;
	}
	if (is_meant && call.status == 206)
		check_part(&call, file.bytes);
	else
		check_whole(&call, file.bytes);
}
