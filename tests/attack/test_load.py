"""Somebody who asks for too much, on the whole country, and everybody else.

What honest people notice is measured calm and then beside each attack, in the
same run: a read and a save by turns over one connection.  The bars are multiples
of the calm run; what is printed is held against them by eye, what fails is SLACK
times as much, which is no noise.  TRUC_TEST_LONG measures for longer.
"""

import http.client
import json
import multiprocessing
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest
from server import PATIENCE_SECONDS, rounds

SAVERS = 8
ASKED = rounds('TRUC_ATTACK_ASKED', 150, 1000)
SLACK = 2
MULTIPLE = 10
MOST_S = 0.5
RESIDENT_MOST = 1 << 30
FORM = 'II.06a/VPCP/KSTT'
PERIOD = '2025-Q4'


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


@pytest.fixture
def say(capsys):
    def print_it(text):
        with capsys.disabled():
            print(f'\n    {text}')
    return print_it


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
        """(answered as asked, p99 in seconds) of ASKED reads and saves."""
        took = []
        for _ in range(ASKED):
            self.number += 1
            began = time.monotonic()
            read, _ = self.desk.ask(
                'GET', '/api/v1/obligations?mine=true&limit=20')
            saved = self.desk.save(self.unit, self.number)
            if read == 200 and saved in (200, 201):
                took.append((time.monotonic() - began) / 2)
            time.sleep(0.005)
        took.sort()
        return len(took), took[len(took) * 99 // 100] if took else None


@pytest.fixture(scope='module')
def honest(country):
    return Honest(country)


def held(country, honest, say, what):
    """Measures beside an attack, prints, and holds it against the bars."""
    answered, p99 = honest.measure()
    calm = honest.calm[1]
    resident = country.status('VmRSS')
    say(f'{what}: {answered} of {ASKED} honest reads and saves, p99 '
        f'{1000 * p99:.1f} ms (calm {1000 * calm:.1f} ms, bar '
        f'{1000 * min(MOST_S, MULTIPLE * calm):.0f} ms), resident '
        f'{resident >> 20} MB')
    assert answered >= 0.95 * ASKED
    assert p99 < SLACK * MOST_S
    assert p99 < SLACK * MULTIPLE * max(calm, 0.002)
    assert resident < RESIDENT_MOST


def save_on(port, token, unit, over, count):
    desk = Desk(port, token)
    number = 0
    while not over.is_set():
        number += 1
        desk.save(unit, number)
        with count.get_lock():
            count.value += 1


def test_one_person_who_saves_and_never_pauses(country, honest, say):
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
        held(country, honest, lambda text: say(
            f'{text}, {(count.value - before) / (time.monotonic() - began):.0f}'
            ' of theirs a second'), f'{SAVERS} hands of one person who saves')
    finally:
        over.set()
        for process in busy:
            process.join(PATIENCE_SECONDS)
            assert process.exitcode == 0
