#ifndef STORE_T_SUITE_H
#define STORE_T_SUITE_H

#include <pthread.h>
#include <semaphore.h>

#include "t_store.h"

#include "store/inside.h"
#include "store/migrate.h"
#include "store/store.h"

/*
 * The tests that must hold on both engines, and what they share.  A test
 * program sets suite_server and runs SUITE_TESTS.
 */
extern const struct migration test_migrations[];

/* Where the tests run; url NULL: on a file of SQLite in the test's folder. */
struct suite_server {
	const char *url;
	void (*empty)(void); /* before each test */
};
extern struct suite_server suite_server;

struct store_options suite_options(struct t *t);
/* Open a fresh store with the test tables into t->home.store. */
void suite_open(struct t *t);
void suite_open_with(struct t *t, const struct store_options *options);
/* Close it before the test's end, to open it again. */
void suite_close(struct t *t);

/*
 * A thread with a unit of work of its own.  Threads never assert: they note
 * what they got, and the test looks at it after suite_join.
 */
struct suite_unit {
	struct t *t;
	enum fail (*run)(struct ctx *ctx, void *arg);
	void *arg;
	struct ctx ctx;
	struct arena *arena;
	struct faults faults;
	enum fail got;
	const char *code; /* of the failure, "" for OK */
	pthread_t thread;
	bool is_handed; /* to the store instead of a thread of its own */
	struct tx_unit handed;
	bool was_at_once; /* ended before tx_hand_over returned */
	sem_t done;
};
/* Also hands over; the others of struct suite_unit are zero. */
void suite_start(struct t *t, struct suite_unit *unit);
void suite_join(struct suite_unit *unit);
/* Wait until so many threads are in line for the ticket. */
void suite_wait_line(struct t *t, int length);

/* A second ctx beside t->ctx, until suite_ctx_end. */
void suite_ctx(struct t *t, struct ctx *ctx);
void suite_ctx_end(struct ctx *ctx);

/* A constant text as the arg of a unit of work. */
void *suite_arg(const char *text);

/*
 * Units of work.  arg: a name / a name / an int64_t.  Ids that were given and
 * undone are gone on PostgreSQL, so no test counts on the next one.
 */
#define SUITE_HOME 1000
enum fail suite_home(struct ctx *ctx, void *arg); /* the place SUITE_HOME */
enum fail suite_add(struct ctx *ctx, void *arg);
enum fail suite_refuse(struct ctx *ctx, void *arg); /* adds, then fails */
enum fail suite_visit(struct ctx *ctx, void *arg); /* visit arg of SUITE_HOME */

/* Is a place of this name in the store? */
bool suite_has(struct t *t, const char *name);
int64_t suite_places(struct t *t);
int64_t suite_visits(struct t *t);
/* Those with from <= number < to. */
int64_t suite_visits_from(struct t *t, int64_t from, int64_t to);
struct store_stats suite_stats(struct t *t);

/* t_suite_query.c */
void every_type_comes_back_as_it_went_in(void **state);
void a_change_says_how_many_rows(void **state);
void an_absent_row_is_a_failure_only_for_one(void **state);
void many_keeps_order_filter_and_limit(void **state);
void a_cursor_lets_other_queries_run(void **state);
void cursors_of_one_query_keep_to_themselves(void **state);
void a_cursor_can_be_left_half_way(void **state);
void a_broken_constraint_is_a_conflict(void **state);
void nothing_runs_after_a_failed_query(void **state);
void an_unexpected_null_is_refused(void **state);
void a_text_that_is_not_clean_is_not_written(void **state);
void a_reader_cannot_write(void **state);
void a_reader_sees_one_snapshot(void **state);
void what_is_not_committed_is_unseen(void **state);
void a_result_over_the_soft_limit_is_too_big(void **state);
void the_digest_changes_with_any_row(void **state);
void the_text_differs_by_engine(void **state);
void text_sorts_by_bytes(void **state);
void a_query_is_checked_without_running(void **state);
void each_failure_leaves_the_store_as_it_was(void **state);

