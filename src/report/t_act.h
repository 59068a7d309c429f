#ifndef REPORT_T_ACT_H
#define REPORT_T_ACT_H

#include "codec/json.h"
#include "report/t_report.h"

/*
 * For the tests of this slice: one act as a unit of work, for t_unit and
 * t_each_failure, and what may be seen afterwards.
 */
#define CELLS_GOOD \
	"{'a.c2':'3','a.c3':'4','a.c4':'7.0','b.c2':0,'b.c3':0,'b.c4':0}"
#define CELLS_MORE \
	"{'a.c2':'5','a.c3':'4','a.c4':'9.0','b.c2':0,'b.c3':0,'b.c4':0}"

struct doing {
	struct world *world;
	int64_t id;   /* the report; set by every act */
	int64_t unit; /* act_open, act_close */
	const char *cells;
	const char *reason;
	const char *period; /* NULL: WORLD_PERIOD */
	int64_t revision;   /* 0: the newest */
	bool is_new;        /* set by act_open */
};

/* arg is a struct doing. */
enum fail act_open(struct ctx *ctx, void *arg);
enum fail act_save(struct ctx *ctx, void *arg);
enum fail act_submit(struct ctx *ctx, void *arg);
enum fail act_sign(struct ctx *ctx, void *arg);
enum fail act_accept(struct ctx *ctx, void *arg);
enum fail act_send_back(struct ctx *ctx, void *arg);
enum fail act_amend(struct ctx *ctx, void *arg);
enum fail act_drop(struct ctx *ctx, void *arg);
enum fail act_withdraw(struct ctx *ctx, void *arg);
enum fail act_close(struct ctx *ctx, void *arg);
enum fail act_reopen(struct ctx *ctx, void *arg);

/* The public picture of a report, of a version (0: as it is shown first). */
struct looking {
	int64_t id;
	int64_t version;
	const struct json *view;
};
enum fail act_look(struct ctx *ctx, void *arg);
const struct json *act_seen(struct t *t, int64_t id);

void assert_state(struct t *t, int64_t id, const char *state);
/* Totals of cell a.c1, as decimal text. */
void assert_totals(struct world *w, int64_t unit, const char *sent,
    const char *accepted);

#endif
