#ifndef HOOK_PATTERN_H
#define HOOK_PATTERN_H

#include <stdbool.h>

#include "core/ctx.h"

/*
 * Patterns of event names with blanks between them: "vn.truc.report.signed",
 * "vn.truc.report.*", "*".  A star is at the end and means any rest.
 */
bool pattern_matches(const char *patterns, const char *name);

/* "hook.events" is noted at pointer, unless there are 1 to HOOK_PATTERNS_MAX
 * and each matches the name of an event that this program knows. */
void pattern_check(struct ctx *ctx, const char *pointer, const char *patterns);

#endif
