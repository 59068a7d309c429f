"""Random changes of units and their taking back while the program serves.

Each is shown, applied and compared: what the preview said of totals is what
they then moved by, and every total and coverage is the model's.

    TRUC_SIM_SEED       the dice (test_sim.py)
    TRUC_SIM_REFORMS    how many changes and takings back
"""

import random

import pytest

from comparer import Comparer
from server import rounds, run
from sets import ACT, some_set
from test_sim import SEED
from walker import API, REPORTS, Walker

REFORMS = rounds('TRUC_SIM_REFORMS', 30, 200)
STEPS = 150        # before the first
BETWEEN = 6        # acts between two of them
TOTALS = 4         # rows of a preview that are looked up
CHANGES = f'{API}unit-changes'
# What some other change made impossible; the model keeps out of it.
HINDERED = {'reform.later', 'unit.parent_gone', 'reform.day', 'input.invalid',
            'unit.succession', 'reform.overtaken', 'reform.undone',
            'unit.code_taken', 'reform.ended'}


class Reformer(Walker):
    def __init__(self, dice):
        super().__init__(dice, STEPS + BETWEEN * REFORMS)
        self.comparer = Comparer(self)
        self.applied = []    # (set, id), that still hold
        self.numbers = {'applied': 0, 'taken back': 0, 'hindered': 0,
                        'rows of totals': 0, 'of new units': 0}

    # --- totals that a preview names --------------------------------------

    def row(self, item):
        """Numbers of the row that an item is about, as they are now."""
        ask = {'form': item['form'], 'periods': item['period'],
               'structure': item['structure']}
        if item['kind'] == 'unit':
            ask['units'] = item['unit']
        else:
            ask['children_of'] = item['unit']
        if item['amounts']:
            ask['cells'] = ','.join(a['cell'] for a in item['amounts'])
        answer = self.client('centre').get(f'{API}figures', **ask)
        assert answer.status == 200, (ask, answer)
        row = next(r for r in answer['rows'] if r['kind'] == item['kind'])
        shown = row['periods'][0]
        return [shown['expected'], shown['reported'],
                *(exact(v) for v in shown['values'])][:2 + len(
                    item['amounts'])]

    def some_totals(self, effect):
        """Items whose row can be asked for before and after."""
        found = [item for item in effect['totals']
                 if not item['unit'].startswith('new:')]
        return self.random.sample(found, min(TOTALS, len(found)))

    def moves_as_shown(self, effect, act):
        """Do it; the rows move by what the preview says."""
        items = self.some_totals(effect)
        alive = [self.is_there(item) for item in items]
        before = [self.row(item) if there else None
                  for item, there in zip(items, alive)]
        answer = act()
        for item, there, was in zip(items, alive, before):
            if not there or not self.is_there(item):
                continue
            said = [item['expected'], item['reported'],
                    *(exact(a['change']) for a in item['amounts'])]
            now = self.row(item)
            assert [n - w for n, w in zip(now, was)] == said, (
                item, was, now)
            self.numbers['rows of totals'] += 1
        return answer

    def is_there(self, item):
        """Who is not alive in a structure has no row there."""
        answer = self.client('centre').get(f'{API}units/{item["unit"]}')
        return answer['from'] <= item['structure'] and (
            answer['to'] is None or item['structure'] < answer['to'])

    # --- the acts ---------------------------------------------------------

    def shown(self, path, body):
        effect = self.client('admin').post(path, body)
        if effect.status != 200:
            assert effect.status in (409, 422), effect
            assert {effect.code, *effect.faults.values()} <= HINDERED, effect
            self.numbers['hindered'] += 1
            return None
        return effect

    def apply(self):
        made = some_set(self.random, self.country, self.now.date(),
                        self.reforms)
        effect = self.shown(f'{CHANGES}/preview', made.body())
        if effect is None:
            return
        self.reforms += 1
        answer = self.moves_as_shown(effect, lambda: self.done_as(
            CHANGES, effect, set=made.body()))
        ids = {key: self.client('admin').get(
            f'{API}units/area:{key}@{self.begin_of(made, key)}')['id']
            for key in made.new}
        made.teach(self.learn(answer), ids)
        self.applied.append((made, answer['id']))
        self.numbers['applied'] += 1
        self.compare(list(ids.values()))
        for unit in ids.values():
            self.file_for(unit)

    def file_for(self, unit):
        """What a new unit signs stays when the unit is taken back."""
        form = self.forms['SIM-1']
        today = self.now.date()
        owed = [p for p in self.open_periods() if p.to <= today
                and form.deadline(self.country, unit, p) is not None]
        if not owed or not self.country.alive(unit, today):
            return
        person = next(p for p in self.people
                      if p.unit == unit and p.has('sign'))
        period = self.random.choice(owed)
        cells = self.some_cells(form, period)
        answer, made = self.attempt(
            'open', lambda: self.client(person.login).post(REPORTS, {
                'form': form.code, 'period': period.name, 'unit': str(unit),
                'sign': True,
                'cells': self.said(form.version(period), cells)}),
            lambda: self.books.open(person, form, period, unit, cells,
                                    sign=True))
        if made is not None:
            report, _ = made
            report.id, report.revision = answer['id'], answer.revision
            self.books.by_id[report.id] = report
            self.numbers['of new units'] += 1

    def take_back(self):
        made, number = self.applied.pop(self.random.choice(
            [-1, self.random.randrange(len(self.applied))]))
        body = {'act': ACT, 'reason': 'Nghị quyết bị bãi bỏ'}
        effect = self.shown(f'{CHANGES}/{number}/counter/preview', body)
        if effect is None:
            return
        answer = self.moves_as_shown(effect, lambda: self.done_as(
            f'{CHANGES}/{number}/counter', effect, **body))
        index = self.learn(answer)
        for change in made.untaught():
            self.country.learn(index, change)
        self.numbers['taken back'] += 1
        self.compare([])

    @staticmethod
    def begin_of(made, key):
        return next(lesson[2].since for lesson in made.lessons
                    if lesson[:2] == ('version', key))

    def done_as(self, path, effect, **more):
        answer = self.client('admin').post(path, {
            'index': effect['index'], 'digest': effect['digest'], **more})
        assert answer.status == 201, answer
        return answer

    def learn(self, answer):
        index = self.books.entry()
        assert answer['ledger_index'] == index, (answer, index)
        return index

    def compare(self, new):
        """At once, by the process that did it; then with people for new
        units, who are hired while it is stopped."""
        for _ in range(6):
            self.comparer.some_ask()
        if new:
            self.server.stop()
            self.furnish({'people': self.hire(new)})
            self.server.start()
        self.comparer.sample(3)


