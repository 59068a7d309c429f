"""Bodies of ledger entries that are files: with the option at its least, every
report's body is one.

    TRUC_KILLS         how often (default 12, in the long run 400)
    TRUC_KILL_SEED     the dice; printed

Whatever reads the ledger must not notice: totals, events, traces, doctor,
rebuild, backup.  A damaged file is found with the entry's index, and no right
to anything lets a body be read as a blob.
"""

import os
import re

import pytest

from acts import FORM, REPORTS, good
from server import Server, rounds, run
from test_kill import SEED
from works import survives

KILLS = rounds('TRUC_KILLS', 12, 400)
NOW = '2025-12-10T09:00'
SMALL = {'ledger.body_inline': '256'}
DESKS = [f'd1{n}' for n in range(1, 7)]


@pytest.fixture
def server(databases):
    made = Server(NOW, options=SMALL)
    yield made
    made.remove()


def blobs(server):
    """Digest to path."""
    return {os.path.basename(at) + name: os.path.join(at, name)
            for at, _, names in os.walk(os.path.join(server.data, 'blob'))
            for name in names}


def sign(server, unit, period, value):
    return server.client('desk.d').post(REPORTS, {
        'form': FORM, 'period': period, 'unit': str(unit),
        'cells': good(value), 'sign': True})


def command(server, *words, status=0):
    return run(*words, '--data', server.data, store=server.store,
               status=status)


def totals(server, periods):
    answer = server.client('centre').get(
        '/api/v1/figures', form=FORM, level=0, cells='all.c4',
        periods=','.join(periods))
    return [int(shown['values'][0] or 0)
            for shown in answer['rows'][-1]['periods']]


def test_whatever_reads_the_ledger_reads_files_too(server, tmp_path):
    server.start()
    before = len(blobs(server))
    for n, unit in enumerate(DESKS):
        answer = sign(server, server.unit(unit), '2024-Q1', 100 + n)
        assert answer.status == 201, answer
    assert len(blobs(server)) == before + 6
    assert totals(server, ['2024-Q1']) == [sum(range(100, 106))]

    # Nobody reads a body as a blob, whatever he may read else.
    for login in ('desk.d', 'province.d', 'centre', 'viewer.c', 'admin'):
        for digest in blobs(server):
            client = server.client(login)
            assert client.get(f'/api/v1/blobs/{digest}').status == 404
            assert client.send(
                'HEAD', f'/api/v1/blobs/{digest}').status == 404

    server.stop()
    server.start()   # the cube from its snapshot or from the files
    assert totals(server, ['2024-Q1']) == [sum(range(100, 106))]
    server.stop()
    assert 'All is well.' in command(server, 'doctor').stdout
    assert '0 reports were put right' in command(server, 'rebuild').stdout
    if server.store is None:
        copy, again = str(tmp_path / 'copy'), str(tmp_path / 'again')
        command(server, 'backup', copy)
        run('restore', copy, '--data', again)
        assert 'no gap' in run('verify', '--data', again).stdout
        assert 'All is well.' in run('doctor', '--data', again).stdout


@pytest.mark.parametrize('damage', ['flip', 'remove', 'cut'])
def test_a_damaged_file_is_found_with_its_entry(server, damage):
    server.start()
    old = set(blobs(server))
    entries = []
    for n in range(3):
        answer = sign(server, server.unit(DESKS[n]), '2024-Q1', n + 1)
        assert answer.status == 201, answer
        new, = set(blobs(server)) - old
        old.add(new)
        entries.append((new, answer))
    server.stop()
    told = command(server, 'verify').stdout
    size = int(re.search(r'(\d+) entries', told)[1])
    path = blobs(server)[entries[1][0]]
    os.chmod(path, 0o600)
    if damage == 'flip':
        with open(path, 'r+b') as file:
            file.seek(100)
            byte = file.read(1)[0]
            file.seek(100)
            file.write(bytes([byte ^ 4]))
    elif damage == 'remove':
        os.remove(path)
    else:
        os.truncate(path, 100)
    told = command(server, 'verify', status=1)
    assert f'entry {size - 2}' in told.stdout + told.stderr, told
    command(server, 'doctor', status=1)


def test_what_was_answered_survives_kills(server):
    survives(server, KILLS, SEED)
    # A body's file is there before its row: what is more, a kill left.
    told = command(server, 'doctor').stdout
    files = int(re.search(r'(\d+) files with', told)[1])
    strays = re.search(r'(\d+) files have no row', told)
    assert files > KILLS
    assert len(blobs(server)) == files + (int(strays[1]) if strays else 0)
