#ifndef STORE_LATE_H
#define STORE_LATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/inside.h"

/*
 * Late rows: what a batch's units put into one table, kept as PostgreSQL's
 * binary arrays, one for each argument, until one statement writes them all.
 * Only for pg_*.c; one thread at a time.
 */
struct late_column {
	unsigned char *at; /* room for the array's head, then its elements */
	size_t len;
	size_t room;
	size_t mark; /* len when the unit began */
	bool has_null;
};

struct late {
	struct late *next;
	const struct store_query *q;
	struct arena *arena;
	struct late_column *columns;
	size_t bytes; /* of all columns */
	int rows;
	int mark;  /* rows when the unit began */
	bool sent; /* in this unit; kept in case it is undone */
};

struct late_arrays { /* a statement's arguments, all binary */
	const char **values;
	int *lengths;
	int *formats;
};

/* The server's name of an argument's type. */
uint32_t late_oid(enum store_type type);

struct late *late_new(struct arena *arena, const struct store_query *q);
/* The transaction has ended. */
void late_clear(struct late *late);
/* The unit before is kept, or undone by late_undo_unit. */
void late_begin_unit(struct late *late);
/* Rows that were sent within it wait again, but for its own. */
void late_undo_unit(struct late *late);
/* Copies the values; nothing of this unit may have been sent. */
void late_add(struct late *late, const struct store_value *args);
/* Are there rows that must be sent? */
bool late_waits(const struct late *late);
/* The arguments for all that wait, valid until the next late_add. */
struct late_arrays late_send(struct arena *arena, struct late *late);

#endif
