"""What a set of changes can have wrong: the place is named, nothing is done."""

import pytest
from acts import ledger_size, refused
from reforms_api import CHANGES, apply, applied, back, preview, set_of, shown


@pytest.fixture(scope='module')
def server(make_server):
    return make_server()


@pytest.fixture(scope='module')
def admin(server):
    return server.client('admin')


def named(text, server):
    """Units by their keys: "@x"."""
    if isinstance(text, dict):
        return {key: named(value, server) for key, value in text.items()}
    if isinstance(text, list):
        return [named(value, server) for value in text]
    if isinstance(text, str) and text.startswith('@'):
        return str(server.unit(text[1:]))
    return text


NEW = {'kind': 'create', 'key': 'n', 'name': 'Xã Mới', 'type': 'commune',
       'level': 3, 'parent': '@d'}
NAME = {'kind': 'rename', 'unit': '@d11', 'name': 'Xã Đổi Tên'}
END = {'kind': 'abolish', 'unit': '@d11'}
FAULTS = [
    ([], '/changes', 'reform.parts'),
    ([{'kind': 'rename', 'unit': '@d11'}], '/changes/0/name',
     'input.missing'),
    ([{**NAME, 'parent': '@c'}], '/changes/0/parent', 'input.unknown'),
    ([{**NAME, 'act': ''}], '/changes/0/act', 'input.missing'),
    ([{**NAME, 'unit': 'seventeen'}], '/changes/0/unit', 'unit.ref'),
    ([{**NAME, 'unit': '999999'}], '/changes/0/unit', 'unit.unknown'),
    ([{**NAME, 'unit': 'new:n'}, NEW], '/changes/0/unit', 'unit.unknown'),
    ([{**NAME, 'unit': 'area:03101'}], '/changes/0/unit',
     'unit.code_needs_date'),
    ([NAME, {**NAME, 'unit': '@d12', 'name': '=1+1'}], '/changes/1',
     'unit.name'),
    ([{**NEW, 'code': 'a b'}], '/changes/0', 'unit.code'),
    ([{'kind': 'succession', 'unit': '@a22', 'into': '@x', 'act': '!',
       'succession': 'whole'}], '/changes/0', 'unit.act'),
    ([{**NEW, 'key': 'ấ'}], '/changes/0/key', 'reform.key'),
    ([NEW, NEW], '/changes/1/key', 'reform.key'),
    ([{**NAME, 'on': '1999-01-01'}], '/changes/0/unit', 'reform.day'),
    ([{**NAME, 'on': '2020-01-01'}], '/changes/0/unit', 'reform.day'),
    ([{**NAME, 'on': '2999-01-01'}], '/changes/0/on', 'reform.day'),
    ([NAME, {**NAME, 'on': '2025-12-01'}], '/changes/1/unit', 'reform.day'),
    ([{**NAME, 'unit': '@d12', 'on': '2025-01-01'}], '/changes/0/unit',
     'reform.later'),
    ([END, NAME], '/changes/1/unit', 'reform.ended'),
    ([{'kind': 'move', 'unit': '@d', 'parent': '@d11'}],
     '/changes/0/parent', 'reform.itself'),
    ([{'kind': 'merge', 'units': ['@d11', '@d12'], 'into': '@d12'}],
     '/changes/0/units/1', 'reform.itself'),
    ([{'kind': 'merge', 'units': [], 'into': '@d12'}], '/changes/0/units',
     'reform.parts'),
    ([{'kind': 'split', 'unit': '@d11', 'parts': []}], '/changes/0/parts',
     'reform.parts'),
    ([{'kind': 'split', 'unit': '@d11', 'parts': [
        {'unit': '@d12'}, {'unit': '@d12'}]}], '/changes/0/parts/1/unit',
     'reform.twice'),
    ([{'kind': 'split', 'unit': '@d11', 'parts': [
        {'unit': '@d12', 'people': 6000}, {'unit': '@d13', 'people': 6000}]}],
     '/changes/0/parts', 'reform.shares'),
    ([NAME, {'kind': 'abolish', 'unit': '@d'}], '/changes/1',
     'unit.parent_gone'),
    ([{'kind': 'move', 'unit': '@d11', 'parent': '@d12'}], '/changes/0',
     'unit.parent_level'),
    ([{**NEW, 'code': '03102'}], '/changes/0', 'unit.code_taken'),
    ([NAME, {'kind': 'succession', 'unit': '@d11', 'into': '@d12',
             'succession': 'part'}], '/changes/1', 'unit.succession'),
]


