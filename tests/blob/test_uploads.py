"""Files: sent in steps or whole, read back by whoever may, and by nobody else."""

import hashlib
import http.client
import os
import random
import re
import shutil
import socket
import sqlite3

import pytest

from acts import refused
from server import PATIENCE_SECONDS, engine, run, wait_until

UPLOADS = '/api/v1/uploads'
STEP = 262144
MIB = 1 << 20
LONG = os.environ.get('TRUC_TEST_LONG') == '1'
# What one large file may add to the memory of the server.
RESIDENT_MIB = 16


@pytest.fixture(scope='module')
def server(make_server):
    return make_server()


@pytest.fixture
def clerk(server):
    return server.client('clerk.x')


def content(size, seed=1):
    return random.Random(seed).randbytes(size)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def begin(client, data):
    answer = client.post(UPLOADS, {'bytes': len(data), 'sha256': digest(data)})
    assert answer.status == 201, answer
    return f"{UPLOADS}/{answer['id']}"


def part(client, path, offset, data):
    return client.send('PUT', f'{path}/parts/{offset}', data, {
        'Content-Type': 'application/octet-stream'})


def send_steps(client, path, data, step=STEP, start=0):
    for offset in range(start, len(data), step):
        answer = part(client, path, offset, data[offset:offset + step])
        assert answer.status == 200, answer
        assert answer['received'] == min(offset + step, len(data))


def send(client, data):
    """A complete upload; its path."""
    path = begin(client, data)
    send_steps(client, path, data)
    answer = client.post(f'{path}/complete')
    assert (answer.status, answer['complete']) == (200, True), answer
    return path


def read(client, data, method='GET', **headers):
    return client.send(method, f'/api/v1/blobs/{digest(data)}', headers={
        name.replace('_', '-'): value for name, value in headers.items()})


# ---- sending ---------------------------------------------------------------

@pytest.mark.parametrize('size', [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP,
                                  5 * MIB + 7])
def test_a_file_sent_in_steps_is_read_back(clerk, size):
    data = content(size, size)
    send(clerk, data)
    answer = read(clerk, data)
    assert answer.status == 200 and answer.body == data
    assert answer.headers['ETag'] == f'"{digest(data)}"'
    assert answer.headers['Content-Disposition'].startswith('attachment')
    assert answer.headers['Content-Type'] == 'application/octet-stream'


@pytest.mark.parametrize('size', [1000, 3 * MIB + 5])
def test_a_file_sent_whole_is_read_back(clerk, size):
    data = content(size, size + 9)
    path = begin(clerk, data)
    answer = clerk.send('PUT', f'{path}/content', data)
    assert (answer.status, answer['complete']) == (200, True), answer
    assert read(clerk, data).body == data
    refused(clerk.send('PUT', f'{path}/content', data), 409,
            'upload.complete')


def test_an_upload_goes_on_where_it_was_cut(server, clerk):
    data = content(6 * STEP)
    path = begin(clerk, data)
    send_steps(clerk, path, data[:2 * STEP])
    # A part that never arrives whole.
    with socket.create_connection(('127.0.0.1', server.port),
                                  PATIENCE_SECONDS) as sock:
        sock.sendall((f'PUT {path}/parts/{2 * STEP} HTTP/1.1\r\nHost: x\r\n'
                      f'Authorization: Bearer {clerk.token}\r\n'
                      f'Content-Length: {STEP}\r\n\r\n').encode()
                     + data[2 * STEP:2 * STEP + 1000])
    answer = clerk.get(path)
    assert (answer['received'], answer['complete']) == (2 * STEP, False)
    assert clerk.send('HEAD', path).status == 200
    server.kill()
    server.start()
    assert clerk.get(path)['received'] == 2 * STEP
    send_steps(clerk, path, data, start=2 * STEP)
    assert clerk.post(f'{path}/complete').status == 200
    assert read(clerk, data).body == data


