"""kill -9 a hundred times under load: what was answered is there exactly once,
what was not is there whole or not at all.

    TRUC_KILLS         how often (default 100, in the long run 400)
    TRUC_KILL_SEED     the dice; printed
"""

import os
import time

import pytest
from server import Server, engine, rounds
from works import survives

KILLS = rounds('TRUC_KILLS', 100, 400)
SEED = int(os.environ.get('TRUC_KILL_SEED', time.time_ns() % 1000000))
NOW = '2025-12-10T09:00'


@pytest.fixture
def server(databases):
    made = Server(NOW)
    yield made
    made.remove()


def test_what_was_answered_survives_a_hundred_power_cuts(server):
    print(f'TRUC_KILL_SEED={SEED} on {engine()}')
    survives(server, KILLS, SEED)
