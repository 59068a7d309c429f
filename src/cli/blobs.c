#include "cli/blobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/home.h"
#include "store/blob.h"
#include "store/within.h"

#define PAGE 500

/* One walk over all rows, in order of digest. */
struct walk {
	enum fail (*look)(struct ctx *ctx, struct walk *walk,
	    const struct blob_row *row);
	const char *from;
	const char *to;
	int64_t count; /* looked at */
	int64_t bytes;
	int64_t all_bytes;
	int tenth; /* of the bytes, shown last */
	int64_t bad;
	struct failure first; /* of the bad ones */
	int64_t strays;
};

/* A line for every tenth part: it may go into a log. */
static void
show(struct walk *walk)
{
	const int now =
	    walk->all_bytes == 0
		? 10
		: (int)((double)walk->bytes * 10 / (double)walk->all_bytes);

	if (now == walk->tenth)
		return;
	walk->tenth = now;
	fprintf(stderr, "  %3d %% of %" PRId64 " MiB of files\n", now * 10,
	    walk->all_bytes >> 20);
}

/* A page on an arena of its own; *last is that of its last row. */
static enum fail
walk_page(struct ctx *ctx, struct walk *walk, struct digest *last,
    size_t *ret_count)
{
	struct blob_row *rows = NULL;
	const bool is_first = walk->count == 0;

	TRY(blob_rows(ctx, is_first ? NULL : last, PAGE, &rows, ret_count));
	for (size_t i = 0; i < *ret_count; i++) {
		TRY(walk->look(ctx, walk, &rows[i]));
		walk->count++;
		walk->bytes += rows[i].bytes;
		*last = rows[i].digest;
		show(walk);
	}
	return OK;
}

static enum fail
walk_rows(struct ctx *ctx, struct walk *walk)
{
	struct arena *outer = ctx->arena;
	struct digest last = { 0 };
	size_t count = PAGE;
	int64_t rows = 0;

	walk->tenth = -1;
	TRY(blob_totals(ctx, &rows, &walk->all_bytes));
	while (count == PAGE) {
		enum fail got = OK;

		ctx->arena = arena_child(outer);
		got = walk_page(ctx, walk, &last, &count);
		/* The texts of a failure live in the page's arena. */
		if (got == OK && walk->bad == 0)
			arena_free(ctx->arena);
		ctx->arena = outer;
		TRY(got);
	}
	return OK;
}

/* ---- copying ---- */

static enum fail
copy_one(struct ctx *ctx, struct walk *walk, const struct blob_row *row)
{
	const enum fail got = blob_copy(ctx, walk->from, walk->to, row);

	if (got == OK || row->is_referred ||
	    !text_equal(ctx->failure.code, "blob.missing"))
		return got;
	fail_clear(ctx);
	return OK;
}

static enum fail
copy_all(struct ctx *ctx, void *arg)
{
	return walk_rows(ctx, arg);
}

enum fail
blobs_copy(struct ctx *ctx, const char *from, const char *to)
{
	struct walk walk = { .look = copy_one, .from = from, .to = to };

	TRY(tx_within(ctx, TX_READ, copy_all, &walk));
	return blob_copied(ctx, to);
}

static enum fail
remove_one(struct ctx *ctx, void *arg, const char *name,
    const struct digest *digest)
{
	const char *folder = arg;

	(void)digest;
	(void)unlink(arena_printf(ctx->arena, "%s/%s", folder, name));
	return OK;
}

void
blobs_remove(struct ctx *ctx, const char *data)
{
	for (int part = 0; part < BLOB_PARTS; part++) {
		char *folder = arena_printf(ctx->arena, "%s/blob/%02x", data,
		    (unsigned)part);

		if (blob_walk(ctx, data, part, remove_one, folder) == OK)
			(void)rmdir(folder);
	}
	(void)rmdir(arena_printf(ctx->arena, "%s/blob", data));
}

/* ---- checking ---- */

/* Who is needed does not wait to be forgotten, and who is not does. */
static enum fail
check_row(struct ctx *ctx, const struct walk *walk, const struct blob_row *row)
{
	if (row->is_idle == row->is_referred)
		return FAIL(ctx, FAIL_INTERNAL, "blob.row",
		    "blob %s is %sneeded and %swaits to be forgotten",
		    digest_hex(ctx->arena, &row->digest),
		    row->is_referred ? "" : "not ", row->is_idle ? "" : "not ");
	return blob_check(ctx, walk->from, row);
}

static enum fail
check_one(struct ctx *ctx, struct walk *walk, const struct blob_row *row)
{
	const enum fail got = check_row(ctx, walk, row);

	if (got == OK)
		return OK;
	if (row->is_referred || !row->is_idle) {
		fprintf(stderr, "bad %s: %s\n", ctx->failure.code,
		    ctx->failure.message);
		if (walk->bad++ == 0)
			walk->first = ctx->failure;
	}
	fail_clear(ctx);
	return OK;
}

static enum fail
count_stray(struct ctx *ctx, void *arg, const char *name,
    const struct digest *digest)
{
	struct walk *walk = arg;
	int64_t bytes = -1;

	(void)name;
	if (digest != NULL)
		TRY(blob_bytes(ctx, digest, &bytes));
	walk->strays += bytes < 0;
	return OK;
}

enum fail
blobs_check(struct ctx *ctx, struct text *said)
{
	const char *data = ctx->home->data_dir;
	struct walk walk = { .look = check_one, .from = data };

	TRY(blob_check_refs(ctx));
	TRY(walk_rows(ctx, &walk));
	for (int part = 0; part < BLOB_PARTS; part++)
		TRY(blob_walk(ctx, data, part, count_stray, &walk));
	if (walk.bad > 0) {
		ctx->failure = walk.first;
		return FAIL_INTERNAL;
	}
	text_addf(said,
	    "%" PRId64 " files with %" PRId64
	    " bytes have their length and digest",
	    walk.count, walk.bytes);
	if (walk.strays > 0)
		text_addf(said,
		    "; %" PRId64 " files have no row, the next sweep removes "
		    "them",
		    walk.strays);
	return OK;
}
