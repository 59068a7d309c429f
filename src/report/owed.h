#ifndef REPORT_OWED_H
#define REPORT_OWED_H

#include "core/ctx.h"
#include "core/shape.h"
#include "org/directory.h"
#include "regime/catalogue.h"
#include "report/closing.h"

/*
 * What units owe of a form for a period, and how far it has come, as rows of a
 * list; for obligation.c only.
 */
struct obligation {
	const char *form;
	const char *form_name_vi;
	const char *form_name_en;
	const char *period;
	int64_t unit;
	const char *unit_name;
	int64_t level;
	const int64_t *above; /* NULL: the root */
	const char *above_name;
	const char *unit_ended; /* NULL: it lives */
	struct list_of inherited_by;
	const char *deadline;
	int64_t days_left;
	const char *state;
	bool late;
	int64_t days_late;
	bool older;
	const int64_t *report;
	int64_t version;
	const char *sent_at;
	int64_t flags;
	bool closed;
	const struct closing_above *closing; /* NULL: never */
	const char *next;
	/* Not shown: what it is sorted by, and what it is of. */
	day to;
	bool own;
	const char *above_key;
	const char *key;
	int number;
};
extern const struct shape obligation_shape;

/* The list so far. */
struct owed {
	struct ctx *ctx;
	const struct directory *dir;
	day today;
	struct obligation *items;
	size_t count;
	size_t room;
};
struct owed owed_new(struct ctx *ctx);

/* Which units, and which of what they owe. */
struct owed_of {
	const int *units; /* dense numbers, each once */
	size_t count;
	enum { OWED_ALL, OWED_OPEN, OWED_WAITING } take;
	/* They are the actor's own.  Else: what is sent is seen, what is still
	 * worked on is their own business. */
	bool own;
};

/* Add what they owe for the period; one query for units that are next to each
 * other, one for each unit above that may have closed it. */
NODISCARD enum fail owed_add(struct owed *owed, const struct form *form,
    const struct period *period, const struct owed_of *of);

/* The newest period of a form that is open for reporting. */
struct period owed_newest(const struct form *form, int64_t now_us);

#endif
