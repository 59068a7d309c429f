#include "app/slice.h"

#include <inttypes.h>

#include "app/routes.h"
#include "core/home.h"
#include "people/kept.h"
#include "people/people.h"

static enum fail
check_row(struct ctx *ctx, const struct slice *slice, const struct route *row)
{
	if (row->permission == NULL ||
	    people_grants(ctx->home->people, row->permission))
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "slice.permission",
	    "%s: %s %s asks for %s, which no slice grants", slice->name,
	    method_names[row->method], row->path, row->permission);
}

static enum fail
check_permissions(struct ctx *ctx, const struct slice *slice)
{
	if (slice->routes == NULL)
		return OK;
	for (const struct route *const *table = slice->routes; *table != NULL;
	     table++)
		for (const struct route *row = *table; row->path != NULL; row++)
			TRY(check_row(ctx, slice, row));
	return OK;
}

static enum fail
check_flows(struct ctx *ctx, const struct slice *slice)
{
	const struct flow *const *flow = slice->flows;

	for (; flow != NULL && *flow != NULL; flow++)
		TRY(flow_known(ctx, slice->name, *flow));
	return OK;
}

enum fail
slices_open(struct ctx *ctx)
{
	const struct slice *const *slices = ctx->home->slices;

	for (size_t i = 0; slices[i] != NULL; i++)
		if (slices[i]->grants != NULL)
			TRY(people_grant(ctx, slices[i]->grants));
	for (size_t i = 0; slices[i] != NULL; i++) {
		TRY(check_permissions(ctx, slices[i]));
		TRY(check_flows(ctx, slices[i]));
	}
	for (size_t i = 0; slices[i] != NULL; i++)
		if (slices[i]->open != NULL)
			TRY(slices[i]->open(ctx));
	return OK;
}

enum fail
slices_adopt(struct ctx *ctx)
{
	const struct slice *const *slices = ctx->home->slices;

	for (size_t i = 0; slices[i] != NULL; i++)
		if (slices[i]->adopt != NULL)
			TRY(slices[i]->adopt(ctx));
	return OK;
}

enum fail
slices_adopt_rows(struct ctx *ctx)
{
	const struct slice *const *slices = ctx->home->slices;

	for (size_t i = 0; slices[i] != NULL; i++)
		if (slices[i]->adopt_rows != NULL)
			TRY(slices[i]->adopt_rows(ctx));
	return OK;
}

static enum fail
tally_table(struct ctx *ctx, const struct tally_table *table,
    struct tally *tally, struct text *said)
{
	const int64_t before = tally->count;

	TRY(table->rows(ctx, INT64_MIN, INT64_MAX, tally));
	text_addf(said, ", %" PRId64 " %s", tally->count - before, table->name);
	return OK;
}

enum fail
slices_tally(struct ctx *ctx, struct tally *tally, struct text *said)
{
	const struct slice *const *slices = ctx->home->slices;

	TRY(kept_tally(ctx, tally, said));
	for (size_t i = 0; slices[i] != NULL; i++) {
		const struct tally_table *table = slices[i]->tallies;

		for (; table != NULL && table->name != NULL; table++)
			TRY(tally_table(ctx, table, tally, said));
	}
	return OK;
}

enum fail
slices_replay(struct ctx *ctx)
{
	const struct slice *const *slices = ctx->home->slices;

	for (size_t i = 0; slices[i] != NULL; i++)
		if (slices[i]->replay != NULL)
			TRY(slices[i]->replay(ctx));
	return OK;
}

void
slices_close(struct home *home)
{
	size_t count = 0;

	if (home->slices == NULL)
		return;
	while (home->slices[count] != NULL)
		count++;
	while (count > 0)
		if (home->slices[--count]->close != NULL)
			home->slices[count]->close(home);
}
