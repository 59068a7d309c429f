"""A province's administrator changes what is wholly below the own unit."""

import json

import pytest
from acts import ledger_size, refused
from reforms_api import CHANGES, applied, back, preview, set_of
from server import run


@pytest.fixture
def server(make_server):
    return make_server()


def unit(server, key):
    return str(server.unit(key))


def rename(server, key):
    return {'kind': 'rename', 'unit': unit(server, key), 'name': 'Xã Đổi Tên'}


def test_what_is_below_may_be_changed_and_taken_back(server):
    area = server.client('area.c')
    made = applied(area, set_of(
        {'kind': 'create', 'key': 'n', 'name': 'Xã Mới', 'type': 'commune',
         'level': 3, 'parent': unit(server, 'c')},
        {'kind': 'merge', 'units': [unit(server, 'x'), unit(server, 'y')],
         'into': 'new:n'}))
    assert back(area, made['id']).status == 201
    assert area.get(f'{CHANGES}/{made["id"]}')['taken_back_by'] is not None


@pytest.mark.parametrize('change', [
    lambda s: rename(s, 'c'),
    lambda s: rename(s, 'z'),
    lambda s: {'kind': 'move', 'unit': unit(s, 'x'), 'parent': unit(s, 'b')},
    lambda s: {'kind': 'move', 'unit': unit(s, 'z'), 'parent': unit(s, 'c')},
    lambda s: {'kind': 'merge', 'units': [unit(s, 'x')],
               'into': unit(s, 'z')},
    lambda s: {'kind': 'split', 'unit': unit(s, 'x'), 'parts': [
        {'unit': unit(s, 'y')}, {'unit': unit(s, 'z')}]},
    lambda s: {'kind': 'succession', 'unit': unit(s, 'b23'),
               'into': unit(s, 'z'), 'succession': 'whole',
               'on': '2025-07-01'},
    lambda s: {'kind': 'create', 'key': 'n', 'name': 'Xã Mới', 'level': 3,
               'type': 'commune', 'parent': unit(s, 'b')},
], ids=['itself', 'foreign', 'away', 'hither', 'into', 'part', 'known',
        'founded'])
def test_what_touches_others_is_refused(server, change):
    size = ledger_size(server)
    wanted = set_of(change(server))
    area = server.client('area.c')
    refused(preview(area, wanted), 403, 'access.denied')
    refused(area.post(CHANGES, {'index': 0, 'digest': '0' * 64,
                                'set': wanted}), 403, 'access.denied')
    assert preview(server.client('admin'), wanted).status == 200
    assert ledger_size(server) == size


def test_what_the_nation_did_is_not_taken_back(server):
    made = applied(server.client('admin'), set_of(
        {'kind': 'move', 'unit': unit(server, 'x'),
         'parent': unit(server, 'b')}))
    refused(back(server.client('area.c'), made['id']), 403, 'access.denied')


def test_a_file_is_applied_by_command(server, tmp_path):
    path = tmp_path / 'set.json'
    path.write_text(json.dumps(set_of(rename(server, 'd11'))),
                    encoding='utf-8')
    said = run('import', 'changes', str(path), '--data', server.data,
               store=server.store).stdout
    assert said == '1 changes of units are applied.\n'
    admin = server.client('admin')
    assert admin.get(CHANGES)['items'][0]['count'] == 1
    path.write_text(json.dumps(set_of({**rename(server, 'd11'),
                                       'name': '='})), encoding='utf-8')
    size = ledger_size(server)
    told = run('import', 'changes', str(path), '--data', server.data,
               store=server.store, status=2).stderr
    assert '/changes/0' in told and 'unit.name' in told
    assert ledger_size(server) == size
