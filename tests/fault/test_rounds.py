"""Whatever breaks, in any order: a power cut, one that tore the last write, a full
disk, a flipped bit, a clock that leaps and comes back, a PostgreSQL that is
killed or loses its connections in the middle of a commit.

    TRUC_FAULT_ROUNDS  how many faults (default 40, in the long run 1,000)
    TRUC_FAULT_SEED    the dice; printed

After each fault: what was answered is there, once; what was not, whole or not at
all, and once after a repetition with its key; the ledger has no gap.
"""

import datetime
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import time

import pytest
from edits import sql
from server import (HANOI, PATIENCE_SECONDS, Server, copy_of, engine,
                    rounds,
                    wait_until)
from test_bits import expect_broken, flip
from works import power_cut, survives

ROUNDS = rounds('TRUC_FAULT_ROUNDS', 40, 1000)
SEED = int(os.environ.get('TRUC_FAULT_SEED', time.time_ns() % 1000000))
NOW = '2025-12-10T09:00'
LEAPS = ['2026-01-10T09:00', '2025-12-10T09:02', '2025-12-10T08:58',
         '2015-12-10T09:00']
# What an act may be refused with while the fault lasts.
REFUSALS = ('disk.full', 'clock.leapt', 'store.connect', 'store.batch_lost',
            'store.uncertain')


@pytest.fixture
def server(own):
    made = Server(NOW, databases=own, steady=1000)
    yield made
    made.remove()


def be_ready(server):
    wait_until(lambda: server.client().get('/readyz').status == 200,
               'ready again')


def cut_or_wait(server, load, dice):
    """While the fault lasts, or when it is over."""
    if dice.random() < 0.5:
        power_cut(server, load, dice)
    else:
        load.stop()


# SQLite's log: a head of 32 bytes, whose salts are at 16; then a head of 24
# bytes before each page, with its number, the size of the database after a
# commit, the salts again and a sum over all before.
# https://www.sqlite.org/fileformat.html#the_write_ahead_log
LOG_HEAD, FRAME_HEAD = 32, 24


def tear(path, dice):
    """The last write of the log as a power cut leaves it: a commit of which
    some bytes have not come to the disk."""
    with open(path, 'r+b') as file:
        log = file.read()
        if len(log) < LOG_HEAD:
            return
        page, = struct.unpack_from('>I', log, 8)
        salts = log[16:24]
        end = LOG_HEAD
        while log[end + 8:end + 16] == salts:
            end += FRAME_HEAD + page
        frame = (struct.pack('>II', 1, dice.randrange(1, 1000)) + salts
                 + dice.randbytes(8 + page))
        file.seek(end)
        file.write(frame[:dice.randrange(1, len(frame))])


def torn_write(server, load, dice):
    server.kill()
    load.end()
    tear(os.path.join(server.data, 'truc.db-wal'), dice)
    server.start()


def flipped_bit(server, load, dice):
    """Of a copy: it is noticed there; the folder itself goes on."""
    server.kill()
    load.end()
    copy = copy_of(server.data, pathlib.Path(server.folder) / 'copy')
    size, = sql(server, 'SELECT count(*) FROM ledger_entry')[0]
    flip(copy, 'ledger_entry', dice.choice(['body', 'salt', 'body_digest']),
         f'idx = {dice.randrange(int(size))}', dice.randrange(8))
    expect_broken(copy, ['verify'], 'ledger.broken')
    shutil.rmtree(copy)
    server.start()


def full_disk(server, load, dice):
    log = os.path.join(server.data, 'truc.db-wal')
    most = os.path.getsize(log) + dice.randrange(40000)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE,
                     (most, resource.RLIM_INFINITY))
    load.refused.wait(dice.uniform(0, 0.5))
    pid = server.process.pid
    cut_or_wait(server, load, dice)
    if server.process.pid == pid:
        resource.prlimit(pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    be_ready(server)


def clock_leaps(server, load, dice):
    server.clock.set(dice.choice(LEAPS))
    load.refused.wait(PATIENCE_SECONDS)
    cut_or_wait(server, load, dice)
    server.clock.set(NOW)
    be_ready(server)


def postgresql_dies(server, load, dice):
    server.databases.kill()
    # Who waits to know what came of a commit hears when it is back.
    server.databases.again()
    load.stop()
    be_ready(server)


def connections_end(server, load, dice):
    """Those that are in the middle of a commit, too."""
    subprocess.run(['psql', '-qAt', '-d', server.store, '-c',
                    'SELECT pg_terminate_backend(pid, 10000) '
                    'FROM pg_stat_activity '
                    "WHERE application_name = 'truc' "
                    'AND datname = current_database()'],
                   stdout=subprocess.DEVNULL, timeout=PATIENCE_SECONDS,
                   check=True)
    load.stop()
    be_ready(server)


FAULTS = {
    'sqlite': [power_cut, torn_write, full_disk, flipped_bit, clock_leaps],
    'postgres': [power_cut, postgresql_dies, connections_end, clock_leaps],
}


def test_what_was_answered_survives_whatever_breaks(server):
    print(f'TRUC_FAULT_SEED={SEED} on {engine()}')
    survives(server, ROUNDS, SEED, FAULTS[engine()], REFUSALS)
    # No act took the time of a clock that had leapt.
    last, = sql(server, 'SELECT max(at) FROM ledger_entry')[0]
    moment = datetime.datetime.fromisoformat(NOW).replace(tzinfo=HANOI)
    assert int(last) == int(moment.timestamp()) * 1000000
