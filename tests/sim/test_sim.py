"""Random life cycles and reorganisations against a small model (README.md).

    TRUC_SIM_SEED     the dice; printed, and taken from the clock by default
    TRUC_SIM_STEPS    how many acts (default 700)
"""

import os
import random
import sys
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from comparer import Comparer  # noqa: E402  the path comes first
from server import rounds, run  # noqa: E402
from walker import Walker  # noqa: E402

SEED = int(os.environ.get('TRUC_SIM_SEED', time.time_ns() % 1000000))
STEPS = rounds('TRUC_SIM_STEPS', 700, 20000)
REFORM_EVERY = 45
COMPARE_EVERY = 20


@pytest.fixture(scope='module')
def country(databases):
    """A country after so many random steps, compared on the way."""
    dice = random.Random(SEED)
    print(f'TRUC_SIM_SEED={SEED} TRUC_SIM_STEPS={STEPS}')
    walker = Walker(dice, STEPS)
    comparer = Comparer(walker)
    for step in range(1, STEPS + 1):
        walker.step()
        if step % REFORM_EVERY == 0:
            walker.reorganise()
        if step % COMPARE_EVERY == 0:
            assert walker.ledger_size() == walker.books.size()
            comparer.sample(12)
    print(f'{walker.now.date()}: {len(walker.books.reports)} reports, '
          f'{walker.reforms} reforms, '
          f'{walker.books.size()} ledger entries, {comparer.asked} tables')
    for kind, (done, refused) in sorted(walker.done.items()):
        print(f'{kind:24} {done:6} done {refused:6} refused')
    yield comparer
    walker.remove()


def test_every_answer_on_the_way_was_the_models(country):
    """The fixture has compared each; here: it was not all refusals."""
    for kind in ('open', 'sign', 'accept', 'send-back', 'amend', 'withdraw',
                 'close'):
        assert country.walker.done[kind][0] > 0, kind
    # A short walk may meet no divided unit, or reopen nothing that is closed.
    for kind in ('reopen', 'name'):
        done, refused = country.walker.done[kind]
        assert done > 0 or STEPS < 1000 and refused > 0, kind


def test_every_total_and_coverage_equals_a_recount(country):
    country.sweep()


def test_a_restart_changes_no_answer(country):
    walker = country.walker
    asks = [country.some_ask() for _ in range(25)]
    assert walker.ledger_size() == walker.books.size()
    walker.restart()
    for ask, before in asks:
        assert ask.check().body == before.body


def test_the_command_answers_the_same_bytes(country):
    for _ in range(8):
        ask, answer = country.some_ask()
        assert ask.command().encode() == answer.body


def test_doctor_and_verify_find_everything_well(country):
    walker = country.walker
    size = walker.books.size()
    for command in ('doctor', 'verify'):
        told = run(command, '--data', walker.server.data,
                   store=walker.server.store).stdout
        assert f'{size} entries' in told, told
