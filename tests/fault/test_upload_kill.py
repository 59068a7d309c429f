"""kill -9 while files are sent, completed, given up and swept: what was
answered is there, nothing is half, and what is left behind is cleaned.

    TRUC_KILLS         how often (default 12, in the long run 400)
    TRUC_KILL_SEED     the dice; printed

Each client sends files of its own, in steps or whole, and writes down what was
answered.  After each kill: an upload has at least what was acknowledged, a
complete one reads back byte by byte, and the doctor is content.
"""

import hashlib
import os
import random
import threading
import time

import pytest

from crowd import GONE
from server import SANITIZER, Server, rounds, run, wait_until

KILLS = rounds('TRUC_KILLS', 12, 400)
SEED = int(os.environ.get('TRUC_KILL_SEED', time.time_ns() % 1000000))
STEP = 262144
UPLOADS = '/api/v1/uploads'
LOGINS = ['clerk.x', 'desk.x', 'desk.z', 'viewer.c']
NOW = '2025-12-10T09:00'
DOCTOR_EVERY = rounds('TRUC_DOCTOR_EVERY', 4, 20)


class File:
    """What one client knows of one file of its own."""

    def __init__(self, dice):
        self.data = dice.randbytes(dice.choice(
            [1, STEP, 2 * STEP + 5, 5 * STEP]))
        self.digest = hashlib.sha256(self.data).hexdigest()
        self.path = None
        self.received = 0       # acknowledged
        self.complete = False   # acknowledged
        self.ending = False     # DELETE was sent
        self.ended = False      # and answered


class Sender(threading.Thread):
    """Sends one file after the other until the server is gone."""

    def __init__(self, server, login, seed):
        super().__init__()
        self.client = server.client(login)
        self.dice = random.Random(seed)
        self.files = []
        self.fault = None

    def run(self):
        try:
            while True:
                self.one(File(self.dice))
        except GONE:
            pass
        except Exception as fault:   # for the test's own thread
            self.fault = fault

    def one(self, file):
        self.files.append(file)
        answer = self.client.post(UPLOADS, {
            'bytes': len(file.data), 'sha256': file.digest})
        assert answer.status == 201, answer
        file.path = f"{UPLOADS}/{answer['id']}"
        if self.dice.random() < 0.4:
            answer = self.client.send('PUT', f'{file.path}/content', file.data)
        else:
            for at in range(0, len(file.data), STEP):
                answer = self.client.send(
                    'PUT', f'{file.path}/parts/{at}', file.data[at:at + STEP])
                assert answer.status == 200, answer
                file.received = answer['received']
            answer = self.client.post(f'{file.path}/complete')
        assert (answer.status, answer['complete']) == (200, True), answer
        file.complete = True
        if len(self.files) > 3 or self.dice.random() < 0.5:
            file.ending = True
            assert self.client.delete(file.path).status == 204
            file.ended = True

    def check(self):
        """After the restart; then all is given up."""
        for file in self.files:
            if file.path is None:
                continue
            answer = self.client.get(file.path)
            if file.ended or (file.ending and answer.status == 404):
                assert answer.status == 404, answer
                continue
            assert answer.status == 200, (file.received, answer)
            assert answer['received'] >= file.received
            assert answer['complete'] or not file.complete
            if not answer['complete']:
                self.go_on(file, answer['received'])
            got = self.client.get(f'/api/v1/blobs/{file.digest}')
            assert got.status == 200 and got.body == file.data
        for item in self.client.get(UPLOADS)['items']:
            assert self.client.delete(
                f"{UPLOADS}/{item['id']}").status == 204

    def go_on(self, file, received):
        for at in range(received, len(file.data), STEP):
            answer = self.client.send(
                'PUT', f'{file.path}/parts/{at}', file.data[at:at + STEP])
            assert answer.status == 200, answer
        answer = self.client.post(f'{file.path}/complete')
        assert (answer.status, answer['complete']) == (200, True), answer


def completed(senders):
    """Files whose end was acknowledged."""
    return sum(file.complete for sender in senders for file in sender.files)


@pytest.fixture
def server(databases):
    made = Server(NOW)
    yield made
    made.remove()


def files_in(server, name):
    return [os.path.join(at, file)
            for at, _, files in os.walk(os.path.join(server.data, name))
            for file in files]


def test_what_was_answered_survives_kills(server):
    dice = random.Random(SEED)
    print(f'TRUC_KILL_SEED={SEED}')
    sent = 0
    server.start()
    for n in range(1, KILLS + 1):
        senders = [Sender(server, login, dice.random()) for login in LOGINS]
        for sender in senders:
            sender.start()
        # Sometimes before the first answer, always within some request.
        wait_until(lambda: completed(senders) >= n % 4, 'files sent')
        time.sleep(dice.uniform(0, 0.2))
        server.kill()
        for sender in senders:
            sender.join()
            assert sender.fault is None, sender.fault
        server.start()
        assert files_in(server, 'spool') == []
        for sender in senders:
            sender.check()
        sent += completed(senders)
        if n % DOCTOR_EVERY == 0:
            told = run('doctor', '--data', server.data,
                       store=server.store).stdout
            assert 'All is well.' in told
    assert files_in(server, 'upload') == []
    server.stop()
    print(f'{KILLS} kills, {sent} files')
    assert sent > KILLS
    assert not SANITIZER.search(server.log())


def test_what_a_kill_left_is_swept(server):
    """A file without a row, a spool file, an upload without a row."""
    server.start()
    client = server.client('clerk.x')
    data = b'kept'
    upload = client.post(UPLOADS, {
        'bytes': 4, 'sha256': hashlib.sha256(data).hexdigest()})
    path = f"{UPLOADS}/{upload['id']}"
    assert client.send('PUT', f'{path}/content', data).status == 200
    server.kill()
    for name in ('blob/ab/' + 'c' * 62, 'spool/body-1', 'upload/999'):
        where = os.path.join(server.data, name)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, 'wb') as file:
            file.write(b'left')
    told = run('doctor', '--data', server.data, store=server.store).stdout
    assert '1 files have no row' in told
    server.clock.set('2025-12-12T09:00')   # the daily job is due
    server.start()
    wait_until(lambda: len(files_in(server, 'blob')) == 1
               and files_in(server, 'upload') == [], 'a swept folder')
    assert files_in(server, 'spool') == files_in(server, 'upload') == []
    server.stop()
