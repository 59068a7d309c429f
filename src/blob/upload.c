#include "blob/upload.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "blob/inside.h"
#include "blob/option.h"
#include "blob/upload.sql.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/file.h"
#include "core/home.h"
#include "core/random.h"
#include "core/room.h"
#include "people/access.h"
#include "store/blob.h"
#include "store/within.h"

/* What a client's double keeps exactly. */
#define ID_MOST (UINT64_C(1) << 52)

/* clang-format off */
static const struct shape_field upload_fields[] = {
	F_ID(struct upload, id, "number of the upload", "17"),
	F_INT(struct upload, bytes, 0, UPLOAD_BYTES_MAX, REQUIRED,
	    "length of the whole file, in bytes", "1048577"),
	F_TEXT(struct upload, sha256, 64, REQUIRED,
	    "SHA-256 of the whole file, in lower-case hexadecimal",
	    "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
	F_INT(struct upload, received, 0, UPLOAD_BYTES_MAX, REQUIRED,
	    "bytes that are on the server's disk; the next part begins here",
	    "262144"),
	F_BOOL(struct upload, complete, REQUIRED,
	    "all is there and has the announced SHA-256", "false"),
	F_TIME(struct upload, expires_at, REQUIRED,
	    "when it is forgotten unless something is sent or it is taken",
	    "\"2026-12-02T09:00:00Z\""),
};
const struct shape upload_shape =
    SHAPE("Upload", struct upload, upload_fields);
/* clang-format on */

static int64_t
most(const struct ctx *ctx, enum blob_option option)
{
	return option_int(ctx->home, &blob_option_table[option]);
}

int64_t
upload_life_us(const struct home *home)
{
	return option_int(home, &blob_option_table[BLOB_UPLOAD_LIFE]) * HOUR_US;
}

/* What was given up before this hour is no longer on the disk. */
static int64_t
ended_from_hour(const struct ctx *ctx)
{
	return ctx->now_us / HOUR_US - most(ctx, BLOB_IDLE);
}

static void
fill(struct ctx *ctx, const struct sql_upload_find *row, struct upload *out)
{
	out->id = row->id;
	out->bytes = row->bytes;
	out->received = row->received;
	out->complete = row->complete_us != NULL;
	out->expires_at =
	    time_text(ctx->arena, row->seen_us + upload_life_us(ctx->home));
	out->digest = digest_stored(row->digest);
	out->sha256 = digest_hex(ctx->arena, &out->digest);
}

static enum fail
unknown(struct ctx *ctx, int64_t id)
{
	return FAIL(ctx, FAIL_NOT_FOUND, "upload.unknown",
	    "no upload %" PRId64 " of this person", id);
}

/* ---- rows ---- */

enum fail
upload_load(struct ctx *ctx, int64_t id, struct upload **ret)
{
	struct sql_upload_find *row = NULL;
	struct upload *out = NULL;

	TRY(sql_upload_find(ctx, id, ctx->actor->person, &row));
	if (row == NULL)
		return unknown(ctx, id);
	out = ARENA_NEW(ctx->arena, struct upload);
	fill(ctx, row, out);
	*ret = out;
	return OK;
}

enum fail
upload_list(struct ctx *ctx, struct upload **ret, size_t *ret_count)
{
	struct sql_upload_find *rows = NULL;
	struct upload *out = NULL;
	size_t count = 0;

	TRY(sql_upload_of_person(ctx, ctx->actor->person, UPLOADS_MAX, &rows,
	    &count));
	out = ARENA_ARRAY(ctx->arena, count, struct upload);
	for (size_t i = 0; i < count; i++)
		fill(ctx, &rows[i], &out[i]);
	*ret = out;
	*ret_count = count;
	return OK;
}

/*
 * Never given twice, unlike SQLite's own ids: the file of an upload that has
 * ended is removed after its row, and must not be another one's by then.
 */
static int64_t
new_id(struct ctx *ctx)
{
	return 1 + (int64_t)random_below(ctx->random, ID_MOST);
}

enum fail
upload_begin(struct ctx *ctx, int64_t bytes, const struct digest *digest,
    struct upload **ret)
{
	const int64_t person = ctx->actor->person;
	struct sql_upload_held *held = NULL;
	const int64_t id = new_id(ctx);
	int64_t changed = 0;

	assert(bytes >= 0 && bytes <= UPLOAD_BYTES_MAX);
	if (bytes > most(ctx, BLOB_UPLOAD_BYTES))
		return FAIL(ctx, FAIL_INVALID, "upload.too_large",
		    "%" PRId64 " bytes; at most %" PRId64 " are taken", bytes,
		    most(ctx, BLOB_UPLOAD_BYTES));
	TRY(sql_upload_held(ctx, person, ended_from_hour(ctx), &held));
	if (held->count >= most(ctx, BLOB_UPLOADS) ||
	    held->bytes > most(ctx, BLOB_UPLOADS_BYTES) - bytes)
		return FAIL(ctx, FAIL_CONFLICT, "upload.too_many",
		    "%" PRId64 " uploads with %" PRId64 " bytes", held->count,
		    held->bytes);
	if (held->bytes + held->ended > most(ctx, BLOB_UPLOADS_BYTES) - bytes)
		return FAIL(ctx, FAIL_CONFLICT, "upload.given_up",
		    "%" PRId64 " bytes, and %" PRId64 " that were given up",
		    held->bytes, held->ended);
	TRY(sql_upload_add(ctx, id, person, bytes, digest_bytes(digest),
	    ctx->now_us, &changed));
	TRY(upload_enter(ctx, id));
	return upload_load(ctx, id, ret);
}

/* ---- units of work around files ---- */

struct step {
	int64_t id;
	struct upload *upload; /* as it is afterwards */
	int64_t from;
	int64_t to;
	struct blob_hold *hold;
};

static enum fail
load_step(struct ctx *ctx, void *arg)
{
	struct step *step = arg;

	return upload_load(ctx, step->id, &step->upload);
}

/* As it is now; the lock on its file keeps it so. */
static enum fail
load_open(struct ctx *ctx, struct step *step)
{
	TRY(tx_within(ctx, TX_READ, load_step, step));
	if (step->upload->complete)
		return FAIL(ctx, FAIL_CONFLICT, "upload.complete",
		    "upload %" PRId64 " is complete", step->id);
	return OK;
}

static enum fail
move_step(struct ctx *ctx, void *arg)
{
	struct step *step = arg;
	int64_t changed = 0;

	TRY(upload_leave(ctx, step->id));
	TRY(sql_upload_move(ctx, step->id, step->from, step->to, ctx->now_us,
	    &changed));
	TRY(upload_enter(ctx, step->id));
	/* Forgotten meanwhile. */
	if (changed == 0)
		return unknown(ctx, step->id);
	return upload_load(ctx, step->id, &step->upload);
}

/*
 * The row is there for this person before a file is.  A folder that was restored
 * has the row without the file: then all is sent again.
 */
static enum fail
open_file(struct ctx *ctx, struct step *step, int *ret)
{
	int64_t there = 0;

	TRY(load_open(ctx, step));
	TRY(upload_file_open(ctx, step->id, ret));
	TRY(load_open(ctx, step));
	TRY(upload_file_bytes(ctx, *ret, &there));
	step->from = step->upload->received;
	step->to = 0;
	return there >= step->from ? OK
				   : tx_within(ctx, TX_WRITE, move_step, step);
}

static enum fail
check_part(struct ctx *ctx, const struct upload *upload, int64_t offset,
    size_t len)
{
	const int64_t end = offset + (int64_t)len;

	if (offset > upload->received)
		return FAIL(ctx, FAIL_CONFLICT, "upload.gap",
		    "a part at %" PRId64 ", %" PRId64 " bytes are there",
		    offset, upload->received);
	if (end > upload->bytes)
		return FAIL(ctx, FAIL_INVALID, "upload.length",
		    "the part ends at %" PRId64 " of %" PRId64 " bytes", end,
		    upload->bytes);
	if (offset % UPLOAD_STEP != 0 || len == 0 ||
	    ((int64_t)len % UPLOAD_STEP != 0 && end != upload->bytes))
		return FAIL(ctx, FAIL_INVALID, "upload.step",
		    "%zu bytes at %" PRId64 " are no whole steps", len, offset);
	return OK;
}

enum fail
upload_part(struct ctx *ctx, int64_t id, int64_t offset, struct bytes bytes,
    struct upload **ret)
{
	struct step step = { .id = id };
	AUTO(file_close) int fd = -1;
	size_t known = 0;

	assert(ctx->tx == NULL && offset >= 0);
	TRY(open_file(ctx, &step, &fd));
	TRY(check_part(ctx, step.upload, offset, bytes.len));
	step.from = step.upload->received;
	step.to = offset + (int64_t)bytes.len;
	known = step.to <= step.from ? bytes.len : (size_t)(step.from - offset);
	TRY(upload_file_compare(ctx, fd, offset,
	    (struct bytes){ bytes.at, known }));
	if (known < bytes.len) {
		TRY(upload_file_add(ctx, fd, step.from,
		    (struct bytes){ bytes.at + known, bytes.len - known }));
		TRY(tx_within(ctx, TX_WRITE, move_step, &step));
	}
	*ret = step.upload;
	return OK;
}

/* ---- complete ---- */

static enum fail
complete_step(struct ctx *ctx, void *arg)
{
	struct step *step = arg;
	int64_t changed = 0;

	TRY(upload_leave(ctx, step->id));
	TRY(sql_upload_complete(ctx, step->id, ctx->now_us, &changed));
	TRY(upload_enter(ctx, step->id));
	if (changed == 0)
		return unknown(ctx, step->id);
	TRY(blob_add(ctx, step->hold, UPLOAD_OWNER, step->id));
	return upload_load(ctx, step->id, &step->upload);
}

static enum fail
wrong_digest(struct ctx *ctx, const struct digest *got)
{
	return FAIL(ctx, FAIL_INVALID, "upload.digest",
	    "what was received has %s", digest_hex(ctx->arena, got));
}

/* The row first: bytes that it does not count may go. */
static enum fail
start_over(struct ctx *ctx, struct step *step, int fd)
{
	step->from = step->upload->received;
	step->to = 0;
	TRY(tx_within(ctx, TX_WRITE, move_step, step));
	return upload_file_empty(ctx, fd);
}

/*
 * A second name goes into place, the first one stays until the row says that
 * the bytes are a blob: what was acknowledged is never without a name.
 */
static enum fail
make_blob(struct ctx *ctx, struct step *step, int fd)
{
	const struct upload *upload = step->upload;
	const char *path = NULL;
	struct digest sum = { 0 };
	enum fail got = OK;

	TRY(upload_file_sum(ctx, fd, upload->bytes, &sum));
	if (memcmp(&sum, &upload->digest, sizeof(sum)) != 0) {
		TRY(start_over(ctx, step, fd));
		return wrong_digest(ctx, &sum);
	}
	/* What a crash left behind the end is not part of it. */
	if (ftruncate(fd, upload->bytes) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "file.io",
		    "cannot cut upload %" PRId64, step->id);
	TRY(upload_file_link(ctx, step->id, &path));
	got = blob_put(ctx, path, &upload->digest, upload->bytes, &step->hold);
	/* A name that stays keeps the bytes when the upload has long ended. */
	if (got != OK)
		(void)unlink(path);
	TRY(got);
	TRY(tx_within(ctx, TX_WRITE, complete_step, step));
	upload_file_remove(ctx, step->id);
	return OK;
}

enum fail
upload_complete(struct ctx *ctx, int64_t id, struct upload **ret)
{
	struct step step = { .id = id };
	AUTO(file_close) int fd = -1;

	assert(ctx->tx == NULL);
	TRY(tx_within(ctx, TX_READ, load_step, &step));
	if (!step.upload->complete) {
		TRY(open_file(ctx, &step, &fd));
		if (step.upload->received != step.upload->bytes)
			return FAIL(ctx, FAIL_CONFLICT, "upload.incomplete",
			    "%" PRId64 " of %" PRId64 " bytes are there",
			    step.upload->received, step.upload->bytes);
		TRY(make_blob(ctx, &step, fd));
	}
	*ret = step.upload;
	return OK;
}

/* ---- the whole at once ---- */

static enum fail
check_whole(struct ctx *ctx, const struct upload *upload, int64_t bytes)
{
	if (upload->complete)
		return FAIL(ctx, FAIL_CONFLICT, "upload.complete",
		    "upload %" PRId64 " is complete", upload->id);
	if (bytes != upload->bytes)
		return FAIL(ctx, FAIL_INVALID, "upload.length",
		    "%" PRId64 " bytes instead of %" PRId64, bytes,
		    upload->bytes);
	return OK;
}

enum fail
upload_may_send(struct ctx *ctx, int64_t id, int64_t bytes)
{
	struct upload *upload = NULL;

	TRY(upload_load(ctx, id, &upload));
	return check_whole(ctx, upload, bytes);
}

enum fail
upload_whole(struct ctx *ctx, int64_t id, const char *path, int64_t bytes,
    const struct digest *digest, struct upload **ret)
{
	struct step step = { .id = id };
	AUTO(file_close) int fd = -1;

	assert(ctx->tx == NULL);
	TRY(open_file(ctx, &step, &fd));
	TRY(check_whole(ctx, step.upload, bytes));
	if (memcmp(digest, &step.upload->digest, sizeof(*digest)) != 0)
		return wrong_digest(ctx, digest);
	TRY(blob_put(ctx, path, digest, bytes, &step.hold));
	TRY(tx_within(ctx, TX_WRITE, complete_step, &step));
	upload_file_remove(ctx, id);
	*ret = step.upload;
	return OK;
}

enum fail
upload_whole_bytes(struct ctx *ctx, int64_t id, struct bytes bytes,
    struct upload **ret)
{
	const struct digest digest = digest_of(bytes);
	const char *path = NULL;
	uint64_t dice = 0;
	enum fail got = OK;

	random_bytes(ctx->random, &dice, sizeof(dice));
	path = arena_printf(ctx->arena, "%s/whole-%016" PRIx64, blob_spool(ctx),
	    dice);
	TRY(upload_room_take(ctx, bytes.len));
	got = file_write(ctx, path, bytes, 0600);
	room_give(ctx->home->room, (int64_t)bytes.len);
	TRY(got);
	got = upload_whole(ctx, id, path, (int64_t)bytes.len, &digest, ret);
	if (got != OK)
		(void)unlink(path);
	return got;
}

/* ---- ends ---- */

static enum fail
end_step(struct ctx *ctx, void *arg)
{
	struct step *step = arg;
	int64_t changed = 0;

	TRY(upload_load(ctx, step->id, &step->upload));
	if (step->upload->complete)
		TRY(blob_release(ctx, &step->upload->digest, UPLOAD_OWNER,
		    step->id));
	TRY(upload_leave(ctx, step->id));
	return sql_upload_remove(ctx, step->id, ctx->actor->person, &changed);
}

/*
 * A blob stays on the disk until it has been idle for a while.  It goes on
 * counting, or whoever sends and gives up fills the disk; and each for a step
 * at least, as a file takes more than its bytes.
 */
static enum fail
give_up(struct ctx *ctx, void *arg)
{
	const int64_t person = ctx->actor->person;
	struct step *step = arg;
	int64_t bytes = 0;
	int64_t changed = 0;

	TRY(end_step(ctx, step));
	if (!step->upload->complete)
		return OK;
	bytes = step->upload->bytes;
	TRY(tally_leave(ctx, upload_ended_rows, person, person));
	TRY(sql_upload_ended_add(ctx, person, ctx->now_us / HOUR_US,
	    bytes < UPLOAD_STEP ? UPLOAD_STEP : bytes, &changed));
	return tally_enter(ctx, upload_ended_rows, person, person);
}

enum fail
upload_end(struct ctx *ctx, int64_t id)
{
	struct step step = { .id = id };

	assert(ctx->tx == NULL);
	TRY(tx_within(ctx, TX_WRITE, give_up, &step));
	upload_file_remove(ctx, id);
	return OK;
}

enum fail
upload_take(struct ctx *ctx, int64_t id, const char *kind, int64_t owner,
    struct digest *ret_digest, int64_t *ret_bytes)
{
	struct step step = { .id = id };

	TRY(upload_load(ctx, id, &step.upload));
	if (!step.upload->complete)
		return FAIL(ctx, FAIL_CONFLICT, "upload.incomplete",
		    "upload %" PRId64 " is not complete", id);
	TRY(blob_refer(ctx, &step.upload->digest, kind, owner));
	TRY(end_step(ctx, &step));
	*ret_digest = step.upload->digest;
	*ret_bytes = step.upload->bytes;
	return OK;
}

struct expiry {
	int64_t before_us;
	struct sql_upload_old *rows;
	size_t count;
};

static enum fail
find_old(struct ctx *ctx, void *arg)
{
	struct expiry *all = arg;

	return sql_upload_old(ctx, all->before_us, UPLOADS_EXPIRE_MAX,
	    &all->rows, &all->count);
}

/* Those that were seen meanwhile stay. */
static enum fail
forget_old(struct ctx *ctx, void *arg)
{
	struct expiry *all = arg;
	size_t gone = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct sql_upload_old row = all->rows[i];
		const struct digest digest = digest_stored(row.digest);
		int64_t changed = 0;

		TRY(upload_leave(ctx, row.id));
		TRY(sql_upload_forget(ctx, row.id, all->before_us, &changed));
		TRY(upload_enter(ctx, row.id)); /* if it stays */
		if (changed == 0)
			continue;
		if (row.complete_us != NULL)
			TRY(blob_release(ctx, &digest, UPLOAD_OWNER, row.id));
		all->rows[gone++] = row;
	}
	all->count = gone;
	return OK;
}

enum fail
uploads_expire(struct ctx *ctx, int64_t before_us, size_t *ret_count)
{
	struct expiry all = { .before_us = before_us };

	assert(ctx->tx == NULL);
	TRY(tx_within(ctx, TX_READ, find_old, &all));
	if (all.count > 0)
		TRY(tx_within(ctx, TX_WRITE, forget_old, &all));
	for (size_t i = 0; i < all.count; i++)
		upload_file_remove(ctx, all.rows[i].id);
	*ret_count = all.count;
	return OK;
}

static enum fail
forget_ended(struct ctx *ctx, void *arg)
{
	TRY(tally_leave(ctx, upload_ended_rows, INT64_MIN, INT64_MAX));
	TRY(sql_upload_ended_forget(ctx, ended_from_hour(ctx), arg));
	return tally_enter(ctx, upload_ended_rows, INT64_MIN, INT64_MAX);
}

enum fail
uploads_forget_ended(struct ctx *ctx)
{
	int64_t changed = 0;

	assert(ctx->tx == NULL);
	return tx_within(ctx, TX_WRITE, forget_ended, &changed);
}
