#include "t_model.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file.h"
#include "cube/slab.h"
#include "cube/snapshot.h"
#include "cube/snapshot_form.h"

/*
 * A cube that was written and read back answers as the one it was made of; and
 * a file that is not whole, or not ours, is refused and never half taken.
 */
#define SNAPSHOT_MAX ((size_t)8 << 20)

static const char *
path_of(struct t *t, const char *name)
{
	return arena_printf(t->ctx.arena, "%s/%s", t_folder(t), name);
}

/* A mark that only has to come back; the ledger's own are tested there. */
static struct ledger_mark
mark_at(int64_t size)
{
	static const uint8_t frontier[] = "some digests";

	return (struct ledger_mark){ "truc/ledger/test", size,
		{ frontier, sizeof(frontier) } };
}

static void
write_at(struct t *t, const char *name, int64_t size)
{
	const struct ledger_mark mark = mark_at(size);

	t_ok(&t->ctx, snapshot_write(&t->ctx, cube_of(&t->home),
			  path_of(t, name), &mark, NULL, NULL));
}

/* Into a cube in home's place. */
static struct cube *
read_back(struct t *t, const char *name, int64_t size)
{
	struct cube *cube = cube_new();
	struct cube *read = NULL;
	struct ledger_mark mark = { 0 };
	struct digest sum = { 0 };
	struct digest made = { 0 };

	t_ok(&t->ctx,
	    snapshot_read(&t->ctx, path_of(t, name), &read, &mark, &sum));
	assert_int_equal(mark.size, size);
	assert_string_equal(mark.origin, mark_at(0).origin);
	assert_true(bytes_equal(mark.frontier, mark_at(0).frontier));
	t_ok(&t->ctx, snapshot_sum(&t->ctx, read, &mark, &made));
	assert_memory_equal(made.at, sum.at, DIGEST_LEN);
	cube_adopt(cube, read, mark.size);
	assert_int_equal(cube_kept(cube), size);
	cube_attach(&t->home, cube);
	return cube;
}

static struct bytes
content(struct t *t, const char *name)
{
	struct bytes got = { 0 };

	t_ok(&t->ctx, file_read(&t->ctx, path_of(t, name), SNAPSHOT_MAX, &got));
	return got;
}

/* What the model knows and the cube has not yet. */
static void
catch_up(struct model *m, int64_t from)
{
	struct ctx *ctx = &m->world.t->ctx;

	for (size_t i = 0; i < m->count; i++) {
		struct happened *h = &m->events[i];

		if (h->event.index >= from)
			t_ok(ctx, cube_replay(ctx, world_version(m->world.t),
				      &m->periods[h->period], &h->event));
	}
	cube_replayed(cube_of(&m->world.t->home), m->next_index);
}

static void
ask_everything(struct model *m)
{
	static const char *const days[] = { NULL, "2024-12-31", "2025-07-01" };

	for (int i = 0; i < 24; i++) {
		const int period = i % 2;
		struct cube_question q = question(m, period, days[i % 3],
		    i / 6 % 2 == 0 ? BASIS_SENT : BASIS_ACCEPTED);

		q.index = i % 4 == 0 ? (int64_t)world_dice(&m->world,
					   (uint64_t)m->next_index + 1)
				     : INT64_MAX;
		q.level = 1 + i % 3;
		if (i % 5 == 0) {
			q.level = -1;
			q.children_of = structure_root(q.structure);
		}
		q.apportion = i % 7 == 0;
		check(m, &q, period);
	}
	t_fresh(m->world.t);
}

static void
a_cube_goes_on_from_a_snapshot_of_any_index(void **state)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct t *t = *state;
		struct model *m = model_make(t, seed);
		struct cube *first = cube_of(&t->home);

		for (int round = 0; round < 6; round++) {
			const int64_t size = (int64_t)world_dice(&m->world,
			    (uint64_t)m->next_index + 1);
			struct bytes once = { 0 };
			struct bytes again = { 0 };
			struct cube_stats stats[2] = { 0 };
			struct cube *second = NULL;

			write_at(t, "a", size);
			second = read_back(t, "a", size);
			write_at(t, "b", size);
			once = content(t, "a");
			again = content(t, "b");
			assert_true(bytes_equal(once, again));
			catch_up(m, size);
			ask_everything(m);
			cube_stats(first, &stats[0]);
			cube_stats(second, &stats[1]);
			assert_int_equal(stats[0].rows, stats[1].rows);
			assert_int_equal(stats[0].events, stats[1].events);
			cube_attach(&t->home, first);
			cube_free(second);
			happen(m, 1 + (int)world_dice(&m->world, 120));
		}
		t_teardown(state);
		assert_int_equal(t_setup(state), 0);
	}
}

/* Without the flushes that file_write makes: there are thousands. */
static void
put_file(const char *path, struct bytes bytes)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

