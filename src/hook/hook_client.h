#ifndef HOOK_HOOK_CLIENT_H
#define HOOK_HOOK_CLIENT_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * Calling a receiver, and what its answer means.
 */
enum hook_verdict {
	VERDICT_DELIVERED, /* it has it */
	VERDICT_REFUSED,   /* it will never take this one: a dead letter */
	VERDICT_RETRY,     /* not now */
	VERDICT_GONE,      /* it wants no more: the hook is stopped */
};

/* The table in hook_client.c decides; any number is an answer. */
enum hook_verdict hook_verdict_of(int status);

/* "client.url" or "client.address_forbidden" is noted at pointer if a hook
 * cannot have this URL. */
void hook_judge_url(struct ctx *ctx, const char *pointer, const char *url);

struct hook_call {
	const char *url;
	const char *id; /* of the event */
	struct bytes secret;
	struct bytes body;
};

struct hook_answer {
	enum hook_verdict verdict;
	int status;            /* 0: there was no answer */
	const char *failure;   /* NULL: delivered */
	int64_t retry_after_s; /* 0: the receiver said nothing about it */
};

/*
 * One try; ctx has no transaction.  Whatever the receiver does is an answer.
 *	FAIL_BUSY	"client.stopped"
 *	FAIL_INTERNAL	"client.call"
 */
NODISCARD enum fail hook_call(struct ctx *ctx, const struct hook_call *call,
    struct hook_answer *ret);

/* No hook waits longer. */
#define HOOK_WAIT_MOST_US (INT64_C(6) * 3600 * 1000000)

/*
 * When to try again after so many tries in a row: 10 s, 20 s, 40 s ... an hour,
 * of which a random half is taken off, so that hooks that failed together do not
 * come back together; at least what the receiver asked for, at most six hours.
 */
int64_t hook_back_off_us(struct ctx *ctx, int64_t tries, int64_t retry_after_s);

#endif
