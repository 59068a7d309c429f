"""Backup beside the running server, and the way back."""

import ctypes
import itertools
import os
import shutil
import sqlite3
import struct
import threading

import pytest

from acts import GOOD, Obligation, ledger_size
from server import Server, engine, run

on_sqlite = pytest.mark.skipif(
    engine() != 'sqlite', reason='PostgreSQL is copied by pg_dump')


@pytest.fixture(scope='module')
def source(make_server):
    server = make_server()
    server.obligation = Obligation(server, 'd11', '2025-Q3').sent()
    return server


def new_folder(server, number=itertools.count()):
    return os.path.join(server.folder, f'folder{next(number)}')


def backed_up(server):
    folder = new_folder(server)
    run('backup', folder, '--data', server.data)
    return folder


def served(make_server, source, data):
    """A server on another data folder, with the same people."""
    other = make_server()
    other.stop()
    shutil.rmtree(other.data)
    shutil.copytree(data, other.data)
    other.world = source.world
    return other.start()


@on_sqlite
def test_a_backup_is_taken_beside_the_running_server(source):
    folder = backed_up(source)
    done = run('verify', '--data', folder)
    assert f'{ledger_size(source)} entries' in done.stdout
    assert source.client().get('/readyz').status == 200


@on_sqlite
def test_a_backup_holds_one_moment_while_reports_come_in(source):
    stop = threading.Event()
    made = []

    def report():
        for n in range(2, 7):
            for year in range(2021, 2026):
                if stop.is_set():
                    return
                made.append(Obligation(source, f'd1{n}', f'{year}-Q1').sent())
    thread = threading.Thread(target=report)
    thread.start()
    try:
        folders = [backed_up(source) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert made
    for folder in folders:
        run('verify', '--data', folder)


@on_sqlite
def test_what_is_restored_answers_as_before(make_server, source):
    folder = backed_up(source)
    restored = new_folder(source)
    done = run('restore', folder, '--data', restored)
    assert f'verified: {ledger_size(source)} ledger entries' in done.stdout
    other = served(make_server, source, restored)
    obligation = Obligation(other, 'd11', '2025-Q3')
    obligation.id = source.obligation.id
    assert (obligation.get(obligation.desk).json ==
            source.obligation.get(obligation.desk).json)
    assert ledger_of(other) == ledger_of(source)
    assert Obligation(other, 'd12', '2025-Q3').open(
        other.client('desk.d'), cells=GOOD, sign=True).status == 201


def ledger_of(server):
    """Name, size and root; the other lines are of rows that change."""
    return server.client().get('/api/v1/ledger/checkpoint').body.split(
        b'\n')[:3]


def acted(server, unit):
    """An event of the ledger and one of a row, and all that is known then."""
    obligation = Obligation(server, unit, '2025-Q3').proposed()
    assert obligation.act(obligation.leader, 'sign').status == 200
    seen = obligation.desk.get('/api/v1/events', after='0.0')
    return {event['id']: {name: event[name]
                          for name in ('type', 'object_id', 'cursor')}
            for event in seen['items']}


@on_sqlite
def test_no_event_of_a_restored_copy_has_the_id_of_another(make_server):
    first = make_server()
    first.stop()
    folder = backed_up(first)
    first.start()
    restored = new_folder(first)
    sent = acted(first, 'd11')
    run('restore', folder, '--data', restored)
    other = served(make_server, first, restored)
    other.clock.set('2025-12-10T09:01')
    new = acted(other, 'd12')
    assert len(sent) == len(new) > 1
    assert [event['cursor'] for event in new.values()] == [
        event['cursor'] for event in sent.values()]
    # What was in the copy is the same event; what came later is not.
    both = set(sent) & set(new)
    assert both and all(sent[id_] == new[id_] for id_ in both)
    assert not [id_ for id_ in both if '.report.' in sent[id_]['type']]


@on_sqlite
def test_a_demonstration_is_still_one_after_the_way_back(source):
    """The client's yellow band hangs on that file."""
    mark = os.path.join(source.data, 'demo.txt')
    with open(mark, 'w', encoding='utf-8') as file:
        file.write('Dữ liệu minh họa\n')
    folder = backed_up(source)
    os.remove(mark)
    restored = new_folder(source)
    run('restore', folder, '--data', restored)
    with open(os.path.join(restored, 'demo.txt'), encoding='utf-8') as file:
        assert file.read() == 'Dữ liệu minh họa\n'


@on_sqlite
def test_a_backup_never_writes_over_another(source):
    folder = backed_up(source)
    done = run('backup', folder, '--data', source.data, status=1)
    assert 'data.not_empty' in done.stderr


@on_sqlite
def test_nothing_is_restored_over_data(source):
    folder = backed_up(source)
    other = backed_up(source)
    done = run('restore', folder, '--data', other, status=1)
    assert 'data.not_empty' in done.stderr


def spoil_entry(folder):
    with sqlite3.connect(os.path.join(folder, 'truc.db')) as db:
        db.execute("UPDATE ledger_entry SET body = CAST(replace(CAST(body AS "
                   "TEXT), '\"5\"', '\"6\"') AS BLOB) "
                   "WHERE kind = 'report.sign'")


def drop_entry(folder):
    with sqlite3.connect(os.path.join(folder, 'truc.db')) as db:
        db.execute('DELETE FROM report_act')
        db.execute('DELETE FROM report_version')
        db.execute('DELETE FROM ledger_entry WHERE idx = '
                   '(SELECT max(idx) FROM ledger_entry)')


def cut_off(folder):
    path = os.path.join(folder, 'truc.db')
    os.truncate(path, os.path.getsize(path) // 2)


def overwrite(folder):
    path = os.path.join(folder, 'truc.db')
    with open(path, 'r+b') as file:
        for at in range(4096, os.path.getsize(path), 8192):
            file.seek(at)
            file.write(b'\xff' * 64)


def lose_key(folder):
    os.remove(os.path.join(folder, 'ledger.key'))


def lose_database(folder):
    os.remove(os.path.join(folder, 'truc.db'))


def other_key(folder):
    """The key of another installation."""
    other = Server('2025-12-10T09:00')
    shutil.copy(os.path.join(other.data, 'ledger.key'), folder)
    other.remove()


@on_sqlite
@pytest.mark.parametrize('spoil', [spoil_entry, drop_entry, cut_off,
                                   overwrite, lose_key, lose_database,
                                   other_key])
def test_a_spoilt_backup_is_refused(source, spoil):
    folder = backed_up(source)
    spoil(folder)
    restored = new_folder(source)
    done = run('restore', folder, '--data', restored, status=1)
    assert 'truc:' in done.stderr
    # What was refused cannot be served by mistake.
    run('serve', '--data', restored, '--listen', '127.0.0.1:0', status=1)


def names_made(folder, act):
    """What was made in the folder meanwhile, in order, and perhaps is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    created, moved_to = 0x100, 0x80
    assert libc.inotify_add_watch(watch, folder.encode(),
                                  created | moved_to) >= 0
    act()
    with os.fdopen(watch, 'rb', buffering=0) as file:
        said = file.read(1 << 20) or b''
    names = []
    while said:
        size = struct.unpack_from('iIII', said)[3]
        names.append(said[16:16 + size].rstrip(b'\0').decode())
        said = said[16 + size:]
    return names


@on_sqlite
def test_the_key_comes_when_the_copy_is_verified(source):
    """Whatever ends it before leaves a folder that cannot be served."""
    folder = backed_up(source)
    whole = new_folder(source)
    os.mkdir(whole)
    made = names_made(whole, lambda: run('restore', folder, '--data', whole))
    assert any('ledger.key' in name for name in made), made
    spoil_entry(folder)
    spoilt = new_folder(source)
    os.mkdir(spoilt)
    made = names_made(spoilt, lambda: run('restore', folder, '--data', spoilt,
                                          status=1))
    assert 'truc.db' in made
    assert not any('ledger.key' in name for name in made), made


@pytest.mark.skipif(engine() == 'sqlite', reason='a matter of PostgreSQL')
def test_on_postgresql_the_command_names_the_tool_to_use(source):
    folder = new_folder(source)
    done = run('backup', folder, '--data', source.data, store=source.store,
               status=1)
    assert 'pg_dump' in done.stderr
