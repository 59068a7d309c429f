"""A divided unit: its heirs propose, the one that the unit above has named
signs, the unit above accepts.

a21 went in parts to x and y of province c; a11 went whole to x.
"""

import pytest
from acts import FORM, GOOD, Obligation, good, nothing_changes, refused
from server import run

REASON = {'reason': 'Nhập nhầm'}
OBLIGATIONS = '/api/v1/obligations'


@pytest.fixture
def server(make_server):
    """Namings are of units, not of reports: each test has its own country."""
    own = make_server()
    yield own
    own.stop()


def name(server, heir, login='province.c', unit='a21', **more):
    return server.client(login).post(
        f'/api/v1/units/{server.unit(unit)}/heirs',
        {'heir': str(server.unit(heir)), 'act': '12/QĐ-UBND',
         'reason': 'Giữ hồ sơ', **more})


def named(server, heir, **more):
    answer = name(server, heir, **more)
    assert answer.status == 201, answer
    return answer


def mine(server, login, period):
    """What a person is to do about a21's report of a period; None: nothing."""
    items = server.client(login).get(OBLIGATIONS, mine='true', form=FORM,
                                     limit=500)['items']
    found = [item for item in items if item['period'] == period
             and item['unit'] == server.unit('a21')]
    assert len(found) <= 1
    return found[0]['next'] if found else None


def old_report(server, period='2025-Q1'):
    """Sent by the commune's own people, and accepted after the division."""
    server.clock.set('2025-03-20T09:00')
    report = Obligation(server, 'a21', period)
    answer = report.open(server.client('desk.a21'), cells=GOOD, sign=True)
    assert answer.status == 201, answer
    server.clock.set('2025-12-10T09:00')
    assert report.act(server.client('province.c'), 'accept').status == 200
    return report


def amended(server, report, login, cells):
    client = server.client(login)
    assert report.act(client, 'amend', REASON).status == 200
    assert report.save(client, cells).status == 200
    return report.act(client, 'submit')


def actions(answer):
    return {action['name'] for action in answer['actions']}


def test_each_heir_proposes_and_none_signs_until_one_is_named(server):
    """Versions 2 and 3 were signed by two heirs in turn."""
    report = old_report(server)
    answer = amended(server, report, 'desk.x', good(1))
    assert answer.status == 200, answer
    assert (answer['divided'], answer['heir']) == (True, None)
    assert 'sign' not in actions(answer)
    for login in ('desk.x', 'desk.y', 'desk.a21'):
        with nothing_changes(server):
            refused(report.act(server.client(login), 'sign'), 409,
                    'report.heir_unnamed')
    named(server, 'y')
    refused(report.act(server.client('desk.x'), 'sign'), 403,
            'report.heir_other')
    refused(report.act(server.client('desk.a21'), 'sign'), 403,
            'report.heir_other')
    signed = report.act(server.client('desk.y'), 'sign')
    assert (signed.status, signed['sent_version']) == (200, 2)
    assert (signed['heir'], signed['heir_name']) == (server.unit('y'),
                                                     'Xã Tân Lạc')
    # The other one goes on proposing; signing stays with y.
    assert amended(server, report, 'desk.x', good(2)).status == 200
    refused(report.act(server.client('desk.x'), 'sign'), 403,
            'report.heir_other')
    refused(report.act(server.client('desk.y'), 'accept'), 403,
            'access.denied')
    assert report.act(server.client('province.c'), 'accept').status == 200


def test_one_call_that_signs_is_refused_the_same_way(server):
    report = Obligation(server, 'a21', '2025-Q2')
    client = server.client('desk.x')
    refused(report.open(client, cells=GOOD, sign=True), 409,
            'report.heir_unnamed')
    assert mine(server, 'desk.x', '2025-Q2') == 'fill'
    named(server, 'y')
    refused(report.open(client, cells=GOOD, sign=True), 403,
            'report.heir_other')
    assert report.open(server.client('desk.y'), cells=GOOD,
                       sign=True).status == 201


