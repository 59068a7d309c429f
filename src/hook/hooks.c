#include "hook/hooks.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "event/event.h"
#include "hook/deliver.h"
#include "hook/message.h"
#include "hook/option.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "store/store.h"

static const char owner[] = "hook";

struct hooks *
hooks_of(const struct home *home)
{
	return home_state(home, owner);
}

/* In the leader of a batch: one wake is enough until the plan has looked. */
static void
news(void *arg)
{
	const struct home *home = arg;
	struct hooks *hooks = hooks_of(home);

	if (atomic_load(&hooks->has_any) &&
	    !atomic_exchange(&hooks->is_woken, true))
		jobs_wake(home->jobs, JOB_OUTBOUND);
}

enum fail
hooks_open(struct ctx *ctx)
{
	struct arena *arena = arena_new(0);
	struct hooks *hooks = ARENA_NEW(arena, struct hooks);

	hooks->arena = arena;
	hooks->options = (struct hooks_options){
		option_int(ctx->home, &hook_option_table[HOOK_RETRY]),
		option_int(ctx->home, &hook_option_table[HOOK_KEPT]),
		option_int(ctx->home, &hook_option_table[HOOK_LETTERS]),
	};
	hooks->source = message_source(arena, ledger_origin(ctx->home->ledger));
	/* Until the first plan has counted. */
	atomic_store(&hooks->has_any, true);
	home_keep(ctx->home, owner, hooks);
	event_listen(ctx->home->events, news, ctx->home);
	jobs_plan(ctx->home->jobs, JOB_OUTBOUND, hook_plan);
	return OK;
}

void
hooks_close(struct home *home)
{
	struct hooks *hooks = hooks_of(home);

	if (hooks == NULL)
		return;
	home_keep(home, owner, NULL);
	arena_free(hooks->tests_arena);
	arena_free(hooks->arena);
}

static void
begin_day(struct hooks *hooks, day today)
{
	arena_free(hooks->tests_arena);
	hooks->tests_arena = arena_new(0);
	hooks->tests = map_new(hooks->tests_arena, 0);
	hooks->tests_on = today;
}

enum fail
hooks_take_test(struct ctx *ctx)
{
	struct hooks *hooks = hooks_of(ctx->home);
	const int64_t person = ctx->actor->person;
	const int64_t most =
	    option_int(ctx->home, &hook_option_table[HOOK_TESTS_A_DAY]);
	const day today = day_of_us(ctx->now_us);
	int64_t *taken = NULL;

	if (hooks == NULL)
		return OK;
	if (hooks->tests == NULL || hooks->tests_on != today)
		begin_day(hooks, today);
	taken = map_get(hooks->tests, person);
	if (taken == NULL) {
		taken = ARENA_NEW(hooks->tests_arena, int64_t);
		map_put(hooks->tests, person, taken);
	}
	if (*taken >= most)
		return FAIL(ctx, FAIL_TOO_OFTEN, "hook.day_full",
		    "person %" PRId64 " has used up %s", person,
		    hook_option_table[HOOK_TESTS_A_DAY].name);
	++*taken;
	return OK;
}

struct waking {
	struct tx_effect link;
	const struct home *home;
};

static void
wake(struct tx_effect *self)
{
	const struct home *home = ((struct waking *)self)->home;
	struct hooks *hooks = hooks_of(home);

	/* In this order; see note_none in deliver.c. */
	atomic_fetch_add(&hooks->made, 1);
	atomic_store(&hooks->has_any, true);
	jobs_wake(home->jobs, JOB_OUTBOUND);
}

void
hooks_stage_wake(struct ctx *ctx)
{
	struct waking *waking = NULL;

	if (hooks_of(ctx->home) == NULL)
		return;
	waking = ARENA_NEW(ctx->arena, struct waking);
	waking->link.apply = wake;
	waking->home = ctx->home;
	tx_stage_effect(ctx, &waking->link);
}
