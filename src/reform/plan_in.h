#ifndef REFORM_PLAN_IN_H
#define REFORM_PLAN_IN_H

#include "reform/plan.h"

/* What plan.c and plan_counter.c share. */
NODISCARD enum fail plan_new(struct ctx *ctx, const char *source,
    struct reform_plan **ret);
void plan_add(struct reform_plan *plan, struct plan_unit *unit);
/* unit.change at the unit above each that is touched. */
NODISCARD enum fail plan_require(struct ctx *ctx,
    const struct reform_plan *plan);

#endif
