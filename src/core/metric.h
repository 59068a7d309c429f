#ifndef CORE_METRIC_H
#define CORE_METRIC_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"

/*
 * Counters of the process, shown at /metrics in Prometheus' text format: the
 * table below, requests, latency and ticket histograms per route, and the tables of
 * gauges handed in at start.  Counting is atomic and without lock;
 * home->metrics may be NULL, then nothing is counted.
 */
enum metric {
	METRIC_SIGN_IN,
	METRIC_SIGN_IN_REFUSED,
	METRIC_SIGN_IN_THROTTLED,
	METRIC_SIGN_IN_BUSY,
	METRIC_REPLAYED, /* answers given again for an Idempotency-Key */
	METRIC_FAULTS,   /* requests that failed by our own fault */
	METRIC_COUNT,
};

struct metrics;

/* Labels of a row of the route table. */
struct metric_route {
	const char *method;
	const char *path;
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* NULL does nothing */

void metric_add(struct metrics *metrics, enum metric metric, int64_t more);

/* At start: the rows that metric_request counts by number.  They must outlive
 * metrics. */
void metric_routes(struct metrics *metrics, const struct metric_route *routes,
    size_t count);
/* route >= count: a page, a file, or a path that is not known. */
void metric_request(struct metrics *metrics, size_t route, int status,
    int64_t took_us);

/* The route's unit of work held the writer's ticket so long; without the
 * commit, which its batch shares. */
void metric_ticket(struct metrics *metrics, size_t route, int64_t held_us);

/* A value that is asked for whenever somebody looks. */
enum gauge_kind {
	GAUGE_LEVEL,
	GAUGE_COUNTER,
	GAUGE_SECONDS, /* a counter that is read in microseconds */
};
struct gauge {
	const char *name; /* without "truc_"; counters end in "_total" */
	const char *help;
	enum gauge_kind kind;
	int64_t (*read)(const struct home *home);
};

/* At start: a table that ends with name NULL and outlives metrics; at most
 * METRIC_TABLES_MAX of them. */
#define METRIC_TABLES_MAX 32
void metric_gauges(struct metrics *metrics, const struct gauge *table);

/* Append all of ctx->home. */
void metric_write(struct ctx *ctx, struct text *text);

#endif
