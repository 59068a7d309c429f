#ifndef CORE_NAMING_H
#define CORE_NAMING_H

#include <stdbool.h>

#include "core/attr.h"

/*
 * What may be a name and what may be a code, for everything that is named: forms,
 * their columns, rows and rules, units, people, tokens.  Asked where something new
 * is taken, never of what is stored.  Lengths are the caller's.
 */
struct arena;

/*
 * A name is one line that people read: clean text with a letter or a digit
 * (utf8_says), with single plain blanks inside and none at its ends, and no line
 * break, no other blank (NBSP, thin, wide) and nothing that is not seen (marks of
 * direction, joiners, soft hyphens, private and unassigned characters): else two
 * names that differ would look the same.  It does not begin as a formula of a
 * spreadsheet: with = or @, or with + or - at once before something ("- Trong đó"
 * is a name).
 * NULL: it is one; else what is wrong, with its place, for the failure's message.
 */
const char *naming_name_fault(struct arena *arena, const char *text);

/*
 * A code is written in addresses, file names and tables: letters of Latin script
 * as Vietnamese has them (composed), digits 0 to 9, and between them one of . / -
 * _ at a time.  So it is no path upwards, no formula, and two codes that look the
 * same are the same but for their case (naming_alike).
 * NULL: it is one; else what is wrong, with its place.
 */
const char *naming_code_fault(struct arena *arena, const char *text);

/* Equal, or different in the case of their letters only; both are codes. */
bool naming_alike(struct arena *arena, const char *a, const char *b);

#endif
