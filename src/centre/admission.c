#include "centre/admission.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/home.h"

const struct option centre_option_table[] = {
	[CENTRE_LARGE] = OPT_INT("figures.large_at_once", 2, 1, 64, "",
	    OPTION_RELOAD,
	    "Large questions of figures at work at the same time; each keeps "
	    "a reader of the database and a processor."),
	[CENTRE_BYTES] = OPT_INT("figures.answers", INT64_C(256) << 20,
	    INT64_C(16) << 20, INT64_C(64) << 30, "bytes", OPTION_RELOAD,
	    "Memory that large answers may hold until they have been taken."),
	{ 0 },
};

struct admission {
	atomic_int large;
	atomic_size_t bytes;
};

struct kept {
	struct admission *admission;
	size_t bytes;
};

struct admission *
admission_new(void)
{
	struct admission *admission = calloc(1, sizeof(*admission));

	assert(admission != NULL);
	atomic_init(&admission->large, 0);
	atomic_init(&admission->bytes, 0);
	return admission;
}

void
admission_free(struct admission *admission)
{
	free(admission);
}

static const char owner[] = "admission";

void
admission_attach(struct home *home, struct admission *admission)
{
	home_keep(home, owner, admission);
}

struct admission *
admission_of(const struct home *home)
{
	return home_state(home, owner);
}

enum fail
admission_enter(struct ctx *ctx)
{
	struct admission *admission = admission_of(ctx->home);
	const int64_t large_max =
	    option_int(ctx->home, &centre_option_table[CENTRE_LARGE]);
	const int64_t bytes_max =
	    option_int(ctx->home, &centre_option_table[CENTRE_BYTES]);

	if (admission == NULL)
		return OK;
	if (atomic_load(&admission->bytes) >= (size_t)bytes_max)
		return FAIL(ctx, FAIL_BUSY, "figures.busy",
		    "large answers of %" PRId64 " bytes wait to be taken",
		    bytes_max);
	if (atomic_fetch_add(&admission->large, 1) < large_max)
		return OK;
	atomic_fetch_sub(&admission->large, 1);
	return FAIL(ctx, FAIL_BUSY, "figures.busy",
	    "%" PRId64 " large questions are at work", large_max);
}

void
admission_leave(struct ctx *ctx)
{
	if (admission_of(ctx->home) != NULL)
		atomic_fetch_sub(&admission_of(ctx->home)->large, 1);
}

static void
let_go(void *object)
{
	const struct kept *kept = object;

	atomic_fetch_sub(&kept->admission->bytes, kept->bytes);
}

void
admission_keep(struct ctx *ctx, size_t bytes)
{
	struct admission *admission = admission_of(ctx->home);
	struct kept *kept = NULL;

	if (admission == NULL)
		return;
	kept = ARENA_NEW(ctx->arena, struct kept);
	*kept = (struct kept){ admission, bytes };
	atomic_fetch_add(&admission->bytes, bytes);
	arena_defer(ctx->arena, let_go, kept);
}
