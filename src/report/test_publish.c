#include "report/t_act.h"

#include <stdatomic.h>

#include "core/arena.h"
#include "store/store.h"

/*
 * What is committed is answered as done, so nothing may fail between the commit
 * and the cube: nothing there asks for memory.  The allocator of the sanitizers
 * says when something does; without one there is nothing to see, and the tests
 * skip.
 */
__attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(
    void (*taken)(const volatile void *, size_t),
    void (*given)(const volatile void *));

static _Thread_local bool watching;
static atomic_int taken;

static void
note_taken(const volatile void *at, size_t len)
{
	(void)at;
	(void)len;
	if (watching)
		atomic_fetch_add(&taken, 1);
}

static void
note_given(const volatile void *at)
{
	(void)at;
}

static void
watch(struct tx_effect *self)
{
	(void)self;
	watching = true;
}

static void
look_away(struct tx_effect *self)
{
	(void)self;
	watching = false;
}

struct watched {
	enum fail (*act)(struct ctx *ctx, void *doing);
	struct doing *doing;
};

/* One act between two effects of ours: the first that is applied, and the last. */
static enum fail
watched_act(struct ctx *ctx, void *arg)
{
	struct watched *watched = arg;
	struct tx_effect *first = ARENA_NEW(ctx->arena, struct tx_effect);
	struct tx_effect *last = ARENA_NEW(ctx->arena, struct tx_effect);

	first->apply = watch;
	last->apply = look_away;
	tx_stage_effect(ctx, first);
	TRY(watched->act(ctx, watched->doing));
	tx_stage_effect(ctx, last);
	return OK;
}

static void
do_watched(struct world *w, enum fail (*act)(struct ctx *ctx, void *doing),
    struct doing *doing)
{
	struct watched watched = { act, doing };

	t_ok(&w->t->ctx, t_unit(w->t, watched_act, &watched));
}

static void
assert_the_hook_sees_memory_taken(void)
{
	watching = true;
	arena_free(arena_new(0));
	watching = false;
	assert_true(atomic_load(&taken) > 0);
	atomic_store(&taken, 0);
}

static void
publishing_asks_for_no_memory(void **state)
{
	struct t *t = *state;
	struct world *w = NULL;
	struct doing doing = { .reason = "why", .cells = CELLS_MORE };

	if (__sanitizer_install_malloc_and_free_hooks == NULL)
		skip();
	assert_true(__sanitizer_install_malloc_and_free_hooks(note_taken,
			note_given) != 0);
	assert_the_hook_sees_memory_taken();
	w = world_new(t);
	doing.world = w;
	/* The first of a form and period, so that its slab is made, too. */
	world_be_both(w, w->commune[0]);
	doing.unit = w->commune[0];
	do_watched(w, act_open, &doing);
	do_watched(w, act_save, &doing);
	do_watched(w, act_submit, &doing);
	do_watched(w, act_sign, &doing);
	/* With a view of the totals, which grows with each new unit. */
	(void)world_total(w, w->nation, "a.c1", 0);
	for (size_t u = 1; u < 6; u++) {
		world_be_both(w, w->commune[u]);
		doing.unit = w->commune[u];
		do_watched(w, act_open, &doing);
		do_watched(w, act_save, &doing);
		do_watched(w, act_submit, &doing);
		do_watched(w, act_sign, &doing);
	}
	world_be(w, w->district[1], "collector");
	do_watched(w, act_accept, &doing);
	world_be_both(w, w->commune[5]);
	doing.cells = CELLS_GOOD;
	do_watched(w, act_amend, &doing);
	do_watched(w, act_save, &doing);
	do_watched(w, act_submit, &doing);
	do_watched(w, act_sign, &doing);
	world_be(w, w->district[1], "collector");
	do_watched(w, act_send_back, &doing);
	world_be(w, w->province, "collector");
	doing.unit = w->province;
	do_watched(w, act_close, &doing);
	assert_int_equal(atomic_load(&taken), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(publishing_asks_for_no_memory),
	};
	return t_run(tests);
}
