#include <assert.h>
#include <limits.h>
#include <string.h>

#include "store/late.h"

/* From the server's pg_type, stable by its promise. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

/* An array's head: dimensions, has NULLs, element type, length, first index. */
#define HEAD_BYTES 20
#define COLUMN_BYTES 4096
#define PIECES 64

uint32_t
late_oid(enum store_type type)
{
	switch (type) {
	case STORE_TEXT:
		return OID_TEXT;
	case STORE_BLOB:
		return OID_BYTEA;
	case STORE_BOOL:
		return OID_BOOL;
	case STORE_I64:
	case STORE_DAY:
		break;
	}
	return OID_INT8;
}

static void
write_u32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void
write_i64(unsigned char *at, int64_t value)
{
	write_u32(at, (uint32_t)((uint64_t)value >> 32));
	write_u32(at + 4, (uint32_t)(uint64_t)value);
}

struct late *
late_new(struct arena *arena, const struct store_query *q)
{
	struct late *late = ARENA_NEW(arena, struct late);

	late->q = q;
	late->arena = arena;
	late->columns =
	    ARENA_ARRAY(arena, (size_t)q->arg_count, struct late_column);
	for (int i = 0; i < q->arg_count; i++) {
		late->columns[i].at =
		    ARENA_ARRAY(arena, COLUMN_BYTES, unsigned char);
		late->columns[i].room = COLUMN_BYTES;
	}
	late_clear(late);
	return late;
}

/* Keep the pieces before this one. */
static void
cut(struct late *late, int piece)
{
	late->bytes = 0;
	for (int i = 0; i < late->q->arg_count; i++) {
		struct late_column *column = &late->columns[i];

		if (piece < late->piece_count)
			column->len = late->pieces[piece].from[i];
		late->bytes += column->len;
	}
	late->piece_count = piece;
}

void
late_clear(struct late *late)
{
	for (int i = 0; i < late->q->arg_count; i++) {
		late->columns[i].len = HEAD_BYTES;
		late->columns[i].has_null = false;
	}
	late->piece_count = 0;
	late->sent = false;
	cut(late, 0);
}

/* The first of the newest pieces that are this unit's. */
static int
first_of(const struct late *late, int unit)
{
	int piece = late->piece_count;

	while (piece > 0 && late->pieces[piece - 1].unit == unit)
		piece--;
	return piece;
}

void
late_forget_unit(struct late *late, int unit)
{
	cut(late, first_of(late, unit));
}

void
late_forget_others(struct late *late, int unit)
{
	const int first = first_of(late, unit);
	const int kept = late->piece_count - first;

	if (kept == 0) {
		late_clear(late);
		return;
	}
	for (int i = 0; i < late->q->arg_count; i++) {
		struct late_column *column = &late->columns[i];
		const size_t gone = late->pieces[first].from[i] - HEAD_BYTES;

		memmove(column->at + HEAD_BYTES, column->at + HEAD_BYTES + gone,
		    column->len - HEAD_BYTES - gone);
		column->len -= gone;
		late->bytes -= gone;
		for (int p = first; p < late->piece_count; p++)
			late->pieces[p].from[i] -= gone;
	}
	for (int p = 0; p < kept; p++) {
		size_t *from = late->pieces[p].from;

		/* The lists of places are exchanged, not lost. */
		late->pieces[p] = late->pieces[first + p];
		late->pieces[first + p].from = from;
	}
	late->piece_count = kept;
}

/* Room for one more element. */
static unsigned char *
grow(struct late *late, struct late_column *column, size_t bytes)
{
	unsigned char *place = NULL;

	if (column->room - column->len < bytes) {
		const size_t room = 2 * column->room + bytes;
		unsigned char *at =
		    ARENA_ARRAY(late->arena, room, unsigned char);

		memcpy(at, column->at, column->len);
		column->at = at;
		column->room = room;
	}
	place = column->at + column->len;
	column->len += bytes;
	late->bytes += bytes;
	return place;
}

/* An element is its length and its bytes; NULL has the length -1. */
static void
add_bytes(struct late *late, struct late_column *column, const void *from,
    size_t len)
{
	unsigned char *at = NULL;

	assert(len <= INT_MAX);
	at = grow(late, column, 4 + len);
	write_u32(at, (uint32_t)len);
	if (len > 0)
		memcpy(at + 4, from, len);
}

static void
add_value(struct late *late, struct late_column *column,
    const struct store_value *value)
{
	unsigned char number[8];
	const unsigned char truth = value->number != 0;

	if (value->null) {
		column->has_null = true;
		write_u32(grow(late, column, 4), UINT32_MAX);
		return;
	}
	switch (value->type) {
	case STORE_TEXT:
		assert(value->text != NULL);
		add_bytes(late, column, value->text, strlen(value->text));
		break;
	case STORE_BLOB:
		add_bytes(late, column, value->blob.at, value->blob.len);
		break;
	case STORE_BOOL:
		add_bytes(late, column, &truth, 1);
		break;
	case STORE_I64:
	case STORE_DAY:
		write_i64(number, value->number);
		add_bytes(late, column, number, sizeof(number));
		break;
	}
}

