#ifndef CUBE_SNAPSHOT_H
#define CUBE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "trust/trust.h"

/*
 * The cube as of one ledger index in a file, so that a start replays only what
 * came later.  It is derived: one that is missing, damaged or of another ledger
 * costs a replay, never a figure.
 *
 * The same ledger gives the same bytes: slabs are in the order of forms and
 * periods, slots in that of units.  Little-endian, in this order (snapshot_form.h has the structs): head with
 * format and ledger mark; each slab with the digest of its form version, its
 * slots with their versions oldest first, its closings; SHA-256 of all before.
 * Forms are named by digest, units and reports by the ids that are in the
 * ledger's entries.  Structures are not in it: what a unit belongs to is asked
 * of the directory when totals are made.
 */
#define SNAPSHOT_FORMAT "truc cube snapshot 2\n"

/*
 * Write the cube as of mark.size.  Runs beside readers and writers: what was
 * before an index never changes, so no lock is held but for the time of reading
 * two counters a slab.  No transaction; mark is of a TX_READ that ended before.
 * One at a time.  The file is there whole or as it was.  step, if not NULL, is
 * called after each piece of 256 KB: done of total periods of forms are written.
 * Its failure ends the writing and is this function's.
 *	FAIL_BUSY	"cube.behind"	entries before mark.size are not
 *			published after a second; try again later
 *	FAIL_INTERNAL	"file.io"
 */
typedef enum fail snapshot_step_fn(struct ctx *ctx, void *arg, int64_t done,
    int64_t total);
NODISCARD enum fail snapshot_write(struct ctx *ctx, struct cube *cube,
    const char *path, const struct ledger_mark *mark, snapshot_step_fn *step,
    void *arg);

/*
 * The SHA-256 that such a file would end with.  Everything before mark.size has
 * been published.
 */
NODISCARD enum fail snapshot_sum(struct ctx *ctx, struct cube *cube,
    const struct ledger_mark *mark, struct digest *ret);

/*
 * Read a snapshot into a cube of its own (not home's), to be adopted after
 * ledger_was_at has found its mark (cube_adopt) or freed.  Memory follows the
 * file's length.
 *	FAIL_NOT_FOUND	"file.missing"
 *	FAIL_INVALID	"cube.snapshot"	cut, changed, of another format, or of a
 *			form that the catalogue does not have
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail snapshot_read(struct ctx *ctx, const char *path,
    struct cube **ret, struct ledger_mark *ret_mark, struct digest *ret_sum);

#endif
