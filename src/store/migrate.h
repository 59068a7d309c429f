#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "core/ctx.h"

/*
 * Forward-only changes of the tables, made into C by tools/sqlgen.py from
 * migrations/NNNN-name.sql.  Each is applied once, in the order of numbers, and
 * remembered with a checksum of its text in the table migration.
 */
struct store;

struct migration {
	int number; /* from 1; 0 ends a list */
	const char *name;
	const char *checksum;      /* SHA-256 of the file, in hexadecimal */
	const char *const *sqlite; /* statements, NULL-terminated */
	const char *const *postgres;
};

extern const struct migration store_migrations[];

/*
 * Bring the store to the last of the list, in one transaction that is alone
 * with the database.
 *	FAIL_CONFLICT	"store.newer"
 *	FAIL_CONFLICT	"store.migration_changed"
 */
NODISCARD enum fail migrate(struct ctx *ctx, struct store *store,
    const struct migration *list);

/*
 * The same check for a store that must not be written.
 *	FAIL_CONFLICT	"store.older"
 */
NODISCARD enum fail migrate_check(struct ctx *ctx, struct store *store,
    const struct migration *list);

#endif
