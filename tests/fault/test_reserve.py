"""A disk that is full to the last byte: the reserve of the data folder lets people
sign in, read and clear up, acts are refused, and all goes on by itself when there
is room again.

A small disk in memory, in a mount namespace of its own, which a process holds
that only waits for its input to end.
"""

import os
import shutil
import subprocess

import pytest
from acts import FORM, REPORTS, good, refused
from server import (PATIENCE_SECONDS, SANITIZER, Server, binary, engine,
                    wait_until)

MIB = 1 << 20
RESERVE = 4 * MIB
HOLD = ('mount -t tmpfs -o size=32m none "$1" && cp -a "$2/." "$1" && '
        'echo ready && exec cat')
APART = ['unshare', '--map-root-user', '--mount', 'sh', '-c']


def may_mount():
    return subprocess.run(
        APART + ['mount -t tmpfs none "$1"', 'sh', os.path.dirname(__file__)],
        check=False, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.skipif(engine() != 'sqlite', reason='the files of SQLite'),
    pytest.mark.skipif(not may_mount(), reason='nothing may be mounted here')]


class SmallDisk:
    """A folder on a disk of its own, for those who come in."""

    def __init__(self, folder):
        self.folder = folder
        origin = folder + '.origin'
        shutil.copytree(folder, origin)
        self.holder = subprocess.Popen(
            APART + [HOLD, 'sh', folder, origin], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b'ready\n'
        self.come_in = ['nsenter', '--target', str(self.holder.pid), '--user',
                        '--mount', '--preserve-credentials']

    def path(self, name):
        return f'/proc/{self.holder.pid}/root{self.folder}/{name}'

    def size(self, name):
        return os.stat(self.path(name)).st_blocks * 512

    def fill(self):
        """Until not one more byte is written."""
        with open(self.path('filler'), 'ab', buffering=0) as file:
            for piece in (bytes(65536), bytes(1)):
                try:
                    while file.write(piece) > 0:
                        pass
                except OSError:
                    pass

    def clear(self):
        os.remove(self.path('filler'))

    def run(self, *words):
        done = subprocess.run(
            [*self.come_in, binary(), *words, '--data', self.folder],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS, check=False)
        assert not SANITIZER.search(done.stderr), done.stderr
        return done

    def end(self):
        self.holder.stdin.close()
        self.holder.wait(PATIENCE_SECONDS)
        self.holder.stdout.close()


@pytest.fixture
def server(databases):
    made = Server('2025-12-10T09:00', options={'disk.reserve': f'{RESERVE}'})
    made.disk = SmallDisk(made.data)
    made.before = made.disk.come_in
    made.start()
    yield made
    made.remove()
    made.disk.end()


def file(server, n):
    return server.client('desk.d').post(REPORTS, {
        'form': FORM, 'period': '2025-Q3', 'unit': str(server.unit(f'd1{n}')),
        'cells': good(n), 'sign': True}, key=f'report-{n}')


def ready(server):
    return server.client().get('/readyz')


def test_a_full_disk_has_a_reserve_for_who_signs_in_and_clears_up(server):
    disk = server.disk
    person = server.client('clerk.x')
    first = file(server, 1)
    assert first.status == 201, first
    path = f"{REPORTS}/{first['id']}"
    upload = person.post('/api/v1/uploads', {'bytes': 5, 'sha256': '0' * 64})
    assert upload.status == 201, upload
    assert ready(server).status == 200
    assert disk.size('reserve') == RESERVE

    disk.fill()
    # Though nobody has written since.
    wait_until(lambda: ready(server).status == 503, 'a full disk')
    refused(ready(server), 503, 'disk.full')
    assert server.metric('disk_full') == 1
    assert server.metric('disk_reserve_bytes') == 0
    for _ in range(100):
        refused(file(server, 2), 503, 'disk.full')
    assert 0 < server.log().count('event=request.failed') < 50
    for _ in range(20):
        browser = server.client()
        assert browser.sign_in('with.password').status == 200
        assert browser.delete('/api/v1/session').status == 204
    assert server.client('desk.d').get(path).status == 200
    assert person.delete(f"/api/v1/uploads/{upload['id']}").status == 204
    # Who may not do it anyway learns nothing of the disk.
    refused(server.client().post(REPORTS, {}), 401, 'access.login')
    for words in (['verify'], ['doctor'], ['jobs'], ['audit']):
        done = disk.run(*words)
        assert done.returncode == 0, (words, done.stderr)

    disk.clear()
    wait_until(lambda: ready(server).status == 200, 'room again')
    assert disk.size('reserve') == RESERVE
    assert server.metric('disk_full') == 0
    second = file(server, 2)
    assert second.status == 201, second
    assert file(server, 1)['id'] == first['id']
    assert server.metric('faults_total') == 0


def test_a_server_starts_and_ends_on_a_full_disk(server):
    disk = server.disk
    first = file(server, 1)
    assert first.status == 201, first
    server.kill()
    disk.fill()
    server.start()
    refused(ready(server), 503, 'disk.full')
    assert server.client().sign_in('with.password').status == 200
    server.stop()
    disk.fill()
    # Nothing is left, and no server is there that SQLite could read beside.
    for words in (['verify'], ['doctor'], ['user', 'disable', 'clerk.x']):
        done = disk.run(*words)
        assert done.returncode == 1, (words, done.stdout)
        assert 'disk.full' in done.stderr, done.stderr
        assert 'reserve beside it may be removed' in done.stderr, done.stderr
    disk.clear()
    server.start()
    assert ready(server).status == 200
    assert file(server, 1)['id'] == first['id']
    assert file(server, 2).status == 201
    server.stop()
    assert 'All is well.' in disk.run('doctor').stdout
