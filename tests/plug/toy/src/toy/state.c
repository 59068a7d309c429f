#include "toy/state.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "core/home.h"

struct toys {
	_Atomic int64_t polished;
};

static const char owner[] = "toy";

static struct toys *
toys_of(const struct home *home)
{
	return home_state(home, owner);
}

enum fail
toys_open(struct ctx *ctx)
{
	struct toys *toys = calloc(1, sizeof(*toys));

	if (toys == NULL)
		abort();
	home_keep(ctx->home, owner, toys);
	return OK;
}

void
toys_close(struct home *home)
{
	free(toys_of(home));
	home_keep(home, owner, NULL);
}

void
toys_count_polished(const struct home *home)
{
	if (toys_of(home) != NULL)
		atomic_fetch_add(&toys_of(home)->polished, 1);
}

int64_t
toys_polished(const struct home *home)
{
	return toys_of(home) == NULL ? 0
				     : atomic_load(&toys_of(home)->polished);
}
