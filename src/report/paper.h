#ifndef REPORT_PAPER_H
#define REPORT_PAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "app/flow.h"
#include "core/ctx.h"
#include "ledger/ledger.h"
#include "org/directory.h"
#include "regime/catalogue.h"
#include "regime/cells.h"
#include "regime/period.h"
#include "report/report.h"

/*
 * A report in memory, shared by the files of this slice only: report.c acts on
 * it, flow.c says when, record.c writes it, view.c shows it.
 */
enum report_act {
	ACT_OPEN,
	ACT_SAVE,
	ACT_SUBMIT,
	ACT_WITHDRAW, /* taken back from the leader before it is signed */
	ACT_SIGN,
	ACT_ACCEPT,
	ACT_RETURN,    /* the leader gives the paper back to the clerk */
	ACT_SEND_BACK, /* the unit above gives a sent version back */
	ACT_AMEND,
	ACT_DROP, /* an amendment is given up */
};

/* The paper's machine, and beside it the version's; events are enum report_act.
 * Nothing else writes work and standing of a report in memory. */
extern const struct flow report_flow;
extern const char *const report_standings[]; /* ends with NULL */

struct pending_act {
	enum report_act act;
	int64_t version;
	const char *reason;
};
#define REPORT_ACTS_MAX 4 /* in one unit of work: open, submit, sign */

/* The rules' findings, and the cells that they are about. */
struct judgement {
	struct cells cells; /* a copy, without remarks */
	const struct form_version *of;
	struct finding *findings;
	size_t count;
	int rounds; /* how often the rules have been judged */
};

struct report {
	int64_t id;  /* reserved if it is new */
	bool is_new; /* there is no row yet */
	int64_t revision;
	const struct form *form;
	const struct form_version *version; /* of the form, for the period */
	struct period period;
	const char *period_id;
	const struct unit *unit;
	int64_t work;     /* enum report_work */
	int64_t standing; /* enum report_standing */
	int64_t sent_version;
	int64_t accepted_version;
	int64_t last_version;
	int64_t first_sent_us; /* 0: never */
	int64_t flags;
	const char *reason; /* of the amendment on the desk */
	/* Who wrote the cells last; 0: nobody, NULL: not known. */
	const int64_t *writer;
	int64_t heir; /* heir_of: who signs for a divided unit; 0: nobody */
	bool owed;
	day deadline;

	/* What is shown and worked on: the paper, or a signed version. */
	int64_t shown;     /* 0: the paper */
	const char *draft; /* the paper as stored; NULL: none */
	bool has_cells;    /* cells have been read */
	bool has_changed;  /* cells are newer than draft */
	bool has_reason;   /* reason is newer than the row's */
	bool has_mac;      /* of the row as it was read */
	int64_t mac;
	struct cells cells;
	const struct form_version *cells_of;
	struct digest digest;              /* of the shown version's body */
	int64_t entry_id;                  /* of the shown version; 0: none */
	const struct ledger_entry *source; /* its entry, once read */
	const struct ledger_entry *entry;  /* just appended, index not final */

	/* The pictures by which it was prepared; NULL: it was not. */
	const struct directory *directory;
	const struct catalogue *catalogue;

	/* What paper_previous, past_expect and paper_judge found, while it holds. */
	bool previous_known;
	bool has_previous;
	struct cells previous;
	bool expected_known; /* past.h */
	const struct expected *expected;
	size_t expected_count;
	struct judgement judged;

	struct pending_act acts[REPORT_ACTS_MAX];
	int act_count;
};

/* What the catalogue and the directory say about the report's obligation. */
void paper_describe(struct ctx *ctx, struct report *report);

/* Read the cells of what is shown, once. */
NODISCARD enum fail paper_cells(struct ctx *ctx, struct report *report);

/* Does the paper say anything else than the version that counts?  True without
 * one. */
NODISCARD enum fail paper_differs(struct ctx *ctx, const struct report *report,
    bool *ret);

/*
 * What the unit had sent for the period before, in the order of this form
 * version's cells; NULL if nothing.  Asked of the cube once.
 */
const struct cells *paper_previous(struct ctx *ctx, struct report *report);

/*
 * Judge the rules, and after them what is expected of single cells (past.h), or give what was found before if no cell has changed since:
 * submitting, signing, recording and showing are one judgement.
 */
NODISCARD enum fail paper_judge(struct ctx *ctx, struct report *report,
    struct finding **ret, size_t *ret_count);

/* Rights in the terms of report.h. */
bool paper_own(struct ctx *ctx, const struct report *report);
bool paper_may_review(struct ctx *ctx, const struct report *report);

/* Does the actor work on this unit's papers? */
bool paper_place_works(struct ctx *ctx, int64_t unit);
/*
 * Does the actor accept today what this unit sends?  Whoever accepts a report
 * reads it, too: an abolished unit's successors may be elsewhere, and then
 * the unit that was above it reaches it by this alone.
 */
bool paper_place_reviews(struct ctx *ctx, const struct unit *unit);

#endif
