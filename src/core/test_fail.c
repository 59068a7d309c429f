#include "t.h"

#include <string.h>

static enum fail
deep(struct ctx *ctx, int number)
{
	return FAIL(ctx, FAIL_CONFLICT, "test.deep", "number %d", number);
}

static enum fail
outer(struct ctx *ctx)
{
	TRY(deep(ctx, 7));
	return FAIL(ctx, FAIL_INTERNAL, "test.outer", "never reached");
}

static void
a_failure_carries_kind_code_message_and_place(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	assert_int_equal(outer(ctx), FAIL_CONFLICT);
	assert_int_equal(ctx->failure.kind, FAIL_CONFLICT);
	assert_string_equal(ctx->failure.code, "test.deep");
	assert_string_equal(ctx->failure.message, "number 7");
	assert_true(strstr(ctx->failure.file, "test_fail.c") != NULL);
	assert_true(ctx->failure.line > 0);
}

static void
the_first_failure_wins_until_it_is_cleared(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	assert_int_equal(deep(ctx, 1), FAIL_CONFLICT);
	assert_int_equal(FAIL(ctx, FAIL_BUSY, "test.second", "later"),
	    FAIL_BUSY);
	assert_string_equal(ctx->failure.code, "test.deep");
	fail_clear(ctx);
	assert_int_equal(ctx->failure.kind, OK);
	assert_null(ctx->failure.code);
	assert_int_equal(FAIL(ctx, FAIL_BUSY, "test.second", "later"),
	    FAIL_BUSY);
	assert_string_equal(ctx->failure.code, "test.second");
}

static void
a_long_message_is_cut(void **state)
{
	struct t *t = *state;

	assert_int_equal(FAIL(&t->ctx, FAIL_INVALID, "test.long", "%2000d", 1),
	    FAIL_INVALID);
	assert_true(strlen(t->ctx.failure.message) < 1000);
}

static void
every_kind_has_a_status_and_a_name_of_its_own(void **state)
{
	static const int statuses[] = { 200, 422, 401, 403, 404, 409, 412, 413,
		429, 503, 502, 500 };

	(void)state;
	for (int kind = OK; kind <= FAIL_INTERNAL; kind++) {
		assert_int_equal(fail_status((enum fail)kind), statuses[kind]);
		for (int other = OK; other < kind; other++)
			assert_string_not_equal(fail_name((enum fail)kind),
			    fail_name((enum fail)other));
	}
}

static void
no_noted_field_is_valid(void **state)
{
	struct t *t = *state;

	t_ok(&t->ctx, fail_valid(&t->ctx));
}

static void
noted_fields_keep_their_order(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;
	char pointer[] = "/cells/3";

	fail_invalid(ctx, pointer, "test.first", "%d is too much", 12);
	pointer[7] = '4';
	fail_invalid(ctx, pointer, "test.second", "missing");
	assert_int_equal(fail_valid(ctx), FAIL_INVALID);
	assert_string_equal(ctx->failure.code, "input.invalid");
	assert_int_equal(ctx->failure.field_count, 2);
	assert_string_equal(ctx->failure.fields->pointer, "/cells/3");
	assert_string_equal(ctx->failure.fields->code, "test.first");
	assert_string_equal(ctx->failure.fields->message, "12 is too much");
	assert_string_equal(ctx->failure.fields->next->pointer, "/cells/4");
	assert_null(ctx->failure.fields->next->next);
	assert_int_equal(fail_valid(ctx), FAIL_INVALID);
	fail_clear(ctx);
	t_ok(ctx, fail_valid(ctx));
}

static void
all_fields_are_counted_but_only_some_are_kept(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;
	int kept = 0;

	for (int i = 0; i < FAIL_FIELDS_MAX + 50; i++)
		fail_invalid(ctx, "/x", "test.many", "field %d", i);
	for (const struct fail_field *f = ctx->failure.fields; f != NULL;
	     f = f->next)
		kept++;
	assert_int_equal(kept, FAIL_FIELDS_MAX);
	assert_int_equal(ctx->failure.field_count, FAIL_FIELDS_MAX + 50);
	t_fails(ctx, fail_valid(ctx), FAIL_INVALID, "input.invalid");
}

static void
a_wished_step_fails_once(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	t->faults = (struct faults){ .at = 3 };
	t_ok(ctx, fault_step(ctx, "one"));
	t_ok(ctx, fault_step(ctx, "two"));
	t_fails(ctx, fault_step(ctx, "three"), FAIL_INTERNAL, "fault.injected");
	t_ok(ctx, fault_step(ctx, "four"));
	assert_int_equal(t->faults.fired, 1);
	assert_int_equal(t->faults.seen, 4);
}

static void
without_a_wish_no_step_fails(void **state)
{
	struct t *t = *state;

	t_ok(&t->ctx, fault_step(&t->ctx, "one"));
	assert_int_equal(t->faults.seen, 1);
	t->ctx.faults = NULL;
	t_ok(&t->ctx, fault_step(&t->ctx, "two"));
	assert_int_equal(t->faults.seen, 1);
}

static void
a_unit_of_work_reads_the_clock_once(void **state)
{
	struct t *t = *state;
	const int64_t before = t->ctx.now_us;

	assert_int_equal(before, INT64_C(1752544800000000));
	t->clock_us += 5;
	assert_int_equal(t->ctx.now_us, before);
	(void)t_fresh(t);
	assert_int_equal(t->ctx.now_us, before + 5);
	assert_string_equal(t->ctx.locale, "vi");
	assert_null(t->ctx.tx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_failure_carries_kind_code_message_and_place),
		t_test(the_first_failure_wins_until_it_is_cleared),
		t_test(a_long_message_is_cut),
		t_test(every_kind_has_a_status_and_a_name_of_its_own),
		t_test(no_noted_field_is_valid),
		t_test(noted_fields_keep_their_order),
		t_test(all_fields_are_counted_but_only_some_are_kept),
		t_test(a_wished_step_fails_once),
		t_test(without_a_wish_no_step_fails),
		t_test(a_unit_of_work_reads_the_clock_once),
	};
	return t_run(tests);
}
