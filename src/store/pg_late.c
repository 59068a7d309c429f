#include "store/pg.h"

#include <string.h>

#include <libpq-fe.h>

/*
 * The rows that wait here until the batch is written, or somebody asks for their
 * table.  Those of one table are one statement.
 *
 * If one of them breaks a constraint, all are written again unit by unit, each
 * within the savepoint, so that only the unit that brought it fails.  That can be
 * done because a unit whose rows wait has written nothing else.
 */

/* Of one table. */
#define LATE_BYTES (1 << 20)

void
pg_late_begin(struct conn *conn)
{
	conn->broken_count = 0;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_clear(late);
}

void
pg_late_begin_unit(struct conn *conn)
{
	for (struct late *late = conn->late; late != NULL; late = late->next)
		if (late->sent)
			late_clear(late);
}

/* Its place is behind those that its rows may refer to. */
static struct late *
late_of(struct conn *conn, const struct store_query *q)
{
	struct late **place = &conn->late;
	struct late *late = NULL;

	while (*place != NULL && (*place)->q != q &&
	       (*place)->q->late_rank <= q->late_rank)
		place = &(*place)->next;
	if (*place != NULL && (*place)->q == q)
		return *place;
	late = late_new(conn->session, q);
	late->next = *place;
	*place = late;
	return late;
}

static enum fail
send_arrays(struct ctx *ctx, struct conn *conn, const struct late *late,
    const struct late_arrays *arrays)
{
	const struct store_query *q = late->q;
	const char *name = NULL;

	TRY(pg_late_name(ctx, conn, q, &name));
	TRY(pg_make_room(ctx, conn));
	return pg_note_sent(ctx, conn,
	    PQsendQueryPrepared(conn->pg, name, q->arg_count, arrays->values,
		arrays->lengths, arrays->formats, 0),
	    q->name);
}

static enum fail
send_all_of(struct ctx *ctx, struct conn *conn, struct late *late)
{
	const struct late_arrays arrays = late_all(ctx->arena, late);

	late->sent = true;
	return send_arrays(ctx, conn, late, &arrays);
}

enum fail
pg_late_send_all(struct ctx *ctx, struct conn *conn)
{
	for (struct late *late = conn->late; late != NULL; late = late->next)
		if (late_waits(late))
			TRY(send_all_of(ctx, conn, late));
	return OK;
}

/* May the query ask for these rows?  NULL asks for all. */
static bool
is_asked(const char *sql, const struct late *late)
{
	return late_waits(late) &&
	       (sql == NULL || strstr(sql, late->q->late_table) != NULL);
}

bool
pg_late_asked(const struct conn *conn, const char *sql)
{
	const struct late *late = conn->late;

	while (late != NULL && !is_asked(sql, late))
		late = late->next;
	return late != NULL;
}

enum fail
pg_late_send_asked(struct ctx *ctx, struct conn *conn, const char *sql)
{
	/* With those they refer to. */
	return pg_late_asked(conn, sql) ? pg_late_send_all(ctx, conn) : OK;
}

void
pg_late_forget_own(struct conn *conn)
{
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_forget_unit(late, conn->units);
}

static enum fail
send_unit(struct ctx *ctx, struct conn *conn, int unit)
{
	for (struct late *late = conn->late; late != NULL; late = late->next) {
		struct late_arrays arrays = { 0 };

		if (!late_has_unit(late, unit))
			continue;
		arrays = late_of_unit(ctx->arena, late, unit);
		TRY(send_arrays(ctx, conn, late, &arrays));
	}
	return OK;
}

enum fail
pg_late_send_own(struct ctx *ctx, struct conn *conn)
{
	TRY(send_unit(ctx, conn, conn->units));
	pg_late_forget_own(conn);
	return OK;
}

static void
note_broken(struct conn *conn, int unit)
{
	if (conn->broken_count == conn->broken_room) {
		const int room = 2 * conn->broken_room + 64;
		int *broken = ARENA_ARRAY(conn->session, (size_t)room, int);

		for (int i = 0; i < conn->broken_count; i++)
			broken[i] = conn->broken[i];
		conn->broken = broken;
		conn->broken_room = room;
	}
	conn->broken[conn->broken_count++] = unit;
}

static bool
unit_waits(const struct conn *conn, int unit)
{
	const struct late *late = conn->late;

	while (late != NULL && !late_has_unit(late, unit))
		late = late->next;
	return late != NULL;
}

static bool
others_wait(const struct conn *conn)
{
	const struct late *late = conn->late;

	while (late != NULL && !late_has_others(late, conn->units))
		late = late->next;
	return late != NULL;
}

/* Write the rows of one unit, or note that they cannot be. */
static enum fail
write_unit(struct ctx *ctx, struct conn *conn, int unit)
{
	enum fail got = pg_savepoint(ctx, conn);

	if (got == OK)
		got = send_unit(ctx, conn, unit);
	conn->written = true;
	if (got == OK)
		got = pg_settle(ctx, conn);
	if (got != FAIL_CONFLICT)
		return got;
	fail_clear(ctx);
	note_broken(conn, unit);
	return pg_undo(ctx, conn);
}

static void
forget_others(struct conn *conn)
{
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_forget_others(late, conn->units);
}

enum fail
pg_late_part(struct ctx *ctx, struct conn *conn)
{
	const struct failure own = ctx->failure;

	fail_clear(ctx);
	for (int unit = 0; unit < conn->units; unit++)
		if (unit_waits(conn, unit))
			TRY(write_unit(ctx, conn, unit));
	forget_others(conn);
	ctx->failure = own;
	return OK;
}

/* In the pipeline: all but those of the unit that runs. */
static enum fail
send_others(struct ctx *ctx, struct conn *conn)
{
	for (struct late *late = conn->late; late != NULL; late = late->next) {
		struct late_arrays arrays = { 0 };

		if (!late_has_others(late, conn->units))
			continue;
		arrays = late_of_others(ctx->arena, late, conn->units);
		conn->written = true;
		TRY(send_arrays(ctx, conn, late, &arrays));
	}
	return OK;
}

enum fail
pg_late_flush(struct ctx *ctx, struct conn *conn)
{
	enum fail got = OK;

	if (!others_wait(conn))
		return OK;
	TRY(pg_savepoint(ctx, conn));
	got = send_others(ctx, conn);
	if (got == OK)
		got = pg_settle(ctx, conn);
	/* Units whose batch has numbered already stay together. */
	if (got == FAIL_CONFLICT && !unit_waits(conn, LATE_OF_BATCH)) {
		fail_clear(ctx);
		TRY(pg_undo(ctx, conn));
		return pg_late_part(ctx, conn);
	}
	if (got == OK)
		forget_others(conn);
	return got;
}

enum fail
pg_put(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	const int unit = conn->in_unit ? conn->units : LATE_OF_BATCH;
	struct late *late = NULL;

	if (q->late == NULL || (conn->in_unit && conn->loud)) {
		TRY(pg_before_write(ctx, conn));
		return pg_send_query(ctx, conn, q, args);
	}
	late = late_of(conn, q);
	if (late->bytes > LATE_BYTES && late_waits(late)) {
		TRY(pg_before_write(ctx, conn));
		if (conn->in_unit)
			return pg_send_query(ctx, conn, q, args);
		TRY(pg_late_send_all(ctx, conn));
	}
	/* What follows rows that were sent follows them there. */
	if (late->sent)
		return pg_send_query(ctx, conn, q, args);
	late_add(late, unit, args);
	return OK;
}
