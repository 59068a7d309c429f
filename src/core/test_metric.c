#include "core/metric.h"

#include <string.h>

#include "core/arena.h"
#include "t.h"

static const struct metric_route rows[] = {
	{ "GET", "/a/{id}" },
	{ "POST", "/b" },
};

static int64_t
seven(const struct home *home)
{
	(void)home;
	return 7;
}

static const struct gauge table[] = {
	{ "cube_bytes", "Memory of the cube.", GAUGE_LEVEL, seven },
	{ "sevens_total", "Sevens.", GAUGE_COUNTER, seven },
	{ "taken_seconds_total", "Time.", GAUGE_SECONDS, seven },
	{ 0 },
};

static const char *
written(struct t *t)
{
	struct text text;

	text_init(&text, t->arena);
	metric_write(&t->ctx, &text);
	return text_of(&text);
}

static void
end_metrics(void *object)
{
	metrics_free(object);
}

static struct metrics *
start(struct t *t)
{
	t->home.metrics = metrics_new();
	t_defer(t, end_metrics, t->home.metrics);
	return t->home.metrics;
}

static void
the_ticket_has_a_histogram_of_its_own(void **state)
{
	struct t *t = *state;
	struct metrics *metrics = start(t);
	const char *text = NULL;

	metric_routes(metrics, rows, 2);
	metric_ticket(metrics, 1, 100);
	metric_ticket(metrics, 1, 101);
	text = written(t);
	assert_non_null(strstr(text, "truc_ticket_seconds_bucket{method="
				     "\"POST\",route=\"/b\",le=\"0.0001\"} "
				     "1\n"));
	assert_non_null(strstr(text, "truc_ticket_seconds_sum{method=\"POST\""
				     ",route=\"/b\"} 0.000201\n"));
	assert_non_null(strstr(text, "truc_ticket_seconds_count{method="
				     "\"POST\",route=\"/b\"} 2\n"));
	assert_null(strstr(text, "truc_http_request_seconds_count"));
}

/* Prometheus wants each bucket to count the smaller ones too. */
static void
buckets_of_a_histogram_add_up(void **state)
{
	struct t *t = *state;
	struct metrics *metrics = start(t);
	const char *text = NULL;

	metric_routes(metrics, rows, 2);
	metric_request(metrics, 1, 201, 500);
	metric_request(metrics, 1, 404, 501);
	metric_request(metrics, 1, 200, 9000000);
	text = written(t);
	assert_non_null(strstr(text,
	    "_bucket{method=\"POST\",route=\"/b\",le=\"0.0005\"} 1\n"));
	assert_non_null(strstr(text,
	    "_bucket{method=\"POST\",route=\"/b\",le=\"0.001\"} 2\n"));
	assert_non_null(strstr(text,
	    "_bucket{method=\"POST\",route=\"/b\",le=\"2.5\"} 2\n"));
	assert_non_null(strstr(text,
	    "_bucket{method=\"POST\",route=\"/b\",le=\"+Inf\"} 3\n"));
	assert_non_null(
	    strstr(text, "_sum{method=\"POST\",route=\"/b\"} 9.001001\n"));
	assert_non_null(
	    strstr(text, "{method=\"POST\",route=\"/b\",class=\"2xx\"} 2\n"));
	assert_null(strstr(text, "/a/{id}"));
}

static void
counters_and_gauges_are_written_with_their_help(void **state)
{
	struct t *t = *state;
	struct metrics *metrics = start(t);
	const char *text = NULL;

	metric_add(metrics, METRIC_SIGN_IN, 2);
	metric_add(metrics, METRIC_SIGN_IN, 1);
	metric_gauges(metrics, table);
	text = written(t);
	assert_non_null(strstr(text, "# HELP truc_sign_in_total People "
				     "signed in.\n# TYPE truc_sign_in_total "
				     "counter\ntruc_sign_in_total 3\n"));
	assert_non_null(strstr(text, "# HELP truc_cube_bytes Memory of the "
				     "cube.\n# TYPE truc_cube_bytes gauge\n"
				     "truc_cube_bytes 7\n"));
	assert_non_null(strstr(text, "# TYPE truc_sevens_total counter\n"
				     "truc_sevens_total 7\n"));
	assert_non_null(strstr(text, "# TYPE truc_taken_seconds_total counter\n"
				     "truc_taken_seconds_total 0.000007\n"));
}

static void
without_metrics_nothing_is_counted(void **state)
{
	struct t *t = *state;

	metric_add(NULL, METRIC_SIGN_IN, 1);
	metric_request(NULL, 0, 200, 1);
	metric_ticket(NULL, 0, 1);
	assert_string_equal(written(t), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(buckets_of_a_histogram_add_up),
		t_test(the_ticket_has_a_histogram_of_its_own),
		t_test(counters_and_gauges_are_written_with_their_help),
		t_test(without_metrics_nothing_is_counted),
	};

	return t_run(tests);
}
