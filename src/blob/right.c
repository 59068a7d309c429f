#include "blob/right.h"

#include <errno.h>
#include <time.h>

#include "app/slice.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "store/blob.h"

#define PAGE 100

static const struct blob_owner *
owner_of(const struct home *home, const char *kind)
{
	for (const struct slice *const *s = home->slices; *s != NULL; s++)
		for (const struct blob_owner *o = (*s)->blobs;
		     o != NULL && o->kind != NULL; o++)
			if (text_equal(o->kind, kind))
				return o;
	return NULL;
}

static enum fail
may_read_one(struct ctx *ctx, const struct blob_ref *ref, bool *ret)
{
	const struct blob_owner *owner = owner_of(ctx->home, ref->kind);

	/* Of a slice that is not there any more: nobody's. */
	if (owner != NULL)
		TRY(owner->may_read(ctx, ref->id, ret));
	return OK;
}

enum fail
blob_may_read(struct ctx *ctx, const struct digest *digest, bool *ret)
{
	struct blob_ref after = { "", 0 };
	bool may = false;
	size_t count = PAGE;

	for (int asked = 0; !may && count == PAGE && asked < BLOB_REFS_MAX;
	     asked += PAGE) {
		struct blob_ref *refs = NULL;

		TRY(blob_refs(ctx, digest, &after, PAGE, &refs, &count));
		for (size_t i = 0; !may && i < count; i++)
			TRY(may_read_one(ctx, &refs[i], &may));
		if (count > 0)
			after = refs[count - 1];
	}
	*ret = may;
	return OK;
}

void
blob_refusal_wait(int64_t asked_us)
{
	const int64_t left_us = asked_us + BLOB_REFUSAL_US - time_steady_us();
	struct timespec left = { .tv_nsec = left_us * 1000 };

	while (left_us > 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
}
