"""Which heir decides for a divided unit: who says so, of whom, from when.

a21 went in parts to x and y of province c; a11 went whole to x.
"""

from datetime import date, timedelta

import pytest
from acts import ledger_size, refused

GOOD = {'act': '12/QĐ-UBND', 'reason': 'Giữ toàn bộ hồ sơ của xã cũ'}


@pytest.fixture(scope='module')
def server(make_server):
    return make_server()


def path(server, unit):
    return f'/api/v1/units/{server.unit(unit)}/heirs'


def heirs(server, unit, login='nobody'):
    answer = server.client(login).get(path(server, unit))
    assert answer.status == 200, answer
    return answer


def name(server, heir, unit='a21', login='province.c', **more):
    return server.client(login).post(
        path(server, unit), {'heir': str(server.unit(heir)), **GOOD, **more})


def test_everybody_reads_who_the_heirs_are(server):
    answer = heirs(server, 'a21')
    assert answer['divided'] is True
    assert {item['unit'] for item in answer['heirs']} == {
        server.unit('x'), server.unit('y')}
    assert answer['may_name'] is False
    whole = heirs(server, 'a11')
    assert (whole['divided'], whole['heir']) == (False, None)
    assert [item['name'] for item in whole['heirs']] == ['Xã Tân Hòa']
    assert heirs(server, 'x')['divided'] is False
    assert heirs(server, 'b23')['divided'] is False


def test_only_the_unit_directly_above_is_told_that_it_may_name_one(server):
    asked = {login: heirs(server, 'a21', login)['may_name'] for login in (
        'province.c', 'province.b', 'viewer.c', 'gov', 'admin', 'centre',
        'desk.x', 'desk.a21', 'district.a2')}
    assert [login for login, may in asked.items() if may] == ['province.c']
    assert heirs(server, 'a11', 'province.c')['may_name'] is False


def test_others_are_refused_and_nothing_is_written(server):
    size = ledger_size(server)
    for login in ('province.b', 'viewer.c', 'gov', 'admin', 'centre',
                  'desk.x', 'desk.a21', 'district.a2'):
        refused(name(server, 'x', login=login), 403, 'access.denied')
    assert ledger_size(server) == size


def test_what_cannot_be_named_is_refused_at_its_place(server):
    size = ledger_size(server)
    today = date(2025, 12, 10)
    for heir, more, pointer, code in (
            ('z', {}, 'heir', 'unit.not_heir'),
            ('a21', {}, 'heir', 'unit.not_heir'),
            ('x', {'from': '2025-06-30'}, 'from', 'unit.heir_day'),
            ('x', {'from': str(today + timedelta(days=367))}, 'from',
             'unit.heir_day'),
            ('x', {'from': '9999-12-30'}, 'from', 'unit.heir_day'),
            ('x', {'from': '2025-02-30'}, 'from', 'input.date'),
            ('x', {'act': ''}, 'act', 'unit.heir_act'),
            ('x', {'act': 'x' * 201}, 'act', 'unit.heir_act'),
            ('x', {'act': 'x' * 801}, 'act', 'input.too_long'),
            ('x', {'reason': ''}, 'reason', 'unit.heir_reason'),
            ('x', {'reason': ' \u00a0 '}, 'reason', 'unit.heir_reason'),
            ('x', {'act': '\u200b\u3164'}, 'act', 'unit.heir_act'),
            ('x', {'reason': 'x' * 2001}, 'reason', 'input.too_long')):
        refused(name(server, heir, **more), 422, 'input.invalid',
                **{pointer: code})
    client = server.client('province.c')
    for reference, status, code in (
            ('999999', 404, 'unit.unknown'), ('-', 422, 'unit.ref'),
            ('area:20001', 422, 'unit.code_needs_date')):
        refused(client.post(path(server, 'a21'),
                            {'heir': reference, **GOOD}), 422, code,
                heir=code)
        refused(client.post(f'/api/v1/units/{reference}/heirs',
                            {'heir': '1', **GOOD}), status, code)
        refused(client.get(f'/api/v1/units/{reference}/heirs'), status, code)
    assert ledger_size(server) == size


def test_a_unit_that_is_not_divided_needs_nobody(server):
    refused(name(server, 'x', unit='a11'), 409, 'unit.not_divided')
    refused(name(server, 'y', unit='x'), 409, 'unit.not_divided')
    refused(name(server, 'z', unit='b23', login='province.b'), 409,
            'unit.not_divided')


def test_namings_are_kept_with_their_act_and_counted(server):
    answer = name(server, 'x', **{'from': '2025-12-01'})
    assert answer.status == 201, answer
    assert {key: answer[key] for key in (
        'unit', 'heir', 'heir_name', 'from', 'act', 'reason', 'at')} == {
            'unit': server.unit('a21'), 'heir': server.unit('x'),
            'heir_name': 'Xã Tân Hòa', 'from': '2025-12-01',
            'at': '2025-12-10T09:00:00+07:00', **GOOD}
    refused(name(server, 'x'), 409, 'unit.heir_named')
    for number in range(1, 100):
        answer = name(server, 'y' if number % 2 else 'x')
        assert answer.status == 201, answer
    refused(name(server, 'x'), 409, 'unit.heirs_full')
    told = heirs(server, 'a21')
    assert told['heir'] == server.unit('y')
    assert len(told['namings']) == 100
    indexes = [item['ledger_index'] for item in told['namings']]
    assert indexes == sorted(indexes, reverse=True)
    assert told['namings'][0]['ledger_index'] == answer['ledger_index']
