#include "org/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "org/unit.sql.h"

struct rows {
	enum change_kind kind;
	struct cursor *cursor;
	struct row ahead; /* of the table */
	bool has_ahead;
	bool is_over; /* the table is */
	struct row *extra;
	size_t extra_count;
	size_t extra_next;
};

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By the key of the kind: the orders of the queries. */
static int
by_key(enum change_kind kind, const struct row *a, const struct row *b)
{
	int order = compare(a->unit, b->unit);

	if (order == 0 && kind == CHANGE_SUCCESSION)
		order = compare(a->other, b->other);
	if (order == 0 && kind == CHANGE_CODE)
		order = strcmp(a->name, b->name);
	if (order == 0 && kind != CHANGE_UNIT && kind != CHANGE_END)
		order = compare(a->on, b->on);
	return order;
}

struct sorted {
	struct row row;
	size_t at;
	enum change_kind kind;
};

static int
by_key_and_turn(const void *a, const void *b)
{
	const struct sorted *x = a;
	const struct sorted *y = b;
	const int order = by_key(x->kind, &x->row, &y->row);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static void
sort_extra(struct ctx *ctx, struct rows *rows, const struct unit_change *more)
{
	struct sorted *sorted = NULL;
	size_t count = 0;

	for (const struct unit_change *c = more; c != NULL; c = c->next)
		count += c->kind == rows->kind;
	sorted = ARENA_ARRAY(ctx->arena, count + 1, struct sorted);
	rows->extra = ARENA_ARRAY(ctx->arena, count + 1, struct row);
	for (const struct unit_change *c = more; c != NULL; c = c->next) {
		if (c->kind != rows->kind)
			continue;
		sorted[rows->extra_count] = (struct sorted){
			.row = { .unit = c->unit,
			    .other = c->other,
			    .on = c->on,
			    .level = c->level,
			    .name = c->name,
			    .text = c->text,
			    .entry = INT64_MAX },
			.at = rows->extra_count,
			.kind = rows->kind,
		};
		rows->extra_count++;
	}
	qsort(sorted, count, sizeof(*sorted), by_key_and_turn);
	for (size_t i = 0; i < count; i++)
		rows->extra[i] = sorted[i].row;
}

/* --- the tables ---------------------------------------------------------- */

static enum fail
open_table(struct ctx *ctx, enum change_kind kind, struct cursor **ret)
{
	switch (kind) {
	case CHANGE_UNIT:
		return sql_unit_all_open(ctx, ret);
	case CHANGE_VERSION:
		return sql_unit_version_all_open(ctx, ret);
	case CHANGE_END:
		return sql_unit_end_all_open(ctx, ret);
	case CHANGE_CODE:
		return sql_unit_code_all_open(ctx, ret);
	case CHANGE_SUCCESSION:
		return sql_succession_all_open(ctx, ret);
	case CHANGE_KINDS:
		break;
	}
	assert(false && "rows of no kind");
	return OK;
}

static enum fail
next_unit(struct ctx *ctx, struct cursor *cursor, struct row *ret, bool *more)
{
	struct sql_unit_all row = { 0 };

	TRY(sql_unit_all_next(ctx, cursor, &row, more));
	*ret = (struct row){ .unit = row.id, .entry = row.entry };
	return OK;
}

static enum fail
next_version(struct ctx *ctx, struct cursor *cursor, struct row *ret,
    bool *more)
{
	struct sql_unit_version_all row = { 0 };

	TRY(sql_unit_version_all_next(ctx, cursor, &row, more));
	*ret = (struct row){
		.unit = row.unit,
		.other = row.parent == NULL ? 0 : *row.parent,
		.on = row.from_day,
		.level = (int)row.level,
		.name = row.name,
		.text = row.type,
		.name_fold = row.name_fold,
		.entry = row.entry,
	};
	return OK;
}

static enum fail
next_end(struct ctx *ctx, struct cursor *cursor, struct row *ret, bool *more)
{
	struct sql_unit_end_all row = { 0 };

	TRY(sql_unit_end_all_next(ctx, cursor, &row, more));
	*ret = (struct row){
		.unit = row.unit,
		.on = row.on_day,
		.entry = row.entry,
	};
	return OK;
}

static enum fail
next_code(struct ctx *ctx, struct cursor *cursor, struct row *ret, bool *more)
{
	struct sql_unit_code_all row = { 0 };

	TRY(sql_unit_code_all_next(ctx, cursor, &row, more));
	*ret = (struct row){
		.unit = row.unit,
		.on = row.from_day,
		.name = row.scheme,
		.text = row.code,
		.entry = row.entry,
	};
	return OK;
}

static enum fail
next_succession(struct ctx *ctx, struct cursor *cursor, struct row *ret,
    bool *more)
{
	struct sql_succession_all row = { 0 };

	TRY(sql_succession_all_next(ctx, cursor, &row, more));
	*ret = (struct row){
		.unit = row.from_id,
		.other = row.to_id,
		.on = row.on_day,
		.name = row.kind,
		.text = row.act,
		.entry = row.entry,
	};
	return OK;
}

static enum fail (*const next_of[CHANGE_KINDS])(struct ctx *ctx,
    struct cursor *cursor, struct row *ret, bool *more) = {
	[CHANGE_UNIT] = next_unit,
	[CHANGE_VERSION] = next_version,
	[CHANGE_END] = next_end,
	[CHANGE_CODE] = next_code,
	[CHANGE_SUCCESSION] = next_succession,
};

/* --- both ---------------------------------------------------------------- */

enum fail
rows_open(struct ctx *ctx, enum change_kind kind,
    const struct unit_change *more, struct rows **ret)
{
	struct rows *rows = ARENA_NEW(ctx->arena, struct rows);

	rows->kind = kind;
	if (more != NULL)
		sort_extra(ctx, rows, more);
	TRY(open_table(ctx, kind, &rows->cursor));
	*ret = rows;
	return OK;
}

enum fail
rows_next(struct ctx *ctx, struct rows *rows, struct row *ret, bool *ret_more)
{
	const bool has_extra = rows->extra_next < rows->extra_count;

	if (!rows->has_ahead && !rows->is_over) {
		bool more = false;

		TRY(next_of[rows->kind](ctx, rows->cursor, &rows->ahead,
		    &more));
		rows->has_ahead = more;
		rows->is_over = !more;
	}
	*ret_more = rows->has_ahead || has_extra;
	if (!*ret_more)
		return OK;
	if (rows->has_ahead &&
	    (!has_extra || by_key(rows->kind, &rows->ahead,
			       &rows->extra[rows->extra_next]) <= 0)) {
		*ret = rows->ahead;
		rows->has_ahead = false;
		return OK;
	}
	*ret = rows->extra[rows->extra_next++];
	return OK;
}
