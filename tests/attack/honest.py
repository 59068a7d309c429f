"""Somebody who works while others attack, and what the server holds."""

import itertools
import re
import time

from acts import Obligation, good
from server import rounds
from table import p99

TRIES = rounds('TRUC_ATTACK_HONEST', 400, 1000)
places = itertools.count()


class Honest:
    """Somebody who reads, and saves each fifth time."""

    def __init__(self, server, nginx=None):
        number = next(places)
        self.report = Obligation(server, f'd{1 + number // 6 % 2}'
                                 f'{1 + number % 6}',
                                 f'{2025 - number // 12}-Q3').drafted()
        self.reader = server.client('desk.d')
        self.count = itertools.count(1)
        if nginx is not None:
            self.reader.connect = nginx.connect
        self.writer = self.reader

    def act(self):
        number = next(self.count)
        if number % 5 == 0:
            return self.report.save(self.writer, good(number % 9 + 1))
        return self.report.get(self.reader)

    def work(self):
        """The p99 in milliseconds, and how many were not served."""
        took, lost = [], 0
        for _ in range(TRIES):
            began = time.monotonic()
            try:
                lost += self.act().status != 200
            except OSError:
                lost += 1
            took.append(1000 * (time.monotonic() - began))
        return p99(sorted(took)), lost


def resident_mb(server):
    with open(f'/proc/{server.process.pid}/status', encoding='ascii') as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read())[1]) // 1024
