#ifndef APP_METRIC_H
#define APP_METRIC_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"

/*
 * Counters of the process, shown at /metrics in Prometheus' text format: the
 * table below, requests and a latency histogram per route, what the store
 * counts, and gauges handed in at start.  Counting is atomic and without lock;
 * home->metrics may be NULL, then nothing is counted.
 */
enum metric {
	METRIC_SIGN_IN,
	METRIC_SIGN_IN_REFUSED,
	METRIC_SIGN_IN_THROTTLED,
	METRIC_REPLAYED, /* answers given again for an Idempotency-Key */
	METRIC_FAULTS,   /* requests that failed by our own fault */
	METRIC_COUNT,
};

struct metrics;
struct route;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* NULL does nothing */

void metric_add(struct metrics *metrics, enum metric metric, int64_t more);

/* At start: the rows that metric_request counts by number.  They must outlive
 * metrics. */
void metric_routes(struct metrics *metrics, const struct route *const *routes,
    size_t count);
/* route >= count: a page, a file, or a path that is not known. */
void metric_request(struct metrics *metrics, size_t route, int status,
    int64_t took_us);

/* At start: a value asked for whenever somebody looks; at most 32.  name is
 * without "truc_". */
typedef int64_t metric_gauge_fn(const struct home *home);
void metric_gauge(struct metrics *metrics, const char *name, const char *help,
    metric_gauge_fn *gauge);

/* Append all of ctx->home. */
void metric_write(struct ctx *ctx, struct text *text);

#endif
