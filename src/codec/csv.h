#ifndef CODEC_CSV_H
#define CODEC_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * CSV by RFC 4180 with a header row; UTF-8, a leading byte order mark is
 * skipped; texts are normalised to NFC.  Lines end in CR LF or LF, inside quotes
 * too, where they become LF; blank lines are skipped; every row has as many
 * fields as the header.  Limits: CSV_FIELD_MAX bytes a field,
 * CSV_COLUMNS_MAX columns.
 *	FAIL_INVALID	"csv.syntax"	with the line in the message
 *	FAIL_INVALID	"csv.column"	a required column is missing
 *	FAIL_INVALID	"csv.unknown"	a column that the reader does not know
 */
#define CSV_FIELD_MAX 65536
#define CSV_COLUMNS_MAX 256

struct csv;

NODISCARD enum fail csv_open(struct ctx *ctx, struct bytes in,
    struct csv **ret);

/*
 * Where the columns are that the reader knows, in at: SIZE_MAX where one that is
 * not required is not there.  Headers are compared byte for byte, and one that
 * is none of them is refused by its name, with all that are: a column that were
 * passed over would be read by somebody else as if it had counted.
 */
struct csv_known {
	const char *name;
	bool required;
};
NODISCARD enum fail csv_columns(struct ctx *ctx, const struct csv *csv,
    const struct csv_known *known, size_t count, size_t *at);
/* The next row's fields, valid in ctx->arena; *ret_more false at the end. */
NODISCARD enum fail csv_next(struct ctx *ctx, struct csv *csv,
    const char *const **ret_fields, bool *ret_more);
int csv_line(const struct csv *csv); /* of the row last read, from 1 */

#endif
