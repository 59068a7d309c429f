#ifndef APP_AUDIT_H
#define APP_AUDIT_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * Audit is business data, not a log: who did what to which object when, written
 * in the unit of work of the act itself.  action is "report.sign"; object is
 * the row's id; detail is short text without contents of reports, may be NULL.
 */
NODISCARD enum fail audit_note(struct ctx *ctx, const char *action,
    int64_t unit, int64_t object, const char *detail);

#endif
