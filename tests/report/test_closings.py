"""Closing a unit's period for the level below it."""

import pytest

from conftest import POOL
from acts import (FORM, Obligation, good, ledger_size, nothing_changes,
                  refused)

CLOSINGS = '/api/v1/closings'


def close(client, unit, period, **more):
    return client.post(CLOSINGS, {'form': FORM, 'period': period,
                                  'unit': str(unit), **more})


def reopen(client, unit, period, **more):
    return client.post(CLOSINGS + '/reopen', {
        'form': FORM, 'period': period, 'unit': str(unit), **more})


def state(client, unit, period='2025-Q3'):
    answer = client.get(CLOSINGS, form=FORM, period=period, unit=str(unit))
    assert answer.status == 200, answer
    return answer


def obligation_of(client, unit, period='2025-Q3'):
    """A unit's own obligation as its own clerk sees it."""
    answer = client.get('/api/v1/obligations', form=FORM, period=period,
                        unit=str(unit))
    return next(o for o in answer['items'] if o['unit'] == unit)


@pytest.fixture(scope='module')
def own(make_server):
    """Its own: who reports what in Tỉnh Cát Sơn is counted here."""
    return make_server('2025-12-16T09:00')


def test_closing_with_open_reports_needs_a_reason(server):
    client, unit = server.client('province.c'), server.unit('c')
    with nothing_changes(server):
        refused(close(client, unit, '2025-Q3'), 409, 'period.open_reports')
        refused(close(client, unit, '2025-Q3', reason=''), 409,
                'period.open_reports')


def test_a_reason_for_closing_is_something_to_read(server):
    with nothing_changes(server):
        for reason in (' ', '\u00a0\u200b', '\u3164', '—'):
            refused(close(server.client('province.c'), server.unit('c'),
                          '2025-Q3', reason=reason),
                    422, 'input.invalid', reason='report.reason')


def test_closing_twice_is_refused(server):
    client, unit = server.client('province.b'), server.unit('b')
    assert close(client, unit, '2025-Q3', reason='Bão').status == 201
    with nothing_changes(server):
        refused(close(client, unit, '2025-Q3', reason='Bão'), 409,
                'period.closed')


def test_a_closing_is_a_ledger_entry_and_counts_what_it_rests_on(own):
    for key in ('d11', 'd12'):
        Obligation(own, key, '2025-Q3').accepted()
    Obligation(own, 'd13', '2025-Q3').sent()
    size = ledger_size(own)
    answer = close(own.client('province.d'), own.unit('d'), '2025-Q3',
                   reason='Các xã khác quá hạn')
    assert answer.status == 201
    assert (answer['reports'], answer['open']) == \
        (2, len(POOL) - 2)
    assert answer['ledger_index'] == size == ledger_size(own) - 1


def test_without_open_reports_no_reason_is_needed(own):
    for key in POOL:
        Obligation(own, key, '2025-Q4').accepted()
    answer = close(own.client('province.d'), own.unit('d'), '2025-Q4')
    assert answer.status == 201
    assert (answer['reports'], answer['open']) == (len(POOL), 0)


def test_a_period_that_is_not_open_is_not_closed(server):
    refused(close(server.client('province.c'), server.unit('c'), '2025-Q4',
                  reason='x'),
            409, 'period.not_open')


@pytest.mark.parametrize('login', ['gov', 'province.b'])
def test_only_the_unit_itself_closes_its_period(server, login):
    with nothing_changes(server):
        refused(close(server.client(login), server.unit('c'), '2025-Q3',
                      reason='x'),
                403, 'access.denied')


def test_what_is_asked_of_a_closing_is_named_and_known(server):
    client, unit = server.client('province.c'), server.unit('c')
    sound = {'form': FORM, 'period': '2025-Q3', 'unit': str(unit)}
    for wrong, code in (({'form': 'II.99'}, 'form.unknown'),
                        ({'period': '2025-09'}, 'period.unknown'),
                        ({'unit': 'x'}, 'unit.ref'),
                        ({'unit': '999999'}, 'unit.unknown')):
        asked = {**sound, **wrong}
        member = next(iter(wrong))
        for answer in (client.get(CLOSINGS, **asked),
                       client.post(f'{CLOSINGS}/reopen',
                                   {**asked, 'reason': 'Sửa số liệu'})):
            refused(answer, 422, 'input.invalid' if member != 'unit' else code,
                    **{member: code})
    refused(client.post(f'{CLOSINGS}/reopen',
                        {**sound, 'period': '2025-Q4', 'reason': 'Sửa'}),
            409, 'period.not_open')


