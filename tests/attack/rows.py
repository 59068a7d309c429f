"""The fifteen cases in which the server was once wrong under attack or under
load, and the tests that show it is right.  Tests are named as in
docs/security.md; test_rows.py looks that each is there."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    tests: list
    is_load: bool = False  # measured here: it has lines of its own


ROWS = {
    1: Row('a day at the end of time', [
        'api/test_days.py::test_any_day_in_any_field_gets_an_answer',
        'api/test_days.py::test_any_day_is_taken_or_refused_by_the_imports']),
    2: Row('large answers, and who asks for many', [
        'attack/test_load.py::test_one_person_asks_for_the_whole_country',
        'app/test_reads.c::one_person_s_many_keep_nobody_else_waiting',
        'http/test_answers.c::large_answers_share_a_bound'], is_load=True),
    3: Row('many sign in at once, and beside guessers', [
        'attack/test_sign_in.py::test_all_who_come_at_once_get_in',
        'attack/test_sign_in.py::test_honest_people_get_in_beside_guessers'],
        is_load=True),
    4: Row('edits in the database beside the ledger', [
        'fault/test_rows.py::test_doctor_speaks_of_each_edit',
        'fault/test_chain.py::test_an_edited_audit_is_noticed',
        'fault/test_chain.py::test_edited_people_are_noticed',
        'fault/test_chain.py::'
        'test_a_session_that_was_written_by_hand_signs_nobody_in']),
    5: Row('slow connections', [
        'attack/test_slow.py::test_slow_connections_shut_nobody_out',
        'attack/test_slow.py::test_behind_nginx_they_leave_people_alone'],
        is_load=True),
    6: Row('who guesses shuts the right person out', [
        'app/test_sign_in.c::who_guesses_elsewhere_shuts_nobody_out',
        'app/test_sign_in.c::a_known_place_is_open_while_the_whole_world_guesses',
        'app/test_session.py::test_refused_tries_are_in_the_log_and_the_audit']),
    7: Row('one person who writes without end', [
        'attack/test_load.py::test_one_person_who_saves_and_never_pauses',
        'report/test_bounds.py::test_every_writing_of_a_paper_is_bounded',
        'report/test_reports.py::test_an_amendment_that_changes_nothing_is_refused',
        'cube/test_cube.c::a_slab_says_how_full_it_is_by_its_fullest_limit'],
        is_load=True),
    8: Row('a second server on one database', [
        'app/test_ops.py::test_a_second_process_may_not_write_beside_the_server',
        'store/test_postgres.c::a_second_writer_is_refused']),
    9: Row('addresses that a client chooses, figures of the machine', [
        'api/test_attack.py::test_who_is_no_proxy_cannot_choose_an_address',
        'api/test_attack.py::'
        'test_figures_of_the_machine_are_not_handed_through_a_proxy']),
    10: Row('a full disk, a disk that is only read, PostgreSQL away', [
        'fault/test_full.py::test_a_full_disk_loses_nothing_and_passes',
        'fault/test_reserve.py::'
        'test_a_full_disk_has_a_reserve_for_who_signs_in_and_clears_up',
        'fault/test_read_only.py::'
        'test_what_only_reads_works_on_a_read_only_disk',
        'fault/test_away.py::'
        'test_what_is_asked_while_postgresql_is_away_is_refused_in_words']),
    11: Row('requests that can be read in two ways', [
        'http/test_gate.c::what_could_be_read_in_two_ways_is_refused_and_closed',
        'app/test_http.py::'
        'test_a_request_with_doubtful_framing_is_refused_and_cut']),
    12: Row('who signs for a divided unit', [
        'report/test_divided.py::'
        'test_each_heir_proposes_and_none_signs_until_one_is_named',
        'org/test_heirs.py::test_others_are_refused_and_nothing_is_written']),
    13: Row('passwords, cookies, and the order of refusals', [
        'app/test_session.py::test_a_new_password_that_is_guessed_first_is_refused',
        'app/test_session.py::test_over_tls_the_cookie_is_of_this_host_alone',
        'app/test_session.py::test_of_two_session_cookies_neither_counts']),
    14: Row('a clock that leaps', [
        'core/test_watch.c::nothing_is_written_by_a_clock_that_is_off',
        'app/test_clock.py::test_a_leap_stops_what_writes_until_the_clock_is_back',
        'app/test_clock.py::test_an_administrator_accepts_the_clock_with_a_reason'
    ]),
    15: Row('another version of the HTTP library', [
        'http/test_gate.c::harmless_old_manners_are_served',
        'http/test_engine.c::a_request_reaches_the_handler_whole']),
}