/* The file as it is given must be refused as damaged. */
static void
refused(struct t *t, struct bytes bytes)
{
	struct cube *read = NULL;
	struct ledger_mark mark = { 0 };
	struct digest sum = { 0 };

	put_file(path_of(t, "bad"), bytes);
	t_fails(&t->ctx,
	    snapshot_read(&t->ctx, path_of(t, "bad"), &read, &mark, &sum),
	    FAIL_INVALID, "cube.snapshot");
	assert_null(read);
	t_fresh(t);
}

static void
a_snapshot_that_is_cut_or_changed_anywhere_is_refused(void **state)
{
	struct t *t = *state;
	struct model *m = model_make(t, 4);
	struct arena *lasting = arena_new(0);
	struct bytes whole = { 0 };
	uint8_t *changed = NULL;

	happen(m, 12);
	write_at(t, "a", m->next_index);
	whole = content(t, "a");
	changed = arena_copy(lasting, whole.at, whole.len);
	whole.at = arena_copy(lasting, whole.at, whole.len);
	for (size_t i = 0; i < whole.len; i++) {
		const uint8_t bit = (uint8_t)(1U << world_dice(&m->world, 8));

		changed[i] ^= bit;
		refused(t, (struct bytes){ changed, whole.len });
		changed[i] ^= bit;
		refused(t, (struct bytes){ whole.at, i });
	}
	changed = arena_alloc(lasting, whole.len + 1, 1);
	memcpy(changed, whole.at, whole.len);
	refused(t, (struct bytes){ changed, whole.len + 1 });
	arena_free(lasting);
}

/* Changed by somebody who can make the sum fit. */
static void
refused_resealed(struct t *t, struct bytes whole, size_t at, uint8_t byte)
{
	uint8_t *changed = arena_copy(t->ctx.arena, whole.at, whole.len);
	const size_t len = whole.len - DIGEST_LEN;
	struct digest sum;

	changed[at] = byte;
	sum = digest_of((struct bytes){ changed, len });
	memcpy(changed + len, sum.at, DIGEST_LEN);
	refused(t, (struct bytes){ changed, whole.len });
}

static void
a_snapshot_of_another_format_or_form_is_refused_whatever_its_sum(void **state)
{
	struct t *t = *state;
	struct model *m = model_make(t, 5);
	struct arena *lasting = arena_new(0);
	struct bytes whole = { 0 };
	size_t slab = sizeof(struct snapshot_head) + strlen(mark_at(0).origin) +
		      mark_at(0).frontier.len;
	size_t leaf =
	    slab + sizeof(struct snapshot_slab) + sizeof(struct snapshot_slot);

	say(m, 0, m->world.ids[3], CUBE_SENT, 1, 5, CELL_NONE);
	write_at(t, "a", m->next_index);
	whole = content(t, "a");
	whole.at = arena_copy(lasting, whole.at, whole.len);
	refused_resealed(t, whole, strlen("truc cube snapshot "), '1');
	refused_resealed(t, whole, offsetof(struct snapshot_head, slabs), 2);
	refused_resealed(t, whole, slab, (uint8_t)~whole.at[slab]);
	refused_resealed(t, whole, slab + offsetof(struct snapshot_slab, cells),
	    WORLD_CELLS + 1);
	refused_resealed(t, whole, slab + offsetof(struct snapshot_slab, slots),
	    2);
	refused_resealed(t, whole,
	    slab + offsetof(struct snapshot_slab, closings), 1);
	refused_resealed(t, whole,
	    leaf + offsetof(struct snapshot_leaf, index) + 6, 1);
	refused_resealed(t, whole,
	    leaf + offsetof(struct snapshot_leaf, returned) + 7, 0);
	refused_resealed(t, whole,
	    leaf + offsetof(struct snapshot_leaf, version) + 3, 0x80);
	refused_resealed(t, whole, leaf + offsetof(struct snapshot_leaf, width),
	    3);
	refused_resealed(t, whole, leaf + offsetof(struct snapshot_leaf, full),
	    2);
	refused_resealed(t, whole, whole.len - DIGEST_LEN - 1,
	    CELL_WITHHELD + 1);
	arena_free(lasting);
}

