#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/home.h"
#include "core/random.h"
#include "core/text.h"
#include "store/inside.h"

#define PIECE ((size_t)64 * 1024)
#define HEX_LEN ((size_t)2 * DIGEST_LEN)
#define ASIDE "aside-" /* in DIR/spool: replaced, and not removed yet */

static const char *
folder_of(struct arena *arena, const char *data, int part)
{
	return arena_printf(arena, "%s/blob/%02x", data, (unsigned)part);
}

/* Where it is moved from must be on the same file system. */
static const char *
path_of(struct arena *arena, const char *data, const struct digest *digest)
{
	const char *hex = digest_hex(arena, digest);

	return arena_printf(arena, "%s/blob/%.2s/%s", data, hex, hex + 2);
}

const char *
blob_spool(struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s/spool", ctx->home->data_dir);
}

/* Remove the files of a folder whose names begin so; those in use stay open. */
static enum fail
clear_folder(struct ctx *ctx, const char *path, const char *prefix)
{
	AUTO(file_folder_close) DIR *folder = opendir(path);
	struct dirent *entry = NULL;

	TRY(fault_step(ctx, "blob spool"));
	if (folder == NULL && errno == ENOENT)
		return OK;
	if (folder == NULL)
		return file_broken(ctx, "open", path);
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.' &&
		    text_starts(entry->d_name, prefix))
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
	return OK;
}

/*
 * All folders at once, flushed at each start: so a blob's name is durable when
 * its own folder is.
 */
static enum fail
make_folders(struct ctx *ctx, const char *data)
{
	const char *top = arena_printf(ctx->arena, "%s/blob", data);

	TRY(file_folder(ctx, top));
	TRY(file_folder(ctx, arena_printf(ctx->arena, "%s/spool", data)));
	TRY(fault_step(ctx, "blob folders"));
	for (int part = 0; part < BLOB_PARTS; part++) {
		const char *path = folder_of(ctx->arena, data, part);

		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return file_broken(ctx, "create", path);
	}
	TRY(file_flush(ctx, top));
	return file_flush(ctx, data);
}

enum fail
blob_start(struct ctx *ctx)
{
	TRY(make_folders(ctx, ctx->home->data_dir));
	return clear_folder(ctx, blob_spool(ctx), "");
}

enum fail
blob_clear_aside(struct ctx *ctx)
{
	return clear_folder(ctx, blob_spool(ctx), ASIDE);
}

/* A name in DIR/spool that nobody has. */
static const char *
spool_path(struct ctx *ctx, const char *prefix)
{
	uint64_t dice = 0;

	random_bytes(ctx->random, &dice, sizeof(dice));
	return arena_printf(ctx->arena, "%s/%s%016llx", blob_spool(ctx), prefix,
	    (unsigned long long)dice);
}

enum fail
blob_file_write(struct ctx *ctx, struct bytes bytes, const char **ret)
{
	const char *path = spool_path(ctx, "bytes-");
	AUTO(file_close) int fd = -1;
	enum fail got = OK;

	TRY(fault_step(ctx, "blob create"));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return file_broken(ctx, "create", path);
	got = file_add(ctx, fd, path, bytes);
	if (got != OK)
		(void)unlink(path);
	*ret = path;
	return got;
}

/*
 * What is replaced keeps a name for a while: to free a large file takes time,
 * and who sends a content must not learn from it that there was one.
 */
static enum fail
set_aside(struct ctx *ctx, const char *path)
{
	const char *aside = spool_path(ctx, ASIDE);

	/* There is none, or it has as many such names as a file may have. */
	if (link(path, aside) == 0 || errno == ENOENT || errno == EMLINK)
		return OK;
	return file_broken(ctx, "set aside", path);
}

static enum fail
check_length(struct ctx *ctx, int fd, const char *path, int64_t bytes)
{
	struct stat about = { 0 };

	if (fstat(fd, &about) != 0)
		return file_broken(ctx, "look at", path);
	if (!S_ISREG(about.st_mode) || about.st_size != bytes)
		return FAIL(ctx, FAIL_INTERNAL, "blob.damaged",
		    "%s has %lld bytes instead of %lld", path,
		    (long long)about.st_size, (long long)bytes);
	return OK;
}

