#ifndef REGIME_DEFINITION_CHECK_H
#define REGIME_DEFINITION_CHECK_H

#include "regime/definition.h"

/*
 * What the shapes of a definition cannot say: ids that are unique and known,
 * ranges, versions in order, rules that can be judged.  Faults are noted by
 * fail_invalid() under base with the codes "form.empty", "form.id", "form.repeated",
 * "form.unknown_column", "form.range", "form.order", "form.changed",
 * "form.types", "form.rule" and "form.too_many".
 */
void definition_check(struct ctx *ctx, const struct definition *def);
void definition_check_head(struct ctx *ctx, const struct def_head *head,
    const char *base);
void definition_check_version(struct ctx *ctx, const struct def_version *v,
    const char *base);

#endif
