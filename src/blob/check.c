#include "blob/check.h"

#include <inttypes.h>
#include <string.h>

#include "blob/inside.h"
#include "blob/upload.h"
#include "blob/upload.sql.h"
#include "core/arena.h"
#include "store/blob.h"

#define PAGE 500

static enum fail
broken(struct ctx *ctx, int64_t id, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "upload.row", "upload %" PRId64 ": %s",
	    id, why);
}

/* Its file is kept for it, and is as long as it says. */
static enum fail
check_complete(struct ctx *ctx, const struct sql_upload_complete_page *row)
{
	const struct blob_ref before = { UPLOAD_OWNER, row->id - 1 };
	struct blob_ref *refs = NULL;
	const struct digest digest = digest_stored(row->digest);
	int64_t bytes = 0;
	size_t count = 0;

	TRY(blob_bytes(ctx, &digest, &bytes));
	TRY(blob_refs(ctx, &digest, &before, 1, &refs, &count));
	if (count == 0 || refs[0].id != row->id ||
	    strcmp(refs[0].kind, UPLOAD_OWNER) != 0)
		return broken(ctx, row->id, "nothing keeps its file");
	if (bytes != row->bytes || row->received != row->bytes)
		return broken(ctx, row->id, "its file has another length");
	return OK;
}

static enum fail
check_all_complete(struct ctx *ctx, int64_t *ret_count)
{
	size_t count = PAGE;
	int64_t after = 0;

	while (count == PAGE) {
		struct sql_upload_complete_page *rows = NULL;

		TRY(sql_upload_complete_page(ctx, after, PAGE, &rows, &count));
		for (size_t i = 0; i < count; i++)
			TRY(check_complete(ctx, &rows[i]));
		if (count > 0)
			after = rows[count - 1].id;
		*ret_count += (int64_t)count;
	}
	return OK;
}

/* Is this one complete, and has it this content? */
static enum fail
check_kept(struct ctx *ctx, const struct blob_kept *kept)
{
	struct sql_upload_content *row = NULL;

	TRY(sql_upload_content(ctx, kept->id, &row));
	if (row == NULL || row->complete_us == NULL)
		return broken(ctx, kept->id,
		    "a file is kept for it, and it is not complete");
	if (!bytes_equal(row->digest, digest_bytes(&kept->digest)))
		return broken(ctx, kept->id, "another file is kept for it");
	return OK;
}

static enum fail
check_all_kept(struct ctx *ctx)
{
	struct blob_kept after = { 0 };
	size_t count = PAGE;

	while (count == PAGE) {
		struct blob_kept *kept = NULL;

		TRY(blob_kept_for(ctx, UPLOAD_OWNER, &after, PAGE, &kept,
		    &count));
		for (size_t i = 0; i < count; i++)
			TRY(check_kept(ctx, &kept[i]));
		if (count > 0)
			after = kept[count - 1];
	}
	return OK;
}

enum fail
uploads_check(struct ctx *ctx, struct text *said)
{
	int64_t count = 0;

	TRY(check_all_complete(ctx, &count));
	TRY(check_all_kept(ctx));
	text_addf(said,
	    "%" PRId64 " that are complete have their files, and no file is "
	    "kept for another",
	    count);
	return OK;
}
