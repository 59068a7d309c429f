"""Closing a unit's period for the level below it."""

import pytest

from conftest import POOL
from acts import FORM, Obligation, ledger_size, nothing_changes, refused

CLOSINGS = '/api/v1/closings'


def close(client, unit, period, **more):
    return client.post(CLOSINGS, {'form': FORM, 'period': period,
                                  'unit': str(unit), **more})


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
    assert (answer['reports'], answer['open']) == (2, 13)
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
