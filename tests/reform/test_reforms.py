"""Changes of units while the program serves: shown, applied, taken back."""

import threading

import pytest
from acts import FORM, Obligation, good, ledger_size, refused
from reforms_api import CHANGES, apply, applied, back, preview, set_of
from conftest import POOL
from server import rounds, run

PERIOD = '2025-Q3'
FIGURES = '/api/v1/figures'
SPLIT_DAY = '2025-08-01'
FILERS = 8
ROUNDS = rounds('TRUC_REFORM_ROUNDS', 5, 100)


@pytest.fixture
def server(make_server):
    """One of each test: a country that it changes."""
    return make_server()


@pytest.fixture
def admin(server):
    return server.client('admin')


def unit(server, key):
    return str(server.unit(key))


def children(server, of, structure, period=PERIOD, cell='s01.c4'):
    answer = server.client('centre').get(
        FIGURES, form=FORM, cells=cell, periods=period, children_of=of,
        structure=structure)
    assert answer.status == 200, answer
    return answer


def found(answer, name):
    return next(row['unit'] for row in answer['rows'] if row['name'] == name)


def numbers(row):
    period = row['periods'][0]
    return (period['expected'], period['reported'], period['counts'][0],
            int(period['values'][0] or 0))


def changes_of(before, after):
    """By how much each row of a table is another one."""
    rows = [{(row['kind'], str(row['unit'] or '')): numbers(row)
             for row in answer['rows']} for answer in (before, after)]
    gone = (0, 0, 0, 0)
    changes = {key: tuple(new - old for new, old in zip(
        rows[1].get(key, gone), rows[0].get(key, gone)))
        for key in rows[0].keys() | rows[1].keys()}
    return {key: change for key, change in changes.items() if any(change)}


def told_of(item, cell='s01.c4'):
    amounts = {amount['cell']: amount['change'] for amount in item['amounts']}
    return (item['expected'], item['reported'], item['reports'],
            int(amounts.get(cell, 0)))


def split(server, on=SPLIT_DAY):
    """x goes in two parts: to a new commune, and to y."""
    return set_of(
        {'kind': 'create', 'key': 'n', 'name': 'Xã Tân Mới',
         'type': 'commune', 'level': 3, 'parent': unit(server, 'c'),
         'code': '20009'},
        {'kind': 'split', 'unit': unit(server, 'x'), 'parts': [
            {'unit': 'new:n', 'people': 4000},
            {'unit': unit(server, 'y'), 'people': 6000}]}, on=on)


def test_what_is_shown_is_what_happens(server, admin):
    """The guess: a serving process with a full cube takes a change of units."""
    for key, online in (('x', 3), ('y', 5)):
        Obligation(server, key, PERIOD).open(
            server.client(f'desk.{key}'), cells=good(online), sign=True)
    before = children(server, unit(server, 'c'), '2025-12-10')
    changes = split(server)
    effect = preview(admin, changes)
    assert effect.status == 200, effect
    told = {item['unit']: item for item in effect['units']}
    assert told['new:n']['what'] == 'created'
    assert told['new:n']['code'] == '20009'
    assert told[unit(server, 'x')]['what'] == 'ended'
    assert set(told[unit(server, 'x')]['heirs']) == {
        'new:n', unit(server, 'y')}
    assert children(server, unit(server, 'c'), '2025-12-10').body == \
        before.body

    done = apply(admin, changes, effect)
    assert done.status == 201, done
    units = server.client('nobody').get(
        '/api/v1/units', parent=unit(server, 'c'), on='2025-12-10')
    names = [item['name'] for item in units['items']]
    assert 'Xã Tân Mới' in names and 'Xã Tân Hòa' not in names
    after = children(server, unit(server, 'c'), '2025-12-10')
    moved = {(item['unit'], item['kind']): item for item in effect['totals']
             if item['period'] == PERIOD}
    c = unit(server, 'c')
    assert changes_of(before, after) == {
        ('unit', x): told_of(moved[x, 'unit'])
        for x in (unit(server, 'x'),)} | {
        ('unit', str(found(after, 'Xã Tân Mới'))):
            told_of(moved['new:n', 'unit']),
        ('unallocated', ''): told_of(moved[c, 'unallocated']),
        ('total', c): told_of(moved[c, 'unit'])}


