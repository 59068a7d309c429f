#ifndef DEMO_PEOPLE_H
#define DEMO_PEOPLE_H

#include "core/ctx.h"
#include "core/day.h"
#include "org/directory.h"

/*
 * Who acts in the demonstration: one person a unit, made when first needed, who
 * is its clerk, leader and collector and cannot sign in; and a few with
 * passwords, one for each role and level.
 */
struct demo_people;
struct actor;
struct password;

struct demo_people *demo_people_new(struct ctx *ctx);

/* Needs TX_WRITE and access_system. */
NODISCARD enum fail demo_people_make(struct ctx *ctx,
    struct demo_people *people, int unit);
/* NULL: not made yet. */
const struct actor *demo_people_actor(const struct demo_people *people,
    int unit);
/* The unit's id as text, as the API takes it. */
const char *demo_people_unit_ref(const struct demo_people *people, int unit);

/* The first successor alive on the day; -1: none. */
int demo_people_heir(struct ctx *ctx, int unit, day on);

/* The commune whose clerk signs in: it leaves the last period to the visitor. */
int demo_people_keep_open(struct ctx *ctx);

/* The one password of those who can sign in, before the unit of work. */
NODISCARD enum fail demo_people_password(struct ctx *ctx, struct password *ret);

/* Make the people who can sign in and write DIR/demo.txt.  Needs TX_WRITE. */
NODISCARD enum fail demo_people_sign_ins(struct ctx *ctx,
    const struct password *password, const char *data);

#endif
