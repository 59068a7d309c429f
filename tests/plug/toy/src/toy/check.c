#include <inttypes.h>
#include <string.h>

#include "core/text.h"
#include "store/blob.h"
#include "toy/slice.h"
#include "toy/toy.h"
#include "toy/toy.sql.h"
#include "trust/trust.h"

static enum fail
check_picture(struct ctx *ctx, const struct sql_toy_rows *row)
{
	struct digest digest = { 0 };
	int64_t bytes = -1;

	if (row->picture == NULL)
		return OK;
	memcpy(digest.at, row->picture->at, DIGEST_LEN);
	TRY(blob_bytes(ctx, &digest, &bytes));
	if (bytes >= 0)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "toy.picture", "toy %" PRId64, row->id);
}

static enum fail
check_pictures(struct ctx *ctx, struct text *said)
{
	struct sql_toy_rows *rows = NULL;
	size_t count = TOY_PAGE_MAX;
	size_t all = 0;
	int64_t after = 0;

	while (count == TOY_PAGE_MAX) {
		TRY(sql_toy_rows(ctx, after, TOY_PAGE_MAX, &rows, &count));
		for (size_t i = 0; i < count; i++)
			TRY(check_picture(ctx, &rows[i]));
		if (count > 0)
			after = rows[count - 1].id;
		all += count;
	}
	text_addf(said, "%zu toys, and the pictures of those that have one",
	    all);
	return OK;
}

const struct check toy_checks[] = {
	{ "toys", check_pictures },
	{ 0 },
};
