"""A data folder of each release, opened by today's program.

The folders beside this file were made by tools/freeze.py with the program of
that release.  What it answered then it must answer now, and work goes on.
An answer may have got more fields since; what it had must still be there.
"""

import gzip
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess

import pg
import pytest
import story
from acts import FORM, REPORTS, Obligation, good
from edits import sql
from server import PATIENCE_SECONDS, Server, World, engine, run

HERE = pathlib.Path(__file__).resolve().parent
FROZEN = sorted(path.name for path in HERE.glob('[0-9]*'))


def programs(*words, **more):
    return subprocess.run(
        [os.path.join(pg.programs(), words[0]), *words[1:]], check=True,
        stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS, **more).stdout


class Thawed:
    """A copy of a frozen folder; fill() puts it where a Server expects it."""

    def __init__(self, number):
        self.folder = HERE / number / engine()
        with open(self.folder / 'facts.json', encoding='utf-8') as file:
            self.facts = json.load(file)

    def fill(self, server):
        os.mkdir(server.data, 0o700)
        key = os.path.join(server.data, 'ledger.key')
        shutil.copyfile(self.folder / 'ledger.key', key)
        os.chmod(key, 0o600)
        if engine() == 'sqlite':
            with gzip.open(self.folder / 'data.db.gz') as file:
                content = file.read()
            path = pathlib.Path(server.data, 'truc.db')
            path.touch(0o600)
            path.write_bytes(content)
        else:
            with gzip.open(self.folder / 'data.sql.gz') as file:
                programs('psql', '-q', '-v', 'ON_ERROR_STOP=1',
                         '-d', server.store, input=file.read())
        world = World('')
        world.units = self.facts['units']
        world.tokens = self.facts['tokens']
        world.password = self.facts['password']
        return world


def schema_of(server):
    """All tables and indexes as the database itself shows them."""
    if engine() == 'postgres':
        dumped = programs('pg_dump', '--schema-only', '--no-owner',
                          '-d', server.store).decode()
        return re.sub(r'(?m)^(\\(un)?restrict|--).*\n', '', dumped)
    with sqlite3.connect(os.path.join(server.data, 'truc.db')) as db:
        rows = db.execute('SELECT type, name, sql FROM sqlite_schema '
                          'ORDER BY type, name').fetchall()
    db.close()
    return rows


def migrations_of(server):
    """(number, name, checksum) of each migration."""
    query = 'SELECT number, name, checksum FROM migration ORDER BY number'
    if engine() == 'postgres':
        output = programs('psql', '-At', '-F', ' ', '-d', server.store,
                        '-c', query).decode()
        return [tuple(line.split(' ')) for line in output.splitlines()]
    with sqlite3.connect(os.path.join(server.data, 'truc.db')) as db:
        rows = db.execute(query).fetchall()
    db.close()
    return [tuple(map(str, row)) for row in rows]


def tree_of(checkpoint):
    """Origin, size and root."""
    return checkpoint.split('\n')[:3]


# Lists whose order may become another one, by what their items are of.  Of
# obligations there may be more: releases up to 0006 told eight old ones.
ITEM_OF = [(('id',), False), (('form', 'period', 'unit'), True)]


def lost_of_items(then, now, at):
    """The same of lists of reports and obligations; None: no such list."""
    for names, may_grow in ITEM_OF:
        if then and all(set(names) <= set(item) for item in then):
            break
    else:
        return None
    found = {tuple(item[name] for name in names): item for item in now}
    assert len(found) == len(now), at
    grown = [] if may_grow or len(now) == len(then) else [
        f'{at}: {len(then)} items became {len(now)}']
    return grown + [fault for item in then for fault in lost(
        item, found.get(tuple(item[name] for name in names)), f'{at}/…')]


def lost(then, now, at=''):
    """Places where something that was told then is missing or differs."""
    if re.search(r'/counts/\w+$', at) and type(then) is type(now) is int:
        return [] if then <= now else [f'{at}: {then} became {now}']
    if at.endswith('/items') and isinstance(now, list):
        faults = lost_of_items(then, now, at)
        if faults is not None:
            return faults
    if isinstance(then, dict) and isinstance(now, dict):
        return [fault for name, value in then.items()
                for fault in (lost(value, now[name], f'{at}/{name}')
                              if name in now else [f'{at}/{name} is gone'])]
    if isinstance(then, list) and isinstance(now, list):
        # Slices bring new permissions, and an amendment may be dropped.
        if at.endswith('/permissions') or at.endswith('/actions'):
            return [f'{at}/{name} is gone' for name in then
                    if name not in now]
        if len(then) != len(now):
            return [f'{at}: {len(then)} items became {len(now)}']
        return [fault for i, value in enumerate(then)
                for fault in lost(value, now[i], f'{at}/{i}')]
    # The checkpoint has got a line, and with it another signature.
    if isinstance(then, str) and then.startswith('truc/ledger/'):
        then, now = tree_of(then), tree_of(now)
    return [] if then == now and type(then) is type(now) else \
        [f'{at}: {then!r} became {now!r}']


