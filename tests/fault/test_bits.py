"""A flipped bit anywhere: verify and doctor say so and where; nothing crashes.

    TRUC_BITS_SEED   the dice of the random pages; printed

SQLite only: the files under test are its own.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import time

import pytest
from acts import Obligation, good
from server import (PATIENCE_SECONDS, SANITIZER, Server, binary, copy_of,
                    engine,
                    rounds)

SEED = int(os.environ.get('TRUC_BITS_SEED', time.time_ns() % 1000000))
ROUNDS = rounds('TRUC_BITS_ROUNDS', 60, 2000)
PAGE = 4096
pytestmark = pytest.mark.skipif(engine() != 'sqlite',
                                reason='the bits of SQLite files')


@pytest.fixture(scope='module')
def whole():
    """A folder that is well: sent, accepted, returned, amended, closed."""
    server = Server('2025-12-10T09:00')
    server.start()
    for n in range(1, 7):
        obligation = Obligation(server, f'd1{n}', '2025-Q3').sent(good(n))
        if n != 1:
            obligation.act(obligation.above, 'accept')
        if n == 3:
            obligation.open(obligation.desk, cells=good(30), sign=True,
                            reason='lần 2')
            obligation.act(obligation.above, 'send-back', {'reason': 'sai'})
        if n == 4:
            obligation.open(obligation.desk, cells=good(40), sign=True,
                            reason='lần 2')
            obligation.act(obligation.above, 'accept')
    server.client('province.d').post('/api/v1/closings', {
        'form': obligation.form, 'period': '2025-Q3',
        'unit': str(server.unit('d')),
        'reason': 'Xã đảo mất liên lạc'})
    server.stop()
    connection = sqlite3.connect(os.path.join(server.data, 'truc.db'))
    connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
    yield server.data
    server.remove()


@pytest.fixture
def data(whole, tmp_path):
    """A copy to break."""
    return copy_of(whole, tmp_path / 'data')


def sql(data, text, *values):
    connection = sqlite3.connect(data / 'truc.db')
    rows = connection.execute(text, values).fetchall()
    connection.commit()
    connection.close()
    return rows


def flip(data, table, column, where, bit=0):
    """One bit of one stored value."""
    (value,), = sql(data, f'SELECT {column} FROM {table} WHERE {where}')
    if isinstance(value, int):
        broken = value ^ (1 << bit)
    else:
        broken = bytearray(value.encode() if isinstance(value, str) else value)
        broken[len(broken) // 2] ^= 1 << bit
    new = 'CAST(? AS TEXT)' if isinstance(value, str) else '?'
    sql(data, 'PRAGMA ignore_check_constraints = ON')
    sql(data, f'UPDATE {table} SET {column} = {new} WHERE {where}', broken)


def command(name, data):
    """(status, all it said); a signal is a crash."""
    done = subprocess.run([binary(), name, '--data', str(data)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS,
                          check=False)
    told = done.stdout.decode(errors='replace')
    assert not SANITIZER.search(told), told
    assert 0 <= done.returncode < 128, (done.returncode, told)
    return done.returncode, told


def expect_broken(data, commands, *words):
    for name in commands:
        status, told = command(name, data)
        assert status != 0, told
        for word in words:
            assert word in told, (word, told)


BOTH = ('verify', 'doctor')


def signing(data, nth=0):
    """Ledger index of the n-th signing."""
    return sql(data, "SELECT idx FROM ledger_entry WHERE kind = 'report.sign' "
               'ORDER BY idx')[nth][0]


def test_the_whole_folder_is_well(data):
    for name in BOTH:
        status, told = command(name, data)
        assert status == 0, told


@pytest.mark.parametrize('column', ['body', 'salt', 'body_digest', 'kind'])
@pytest.mark.parametrize('bit', [0, 1])
def test_a_bit_of_a_ledger_entry(data, column, bit):
    index = signing(data, 2)
    flip(data, 'ledger_entry', column, f'idx = {index}', bit)
    words = ['ledger.broken']
    if column != 'kind':   # only the root shows that a header has changed
        words.append(f'entry {index}:')
    expect_broken(data, BOTH, *words)


def test_an_entry_that_is_gone(data):
    index = signing(data, 1)
    sql(data, f'DELETE FROM ledger_entry WHERE idx = {index}')
    expect_broken(data, BOTH, 'ledger.broken', f'entry {index}: is missing')


def test_the_last_entry_gone(data):
    sql(data, 'DELETE FROM ledger_entry WHERE idx = '
        '(SELECT MAX(idx) FROM ledger_entry)')
    expect_broken(data, BOTH, 'ledger.broken', 'last entry')


def test_two_entries_that_changed_places(data):
    a, b = signing(data, 0), signing(data, 1)
    for old, new in ((a, 10 ** 6), (b, a), (10 ** 6, b)):
        sql(data, f'UPDATE ledger_entry SET idx = {new} WHERE idx = {old}')
    expect_broken(data, BOTH, 'ledger.broken')


@pytest.mark.parametrize('column', ['checkpoint', 'frontier', 'size', 'at'])
def test_a_bit_of_the_checkpoint(data, column):
    flip(data, 'ledger_state', column, 'id = 1')
    expect_broken(data, BOTH, 'ledger.broken')


def test_a_checkpoint_signed_by_another_key(data, tmp_path):
    other = tmp_path / 'other'
    done = subprocess.run([binary(), 'init', '--data', str(other)],
                          stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS,
                          check=True)
    assert done.returncode == 0
    shutil.copy(other / 'ledger.key', data / 'ledger.key')
    expect_broken(data, BOTH, 'ledger.broken', 'not signed')


# What a report's row says is in the ledger, too.
REPORT = 'unit_id = (SELECT MIN(unit_id) + 3 FROM report)'


@pytest.mark.parametrize('column, value', [
    ('standing', 1), ('sent_version', 1), ('accepted_version', 0),
    ('accepted_version', 1), ('last_version', 3),
    ('first_sent_us', 1700000000000000),
])
def test_a_report_row_that_tells_another_story(data, column, value):
    (number,), = sql(data, f'SELECT id FROM report WHERE {REPORT}')
    sql(data, f'UPDATE report SET {column} = {value} WHERE id = {number}')
    assert command('verify', data)[0] == 0   # the ledger itself is well
    expect_broken(data, ['doctor'], 'report.differs', f'report {number}')


@pytest.mark.parametrize('change', [
    'returned = NOT returned', 'entry_id = entry_id - 1',
    "digest = zeroblob(32)"])
def test_a_signed_version_that_tells_another_story(data, change):
    (number,), = sql(data, f'SELECT id FROM report WHERE {REPORT}')
    sql(data, f'UPDATE report_version SET {change} '
        f'WHERE report_id = {number} AND number = 2')
    expect_broken(data, ['doctor'], 'report.differs', f'report {number}')


def test_a_report_row_that_is_gone(data):
    (number,), = sql(data, f'SELECT id FROM report WHERE {REPORT}')
    for table, column in (('report_act', 'report_id'),
                          ('report_version', 'report_id'), ('report', 'id')):
        sql(data, f'DELETE FROM {table} WHERE {column} = {number}')
    expect_broken(data, ['doctor'], 'report.differs', f'report {number}')


def test_a_file_that_is_needed_and_has_no_row(data):
    sql(data, "INSERT INTO blob_ref (digest, owner_kind, owner_id) "
        "VALUES (zeroblob(32), 'paper', 1)")
    expect_broken(data, ['doctor'], 'blob.missing', 'paper 1', '0' * 64)


@pytest.mark.parametrize('letter', [3, -3])
@pytest.mark.parametrize('kind', ['report.sign', 'report.accept',
                                  'form.publish', 'unit.import'])
def test_a_bit_of_each_place_that_names_a_kind(data, kind, letter):
    """In the table and in its index, where an entry is then in a wrong run."""
    path = data / 'truc.db'
    sound = path.read_bytes()
    places = [at for at in range(len(sound))
              if sound.startswith(kind.encode(), at)]
    found = 0
    for at in places:
        raw = bytearray(sound)
        raw[at + kind.index('.') + letter] ^= 8
        path.write_bytes(raw)
        for name in BOTH:
            status, _ = command(name, data)
            found += status != 0
    assert found > 0


def test_random_bits_of_the_file_never_crash_anything(data):
    dice = random.Random(SEED)
    print(f'TRUC_BITS_SEED={SEED}')
    path = data / 'truc.db'
    sound = path.read_bytes()
    found = 0
    for _ in range(ROUNDS):
        raw = bytearray(sound)
        for _ in range(dice.choice([1, 1, 8, 64])):
            raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        path.write_bytes(raw)
        for name in BOTH:
            status, told = command(name, data)
            found += status != 0
            assert told.strip(), name
    assert found > 0


def test_a_page_of_noise_never_crashes_anything(data):
    dice = random.Random(SEED)
    path = data / 'truc.db'
    sound = path.read_bytes()
    for number in dice.sample(range(len(sound) // PAGE), 12):
        raw = bytearray(sound)
        raw[number * PAGE:(number + 1) * PAGE] = dice.randbytes(PAGE)
        path.write_bytes(raw)
        for name in BOTH:
            command(name, data)


@pytest.mark.parametrize('length', [0, 100, PAGE, 10 * PAGE])
def test_a_file_cut_short(data, length):
    path = data / 'truc.db'
    path.write_bytes(path.read_bytes()[:length])
    for name in BOTH:
        status, told = command(name, data)
        assert status != 0 and told.strip(), told


def test_a_server_does_not_start_on_a_broken_ledger(data):
    flip(data, 'ledger_state', 'checkpoint', 'id = 1')
    done = subprocess.run(
        [binary(), 'serve', '--data', str(data), '--listen', '127.0.0.1:0'],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 1
    assert b'ledger.broken' in done.stdout, done.stdout