def test_what_is_proposed_waits_in_the_list_of_the_unit_above(server):
    report = old_report(server)
    assert mine(server, 'province.c', '2025-Q1') is None
    assert report.act(server.client('desk.x'), 'amend', REASON).status == 200
    assert report.save(server.client('desk.x'), good(1)).status == 200
    # Being typed is no business of anybody above.
    assert mine(server, 'province.c', '2025-Q1') is None
    assert report.act(server.client('desk.x'), 'submit').status == 200
    assert mine(server, 'province.c', '2025-Q1') == 'name_heir'
    assert [mine(server, login, '2025-Q1')
            for login in ('desk.x', 'desk.y')] == ['none', 'none']
    named(server, 'x')
    assert mine(server, 'province.c', '2025-Q1') is None
    assert [mine(server, login, '2025-Q1')
            for login in ('desk.x', 'desk.y')] == ['sign', 'none']
    assert report.act(server.client('desk.x'), 'sign').status == 200
    assert mine(server, 'province.c', '2025-Q1') == 'review'


def test_what_was_never_sent_waits_there_too(server):
    report = Obligation(server, 'a21', '2025-Q2')
    assert report.open(server.client('desk.y'), cells=GOOD,
                       submit=True).status == 201
    assert mine(server, 'province.c', '2025-Q2') == 'name_heir'
    answer = server.client('viewer.c').get(
        OBLIGATIONS, form=FORM, period='2025-Q2', unit=server.unit('c'))
    assert {item['next'] for item in answer['items']
            if item['unit'] == server.unit('a21')} == {'none'}


def test_another_naming_takes_the_signature_and_leaves_what_was_signed(server):
    report = old_report(server)
    named(server, 'x')
    assert amended(server, report, 'desk.x', good(1)).status == 200
    assert report.act(server.client('desk.x'), 'sign').status == 200
    named(server, 'y', act='13/QĐ-UBND')
    assert report.get(server.client('desk.y'))['sent_version'] == 2
    assert amended(server, report, 'desk.x', good(2)).status == 200
    refused(report.act(server.client('desk.x'), 'sign'), 403,
            'report.heir_other')
    assert report.act(server.client('desk.y'), 'sign')['sent_version'] == 3
    told = run('doctor', '--data', server.data, store=server.store).stdout
    assert '2 namings of heirs are as the ledger says' in told
    audit = run('audit', '--data', server.data, store=server.store).stdout
    assert audit.count('unit.heir') == 2, audit


def test_a_naming_to_come_gives_no_right_yet(server):
    report = old_report(server)
    assert amended(server, report, 'desk.x', good(1)).status == 200
    named(server, 'x', **{'from': '2025-12-12'})
    refused(report.act(server.client('desk.x'), 'sign'), 409,
            'report.heir_unnamed')
    server.clock.set('2025-12-12T00:00')
    assert report.act(server.client('desk.x'), 'sign').status == 200


def test_of_two_heirs_who_propose_at_once_one_is_told_so(server):
    report = old_report(server)
    revision = report.revision
    x, y = server.client('desk.x'), server.client('desk.y')
    assert report.act(x, 'amend', REASON).status == 200
    refused(report.act(y, 'amend', REASON, revision=revision), 412,
            'report.stale')
    seen = report.get(y)
    assert (seen['state'], seen.revision) == ('draft', report.revision)
    assert report.save(y, good(1)).status == 200
    refused(report.act(x, 'submit', revision=seen.revision), 412,
            'report.stale')
    assert report.act(y, 'submit').status == 200
    refused(report.act(x, 'submit'), 409, 'report.wrong_state')


def test_who_has_the_whole_of_it_signs_as_before(server):
    report = Obligation(server, 'a11', '2025-Q2')
    answer = report.open(server.client('desk.x'), cells=GOOD, sign=True)
    assert (answer.status, answer['divided'], answer['heir']) == (
        201, False, None)


def test_a_naming_is_an_event_and_survives_a_restart(server):
    client = server.client('nobody')
    after = client.get('/api/v1/events')['next']
    told = named(server, 'y')
    event, = client.get('/api/v1/events', after=after)['items']
    assert (event['type'], event['object_id'], event['ledger_index']) == (
        'vn.truc.unit.heir_named', str(server.unit('a21')),
        told['ledger_index'])
    before = client.get(f'/api/v1/units/{server.unit("a21")}/heirs').json
    server.kill()
    server.start()
    assert client.get(
        f'/api/v1/units/{server.unit("a21")}/heirs').json == before
    assert before['heir'] == server.unit('y')
