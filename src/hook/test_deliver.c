#include "http/t_receiver.h"
#include "people/t_people.h"
#include "t_store.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "app/slice.h"
#include "core/day.h"
#include "core/random.h"
#include "event/event.h"
#include "hook/deliver.h"
#include "hook/event.h"
#include "hook/hook.h"
#include "hook/hooks.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "people/person.h"
#include "store/store.h"
#include "store/within.h"

/*
 * Deliveries inside one process whose steps the test breaks; what a whole
 * server does is in tests/hook/test_hooks.py.
 */
#define MANY 100

static enum fail
may_see(struct ctx *ctx, const struct event *event, bool *ret)
{
	*ret = access_may(ctx, "thing.read", event->unit);
	return OK;
}

static const struct event_kind things[] = {
	{ "vn.truc.thing.touched", "thing", NULL, NULL, may_see },
	{ 0 },
};
static const struct slice thing = { .name = "thing", .events = things };
static const struct slice hook = { .name = "hook", .events = hook_events };
static const struct slice *const slices[] = { &thing, &hook, NULL };
static const struct grant grants[] = {
	{ "thing.read", ROLE_CLERK },
	{ "hook.own", ROLE_EVERYBODY },
	{ 0 },
};

struct world {
	struct actor hoa; /* clerk of unit 7 */
	struct position position;
	struct receiver *receiver;
	int64_t hook;
	char url[64];
};

static void
end_process(void *object)
{
	struct t *t = object;

	hooks_close(&t->home);
	client_free(t->home.client);
	events_close(t->home.events);
	ledger_close(t->home.ledger);
	store_close(t->home.store);
	jobs_free(t->home.jobs);
	t->home.store = NULL;
}

static enum fail
make_person(struct ctx *ctx, void *arg)
{
	struct world *world = arg;
	const struct person_new in = { .login = "hoa", .name = "Hoa" };

	ctx->actor = &access_system;
	TRY(person_create(ctx, &in, &world->hoa.person));
	return position_grant(ctx, world->hoa.person, 7, "clerk");
}

static enum fail
make_hook(struct ctx *ctx, void *arg)
{
	struct world *world = arg;
	const struct hook_new in = { .url = world->url,
		.events = "vn.truc.thing.*",
		.unit = 7,
		.role = "clerk" };
	const char *secret = NULL;

	ctx->actor = &world->hoa;
	return hook_create(ctx, &in, &world->hook, &secret);
}

static void
begin(struct t *t, struct world *world, void (*act)(struct receiver *, int),
    const char *text)
{
	static const struct job_kind *const tables[] = { hook_jobs, NULL };
	static char store[4200];
	const struct store_options options = { .url = store };
	struct home *home = &t->home;

	memset(world, 0, sizeof(*world));
	home->data_dir = t_folder(t);
	(void)snprintf(store, sizeof(store), "sqlite:%s/truc.db", t_folder(t));
	home->slices = slices;
	t_people(t, NULL);
	t_grant(t, grants);
	home->jobs = jobs_new(tables);
	t_ok(&t->ctx, store_open(&t->ctx, &options, &home->store));
	t_ok(&t->ctx, ledger_open(&t->ctx, &home->ledger));
	t_ok(&t->ctx, events_open(&t->ctx, &home->events));
	t_ok(&t->ctx, hooks_open(&t->ctx));
	t_ok(&t->ctx, client_new(&t->ctx,
			  &(struct client_options){ .networks = "127.0.0.0/8" },
			  &home->client));
	t_defer(t, end_process, t);
	world->receiver = t_receive(t, AF_INET, act, text);
	(void)snprintf(world->url, sizeof(world->url), "http://127.0.0.1:%d/in",
	    world->receiver->port);
	t_ok(&t->ctx, t_unit(t, make_person, world));
	world->position = (struct position){ 7, access_role("clerk") };
	world->hoa.login = "hoa";
	world->hoa.positions = &world->position;
	world->hoa.position_count = 1;
}

static enum fail
touch(struct ctx *ctx, void *arg)
{
	return event_emit(ctx, "vn.truc.thing.touched", arg, 7);
}

static void
touched(struct t *t, int times)
{
	for (int i = 0; i < times; i++)
		t_ok(&t->ctx, t_unit(t, touch, (void *)(uintptr_t) "17"));
}

static enum fail
run(struct t *t)
{
	int count = 0;
	int64_t next_us = 0;

	(void)t_fresh(t);
	t->ctx.actor = &access_system;
	return jobs_run_due(&t->ctx, JOB_OUTBOUND, MANY, &count, &next_us);
}

