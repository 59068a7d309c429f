#include <assert.h>
#include <limits.h>
#include <string.h>

#include "store/late.h"

/* From the server's pg_type, stable by its promise. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

/* An array's head: dimensions, has NULLs, element type, length, first index. */
#define HEAD_BYTES 20
#define COLUMN_BYTES 4096

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

static void
cut(struct late *late, int rows)
{
	late->bytes = 0;
	for (int i = 0; i < late->q->arg_count; i++) {
		struct late_column *column = &late->columns[i];

		column->len = rows == 0 ? HEAD_BYTES : column->mark;
		late->bytes += column->len;
	}
	late->rows = rows;
	late->sent = false;
}

static void
mark(struct late *late)
{
	for (int i = 0; i < late->q->arg_count; i++)
		late->columns[i].mark = late->columns[i].len;
	late->mark = late->rows;
}

void
late_clear(struct late *late)
{
	cut(late, 0);
	mark(late);
	for (int i = 0; i < late->q->arg_count; i++)
		late->columns[i].has_null = false;
}

void
late_begin_unit(struct late *late)
{
	if (late->sent)
		late_clear(late);
	mark(late);
}

void
late_undo_unit(struct late *late)
{
	cut(late, late->mark);
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

void
late_add(struct late *late, const struct store_value *args)
{
	assert(!late->sent);
	for (int i = 0; i < late->q->arg_count; i++)
		add_value(late, &late->columns[i], &args[i]);
	late->rows++;
}

bool
late_waits(const struct late *late)
{
	return late->rows > 0 && !late->sent;
}

static void
write_head(const struct late *late, const struct late_column *column,
    enum store_type type)
{
	write_u32(column->at, 1);
	write_u32(column->at + 4, column->has_null);
	write_u32(column->at + 8, late_oid(type));
	write_u32(column->at + 12, (uint32_t)late->rows);
	write_u32(column->at + 16, 1);
}

struct late_arrays
late_send(struct arena *arena, struct late *late)
{
	const size_t count = (size_t)late->q->arg_count;
	const struct late_arrays arrays = {
		.values = ARENA_ARRAY(arena, count, const char *),
		.lengths = ARENA_ARRAY(arena, count, int),
		.formats = ARENA_ARRAY(arena, count, int),
	};

	assert(late_waits(late));
	for (size_t i = 0; i < count; i++) {
		const struct late_column *column = &late->columns[i];

		assert(column->len <= INT_MAX);
		write_head(late, column, late->q->arg_types[i]);
		arrays.values[i] = (const char *)column->at;
		arrays.lengths[i] = (int)column->len;
		arrays.formats[i] = 1;
	}
	late->sent = true;
	return arrays;
}
