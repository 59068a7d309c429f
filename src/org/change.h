#ifndef ORG_CHANGE_H
#define ORG_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/day.h"
#include "trust/trust.h"

/*
 * One change of units, and what the ledger says of a batch of them; for unit.c,
 * which writes both, and check.c, which compares them.  Each kind is a table;
 * rows are written kind by kind, in the batch's order.
 */
enum change_kind {
	CHANGE_UNIT,
	CHANGE_VERSION,
	CHANGE_END,
	CHANGE_CODE,
	CHANGE_SUCCESSION,
	CHANGE_KINDS,
};

struct unit_change {
	struct unit_change *next;
	enum change_kind kind;
	int64_t unit;
	int64_t other; /* parent, or successor; 0: none */
	day on;
	int level;
	const char *name; /* or scheme, or kind of succession */
	const char *text; /* type, or code, or act */
};

/*
 * Canonical JSON (RFC 8785):
 *
 *	{"codes":n,"ends":n,"rows":digest,"source":..,"successions":n,
 *	 "units":n,"versions":n}
 *
 * rows is the digest of a line for each row in the order in which they were
 * written, so that the tables can be held against it.  Older bodies have "digest" in its
 * place, over the lines in the order of the batch, which the tables do not tell.
 */
struct arena;
struct text;

struct bytes change_body(struct arena *arena, const struct unit_change *first,
    const char *source);

struct change_record {
	int64_t counts[CHANGE_KINDS];
	struct digest rows;
	bool has_rows;
};
/* FAIL_INTERNAL "unit.body"	no body of ours */
NODISCARD enum fail change_read(struct ctx *ctx, struct bytes body,
    struct change_record *ret);

/* Where the changes came from; "" if it does not say. */
NODISCARD enum fail change_source(struct ctx *ctx, struct bytes body,
    const char **ret);

/* The line of one row. */
void change_line(struct text *text, const struct unit_change *change);

#endif
