"""Many accepted at once, and reports across the reform."""

import pytest

from acts import GOOD, REPORTS, Obligation, good, refused
from trying import carried


def accept_many(client, ids):
    return client.post(REPORTS + '/accept', {'ids': ids})


def test_many_reports_are_accepted_each_with_its_outcome(server, obligations):
    made = [Obligation(server, *obligations.pop()).sent() for _ in range(2)]
    made.append(Obligation(server, *obligations.pop()).drafted())
    ids = [d.id for d in made] + [999999]
    answer = accept_many(made[0].above, ids)
    assert [(i['id'], i['ok'], i['code']) for i in answer['items']] == [
        (ids[0], True, None), (ids[1], True, None),
        (ids[2], False, 'report.unknown'), (ids[3], False, 'report.unknown')]
    assert made[0].get(made[0].desk)['state'] == 'accepted'


def test_a_flagged_report_waits_for_a_look(server):
    client = server.client('desk.b22')
    obligation, _ = carried(server, 'b22', '2023-Q1', '2023-Q2', client, 4)
    obligation.open(client, sign=True, cells={**good(1), 's01.c6': '0'})
    above = server.client('province.b')
    answer = accept_many(above, [obligation.id])
    assert answer['items'] == [{'id': obligation.id, 'ok': False,
                                'code': 'report.flagged'}]
    assert obligation.act(above, 'accept').status == 200


def test_the_same_report_twice_is_accepted_once(obligation):
    obligation.sent()
    answer = accept_many(obligation.above, [obligation.id, obligation.id])
    assert [(i['ok'], i['code']) for i in answer['items']] == [
        (True, None), (True, None)]
    acts = obligation.above.get(f'{REPORTS}/{obligation.id}/history')['items']
    assert [act['act'] for act in acts].count('accept') == 1


def test_many_are_accepted_once_for_a_key(obligation):
    obligation.sent()
    key = 'accept-' + str(obligation.id)
    answers = [obligation.above.post(REPORTS + '/accept',
                                     {'ids': [obligation.id, 999999]},
                                     key=key) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert [(i['ok'], i['code']) for i in answers[0]['items']] == [
        (True, None), (False, 'report.unknown')]


@pytest.mark.parametrize('ids, pointer, code', [
    ([], 'ids', 'input.range'), (7, 'ids', 'input.type'),
    (list(range(1, 502)), 'ids', 'input.too_long'),
    ([1, 0], 'ids__1', 'input.range'), ([1, 'x'], 'ids__1', 'input.type'),
    ([1.5], 'ids__0', 'input.type'),
])
def test_a_bad_list_of_reports_is_pointed_at(server, ids, pointer, code):
    refused(accept_many(server.client('province.d'), ids), 422,
            'input.invalid', **{pointer: code})


def test_a_successor_s_people_act_on_the_open_obligation_of_an_abolished_unit(
        server):
    obligation = Obligation(server, 'a11', '2025-Q2')
    client = server.client('desk.x')
    assert obligation.open(client, cells=GOOD, sign=True).status == 201
    assert obligation.act(server.client('province.c'), 'accept').status == 200


def test_both_successors_of_a_split_unit_may_act(server):
    obligation = Obligation(server, 'a21', '2025-Q2')
    obligation.open(server.client('desk.x'), cells=GOOD)
    assert obligation.save(server.client('desk.y'), good(1)).status == 200


def test_an_abolished_unit_owes_nothing_after_its_end(server):
    obligation = Obligation(server, 'a11', '2025-Q3')
    refused(obligation.open(server.client('desk.x'), cells=GOOD), 409,
            'report.not_owed')


def test_before_the_reform_the_district_accepts(make_server):
    """Its own server: an act is never before the one that came before it."""
    server = make_server('2025-03-20T09:00')
    obligation = Obligation(server, 'a12', '2025-Q1')
    obligation.open(server.client('desk.a12'), cells=GOOD, sign=True)
    refused(obligation.act(server.client('province.a'), 'accept'), 403,
            'access.denied')
    assert obligation.act(server.client('district.a1'), 'accept').status == 200


def test_after_the_reform_the_new_province_accepts_what_was_sent_before(
        make_server):
    server = make_server('2025-06-20T09:00')
    obligation = Obligation(server, 'a13', '2025-Q2')
    obligation.open(server.client('desk.a13'), cells=GOOD, sign=True)
    server.clock.set('2025-07-02T09:00')
    assert obligation.act(server.client('province.c'), 'accept').status == 200


def test_a_report_after_its_deadline_is_late(make_server):
    server = make_server('2025-09-17T23:59')
    in_time = Obligation(server, 'x', '2025-Q3')
    assert in_time.open(server.client('desk.x'), cells=GOOD,
                        sign=True)['late'] is False
    server.clock.set('2025-09-18T00:00')
    late = Obligation(server, 'y', '2025-Q3')
    assert late.open(server.client('desk.y'), cells=GOOD,
                     sign=True)['late'] is True