/* Each step that can fail, until none does. */
static void
a_failing_step_leaves_the_snapshot_before_as_it_was(void **state)
{
	struct t *t = *state;
	struct model *m = model_make(t, 6);
	int64_t size = 0;
	bool fired = true;

	happen(m, 10);
	size = m->next_index;
	write_at(t, "a", size);
	happen(m, 10);
	for (int step = 1; fired; step++) {
		const struct ledger_mark mark = mark_at(m->next_index);
		struct cube *read = NULL;
		struct ledger_mark got = { 0 };
		struct digest sum = { 0 };
		enum fail outcome = OK;

		t->faults = (struct faults){ .at = step };
		outcome = snapshot_write(&t->ctx, cube_of(&t->home),
		    path_of(t, "a"), &mark, NULL, NULL);
		fired = t->faults.fired > 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(outcome == OK, !fired);
		t_fresh(t);
		assert_false(file_exists(path_of(t, "a.part")));
		t_ok(&t->ctx,
		    snapshot_read(&t->ctx, path_of(t, "a"), &read, &got, &sum));
		/* The folder's flush comes after the new name. */
		assert_true(got.size == size || got.size == m->next_index);
		assert_true(fired || got.size == m->next_index);
		cube_free(read);
	}
	fired = true;
	for (int step = 1; fired; step++) {
		struct cube *read = NULL;
		struct ledger_mark got = { 0 };
		struct digest sum = { 0 };
		enum fail outcome = OK;

		t->faults = (struct faults){ .at = step };
		outcome =
		    snapshot_read(&t->ctx, path_of(t, "a"), &read, &got, &sum);
		fired = t->faults.fired > 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(outcome == OK, !fired);
		assert_int_equal(read != NULL, !fired);
		cube_free(read);
		t_fresh(t);
	}
	{
		struct cube *read = NULL;
		struct ledger_mark got = { 0 };
		struct digest sum = { 0 };

		t_fails(&t->ctx,
		    snapshot_read(&t->ctx, path_of(t, "none"), &read, &got,
			&sum),
		    FAIL_NOT_FOUND, "file.missing");
	}
}

static void
a_snapshot_waits_for_what_is_durable_and_not_for_ever(void **state)
{
	struct t *t = *state;
	struct model *m = model_make(t, 7);
	struct cube *cube = cube_of(&t->home);
	const struct ledger_mark mark = mark_at(m->next_index + 30);

	happen(m, 5);
	atomic_fetch_add(&cube->staged, 1);
	t_fails(&t->ctx,
	    snapshot_write(&t->ctx, cube_of(&t->home), path_of(t, "a"), &mark,
		NULL, NULL),
	    FAIL_BUSY, "cube.behind");
	assert_false(file_exists(path_of(t, "a")));
	assert_int_equal(cube_kept(cube), -1);
	atomic_fetch_sub(&cube->staged, 1);
	write_at(t, "a", mark.size);
	assert_int_equal(cube_kept(cube), mark.size);
}

struct publisher {
	struct model *m;
	pthread_t thread;
	_Atomic bool done;
	bool failed;
};

static void *
publish(void *arg)
{
	struct publisher *p = arg;
	struct model *m = p->m;
	struct arena *arena = arena_new(0);
	struct ctx ctx = { 0 };

	ctx_init(&ctx, arena, &m->world.t->home);
	for (size_t i = 0; i < m->count && !p->failed; i++)
		p->failed = cube_replay(&ctx, world_version(m->world.t),
				&m->periods[m->events[i].period],
				&m->events[i].event) != OK;
	atomic_store(&p->done, true);
	arena_free(arena);
	return NULL;
}

/* Written beside a writer it is the same file as written afterwards. */
static void
a_snapshot_beside_a_writer_is_as_of_one_index(void **state)
{
	struct t *t = *state;
	struct model *m = model_make(t, 8);
	struct cube *first = cube_of(&t->home);
	struct publisher p = { .m = m };
	int64_t sizes[40] = { 0 };
	int written = 0;

	happen(m, 2500);
	cube_attach(&t->home, cube_new());
	assert_int_equal(pthread_create(&p.thread, NULL, publish, &p), 0);
	do {
		char name[16];

		(void)snprintf(name, sizeof(name), "s%d", written);
		sizes[written] = atomic_load(&cube_of(&t->home)->published);
		write_at(t, name, sizes[written++]);
	} while (written < 40 && !atomic_load(&p.done));
	pthread_join(p.thread, NULL);
	assert_false(p.failed);
	assert_true(written > 0);
	for (int i = 0; i < written; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "s%d", i);
		write_at(t, "after", sizes[i]);
		assert_true(bytes_equal(content(t, name), content(t, "after")));
		t_fresh(t);
	}
	cube_free(cube_of(&t->home));
	cube_attach(&t->home, first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_cube_goes_on_from_a_snapshot_of_any_index),
		t_test(a_snapshot_that_is_cut_or_changed_anywhere_is_refused),
		t_test(
		    a_snapshot_of_another_format_or_form_is_refused_whatever_its_sum),
		t_test(a_failing_step_leaves_the_snapshot_before_as_it_was),
		t_test(a_snapshot_waits_for_what_is_durable_and_not_for_ever),
		t_test(a_snapshot_beside_a_writer_is_as_of_one_index),
	};

	return t_run(tests);
}
