#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/ctx.h"
#include "core/home.h"
#include "core/room.h"

void
file_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

void
file_folder_close(DIR **at)
{
	if (*at != NULL)
		(void)closedir(*at);
	*at = NULL;
}

enum fail
file_broken(struct ctx *ctx, const char *what, const char *path)
{
	if (room_is_wanting(errno)) {
		const char *why = strerrordesc_np(errno);

		if (ctx->home != NULL)
			room_note_full(ctx->home->room);
		return FAIL(ctx, FAIL_BUSY, "disk.full", "%s %s: %s", what,
		    path, why);
	}
	return FAIL(ctx, FAIL_INTERNAL, "file.io", "%s %s: %s", what, path,
	    strerrordesc_np(errno));
}

enum fail
file_read(struct ctx *ctx, const char *path, size_t most, struct bytes *ret)
{
	AUTO(file_close) int fd = -1;
	struct stat about = { 0 };
	uint8_t *at = NULL;
	size_t size = 0;
	size_t len = 0;

	TRY(fault_step(ctx, "file read"));
	/* Who opens a pipe without a writer would wait for one. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return FAIL(ctx, FAIL_NOT_FOUND, "file.missing",
		    "there is no file %s", path);
	if (fd < 0 || fstat(fd, &about) != 0)
		return file_broken(ctx, "open", path);
	if (!S_ISREG(about.st_mode)) {
		errno = EISDIR;
		return file_broken(ctx, "open", path);
	}
	size = (size_t)about.st_size;
	if (size > most)
		return FAIL(ctx, FAIL_TOO_BIG, "file.too_big",
		    "%s has %zu bytes, %zu are allowed", path, size, most);
	at = arena_alloc(ctx->arena, size + 1, 1);
	while (len < size) {
		const ssize_t got = read(fd, at + len, size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_broken(ctx, "read", path);
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*ret = (struct bytes){ at, len };
	return OK;
}

enum fail
file_add(struct ctx *ctx, int fd, const char *path, struct bytes bytes)
{
	TRY(fault_step(ctx, "file write"));
	while (bytes.len > 0) {
		const ssize_t got = write(fd, bytes.at, bytes.len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_broken(ctx, "write", path);
		bytes.at += got;
		bytes.len -= (size_t)got;
	}
	return OK;
}

static enum fail
flush(struct ctx *ctx, int fd, const char *path)
{
	TRY(fault_step(ctx, "file flush"));
	if (fsync(fd) != 0)
		return file_broken(ctx, "flush", path);
	return OK;
}

enum fail
file_flush(struct ctx *ctx, const char *path)
{
	AUTO(file_close) int fd = -1;

	TRY(fault_step(ctx, "flush by name"));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		return file_broken(ctx, "flush", path);
	return OK;
}

/* The folder that a file is in. */
static enum fail
flush_folder_of(struct ctx *ctx, const char *path)
{
	return file_flush(ctx, dirname(arena_text(ctx->arena, path)));
}

static enum fail
put_in_place(struct ctx *ctx, const char *aside, const char *path)
{
	TRY(fault_step(ctx, "file rename"));
	if (rename(aside, path) != 0)
		return file_broken(ctx, "rename", path);
	return OK;
}

/* The new content under its temporary name, then in place. */
static enum fail
write_aside(struct ctx *ctx, const char *path, const char *aside, int fd,
    struct bytes content)
{
	TRY(file_add(ctx, fd, aside, content));
	TRY(flush(ctx, fd, aside));
	return put_in_place(ctx, aside, path);
}

enum fail
file_write(struct ctx *ctx, const char *path, struct bytes content,
    unsigned mode)
{
	char *aside = arena_printf(ctx->arena, "%s.XXXXXX", path);
	AUTO(file_close) int fd = -1;
	enum fail got = OK;

	TRY(fault_step(ctx, "file create"));
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd < 0)
		return file_broken(ctx, "create", aside);
	if (fchmod(fd, (mode_t)mode) != 0)
		got = file_broken(ctx, "mode", aside);
	if (got == OK)
		got = write_aside(ctx, path, aside, fd, content);
	if (got != OK) {
		(void)unlink(aside);
		return got;
	}
	return flush_folder_of(ctx, path);
}

enum fail
file_folder(struct ctx *ctx, const char *path)
{
	struct stat about = { 0 };

	TRY(fault_step(ctx, "folder create"));
	if (mkdir(path, 0750) == 0)
		return flush_folder_of(ctx, path);
	if (errno != EEXIST)
		return file_broken(ctx, "create", path);
	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		return OK;
	errno = ENOTDIR;
	return file_broken(ctx, "create", path);
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/*
 * The disk gets a large file in pieces of this size, each before the next is
 * written: at the end all of it would go at once, and every commit that came
 * meanwhile would wait behind it.
 */
#define OUT_PIECE ((off_t)256 * 1024)

struct file_out {
	int fd;
	off_t written;
	off_t sent; /* of these, to the disk */
	const char *path;
	const char *aside;
	bool ended;
};

static void
out_end(void *object)
{
	struct file_out *out = object;

	file_close(&out->fd);
	if (!out->ended)
		(void)unlink(out->aside);
}

enum fail
file_out_begin(struct ctx *ctx, const char *path, unsigned mode,
    struct file_out **ret)
{
	struct file_out *out = ARENA_NEW(ctx->arena, struct file_out);

	TRY(fault_step(ctx, "file create"));
	out->path = arena_text(ctx->arena, path);
	out->aside = arena_printf(ctx->arena, "%s.part", path);
	out->fd = open(out->aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    (mode_t)mode);
	if (out->fd < 0)
		return file_broken(ctx, "create", out->aside);
	arena_defer(ctx->arena, out_end, out);
	*ret = out;
	return OK;
}

/* Without metadata: only the flush at the end makes it durable.  An error of the
 * disk is said here, and the flush would not say it again. */
static enum fail
send_to_disk(struct ctx *ctx, struct file_out *out)
{
	if (sync_file_range(out->fd, out->sent, out->written - out->sent,
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		    SYNC_FILE_RANGE_WAIT_AFTER) != 0)
		return file_broken(ctx, "write", out->aside);
	out->sent = out->written;
	return OK;
}

enum fail
file_out_add(struct ctx *ctx, struct file_out *out, struct bytes piece)
{
	TRY(file_add(ctx, out->fd, out->aside, piece));
	out->written += (off_t)piece.len;
	if (out->written - out->sent >= OUT_PIECE)
		return send_to_disk(ctx, out);
	return OK;
}

enum fail
file_out_end(struct ctx *ctx, struct file_out *out)
{
	TRY(flush(ctx, out->fd, out->aside));
	TRY(put_in_place(ctx, out->aside, out->path));
	out->ended = true;
	file_close(&out->fd);
	return flush_folder_of(ctx, out->path);
}
