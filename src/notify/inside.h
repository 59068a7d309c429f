#ifndef NOTIFY_INSIDE_H
#define NOTIFY_INSIDE_H

#include <stdint.h>

#include "core/ctx.h"
#include "people/tally.h"

/* What the files of notify/ share: their rows as the checkpoint's sum counts
 * them (people/tally.h). */
NODISCARD enum fail notify_place_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail notify_letter_rows(struct ctx *ctx, int64_t from,
    int64_t to, struct tally *tally);
NODISCARD enum fail notify_rung_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail notify_contact_rows(struct ctx *ctx, int64_t from,
    int64_t to, struct tally *tally);
NODISCARD enum fail contact_card_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);

#endif