struct looking {
	struct world *world;
	struct hook hook;
	struct hook_letter_page page;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct looking *looking = arg;
	const int64_t id = looking->world->hook;

	ctx->actor = &looking->world->hoa;
	TRY(hook_load(ctx, id, &looking->hook));
	return hook_letter_list(ctx, id, 0, HOOK_PAGE_MAX, &looking->page);
}

static struct looking
seen(struct t *t, struct world *world)
{
	struct looking looking = { .world = world };

	t_ok(&t->ctx, t_read(t, look, &looking));
	return looking;
}

#define TAKEN "HTTP/1.1 204 Taken\r\n\r\n"
#define REFUSED "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"

static void
making_a_hook_survives_any_failing_step(void **state)
{
	struct t *t = *state;
	struct world world;

	begin(t, &world, t_answer, TAKEN);
	t_each_failure(t, make_hook, &world);
	assert_string_equal(seen(t, &world).hook.state, "active");
}

/* Whatever breaks, in the end all is delivered, and nothing in another order. */
static void
events_arrive_whatever_step_breaks(void **state)
{
	struct t *t = *state;
	struct world world;
	struct looking looking = { 0 };
	bool fired = true;
	int64_t wanted = 0;

	begin(t, &world, t_answer, TAKEN);
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	for (int step = 1; fired && step < T_STEPS_MAX; step++) {
		touched(t, 2);
		wanted += 2;
		t->faults = (struct faults){ .at = step };
		(void)run(t);
		fired = t->faults.fired;
		t->faults = (struct faults){ 0 };
		/* Past what a failed job or a dead one's lease waits. */
		for (int i = 0; i < 3; i++) {
			t->clock_us += DAY_S / 3 * SECOND_US;
			t_ok(&t->ctx, run(t));
		}
		looking = seen(t, &world);
		assert_false(looking.hook.is_behind);
		assert_int_equal(looking.hook.dead, 0);
		assert_true(looking.hook.sent <= wanted);
		assert_true(atomic_load(&world.receiver->called) >= wanted);
	}
	assert_false(fired);
}

static void
too_many_letters_stop_it(void **state)
{
	struct t *t = *state;
	struct world world;
	struct looking looking = { 0 };

	begin(t, &world, t_answer, REFUSED);
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	hooks_of(&t->home)->options.letters_max = 2;
	touched(t, 3);
	t_ok(&t->ctx, run(t));
	looking = seen(t, &world);
	assert_string_equal(looking.hook.state, "stopped");
	assert_string_equal(looking.hook.reason, "hook.too_many_letters");
	assert_int_equal(looking.hook.dead, 2);
	assert_int_equal(looking.page.count, 2);
	assert_true(looking.hook.is_behind);
	assert_int_equal(atomic_load(&world.receiver->called), 2);
}

static enum fail
prune(struct ctx *ctx, void *arg)
{
	int64_t *gone = arg;

	return event_prune(ctx, ctx->now_us + 1, MANY, gone);
}

struct replaying {
	const struct world *world;
	int64_t count;
};

static enum fail
replay_all(struct ctx *ctx, void *arg)
{
	struct replaying *replaying = arg;

	ctx->actor = &replaying->world->hoa;
	return hook_replay(ctx, replaying->world->hook, 0, &replaying->count);
}

static void
what_was_pruned_before_it_was_sent_leaves_a_letter(void **state)
{
	struct t *t = *state;
	struct world world;
	struct replaying replaying = { .world = &world, .count = -1 };
	struct looking looking = { 0 };
	int64_t gone = 0;

	begin(t, &world, t_answer, TAKEN);
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	touched(t, 5);
	t_ok(&t->ctx, t_unit(t, prune, &gone));
	assert_int_equal(gone, 4);
	t_ok(&t->ctx, run(t));
	looking = seen(t, &world);
	assert_int_equal(looking.hook.sent, 1);
	assert_false(looking.hook.is_behind);
	assert_int_equal(looking.page.count, 1);
	assert_string_equal(looking.page.items[0].event, "");
	assert_string_equal(looking.page.items[0].failure, "event.pruned");
	/* It cannot be sent again. */
	t_ok(&t->ctx, t_unit(t, replay_all, &replaying));
	assert_int_equal(replaying.count, 0);
}

static enum fail
append_other(struct ctx *ctx, void *arg)
{
	struct ledger_entry *entry = NULL;

	(void)arg;
	return ledger_append(ctx, "thing.silent", 7, bytes_of_text("{}"),
	    &entry);
}

