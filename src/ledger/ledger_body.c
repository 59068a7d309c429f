#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/random.h"
#include "core/text.h"
#include "ledger/inside.h"
#include "store/blob.h"

/*
 * Bodies on their way into an entry, and those that are files.
 */
#define PIECE ((size_t)64 * 1024)

const struct option ledger_option_table[] = {
	[LEDGER_BODY_INLINE] = OPT_INT("ledger.body_inline", 64 * 1024, 256,
	    4 * 1024 * 1024, "bytes", OPTION_RELOAD,
	    "Bodies of ledger entries up to this size are kept in the "
	    "database, larger ones as files of the data folder."),
	{ 0 },
};

struct ledger_body {
	struct bytes bytes;
	uint8_t salt[16];
	struct digest digest;   /* of salt and bytes */
	struct blob_hold *hold; /* NULL: it goes into the row */
	struct digest file;
	bool is_used; /* a salt is an entry's own */
};

struct digest
ledger_body_digest(const uint8_t salt[16], struct bytes body)
{
	const struct bytes pieces[] = { { salt, 16 }, body };

	return digest_of_pieces(pieces, 2);
}

static bool
is_large(const struct home *home, struct bytes body)
{
	return home->data_dir != NULL &&
	       (int64_t)body.len >
		   option_int(home, &ledger_option_table[LEDGER_BODY_INLINE]);
}

static enum fail
make(struct ctx *ctx, struct bytes bytes, struct ledger_body **ret)
{
	struct ledger_body *body = ARENA_NEW(ctx->arena, struct ledger_body);

	assert(bytes.len > 0 && bytes.len <= LEDGER_BODY_MAX);
	body->bytes = bytes;
	random_bytes(ctx->random, body->salt, sizeof(body->salt));
	body->digest = ledger_body_digest(body->salt, bytes);
	if (is_large(ctx->home, bytes)) {
		body->file = digest_of(bytes);
		TRY(blob_put_bytes(ctx, bytes, &body->file, &body->hold));
	}
	*ret = body;
	return OK;
}

enum fail
ledger_body_prepare(struct ctx *ctx, struct bytes body,
    struct ledger_body **ret)
{
	assert(ctx->tx == NULL);
	return make(ctx, body, ret);
}

enum fail
ledger_append(struct ctx *ctx, const char *kind, int64_t unit,
    struct bytes body, struct ledger_entry **ret)
{
	struct ledger_body *made = NULL;

	assert(tx_is_write(ctx));
	TRY(make(ctx, body, &made));
	return ledger_append_body(ctx, kind, unit, made, ret);
}

/* "report.send_back": lower-case words, so that it needs no escapes. */
static bool
kind_is_good(const char *kind)
{
	const size_t len = strlen(kind);

	return len > 0 && len <= LEDGER_KIND_MAX &&
	       strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789._") == len;
}

enum fail
ledger_append_body(struct ctx *ctx, const char *kind, int64_t unit,
    struct ledger_body *body, struct ledger_entry **ret)
{
	struct ledger *ledger = ctx->home->ledger;
	struct ledger_entry *entry = ARENA_NEW(ctx->arena, struct ledger_entry);

	assert(tx_is_write(ctx) && kind_is_good(kind) && !body->is_used);
	body->is_used = true;
	ledger_take_moment(ctx);
	ledger->staged_us = ctx->now_us;
	*entry = (struct ledger_entry){
		.id = ledger->next_id++,
		.index = -1,
		.at_us = ctx->now_us,
		.kind = kind,
		.unit = unit,
		.body = body->bytes,
		.body_digest = body->digest,
		.is_file = body->hold != NULL,
		.file = body->file,
	};
	memcpy(entry->salt, body->salt, sizeof(entry->salt));
	if (entry->is_file)
		TRY(blob_add(ctx, body->hold, LEDGER_BLOB_KIND, entry->id));
	tx_stage_entry(ctx, &entry->link);
	*ret = entry;
	return OK;
}

/* ---- reading ---- */

static enum fail
broken(struct ctx *ctx, const struct ledger_entry *entry, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
	    "entry %" PRId64 ": %s", entry->index, why);
}

/* What is wrong with the file is wrong with the ledger; a disk or a database
 * that does not answer is not. */
static enum fail
open_file(struct ctx *ctx, const struct ledger_entry *entry, int *ret)
{
	int64_t bytes = 0;
	const enum fail got = blob_open(ctx, &entry->file, ret, &bytes);
	const char *why = NULL;

	if (got == OK)
		return bytes == (int64_t)entry->body.len
			   ? OK
			   : broken(ctx, entry,
				 "the file of its body has another length");
	if (!text_starts(ctx->failure.code, "blob."))
		return got;
	why = arena_printf(ctx->arena, "the file of its body: %s",
	    ctx->failure.message);
	fail_clear(ctx);
	return broken(ctx, entry, why);
}

/* One piece at most; 0 at the file's end. */
static enum fail
read_piece(struct ctx *ctx, const struct ledger_entry *entry, int fd,
    uint8_t *at, size_t room, size_t *ret)
{
	ssize_t got = -1;

	do
		got = read(fd, at, room < PIECE ? room : PIECE);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return FAIL(ctx, FAIL_INTERNAL, "file.io",
		    "entry %" PRId64 ": read the file of its body: %s",
		    entry->index, strerrordesc_np(errno));
	*ret = (size_t)got;
	return OK;
}

/* The file against the entry's digest; into: room for it, NULL: look only. */
static enum fail
go_through(struct ctx *ctx, const struct ledger_entry *entry, uint8_t *into)
{
	AUTO(arena_end) struct arena *scratch = arena_child(ctx->arena);
	struct digest_run *run = digest_begin(scratch);
	uint8_t *own = into == NULL ? arena_alloc(scratch, PIECE, 1) : NULL;
	AUTO(file_close) int fd = -1;
	struct digest sum = { 0 };
	size_t piece = 1;

	TRY(fault_step(ctx, "ledger body"));
	TRY(open_file(ctx, entry, &fd));
	digest_add(run, (struct bytes){ entry->salt, sizeof(entry->salt) });
	for (size_t done = 0; done < entry->body.len && piece > 0;
	     done += piece) {
		uint8_t *at = into == NULL ? own : into + done;

		TRY(read_piece(ctx, entry, fd, at, entry->body.len - done,
		    &piece));
		digest_add(run, (struct bytes){ at, piece });
	}
	sum = digest_sum(run);
	if (memcmp(sum.at, entry->body_digest.at, DIGEST_LEN) != 0)
		return broken(ctx, entry,
		    "the file of its body or its salt is not what was "
		    "recorded");
	return OK;
}

enum fail
ledger_body_read(struct ctx *ctx, struct arena *arena,
    struct ledger_entry *entry)
{
	uint8_t *at = arena_alloc(arena, entry->body.len, 1);

	TRY(go_through(ctx, entry, at));
	entry->body.at = at;
	return OK;
}

enum fail
ledger_body_check(struct ctx *ctx, const struct ledger_entry *entry)
{
	const struct blob_ref before = { LEDGER_BLOB_KIND, entry->id - 1 };
	struct blob_ref *refs = NULL;
	size_t count = 0;

	TRY(go_through(ctx, entry, NULL));
	TRY(blob_refs(ctx, &entry->file, &before, 1, &refs, &count));
	if (count == 0 || refs[0].id != entry->id ||
	    !text_equal(refs[0].kind, LEDGER_BLOB_KIND))
		return broken(ctx, entry, "nothing keeps the file of its body");
	return OK;
}
