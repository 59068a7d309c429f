#ifndef PEOPLE_REFUSED_H
#define PEOPLE_REFUSED_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * Tries to sign in that were refused: logged, counted, and written down for the
 * person and the audit.  A guesser makes thousands, so they are counted in
 * memory by person (0: a login that nobody has) and, without a person, by
 * network, and written together at most every REFUSED_EVERY_S.  What is not
 * written yet is lost if the process is killed.
 *
 * REFUSED_MOST of them are told apart; the others of a time are counted
 * together.  Any thread; one lock.
 */
#define REFUSED_EVERY_S 60
#define REFUSED_MOST 256
#define REFUSED_PEER_MAX 64 /* bytes of an address */

struct refused;
struct refused *refused_new(void);
void refused_free(struct refused *refused); /* NULL does nothing */

void refused_note(struct ctx *ctx, int64_t person, const char *peer);

/*
 * Write all of it in a unit of work of its own; ctx has none: if it is due, if
 * some of it is this person's, or in any case.  What could not be written is
 * there the next time.
 */
NODISCARD enum fail refused_write_due(struct ctx *ctx);
NODISCARD enum fail refused_write_of(struct ctx *ctx, int64_t person);
NODISCARD enum fail refused_write(struct ctx *ctx);

#endif
