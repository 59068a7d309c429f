#ifndef T_H
#define T_H

/* cmocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's macro fail() would swallow every "enum fail (*run)(...)". */
#undef fail
#undef fail_msg

#include "core/arena.h"
#include "core/ctx.h"
#include "core/home.h"
#include "core/random.h"

/*
 * The helper of all unit tests: a unit of work whose clock, dice and failures
 * the test owns.  Every test function gets its own struct t by
 * t_test(test_name); test functions are static and their names are sentences.
 *
 *	static void
 *	a_day_before_the_epoch_is_negative(void **state)
 *	{
 *		struct t *t = *state;
 *		...
 *	}
 *	int
 *	main(void)
 *	{
 *		const struct CMUnitTest tests[] = {
 *			t_test(a_day_before_the_epoch_is_negative),
 *		};
 *		return t_run(tests);
 *	}
 */
struct t {
	struct arena *arena; /* of ctx */
	struct home home;    /* home.now_us gives clock_us */
	struct ctx ctx;
	struct random random; /* seeded with 1 */
	struct faults faults;
	int64_t clock_us; /* starts at 2025-07-15T02:00:00Z */
	void *more;       /* of t_store.h */
};

int t_setup(void **state);
int t_teardown(void **state);
#define t_test(f) cmocka_unit_test_setup_teardown(f, t_setup, t_teardown)
/* Runs the group with TAP output. */
#define t_run(tests) \
	(cmocka_set_message_output(CM_OUTPUT_TAP), \
	    cmocka_run_group_tests((tests), NULL, NULL))

/*
 * Begin a new unit of work in t->ctx: fresh arena, no failure, now from clock.
 * The actor stays.
 */
struct ctx *t_fresh(struct t *t);

/* The size of a sample: `./test long` takes the second. */
int t_rounds(int in_short, int in_long);

/* Fail the test with a message. */
void t_fail(const char *format, ...) PRINTF(1, 2) NORETURN;

/* The expression must be OK; otherwise the recorded failure is shown. */
#define t_ok(ctx, expr) t_ok_at((ctx), (expr), #expr, __FILE__, __LINE__)
void t_ok_at(struct ctx *ctx, enum fail got, const char *expr, const char *file,
    int line);

/* The expression must fail with this kind and code; the failure is cleared. */
#define t_fails(ctx, expr, kind, code) \
	t_fails_at((ctx), (expr), (kind), (code), #expr, __FILE__, __LINE__)
void t_fails_at(struct ctx *ctx, enum fail got, enum fail kind,
    const char *code, const char *expr, const char *file, int line);

/* Call end(object) in t_teardown, newest first, after the arena is freed. */
void t_defer(struct t *t, void (*end)(void *object), void *object);

/* A folder for this test, removed by t_teardown; always the same one. */
const char *t_folder(struct t *t);

#endif
