#ifndef NOTIFY_ABOUT_H
#define NOTIFY_ABOUT_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "notify/letter.h"
#include "notify/topic.h"
#include "report/about.h"

/* Letters that are about to be written, in ctx->arena. */
struct letters {
	struct letter_new *items;
	size_t count;
	size_t room;
};

/* What a letter is about. */
struct subject {
	const struct topic *topic;
	struct report_about about; /* unit: who owes the report */
	const char *above; /* who accepts it, or closed; NULL: looked up */
	const char *what;
	int64_t report; /* its number; 0: none is known */
	int64_t at_us;
	int64_t days; /* of a deadline: left, or over */
};

/*
 * Add a letter for each person who has one of the topic's roles at the unit, or
 * where it is no more at those who took its place.  Needs ctx->tx and an actor
 * that has user.manage.
 */
NODISCARD enum fail letters_to_unit(struct ctx *ctx, struct letters *letters,
    const struct subject *subject);

/* Does its unit owe it? */
bool about_is_owed(struct ctx *ctx, const struct report_about *about);

#endif
