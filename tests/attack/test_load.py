"""Somebody who asks for too much, on the whole country, and everybody else.

What honest people notice is measured calm and then beside each attack, in the
same run: a read and a save by turns over one connection (table.py has the bars).
TRUC_TEST_LONG measures for longer.
"""

import contextlib
import http.client
import json
import multiprocessing
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest
from server import HERE, PATIENCE_SECONDS, die_with_parent, rounds
from table import Case, p99, steady

SAVERS = 8
UNREAD = 300
GREEDY = 16
ASKED = rounds('TRUC_ATTACK_ASKED', 150, 1000)
FORM = 'II.06a/VPCP/KSTT'
PERIOD = '2025-Q4'
COUNTRY = '/api/v1/figures?form=II.06a%2FVPCP%2FKSTT&periods=2025-Q3&level=3'


class Country:
    """A server on the demonstration, and a token for each who is asked for."""

    def __init__(self, data, people):
        truc = os.environ['TRUC_BIN']
        self.tokens = {
            login: subprocess.run(
                [truc, 'user', 'token', login, '--data', data], check=True,
                stdout=subprocess.PIPE, text=True,
                timeout=PATIENCE_SECONDS).stdout.strip()
            for login in people}
        self.data = data
        self.process = subprocess.Popen(
            [truc, 'serve', '--data', data, '--listen', '127.0.0.1:0'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.port = int(re.search(r'127\.0\.0\.1:(\d+)', line)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE_SECONDS) == 0

    def status(self, name):
        """A line of the process's status, in bytes."""
        text = pathlib.Path(f'/proc/{self.process.pid}/status').read_text(
            encoding='ascii')
        return int(re.search(rf'^{name}:\s+(\d+) kB', text, re.M)[1]) << 10


@pytest.fixture(scope='module')
def country(tmp_path_factory):
    if 'TRUC_DEMO' in os.environ:
        pytest.skip('changes the demonstration; TRUC_DEMO is to be kept')
    data = tmp_path_factory.mktemp('attack') / 'var'
    subprocess.run(
        [os.environ['TRUC_BIN'], 'demo', '--data', data, '--units',
         os.environ['TRUC_DATA_NODE_MODULES']], check=True,
        timeout=12 * PATIENCE_SECONDS, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    made = Country(data, ['canbo.hoatien', 'mot.haichau', 'trungtam'])
    yield made
    made.stop()


class Desk:
    """One person's software: one connection, opened again when it is lost."""

    def __init__(self, port, token):
        self.port = port
        self.token = token
        self.connection = None

    def ask(self, method, path, body=None):
        """(status, JSON or None); 0: the connection was lost."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                '127.0.0.1', self.port, timeout=PATIENCE_SECONDS)
        try:
            self.connection.request(
                method, path, None if body is None else json.dumps(body),
                {'Authorization': f'Bearer {self.token}',
                 'Content-Type': 'application/json'})
            got = self.connection.getresponse()
            text = got.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0, None
        is_json = 'json' in got.headers.get('Content-Type', '')
        return got.status, json.loads(text) if is_json else None

    def unit(self):
        status, session = self.ask('GET', '/api/v1/session')
        assert status == 200, session
        return str(session['positions'][0]['unit'])

    def save(self, unit, number):
        return self.ask('POST', '/api/v1/reports', {
            'form': FORM, 'period': PERIOD, 'unit': unit,
            'cells': {'s01.c4': str(number), 's01.c5': '1'}})[0]


class Honest:
    """A clerk who reads and saves; nobody else touches the report."""

    def __init__(self, country):
        self.desk = Desk(country.port, country.tokens['canbo.hoatien'])
        self.unit = self.desk.unit()
        self.number = 0
        self.calm = self.measure()

    def measure(self):
        """(answered as asked, p99 in ms) of ASKED reads and saves."""
        took = []
        for _ in range(ASKED):
            self.number += 1
            began = time.monotonic()
            read, _ = self.desk.ask(
                'GET', '/api/v1/obligations?mine=true&limit=20')
            saved = self.desk.save(self.unit, self.number)
            if read == 200 and saved in (200, 201):
                took.append(500 * (time.monotonic() - began))
            time.sleep(0.005)
        return len(took), p99(sorted(took)) if took else None


@pytest.fixture(scope='module')
def honest(country):
    return Honest(country)


def beside(country, honest, table, row, what, held):
    """Measures beside an attack of so many connections, and judges."""
    def measure():
        answered, took = honest.measure()
        assert answered >= 0.95 * ASKED
        return Case(row, what, held, country.status('VmRSS') >> 20,
                    honest.calm[1], took)
    table.add(steady(measure))


def save_on(port, token, unit, over, count):
    desk = Desk(port, token)
    number = 0
    while not over.is_set():
        number += 1
        desk.save(unit, number)
        with count.get_lock():
            count.value += 1


def test_one_person_who_saves_and_never_pauses(country, honest, say, table):
    over = multiprocessing.Event()
    count = multiprocessing.Value('q', 0)
    token = country.tokens['mot.haichau']
    unit = Desk(country.port, token).unit()
    busy = [multiprocessing.Process(
        target=save_on, args=(country.port, token, unit, over, count))
            for _ in range(SAVERS)]
    for process in busy:
        process.start()
    try:
        while count.value < SAVERS:  # they have begun
            time.sleep(0.01)
        began, before = time.monotonic(), count.value
        beside(country, honest, table, 7, 'one person who saves', SAVERS)
        took = time.monotonic() - began
        say(f'{(count.value - before) / took:.0f} of theirs a second')
    finally:
        over.set()
        for process in busy:
            process.join(PATIENCE_SECONDS)
            assert process.exitcode == 0


@contextlib.contextmanager
def helper(name, tell, **asked):
    """A program beside this one that attacks until it is left."""
    process = subprocess.Popen(
        [sys.executable, os.path.join(HERE, 'attack', name),
         json.dumps(asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, preexec_fn=die_with_parent)
    try:
        assert process.stdout.readline() == 'ready\n'
        yield
    finally:
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        tell(f'{name}: {said.strip()}')


SHEET = ('/api/v1/obligations?form=II.06a%2FVPCP%2FKSTT&period=2025-Q2&under=1'
         '&format=sheet')
SHEETS = 64


def unread(country, say):
    token = country.tokens['trungtam']
    return helper('slow.py', say, port=country.port, count=UNREAD,
                  sources=['127.0.0.1'], cafile=None,
                  say=f'GET {COUNTRY} HTTP/1.1\r\nHost: x\r\n'
                      f'Authorization: Bearer {token}\r\n\r\n')


def read_on(country, say):
    return helper('greedy.py', say, port=country.port, count=GREEDY,
                  path=COUNTRY, token=country.tokens['trungtam'])


def sheets(country, say):
    return helper('greedy.py', say, port=country.port, count=SHEETS,
                  path=SHEET, token=country.tokens['trungtam'])


@pytest.mark.parametrize('attack, held, words', [
    (unread, UNREAD, 'nothing is read'),
    (sheets, SHEETS, 'as sheets of all who owe'),
    (read_on, GREEDY, 'read, and asked again at once'),
])
def test_one_person_asks_for_the_whole_country(
        country, honest, say, table, attack, held, words):
    with attack(country, say):
        beside(country, honest, table, 2,
               f'the whole country, {words}', held)
