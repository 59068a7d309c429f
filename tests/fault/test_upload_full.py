"""A full disk while files are sent: the sender is told, nothing is left behind,
and the same upload goes on when there is room again.

The limit is the kernel's on the size of a file, set on the running server.
"""

import hashlib
import os
import random
import resource

import pytest

from acts import refused
from server import Server, engine, run

UPLOADS = '/api/v1/uploads'
STEP = 262144
MIB = 1 << 20
pytestmark = pytest.mark.skipif(engine() != 'sqlite',
                                reason='the files are the same on both')


@pytest.fixture
def server(databases):
    made = Server('2025-12-10T09:00')
    made.start()
    yield made
    made.remove()


def limit_files(server, size):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (
        size, resource.RLIM_INFINITY))


def size_of(server, name):
    return sum(os.path.getsize(os.path.join(at, file))
               for at, _, files in os.walk(os.path.join(server.data, name))
               for file in files)


def begin(client, data):
    answer = client.post(UPLOADS, {
        'bytes': len(data), 'sha256': hashlib.sha256(data).hexdigest()})
    assert answer.status == 201, answer
    return f"{UPLOADS}/{answer['id']}"


def test_a_full_disk_is_told_and_passes(server):
    data = random.Random(1).randbytes(6 * MIB)
    client = server.client('clerk.x')
    path = begin(client, data)
    # The database's log is smaller than this, and stays so.
    limit_files(server, 5 * MIB)
    for at in range(0, 5 * MIB, STEP):
        assert client.send('PUT', f'{path}/parts/{at}',
                           data[at:at + STEP]).status == 200
    full = client.send('PUT', f'{path}/parts/{5 * MIB}',
                       data[5 * MIB:5 * MIB + STEP])
    refused(full, 507, 'spool.full')
    assert client.get(path)['received'] == 5 * MIB
    assert size_of(server, 'upload') == 5 * MIB
    whole = client.send('PUT', f'{path}/content', data)
    refused(whole, 507, 'spool.full')
    assert client.get(path)['received'] == 5 * MIB

    limit_files(server, resource.RLIM_INFINITY)
    for at in range(5 * MIB, 6 * MIB, STEP):
        assert client.send('PUT', f'{path}/parts/{at}',
                           data[at:at + STEP]).status == 200
    assert client.post(f'{path}/complete').status == 200
    got = client.get('/api/v1/blobs/' + hashlib.sha256(data).hexdigest())
    assert got.body == data
    assert size_of(server, 'spool') == size_of(server, 'upload') == 0
    server.stop()
    assert 'All is well.' in run('doctor', '--data', server.data).stdout


def test_a_bit_of_a_file_is_seen_by_the_doctor_and_by_restore(server,
                                                               tmp_path):
    data = random.Random(2).randbytes(STEP + 5)
    client = server.client('clerk.x')
    path = begin(client, data)
    assert client.send('PUT', f'{path}/content', data).status == 200
    digest = hashlib.sha256(data).hexdigest()
    copy, back = str(tmp_path / 'copy'), str(tmp_path / 'back')
    run('backup', copy, '--data', server.data)
    run('restore', copy, '--data', back)
    assert 'All is well.' in run('doctor', '--data', back).stdout
    server.stop()
    name = os.path.join('blob', digest[:2], digest[2:])
    for folder in (copy, server.data):
        where = os.path.join(folder, name)
        os.chmod(where, 0o600)
        with open(where, 'r+b') as file:
            file.seek(STEP)
            byte = file.read(1)[0]
            file.seek(STEP)
            file.write(bytes([byte ^ 4]))
    told = run('doctor', '--data', server.data, status=1)
    assert 'blob.damaged' in told.stderr and digest[2:] in told.stderr
    refused_copy = run('restore', copy, '--data', str(tmp_path / 'other'),
                       status=1)
    assert 'blob.damaged' in refused_copy.stderr
    assert not os.path.exists(tmp_path / 'other' / 'truc.db')
    told = run('backup', str(tmp_path / 'second'), '--data', server.data,
               status=1)
    assert 'blob.damaged' in told.stderr
    os.remove(os.path.join(server.data, name))
    told = run('doctor', '--data', server.data, status=1)
    assert 'blob.missing' in told.stderr
    # Who sends the file again makes the folder whole.
    server.start()
    path = begin(client, data)
    assert client.send('PUT', f'{path}/content', data).status == 200
    server.stop()
    assert 'All is well.' in run('doctor', '--data', server.data).stdout
