#ifndef PEOPLE_MAC_H
#define PEOPLE_MAC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/text.h"
#include "trust/trust.h"

/*
 * The MAC of a row: only who has the ledger's key can make it, and it tells
 * nothing of what is in the row.  Columns are added in an order of ours, each
 * with its length, so that no two rows are the same bytes; purpose keeps the
 * kinds of rows apart.
 */
struct mac {
	struct bytes secret;
	struct text text;
};
void mac_begin(struct ctx *ctx, struct mac *mac, const char *purpose);
/* The same with its text in an arena of its own, by this key. */
void mac_begin_in(struct arena *arena, const struct digest *secret,
    struct mac *mac, const char *purpose);
void mac_int(struct mac *mac, int64_t value);
void mac_int_maybe(struct mac *mac, const int64_t *value); /* NULL: none */
void mac_text(struct mac *mac, const char *value);         /* the same */
void mac_bytes(struct mac *mac, struct bytes value);
struct digest mac_end(const struct mac *mac);

/* Its first eight bytes: enough to find a place, or for a row that is bound in
 * another way as well. */
int64_t mac_number(const struct digest *mac);

/* In a time that does not depend on where they differ; NULL is none. */
bool mac_is(const struct bytes *stored, const struct digest *mac);

#endif
