#ifndef APP_SLICE_H
#define APP_SLICE_H

#include "app/flow.h"
#include "app/route.h"
#include "core/metric.h"
#include "core/option.h"
#include "core/text.h"
#include "people/access.h"
#include "people/tally.h"

/*
 * A slice is a column of the program: reports, figures, documents.  This is its
 * table of contents; whatever else it has is in its folders (src/NAME,
 * web/src/NAME, tests/NAME), its texts (locale/failures/NAME.json) and its
 * migrations.  Its line in src/LAYERS begins with "slice", and from that line
 * come the build, the list of slices (assembly), lint and the tests' rights
 * rows; it exports `const struct slice NAME_slice`.
 *
 * Every table ends with an empty row; NULL where there is none.  Slices are
 * opened, replayed and checked in the order of src/LAYERS, and closed in the
 * opposite one.
 */
struct job_kind;   /* jobs/jobs.h, which is above */
struct event_kind; /* event/event.h, as well */

/* A question of `truc doctor`: does what is derived agree with its source? */
struct check {
	const char *name; /* "ledger" */
	/* In a TX_READ of its own; appends what was compared, one line without
	 * its end.  A failure is what does not agree. */
	enum fail (*run)(struct ctx *ctx, struct text *said);
};

/*
 * Who refers to blobs (store/blob.h): the slice's word for the owner, and
 * whether ctx->actor may read what this owner refers to; in a transaction.
 */
struct blob_owner {
	const char *kind;
	enum fail (*may_read)(struct ctx *ctx, int64_t id, bool *ret);
};

/* Rows that the checkpoint's sum counts (people/tally.h). */
struct tally_table {
	const char *name;
	tally_fn *rows;
};

struct slice {
	const char *name;
	const struct route *const *routes; /* tables, each ending with path
					      NULL; the list ends with NULL */
	const struct grant *grants;        /* the permissions it asks for */
	/* Tables of options, its own and of modules below; ends with NULL. */
	const struct option *const *options;
	const struct flow *const *flows; /* state machines; ends with NULL */
	const struct job_kind *jobs;
	const struct gauge *gauges;
	const struct event_kind *events;
	const struct check *checks;
	const struct blob_owner *blobs;
	const struct tally_table *tallies;
	/*
	 * Once, in the unit of work in which the audit's chain begins
	 * (people/kept.h): give rows of before what new ones have.  Nothing is
	 * open yet but the store and the ledger.
	 */
	enum fail (*adopt)(struct ctx *ctx);
	/* The same when the sum of rows begins (people/tally.h). */
	enum fail (*adopt_rows)(struct ctx *ctx);
	/*
	 * At start, without a transaction: make what it keeps in memory
	 * (core/home.h) and read what it always needs.  close frees it; it is called even if
	 * open was not, or failed.
	 */
	enum fail (*open)(struct ctx *ctx);
	void (*close)(struct home *home);
	/* Then, in a TX_READ, where the command wants totals: feed what
	 * is derived from the ledger.  Before the first write. */
	enum fail (*replay)(struct ctx *ctx);
};

/*
 * Over ctx->home->slices, at start.  slices_open registers the grants first and
 * looks for permissions that nobody grants, and at the flows (app/flow.h).
 *	FAIL_INTERNAL	"slice.permission"	a row asks for an unknown one
 *	FAIL_INTERNAL	"slice.flow"		a state machine is not whole
 *	FAIL_INTERNAL	"access.granted_twice"	two slices own a permission
 */
NODISCARD enum fail slices_open(struct ctx *ctx);
NODISCARD enum fail slices_adopt(struct ctx *ctx);      /* before slices_open */
NODISCARD enum fail slices_adopt_rows(struct ctx *ctx); /* as well */
/* All that the sum counts, those of people/ too: a tally_all_fn. */
NODISCARD enum fail slices_tally(struct ctx *ctx, struct tally *tally,
    struct text *said);
NODISCARD enum fail slices_replay(struct ctx *ctx);
void slices_close(struct home *home);

#endif
