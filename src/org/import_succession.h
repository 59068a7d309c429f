#ifndef ORG_IMPORT_SUCCESSION_H
#define ORG_IMPORT_SUCCESSION_H

#include <stdbool.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/day.h"
#include "org/import_note.h"

/*
 * A many-to-many table of successions as CSV, replacing what was known of the
 * same units on the same day.  Columns by name, byte for byte; one that is not
 * known is refused:
 *
 *	old_code, new_code	area codes on the day before and on the day
 *	relation		whole, part, part_area, part_area_all_people,
 *				part_people; unchanged, renamed, retyped and
 *				merged are whole, too
 *	old_district_code	optional: meant where old_code is empty and the
 *				district had no communes
 *	effective		optional: the row's day, else the one given
 *	act			optional: legal act
 *	old_name, new_name, old_province_code, new_province_code, note, note_vi,
 *	correction		optional: for whoever reads the table
 *
 * A row whose two ends are one unit says that it continues.  Where other rows
 * say that it gave or got something as well, its territory has changed: then it
 * ends on that day, and a new unit with its name and codes goes on (parted).
 * Import such a table before anybody reports for those units.  What cannot be
 * placed is noted and counted, never guessed.
 *
 * A unit of which one row cannot be placed - its new unit is unknown, it is at no
 * end and no beginning, or it contradicts another: whole to two, whole and in
 * part, in two ways to one - stays as it was, with all its rows, and is noted
 * with its reason; the others are written.  A table of a whole country has such
 * places, and may not wait for the last of them.
 */
struct import_succession {
	int64_t rows;
	int64_t old_units;  /* different old codes */
	int64_t split;      /* of them with several new codes */
	int64_t islands;    /* rows of a district without communes */
	int64_t parted;     /* units that ended and began anew */
	int64_t taken_back; /* known before, not in the table */
	/* Each row is one of these. */
	int64_t written;
	int64_t kept;      /* known already */
	int64_t continued; /* within one unit */
	int64_t unknown_old;
	int64_t unknown_new;
	int64_t without_old; /* no old code, and no island */
	int64_t repeated;
	int64_t unfit;    /* is at no end and no beginning */
	int64_t contrary; /* of a unit whose rows contradict each other */
	int64_t held;     /* of a unit of which another row is at fault */
	struct import_notes notes;
};

extern const struct import_count import_succession_counts[];

/*
 * Needs TX_WRITE and org.manage; one ledger entry "unit.import".
 *	FAIL_INVALID	"import.relation"	with the line in the message
 *	FAIL_INVALID	"import.day"
 *	and those of csv_open, csv_columns and unit_batch_record
 */
NODISCARD enum fail import_succession(struct ctx *ctx, struct bytes csv, day on,
    const char *source, const struct import_succession **ret);

/* Is there a row that could not be placed? */
bool import_succession_left_out(const struct import_succession *report);

#endif
