#include "store/blob.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/home.h"
#include "store/blob.sql.h"
#include "store/inside.h"
#include "store/within.h"

/* ---- holding ---- */

static void
hold_end(void *object)
{
	struct blob_hold *hold = object;

	(void)pthread_mutex_lock(&hold->store->blobs);
	*hold->place = hold->next;
	if (hold->next != NULL)
		hold->next->place = hold->place;
	(void)pthread_mutex_unlock(&hold->store->blobs);
}

static struct blob_hold *
hold_new(struct ctx *ctx, const struct digest *digest, int64_t bytes)
{
	struct blob_hold *hold = ARENA_NEW(ctx->arena, struct blob_hold);
	struct store *store = ctx->home->store;

	hold->store = store;
	hold->digest = *digest;
	hold->bytes = bytes;
	hold->place = &store->held_blobs;
	(void)pthread_mutex_lock(&store->blobs);
	hold->next = store->held_blobs;
	if (hold->next != NULL)
		hold->next->place = &hold->next;
	store->held_blobs = hold;
	(void)pthread_mutex_unlock(&store->blobs);
	arena_defer(ctx->arena, hold_end, hold);
	return hold;
}

/* The caller has the lock. */
static bool
is_held(const struct store *store, const struct digest *digest)
{
	const struct blob_hold *hold = store->held_blobs;

	while (
	    hold != NULL && memcmp(&hold->digest, digest, sizeof(*digest)) != 0)
		hold = hold->next;
	return hold != NULL;
}

enum fail
blob_put(struct ctx *ctx, const char *path, const struct digest *digest,
    int64_t bytes, struct blob_hold **ret)
{
	const struct blob_row row = { .digest = *digest, .bytes = bytes };
	/* Before the file is in place: from here on nobody removes it. */
	struct blob_hold *hold = hold_new(ctx, digest, bytes);

	assert(ctx->tx == NULL || tx_is_write(ctx));
	TRY(blob_file_place(ctx, path, &row));
	*ret = hold;
	return OK;
}

enum fail
blob_put_bytes(struct ctx *ctx, struct bytes bytes, const struct digest *digest,
    struct blob_hold **ret)
{
	const char *path = NULL;
	enum fail got = OK;

	TRY(blob_file_write(ctx, bytes, &path));
	got = blob_put(ctx, path, digest, (int64_t)bytes.len, ret);
	if (got != OK)
		(void)unlink(path);
	return got;
}

/* ---- references ---- */

/* The kind is the program's own word: a long one is a slip of ours. */
static enum fail
add_ref(struct ctx *ctx, struct bytes digest, const char *kind, int64_t id)
{
	int64_t changed = 0;

	assert(kind[0] != '\0' && strlen(kind) <= BLOB_KIND_MAX);
	return sql_blob_ref_add(ctx, digest, kind, id, &changed);
}

enum fail
blob_add(struct ctx *ctx, const struct blob_hold *hold, const char *kind,
    int64_t id)
{
	const struct bytes digest = digest_bytes(&hold->digest);
	int64_t changed = 0;

	TRY(sql_blob_add(ctx, digest, hold->bytes, ctx->now_us, &changed));
	return add_ref(ctx, digest, kind, id);
}