def test_the_list_holds_what_was_not_taken(server):
    client = server.client('viewer.c')
    assert client.get(UPLOADS)['items'] == []
    path = begin(client, content(5))
    assert [i['id'] for i in client.get(UPLOADS)['items']] == [
        int(path.rsplit('/', 1)[1])]
    assert client.delete(path).status == 204
    assert client.get(UPLOADS)['items'] == []
    refused(client.get(path), 404, 'upload.unknown')
    refused(client.delete(path), 404, 'upload.unknown')


# ---- bad uploads -----------------------------------------------------------

def test_a_wrong_announcement_is_told(clerk):
    for wrong in ('', 'x' * 64, 'a' * 63):
        answer = clerk.post(UPLOADS, {'bytes': 1, 'sha256': wrong})
        refused(answer, 422, 'input.invalid')
        assert answer.faults == {'/sha256': 'upload.sha256'}
    for size, code in ((-1, 'input.invalid'),
                       ((1 << 40) + 1, 'input.invalid'),
                       ((16 << 30) + 1, 'upload.too_large')):
        refused(clerk.post(UPLOADS, {'bytes': size, 'sha256': 'a' * 64}),
                422, code)


def test_a_wrong_digest_is_told_and_may_be_sent_again(clerk):
    data = content(STEP + 5, 3)
    path = begin(clerk, data)
    send_steps(clerk, path, bytes(STEP + 5))
    refused(clerk.post(f'{path}/complete'), 422, 'upload.digest')
    assert clerk.get(path)['received'] == 0
    refused(clerk.send('PUT', f'{path}/content', bytes(STEP + 5)), 422,
            'upload.digest')
    send_steps(clerk, path, data)
    assert clerk.post(f'{path}/complete').status == 200
    assert read(clerk, data).body == data


def test_wrong_lengths_gaps_and_other_bytes_change_nothing(clerk):
    data = content(3 * STEP, 4)
    path = begin(clerk, data)
    send_steps(clerk, path, data[:STEP])
    for offset, sent, status, code in (
            (2 * STEP, data[:STEP], 409, 'upload.gap'),
            (STEP, bytes(3 * STEP), 422, 'upload.length'),
            (STEP, data[:100], 422, 'upload.step'),
            (STEP, b'', 422, 'upload.step'),
            (1, data[1:STEP + 1], 422, 'upload.step'),
            (0, bytes(STEP), 409, 'upload.differs')):
        refused(part(clerk, path, offset, sent), status, code)
        assert clerk.get(path)['received'] == STEP
    refused(part(clerk, path, 'x', data[:STEP]), 404, 'route.unknown')
    try:
        refused(part(clerk, path, STEP, bytes(MIB + 1)), 413, 'input.too_big')
    except OSError:
        pass   # cut while it was still sending
    assert clerk.get(path)['received'] == STEP
    refused(clerk.post(f'{path}/complete'), 409, 'upload.incomplete')
    for size in (1, 4 * STEP):
        refused(clerk.send('PUT', f'{path}/content', bytes(size)), 422,
                'upload.length')
    # Doubled is once.
    assert part(clerk, path, 0, data[:STEP])['received'] == STEP
    send_steps(clerk, path, data, start=STEP)
    assert clerk.post(f'{path}/complete').status == 200
    assert clerk.post(f'{path}/complete').status == 200
    refused(part(clerk, path, 0, data[:STEP]), 409, 'upload.complete')
    assert read(clerk, data).body == data


def test_a_hundred_thousand_parts_are_refused_one_by_one(server, clerk):
    """Tiny parts cost their sender more than the server, and add nothing."""
    count = 100_000 if LONG else 3_000
    data = content(100_000, 5)
    path = begin(clerk, data)
    connection = http.client.HTTPConnection('127.0.0.1', server.port,
                                            timeout=PATIENCE_SECONDS)
    before = memory(server)
    for offset in range(count):
        connection.request('PUT', f'{path}/parts/{offset % 7}', b'x', {
            'Authorization': f'Bearer {clerk.token}'})
        answer = connection.getresponse()
        assert answer.status in (409, 422), answer.read()
        answer.read()
    connection.close()
    assert memory(server) - before < resident_most(server)
    assert clerk.get(path)['received'] == 0
    send_steps(clerk, path, data)
    assert clerk.post(f'{path}/complete').status == 200