def exact(value):
    """A cell of an answer as a whole number of its last decimal."""
    if isinstance(value, dict):
        value = value.get('value')
    return int(str(value or '0').replace('.', ''))


@pytest.fixture(scope='module')
def country(databases):
    print(f'TRUC_SIM_SEED={SEED} TRUC_SIM_REFORMS={REFORMS}')
    walker = Reformer(random.Random(SEED))
    for _ in range(STEPS):
        walker.step()
    while walker.numbers['applied'] + walker.numbers['taken back'] < REFORMS:
        for _ in range(BETWEEN):
            walker.step()
        if walker.applied and walker.random.random() < 0.4:
            walker.take_back()
        else:
            walker.apply()
    print(f'{walker.now.date()}: {walker.numbers}, '
          f'{walker.comparer.asked} tables')
    yield walker
    walker.remove()


def test_every_total_after_each_change_was_the_models(country):
    for what, count in country.numbers.items():
        assert count > 0 or what == 'hindered', what


def test_everything_at_the_end_is_the_models(country):
    country.comparer.sweep()


def test_a_restart_and_doctor_find_everything_well(country):
    asks = [country.comparer.some_ask() for _ in range(15)]
    country.restart()
    for ask, before in asks:
        assert ask.check().body == before.body
    country.server.stop()
    told = run('doctor', '--data', country.server.data,
               store=country.server.store).stdout
    assert 'sets of changes of units are as the ledger says' in told, told
