#include "hook/hook_client.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/num.h"
#include "core/random.h"
#include "hook/message.h"
#include "http/client.h"

#define BACK_OFF_FIRST_US (10 * SECOND_US)
#define BACK_OFF_MOST_US (3600 * SECOND_US)
#define RETRY_AFTER_MOST_S (HOOK_WAIT_MOST_US / SECOND_US)

/*
 * What a status means; all others are tried again.  What is wrong with this one
 * event is a dead letter at once, so that it does not keep back what follows.
 * What is wrong with the way (who we are, where it is, whether it runs) can be
 * put right, so it is tried again: a redirect, too, which is not followed.
 */
static const struct {
	int from;
	int to;
	enum hook_verdict verdict;
} verdicts[] = {
	{ 200, 299, VERDICT_DELIVERED },
	{ 400, 400, VERDICT_REFUSED },
	{ 405, 406, VERDICT_REFUSED },
	{ 409, 409, VERDICT_DELIVERED }, /* it has this id already */
	{ 410, 410, VERDICT_GONE },
	{ 411, 411, VERDICT_REFUSED },
	{ 413, 415, VERDICT_REFUSED },
	{ 422, 422, VERDICT_REFUSED },
	{ 431, 431, VERDICT_REFUSED },
	{ 501, 501, VERDICT_REFUSED },
};

static const char *const failures[] = {
	[VERDICT_DELIVERED] = NULL,
	[VERDICT_REFUSED] = "hook.refused",
	[VERDICT_RETRY] = "hook.answer",
	[VERDICT_GONE] = "hook.gone",
};

enum hook_verdict
hook_verdict_of(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (status >= verdicts[i].from && status <= verdicts[i].to)
			return verdicts[i].verdict;
	return VERDICT_RETRY;
}

void
hook_judge_url(struct ctx *ctx, const char *pointer, const char *url)
{
	const enum fail got = client_judge_url(ctx, ctx->home->client, url);

	if (got == OK)
		return;
	fail_clear(ctx);
	if (got == FAIL_DENIED)
		fail_invalid(ctx, pointer, "client.address_forbidden",
		    "this address may not be called");
	else
		fail_invalid(ctx, pointer, "client.url",
		    "no http or https URL without credentials");
}

/* Seconds only: a date would depend on the receiver's clock. */
static int64_t
retry_after_of(const struct client_answer *answer)
{
	const char *said = client_header(answer, "Retry-After");
	int64_t seconds = 0;

	if (said == NULL || !num_parse(said, 0, RETRY_AFTER_MOST_S, &seconds))
		return 0;
	return seconds;
}

static bool
is_ours(const char *code)
{
	return strcmp(code, "client.stopped") == 0 ||
	       strcmp(code, "client.call") == 0 ||
	       strncmp(code, "client.", 7) != 0;
}

enum fail
hook_call(struct ctx *ctx, const struct hook_call *call,
    struct hook_answer *ret)
{
	static const char *const wanted[] = { "Retry-After", NULL };
	const int64_t seconds = ctx->home->now_us(ctx->home->clock) / SECOND_US;
	const struct http_header headers[] = {
		{ "Content-Type", MESSAGE_TYPE },
		{ "webhook-id", call->id },
		{ "webhook-timestamp",
		    arena_printf(ctx->arena, "%" PRId64, seconds) },
		{ "webhook-signature",
		    message_signature(ctx->arena, call->secret, call->id,
			seconds, call->body) },
	};
	const struct client_request request = {
		.method = "POST",
		.url = call->url,
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
		.body = call->body,
		.wanted = wanted,
	};
	struct client_answer answer = { 0 };
	const enum fail got =
	    client_call(ctx, ctx->home->client, &request, &answer);

	if (got != OK && is_ours(ctx->failure.code))
		return got;
	*ret = (struct hook_answer){ .verdict = VERDICT_RETRY };
	if (got != OK) {
		ret->failure = ctx->failure.code;
		fail_clear(ctx);
		return OK;
	}
	ret->status = answer.status;
	ret->verdict = hook_verdict_of(answer.status);
	ret->failure = failures[ret->verdict];
	ret->retry_after_s = retry_after_of(&answer);
	return OK;
}

int64_t
hook_back_off_us(struct ctx *ctx, int64_t tries, int64_t retry_after_s)
{
	int64_t wait_us = BACK_OFF_FIRST_US;

	for (int64_t i = 1; i < tries && wait_us < BACK_OFF_MOST_US; i++)
		wait_us *= 2;
	if (wait_us > BACK_OFF_MOST_US)
		wait_us = BACK_OFF_MOST_US;
	wait_us -=
	    (int64_t)random_below(ctx->random, (uint64_t)wait_us / 2 + 1);
	if (retry_after_s > RETRY_AFTER_MOST_S)
		retry_after_s = RETRY_AFTER_MOST_S;
	return wait_us > retry_after_s * SECOND_US ? wait_us
						   : retry_after_s * SECOND_US;
}
