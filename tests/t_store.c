#include "t_store.h"

#include <string.h>

#include "store/store.h"

static void
close_store(void *object)
{
	store_close(object);
}

void
t_store(struct t *t)
{
	const struct store_options options = { .url = "sqlite::memory:" };

	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
	t_defer(t, close_store, t->home.store);
}

static enum fail
unit(struct t *t, enum tx_mode mode,
    enum fail (*run)(struct ctx *ctx, void *arg), void *arg)
{
	struct ctx *ctx = t_fresh(t);

	TRY(tx_begin(ctx, mode));
	return tx_end(ctx, run(ctx, arg));
}

enum fail
t_unit(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg), void *arg)
{
	return unit(t, TX_WRITE, run, arg);
}

enum fail
t_read(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg), void *arg)
{
	return unit(t, TX_READ, run, arg);
}

static enum fail
digest(struct ctx *ctx, void *arg)
{
	uint8_t out[32] = { 0 };

	TRY(store_digest(ctx, out));
	memcpy(arg, out, sizeof(uint64_t));
	return OK;
}

uint64_t
t_digest(struct t *t)
{
	struct arena *arena = arena_new(0);
	struct ctx ctx = { 0 };
	uint64_t out = 0;

	/* On the side: the failure of t->ctx stays readable. */
	ctx_init(&ctx, arena, &t->home);
	t_ok(&ctx, tx_begin(&ctx, TX_READ));
	t_ok(&ctx, tx_end(&ctx, digest(&ctx, &out)));
	arena_free(arena);
	return out;
}

void
t_each_failure(struct t *t, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg)
{
	for (int step = 1; step <= T_STEPS_MAX; step++) {
		const uint64_t before = t_digest(t);
		enum fail got = OK;

		t->faults = (struct faults){ .at = step };
		got = t_unit(t, run, arg);
		if (t->faults.fired == 0) {
			t->faults = (struct faults){ 0 };
			t_ok(&t->ctx, got);
			return;
		}
		t->faults = (struct faults){ 0 };
		assert_true(got == FAIL_INTERNAL || got == FAIL_UPSTREAM);
		assert_int_equal(t->ctx.failure.kind, got);
		assert_true(t_digest(t) == before);
	}
	t_fail("still failing after %d steps", T_STEPS_MAX);
}