def test_a_person_has_so_many_unfinished_uploads(server):
    client = server.client('desk.z')
    paths = [begin(client, content(1)) for _ in range(32)]
    refused(client.post(UPLOADS, {'bytes': 1, 'sha256': 'a' * 64}), 409,
            'upload.too_many')
    assert client.delete(paths[0]).status == 204
    begin(client, content(1))


# ---- who -------------------------------------------------------------------

def test_a_neighbour_finds_neither_upload_nor_file(server, clerk):
    data = content(STEP, 6)
    path = send(clerk, data)
    other = server.client('desk.x')
    number = path.rsplit('/', 1)[1]
    for answer in (
            other.get(path), other.delete(path),
            other.post(f'{path}/complete'), part(other, path, 0, data),
            other.send('PUT', f'{path}/content', data),
            other.send('PUT', f'{path}/content', bytes(2 * MIB))):
        refused(answer, 404, 'upload.unknown')
    assert int(number) not in [
        i['id'] for i in other.get(UPLOADS)['items']]
    known, unknown = read(other, data), read(other, content(STEP, 7))
    for answer in (known, unknown):
        refused(answer, 404, 'blob.unknown')
        del answer.json['request_id']
    assert known.json == unknown.json
    heads = [read(other, d, 'HEAD') for d in (data, content(STEP, 7))]
    assert {h.status for h in heads} == {404}
    assert heads[0].headers['Content-Length'] == \
        heads[1].headers['Content-Length']
    assert read(clerk, data, 'HEAD').status == 200


def test_two_people_send_the_same_content(server, clerk):
    """Each sends every byte, and each has it for himself."""
    data = content(2 * STEP, 8)
    other = server.client('desk.x')
    mine = send(clerk, data)
    path = begin(other, data)
    assert other.get(path)['received'] == 0
    refused(other.post(f'{path}/complete'), 409, 'upload.incomplete')
    refused(read(other, data), 404, 'blob.unknown')
    send_steps(other, path, data)
    assert other.post(f'{path}/complete').status == 200
    assert read(other, data).body == data
    assert clerk.delete(mine).status == 204
    refused(read(clerk, data), 404, 'blob.unknown')
    assert read(other, data).body == data


# ---- ranges ----------------------------------------------------------------

def test_ranges_are_answered(clerk):
    data = content(STEP + 9, 10)
    send(clerk, data)
    tag = f'"{digest(data)}"'
    for asked, first, last in (
            ('bytes=0-0', 0, 0), ('bytes=5-', 5, len(data) - 1),
            ('bytes=-7', len(data) - 7, len(data) - 1),
            ('bytes=9-99999999', 9, len(data) - 1)):
        answer = read(clerk, data, Range=asked)
        assert answer.status == 206, answer.status
        assert answer.body == data[first:last + 1]
        assert answer.headers['Content-Range'] == \
            f'bytes {first}-{last}/{len(data)}'
    answer = read(clerk, data, Range=f'bytes={len(data)}-')
    refused(answer, 416, 'input.byte_range')
    assert answer.headers['Content-Range'] == f'bytes */{len(data)}'
    assert read(clerk, data, Range='bytes=0-1,5-6').body == data
    assert read(clerk, data, Range='bytes=0-1', If_Range=tag).status == 206
    assert read(clerk, data, Range='bytes=0-1', If_Range='"x"').status == 200
    assert read(clerk, data, Range='bytes=0-1',
                If_None_Match=tag).status == 304
    head = read(clerk, data, 'HEAD', Range='bytes=0-1')
    assert (head.status, head.headers['Content-Length']) == (
        200, str(len(data)))


# ---- memory ----------------------------------------------------------------

def memory(server, what='VmRSS'):
    with open(f'/proc/{server.process.pid}/status', encoding='ascii') as file:
        return int(re.search(rf'{what}:\s+(\d+)', file.read()).group(1)) * 1024


