#ifndef STAFF_SLICE_H
#define STAFF_SLICE_H

#include "app/slice.h"
#include "core/shape.h"

/* The contents of the slice, and what only its files use. */
extern const struct slice staff_slice;
extern const struct route staff_people_routes[];
extern const struct route staff_act_routes[];
extern const struct route staff_link_routes[];
extern const struct route staff_screens[];

/* One person as the API tells it: who it is, what it holds, what may be done. */
extern const struct shape staff_person_shape;
/* Answers it, with this status; in the transaction of the row. */
NODISCARD enum fail staff_answer_person(struct ctx *ctx, struct call *call,
    int status, int64_t person);

#endif
