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
 *	FAIL_INVALID	"csv.column"	a named column is missing
 */
#define CSV_FIELD_MAX 65536
#define CSV_COLUMNS_MAX 256

struct csv;

NODISCARD enum fail csv_open(struct ctx *ctx, struct bytes in,
    struct csv **ret);
/* Position of a column by its header; FAIL_INVALID "csv.column". */
NODISCARD enum fail csv_column(struct ctx *ctx, const struct csv *csv,
    const char *name, size_t *ret);
/* The next row's fields, valid in ctx->arena; *ret_more false at the end. */
NODISCARD enum fail csv_next(struct ctx *ctx, struct csv *csv,
    const char *const **ret_fields, bool *ret_more);
int csv_line(const struct csv *csv); /* of the row last read, from 1 */

#endif
