#include <string.h>

#include "core/day.h"
#include "core/utf8.h"
#include "store/inside.h"
#include "trust/trust.h"

#define ROOM_FIRST 8

void *
row_list_next(struct ctx *ctx, struct row_list *list)
{
	const size_t size = list->q->row_size;

	if (list->most > 0 && list->count == list->most)
		return NULL;
	if (list->count == list->room) {
		const size_t room = list->most > 0    ? list->most
				    : list->room == 0 ? ROOM_FIRST
						      : list->room * 2;
		unsigned char *at = arena_alloc(ctx->arena, room, size);

		if (list->count > 0)
			memcpy(at, list->at, list->count * size);
		list->at = at;
		list->room = room;
	}
	return list->at + size * list->count++;
}

static void
put(const struct store_field *field, void *row, const void *value, size_t size)
{
	memcpy((unsigned char *)row + field->offset, value, size);
}

/* A nullable value is in the arena and the row points to it. */
static void
put_value(struct arena *arena, const struct store_field *field, void *row,
    const void *value, size_t size)
{
	if (field->nullable) {
		void *kept = arena_alloc(arena, 1, size);

		memcpy(kept, value, size);
		put(field, row, &kept, sizeof(kept));
	} else {
		put(field, row, value, size);
	}
}

void
row_set_number(struct arena *arena, const struct store_field *field, void *row,
    int64_t number)
{
	const bool truth = number != 0;
	const day d = (day)number;

	if (field->type == STORE_BOOL)
		put_value(arena, field, row, &truth, sizeof(truth));
	else if (field->type == STORE_DAY)
		put_value(arena, field, row, &d, sizeof(d));
	else
		put_value(arena, field, row, &number, sizeof(number));
}

bool
row_set_text(struct arena *arena, const struct store_field *field, void *row,
    const char *text, size_t len)
{
	const char *kept = NULL;

	if (!utf8_is_clean(text, len))
		return false;
	kept = arena_text_n(arena, text, len);
	put(field, row, &kept, sizeof(kept));
	return true;
}

uint8_t *
row_set_blob(struct arena *arena, const struct store_field *field, void *row,
    size_t len)
{
	uint8_t *room = arena_alloc(arena, len, 1);
	const struct bytes blob = { room, len };

	put_value(arena, field, row, &blob, sizeof(blob));
	return room;
}

enum fail
row_damaged(struct ctx *ctx, const struct store_query *q,
    const struct store_field *field)
{
	return FAIL(ctx, FAIL_INTERNAL, "store.damaged",
	    "%s: %s in the database is no value of its type; check the disk, "
	    "and restore a backup",
	    q->name, field->name);
}

enum fail
row_set_null(struct ctx *ctx, const struct store_query *q,
    const struct store_field *field)
{
	if (field->nullable)
		return OK;
	return row_damaged(ctx, q, field);
}

void
store_sum_add(struct digest *sum, uint8_t type, struct bytes value)
{
	const uint64_t len = value.len;
	const struct bytes pieces[] = {
		digest_bytes(sum),
		{ &type, sizeof(type) },
		{ (const uint8_t *)&len, sizeof(len) },
		value,
	};

	*sum = digest_of_pieces(pieces, ARRAY_SIZE(pieces));
}
