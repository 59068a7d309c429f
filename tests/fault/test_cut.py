"""A batch of new reports cut in the middle: they write nothing by themselves,
so that all of them are in one transaction until it is durable.

    TRUC_CUTS          servers, each cut six times (default 1, in the long run 10)
    TRUC_CUT_SEED      the dice; printed

Many clients send each report once, without an Idempotency-Key.  Meanwhile the
process is killed or, on PostgreSQL, its connections are ended.  What was
answered is there; what was not is there whole or not at all; the ledger has an
entry for each report that is there, and none else.
"""

import os
import queue
import random
import subprocess
import threading
import time

import pytest
from acts import FORM, REPORTS, good, ledger_size
from crowd import Crowd
from server import PATIENCE_SECONDS, Server, engine, rounds, run

SERVERS = rounds('TRUC_CUTS', 1, 10)
CUTS = 6
SEED = int(os.environ.get('TRUC_CUT_SEED', time.time_ns() % 1000000))
CLIENTS = 24
NOW = '2025-12-10T09:00'
# It waits for their end, so that the next request meets no session that ends.
DROP = ("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE application_name = 'truc' AND datname = current_database()")


@pytest.fixture(params=range(SERVERS))
def server(request, databases):
    made = Server(NOW)
    made.number = request.param
    yield made
    made.remove()


class Senders(Crowd):
    """Clients that send all reports of these places, each once."""

    def __init__(self, server, places):
        self.server = server
        self.places = queue.SimpleQueue()
        for place in places:
            self.places.put(place)
        self.answered = {}   # place: the report's id
        self.some = threading.Event()   # an answer, or the end of a client
        super().__init__([self.send_all] * CLIENTS)

    def send_all(self):
        try:
            while True:
                self.send(self.places.get_nowait())
        except queue.Empty:
            pass
        finally:
            self.some.set()

    def send(self, place):
        unit, period = place
        answer = self.server.client('desk.d').post(
            REPORTS, {'form': FORM, 'period': period, 'unit': str(unit),
                      'cells': good(7), 'sign': True})
        if answer.status == 201:
            self.answered[place] = answer['id']
            self.some.set()
            return
        # The connection to PostgreSQL was ended under it.
        assert engine() == 'postgres' and answer.status >= 500, answer


def found(server, place):
    """The report's id, whole; None: there is none."""
    unit, period = place
    items = server.client('desk.d').get(REPORTS, form=FORM, period=period,
                                        unit=unit)['items']
    assert len(items) <= 1, items
    if not items:
        return None
    report = server.client('desk.d').get(f'{REPORTS}/{items[0]["id"]}')
    assert report.status == 200, report
    assert (report['state'], report['version']) == ('sent', 1), report
    history = server.client('desk.d').get(
        f'{REPORTS}/{items[0]["id"]}/history')
    assert [act['act'] for act in history['items']] == ['submit', 'sign']
    return items[0]['id']


def cut(server, kill):
    if kill:
        server.kill()
    else:
        subprocess.run(['psql', '-qAt', '-d', server.store, '-c', DROP],
                       stdout=subprocess.DEVNULL, timeout=PATIENCE_SECONDS,
                       check=True)


def test_a_batch_that_is_cut_is_there_as_it_was_answered(server):
    dice = random.Random(SEED + server.number)
    print(f'TRUC_CUT_SEED={SEED} on {engine()}')
    server.start()
    first = ledger_size(server)
    left = {(server.unit(f'd1{n}'), f'{year}-Q{quarter}')
            for n in range(1, 7) for year in range(2021, 2025)
            for quarter in range(1, 5)}
    there = {}
    for _ in range(CUTS):
        share = dice.sample(sorted(left), min(len(left), 96 // CUTS))
        senders = Senders(server, share)
        senders.some.wait(PATIENCE_SECONDS)
        time.sleep(dice.uniform(0, 0.05))
        kill = engine() == 'sqlite' or dice.random() < 0.5
        cut(server, kill)
        senders.end()
        if kill:
            server.start()
        for place in share:
            report = found(server, place)
            assert report == senders.answered.get(place, report)
            if report is not None:
                there[place] = report
                left.discard(place)
        assert ledger_size(server) == first + len(there)
        said = run('verify', '--data', server.data,
                   store=server.store).stdout
        assert f': {first + len(there)} entries, no gap' in said, said
        # Nothing is in the way of those that are missing.
        if len(left) > 1:
            place = left.pop()
            again = Senders(server, [place])
            again.end()
            assert found(server, place) == again.answered[place]
            there[place] = again.answered[place]
    server.stop()
    run('doctor', '--data', server.data, store=server.store)
