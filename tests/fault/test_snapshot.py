"""The cube's snapshot: kill -9 while it is written, damage, another history.
Whatever happened to it, a start answers as one from the whole ledger does.

    TRUC_SNAPSHOT_KILLS   how often (default 25, in the long run 400)
    TRUC_SNAPSHOT_SEED    the dice; printed
"""

import os
import random
import re
import shutil
import signal
import time

import pytest
from acts import FORM, Obligation, good
from server import SANITIZER, Server, engine, rounds, run

KILLS = rounds('TRUC_SNAPSHOT_KILLS', 25, 400)
SEED = int(os.environ.get('TRUC_SNAPSHOT_SEED', time.time_ns() % 1000000))
NOW = '2025-12-10T09:00'
READY = re.compile(r'event=cube\.ready from=(\d+) count=(\d+)')
PERIODS = [f'{year}-Q{quarter}' for year in range(2021, 2025)
           for quarter in range(1, 5)]


@pytest.fixture
def server(databases):
    made = Server(NOW)
    yield made
    made.remove()


def snapshot(server):
    return os.path.join(server.data, 'snapshot', 'cube')


def began(server):
    """(first entry replayed, ledger size) of the newest start."""
    return tuple(int(n) for n in READY.findall(server.log())[-1])


def ignored(server):
    return server.log().count('event=snapshot.ignored')


def explained(value):
    """Sound figures, however far from the last period's."""
    return {cell: {'value': text, 'remark': 'Đã đối chiếu'}
            for cell, text in good(value).items()}


class Life:
    """Random acts on random obligations of one province."""

    def __init__(self, server, dice):
        self.server = server
        self.dice = dice
        self.obligations = {}
        self.states = {}
        self.value = 0

    def act(self):
        key = (f'd1{self.dice.randrange(1, 7)}', self.dice.choice(PERIODS))
        self.value += self.dice.randrange(1, 1000)   # never twice the same
        value = self.value
        if key not in self.obligations:
            obligation = self.obligations[key] = Obligation(self.server, *key)
            obligation.sent(explained(value))
            self.states[key] = 'sent'
            return
        obligation = self.obligations[key]
        if self.states[key] == 'sent' and self.dice.random() < 0.8:
            if self.dice.random() < 0.6:
                answer = obligation.act(obligation.above, 'accept')
                self.states[key] = 'accepted'
            else:
                answer = obligation.act(obligation.above, 'send-back',
                                        {'reason': 'sai'})
                self.states[key] = 'back'
        elif self.states[key] == 'back':
            return
        else:
            answer = obligation.open(obligation.desk, cells=explained(value),
                                     sign=True,
                                     reason='lần nữa')
            self.states[key] = 'sent'
        assert answer.status in (200, 201), answer

    def close(self):
        """Or, where it is closed, take that back."""
        body = {'form': FORM, 'period': self.dice.choice(PERIODS),
                'unit': str(self.server.unit('d')), 'reason': 'đã đôn đốc'}
        client = self.server.client('province.d')
        answer = client.post('/api/v1/closings', body)
        if answer.status == 409 and answer.code == 'period.closed':
            answer = client.post('/api/v1/closings/reopen', body)
        assert answer.status in (201, 409), answer


