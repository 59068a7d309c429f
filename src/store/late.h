#ifndef STORE_LATE_H
#define STORE_LATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/inside.h"

/*
 * Late rows: what a batch's units put into one table, kept as PostgreSQL's
 * binary arrays, one for each argument, until one statement writes them all.
 * Each row knows whose it is, so that those of one unit can be forgotten, or
 * written alone.  Only for pg_*.c; one thread at a time.
 */
struct late_column {
	unsigned char *at; /* room for the array's head, then its elements */
	size_t len;
	size_t room;
	bool has_null;
};

struct late_piece { /* rows of one unit, one after the other */
	int unit;
	int rows;
	size_t *from; /* where they begin in each column */
};

struct late {
	struct late *next; /* those that refer to this one's rows are behind */
	const struct store_query *q;
	struct arena *arena;
	struct late_column *columns;
	size_t bytes; /* of all columns */
	struct late_piece *pieces;
	int piece_count;
	int piece_room;
	bool sent; /* all of them, by pg_late_send_all */
};

/* What is written for no unit, but for their batch: at numbering. */
enum { LATE_OF_BATCH = -1 };

struct late_arrays { /* a statement's arguments, all binary */
	const char **values;
	int *lengths;
	int *formats;
};

/* The server's name of an argument's type. */
uint32_t late_oid(enum store_type type);

struct late *late_new(struct arena *arena, const struct store_query *q);
/* Copies the values of a row of this unit. */
void late_add(struct late *late, int unit, const struct store_value *args);
/* Are there rows that must be sent? */
bool late_waits(const struct late *late);
bool late_has_unit(const struct late *late, int unit);
bool late_has_others(const struct late *late, int unit);

void late_clear(struct late *late);
/* unit's rows are the newest. */
void late_forget_unit(struct late *late, int unit);
void late_forget_others(struct late *late, int unit);

/* The arguments for all rows, valid until the next late_add. */
struct late_arrays late_all(struct arena *arena, struct late *late);
/* Copies in arena: for the rows of a unit, and for all but those, which are the
 * newest if there are any. */
struct late_arrays late_of_unit(struct arena *arena, const struct late *late,
    int unit);
struct late_arrays late_of_others(struct arena *arena, const struct late *late,
    int unit);

#endif
