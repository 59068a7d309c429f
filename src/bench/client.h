#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/text.h"

/*
 * HTTP as a client sees it, over loopback on kept connections; as light as may
 * be, because it shares the cores with the server it measures.  It knows only
 * answers with Content-Length, which are all that the server gives.
 */

/* The n-th request, whole; false: there are no more.  n grows from 0. */
typedef bool bench_request_fn(const void *arg, size_t n, struct text *ret);

struct bench_load {
	int port;
	int clients;
	int64_t least;   /* requests at least, if there are so many */
	int64_t most_us; /* then none is begun after this time */
	int status;      /* what every answer must be */
	bench_request_fn *request;
	const void *arg;
};

struct bench_answers {
	int64_t count;
	int64_t took_us;    /* from the first request to the last answer */
	int64_t *times_us;  /* of each, in growing order */
	int64_t *server_us; /* said by Server-Timing, in growing order */
};

/*
 * Each client sends its next request when it has the answer to the one before.
 *	FAIL_UPSTREAM	"bench.client"	no connection, or another status
 */
NODISCARD enum fail bench_run(struct ctx *ctx, const struct bench_load *load,
    struct bench_answers *ret);

/* The value below which so many percent of the sorted ones lie. */
int64_t bench_percentile(const int64_t *sorted, int64_t count, int percent);
void bench_sort(int64_t *values, size_t count);

/* Append a request without body; with body: length and body. */
void bench_get(struct text *text, const char *token, const char *target);
void bench_post(struct text *text, const char *token, const char *target,
    struct bytes body);

#endif