enum fail
blob_file_place(struct ctx *ctx, const char *path, const struct blob_row *row)
{
	const char *data = ctx->home->data_dir;
	const char *to = path_of(ctx->arena, data, &row->digest);
	AUTO(file_close) int fd = -1;

	TRY(fault_step(ctx, "blob file"));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return file_broken(ctx, "open", path);
	TRY(check_length(ctx, fd, path, row->bytes));
	TRY(fault_step(ctx, "blob file flush"));
	if (fchmod(fd, 0440) != 0 || fsync(fd) != 0)
		return file_broken(ctx, "flush", path);
	TRY(set_aside(ctx, to));
	TRY(fault_step(ctx, "blob rename"));
	if (rename(path, to) != 0)
		return file_broken(ctx, "rename", path);
	return file_flush(ctx, folder_of(ctx->arena, data, row->digest.at[0]));
}

enum fail
blob_file_aside(struct ctx *ctx, const struct digest *digest, const char **ret)
{
	const char *path = path_of(ctx->arena, ctx->home->data_dir, digest);
	const char *aside = spool_path(ctx, ASIDE);

	TRY(fault_step(ctx, "blob aside"));
	/* One that is gone is no fault, and as good as removed. */
	if (rename(path, aside) != 0 && errno != ENOENT)
		return file_broken(ctx, "set aside", path);
	*ret = aside;
	return OK;
}

enum fail
blob_file_open(struct ctx *ctx, const char *data, const struct blob_row *row,
    int *ret)
{
	const char *path = path_of(ctx->arena, data, &row->digest);
	AUTO(file_close) int fd = -1;

	TRY(fault_step(ctx, "blob open"));
	/* Who opens a pipe without a writer would wait for one. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return FAIL(ctx, FAIL_INTERNAL, "blob.missing",
		    "there is no file %s", path);
	if (fd < 0)
		return file_broken(ctx, "open", path);
	TRY(check_length(ctx, fd, path, row->bytes));
	*ret = fd;
	fd = -1;
	return OK;
}

/* ---- reading, for the doctor and for copies ---- */

/* A place for what is read, NULL to look only. */
struct sink {
	int fd; /* -1: none */
	const char *path;
};

static enum fail
read_through(struct ctx *ctx, struct arena *arena, int fd,
    const struct sink *sink, struct digest *ret)
{
	struct digest_run *run = digest_begin(arena);
	uint8_t *piece = arena_alloc(arena, PIECE, 1);
	ssize_t got = 1;

	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (got != 0) {
		TRY(fault_step(ctx, "blob read"));
		got = read(fd, piece, PIECE);
		if (got < 0 && errno != EINTR)
			return file_broken(ctx, "read", "a blob");
		if (got <= 0)
			continue;
		digest_add(run, (struct bytes){ piece, (size_t)got });
		if (sink->fd >= 0)
			TRY(file_add(ctx, sink->fd, sink->path,
			    (struct bytes){ piece, (size_t)got }));
	}
	*ret = digest_sum(run);
	return OK;
}

static enum fail
read_checked(struct ctx *ctx, const char *data, const struct blob_row *row,
    const struct sink *sink)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	AUTO(file_close) int fd = -1;
	struct digest sum = { 0 };

	TRY(blob_file_open(ctx, data, row, &fd));
	TRY(read_through(ctx, arena, fd, sink, &sum));
	if (memcmp(&sum, &row->digest, sizeof(sum)) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "blob.damaged",
		    "%s has another content",
		    path_of(ctx->arena, data, &row->digest));
	return OK;
}

enum fail
blob_check(struct ctx *ctx, const char *data, const struct blob_row *row)
{
	return read_checked(ctx, data, row, &(struct sink){ .fd = -1 });
}

