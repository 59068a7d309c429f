"""2,049 connections that wait for their client, beside people who work.

Each is begun (a request line, a body) or its answers are left unread, and who is
cut comes again.  Honest people read and save meanwhile, each time over a
connection of their own (table.py has the bars).
"""

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest
from honest import Honest, resident_mb
from proxy import Nginx, command
from server import HERE, die_with_parent, rounds
from table import Case, steady

SLOW = os.path.join(HERE, 'attack', 'slow.py')
COUNT = rounds('TRUC_ATTACK_SLOW', 2049, 2049)

SAY = {
    'a request line': 'GET / HTTP/1.1\r\n',
    'a begun body': 'POST /api/v1/session HTTP/1.1\r\nHost: x\r\n'
                    'Content-Type: application/json\r\n'
                    'Content-Length: 1000\r\n\r\n{',
    'unread answers': 2 * 'GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n',
}
FROM = {
    'one address': ['127.0.0.2'],
    'the same address': ['127.0.0.1'],
    'many networks': [f'127.1.{n}.1' for n in range(200)],
}


@pytest.fixture(scope='module')
def server(make_server):
    # Nobody here is a proxy, unless the test has one.
    return make_server(options={'http.proxies': ''})


class Attack:
    def __init__(self, port, kind, where, cafile=None):
        self.seen = None
        self.process = subprocess.Popen(
            [sys.executable, SLOW, json.dumps({
                'port': port, 'count': COUNT, 'say': SAY[kind],
                'sources': FROM[where], 'cafile': cafile})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=die_with_parent)
        assert self.process.stdout.readline() == 'ready\n'

    def end(self):
        if self.seen is None:
            said, _ = self.process.communicate()
            self.seen = json.loads(said)
        return self.seen


def open_files(server):
    return len(os.listdir(f'/proc/{server.process.pid}/fd'))


def beside(server, honest, attack_on, words, say, table):
    """Calm, then under attack; what is printed and what must hold."""
    calm, lost_calm = honest.work()
    files = open_files(server)
    attack = attack_on()

    def measure():
        took, lost = honest.work()
        assert lost == 0
        return Case(5, words, open_files(server) - files, resident_mb(server),
                    calm, took)
    try:
        # Behind all that have come at once, in the kernel's queue.
        began = time.monotonic()
        assert honest.act().status == 200
        first = 1000 * (time.monotonic() - began)
        case = steady(measure)
    finally:
        seen = attack.end()
    say(f'{words}: {seen["held"]} open, {seen["opened"]} opened in all; '
        f'the first honest one after {first:.0f} ms')
    assert lost_calm == 0
    table.add(case)


@pytest.mark.parametrize('where', FROM)
@pytest.mark.parametrize('kind', SAY)
def test_slow_connections_shut_nobody_out(server, say, table, kind, where):
    beside(server, Honest(server), lambda: Attack(server.port, kind, where),
           f'{kind}, {COUNT} from {where}', say, table)


@pytest.mark.skipif(command() is None, reason='no nginx here')
@pytest.mark.parametrize('kind', SAY)
def test_behind_nginx_they_leave_people_alone(make_server, say, table, kind):
    server = make_server()
    with contextlib.ExitStack() as stack:
        nginx = Nginx(server)
        stack.callback(nginx.stop)
        nginx.start()
        beside(server, Honest(server, nginx),
               lambda: Attack(nginx.port, kind, 'one address',
                              nginx.place('chain.pem')),
               f'{kind}, {COUNT} from one address at nginx', say, table)
        say(f'nginx resident {nginx.resident_kib() // 1024} MiB')