def resident_most(server):
    """Sanitizers keep what was freed, up to 256 MiB: the bound is for builds
    without; with them it must not grow with the size."""
    with open(f'/proc/{server.process.pid}/exe', 'rb') as file:
        sanitized = b'__asan_init' in file.read()
    return (RESIDENT_MIB + (300 if sanitized else 0)) * MIB


def pieces(size):
    """The same bytes each time, without holding them."""
    dice = random.Random(11)
    for _ in range(size // MIB):
        yield dice.randbytes(MIB)


@pytest.mark.parametrize('way', ['whole', 'steps'])
def test_a_large_file_goes_up_and_down_at_constant_memory(server, clerk, way):
    size = 1024 * MIB if LONG else 64 * MIB
    sum_of = hashlib.sha256()
    for piece in pieces(size):
        sum_of.update(piece)
    wanted = sum_of.hexdigest()
    path = clerk.post(UPLOADS, {'bytes': size, 'sha256': wanted})
    path = f"{UPLOADS}/{path['id']}"
    connection = http.client.HTTPConnection('127.0.0.1', server.port,
                                            timeout=PATIENCE_SECONDS)
    token = {'Authorization': f'Bearer {clerk.token}'}
    before = memory(server)
    with open(f'/proc/{server.process.pid}/clear_refs', 'w',
              encoding='ascii') as file:
        file.write('5')   # the high water mark begins anew
    if way == 'whole':
        connection.request('PUT', f'{path}/content', pieces(size), {
            **token, 'Content-Length': str(size)})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
    else:
        for number, piece in enumerate(pieces(size)):
            for at in range(0, MIB, STEP):
                connection.request(
                    'PUT', f'{path}/parts/{number * MIB + at}',
                    piece[at:at + STEP], token)
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()
        assert clerk.post(f'{path}/complete').status == 200
    up = memory(server, 'VmHWM') - before
    connection.request('GET', f'/api/v1/blobs/{wanted}', headers=token)
    answer = connection.getresponse()
    got = hashlib.sha256()
    while True:
        piece = answer.read(MIB)
        if not piece:
            break
        got.update(piece)
    connection.close()
    assert got.hexdigest() == wanted
    down = memory(server, 'VmHWM') - before
    print(f'{way}: {size // MIB} MiB, {up // 1024} KiB more resident up, '
          f'{down // 1024} KiB up and down')
    assert down < resident_most(server)
    assert clerk.delete(path).status == 204


# ---- one person's share -----------------------------------------------------

@pytest.fixture(scope='module')
def narrow(make_server):
    """The spool holds four shares of 4 MiB."""
    return make_server(options={'http.spool': 16 * MIB,
                                'http.spool_share': 4 * MIB})


def knock(client, path, size):
    """Ask for a whole file's way in; the socket, and what is said first."""
    sock = socket.create_connection(('127.0.0.1', client.server.port),
                                    PATIENCE_SECONDS)
    sock.sendall(f'PUT {path}/content HTTP/1.1\r\nHost: x\r\n'
                 f'Authorization: Bearer {client.token}\r\n'
                 f'Content-Type: application/octet-stream\r\n'
                 f'Content-Length: {size}\r\n'
                 'Expect: 100-continue\r\n\r\n'.encode())
    return sock, sock.recv(4000)


class Slow:
    """A whole file of which all but the last byte has been sent."""

    def __init__(self, client, data):
        self.path = begin(client, data)
        self.data = data
        self.socket, said = knock(client, self.path, len(data))
        # Admitted: its room is taken.
        assert said.startswith(b'HTTP/1.1 100 '), said
        self.socket.sendall(data[:-1])

    def end(self):
        self.socket.sendall(self.data[-1:])
        head = self.socket.recv(1000)
        self.socket.close()
        return int(head.split()[1])


def put(client, path, data):
    return client.send('PUT', f'{path}/content', data, {
        'Content-Type': 'application/octet-stream'})


def test_who_is_over_his_share_waits_and_nobody_else(narrow):
    greedy, other = narrow.client('clerk.x'), narrow.client('clerk.d')
    held = Slow(greedy, content(3 * MIB, 21))
    more = content(2 * MIB, 22)
    path = begin(greedy, more)
    answer = put(greedy, path, more)
    refused(answer, 429, 'input.share')
    assert int(answer.headers['Retry-After']) > 0
    # Others, and small bodies of the same person, are not kept waiting.
    data = content(3 * MIB, 23)
    assert put(other, begin(other, data), data).status == 200
    assert send(greedy, content(STEP, 24))
    assert held.end() == 200
    # The share is given back when the answer is on its way, a moment later.
    wait_until(lambda: put(greedy, path, more).status == 200, 'his share')


def test_one_file_is_on_its_way_once(narrow):
    client = narrow.client('clerk.x')
    held = Slow(client, content(MIB + 1, 25))
    refused(put(client, held.path, held.data), 409, 'input.twice')
    assert held.end() == 200


def test_a_body_over_the_share_is_sent_in_parts(narrow):
    client = narrow.client('clerk.x')
    data = content(4 * MIB + 1, 26)
    path = begin(client, data)
    sock, said = knock(client, path, len(data))
    assert said.startswith(b'HTTP/1.1 413 ') and b'input.too_big' in said
    sock.close()
    send_steps(client, path, data)
    assert client.post(f'{path}/complete').status == 200


# ---- one person's disk ------------------------------------------------------

def test_who_sends_and_gives_up_does_not_fill_the_disk(make_server):
    server = make_server(options={'upload.bytes_a_person': 4 * MIB})
    client, other = server.client('clerk.x'), server.client('desk.x')
    for seed in range(4):
        assert client.delete(send(client, content(MIB, seed))).status == 204
    assert client.get(UPLOADS)['items'] == []
    more = {'bytes': 1, 'sha256': digest(b'x')}
    refused(client.post(UPLOADS, more), 409, 'upload.given_up')
    send(other, content(MIB, 0))
    server.clock.set('2025-12-11T09:59')
    refused(client.post(UPLOADS, more), 409, 'upload.given_up')
    server.clock.set('2025-12-11T10:00')
    assert client.post(UPLOADS, more).status == 201


# ---- edits beside the program -----------------------------------------------

EDITS = {
    'the row of a complete one is gone':
        'DELETE FROM upload WHERE complete_us IS NOT NULL',
    'it is complete no more':
        'UPDATE upload SET complete_us = NULL WHERE complete_us IS NOT NULL',
    'one is complete that is not':
        'UPDATE upload SET complete_us = 5 WHERE complete_us IS NULL',
    'another content':
        'UPDATE upload SET digest = zeroblob(32) WHERE received = bytes',
    'another length':
        'UPDATE upload SET bytes = bytes + 1 WHERE received = bytes',
    'nothing keeps its file':
        "DELETE FROM blob_ref WHERE owner_kind = 'upload'",
    'a file is kept for one that is not there':
        "INSERT INTO blob_ref SELECT digest, 'upload', 77 FROM blob",
    'a file is kept for one that is not complete':
        "INSERT INTO blob_ref SELECT b.digest, 'upload', u.id FROM blob b, "
        "upload u WHERE u.complete_us IS NULL",
}


@pytest.fixture(scope='module')
def edited(make_server):
    """The folder of a stopped server: a complete upload, and one that is not."""
    server = make_server()
    client = server.client('clerk.x')
    send(client, content(1000))
    part(client, begin(client, content(2 * STEP)), 0, content(2 * STEP)[:STEP])
    server.stop()
    return server


@pytest.mark.skipif(engine() != 'sqlite', reason='it edits the file')
@pytest.mark.parametrize('what', EDITS)
def test_edits_in_the_database_are_seen_by_the_doctor(edited, tmp_path, what):
    folder = tmp_path / 'data'
    shutil.copytree(edited.data, folder)
    assert 'All is well.' in run('doctor', '--data', str(folder)).stdout
    with sqlite3.connect(folder / 'truc.db') as database:
        assert database.execute(EDITS[what]).rowcount > 0
    database.close()
    told = run('doctor', '--data', str(folder), status=1)
    assert 'upload.row' in told.stderr, told.stderr
