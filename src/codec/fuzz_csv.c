#include "fuzz.h"

#include <string.h>

#include "codec/csv.h"
#include "core/utf8.h"

/* Every row has the header's fields, each clean text within its limit. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	static const struct csv_known known[] = { { "old_code", true },
		{ "a", false }, { "b", false }, { "new_code", false } };
	size_t at[ARRAY_SIZE(known)];
	struct csv *csv = NULL;
	size_t columns = 0;
	size_t rows = 0;
	int line = 0;

	if (csv_open(ctx, in, &csv) != OK)
		return;
	if (csv_columns(ctx, csv, known, ARRAY_SIZE(known), at) == OK)
		columns = at[0];
	ctx->failure = (struct failure){ 0 };
	for (;;) {
		const char *const *fields = NULL;
		bool more = false;

		if (csv_next(ctx, csv, &fields, &more) != OK || !more)
			return;
		fuzz_check(csv_line(csv) > line);
		line = csv_line(csv);
		fuzz_check(columns < CSV_COLUMNS_MAX);
		/* The column that was asked for, or the first. */
		fuzz_check(strlen(fields[columns]) <= CSV_FIELD_MAX * 3);
		/* No row without a byte of its own. */
		fuzz_check(++rows <= in.len);
	}
}
