#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/inside.h"
#include "blob/upload.h"
#include "blob/upload.sql.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/num.h"
#include "core/random.h"
#include "core/room.h"
#include "store/blob.h"
#include "store/within.h"

#define PIECE ((size_t)64 * 1024)
#define SWEEP_MAX ((size_t)100000)

static const char *
folder_of(struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s/upload", ctx->home->data_dir);
}

static const char *
path_of(struct ctx *ctx, int64_t id)
{
	return arena_printf(ctx->arena, "%s/upload/%" PRId64,
	    ctx->home->data_dir, id);
}

enum fail
upload_file_open(struct ctx *ctx, int64_t id, int *ret)
{
	const char *path = path_of(ctx, id);
	const bool is_new = !file_exists(path);
	AUTO(file_close) int fd = -1;

	if (is_new)
		TRY(file_folder(ctx, folder_of(ctx)));
	TRY(fault_step(ctx, "upload open"));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* One whose bytes are a blob already is read only. */
	if (fd < 0 && errno == EACCES)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return file_broken(ctx, "open", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return FAIL(ctx, FAIL_BUSY, "upload.busy",
		    "another request is at upload %" PRId64, id);
	if (is_new)
		TRY(file_flush(ctx, folder_of(ctx)));
	*ret = fd;
	fd = -1;
	return OK;
}

enum fail
upload_file_bytes(struct ctx *ctx, int fd, int64_t *ret)
{
	struct stat about = { 0 };

	if (fstat(fd, &about) != 0)
		return file_broken(ctx, "look at", "an upload");
	*ret = about.st_size;
	return OK;
}

static bool
write_at(int fd, int64_t offset, struct bytes bytes)
{
	while (bytes.len > 0) {
		const ssize_t got = pwrite(fd, bytes.at, bytes.len, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes.at += got;
		bytes.len -= (size_t)got;
		offset += got;
	}
	return true;
}

static enum fail
write_and_flush(struct ctx *ctx, int fd, int64_t offset, struct bytes bytes)
{
	TRY(fault_step(ctx, "upload write"));
	if (!write_at(fd, offset, bytes) || fdatasync(fd) != 0) {
		if (room_is_wanting(errno))
			return FAIL(ctx, FAIL_BUSY, "spool.full",
			    "the disk is full");
		return file_broken(ctx, "write", "an upload");
	}
	return fault_step(ctx, "upload flush");
}

enum fail
upload_room_take(struct ctx *ctx, size_t bytes)
{
	if (!room_take(ctx->home->room, (int64_t)bytes))
		return FAIL(ctx, FAIL_BUSY, "spool.full",
		    "the disk has no room for %zu bytes", bytes);
	return OK;
}

enum fail
upload_file_add(struct ctx *ctx, int fd, int64_t offset, struct bytes bytes)
{
	enum fail got = OK;

	/* What a crash left behind the end. */
	if (ftruncate(fd, offset) != 0)
		return file_broken(ctx, "cut", "an upload");
	TRY(upload_room_take(ctx, bytes.len));
	got = write_and_flush(ctx, fd, offset, bytes);
	room_give(ctx->home->room, (int64_t)bytes.len);
	if (got == OK || ftruncate(fd, offset) == 0)
		return got;
	/* That is more than a full disk. */
	fail_clear(ctx);
	return file_broken(ctx, "cut", "an upload");
}

/* Exactly so many bytes; a file that is shorter than its row is a fault. */
static enum fail
read_at(struct ctx *ctx, int fd, int64_t offset, uint8_t *at, size_t len)
{
	while (len > 0) {
		const ssize_t got = pread(fd, at, len, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_broken(ctx, "read", "an upload");
		if (got == 0)
			return FAIL(ctx, FAIL_INTERNAL, "file.io",
			    "an upload's file is shorter than its row says");
		at += got;
		len -= (size_t)got;
		offset += got;
	}
	return OK;
}

enum fail
upload_file_compare(struct ctx *ctx, int fd, int64_t offset, struct bytes bytes)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	uint8_t *piece = arena_alloc(arena, PIECE, 1);

	while (bytes.len > 0) {
		const size_t len = bytes.len < PIECE ? bytes.len : PIECE;

		TRY(fault_step(ctx, "upload compare"));
		TRY(read_at(ctx, fd, offset, piece, len));
		if (memcmp(piece, bytes.at, len) != 0)
			return FAIL(ctx, FAIL_CONFLICT, "upload.differs",
			    "other bytes than those that are there");
		bytes.at += len;
		bytes.len -= len;
		offset += (int64_t)len;
	}
	return OK;
}

enum fail
upload_file_sum(struct ctx *ctx, int fd, int64_t bytes, struct digest *ret)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	struct digest_run *run = digest_begin(arena);
	uint8_t *piece = arena_alloc(arena, PIECE, 1);

	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	for (int64_t at = 0; at < bytes;) {
		const int64_t left = bytes - at;
		const size_t len = left < (int64_t)PIECE ? (size_t)left : PIECE;

		TRY(fault_step(ctx, "upload read"));
		TRY(read_at(ctx, fd, at, piece, len));
		digest_add(run, (struct bytes){ piece, len });
		at += (int64_t)len;
	}
	*ret = digest_sum(run);
	return OK;
}

enum fail
upload_file_link(struct ctx *ctx, int64_t id, const char **ret)
{
	const char *path = NULL;
	uint64_t dice = 0;

	random_bytes(ctx->random, &dice, sizeof(dice));
	path = arena_printf(ctx->arena, "%s/upload-%" PRId64 "-%016" PRIx64,
	    blob_spool(ctx), id, dice);
	TRY(fault_step(ctx, "upload link"));
	if (link(path_of(ctx, id), path) != 0)
		return file_broken(ctx, "link", path);
	*ret = path;
	return OK;
}

enum fail
upload_file_empty(struct ctx *ctx, int fd)
{
	TRY(fault_step(ctx, "upload empty"));
	if (ftruncate(fd, 0) != 0)
		return file_broken(ctx, "cut", "an upload");
	return OK;
}

void
upload_file_remove(struct ctx *ctx, int64_t id)
{
	/* What stays is swept. */
	(void)unlink(path_of(ctx, id));
}

/* ---- files without a row ---- */

struct ids {
	int64_t *at;
	size_t count;
};

static enum fail
keep_strays(struct ctx *ctx, void *arg)
{
	struct ids *ids = arg;
	size_t kept = 0;

	for (size_t i = 0; i < ids->count; i++) {
		struct sql_upload_exists *row = NULL;

		TRY(sql_upload_exists(ctx, ids->at[i], &row));
		if (row == NULL)
			ids->at[kept++] = ids->at[i];
	}
	ids->count = kept;
	return OK;
}

static enum fail
read_ids(struct ctx *ctx, struct ids *ids)
{
	const char *path = folder_of(ctx);
	AUTO(file_folder_close) DIR *folder = opendir(path);
	struct dirent *entry = NULL;

	TRY(fault_step(ctx, "upload walk"));
	if (folder == NULL && errno == ENOENT)
		return OK;
	if (folder == NULL)
		return file_broken(ctx, "open", path);
	ids->at = ARENA_ARRAY(ctx->arena, SWEEP_MAX, int64_t);
	while (ids->count < SWEEP_MAX && (entry = readdir(folder)) != NULL)
		if (num_parse(entry->d_name, 1, INT64_MAX,
			&ids->at[ids->count]))
			ids->count++;
	return OK;
}

enum fail
uploads_sweep(struct ctx *ctx, size_t *ret_count)
{
	struct ids ids = { 0 };

	/* An upload has its row before its file, so a file that is seen before
	 * the rows are asked and has none is nobody's. */
	TRY(read_ids(ctx, &ids));
	if (ids.count > 0)
		TRY(tx_within(ctx, TX_READ, keep_strays, &ids));
	for (size_t i = 0; i < ids.count; i++)
		upload_file_remove(ctx, ids.at[i]);
	*ret_count = ids.count;
	return OK;
}
