"""Signing in on a bad morning: many at once, and guessers beside them.

The clock of these servers runs, as the throttle counts by it.  The bars of signing
in are multiples of one hash as this machine makes it in the same run (table.py);
beside guessers, others read and save.  TRUC_TEST_LONG makes the rounds as large as
the bars say.
"""

import concurrent.futures
import http.client
import itertools
import json
import os
import statistics
import threading
import time

import pytest
from honest import Honest, resident_mb
from server import PATIENCE_SECONDS, rounds
from table import Case, p99, steady

SESSION = '/api/v1/session'
PEOPLE = rounds('TRUC_ATTACK_PEOPLE', 120, 300)
TRIES = rounds('TRUC_ATTACK_TRIES', 60, 400)
HOSTILE = 16
WRONG = 'sai-mat-khau-roi'


@pytest.fixture
def server(make_server):
    return make_server(has_clock=False, workers=64)


class Caller:
    """One connection, of whatever address it names (its server's tests are
    behind a proxy that is believed)."""

    def __init__(self, server):
        self.port = server.port
        self.connection = None
        self.known = None  # the cookie that makes this browser known
        self.browser = None  # the one it sends

    def try_once(self, login, password, address):
        """Status and Retry-After (0: none)."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                '127.0.0.1', self.port, timeout=PATIENCE_SECONDS)
        try:
            self.connection.request(
                'POST', SESSION,
                json.dumps({'login': login, 'password': password}),
                {'Content-Type': 'application/json',
                 'X-Forwarded-For': address,
                 **({'Cookie': self.browser} if self.browser else {})})
            got = self.connection.getresponse()
            got.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, 1
        for cookie in got.headers.get_all('Set-Cookie', []):
            if cookie.startswith('truc_browser='):
                self.known = cookie.split(';')[0]
        return got.status, int(got.headers.get('Retry-After', 0))

    def close(self):
        self.connection.close()
        self.connection = None

    def sign_in(self, login, password, address):
        """As a person with our page does: waits as told and tries again.
        Gives seconds and the number of tries."""
        began = time.monotonic()
        for tries in itertools.count(1):
            status, wait_s = self.try_once(login, password, address)
            if status == 200:
                return time.monotonic() - began, tries
            assert wait_s > 0, status
            time.sleep(wait_s)


def one_hash_s(server):
    """How long one sign-in takes when nobody else is there."""
    caller = Caller(server)
    took = [caller.sign_in('with.password', server.world.password,
                           '192.0.2.1')[0] for _ in range(7)]
    caller.close()
    return statistics.median(took)


COME_AGAIN_MS = 10000  # for who is told to come again


def bar_ms(hash_s, people):
    """Twice as long as so many hashes take."""
    return 2000 * people * hash_s / min(2, os.cpu_count())


def all_at_once(server, address_of):
    """Seconds until each of PEOPLE is in, counted from the common start."""
    gate = threading.Barrier(PEOPLE + 1)

    def person(number):
        caller = Caller(server)
        gate.wait()
        began = time.monotonic()
        tries = caller.sign_in('with.password', server.world.password,
                               address_of(number))[1]
        caller.close()
        return time.monotonic() - began, tries
    with concurrent.futures.ThreadPoolExecutor(PEOPLE) as pool:
        made = [pool.submit(person, n) for n in range(PEOPLE)]
        gate.wait()
        return [job.result() for job in made]


@pytest.mark.parametrize('where, address_of', [
    ('one office', lambda n: '198.51.100.7'),
    ('an address each', lambda n: f'10.20.{n // 250}.{1 + n % 250}'),
])
def test_all_who_come_at_once_get_in(server, say, table, where, address_of):
    hash_s = one_hash_s(server)
    ends = all_at_once(server, address_of)
    hash_s = max(hash_s, one_hash_s(server))
    took = sorted(1000 * end[0] for end in ends)
    say(f'{PEOPLE} at once from {where}: one alone {1000 * hash_s:.0f} ms, '
        f'half in after {took[len(took) // 2]:.0f} ms, all after '
        f'{took[-1]:.0f} ms, {sum(end[1] > 1 for end in ends)} tried again')
    table.add(Case(3, f'{PEOPLE} sign in at once from {where}', PEOPLE,
                   resident_mb(server), 1000 * hash_s, took[-1],
                   bar_ms(hash_s, PEOPLE) + COME_AGAIN_MS))


# ---- beside guessers -------------------------------------------------------

OFFICE = '203.0.113.99'


def one_login(hand, turn):
    return 'with.password', f'203.0.113.{hand + 1}'


def many_logins(hand, turn):
    return f'khong.co.{hand}.{turn}', '203.0.113.77'


def own_office(hand, turn):
    return f'khong.co.{hand}.{turn}', OFFICE


def own_desk(hand, turn):
    return 'with.password.2', OFFICE


def many_addresses(hand, turn):
    return 'with.password', f'100.{64 + hand}.{turn // 250}.{1 + turn % 250}'


class Guessers:
    """HOSTILE connections that send wrong passwords as fast as they can."""

    def __init__(self, server, choose):
        self.seen = {}
        self.is_over = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, args=(server, choose, hand))
            for hand in range(HOSTILE)]

    def run(self, server, choose, hand):
        caller = Caller(server)
        turn = 0
        while not self.is_over.is_set():
            login, address = choose(hand, turn)
            status = caller.try_once(login, WRONG, address)[0]
            self.seen[status] = self.seen.get(status, 0) + 1
            turn += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failure):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def anywhere(number):
    return f'10.20.{number // 250}.{1 + number % 250}'


def at_the_office(number):
    return OFFICE


@pytest.mark.parametrize('choose, honest, is_known', [
    (one_login, anywhere, False),
    (many_logins, anywhere, False),
    (many_addresses, anywhere, False),
    # They share the person's address; the person signed in there before.
    (own_office, at_the_office, False),
    # They guess this very person there; the browser is known.
    (own_desk, at_the_office, True),
])
def test_honest_people_get_in_beside_guessers(server, say, table, choose,
                                              honest, is_known):
    caller = Caller(server)
    worker = Honest(server)
    took = []
    hash_s = one_hash_s(server)
    calm_ms, _ = worker.work()
    words = f'{HOSTILE} guessers, {choose.__name__.replace("_", " ")}'

    def measure():
        work_ms, lost = worker.work()
        assert lost == 0
        return Case(3, f'{words}: reads and saves', HOSTILE,
                    resident_mb(server), calm_ms, work_ms)
    caller.sign_in('with.password.2', server.world.password, honest(0))
    if is_known:
        caller.browser = caller.known
    with Guessers(server, choose) as guessers:
        while not guessers.seen:  # they have begun
            time.sleep(0.01)
        for number in range(TRIES):
            began = time.monotonic()
            status, _ = caller.try_once(
                'with.password.2', server.world.password, honest(number))
            if status == 200:
                took.append(1000 * (time.monotonic() - began))
        case = steady(measure)
    caller.close()
    took.sort()
    say(f'{choose.__name__}: answers to the guessers by status '
        f'{dict(sorted(guessers.seen.items()))}; {len(took)} of {TRIES} '
        f'honest ones in at once')
    assert len(took) >= 0.95 * TRIES
    assert 200 not in guessers.seen
    table.add(Case(3, f'{words}: signing in', HOSTILE, resident_mb(server),
                   1000 * hash_s, p99(took), bar_ms(hash_s, 2 * HOSTILE)))
    table.add(case)
