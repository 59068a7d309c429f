#include "ledger/t_ledger.h"

#include <unistd.h>

#include "core/day.h"
#include "core/file.h"
#include "core/text.h"
#include "store/query.h"

/*
 * A ledger that is opened again, and one that somebody else has changed.
 */

static void
a_ledger_goes_on_where_it_stood(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	t_ledger_open(t);
	id = t_ledger_appended(t, 5).id;
	t_ledger_close(t);
	t->clock_us -= HOUR_US;

	t_ledger_open(t);
	assert_int_equal(ledger_size(t->home.ledger), 5);
	{
		const struct ledger_entry entry = t_ledger_appended(t, 1);

		assert_int_equal(entry.index, 5);
		assert_int_equal(entry.id, id + 1);
		assert_int_equal(entry.at_us, t->clock_us + HOUR_US);
	}
	assert_int_equal(t_ledger_verified(t), 6);
	t_ledger_close(t);
}

static void
a_ledger_without_its_own_key_is_not_opened(void **state)
{
	struct t *t = *state;
	const char *path = NULL;

	t_ledger_open(t);
	t_ledger_appended(t, 1);
	ledger_close(t->home.ledger);
	t->home.ledger = NULL;
	path = arena_printf(t->ctx.arena, "%s/ledger.key", t_folder(t));
	assert_int_equal(unlink(path), 0);
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "ledger.broken");
	t_ok(&t->ctx,
	    file_write(&t->ctx, path, bytes_of_text("PRIVATE+KEY+\n"), 0600));
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INVALID,
	    "trust.key");
	{
		struct key *other = NULL;

		t_ok(&t->ctx, key_generate(&t->ctx, "truc/other", &other));
		t_ok(&t->ctx, key_save(&t->ctx, other, path));
		key_free(other);
	}
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "ledger.broken");
	assert_null(t->home.ledger);
	t_ledger_close(t);
}

static void
a_key_that_cannot_be_kept_opens_no_ledger(void **state)
{
	struct t *t = *state;

	t_ledger_store(t);
	t->home.data_dir = arena_printf(t->ctx.arena, "%s/absent", t_folder(t));
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "file.io");
	t_ledger_close(t);
}

struct walking {
	struct ledger_walk *walk;
	int64_t most;
	bool more;
	void (*meanwhile)(struct t *t); /* between two steps */
};

static enum fail
walk_begin(struct ctx *ctx, void *arg)
{
	struct walking *walking = arg;

	return ledger_walk_begin(ctx, &walking->walk);
}

static enum fail
walk_step(struct ctx *ctx, void *arg)
{
	struct walking *walking = arg;

	return ledger_walk_step(ctx, walking->walk, walking->most,
	    &walking->more);
}

/* As the nightly job does it: each step under a snapshot of its own. */
static enum fail
walked(struct t *t, struct walking *walking, int64_t *ret_checked)
{
	struct ctx *ctx = t_fresh(t);

	walking->more = true;
	TRY(tx_begin(ctx, TX_READ));
	TRY(tx_end(ctx, walk_begin(ctx, walking)));
	while (walking->more) {
		TRY(tx_begin(ctx, TX_READ));
		TRY(tx_end(ctx, walk_step(ctx, walking)));
		if (walking->meanwhile != NULL)
			walking->meanwhile(t);
	}
	*ret_checked = ledger_walk_done(walking->walk);
	assert_int_equal(*ret_checked, ledger_walk_total(walking->walk));
	return OK;
}

/* t_unit would free the walk's arena. */
static void
append_beside(struct t *t)
{
	struct t_ledger_order order = { .count = 3 };

	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, tx_end(&t->ctx, t_ledger_append(&t->ctx, &order)));
}

/* A walk ends although entries are appended faster than it goes. */
static void
a_walk_in_steps_checks_what_was_there_when_it_began(void **state)
{
	struct t *t = *state;
	int64_t checked = 0;

	t_ledger_memory(t);
	t_ledger_appended(t, 9);
	for (int64_t most = 1; most <= 10; most++) {
		struct walking walking = { .most = most,
			.meanwhile = append_beside };
		const int64_t size = ledger_size(t->home.ledger);

		t_ok(&t->ctx, walked(t, &walking, &checked));
		assert_int_equal(checked, size);
	}
	assert_int_equal(t_ledger_verified(t), ledger_size(t->home.ledger));
}

/*
 * What somebody with the database in hand may do, and who notices.  Static: the
 * store knows a query by its address.
 */
#define SQL(text) \
	{ \
		.name = "test", .sqlite = (text) \
	}

