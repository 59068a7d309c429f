#include "core/metric.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "core/home.h"

#define CLASSES 5 /* 1xx to 5xx */
#define SECONDS_SCALE 6

static const struct {
	const char *name;
	const char *help;
} counters[METRIC_COUNT] = {
	[METRIC_SIGN_IN] = { "sign_in_total", "People signed in." },
	[METRIC_SIGN_IN_REFUSED] = { "sign_in_refused_total",
	    "Sign-ins with a wrong login or password." },
	[METRIC_SIGN_IN_THROTTLED] = { "sign_in_throttled_total",
	    "Sign-ins refused because too many failed before." },
	[METRIC_SIGN_IN_BUSY] = { "sign_in_busy_total",
	    "Sign-ins that found all places and the queue full, or waited too "
	    "long." },
	[METRIC_REPLAYED] = { "replayed_total",
	    "Answers given again for an Idempotency-Key." },
	[METRIC_FAULTS] = { "faults_total",
	    "Requests that failed by the program's own fault." },
};

static const struct {
	int64_t us;
	const char *seconds;
} buckets[] = {
	{ 100, "0.0001" },
	{ 250, "0.00025" },
	{ 500, "0.0005" },
	{ 1000, "0.001" },
	{ 2500, "0.0025" },
	{ 5000, "0.005" },
	{ 10000, "0.01" },
	{ 25000, "0.025" },
	{ 100000, "0.1" },
	{ 500000, "0.5" },
	{ 2500000, "2.5" },
};
#define BUCKETS ARRAY_SIZE(buckets)

struct histogram {
	atomic_int_fast64_t by_bucket[BUCKETS]; /* each its own, not summed */
	atomic_int_fast64_t count;
	atomic_int_fast64_t took_us;
};

struct route_counts {
	atomic_int_fast64_t by_class[CLASSES];
	struct histogram request;
	struct histogram ticket;
};

struct metrics {
	atomic_int_fast64_t counters[METRIC_COUNT];
	const struct metric_route *routes;
	size_t route_count;
	struct route_counts *by_route; /* one more: everything else */
	const struct gauge *tables[METRIC_TABLES_MAX];
	size_t table_count;
};

struct metrics *
metrics_new(void)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));

	assert(metrics != NULL);
	return metrics;
}

void
metrics_free(struct metrics *metrics)
{
	if (metrics == NULL)
		return;
	free(metrics->by_route);
	free(metrics);
}

