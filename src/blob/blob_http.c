#include "app/table.h"
#include "blob/right.h"
#include "blob/slice.h"
#include "blob/upload.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"
#include "people/access.h"
#include "store/blob.h"
#include "store/within.h"

static const char octets[] = "application/octet-stream";

struct upload_in {
	int64_t bytes;
	const char *sha256;
};

struct uploads_out {
	struct list_of items;
};

/* clang-format off */
static const struct shape_field upload_in_fields[] = {
	F_INT(struct upload_in, bytes, 0, UPLOAD_BYTES_MAX, REQUIRED,
	    "length of the whole file, in bytes", "1048577"),
	F_TEXT(struct upload_in, sha256, 64, REQUIRED,
	    "SHA-256 of the whole file, in lower-case hexadecimal",
	    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
};
static const struct shape upload_in_shape =
    SHAPE("UploadNew", struct upload_in, upload_in_fields);

static const struct shape_field uploads_fields[] = {
	F_LIST(struct uploads_out, items, &upload_shape, UPLOADS_MAX,
	    "your uploads that were not taken yet, the oldest first"),
};
static const struct shape uploads_shape =
    SHAPE("Uploads", struct uploads_out, uploads_fields);
/* clang-format on */

static const struct table_column uploads_columns[] = {
	{ "id", NULL, NULL },
	{ "bytes", NULL, NULL },
	{ "sha256", NULL, NULL },
	{ "received", NULL, NULL },
	{ "complete", NULL, NULL },
	{ "expires_at", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table uploads_table = {
	.name = "uploads",
	.words = "blob.upload",
	.list = "items",
	.columns = uploads_columns,
};

/* 507 says more than 503 to whoever runs a client. */
static enum fail
as_answered(struct ctx *ctx, struct call *call, enum fail got)
{
	if (got == FAIL_BUSY && text_equal(ctx->failure.code, "spool.full"))
		call_fail_as(call, 507);
	return got;
}

static enum fail
post_upload(struct ctx *ctx, struct call *call)
{
	const struct upload_in *in = call_body(call, &upload_in_shape);
	struct upload *upload = NULL;
	struct digest digest = { 0 };

	if (!digest_from_hex(in->sha256, &digest))
		fail_invalid(ctx, "/sha256", "upload.sha256",
		    "no 64 hexadecimal digits");
	TRY(fail_valid(ctx));
	TRY(upload_begin(ctx, in->bytes, &digest, &upload));
	return call_answer(ctx, call, 201, &upload_shape, upload);
}

static enum fail
get_uploads(struct ctx *ctx, struct call *call)
{
	struct uploads_out *out = ARENA_NEW(ctx->arena, struct uploads_out);
	struct upload *uploads = NULL;

	TRY(upload_list(ctx, &uploads, &out->items.count));
	out->items.at = uploads;
	return call_answer(ctx, call, 200, &uploads_shape, out);
}

static enum fail
get_upload(struct ctx *ctx, struct call *call)
{
	struct upload *upload = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(upload_load(ctx, id, &upload));
	return call_answer(ctx, call, 200, &upload_shape, upload);
}

static enum fail
put_part(struct ctx *ctx, struct call *call)
{
	const struct call_bytes body = call_bytes(call);
	struct upload *upload = NULL;
	int64_t offset = 0;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	if (!num_parse(call_path(call, "offset"), 0, UPLOAD_BYTES_MAX, &offset))
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no offset");
	TRY(as_answered(ctx, call,
	    upload_part(ctx, id, offset,
		(struct bytes){ body.at, (size_t)body.len }, &upload)));
	return call_answer(ctx, call, 200, &upload_shape, upload);
}

static enum fail
admit_content(struct ctx *ctx, struct call *call, int64_t bytes)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	return upload_may_send(ctx, id, bytes);
}

static enum fail
put_content(struct ctx *ctx, struct call *call)
{
	const struct call_bytes body = call_bytes(call);
	const struct bytes memory = { body.at, (size_t)body.len };
	struct upload *upload = NULL;
	enum fail got = OK;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	if (body.path == NULL)
		got = upload_whole_bytes(ctx, id, memory, &upload);
	else
		got = upload_whole(ctx, id, body.path, body.len, &body.digest,
		    &upload);
	TRY(as_answered(ctx, call, got));
	return call_answer(ctx, call, 200, &upload_shape, upload);
}

static enum fail
post_complete(struct ctx *ctx, struct call *call)
{
	struct upload *upload = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(upload_complete(ctx, id, &upload));
	return call_answer(ctx, call, 200, &upload_shape, upload);
}

static enum fail
delete_upload(struct ctx *ctx, struct call *call)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(upload_end(ctx, id));
	return call_answer_none(ctx, call);
}

/* ---- reading ---- */

struct reading {
	struct digest digest;
	struct call_file file;
	bool may;
};

static enum fail
open_readable(struct ctx *ctx, void *arg)
{
	struct reading *reading = arg;

	TRY(blob_may_read(ctx, &reading->digest, &reading->may));
	if (!reading->may)
		return OK;
	return blob_open(ctx, &reading->digest, &reading->file.fd,
	    &reading->file.bytes);
}

static enum fail
get_blob(struct ctx *ctx, struct call *call)
{
	const int64_t asked_us = time_steady_us();
	const char *hex = call_path(call, "sha256");
	struct reading *reading = ARENA_NEW(ctx->arena, struct reading);

	reading->file.type = octets;
	reading->file.digest = &reading->digest;
	if (!digest_from_hex(hex, &reading->digest))
		return FAIL(ctx, FAIL_NOT_FOUND, "blob.unknown", "no digest");
	TRY(tx_within(ctx, TX_READ, open_readable, reading));
	if (!reading->may) {
		blob_refusal_wait(asked_us);
		return FAIL(ctx, FAIL_NOT_FOUND, "blob.unknown",
		    "none that may be read: %s", hex);
	}
	return call_answer_file(ctx, call, &reading->file);
}

/* ---- who may read an upload ---- */

static enum fail
may_read_upload(struct ctx *ctx, int64_t id, bool *ret)
{
	struct upload *upload = NULL;
	const enum fail got = upload_load(ctx, id, &upload);

	if (got == FAIL_NOT_FOUND)
		fail_clear(ctx);
	*ret = got == OK;
	return got == FAIL_NOT_FOUND ? OK : got;
}

const struct blob_owner upload_owners[] = {
	{ "upload", may_read_upload },
	{ 0 },
};

static const char *const begin_failures[] = { "upload.sha256",
	"upload.too_large", "upload.too_many", "upload.given_up", NULL };
static const char *const own_failures[] = { "upload.unknown", NULL };
static const char *const part_failures[] = { "upload.unknown", "upload.busy",
	"upload.complete", "upload.gap", "upload.differs", "upload.step",
	"upload.length", "spool.full", NULL };
static const char *const content_failures[] = { "upload.unknown", "upload.busy",
	"upload.complete", "upload.length", "upload.digest", "spool.full",
	"input.twice", "input.share", NULL };
static const char *const complete_failures[] = { "upload.unknown",
	"upload.busy", "upload.incomplete", "upload.digest", NULL };
static const char *const blob_failures[] = { "blob.unknown", "input.byte_range",
	NULL };

static const struct route_media file_media = {
	.types = (const char *const[]){ octets, NULL },
};
static const struct route_bytes part_bytes = { UPLOAD_PART_MAX, NULL };
static const struct route_bytes content_bytes = { UPLOAD_BYTES_MAX,
	admit_content };

const struct route blob_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/uploads",
	    .permission = "session.own",
	    .tx = TX_WRITE,
	    .in = &upload_in_shape,
	    .out = &upload_shape,
	    .handle = post_upload,
	    .summary = "Begin to send a file: announce its length and SHA-256.",
	    .failures = begin_failures },
	{ .method = GET,
	    .path = "/api/v1/uploads",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .query = &table_query_shape,
	    .out = &uploads_shape,
	    .media = &table_media,
	    .table = &uploads_table,
	    .handle = get_uploads,
	    .summary = "Your uploads." },
	{ .method = GET,
	    .path = "/api/v1/uploads/{id}",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .out = &upload_shape,
	    .handle = get_upload,
	    .summary = "One upload of yours: how much of it is there.",
	    .failures = own_failures },
	{ .method = DELETE,
	    .path = "/api/v1/uploads/{id}",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .flags = ROUTE_SPARE,
	    .handle = delete_upload,
	    .summary = "Give an upload up.",
	    .failures = own_failures },
	{ .method = PUT,
	    .path = "/api/v1/uploads/{id}/parts/{offset}",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .bytes = &part_bytes,
	    .out = &upload_shape,
	    .handle = put_part,
	    .summary = "The bytes from an offset on: whole steps of 262,144 "
		       "bytes, at most four; the last may be shorter.",
	    .failures = part_failures },
	{ .method = PUT,
	    .path = "/api/v1/uploads/{id}/content",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .bytes = &content_bytes,
	    .out = &upload_shape,
	    .handle = put_content,
	    .summary = "The whole file at once; completes the upload.",
	    .failures = content_failures },
	{ .method = POST,
	    .path = "/api/v1/uploads/{id}/complete",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .out = &upload_shape,
	    .handle = post_complete,
	    .summary = "All parts were sent: compare them with the SHA-256.",
	    .failures = complete_failures },
	{ .method = GET,
	    .path = "/api/v1/blobs/{sha256}",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .flags = ROUTE_RAW,
	    .handle = get_blob,
	    .summary = "A file that you may read, by its SHA-256; ranges are "
		       "answered.",
	    .failures = blob_failures,
	    .media = &file_media },
	{ 0 },
};