static const struct bend {
	struct store_query query;
	bool at_open; /* noticed without reading the bodies */
} bends[] = {
	{ SQL("UPDATE ledger_entry SET body = CAST('{\"value\":9}' AS BLOB)"
	      " WHERE idx = 3"),
	    false },
	{ SQL("UPDATE ledger_entry SET body = CAST('{\"value\":0} ' AS BLOB)"
	      " WHERE idx = 0"),
	    false },
	{ SQL("UPDATE ledger_entry SET salt = zeroblob(16) WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET body_digest = zeroblob(32) WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET (salt, body, body_digest) ="
	      " (SELECT salt, body, body_digest FROM ledger_entry WHERE idx = 1)"
	      " WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET kind = 'report.sigm' WHERE idx = 4"),
	    false },
	{ SQL("UPDATE ledger_entry SET unit = unit + 1 WHERE idx = 4"), false },
	{ SQL("UPDATE ledger_entry SET at = at - 1 WHERE idx = 0"), false },
	{ SQL("UPDATE ledger_entry SET at = at + 1 WHERE idx = 2"), false },
	{ SQL("UPDATE ledger_entry SET at = at + 1 WHERE idx = 4"), true },
	{ SQL("UPDATE ledger_entry SET idx = 5 WHERE idx = 2"), true },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 2"), false },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 0"), false },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 4"), true },
	{ SQL("DELETE FROM ledger_entry"), true },
	{ SQL("INSERT INTO ledger_entry (id, idx, at, kind, unit, salt, body_digest,"
	      " body) SELECT id + 9, 5, at, kind, unit, salt,"
	      " body_digest, body FROM ledger_entry WHERE idx = 4"),
	    true },
	{ SQL("DELETE FROM ledger_state"), true },
	{ SQL("UPDATE ledger_state SET size = 4"), true },
	{ SQL("UPDATE ledger_state SET size = 6"), true },
	{ SQL("UPDATE ledger_state SET size = -1"), true },
	{ SQL("UPDATE ledger_state SET at = at + 1"), true },
	{ SQL("UPDATE ledger_state SET frontier = zeroblob(64)"), true },
	{ SQL("UPDATE ledger_state SET frontier = zeroblob(0)"), true },
	{ SQL("UPDATE ledger_state SET checkpoint = ''"), true },
	{ SQL("UPDATE ledger_state SET checkpoint ="
	      " replace(checkpoint, char(10) || '5' || char(10),"
	      " char(10) || '6' || char(10))"),
	    true },
	{ SQL("UPDATE ledger_state SET checkpoint ="
	      " substr(checkpoint, 1, instr(checkpoint, '—') - 1)"),
	    true },
};

static enum fail
change(struct ctx *ctx, void *arg)
{
	const struct store_query *const *query = arg;
	int64_t changed = 0;

	return store_change(ctx, *query, NULL, &changed);
}

static void
changed_by(struct t *t, const struct store_query *query)
{
	t_ok(&t->ctx, t_unit(t, change, &query));
}

static void
notices(struct t *t, const struct bend *bend)
{
	int64_t checked = 0;
	struct ledger *again = NULL;

	for (int unit = 0; unit < 5; unit++) {
		t_ledger_appended(t, 1);
		t->clock_us += 10;
	}
	assert_int_equal(t_ledger_verified(t), 5);
	changed_by(t, &bend->query);
	if (t_read(t, t_ledger_verify, &checked) == OK)
		t_fail("nobody noticed %s", bend->query.sqlite);
	t_fails(&t->ctx, t->ctx.failure.kind, FAIL_INTERNAL, "ledger.broken");
	for (int64_t most = 1; most <= 6; most++) {
		struct walking walking = { .most = most };

		if (walked(t, &walking, &checked) == OK)
			t_fail("nobody noticed %s in steps of %d",
			    bend->query.sqlite, (int)most);
		t_fails(&t->ctx, t->ctx.failure.kind, FAIL_INTERNAL,
		    "ledger.broken");
	}
	if (bend->at_open) {
		t_fails(&t->ctx, ledger_open(&t->ctx, &again), FAIL_INTERNAL,
		    "ledger.broken");
		return;
	}
	t_ok(&t->ctx, ledger_open(&t->ctx, &again));
	ledger_close(again);
}

static void
every_tampering_is_noticed(void **state)
{
	static const struct store_query no_entries =
	    SQL("DELETE FROM ledger_entry");
	static const struct store_query no_state =
	    SQL("DELETE FROM ledger_state");
	struct t *t = *state;

	t_ledger_store(t);
	for (size_t i = 0; i < ARRAY_SIZE(bends); i++) {
		t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
		notices(t, &bends[i]);
		changed_by(t, &no_entries);
		changed_by(t, &no_state);
		ledger_close(t->home.ledger);
	}
	t->home.ledger = NULL;
	t_ledger_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_ledger_goes_on_where_it_stood),
		t_test(a_ledger_without_its_own_key_is_not_opened),
		t_test(a_key_that_cannot_be_kept_opens_no_ledger),
		t_test(a_walk_in_steps_checks_what_was_there_when_it_began),
		t_test(every_tampering_is_noticed),
	};

	return t_run(tests);
}