@pytest.fixture(scope='module', params=FROZEN)
def frozen(request):
    return Thawed(request.param)


@pytest.fixture(scope='module')
def server(frozen, databases):
    made = Server(story.NOW, fill=frozen.fill)
    try:
        yield made.start()
        made.stop()
    finally:
        made.remove()


def test_something_is_frozen():
    assert FROZEN


def test_the_tables_become_those_of_a_fresh_folder(server, databases):
    fresh = Server(story.NOW)
    try:
        assert schema_of(server) == schema_of(fresh)
        assert migrations_of(server) == migrations_of(fresh)
    finally:
        fresh.remove()


def test_what_was_answered_is_answered_again(frozen, server):
    now = json.loads(json.dumps(story.ask(server)))
    faults = [f'{question}: {fault}'
              for question, then in frozen.facts['answers'].items()
              for fault in lost(then, now[question])]
    assert faults == []


def test_every_report_and_figure_was_asked_for(frozen):
    """The comparison above rests on this much."""
    answers = frozen.facts['answers']
    assert {status for status, _ in answers.values()} == {200}
    reports = answers['centre /api/v1/reports limit=500'][1]['items']
    papers = answers['desk.d /api/v1/reports limit=500'][1]['items']
    states = {item['state'] for item in reports + papers}
    assert states >= {'draft', 'proposed', 'sent', 'accepted'}
    assert len(reports) > 20
    assert sum('/figures' in question for question in answers) == 8


def test_the_ledger_rows_and_totals_agree(server):
    output = run('doctor', '--data', server.data, store=server.store).stdout
    assert 'All is well.' in output
    run('verify', '--data', server.data, store=server.store)


def test_who_was_signed_in_still_is(frozen, server):
    client = server.client()
    client.cookie = frozen.facts['cookie']
    answer = client.get('/api/v1/session')
    assert (answer.status, answer['login']) == (200, story.LOGIN)


def test_passwords_still_open(server):
    assert server.client().sign_in(story.LOGIN).status == 200
    assert server.client().sign_in(story.LOGIN, 'x' * 12).status == 401


def test_a_kept_answer_is_given_again(server):
    answer = server.client('desk.d').post(REPORTS, story.kept_body(server),
                                          key=story.KEY)
    assert (answer.status, answer['version']) == (201, 1)


BEFORE = {
    'audit.broken': ('audit', 'at_us'),
    'people.differs': ('person', 'created_us'),
    'report.differs': ('report', 'flags'),
}


@pytest.mark.parametrize('code', BEFORE)
def test_what_was_there_before_is_bound_from_now_on(server, code):
    """Taken as it was, once; whoever edits it later is noticed."""
    table, column = BEFORE[code]
    edit = (f'UPDATE {table} SET {column} = {column} + %d '
            f'WHERE id = (SELECT MIN(id) FROM {table})')
    server.stop()
    try:
        sql(server, edit % 1)
        done = run('doctor', '--data', server.data, store=server.store,
                   status=1)
        assert code in done.stdout + done.stderr
        sql(server, edit % -1)
        run('doctor', '--data', server.data, store=server.store)
    finally:
        server.start()


def total(server):
    answer = server.client('centre').get(
        '/api/v1/figures', form=FORM, level=0, periods='2025-Q3',
        cells='s01.c4')
    return int(answer['rows'][-1]['periods'][0]['values'][0])


def test_work_goes_on(server):
    """The last: it changes what the others ask for."""
    before = total(server)
    obligation = Obligation(server, 'd23', '2025-Q3').accepted(good(100))
    assert obligation.get(obligation.desk)['accepted_version'] == 1
    sent = server.client('desk.d').get(
        REPORTS, form=FORM, unit=server.unit('d13'), period='2025-Q3')
    sent = sent['items'][0]
    answer = server.client('province.d').post(
        f'{REPORTS}/{sent["id"]}/accept', revision=sent['revision'])
    assert (answer.status, answer['state']) == (200, 'accepted')
    assert total(server) == before + 100
    server.stop()
    output = run('doctor', '--data', server.data, store=server.store).stdout
    assert 'All is well.' in output
    server.start()