def test_bad_input_is_pointed_at(server):
    client, unit = server.client('province.c'), server.unit('c')
    refused(client.post(CLOSINGS, {}), 422, 'input.invalid',
            form='input.missing', period='input.missing',
            unit='input.missing')
    refused(close(client, unit, '2025-09'), 422, 'input.invalid',
            period='period.unknown')
    refused(client.post(CLOSINGS, {'form': 'II.99', 'period': '2025-Q3',
                                   'unit': str(unit)}),
            422, 'input.invalid', form='form.unknown')
    refused(close(client, 'x', '2025-Q3'), 422, 'unit.ref')
    refused(close(client, '999999', '2025-Q3'), 422, 'unit.unknown',
            unit='unit.unknown')


# --- reopening ---------------------------------------------------------------

@pytest.fixture
def closed(make_server):
    """Tỉnh Cát Sơn has closed 2025-Q3, with one report of its own accepted."""
    own = make_server('2025-12-16T09:00')
    own.obligation = Obligation(own, 'd11', '2025-Q3').accepted()
    answer = close(own.client('province.d'), own.unit('d'), '2025-Q3',
                   reason='Các xã khác quá hạn')
    assert answer.status == 201, answer
    return own


def test_a_closing_is_taken_back_with_a_reason_and_made_again(closed):
    client, unit = closed.client('province.d'), closed.unit('d')
    size = ledger_size(closed)
    answer = reopen(client, unit, '2025-Q3', reason='Xã Đá Bạc sửa số liệu')
    assert answer.status == 201, answer
    assert answer['ledger_index'] == size == ledger_size(closed) - 1
    assert answer['reason'] == 'Xã Đá Bạc sửa số liệu'
    assert state(client, unit)['closed'] is False
    with nothing_changes(closed):
        refused(reopen(client, unit, '2025-Q3', reason='Lại'), 409,
                'period.not_closed')
    assert close(client, unit, '2025-Q3', reason='Bão').status == 201
    told = state(client, unit)
    assert told['closed'] is True
    assert [a['act'] for a in told['acts']] == ['close', 'reopen', 'close']
    assert told['acts'][1]['reason'] == 'Xã Đá Bạc sửa số liệu'


def test_reopening_needs_a_reason_that_can_be_read(closed):
    client, unit = closed.client('province.d'), closed.unit('d')
    with nothing_changes(closed):
        refused(reopen(client, unit, '2025-Q3'), 422, 'input.invalid',
                reason='input.missing')
        for reason in ('', ' ', '\u00a0\u200b', '—'):
            refused(reopen(client, unit, '2025-Q3', reason=reason), 422,
                    'input.invalid', reason='report.reason')


@pytest.mark.parametrize('login', ['gov', 'province.b', 'centre'])
def test_only_the_unit_itself_reopens_its_period(closed, login):
    with nothing_changes(closed):
        refused(reopen(closed.client(login), closed.unit('d'), '2025-Q3',
                       reason='x'), 403, 'access.denied')


def test_what_was_never_closed_is_not_reopened(server):
    with nothing_changes(server):
        refused(reopen(server.client('province.c'), server.unit('c'),
                       '2025-Q3', reason='x'), 409, 'period.not_closed')


def test_totals_are_closed_until_it_is_reopened(closed):
    client, unit = closed.client('province.d'), closed.unit('d')

    def row():
        answer = closed.client('centre').get(
            '/api/v1/figures', form=FORM, periods='2025-Q3',
            units=str(unit), cells='s01.c3')
        return next(r['periods'][0] for r in answer['rows']
                    if r.get('unit') == unit)
    assert row()['closed'] is True
    reopen(client, unit, '2025-Q3', reason='Sửa')
    assert (row()['closed'], row()['restated']) == (False, False)
    closed.stop()
    closed.start()
    assert row()['closed'] is False


# --- what a closing means ------------------------------------------------------

def test_who_is_open_is_named_before_a_closing(own):
    Obligation(own, 'd11', '2025-Q2').accepted()
    Obligation(own, 'd12', '2025-Q2').sent()
    told = state(own.client('province.d'), own.unit('d'), '2025-Q2')
    names = {u['unit']: u['state'] for u in told['open_units']}
    assert own.unit('d11') not in names
    assert names[own.unit('d12')] == 'sent'
    assert names[own.unit('d13')] == 'not_started'
    assert told['open'] == len(names) == told['expected'] - 1
    assert (told['accepted'], told['closed'], told['acts']) == (1, False, [])


