#ifndef CENTRE_FOLD_READ_H
#define CENTRE_FOLD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cube/cube.h"

/*
 * The ledger's report entries, unit by unit, as of an index.  Inside fold.
 */
struct fold_unit;

struct fold_version {
	struct fold_version *next;     /* of the set, in the order of signing */
	struct fold_version *previous; /* of the unit */
	struct fold_unit *unit;
	int64_t version;
	bool returned;
	bool accepted;
	int64_t *values;
	uint8_t *states;
};

struct fold_unit {
	int64_t id;
	struct fold_version *latest; /* NULL: only closed */
	int64_t first_us;            /* first signing */
	int64_t changed; /* index of the newest signing or return, -1 */
	int64_t closed;  /* index of the newest closing, -1 */
};

/* One form version and period. */
struct fold_set {
	const struct form_version *version;
	const char *form;   /* its digest in hexadecimal */
	const char *period; /* id */
	int *scales;        /* per cell */
	struct map *by_id;
	struct fold_unit **units;
	size_t count;
	size_t room;
	struct fold_version *first;
	struct fold_version *last;
};

void fold_set_make(struct ctx *ctx, struct fold_set *set,
    const struct form_version *version, const struct period *period);

/*
 * Read all entries before index into the sets they belong to; *ret_index is how
 * many there were.
 *	FAIL_INTERNAL	"fold.body"
 */
NODISCARD enum fail fold_read(struct ctx *ctx, struct fold_set *sets,
    size_t count, int64_t index, int64_t *ret_index);

/* NULL: nothing is known of it. */
struct fold_unit *fold_unit(const struct fold_set *set, int64_t id);
/* The latest version signed (or accepted) and not returned; NULL. */
const struct fold_version *fold_counts(const struct fold_unit *unit,
    enum basis basis);

#endif
