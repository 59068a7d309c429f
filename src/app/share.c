#include "app/share.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/text.h"
#include "http/http.h"
#include "people/access.h"

/* A body on its way in; there are at most as many as connections. */
struct share {
	struct shares *of;
	struct share *next;
	int64_t person;
	int64_t bytes;
	const char *target;
};

struct shares {
	pthread_mutex_t lock;
	struct share *first;
};

struct shares *
shares_new(void)
{
	struct shares *shares = calloc(1, sizeof(*shares));

	assert(shares != NULL);
	(void)pthread_mutex_init(&shares->lock, NULL);
	return shares;
}

void
shares_free(struct shares *shares)
{
	if (shares == NULL)
		return;
	assert(shares->first == NULL);
	(void)pthread_mutex_destroy(&shares->lock);
	free(shares);
}

static void
give_back(void *object)
{
	struct share *share = object;
	struct share **at = &share->of->first;

	(void)pthread_mutex_lock(&share->of->lock);
	while (*at != share)
		at = &(*at)->next;
	*at = share->next;
	(void)pthread_mutex_unlock(&share->of->lock);
}

enum share_verdict { SHARE_FITS, SHARE_TWICE, SHARE_TOO_MUCH };

/* Look and take in one step, so that two that come together do not both fit. */
static enum share_verdict
take(struct shares *shares, struct share *share, int64_t most)
{
	enum share_verdict got = SHARE_FITS;
	int64_t held = 0;

	(void)pthread_mutex_lock(&shares->lock);
	for (const struct share *s = shares->first; s != NULL; s = s->next) {
		if (s->person != share->person)
			continue;
		held += s->bytes;
		if (text_equal(s->target, share->target))
			got = SHARE_TWICE;
	}
	if (got == SHARE_FITS && share->bytes > most - held)
		got = SHARE_TOO_MUCH;
	if (got == SHARE_FITS) {
		share->next = shares->first;
		shares->first = share;
	}
	(void)pthread_mutex_unlock(&shares->lock);
	return got;
}

enum fail
share_take(struct ctx *ctx, struct shares *shares, const char *target,
    int64_t bytes)
{
	const int64_t most =
	    option_int(ctx->home, &http_option_table[HTTP_SPOOL_SHARE]);
	struct share *share = NULL;

	if (bytes > most)
		return FAIL(ctx, FAIL_TOO_BIG, "input.too_big",
		    "%lld bytes of at most %lld in one body", (long long)bytes,
		    (long long)most);
	share = ARENA_NEW(ctx->arena, struct share);
	*share = (struct share){
		.of = shares,
		.person = ctx->actor->person,
		.bytes = bytes,
		.target = arena_text(ctx->arena, target),
	};
	switch (take(shares, share, most)) {
	case SHARE_FITS:
		arena_defer(ctx->arena, give_back, share);
		return OK;
	case SHARE_TWICE:
		return FAIL(ctx, FAIL_CONFLICT, "input.twice",
		    "another body is on its way to %s", target);
	case SHARE_TOO_MUCH:
		break;
	}
	return FAIL(ctx, FAIL_TOO_OFTEN, "input.share",
	    "more than %lld bytes of one person on their way", (long long)most);
}
