"""A folder on a disk that cannot be written, as a copy on a medium is: what only
reads works, and what is not possible says why.

In a mount namespace of its own, so that nothing stays mounted.
"""

import os
import subprocess

import pytest
from acts import Obligation
from server import (PATIENCE_SECONDS, SANITIZER, Server, binary, copy_of,
                    engine)

APART = ['unshare', '--map-root-user', '--mount', 'sh', '-c']
FREEZE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"'
pytestmark = [
    pytest.mark.skipif(engine() != 'sqlite', reason='the files of SQLite'),
    pytest.mark.skipif(subprocess.run(
        APART + [FREEZE, 'sh', os.path.dirname(__file__)],
        check=False, capture_output=True).returncode != 0,
        reason='nothing may be mounted here')]


@pytest.fixture(scope='module')
def server():
    made = Server('2025-12-10T09:00', options={'ledger.body_inline': 256})
    made.start()
    Obligation(made, 'd11', '2025-Q3').sent()
    yield made
    made.remove()


def run_frozen(folder, *words):
    done = subprocess.run(
        APART + [FREEZE + ' && shift && exec "$@"', 'sh', folder, binary(),
                 *words, '--data', folder],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS, check=False)
    assert not SANITIZER.search(done.stderr), done.stderr
    return done


def test_what_only_reads_works_on_a_read_only_disk(server, tmp_path):
    if server.process is not None:
        server.stop()
    # Of its name SQLite must take every letter as it is.
    folder = str(tmp_path / 'bản sao 100% ?#1')
    copy_of(server.data, folder)
    for words in (['verify'], ['doctor'], ['jobs'], ['audit'],
                  ['user', 'list'], ['backup', str(tmp_path / 'copy')]):
        done = run_frozen(folder, *words)
        assert done.returncode == 0, (words, done.stderr)
    assert 'All is well.' in run_frozen(str(tmp_path / 'copy'),
                                        'doctor').stdout


def test_a_log_that_was_not_taken_over_is_told(server, tmp_path):
    if server.process is None:
        server.start()
    Obligation(server, 'd12', '2025-Q3').sent()
    server.kill()
    folder = str(tmp_path / 'data')
    copy_of(server.data, folder)
    os.remove(os.path.join(folder, 'truc.db-shm'))
    assert os.path.getsize(os.path.join(folder, 'truc.db-wal')) > 0
    done = run_frozen(folder, 'verify')
    assert done.returncode == 1
    assert 'copy the folder to another disk' in done.stderr, done.stderr