static enum fail
copy_checked(struct ctx *ctx, const char *from, const struct blob_row *row,
    const struct sink *sink)
{
	TRY(fault_step(ctx, "blob copy"));
	if (sink->fd < 0)
		return file_broken(ctx, "create", sink->path);
	TRY(read_checked(ctx, from, row, sink));
	TRY(fault_step(ctx, "blob copy flush"));
	if (fsync(sink->fd) != 0)
		return file_broken(ctx, "flush", sink->path);
	return OK;
}

enum fail
blob_copy(struct ctx *ctx, const char *from, const char *to,
    const struct blob_row *row)
{
	const char *path = path_of(ctx->arena, to, &row->digest);
	const char *folder = folder_of(ctx->arena, to, row->digest.at[0]);
	AUTO(file_close) int fd = -1;
	enum fail got = OK;

	TRY(file_folder(ctx, arena_printf(ctx->arena, "%s/blob", to)));
	TRY(file_folder(ctx, folder));
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0440);
	got = copy_checked(ctx, from, row, &(struct sink){ fd, path });
	if (got != OK && fd >= 0)
		(void)unlink(path);
	return got;
}

enum fail
blob_copied(struct ctx *ctx, const char *to)
{
	for (int part = 0; part < BLOB_PARTS; part++) {
		const char *path = folder_of(ctx->arena, to, part);

		if (file_exists(path))
			TRY(file_flush(ctx, path));
	}
	return OK;
}

/* ---- names ---- */

/* The digest of a file in its folder; false if its name is none. */
static bool
digest_of_name(int part, const char *name, struct digest *ret)
{
	char hex[HEX_LEN + 1] = { 0 };

	if (strlen(name) != HEX_LEN - 2)
		return false;
	(void)snprintf(hex, sizeof(hex), "%02x", (unsigned)part & 0xff);
	memcpy(hex + 2, name, HEX_LEN - 2);
	return digest_from_hex(hex, ret) &&
	       strspn(hex, "0123456789abcdef") == HEX_LEN;
}

enum fail
blob_walk(struct ctx *ctx, const char *data, int part,
    enum fail (*seen)(struct ctx *ctx, void *arg, const char *name,
	const struct digest *digest),
    void *arg)
{
	const char *path = folder_of(ctx->arena, data, part);
	AUTO(file_folder_close) DIR *folder = opendir(path);
	struct dirent *entry = NULL;

	TRY(fault_step(ctx, "blob walk"));
	if (folder == NULL && errno == ENOENT)
		return OK;
	if (folder == NULL)
		return file_broken(ctx, "open", path);
	while ((entry = readdir(folder)) != NULL) {
		struct digest digest = { 0 };
		const bool known = digest_of_name(part, entry->d_name, &digest);

		if (entry->d_name[0] != '.')
			TRY(seen(ctx, arg, entry->d_name,
			    known ? &digest : NULL));
	}
	return OK;
}

/* ---- the lock between copying and forgetting ---- */

/* *ret is -1 without such a folder. */
static enum fail
open_top(struct ctx *ctx, const char *data, int *ret)
{
	const char *path = arena_printf(ctx->arena, "%s/blob", data);

	TRY(fault_step(ctx, "blob lock"));
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret < 0 && errno != ENOENT)
		return file_broken(ctx, "open", path);
	return OK;
}

enum fail
blob_lock(struct ctx *ctx, const char *data, int *ret)
{
	AUTO(file_close) int fd = -1;

	TRY(open_top(ctx, data, &fd));
	while (fd >= 0 && flock(fd, LOCK_SH) != 0)
		if (errno != EINTR)
			return file_broken(ctx, "lock", data);
	*ret = fd;
	fd = -1;
	return OK;
}

enum fail
blob_lock_alone(struct ctx *ctx, bool *ret_free, int *ret)
{
	int fd = -1;

	TRY(open_top(ctx, ctx->home->data_dir, &fd));
	*ret_free = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	*ret = fd;
	return OK;
}
