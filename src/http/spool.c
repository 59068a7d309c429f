#include "http/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/room.h"
#include "trust/trust.h"

struct spool {
	const char *folder;
	struct room *disk;
	int64_t all_max;
	_Atomic int64_t all; /* bytes of the files there are, as announced */
};

struct spool_file {
	struct spool *spool;
	struct digest_run *run;
	const char *path;
	int fd;
	int64_t room; /* announced */
	int64_t bytes;
	bool has_disk; /* room for what is not written yet */
	bool is_full;
};

struct spool *
spool_new(struct arena *arena, const char *folder, int64_t all_max,
    struct room *room)
{
	struct spool *spool = ARENA_NEW(arena, struct spool);

	spool->folder = arena_text(arena, folder);
	spool->disk = room;
	spool->all_max = all_max;
	atomic_init(&spool->all, 0);
	return spool;
}

/* Its room on the disk is free again. */
static void
give_up(struct spool_file *file)
{
	if (file->fd < 0)
		return;
	(void)close(file->fd);
	file->fd = -1;
	/* Gone already if somebody took it. */
	(void)unlink(file->path);
}

static void
file_end(void *object)
{
	struct spool_file *file = object;

	give_up(file);
	(void)atomic_fetch_sub(&file->spool->all, file->room);
	if (file->has_disk)
		room_give(file->spool->disk, file->room - file->bytes);
}

enum spool_room
spool_begin(struct spool *spool, struct arena *arena, int64_t id, int64_t bytes,
    struct spool_file **ret)
{
	struct spool_file *file = ARENA_NEW(arena, struct spool_file);

	file->spool = spool;
	file->fd = -1;
	file->room = bytes;
	if (bytes > spool->all_max - atomic_fetch_add(&spool->all, bytes)) {
		(void)atomic_fetch_sub(&spool->all, bytes);
		return SPOOL_BUSY;
	}
	arena_defer(arena, file_end, file);
	file->has_disk = room_take(spool->disk, bytes);
	if (!file->has_disk)
		return SPOOL_FULL;
	file->path =
	    arena_printf(arena, "%s/body-%lld", spool->folder, (long long)id);
	file->run = digest_begin(arena);
	file->fd = open(file->path,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file->fd < 0)
		return SPOOL_FULL;
	*ret = file;
	return SPOOL_ROOM;
}

static bool
write_all(int fd, struct bytes piece)
{
	while (piece.len > 0) {
		const ssize_t got = write(fd, piece.at, piece.len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		piece.at += got;
		piece.len -= (size_t)got;
	}
	return true;
}

bool
spool_add(struct spool_file *file, struct bytes piece)
{
	if (file->is_full || piece.len == 0)
		return !file->is_full;
	if (!write_all(file->fd, piece)) {
		/* At once, so that others find room again. */
		file->is_full = true;
		give_up(file);
		return false;
	}
	/* So that a large body does not meet the disk all at once. */
	(void)sync_file_range(file->fd, file->bytes, (off_t)piece.len,
	    SYNC_FILE_RANGE_WRITE);
	digest_add(file->run, piece);
	file->bytes += (int64_t)piece.len;
	room_give(file->spool->disk, (int64_t)piece.len);
	return true;
}

bool
spool_end(struct spool_file *file, struct http_spooled *ret)
{
	if (file->is_full || file->bytes != file->room)
		return false;
	*ret = (struct http_spooled){
		.path = file->path,
		.fd = file->fd,
		.bytes = file->bytes,
		.digest = digest_sum(file->run),
	};
	return true;
}