def answers(server, size):
    """Everything the cube answers, byte for byte: tables in both bases and in
    several structures, now and as of the past, and traces."""
    client = server.client('centre')
    told = []
    for as_of in (None, size, size // 2, size // 3):
        for basis in ('sent', 'accepted'):
            for structure in ('own', '2024-12-31', '2025-07-01'):
                for level in (1, 2, 3):
                    query = {'form': FORM, 'periods': ','.join(PERIODS),
                             'cells': 'all.c4,all.c8,s01.c4', 'level': level,
                             'basis': basis, 'structure': structure}
                    if as_of is not None:
                        query['as_of'] = as_of
                    answer = client.get('/api/v1/figures', **query)
                    assert answer.status == 200, answer
                    told.append(answer.body)
    for period in PERIODS[::3]:
        answer = client.get('/api/v1/figures/trace', form=FORM, period=period,
                            cell='s01.c4', unit=str(server.unit('d')))
        assert answer.status == 200, answer
        told.append(answer.body)
    return told


def compare_with_a_replay(server):
    """The server runs from a snapshot; does one without answer the same?"""
    size = began(server)[1]
    told = answers(server, size)
    server.kill()
    kept = snapshot(server)
    if os.path.exists(kept):
        os.rename(kept, kept + '.aside')
    server.start()
    assert began(server) == (0, size)
    assert answers(server, size) == told
    server.kill()
    if os.path.exists(kept + '.aside'):
        os.rename(kept + '.aside', kept)
    server.start()
    assert answers(server, size) == told


def test_a_start_from_a_snapshot_answers_as_one_from_the_ledger(server):
    dice = random.Random(SEED)
    print(f'TRUC_SNAPSHOT_SEED={SEED} on {engine()}')
    life = Life(server, dice)
    server.start()
    for n in range(3):
        for _ in range(25):
            life.act()
        life.close()
        server.stop()          # writes one
        server.start()
        first, size = began(server)
        assert first == size > 0
        for _ in range(8):     # what came later is replayed
            life.act()
        server.kill()
        server.start()
        assert began(server)[0] == size
        assert began(server)[1] > size
        compare_with_a_replay(server)
    assert ignored(server) == 0
    server.stop()
    told = run('doctor', '--data', server.data, store=server.store).stdout
    assert re.search(r'ok  snapshot: .*what the ledger.s first \d+', told), told
    run('rebuild', '--data', server.data, store=server.store)
    server.start()
    assert began(server)[0] == began(server)[1]


def test_a_kill_while_the_snapshot_is_written_loses_nothing(server):
    dice = random.Random(SEED)
    print(f'TRUC_SNAPSHOT_SEED={SEED} on {engine()}')
    life = Life(server, dice)
    server.start()
    for _ in range(20):
        life.act()
    sizes = {0}
    for n in range(KILLS):
        life.act()
        server.process.send_signal(signal.SIGTERM)
        time.sleep(dice.uniform(0, 0.04))
        server.kill()
        server.start()
        first, size = began(server)
        # The one before, or the new one; never half a one.
        assert first in sizes or first == size
        sizes.add(size)
        if n % 10 == 9:
            compare_with_a_replay(server)
    assert ignored(server) == 0
    compare_with_a_replay(server)
    server.stop()
    assert not os.path.exists(snapshot(server) + '.part')
    told = run('doctor', '--data', server.data, store=server.store).stdout
    assert 'All is well.' in told
    assert not SANITIZER.search(server.log())


def test_a_damaged_snapshot_is_ignored_and_replaced(server):
    dice = random.Random(SEED)
    life = Life(server, dice)
    server.start()
    for _ in range(20):
        life.act()
    server.stop()
    with open(snapshot(server), 'rb') as file:
        whole = file.read()
    broken = bytearray(whole)
    broken[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
    for n, content in enumerate((bytes(broken), whole[:len(whole) // 2], b'',
                                 whole + b'x', b'no snapshot at all')):
        with open(snapshot(server), 'wb') as file:
            file.write(content)
        server.start()
        assert began(server)[0] == 0
        assert ignored(server) == n + 1
        compare_with_a_replay_of_damage(server)
    server.start()
    server.stop()
    server.start()
    assert began(server)[0] == began(server)[1]


def compare_with_a_replay_of_damage(server):
    size = began(server)[1]
    told = answers(server, size)
    server.kill()
    os.remove(snapshot(server))
    server.start()
    assert answers(server, size) == told
    server.kill()


@pytest.mark.skipif(engine() != 'sqlite', reason='copies the file')
def test_a_snapshot_of_another_history_is_ignored(server):
    dice = random.Random(SEED)
    life = Life(server, dice)
    server.start()
    for _ in range(10):
        life.act()
    server.stop()
    older = os.path.join(server.folder, 'older')
    run('backup', '--data', server.data, older)
    server.start()
    for _ in range(5):
        life.act()
    server.stop()
    with open(snapshot(server), 'rb') as file:
        other = file.read()
    # The older copy is put back, and other things happen.
    shutil.rmtree(server.data)
    run('restore', '--data', server.data, older)
    server.start()
    size = began(server)[1]
    for n in range(9):
        Obligation(server, 'd21', PERIODS[n]).sent(good(1000 + n))
    server.kill()
    os.makedirs(os.path.dirname(snapshot(server)), exist_ok=True)
    with open(snapshot(server), 'wb') as file:
        file.write(other)
    server.start()
    assert began(server) == (0, size + 9)
    assert ignored(server) == 1
    assert 'another history' in server.log()
    compare_with_a_replay_of_damage(server)