/* Entries that are no events are positions, too. */
static void
a_letter_is_found_again_behind_what_is_no_event(void **state)
{
	struct t *t = *state;
	struct world world;
	struct replaying replaying = { .world = &world };
	struct looking looking = { 0 };

	begin(t, &world, t_answer, REFUSED);
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	for (int i = 0; i < 3; i++)
		t_ok(&t->ctx, t_unit(t, append_other, NULL));
	touched(t, 2);
	t_ok(&t->ctx, run(t));
	assert_int_equal(seen(t, &world).page.count, 2);
	world.receiver->arg = TAKEN;
	t_ok(&t->ctx, t_unit(t, replay_all, &replaying));
	assert_int_equal(replaying.count, 2);
	t_ok(&t->ctx, run(t));
	looking = seen(t, &world);
	assert_int_equal(looking.page.count, 0);
	assert_int_equal(looking.hook.dead, 0);
	assert_int_equal(looking.hook.sent, 2);
	assert_int_equal(atomic_load(&world.receiver->called), 4);
}

static void
a_clock_put_back_keeps_no_hook_waiting(void **state)
{
	struct t *t = *state;
	struct world world;

	begin(t, &world, t_answer, TAKEN);
	t->clock_us += 365 * DAY_S * SECOND_US;
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	world.receiver->arg = "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
	touched(t, 1);
	t_ok(&t->ctx, run(t));
	assert_int_equal(seen(t, &world).hook.tries, 1);
	world.receiver->arg = TAKEN;
	t_ok(&t->ctx, run(t));
	assert_int_equal(seen(t, &world).hook.sent, 0);
	t->clock_us -= 364 * DAY_S * SECOND_US;
	t_ok(&t->ctx, run(t));
	assert_int_equal(seen(t, &world).hook.sent, 1);
}

static enum fail
revoke(struct ctx *ctx, void *arg)
{
	const struct world *world = arg;

	ctx->actor = &access_system;
	return position_revoke(ctx, world->hoa.person, 7, "clerk");
}

static enum fail
schedule(struct t *t)
{
	int count = 0;
	int64_t next_us = 0;

	(void)t_fresh(t);
	t->ctx.actor = &access_system;
	TRY(jobs_schedule(&t->ctx));
	t->clock_us += DAY_S * SECOND_US;
	(void)t_fresh(t);
	t->ctx.actor = &access_system;
	return jobs_run_due(&t->ctx, JOB_LONG, MANY, &count, &next_us);
}

static void
the_sweep_ends_what_nothing_happens_to_and_forgets_what_is_old(void **state)
{
	struct t *t = *state;
	struct world world;
	struct looking looking = { .world = &world };

	begin(t, &world, t_answer, REFUSED);
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	touched(t, 2);
	t_ok(&t->ctx, run(t));
	assert_int_equal(seen(t, &world).page.count, 2);
	t_ok(&t->ctx, t_unit(t, revoke, &world));
	t_ok(&t->ctx, schedule(t));
	looking = seen(t, &world);
	assert_string_equal(looking.hook.state, "ended");
	assert_string_equal(looking.hook.reason, "position.revoked");
	assert_int_equal(looking.page.count, 2);
	t->clock_us += 90 * DAY_S * SECOND_US;
	t_ok(&t->ctx, schedule(t));
	t_fails(&t->ctx, t_read(t, look, &looking), FAIL_NOT_FOUND,
	    "hook.unknown");
}

static void
without_hooks_nothing_is_looked_for_and_nothing_written(void **state)
{
	struct t *t = *state;
	struct world world;
	uint64_t before = 0;

	begin(t, &world, t_answer, TAKEN);
	t_ok(&t->ctx, run(t));
	assert_false(atomic_load(&hooks_of(&t->home)->has_any));
	touched(t, 1);
	before = t_digest(t);
	t_ok(&t->ctx, run(t));
	assert_int_equal(t_digest(t), before);
	/* One that is made is seen again, and begins behind that event. */
	t_ok(&t->ctx, t_unit(t, make_hook, &world));
	assert_true(atomic_load(&hooks_of(&t->home)->has_any));
	t_ok(&t->ctx, run(t));
	assert_int_equal(atomic_load(&world.receiver->called), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(making_a_hook_survives_any_failing_step),
		t_test(events_arrive_whatever_step_breaks),
		t_test(too_many_letters_stop_it),
		t_test(what_was_pruned_before_it_was_sent_leaves_a_letter),
		t_test(a_letter_is_found_again_behind_what_is_no_event),
		t_test(a_clock_put_back_keeps_no_hook_waiting),
		t_test(
		    the_sweep_ends_what_nothing_happens_to_and_forgets_what_is_old),
		t_test(without_hooks_nothing_is_looked_for_and_nothing_written),
	};

	return t_run(tests);
}
