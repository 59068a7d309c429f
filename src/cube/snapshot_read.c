#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/home.h"
#include "cube/slab.h"
#include "cube/snapshot.h"
#include "cube/snapshot_form.h"
#include "regime/cells.h"

/*
 * The sum is known only at the end, so nothing that is read is trusted before:
 * each number is held against its bounds, memory grows with what was read.
 */
#define SLABS_MAX (1 << 20)
#define FRONTIER_MAX ((uint32_t)63 * DIGEST_LEN)

struct reading {
	struct ctx *ctx;
	const char *path;
	int fd;
	int64_t left; /* bytes of content not yet in the buffer */
	struct digest_run *sum;
	uint8_t *buffer;
	size_t at;
	size_t filled;
	struct cube *cube;
	struct ledger_mark mark;
	struct digest written; /* the sum at its end */
};

static enum fail
damaged(const struct reading *r, const char *why)
{
	return FAIL(r->ctx, FAIL_INVALID, "cube.snapshot", "%s: %s", r->path,
	    why);
}

/* Exactly so many bytes of the file. */
static enum fail
read_all(struct reading *r, uint8_t *into, size_t len)
{
	size_t got = 0;

	TRY(fault_step(r->ctx, "snapshot read"));
	while (got < len) {
		const ssize_t n = read(r->fd, into + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FAIL(r->ctx, FAIL_INTERNAL, "file.io",
			    "read %s: %s", r->path, strerrordesc_np(errno));
		if (n == 0)
			return damaged(r, "it became shorter");
		got += (size_t)n;
	}
	return OK;
}

static enum fail
fill(struct reading *r)
{
	const size_t len = r->left < (int64_t)SNAPSHOT_BUFFER ? (size_t)r->left
							      : SNAPSHOT_BUFFER;

	if (len == 0)
		return damaged(r, "it ends too early");
	TRY(read_all(r, r->buffer, len));
	digest_add(r->sum, (struct bytes){ r->buffer, len });
	r->left -= (int64_t)len;
	r->at = 0;
	r->filled = len;
	return OK;
}

static enum fail
get(struct reading *r, void *into, size_t len)
{
	uint8_t *to = into;

	while (len > 0) {
		size_t part = r->filled - r->at;

		if (part == 0) {
			TRY(fill(r));
			part = r->filled;
		}
		if (part > len)
			part = len;
		memcpy(to, r->buffer + r->at, part);
		r->at += part;
		to += part;
		len -= part;
	}
	return OK;
}

/* Before the snapshot's end, or never. */
static bool
is_later(const struct reading *r, int64_t index, int64_t than)
{
	return index == INDEX_NEVER || (index > than && index < r->mark.size);
}

static bool
leaf_is_good(const struct reading *r, const struct snapshot_leaf *leaf,
    int64_t previous)
{
	return leaf->index > previous && leaf->index < r->mark.size &&
	       is_later(r, leaf->returned, leaf->index) &&
	       is_later(r, leaf->accepted, leaf->index) && leaf->version > 0 &&
	       leaf_width_is_good(leaf->width) && leaf->full <= 1 &&
	       leaf->none == 0;
}

static bool
states_are_good(const uint8_t *states, size_t cells)
{
	uint8_t most = 0;

	for (size_t c = 0; c < cells; c++)
		most = states[c] > most ? states[c] : most;
	return most <= CELL_WITHHELD;
}

static enum fail
get_leaf(struct reading *r, struct slab *slab, int32_t slot, int64_t *previous)
{
	struct snapshot_leaf head;
	struct leaf_shape shape = { 0 };
	struct leaf *leaf = NULL;
	int32_t i = SLAB_NONE;

	TRY(get(r, &head, sizeof(head)));
	if (!leaf_is_good(r, &head, *previous) || slab_is_full(slab))
		return damaged(r, "a version is not sound");
	shape = (struct leaf_shape){ head.width, head.full == 1 };
	i = slab_take_leaf(slab, &shape);
	leaf = slab_leaf(slab, i);
	leaf->report = head.report;
	leaf->version = head.version;
	atomic_init(&leaf->returned, head.returned);
	atomic_init(&leaf->accepted, head.accepted);
	TRY(get(r, leaf->data,
	    leaf_bytes(&shape, slab->cells) - sizeof(struct leaf)));
	if (!leaf->full &&
	    !states_are_good(leaf_states(slab, leaf), slab->cells))
		return damaged(r, "a version is not sound");
	slab_restore_leaf(slab, slot, i, head.index, head.at_us);
	*previous = head.index;
	return OK;
}

static enum fail
get_slot(struct reading *r, struct slab *slab)
{
	struct snapshot_slot head;
	int64_t previous = -1;
	int32_t slot = SLAB_NONE;

	TRY(get(r, &head, sizeof(head)));
	if (head.leaves < 0 || slab_is_full(slab) ||
	    slab_find(slab, head.unit) != SLAB_NONE)
		return damaged(r, "a unit is not sound");
	slot = slab_add_slot(slab, head.unit);
	for (int64_t i = 0; i < head.leaves; i++)
		TRY(get_leaf(r, slab, slot, &previous));
	return OK;
}

static enum fail
get_closing(struct reading *r, struct slab *slab)
{
	struct snapshot_closing closing;

	TRY(get(r, &closing, sizeof(closing)));
	if (closing.slot < 0 || closing.slot >= (int64_t)slab->slots.count ||
	    closing.reopened < 0 || closing.reopened > 1 || closing.index < 0 ||
	    closing.index >= r->mark.size)
		return damaged(r, "a closing is not sound");
	slab_restore_closing(slab, (int32_t)closing.slot, closing.reopened == 1,
	    closing.index);
	return OK;
}

static enum fail
get_slab(struct reading *r)
{
	struct snapshot_slab head;
	struct digest form;
	const struct form_version *version = NULL;
	struct period period = { 0 };
	struct slab *slab = NULL;

	TRY(get(r, &head, sizeof(head)));
	memcpy(form.at, head.form, DIGEST_LEN);
	version = catalogue_digest(catalogue_now(r->ctx), &form);
	if (version == NULL || head.cells != (int64_t)version->cell_count)
		return damaged(r, "it has a form that is not known here");
	period.year = head.year;
	period.number = head.number;
	if (head.slots < 0 || head.closings < 0 ||
	    slab_of(r->cube, version, &period, false) != NULL)
		return damaged(r, "a period is not sound");
	slab = slab_of(r->cube, version, &period, true);
	for (int64_t i = 0; i < head.slots; i++)
		TRY(get_slot(r, slab));
	for (int64_t i = 0; i < head.closings; i++)
		TRY(get_closing(r, slab));
	return OK;
}

static enum fail
get_head(struct reading *r, struct snapshot_head *ret)
{
	static const char format[sizeof(ret->format)] = SNAPSHOT_FORMAT;
	char *origin = NULL;
	uint8_t *frontier = NULL;

	TRY(get(r, ret, sizeof(*ret)));
	if (memcmp(ret->format, format, sizeof(format)) != 0)
		return damaged(r, "it has another format");
	if (ret->size < 0 || ret->slabs < 0 || ret->slabs > SLABS_MAX ||
	    ret->origin_len > SNAPSHOT_ORIGIN_MAX ||
	    ret->frontier_len > FRONTIER_MAX)
		return damaged(r, "its head is not sound");
	origin = ARENA_ARRAY(r->ctx->arena, ret->origin_len + 1, char);
	frontier = ARENA_ARRAY(r->ctx->arena, ret->frontier_len, uint8_t);
	TRY(get(r, origin, ret->origin_len));
	TRY(get(r, frontier, ret->frontier_len));
	r->mark = (struct ledger_mark){ origin, ret->size,
		{ frontier, ret->frontier_len } };
	return OK;
}

/* Nothing is left over, and the sum is what follows it. */
static enum fail
check_end(struct reading *r)
{
	struct digest made;

	if (r->left != 0 || r->at != r->filled)
		return damaged(r, "something follows its end");
	made = digest_sum(r->sum);
	TRY(read_all(r, r->written.at, DIGEST_LEN));
	if (memcmp(made.at, r->written.at, DIGEST_LEN) != 0)
		return damaged(r, "it was changed");
	return OK;
}

static enum fail
get_all(struct reading *r)
{
	struct snapshot_head head;

	TRY(get_head(r, &head));
	for (int64_t i = 0; i < head.slabs; i++)
		TRY(get_slab(r));
	return check_end(r);
}

static enum fail
open_file(struct reading *r)
{
	struct stat about = { 0 };

	TRY(fault_step(r->ctx, "snapshot open"));
	/* Who opens a pipe without a writer would wait for one. */
	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (r->fd < 0 && errno == ENOENT)
		return FAIL(r->ctx, FAIL_NOT_FOUND, "file.missing",
		    "there is no file %s", r->path);
	if (r->fd < 0 || fstat(r->fd, &about) != 0 || !S_ISREG(about.st_mode))
		return FAIL(r->ctx, FAIL_INTERNAL, "file.io", "open %s",
		    r->path);
	if (about.st_size < DIGEST_LEN)
		return damaged(r, "it ends too early");
	r->left = about.st_size - DIGEST_LEN;
	return OK;
}

enum fail
snapshot_read(struct ctx *ctx, const char *path, struct cube **ret,
    struct ledger_mark *ret_mark, struct digest *ret_sum)
{
	struct reading r = { .ctx = ctx, .path = path, .fd = -1 };
	enum fail got = open_file(&r);

	if (got == OK) {
		r.sum = digest_begin(ctx->arena);
		r.buffer = ARENA_ARRAY(ctx->arena, SNAPSHOT_BUFFER, uint8_t);
		r.cube = cube_new();
		got = get_all(&r);
	}
	if (r.fd >= 0)
		(void)close(r.fd);
	if (got != OK) {
		cube_free(r.cube);
		return got;
	}
	*ret = r.cube;
	*ret_mark = r.mark;
	*ret_sum = r.written;
	return OK;
}