static void
grow_pieces(struct late *late)
{
	const int room = late->piece_room == 0 ? PIECES : 2 * late->piece_room;
	struct late_piece *pieces =
	    ARENA_ARRAY(late->arena, (size_t)room, struct late_piece);

	if (late->piece_count > 0)
		memcpy(pieces, late->pieces,
		    (size_t)late->piece_count * sizeof(*pieces));
	for (int p = late->piece_count; p < room; p++)
		pieces[p].from = ARENA_ARRAY(late->arena,
		    (size_t)late->q->arg_count, size_t);
	late->pieces = pieces;
	late->piece_room = room;
}

/* The piece that a row of this unit belongs to. */
static struct late_piece *
piece_of(struct late *late, int unit)
{
	const int last = late->piece_count - 1;
	struct late_piece *piece = NULL;

	if (last >= 0 && late->pieces[last].unit == unit)
		return &late->pieces[last];
	if (late->piece_count == late->piece_room)
		grow_pieces(late);
	piece = &late->pieces[late->piece_count++];
	piece->unit = unit;
	piece->rows = 0;
	for (int i = 0; i < late->q->arg_count; i++)
		piece->from[i] = late->columns[i].len;
	return piece;
}

void
late_add(struct late *late, int unit, const struct store_value *args)
{
	struct late_piece *piece = NULL;

	assert(!late->sent);
	piece = piece_of(late, unit);
	for (int i = 0; i < late->q->arg_count; i++)
		add_value(late, &late->columns[i], &args[i]);
	piece->rows++;
}

bool
late_waits(const struct late *late)
{
	return late->piece_count > 0 && !late->sent;
}

bool
late_has_unit(const struct late *late, int unit)
{
	for (int p = 0; p < late->piece_count; p++)
		if (late->pieces[p].unit == unit)
			return true;
	return false;
}

bool
late_has_others(const struct late *late, int unit)
{
	return first_of(late, unit) > 0;
}

/* ---- arguments ---- */

/* Pieces one after the other. */
struct span {
	int from;
	int to;
};

static int
rows_of(const struct late *late, struct span span)
{
	int rows = 0;

	for (int p = span.from; p < span.to; p++)
		rows += late->pieces[p].rows;
	return rows;
}

static void
write_head(unsigned char *at, const struct late_column *column,
    enum store_type type, int rows)
{
	write_u32(at, 1);
	write_u32(at + 4, column->has_null);
	write_u32(at + 8, late_oid(type));
	write_u32(at + 12, (uint32_t)rows);
	write_u32(at + 16, 1);
}

static struct late_arrays
arrays_new(struct arena *arena, size_t count)
{
	return (struct late_arrays){
		.values = ARENA_ARRAY(arena, count, const char *),
		.lengths = ARENA_ARRAY(arena, count, int),
		.formats = ARENA_ARRAY(arena, count, int),
	};
}

static void
set_array(struct late_arrays *arrays, int i, const unsigned char *at,
    size_t len)
{
	assert(len <= INT_MAX);
	arrays->values[i] = (const char *)at;
	arrays->lengths[i] = (int)len;
	arrays->formats[i] = 1;
}

struct late_arrays
late_all(struct arena *arena, struct late *late)
{
	const int count = late->q->arg_count;
	const int rows = rows_of(late, (struct span){ 0, late->piece_count });
	struct late_arrays arrays = arrays_new(arena, (size_t)count);

	for (int i = 0; i < count; i++) {
		const struct late_column *column = &late->columns[i];

		write_head(column->at, column, late->q->arg_types[i], rows);
		set_array(&arrays, i, column->at, column->len);
	}
	return arrays;
}

static struct late_arrays
arrays_of(struct arena *arena, const struct late *late, struct span span)
{
	const int count = late->q->arg_count;
	const int rows = rows_of(late, span);
	struct late_arrays arrays = arrays_new(arena, (size_t)count);

	for (int i = 0; i < count; i++) {
		const struct late_column *column = &late->columns[i];
		const size_t from = late->pieces[span.from].from[i];
		const size_t to = span.to < late->piece_count
				      ? late->pieces[span.to].from[i]
				      : column->len;
		unsigned char *at =
		    arena_alloc(arena, HEAD_BYTES + to - from, 1);

		write_head(at, column, late->q->arg_types[i], rows);
		memcpy(at + HEAD_BYTES, column->at + from, to - from);
		set_array(&arrays, i, at, HEAD_BYTES + to - from);
	}
	return arrays;
}

struct late_arrays
late_of_unit(struct arena *arena, const struct late *late, int unit)
{
	struct span span = { 0 };

	while (late->pieces[span.from].unit != unit)
		span.from++;
	span.to = span.from + 1;
	return arrays_of(arena, late, span);
}

struct late_arrays
late_of_others(struct arena *arena, const struct late *late, int unit)
{
	return arrays_of(arena, late, (struct span){ 0, first_of(late, unit) });
}