/* t_suite_batch.c */
void a_lone_unit_commits_at_once(void **state);
void waiting_units_share_one_commit(void **state);
void a_failing_unit_undoes_only_itself(void **state);
void a_batch_of_failures_commits_nothing(void **state);
void all_hear_of_a_lost_transaction(void **state);
void a_lone_lost_unit_keeps_its_reason(void **state);
void a_unit_that_cannot_begin_leaves_the_others(void **state);
void a_failing_commit_fails_all(void **state);
void a_failing_number_fails_all(void **state);
void a_failing_seal_fails_all(void **state);
void a_batch_has_a_largest_size(void **state);
void the_ticket_goes_round_in_order(void **state);
void entries_are_numbered_in_order_of_units(void **state);
void nothing_numbered_nothing_sealed(void **state);
void effects_follow_the_commit(void **state);
void held_units_are_durable_at_the_flush(void **state);
void a_held_batch_commits_when_it_is_full(void **state);
void a_held_batch_fails_as_a_whole(void **state);
void many_threads_lose_nothing(void **state);

/* t_suite_desk.c */
void a_lone_handed_unit_ends_at_once(void **state);
void handed_units_share_one_commit(void **state);
void a_failing_handed_unit_undoes_only_itself(void **state);
void handed_units_hear_of_a_lost_transaction(void **state);
void a_handed_unit_that_cannot_begin_leaves_the_others(void **state);
void a_commit_that_fails_fails_handed_units(void **state);
void a_handed_unit_that_leads_commits_for_all(void **state);
void threads_and_handed_units_keep_their_order(void **state);
void a_handed_unit_keeps_what_is_its_own(void **state);
void handed_units_fill_batches(void **state);
void a_held_handed_unit_is_answered_at_once(void **state);
void a_store_to_be_read_takes_no_handed_unit(void **state);
void many_threads_hand_over_and_lose_nothing(void **state);

/* t_suite_put.c */
void a_row_that_was_put_is_seen_by_its_unit(void **state);
void a_put_that_fails_fails_its_unit_alone(void **state);
void what_follows_a_put_that_failed_is_refused(void **state);
void many_rows_are_put_in_one_unit(void **state);
void a_put_in_the_numbering_fails_the_batch(void **state);
void a_reader_puts_nothing(void **state);
void each_failure_among_puts_leaves_nothing(void **state);

/* t_suite_late.c */
void late_rows_are_seen_by_their_unit_and_by_readers(void **state);
void a_unit_that_fails_takes_its_late_rows_alone(void **state);
void more_late_rows_than_are_kept(void **state);
void a_late_row_that_breaks_is_a_failure_that_says_so(void **state);
void a_late_row_that_breaks_fails_its_unit_alone(void **state);
void late_rows_that_break_leave_the_one_that_does_not(void **state);
void a_late_row_that_breaks_is_found_by_a_later_unit(void **state);
void late_rows_may_refer_to_late_rows(void **state);
void each_failure_among_late_rows_leaves_nothing(void **state);

/* t_suite_migrate.c */
void migrations_run_once(void **state);
void a_changed_migration_is_refused(void **state);
void a_newer_database_is_refused(void **state);
void a_failing_migration_leaves_nothing(void **state);
void a_store_to_be_read_refuses_writers(void **state);
void a_store_to_be_read_must_be_up_to_date(void **state);

