#include "people/kept.h"

#include "core/arena.h"
#include "people/audit.h"
#include "people/person.h"
#include "people/t_people.h"
#include "people/token.h"
#include "store/query.h"

/*
 * People and the audit as somebody with the database in hand may leave them.
 */

static void
open_ledger(struct t *t)
{
	ledger_close(t->home.ledger);
	t->home.ledger = NULL;
	t_fresh(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
}

static void
end_ledger(void *object)
{
	struct t *t = object;

	ledger_close(t->home.ledger);
}

static struct t *
start(void **state)
{
	struct t *t = *state;

	t_store(t);
	t_people(t, NULL);
	t_defer(t, end_ledger, t);
	open_ledger(t);
	t->ctx.actor = &access_system;
	return t;
}

static enum fail
make(struct ctx *ctx, void *arg)
{
	const struct person_new in = { .login = arg, .name = "Hoa" };
	const char *text = NULL;
	int64_t id = 0;

	TRY(person_create(ctx, &in, &id));
	TRY(position_grant(ctx, id, 7, "clerk"));
	return token_create(ctx, id, "máy chủ", 30, &text);
}

static const struct kept_above above = { NULL, NULL, kept_tally };

static enum fail
check(struct ctx *ctx, void *arg)
{
	struct text said;

	(void)arg;
	text_init(&said, ctx->arena);
	return kept_check(ctx, &said);
}

/* Static queries: the store knows one by its address. */
#define SQL(text) \
	{ \
		.name = "test", .sqlite = (text) \
	}

static enum fail
change(struct ctx *ctx, void *arg)
{
	const struct store_query *query = arg;
	int64_t changed = 0;

	TRY(store_change(ctx, query, NULL, &changed));
	assert_true(changed > 0);
	return OK;
}

static void
changed_by(struct t *t, const struct store_query *query)
{
	t_ok(&t->ctx, t_unit(t, change, (void *)(uintptr_t)query));
}

static const struct bend {
	struct store_query query;
	const char *code;
} bends[] = {
	{ SQL("UPDATE audit SET detail = 'viewer' WHERE id = 2"),
	    "audit.broken" },
	{ SQL("UPDATE audit SET object_id = NULL WHERE id = 2"),
	    "audit.broken" },
	{ SQL("UPDATE audit SET unit_id = 0 WHERE id = 1"), "audit.broken" },
	{ SQL("UPDATE audit SET state = 1 WHERE id = 3"), "audit.broken" },
	{ SQL("UPDATE audit SET state = NULL WHERE id = 3"), "audit.broken" },
	{ SQL("UPDATE audit SET id = 9 WHERE id = 3"), "audit.broken" },
	{ SQL("DELETE FROM audit WHERE id = 1"), "audit.broken" },
	{ SQL("DELETE FROM audit WHERE id = 3"), "audit.broken" },
	{ SQL("DELETE FROM audit"), "audit.broken" },
	{ SQL("UPDATE audit SET chain = NULL"), NULL }, /* a help to find it */
	{ SQL("UPDATE audit SET chain = NULL, at_us = 0"), "audit.broken" },
	{ SQL("UPDATE person SET name = 'Mai'"), "people.differs" },
	{ SQL("UPDATE person_position SET role = 'admin'"), "people.differs" },
	{ SQL("UPDATE token SET revoked_us = 1"), "people.differs" },
	{ SQL("DELETE FROM person_position"), "people.differs" },
	{ SQL("DELETE FROM token"), "people.differs" },
	{ SQL("INSERT INTO session (person_id, digest, created_us, seen_us)"
	      " VALUES (1, zeroblob(32), 1, 1)"),
	    "people.differs" },
};

static void
each_edit_is_noticed(void **state)
{
	static const struct store_query again[] = {
		SQL("DELETE FROM session"),
		SQL("DELETE FROM token"),
		SQL("DELETE FROM person_position"),
		SQL("DELETE FROM person"),
		SQL("DELETE FROM ledger_state"),
		SQL("DELETE FROM audit"),
	};
	struct t *t = start(state);
	int64_t changed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bends); i++) {
		const struct bend *bend = &bends[i];

		t_ok(&t->ctx, t_unit(t, make, (void *)(uintptr_t) "hoa"));
		t_ok(&t->ctx, t_read(t, check, NULL));
		changed_by(t, &bend->query);
		if (bend->code == NULL)
			t_ok(&t->ctx, t_read(t, check, NULL));
		else if (t_read(t, check, NULL) == OK)
			t_fail("nobody noticed %s", bend->query.sqlite);
		else
			t_fails(&t->ctx, t->ctx.failure.kind, FAIL_INTERNAL,
			    bend->code);
		for (size_t n = 0; n < ARRAY_SIZE(again); n++) {
			t_fresh(t);
			t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
			t_ok(&t->ctx,
			    tx_end(&t->ctx, store_change(&t->ctx, &again[n],
						NULL, &changed)));
		}
		open_ledger(t);
	}
	t->ctx.actor = NULL;
}