def test_a_restart_and_the_ledger_alone_say_the_same(server, admin):
    for key, online in (('x', 3), ('y', 5)):
        Obligation(server, key, PERIOD).open(
            server.client(f'desk.{key}'), cells=good(online), sign=True)
    applied(admin, split(server))
    now = children(server, unit(server, 'c'), '2025-12-10')
    server.stop()
    said = run('doctor', '--data', server.data, store=server.store).stdout
    assert '1 sets of changes' in said, said
    server.start()
    assert children(server, unit(server, 'c'), '2025-12-10').body == now.body


def test_it_is_taken_back_by_new_rows(server, admin):
    Obligation(server, 'x', PERIOD).open(
        server.client('desk.x'), cells=good(3), sign=True)
    before = children(server, unit(server, 'c'), '2025-12-10')
    done = applied(admin, split(server))
    size = ledger_size(server)
    answer = back(admin, done['id'])
    assert answer.status == 201, answer
    assert answer['of'] == done['id']
    assert ledger_size(server) == size + 1
    after = children(server, unit(server, 'c'), '2025-12-10')
    assert after['rows'] == before['rows']
    refused(back(admin, done['id']), 409, 'reform.undone')
    listed = admin.get(CHANGES)['items']
    assert [item['id'] for item in listed] == [answer['id'], done['id']]
    assert listed[1]['taken_back_by'] == answer['id']


def test_what_was_shown_must_still_be_so(server, admin):
    changes = split(server)
    effect = preview(admin, changes)
    Obligation(server, 'x', PERIOD).open(
        server.client('desk.x'), cells=good(3), sign=True)
    size = ledger_size(server)
    answer = apply(admin, changes, effect)
    refused(answer, 409, 'reform.changed')
    codes = {error['code'] for error in answer['errors']}
    assert codes == {'reform.new', 'reform.gone'}
    assert ledger_size(server) == size


class Filer(threading.Thread):
    """Signs the reports of some communes again and again."""

    def __init__(self, server, keys, done):
        super().__init__()
        self.server = server
        self.done = done
        self.obligations = [Obligation(server, key, PERIOD) for key in keys]
        self.signed = {}    # unit -> what counts
        self.acts = 0
        self.fault = None

    def run(self):
        try:
            while not self.done.is_set():
                for obligation in self.obligations:
                    self.acts += 1
                    answer = obligation.open(
                        obligation.desk, cells=good(self.acts), sign=True,
                        revision=obligation.revision, reason='Số mới')
                    assert answer.status in (200, 201), answer
                    self.signed[obligation.unit] = self.acts
        except Exception as fault:   # shown by the test itself
            self.fault = fault


def test_it_is_applied_as_shown_while_others_file(server, admin):
    """Those who file are not among those who move, so nothing shown changes."""
    done = threading.Event()
    filers = [Filer(server, POOL[n::FILERS], done)
              for n in range(FILERS)]
    Obligation(server, 'x', PERIOD).open(
        server.client('desk.x'), cells=good(3), sign=True)
    before = children(server, unit(server, 'c'), '2025-12-10')
    for filer in filers:
        filer.start()
    for _ in range(ROUNDS):
        made = applied(admin, split(server))
        assert back(admin, made['id']).status == 201
    done.set()
    for filer in filers:
        filer.join()
        if filer.fault is not None:
            raise filer.fault
    after = children(server, unit(server, 'c'), '2025-12-10')
    assert after['rows'] == before['rows']
    signed = sum(sum(filer.signed.values()) for filer in filers)
    others = children(server, unit(server, 'd'), '2025-12-10')
    assert numbers(others['rows'][-1])[3] == signed
    print(sum(filer.acts for filer in filers), 'reports were signed meanwhile')