static void
add(atomic_int_fast64_t *counter, int64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

static int64_t
get(atomic_int_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void
metric_add(struct metrics *metrics, enum metric metric, int64_t more)
{
	if (metrics != NULL)
		add(&metrics->counters[metric], more);
}

void
metric_routes(struct metrics *metrics, const struct metric_route *routes,
    size_t count)
{
	assert(metrics->by_route == NULL);
	metrics->by_route = calloc(count + 1, sizeof(*metrics->by_route));
	assert(metrics->by_route != NULL);
	metrics->routes = routes;
	metrics->route_count = count;
}

static void
note(struct histogram *histogram, int64_t took_us)
{
	add(&histogram->count, 1);
	add(&histogram->took_us, took_us);
	for (size_t i = 0; i < BUCKETS; i++)
		if (took_us <= buckets[i].us) {
			add(&histogram->by_bucket[i], 1);
			break;
		}
}

/* NULL: nothing is counted. */
static struct route_counts *
counts_of(struct metrics *metrics, size_t route)
{
	if (metrics == NULL || metrics->by_route == NULL)
		return NULL;
	return &metrics->by_route[route < metrics->route_count
				      ? route
				      : metrics->route_count];
}

void
metric_request(struct metrics *metrics, size_t route, int status,
    int64_t took_us)
{
	struct route_counts *counts = counts_of(metrics, route);

	assert(status >= 100 && status < 600);
	if (counts == NULL)
		return;
	add(&counts->by_class[status / 100 - 1], 1);
	note(&counts->request, took_us);
}

void
metric_ticket(struct metrics *metrics, size_t route, int64_t held_us)
{
	struct route_counts *counts = counts_of(metrics, route);

	if (counts != NULL)
		note(&counts->ticket, held_us);
}

void
metric_gauges(struct metrics *metrics, const struct gauge *table)
{
	assert(metrics->table_count < METRIC_TABLES_MAX);
	metrics->tables[metrics->table_count++] = table;
}

static void
write_head(struct text *text, const char *name, const char *type,
    const char *help)
{
	text_addf(text, "# HELP truc_%s %s\n# TYPE truc_%s %s\n", name, help,
	    name, type);
}

static void
write_one(struct ctx *ctx, struct text *text, const char *name,
    const char *type, const char *help, int64_t value, int scale)
{
	write_head(text, name, type, help);
	text_addf(text, "truc_%s %s\n", name,
	    decimal_text(ctx->arena, value, scale));
}

/* method="GET",route="/api/v1/units" of the i-th row, or of the rest. */
static const char *
labels(struct ctx *ctx, const struct metrics *metrics, size_t i)
{
	if (i == metrics->route_count)
		return "method=\"any\",route=\"other\"";
	return arena_printf(ctx->arena, "method=\"%s\",route=\"%s\"",
	    metrics->routes[i].method, metrics->routes[i].path);
}

static void
write_requests(struct ctx *ctx, struct metrics *metrics, struct text *text)
{
	write_head(text, "http_requests_total", "counter",
	    "Requests by route and class of status.");
	for (size_t i = 0; i <= metrics->route_count; i++)
		for (int class = 0; class < CLASSES; class ++) {
			const int64_t n =
			    get(&metrics->by_route[i].by_class[class]);

			if (n > 0)
				text_addf(text,
				    "truc_http_requests_total{%s,class=\"%dxx\"}"
				    " %" PRId64 "\n",
				    labels(ctx, metrics, i), class + 1, n);
		}
}

static void
write_histogram(struct ctx *ctx, struct text *text, const char *name,
    const char *label, struct histogram *histogram)
{
	const int64_t count = get(&histogram->count);
	int64_t sum = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		sum += get(&histogram->by_bucket[i]);
		text_addf(text, "truc_%s_bucket{%s,le=\"%s\"} %" PRId64 "\n",
		    name, label, buckets[i].seconds, sum);
	}
	text_addf(text, "truc_%s_bucket{%s,le=\"+Inf\"} %" PRId64 "\n", name,
	    label, count);
	text_addf(text, "truc_%s_sum{%s} %s\n", name, label,
	    decimal_text(ctx->arena, get(&histogram->took_us), SECONDS_SCALE));
	text_addf(text, "truc_%s_count{%s} %" PRId64 "\n", name, label, count);
}

static void
write_histograms(struct ctx *ctx, struct metrics *metrics, struct text *text)
{
	static const char request[] = "http_request_seconds";
	static const char ticket[] = "ticket_seconds";

	write_head(text, request, "histogram",
	    "Time from the worker taking a request to its answer.");
	for (size_t i = 0; i <= metrics->route_count; i++)
		write_histogram(ctx, text, request, labels(ctx, metrics, i),
		    &metrics->by_route[i].request);
	write_head(text, ticket, "histogram",
	    "Time a request's unit of work held the writer's ticket.");
	for (size_t i = 0; i <= metrics->route_count; i++)
		write_histogram(ctx, text, ticket, labels(ctx, metrics, i),
		    &metrics->by_route[i].ticket);
}

static void
write_gauges(struct ctx *ctx, struct text *text, const struct gauge *gauge)
{
	static const struct {
		const char *type;
		int scale;
	} kinds[] = {
		[GAUGE_LEVEL] = { "gauge", 0 },
		[GAUGE_COUNTER] = { "counter", 0 },
		[GAUGE_SECONDS] = { "counter", SECONDS_SCALE },
	};

	for (; gauge->name != NULL; gauge++)
		write_one(ctx, text, gauge->name, kinds[gauge->kind].type,
		    gauge->help, gauge->read(ctx->home),
		    kinds[gauge->kind].scale);
}

void
metric_write(struct ctx *ctx, struct text *text)
{
	struct metrics *metrics = ctx->home->metrics;

	if (metrics == NULL)
		return;
	for (int i = 0; i < METRIC_COUNT; i++)
		write_one(ctx, text, counters[i].name, "counter",
		    counters[i].help, get(&metrics->counters[i]), 0);
	if (metrics->by_route != NULL) {
		write_requests(ctx, metrics, text);
		write_histograms(ctx, metrics, text);
	}
	for (size_t i = 0; i < metrics->table_count; i++)
		write_gauges(ctx, text, metrics->tables[i]);
}
