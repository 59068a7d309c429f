#include "codec/csv.h"

#include <stdint.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/utf8.h"

struct csv {
	struct bytes in;
	size_t at;    /* of the next byte to be read */
	int line;     /* of that byte */
	int row_line; /* where the row last read began */
	size_t columns;
	const char *const *header;
};

static enum fail
refuse(struct ctx *ctx, const struct csv *csv, const char *why)
{
	return FAIL(ctx, FAIL_INVALID, "csv.syntax", "line %d: %s", csv->line,
	    why);
}

static bool
at_end(const struct csv *csv)
{
	return csv->at >= csv->in.len;
}

/* The length of the line end that is here: 0, 1 (LF) or 2 (CR LF). */
static size_t
line_end(const struct csv *csv)
{
	const uint8_t *here = csv->in.at + csv->at;
	const size_t left = csv->in.len - csv->at;

	if (left >= 1 && here[0] == '\n')
		return 1;
	if (left >= 2 && here[0] == '\r' && here[1] == '\n')
		return 2;
	return 0;
}

static void
skip_blank_lines(struct csv *csv)
{
	while (line_end(csv) > 0) {
		csv->at += line_end(csv);
		csv->line++;
	}
}

static enum fail
finish_field(struct ctx *ctx, const struct csv *csv, const char *raw,
    size_t len, const char **ret)
{
	if (len > CSV_FIELD_MAX)
		return refuse(ctx, csv, "a field is too long");
	if (!utf8_is_clean(raw, len))
		return refuse(ctx, csv,
		    "a field is no UTF-8 or holds control characters");
	*ret = utf8_nfc(ctx->arena, raw);
	return OK;
}

/* Behind the opening quote.  Line ends inside become LF. */
static enum fail
read_quoted(struct ctx *ctx, struct csv *csv, const char **ret)
{
	const uint8_t *in = csv->in.at;
	const size_t start = csv->at;
	size_t quotes = 0;
	size_t len = 0;
	char *raw = NULL;

	for (;; csv->at++) {
		if (at_end(csv))
			return refuse(ctx, csv, "a quote is never closed");
		if (csv->at - start > 2 * CSV_FIELD_MAX)
			return refuse(ctx, csv, "a field is too long");
		if (in[csv->at] != '"')
			continue;
		if (csv->at + 1 >= csv->in.len || in[csv->at + 1] != '"')
			break;
		csv->at++;
		quotes++;
	}
	raw = ARENA_ARRAY(ctx->arena, csv->at - start - quotes + 1, char);
	for (size_t i = start; i < csv->at; i++) {
		if (in[i] == '\r' && in[i + 1] == '\n')
			continue;
		if (in[i] == '\n')
			csv->line++;
		if (in[i] == '"')
			i++;
		raw[len++] = (char)in[i];
	}
	csv->at++;
	if (!at_end(csv) && in[csv->at] != ',' && line_end(csv) == 0)
		return refuse(ctx, csv, "something follows a closing quote");
	return finish_field(ctx, csv, raw, len, ret);
}

static enum fail
read_bare(struct ctx *ctx, struct csv *csv, const char **ret)
{
	const size_t start = csv->at;
	const char *raw = NULL;

	while (
	    !at_end(csv) && csv->in.at[csv->at] != ',' && line_end(csv) == 0) {
		if (csv->in.at[csv->at] == '"')
			return refuse(ctx, csv, "a quote inside a bare field");
		csv->at++;
	}
	raw = arena_text_n(ctx->arena, (const char *)csv->in.at + start,
	    csv->at - start);
	return finish_field(ctx, csv, raw, csv->at - start, ret);
}

/* One row, up to and with its line end; at least one byte is left. */
static enum fail
read_row(struct ctx *ctx, struct csv *csv, const char **fields, size_t room,
    size_t *ret_count)
{
	size_t count = 0;

	csv->row_line = csv->line;
	for (;;) {
		if (count == room)
			return refuse(ctx, csv, "too many fields");
		if (!at_end(csv) && csv->in.at[csv->at] == '"') {
			csv->at++;
			TRY(read_quoted(ctx, csv, &fields[count]));
		} else {
			TRY(read_bare(ctx, csv, &fields[count]));
		}
		count++;
		if (at_end(csv) || csv->in.at[csv->at] != ',')
			break;
		csv->at++;
	}
	if (!at_end(csv)) {
		csv->at += line_end(csv);
		csv->line++;
	}
	*ret_count = count;
	return OK;
}

enum fail
csv_open(struct ctx *ctx, struct bytes in, struct csv **ret)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	struct csv *csv = ARENA_NEW(ctx->arena, struct csv);
	const char **header =
	    ARENA_ARRAY(ctx->arena, CSV_COLUMNS_MAX, const char *);

	csv->in = in;
	csv->line = 1;
	csv->row_line = 1;
	if (in.len >= sizeof(mark) && memcmp(in.at, mark, sizeof(mark)) == 0)
		csv->at = sizeof(mark);
	if (at_end(csv))
		return refuse(ctx, csv, "there is no header");
	TRY(read_row(ctx, csv, header, CSV_COLUMNS_MAX, &csv->columns));
	for (size_t i = 0; i < csv->columns; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(header[i], header[j]) == 0)
				return FAIL(ctx, FAIL_INVALID, "csv.syntax",
				    "line 1: column %s is repeated", header[i]);
		}
	}
	csv->header = header;
	*ret = csv;
	return OK;
}

static enum fail
refuse_unknown(struct ctx *ctx, const char *header,
    const struct csv_known *known, size_t count)
{
	struct text names;

	text_init(&names, ctx->arena);
	for (size_t i = 0; i < count; i++)
		text_addf(&names, "%s%s", i == 0 ? "" : ", ", known[i].name);
	return FAIL(ctx, FAIL_INVALID, "csv.unknown",
	    "line 1: there is no column \"%.60s\"; known are %s", header,
	    text_of(&names));
}

enum fail
csv_columns(struct ctx *ctx, const struct csv *csv,
    const struct csv_known *known, size_t count, size_t *at)
{
	for (size_t k = 0; k < count; k++)
		at[k] = SIZE_MAX;
	for (size_t i = 0; i < csv->columns; i++) {
		size_t k = 0;

		while (k < count && strcmp(csv->header[i], known[k].name) != 0)
			k++;
		if (k == count)
			return refuse_unknown(ctx, csv->header[i], known,
			    count);
		at[k] = i;
	}
	for (size_t k = 0; k < count; k++)
		if (known[k].required && at[k] == SIZE_MAX)
			return FAIL(ctx, FAIL_INVALID, "csv.column",
			    "column %s is missing", known[k].name);
	return OK;
}

enum fail
csv_next(struct ctx *ctx, struct csv *csv, const char *const **ret_fields,
    bool *ret_more)
{
	const char **fields = NULL;
	size_t count = 0;

	skip_blank_lines(csv);
	if (at_end(csv)) {
		*ret_more = false;
		return OK;
	}
	fields = ARENA_ARRAY(ctx->arena, csv->columns, const char *);
	TRY(read_row(ctx, csv, fields, csv->columns, &count));
	if (count < csv->columns)
		return FAIL(ctx, FAIL_INVALID, "csv.syntax",
		    "line %d: %zu fields instead of %zu", csv->row_line, count,
		    csv->columns);
	*ret_fields = fields;
	*ret_more = true;
	return OK;
}

int
csv_line(const struct csv *csv)
{
	return csv->row_line;
}