def test_open_units_are_in_the_order_of_names(own):
    """As the list beside them has them, not as they were imported."""
    names = [f'Xã Sơn {name}' for name in ('Bình', 'Châu', 'Đông', 'Hòa', 'Lạc',
                                           'Long', 'Phú', 'Thái', 'Yên')]
    told = [u['unit_name'] for u in
            state(own.client('province.d'), own.unit('d'))['open_units']]
    assert [name for name in told if name in names] == names


def test_a_closing_before_the_deadline_is_told_as_early(make_server):
    own = make_server('2025-09-16T09:00')
    told = state(own.client('province.d'), own.unit('d'))
    assert told['early'] is True and told['deadline'] >= '2025-09-16', told
    own.clock.set('2025-12-16T09:00')
    assert state(own.client('province.d'), own.unit('d'))['early'] is False


def test_what_changed_since_the_closing_is_listed(closed):
    client, unit = closed.client('province.d'), closed.unit('d')
    told = state(client, unit)
    assert (told['changed'], told['changes'], told['totals']) == (0, [], [])
    first = closed.obligation
    assert first.open(first.desk, cells=good(9), sign=True,
                      reason='Sót').status == 200
    Obligation(closed, 'd12', '2025-Q3').sent()
    told = state(client, unit)
    assert [(c['unit'], c['act'], c['version']) for c in told['changes']] == [
        (closed.unit('d12'), 'sign', 1), (closed.unit('d11'), 'sign', 2)]
    assert told['changed'] == 2
    assert told['changes'][1]['reason'] == 'Sót'
    moved = {t['cell']: (t['before'], t['now']) for t in told['totals']}
    assert moved, told
    for before, now in moved.values():
        assert before != now
    # Reopening does not forget it; the next closing begins anew.
    reopen(client, unit, '2025-Q3', reason='Sửa')
    assert state(client, unit)['changed'] == 2
    assert close(client, unit, '2025-Q3', reason='Bão').status == 201
    assert state(client, unit)['changed'] == 0


def test_everybody_below_sees_the_closing_and_its_end(closed):
    client, unit = closed.client('province.d'), closed.unit('d')
    clerk, commune = closed.obligation.clerk, closed.unit('d11')
    with_list = obligation_of(clerk, commune)['closing']
    assert with_list == {
        'unit': unit, 'unit_name': 'Tỉnh Cát Sơn', 'closed': True,
        'at': with_list['at'], 'reason': 'Các xã khác quá hạn'}
    path = f'/api/v1/reports/{closed.obligation.id}'
    assert clerk.get(path)['closing'] == with_list
    reopen(client, unit, '2025-Q3', reason='Sửa')
    seen = obligation_of(clerk, commune)
    assert (seen['closed'], seen['closing']['closed'],
            seen['closing']['reason']) == (False, False, 'Sửa')
    assert clerk.get(path)['closing'] == seen['closing']


def test_a_closing_above_the_unit_above_is_seen_as_well(make_server):
    """The Government closes; a commune under a province sees it."""
    own = make_server('2025-12-16T09:00')
    report = Obligation(own, 'd11', '2025-Q3').accepted()
    assert close(own.client('gov'), own.unit('gov'), '2025-Q3',
                 reason='Tổng hợp').status == 201
    seen = report.clerk.get(f'/api/v1/reports/{report.id}')['closing']
    assert (seen['unit'], seen['closed']) == (own.unit('gov'), True)
    # The nearer one counts where both have closed.
    assert close(own.client('province.d'), own.unit('d'), '2025-Q3',
                 reason='Bão').status == 201
    seen = report.clerk.get(f'/api/v1/reports/{report.id}')['closing']
    assert seen['unit'] == own.unit('d')


def test_a_stranger_learns_nothing_of_a_closing(closed):
    refused(closed.client('province.b').get(
        CLOSINGS, form=FORM, period='2025-Q3', unit=str(closed.unit('d'))),
            403, 'access.denied')


def test_a_closing_and_its_end_are_events_for_everybody_below(make_server):
    own = make_server('2025-12-16T09:00')
    report = Obligation(own, 'd11', '2025-Q3').accepted()
    gov, unit = own.client('gov'), own.unit('gov')
    after = report.clerk.get('/api/v1/events')['next']
    assert close(gov, unit, '2025-Q3', reason='Tổng hợp').status == 201
    assert reopen(gov, unit, '2025-Q3', reason='Sửa').status == 201
    told = report.clerk.get('/api/v1/events', after=after)
    assert [(e['type'], e['unit']) for e in told['items']
            if e['type'].startswith('vn.truc.period.')] == [
        ('vn.truc.period.closed', unit), ('vn.truc.period.reopened', unit)]
