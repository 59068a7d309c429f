"""Idempotency-Key: repeating is safe whatever was lost on the way."""

import concurrent.futures

from acts import GOOD, REPORTS, Obligation, good, ledger_size, \
    nothing_changes, refused


def test_the_same_submission_with_the_same_key_is_made_once(obligation):
    body = obligation.body(cells=GOOD, sign=True)
    first = obligation.desk.post(REPORTS, body, key='k1')
    size = ledger_size(obligation.server)
    with nothing_changes(obligation.server):
        again = obligation.desk.post(REPORTS, body, key='k1')
    assert (again.status, again.body) == (first.status, first.body)
    assert again.status == 201
    assert ledger_size(obligation.server) == size


def test_the_answer_that_is_kept_knows_its_ledger_entry(obligation):
    body = obligation.body(cells=GOOD, sign=True)
    obligation.desk.post(REPORTS, body, key='k2')
    again = obligation.desk.post(REPORTS, body, key='k2')
    assert again['ledger_index'] == ledger_size(obligation.server) - 1


def test_the_same_submission_with_a_new_key_is_another_one(obligation):
    body = obligation.body(cells=GOOD, sign=True)
    obligation.desk.post(REPORTS, body, key='k3')
    with nothing_changes(obligation.server):
        refused(obligation.desk.post(REPORTS, body, key='k4'), 409,
                'report.wrong_state')


def test_a_key_means_one_body(obligation):
    obligation.desk.post(REPORTS, obligation.body(cells=GOOD, sign=True),
                         key='k5')
    with nothing_changes(obligation.server):
        refused(obligation.desk.post(REPORTS,
                                     obligation.body(cells=good(2), sign=True),
                                     key='k5'),
                409, 'idempotency.reused')


def test_a_key_means_one_route(obligation):
    obligation.proposed()
    obligation.act(obligation.desk, 'sign', key='k6')
    refused(obligation.act(obligation.desk, 'submit', key='k6'), 409,
            'idempotency.reused')


def test_the_same_key_of_another_person_is_another_key(obligation):
    obligation.proposed()
    obligation.act(obligation.leader, 'sign', key='k7')
    assert obligation.act(obligation.above, 'accept', key='k7').status == 200


def test_an_act_repeated_with_its_key_is_not_stale(obligation):
    obligation.proposed()
    revision = obligation.revision
    first = obligation.act(obligation.leader, 'sign', key='k8')
    again = obligation.act(obligation.leader, 'sign', key='k8',
                           revision=revision)
    assert (again.status, again.body) == (200, first.body)


def test_a_refusal_is_not_kept(obligation):
    obligation.drafted()
    refused(obligation.act(obligation.desk, 'sign', key='k9'), 409,
            'report.wrong_state')
    obligation.act(obligation.desk, 'submit')
    assert obligation.act(obligation.desk, 'sign', key='k9').status == 200


def test_a_key_is_forgotten_after_seven_days(obligation, at):
    body = obligation.body(cells=GOOD, sign=True)
    obligation.desk.post(REPORTS, body, key='k10')
    at('2025-12-17T08:59')
    assert obligation.desk.post(REPORTS, body, key='k10').status == 201
    at('2025-12-17T09:01')
    refused(obligation.desk.post(REPORTS, body, key='k10'), 409,
            'report.wrong_state')


def test_a_key_has_1_to_64_printable_characters(untouched):
    for key in ('', 'x' * 65, 'a\tb', 'khóa'.encode().decode('latin-1')):
        refused(untouched.desk.post(REPORTS, untouched.body(), key=key),
                422, 'idempotency.key')


def test_a_key_survives_a_restart(make_server):
    own = make_server()
    obligation = Obligation(own, 'd11', '2025-Q3')
    body = obligation.body(cells=GOOD, sign=True)
    first = obligation.desk.post(REPORTS, body, key='k11')
    own.kill()
    own.start()
    assert obligation.desk.post(REPORTS, body, key='k11').body == first.body


def test_many_at_once_with_one_key_make_one_report(obligation):
    body = obligation.body(cells=GOOD, sign=True)
    size = ledger_size(obligation.server)

    def send(_):
        return obligation.desk.post(REPORTS, body, key='k12')
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    made = [a for a in answers if a.status == 201]
    waiting = [a for a in answers if a.status != 201]
    assert made and len({a.body for a in made if a['ledger_index']}) == 1
    assert {(a.status, a.code) for a in waiting} <= \
        {(503, 'idempotency.running')}
    assert all(a.headers['Retry-After'] for a in waiting)
    assert ledger_size(obligation.server) == size + 1


def test_who_comes_while_the_first_is_at_work_comes_again(obligation):
    """Two meet sooner or later: each round has a key of its own."""
    body = obligation.body(cells=GOOD)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for number in range(200):
            answers = list(pool.map(
                lambda _: obligation.desk.post(REPORTS, body,
                                               key=f'k13-{number}'),
                range(8)))
            waiting = [a for a in answers if a.status not in (200, 201)]
            assert {(a.status, a.code) for a in waiting} <= \
                {(503, 'idempotency.running')}
            if waiting:
                return
    raise AssertionError('no two were there at the same time')