@pytest.mark.parametrize('changes, place, code', FAULTS, ids=str)
def test_a_fault_names_its_place_and_nothing_is_done(server, admin, changes,
                                                     place, code):
    wanted = set_of(*named(changes, server), on='2026-02-01')
    size = ledger_size(server)
    answer = preview(admin, wanted)
    assert answer.status == 422, answer
    assert answer.faults.get(place) == code, answer
    again = admin.post(CHANGES, {
        'index': 0, 'digest': '0' * 64, 'set': wanted})
    assert (again.status, again.faults) == (422, answer.faults)
    assert ledger_size(server) == size


def test_all_faults_are_told_at_once(server, admin):
    answer = preview(admin, set_of(
        *named([NAME, {**NAME, 'unit': '7777'}, {**END, 'on': '1999-01-01'}],
               server)))
    assert set(answer.faults) == {'/changes/1/unit', '/changes/2/unit'}


def test_a_set_has_a_most(server, admin):
    many = set_of(*[named(NAME, server)] * 4001)
    answer = preview(admin, many)
    assert answer.status == 422 and '/changes' in answer.faults, answer


def test_what_is_not_there_cannot_be_taken_back(server, admin):
    refused(admin.get(f'{CHANGES}/999999'), 404, 'reform.unknown')
    body = {'act': '2/NQ-THU', 'reason': 'Bãi bỏ'}
    for path, more in (('counter/preview', {}),
                       ('counter', {'index': 0, 'digest': '0' * 64})):
        refused(admin.post(f'{CHANGES}/999999/{path}', {**body, **more}),
                404, 'reform.unknown')


def test_taking_back_has_an_act_and_a_reason(server, admin):
    made = applied(admin, set_of(named({**NAME, 'unit': '@d31'}, server)))
    for path, more in (('counter/preview', {}),
                       ('counter', {'index': 0, 'digest': '0' * 64})):
        answer = admin.post(f'{CHANGES}/{made["id"]}/{path}', {
            'act': '!', 'reason': '?', **more})
        assert answer.faults == {'/act': 'unit.act',
                                 '/reason': 'reform.reason'}, answer


def both(admin, number, code):
    """Neither shown nor done."""
    body = {'act': '2/NQ-THU', 'reason': 'Bãi bỏ'}
    refused(admin.post(f'{CHANGES}/{number}/counter/preview', body), 409, code)
    refused(admin.post(f'{CHANGES}/{number}/counter', {
        **body, 'index': 0, 'digest': '0' * 64}), 409, code)


def test_what_later_changes_rest_on_is_not_taken_back(server, admin):
    first = applied(admin, set_of(named({**NAME, 'unit': '@d32'}, server)))
    second = applied(admin, set_of(named(
        {'kind': 'move', 'unit': '@d32', 'parent': '@b'}, server),
        on='2026-01-05'))
    both(admin, first['id'], 'reform.overtaken')
    assert back(admin, second['id']).status == 201
    assert back(admin, first['id']).status == 201
    both(admin, first['id'], 'reform.undone')


def test_what_others_came_to_need_is_not_taken_back(server, admin):
    province = applied(admin, set_of(named(
        {**NEW, 'type': 'province', 'level': 1, 'parent': '@gov'}, server)))
    unit = found(server, 'Xã Mới', on='2026-01-02')
    applied(admin, set_of(named(
        {'kind': 'move', 'unit': '@d33', 'parent': str(unit)}, server),
        on='2026-01-05'))
    both(admin, province['id'], 'unit.parent_gone')
    ended = applied(admin, set_of(named(
        {'kind': 'code', 'unit': '@d34', 'code': ''}, server)))
    applied(admin, set_of(named(
        {'kind': 'code', 'unit': '@d35', 'code': '03304'}, server)))
    both(admin, ended['id'], 'unit.code_taken')


def found(server, name, on):
    return next(item['id'] for item in server.client('nobody').get(
        '/api/v1/units', q=name, on=on)['items'] if item['name'] == name)


def test_another_digest_is_refused(server, admin):
    wanted = set_of(named({**NAME, 'unit': '@d36'}, server))
    effect = preview(admin, wanted)
    answer = admin.post(CHANGES, {**shown(effect), 'digest': '0' * 64,
                                  'set': wanted})
    refused(answer, 409, 'reform.changed')
    made = apply(admin, wanted, effect)
    assert made.status == 201
    answer = admin.post(f'{CHANGES}/{made["id"]}/counter', {
        'act': '2/NQ-THU', 'reason': 'Bãi bỏ', 'index': 0,
        'digest': '0' * 64})
    refused(answer, 409, 'reform.changed')
    assert admin.get(f'{CHANGES}/{made["id"]}')['changes'][0]['kind'] == \
        'rename'
