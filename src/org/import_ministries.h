#ifndef ORG_IMPORT_MINISTRIES_H
#define ORG_IMPORT_MINISTRIES_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * Ministries and agencies from data/ministries.json: units {code, name, type,
 * from, to} of level 1 below the root, and successions {from, to, on, kind,
 * act} between their codes (scheme "ministry") on the day before and the day.
 */
struct import_ministries {
	int64_t units;
	int64_t successions;
};

/*
 * Needs TX_WRITE and org.manage; one unit of work, one ledger entry
 * "unit.import".  The root is made if there is none.
 *	FAIL_CONFLICT	"import.done"		there are ministries already
 *	FAIL_INVALID	"import.ministries"	a text or day is missing or a
 *						code unknown
 *	and those of json_parse and unit_batch_record
 */
NODISCARD enum fail import_ministries(struct ctx *ctx, struct bytes json,
    struct import_ministries *ret);

#endif
