"""Totals while they change: many people act at once and others ask.

Each answer names the ledger index that it is as of.  Afterwards the reports'
histories tell which act had which index; the model takes them over and counts
every answer again, as of its own index.
"""

import itertools
import random
import threading

import pytest
from books import Version
from comparer import Comparer
from server import rounds
from test_sim import SEED
from walker import REASON, REPORTS, Walker

STEPS = 150      # before the storm, to have something to stand on
WRITERS = 5
READERS = 2
ACTS = rounds('TRUC_STORM_ACTS', 35, 700)   # of each writer
QUESTIONS = 80   # of each reader, again and again
COMPARED = rounds('TRUC_STORM_COMPARED', 200, 4000)


class Writer(threading.Thread):
    """Somebody signs, accepts, returns and amends the reports of some units;
    nobody else touches them."""

    def __init__(self, walker, period, units, seed):
        super().__init__()
        self.walker = walker
        self.form = walker.forms['SIM-1']
        self.period = period
        self.units = units
        self.dice = random.Random(seed)
        self.signed = {}    # (unit, version) -> cells
        self.fault = None

    def people(self, unit):
        """(who signs, who accepts)"""
        walker, today = self.walker, self.walker.now.date()
        above = walker.country.above(unit, today)
        return (next(p for p in walker.people if p.has('sign')
                     and walker.books.may(p, 'sign', unit)),
                next(p for p in walker.people if p.sits_at(
                    'review', walker.country, above, today)))

    def run(self):
        try:
            for _ in range(ACTS):
                self.act(self.dice.choice(self.units))
        except Exception as fault:   # shown by the test itself
            self.fault = fault

    def act(self, unit):
        signer, reviewer = self.people(unit)
        client = self.walker.client(signer.login)
        mine = [i for i in client.get(
            REPORTS, form=self.form.code, period=self.period.name,
            unit=unit)['items']]
        if mine and mine[0]['state'] == 'sent' and self.dice.random() < 0.7:
            name, body = self.dice.choice([
                ('accept', None), ('accept', None),
                ('send-back', {'reason': REASON})])
            answer = self.walker.client(reviewer.login).post(
                f'{REPORTS}/{mine[0]["id"]}/{name}', body,
                revision=mine[0]['revision'])
            assert answer.status == 200, answer
            return
        if mine and mine[0]['state'] == 'proposed':
            answer = client.post(f'{REPORTS}/{mine[0]["id"]}/send-back',
                                 {'reason': REASON},
                                 revision=mine[0]['revision'])
            assert answer.status == 200, answer
        # A walk may have left the draft of somebody else: who goes over it
        # names what was seen.
        cells = self.some_cells()
        version = self.form.version(self.period)
        seen = client.get(f'{REPORTS}/{mine[0]["id"]}') if mine else None
        answer = client.post(REPORTS, {
            'form': self.form.code, 'period': self.period.name,
            'unit': str(unit), 'sign': True, 'reason': REASON,
            'cells': self.walker.said(version, cells)},
            revision=seen and seen.revision)
        assert answer.status in (200, 201), answer
        self.signed[unit, answer['version']] = cells
        # Who has an answer sees it in the totals.
        seen = self.walker.client('centre').get(
            '/api/v1/figures', form=self.form.code, level=0,
            periods=self.period.name)
        assert seen['index'] > answer['ledger_index'], (seen, answer)

    def some_cells(self):
        return {cell: ('value', self.dice.randrange(-1000, 1000))
                for cell in self.form.version(self.period).cells
                if cell.endswith('money')} | {
                    'r1.whole': ('value', self.dice.randrange(100)),
                    'r1.least': ('value', self.dice.randrange(-9, 9)),
                    'r3.newest': ('value', self.dice.randrange(99))}


class Reader(threading.Thread):
    def __init__(self, asks, done):
        super().__init__()
        self.asks = asks
        self.done = done
        self.answers = []
        self.fault = None

    def run(self):
        try:
            for ask in itertools.cycle(self.asks):
                if self.done.is_set():
                    return
                self.answers.append((ask, ask.send()))
        except Exception as fault:   # shown by the test itself
            self.fault = fault


def take_over(walker, writer):
    """The model learns from the histories what happened in which order."""
    for unit in writer.units:
        report = walker.books.reports.get(
            (writer.form.code, writer.period.name, unit))
        signer, _ = writer.people(unit)
        client = walker.client(signer.login)
        found = client.get(REPORTS, form=writer.form.code, unit=unit,
                           period=writer.period.name)['items']
        if not found:
            continue
        history = client.get(f'{REPORTS}/{found[0]["id"]}/history')['items']
        assert len(history) < 500
        if report is None:
            report, _ = walker.books.open(signer, writer.form, writer.period,
                                          unit, {})
            walker.books.by_id[found[0]['id']] = report
        old, report.versions = report.versions, []
        for act in history:
            index = act['ledger_index']
            if act['act'] == 'sign':
                number = act['version']
                cells = writer.signed.get((unit, number))
                moment = walker.now
                if cells is None:
                    cells = old[number - 1].cells
                    moment = old[number - 1].moment
                report.versions.append(Version(cells, index, moment, 0))
            elif act['act'] == 'accept':
                report.versions[act['version'] - 1].accepted = index
            elif act['act'] == 'send_back':
                report.versions[act['version'] - 1].returned = index


@pytest.fixture
def walker(databases):
    made = Walker(random.Random(SEED), STEPS)
    for step in range(1, STEPS + 1):
        made.step()
        if step % 50 == 0:
            made.reorganise()
    yield made
    made.remove()


def test_every_answer_amid_the_storm_is_exact(walker):
    print(f'TRUC_SIM_SEED={SEED}')
    comparer = Comparer(walker)
    form = walker.forms['SIM-1']
    period = [p for p in comparer.periods(form)][-1]
    today = walker.now.date()
    units = [u for u in walker.country.living(period.to)
             if form.deadline(walker.country, u, period) is not None
             and walker.country.above(u, today) is not None
             and walker.country.stands(u, today)
             and not walker.country.divided(u, today)]
    writers = [Writer(walker, period, units[n::WRITERS], SEED + n)
               for n in range(WRITERS)]
    done = threading.Event()
    readers = [Reader([comparer.some_question(as_of=None)
                       for _ in range(QUESTIONS)], done)
               for _ in range(READERS)]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    for thread in writers + readers:
        if thread.fault is not None:
            raise thread.fault
    for writer in writers:
        take_over(walker, writer)
    size = walker.ledger_size()
    while walker.books.size() < size:
        walker.books.entry()
    answers = [pair for reader in readers for pair in reader.answers]
    indexes = {answer['index'] for _, answer in answers}
    print(f'{len(answers)} answers at {len(indexes)} indexes')
    assert len(indexes) > 1
    for reader in readers:
        told = [answer['index'] for _, answer in reader.answers]
        assert told == sorted(told)
    for ask, answer in walker.random.sample(answers, min(
            COMPARED, len(answers))):
        ask.compare(answer)
    comparer.sweep()