enum fail
blob_refer(struct ctx *ctx, const struct digest *digest, const char *kind,
    int64_t id)
{
	int64_t changed = 0;

	TRY(sql_blob_wake(ctx, digest_bytes(digest), &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "blob.unknown",
		    "there is no blob %s", digest_hex(ctx->arena, digest));
	return add_ref(ctx, digest_bytes(digest), kind, id);
}

enum fail
blob_release(struct ctx *ctx, const struct digest *digest, const char *kind,
    int64_t id)
{
	const struct bytes at = digest_bytes(digest);
	int64_t changed = 0;

	TRY(sql_blob_lay(ctx, at, ctx->now_us, &changed));
	TRY(sql_blob_ref_remove(ctx, at, kind, id, &changed));
	return sql_blob_wake_referred(ctx, at, &changed);
}

enum fail
blob_bytes(struct ctx *ctx, const struct digest *digest, int64_t *ret)
{
	struct sql_blob_find *row = NULL;

	TRY(sql_blob_find(ctx, digest_bytes(digest), &row));
	*ret = row == NULL ? -1 : row->bytes;
	return OK;
}

enum fail
blob_refs(struct ctx *ctx, const struct digest *digest,
    const struct blob_ref *after, size_t most, struct blob_ref **ret,
    size_t *ret_count)
{
	struct sql_blob_ref_page *rows = NULL;
	struct blob_ref *refs = NULL;
	size_t count = 0;

	TRY(sql_blob_ref_page(ctx, digest_bytes(digest), after->kind, after->id,
	    (int64_t)most, &rows, &count));
	refs = ARENA_ARRAY(ctx->arena, count, struct blob_ref);
	for (size_t i = 0; i < count; i++)
		refs[i] = (struct blob_ref){ rows[i].kind, rows[i].id };
	*ret = refs;
	*ret_count = count;
	return OK;
}

enum fail
blob_kept_for(struct ctx *ctx, const char *kind, const struct blob_kept *after,
    size_t most, struct blob_kept **ret, size_t *ret_count)
{
	struct sql_blob_ref_of_kind *rows = NULL;
	struct blob_kept *kept = NULL;
	size_t count = 0;

	TRY(sql_blob_ref_of_kind(ctx, kind, after->id,
	    digest_bytes(&after->digest), (int64_t)most, &rows, &count));
	kept = ARENA_ARRAY(ctx->arena, count, struct blob_kept);
	for (size_t i = 0; i < count; i++) {
		kept[i].id = rows[i].id;
		kept[i].digest = digest_stored(rows[i].digest);
	}
	*ret = kept;
	*ret_count = count;
	return OK;
}

enum fail
blob_open(struct ctx *ctx, const struct digest *digest, int *ret_fd,
    int64_t *ret_bytes)
{
	struct blob_row row = { .digest = *digest };

	TRY(blob_bytes(ctx, digest, &row.bytes));
	if (row.bytes < 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "blob.unknown",
		    "there is no blob %s", digest_hex(ctx->arena, digest));
	TRY(blob_file_open(ctx, ctx->home->data_dir, &row, ret_fd));
	*ret_bytes = row.bytes;
	return OK;
}

enum fail
blob_rows(struct ctx *ctx, const struct digest *after, size_t most,
    struct blob_row **ret, size_t *ret_count)
{
	const struct bytes from =
	    after == NULL ? (struct bytes){ 0 } : digest_bytes(after);
	struct sql_blob_page *rows = NULL;
	struct blob_row *out = NULL;
	size_t count = 0;

	TRY(sql_blob_page(ctx, from, (int64_t)most, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count, struct blob_row);
	for (size_t i = 0; i < count; i++) {
		out[i].bytes = rows[i].bytes;
		out[i].is_idle = rows[i].is_idle;
		out[i].is_referred = rows[i].referred;
		out[i].digest = digest_stored(rows[i].digest);
	}
	*ret = out;
	*ret_count = count;
	return OK;
}

enum fail
blob_totals(struct ctx *ctx, int64_t *ret_count, int64_t *ret_bytes)
{
	struct sql_blob_totals *row = NULL;

	TRY(sql_blob_totals(ctx, &row));
	*ret_count = row->count;
	*ret_bytes = row->bytes;
	return OK;
}

enum fail
blob_check_refs(struct ctx *ctx)
{
	struct sql_blob_lost *row = NULL;
	struct digest digest = { 0 };

	TRY(sql_blob_lost(ctx, &row));
	if (row == NULL)
		return OK;
	digest = digest_stored(row->digest);
	return FAIL(ctx, FAIL_INTERNAL, "blob.missing",
	    "%s %lld needs blob %s, which has no row", row->owner_kind,
	    (long long)row->owner_id, digest_hex(ctx->arena, &digest));
}

/* ---- forgetting ---- */

struct blob_lookup {
	struct digest digest;
	int64_t bytes;
};

static enum fail
find(struct ctx *ctx, void *arg)
{
	struct blob_lookup *finding = arg;

	return blob_bytes(ctx, &finding->digest, &finding->bytes);
}

/*
 * Put a file aside that nobody holds and no row names.  Under the lock: who puts
 * the same content waits, and then puts it in place anew.  That a row is written
 * meanwhile without a hold cannot be: blob_add wants one.
 */
static enum fail
put_unheld_aside(struct ctx *ctx, const struct digest *digest,
    const char **ret_aside)
{
	struct blob_lookup finding = { .digest = *digest };

	if (is_held(ctx->home->store, digest))
		return OK;
	TRY(tx_within(ctx, TX_READ, find, &finding));
	if (finding.bytes >= 0)
		return OK;
	return blob_file_aside(ctx, digest, ret_aside);
}

/* To free a large file takes long: whoever puts another content does not wait
 * for that. */

static enum fail
remove_file(struct ctx *ctx, const struct digest *digest, size_t *count)
{
	struct store *store = ctx->home->store;
	const char *aside = NULL;
	enum fail got = OK;

	(void)pthread_mutex_lock(&store->blobs);
	got = put_unheld_aside(ctx, digest, &aside);
	(void)pthread_mutex_unlock(&store->blobs);
	if (got != OK || aside == NULL)
		return got;
	(void)unlink(aside);
	(*count)++;
	return OK;
}

struct forgetting {
	int64_t before_us;
	size_t most;
	struct digest *digests; /* whose rows are gone */
	size_t count;
};

static enum fail
find_idle(struct ctx *ctx, void *arg)
{
	struct forgetting *all = arg;
	struct sql_blob_idle_page *rows = NULL;

	TRY(sql_blob_idle_page(ctx, all->before_us, (int64_t)all->most, &rows,
	    &all->count));
	all->digests = ARENA_ARRAY(ctx->arena, all->count, struct digest);
	for (size_t i = 0; i < all->count; i++)
		all->digests[i] = digest_stored(rows[i].digest);
	return OK;
}

/* Those that somebody needs again meanwhile stay, and leave the list. */
static enum fail
forget_rows(struct ctx *ctx, void *arg)
{
	struct forgetting *all = arg;
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		int64_t changed = 0;

		TRY(sql_blob_forget(ctx, digest_bytes(&all->digests[i]),
		    all->before_us, &changed));
		if (changed > 0)
			all->digests[kept++] = all->digests[i];
	}
	all->count = kept;
	return OK;
}

enum fail
blob_forget_idle(struct ctx *ctx, int64_t before_us, size_t most,
    size_t *ret_count)
{
	struct forgetting all = { .before_us = before_us, .most = most };
	AUTO(file_close) int lock = -1;
	size_t count = 0;
	bool is_free = false;

	assert(ctx->tx == NULL && most <= BLOB_FORGET_MAX);
	TRY(blob_lock_alone(ctx, &is_free, &lock));
	if (is_free)
		TRY(blob_clear_aside(ctx));
	if (is_free)
		TRY(tx_within(ctx, TX_READ, find_idle, &all));
	/* Nothing to forget: nothing is written. */
	if (all.count > 0)
		TRY(tx_within(ctx, TX_WRITE, forget_rows, &all));
	for (size_t i = 0; i < all.count; i++)
		TRY(remove_file(ctx, &all.digests[i], &count));
	*ret_count = count;
	return OK;
}

/* ---- what a crash left ---- */

#define SWEEP_MAX ((size_t)100000) /* files looked at in one folder */

struct names {
	struct digest *at;
	size_t count;
	size_t room;
};

static enum fail
note_name(struct ctx *ctx, void *arg, const char *name,
    const struct digest *digest)
{
	struct names *names = arg;

	(void)name;
	if (digest == NULL || names->count == SWEEP_MAX)
		return OK;
	if (names->count == names->room) {
		struct digest *more = NULL;

		names->room = names->room == 0 ? 64 : names->room * 2;
		more = ARENA_ARRAY(ctx->arena, names->room, struct digest);
		if (names->count > 0)
			memcpy(more, names->at, names->count * sizeof(*more));
		names->at = more;
	}
	names->at[names->count++] = *digest;
	return OK;
}

/* Keep only those without a row. */
static enum fail
keep_strays(struct ctx *ctx, void *arg)
{
	struct names *names = arg;
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++) {
		int64_t bytes = 0;

		TRY(blob_bytes(ctx, &names->at[i], &bytes));
		if (bytes < 0)
			names->at[kept++] = names->at[i];
	}
	names->count = kept;
	return OK;
}

enum fail
blob_sweep(struct ctx *ctx, int part, size_t *ret_count)
{
	AUTO(file_close) int lock = -1;
	struct names names = { 0 };
	size_t count = 0;
	bool is_free = false;

	assert(ctx->tx == NULL && part >= 0 && part < BLOB_PARTS);
	TRY(blob_lock_alone(ctx, &is_free, &lock));
	if (is_free)
		TRY(blob_walk(ctx, ctx->home->data_dir, part, note_name,
		    &names));
	if (names.count > 0)
		TRY(tx_within(ctx, TX_READ, keep_strays, &names));
	for (size_t i = 0; i < names.count; i++)
		TRY(remove_file(ctx, &names.at[i], &count));
	*ret_count = count;
	return OK;
}