/* clang-format off */
#define SUITE_TESTS \
	t_test(every_type_comes_back_as_it_went_in), \
	t_test(a_change_says_how_many_rows), \
	t_test(an_absent_row_is_a_failure_only_for_one), \
	t_test(many_keeps_order_filter_and_limit), \
	t_test(a_cursor_lets_other_queries_run), \
	t_test(cursors_of_one_query_keep_to_themselves), \
	t_test(a_cursor_can_be_left_half_way), \
	t_test(a_broken_constraint_is_a_conflict), \
	t_test(nothing_runs_after_a_failed_query), \
	t_test(an_unexpected_null_is_refused), \
	t_test(a_text_that_is_not_clean_is_not_written), \
	t_test(a_reader_cannot_write), \
	t_test(a_reader_sees_one_snapshot), \
	t_test(what_is_not_committed_is_unseen), \
	t_test(a_result_over_the_soft_limit_is_too_big), \
	t_test(the_digest_changes_with_any_row), \
	t_test(the_text_differs_by_engine), \
	t_test(text_sorts_by_bytes), \
	t_test(a_query_is_checked_without_running), \
	t_test(each_failure_leaves_the_store_as_it_was), \
	t_test(a_lone_unit_commits_at_once), \
	t_test(waiting_units_share_one_commit), \
	t_test(a_failing_unit_undoes_only_itself), \
	t_test(a_batch_of_failures_commits_nothing), \
	t_test(all_hear_of_a_lost_transaction), \
	t_test(a_lone_lost_unit_keeps_its_reason), \
	t_test(a_unit_that_cannot_begin_leaves_the_others), \
	t_test(a_failing_commit_fails_all), \
	t_test(a_failing_number_fails_all), \
	t_test(a_failing_seal_fails_all), \
	t_test(a_batch_has_a_largest_size), \
	t_test(the_ticket_goes_round_in_order), \
	t_test(entries_are_numbered_in_order_of_units), \
	t_test(nothing_numbered_nothing_sealed), \
	t_test(effects_follow_the_commit), \
	t_test(held_units_are_durable_at_the_flush), \
	t_test(a_held_batch_commits_when_it_is_full), \
	t_test(a_held_batch_fails_as_a_whole), \
	t_test(many_threads_lose_nothing), \
	t_test(a_lone_handed_unit_ends_at_once), \
	t_test(handed_units_share_one_commit), \
	t_test(a_failing_handed_unit_undoes_only_itself), \
	t_test(handed_units_hear_of_a_lost_transaction), \
	t_test(a_handed_unit_that_cannot_begin_leaves_the_others), \
	t_test(a_commit_that_fails_fails_handed_units), \
	t_test(a_handed_unit_that_leads_commits_for_all), \
	t_test(threads_and_handed_units_keep_their_order), \
	t_test(a_handed_unit_keeps_what_is_its_own), \
	t_test(handed_units_fill_batches), \
	t_test(a_held_handed_unit_is_answered_at_once), \
	t_test(a_store_to_be_read_takes_no_handed_unit), \
	t_test(many_threads_hand_over_and_lose_nothing), \
	t_test(a_row_that_was_put_is_seen_by_its_unit), \
	t_test(a_put_that_fails_fails_its_unit_alone), \
	t_test(what_follows_a_put_that_failed_is_refused), \
	t_test(many_rows_are_put_in_one_unit), \
	t_test(a_put_in_the_numbering_fails_the_batch), \
	t_test(a_reader_puts_nothing), \
	t_test(each_failure_among_puts_leaves_nothing), \
	t_test(late_rows_are_seen_by_their_unit_and_by_readers), \
	t_test(a_unit_that_fails_takes_its_late_rows_alone), \
	t_test(more_late_rows_than_are_kept), \
	t_test(a_late_row_that_breaks_is_a_failure_that_says_so), \
	t_test(a_late_row_that_breaks_fails_its_unit_alone), \
	t_test(late_rows_that_break_leave_the_one_that_does_not), \
	t_test(a_late_row_that_breaks_is_found_by_a_later_unit), \
	t_test(late_rows_may_refer_to_late_rows), \
	t_test(each_failure_among_late_rows_leaves_nothing), \
	t_test(migrations_run_once), \
	t_test(a_changed_migration_is_refused), \
	t_test(a_newer_database_is_refused), \
	t_test(a_failing_migration_leaves_nothing), \
	t_test(a_store_to_be_read_refuses_writers), \
	t_test(a_store_to_be_read_must_be_up_to_date)
/* clang-format on */

#endif
