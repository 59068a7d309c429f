#ifndef REPORT_FIELD_H
#define REPORT_FIELD_H

#include "org/field.h"
#include "regime/field.h"
#include "report/report.h"

/* Fields of a report that its picture, the lists and obligations share. */
/* clang-format off */
#define F_REPORT_ID(st) \
	F_ID(st, id, "permanent number of the report", "7")
#define F_REPORT_UNIT(st) \
	F_ID(st, unit, "unit that reports", "1204")
#define F_REPORT_UNIT_NAME(st) \
	F_UNIT_NAME(st, unit_name, "its name on the last day of the period", \
	    "\"Xã Hòa Tiến\"")
#define F_REPORT_STATE(st, need_, meaning_) \
	F_ENUM(st, state, report_states, need_, meaning_, "\"sent\"")
#define F_REPORT_REVISION(st) \
	F_ID(st, revision, "raised by every change; send it as If-Match", "3")
#define F_REPORT_VERSION(st) \
	F_COUNT(st, version, "the version that counts; 0: none", "1")
#define F_REPORT_SENT_AT(st) \
	F_TIME(st, sent_at, OPTIONAL, \
	    "when it was first signed, RFC 3339 +07:00", \
	    "\"2025-09-16T09:12:00+07:00\"")
#define F_REPORT_DEADLINE(st, need_) \
	F_DATE(st, deadline, need_, "the day at whose end it is due", \
	    "\"2025-09-17\"")
#define F_REPORT_LATE(st) \
	F_BOOL(st, late, REQUIRED, \
	    "first signed after the deadline, or unsigned and overdue", "false")
#define F_REPORT_FLAGS(st) \
	F_COUNT(st, flags, \
	    "broken explain and note rules of the version that counts", "0")
#define F_REPORT_REASON(st, need_, meaning_, example_) \
	F_TEXT(st, reason, REPORT_REASON_MAX, need_, meaning_, example_)
/* clang-format on */

#endif