/* As a program of before the chain left them. */
static const struct store_query before[] = {
	SQL("UPDATE audit SET chain = NULL, state = NULL"),
	SQL("DELETE FROM ledger_state"),
	SQL("INSERT INTO session (person_id, digest, created_us, seen_us)"
	    " VALUES (1, zeroblob(32), 1, 1)"),
};

static void
what_was_there_before_is_bound_once(void **state)
{
	static const struct store_query old =
	    SQL("UPDATE audit SET at_us = at_us + 1 WHERE id = 1");
	static const struct store_query back =
	    SQL("UPDATE audit SET at_us = at_us - 1 WHERE id = 1");
	static const struct store_query none =
	    SQL("UPDATE session SET mac = NULL");
	struct t *t = start(state);

	t_ok(&t->ctx, t_unit(t, make, (void *)(uintptr_t) "hoa"));
	t_ok(&t->ctx, t_unit(t, make, (void *)(uintptr_t) "mai"));
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		changed_by(t, &before[i]);
	open_ledger(t);
	t_fails(&t->ctx, t_read(t, check, NULL), FAIL_INTERNAL, "audit.broken");
	t_fresh(t);
	t_ok(&t->ctx, kept_start(&t->ctx, &above));
	t_ok(&t->ctx, t_read(t, check, NULL));
	t_ok(&t->ctx, t_unit(t, make, (void *)(uintptr_t) "lan"));
	t_ok(&t->ctx, t_read(t, check, NULL));

	/* A second start takes nothing more as it is. */
	changed_by(t, &none);
	t_fresh(t);
	t_ok(&t->ctx, kept_start(&t->ctx, &above));
	t_fails(&t->ctx, t_read(t, check, NULL), FAIL_INTERNAL,
	    "people.differs");
	changed_by(t, &old);
	t_fails(&t->ctx, t_read(t, check, NULL), FAIL_INTERNAL, "audit.broken");
	changed_by(t, &back);
	t->ctx.actor = NULL;
}

static void
the_chain_goes_on_after_what_failed(void **state)
{
	struct t *t = start(state);

	t_each_failure(t, make, (void *)(uintptr_t) "hoa");
	t_ok(&t->ctx, t_read(t, check, NULL));
	t_each_failure(t, make, (void *)(uintptr_t) "mai");
	t_ok(&t->ctx, t_read(t, check, NULL));
	t->ctx.actor = NULL;
}

static void
a_server_does_not_start_on_an_audit_that_was_cut(void **state)
{
	static const struct store_query cut =
	    SQL("DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)");
	struct t *t = start(state);

	t_ok(&t->ctx, t_unit(t, make, (void *)(uintptr_t) "hoa"));
	t_fresh(t);
	t_ok(&t->ctx, kept_start(&t->ctx, &above));
	changed_by(t, &cut);
	t_fresh(t);
	t_fails(&t->ctx, kept_start(&t->ctx, &above), FAIL_INTERNAL,
	    "audit.broken");
	t->ctx.actor = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_edit_is_noticed),
		t_test(what_was_there_before_is_bound_once),
		t_test(the_chain_goes_on_after_what_failed),
		t_test(a_server_does_not_start_on_an_audit_that_was_cut),
	};

	return t_run(tests);
}
