#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/bytes.h"
#include "core/fail.h"

/*
 * Whole small files.  Whatever is written here fails on a full disk with
 *	FAIL_BUSY	"disk.full"
 * and the reserve is freed (core/room.h).  Else
 *	FAIL_NOT_FOUND	"file.missing"
 *	FAIL_TOO_BIG	"file.too_big"	over most bytes
 *	FAIL_INTERNAL	"file.io"
 * What is read lives in ctx->arena, with a NUL behind it that len does not
 * count.
 */
NODISCARD enum fail file_read(struct ctx *ctx, const char *path, size_t most,
    struct bytes *ret);

/* Temporary name, fsync, rename, fsync of the folder. */
NODISCARD enum fail file_write(struct ctx *ctx, const char *path,
    struct bytes content, unsigned mode);

/* Make the folder if it is absent (one level). */
NODISCARD enum fail file_folder(struct ctx *ctx, const char *path);
bool file_exists(const char *path);

/*
 * For modules that keep files of their own.  Those that can fail:
 *	FAIL_INTERNAL	"file.io"
 */
void file_close(int *fd);         /* closes it if it is open; for AUTO */
void file_folder_close(DIR **at); /* the same */
/* Record what was tried, where, and what errno says. */
NODISCARD enum fail file_broken(struct ctx *ctx, const char *what,
    const char *path);
/* All of bytes at the place of fd; path is for the failure's words. */
NODISCARD enum fail file_add(struct ctx *ctx, int fd, const char *path,
    struct bytes bytes);
/* Flush a file, or the names in a folder: from then on a crash of the machine
 * does not take them along. */
NODISCARD enum fail file_flush(struct ctx *ctx, const char *path);

/*
 * A large file that is written piece by piece and is there whole or not at all:
 * it grows as PATH.part, and file_out_end flushes it, gives it its name and
 * flushes the folder.  What is not ended is removed with ctx->arena; a process
 * that is killed leaves PATH.part, which the next file_out_begin writes over.
 * One at a time for a path; one thread.
 *	FAIL_INTERNAL	"file.io"
 */
struct file_out;

NODISCARD enum fail file_out_begin(struct ctx *ctx, const char *path,
    unsigned mode, struct file_out **ret);
NODISCARD enum fail file_out_add(struct ctx *ctx, struct file_out *out,
    struct bytes piece);
NODISCARD enum fail file_out_end(struct ctx *ctx, struct file_out *out);

#endif
