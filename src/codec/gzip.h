#ifndef CODEC_GZIP_H
#define CODEC_GZIP_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/bytes.h"

/*
 * A text made small for the way to its reader: gzip (RFC 1952) with neither
 * name nor time in its head, so the same text gives the same bytes.
 *
 * Only what shrinks to half or less is worth it: false, and *ret is untouched,
 * for anything else, for an empty text and for one over GZIP_IN_MAX, which
 * would keep a worker busy for long.  *ret lives in arena; the compressor's own
 * hundred kilobytes are gone on return.  Some 3 ms a megabyte of JSON.
 */
#define GZIP_IN_MAX ((size_t)16 << 20)

struct arena;

NODISCARD bool gzip_text(struct arena *arena, struct bytes in,
    struct bytes *ret);

#endif
