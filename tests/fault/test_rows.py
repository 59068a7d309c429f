"""Edits in the database beside the ledger: `truc doctor` speaks of each.

For every table a row is added, one is deleted, and each column of one gets
another value that could be there.  The rows are those of a small country in
which everything happened once.  What doctor does not see is in UNSEEN, with the
reason; a word there that is no longer true fails, too.

SQLite only: the rows are those of its own file.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import threading

import pytest
import reforms_api as reforms
from acts import BROKEN, FORM, GOOD, REPORTS, Obligation, good, refused
from receiver import Receiver
from server import (PATIENCE_SECONDS, SANITIZER, Server, binary, copy_of,
                    engine,
                    wait_until)

UPLOADS = '/api/v1/uploads'

pytestmark = pytest.mark.skipif(engine() != 'sqlite',
                                reason='the rows of SQLite files')

# Tables of which no row is compared, as nothing is gained by one.
UNSEEN_TABLES = {
    'migration': 'compared with the program at each start',
}
# Of tables that are compared, what is not; '+' is a row more, '-' one less.
UNSEEN = {
    ('closing_act', 'id'): 'nothing names it',
    ('unit_change', 'id'): 'nothing names it',
    ('blob', 'added_us'): 'nothing reads it',
    ('kept_answer', '-'): 'one that is old enough goes as well: '
                          'test_an_edited_answer_is_not_given',
    ('ledger_state', '+'): 'a second row is never read',
    ('schedule', '+'): 'one that no kind asks for never runs',
}

# Another value that a column's checks let pass, where one more is none.
OTHERS = {
    ('unit_version', 'type'): 'ward',
    ('unit_version', 'level'): 2,
    ('succession', 'kind'): 'part_people',
    ('unit_change', 'id'): 99,
}


def done(answer):
    assert answer.status < 300, answer
    return answer


@pytest.fixture(scope='module')
def whole():
    """A folder in which everything happened once."""
    server = Server('2025-12-10T09:00')
    server.start()
    Obligation(server, 'd11', '2025-Q3').drafted(BROKEN)
    Obligation(server, 'd12', '2025-Q3').proposed()
    Obligation(server, 'd13', '2025-Q3').sent()
    back = Obligation(server, 'd14', '2025-Q3').sent()
    done(back.act(back.above, 'send-back', {'reason': 'Chưa khớp'}))
    again = Obligation(server, 'd15', '2025-Q3').accepted()
    done(again.open(again.desk, cells=good(9), sign=True, reason='Sót'))
    for heir in ('x', 'y'):
        done(server.client('province.c').post(
            f'/api/v1/units/{server.unit("a21")}/heirs',
            {'heir': str(server.unit(heir)), 'act': '12/QĐ-UBND',
             'reason': 'Giữ hồ sơ'}))
    done(server.client('province.d').post('/api/v1/closings', {
        'form': FORM, 'period': '2025-Q3', 'unit': str(server.unit('d')),
        'reason': 'Bão'}))
    done(server.client('province.d').post('/api/v1/closings/reopen', {
        'form': FORM, 'period': '2025-Q3', 'unit': str(server.unit('d')),
        'reason': 'Xã sửa số liệu'}))
    wait_until(lambda: server.client('clerk.d').get('/api/v1/me/letters')[
        'items'], 'letters')
    reformed(server)
    reached(server)
    signed_in(server)
    managed(server)
    files(server.client('clerk.x'))
    called(server)
    server.stop()
    with database(server.data) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    yield server.data
    server.remove()


def reformed(server):
    """A unit was renamed, and that was taken back."""
    admin = server.client('admin')
    made = reforms.applied(admin, reforms.set_of(
        {'kind': 'rename', 'unit': str(server.unit('d36')), 'name': 'Xã Mới'}))
    done(reforms.back(admin, made['id']))


def reached(server):
    """Somebody says how to be reached, a unit's card, a deadline's rung taken."""
    own = server.client('clerk.x')
    done(own.put('/api/v1/me/contact', {
        'email': 'a@b.vn', 'telephone': '0912 345 678', 'by_mail': False,
        'by_message': False}))
    done(own.put(f"/api/v1/contact-cards/{server.unit('x')}", {
        'reporter': 'Lan', 'signer': 'Bình', 'telephone': '0225 123',
        'hours': 'Sáng'}, revision=0))
    server.clock.set('2025-12-15T07:30')
    wait_until(lambda: server.metric('notify_ladder_day') == 20251215,
               'reminders')
    server.clock.set('2025-12-15T09:00')


def signed_in(server):
    """Somebody twice, after a wrong password; an answer is kept for a key."""
    assert server.client().sign_in('with.password', 'x' * 12).status == 401
    server.clock.set('2025-12-15T09:05')
    for _ in range(2):
        done(server.client().sign_in('with.password'))
    obligation = Obligation(server, 'd16', '2025-Q3')
    done(obligation.clerk.post(REPORTS, obligation.body(cells=GOOD),
                               key='mot'))


def managed(server):
    """Somebody with a position of some days, and a link to set a password."""
    admin = server.client('admin')
    made = done(admin.post('/api/v1/people', {
        'login': 'hoa.moi', 'name': 'Hoa', 'positions': [
            {'unit': str(server.unit('x')), 'role': 'clerk',
             'from': '2025-12-01', 'until': '2026-12-31'}]}))
    done(admin.post(f'/api/v1/people/{made["id"]}/password-link'))


def files(client):
    """One begun, one on its way, one that is whole, one that was given up."""
    paths = []
    for size in (3, 5, 7, 9):
        data = b'x' * size
        begun = done(client.post(UPLOADS, {
            'bytes': size, 'sha256': hashlib.sha256(data).hexdigest()}))
        paths.append(f"{UPLOADS}/{begun['id']}")
        if size > 3:
            done(client.send('PUT', f'{paths[-1]}/parts/0', data, {
                'Content-Type': 'application/octet-stream'}))
        if size > 5:
            done(client.post(paths[-1] + '/complete'))
    done(client.delete(paths[-1]))


def called(server):
    """A hook whose first event is refused and whose second is on its way when
    the server stops, so that there is a job."""
    client = server.client('clerk.x')
    receiver = Receiver([422])
    try:
        made = done(client.post('/api/v1/hooks', {
            'url': receiver.url, 'events': 'vn.truc.hook.*',
            'unit': server.unit('x'), 'role': 'clerk'}))
        path = f"/api/v1/hooks/{made['id']}"
        done(client.post(path + '/test'))
        wait_until(lambda: client.get(path)['dead_letters'] == 1, True)
        receiver.next()
        receiver.hold = threading.Event()
        done(client.post(path + '/test'))
        receiver.next()
        server.kill()
    finally:
        receiver.stop()


@contextlib.contextmanager
def database(data):
    """Its file, which nobody has open any more at the end."""
    with contextlib.closing(sqlite3.connect(
            os.path.join(data, 'truc.db'))) as connection:
        yield connection


def doctor(data):
    """None if all is well, else what it said."""
    ran = subprocess.run([binary(), 'doctor', '--data', str(data)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS,
                         check=False)
    told = ran.stdout.decode(errors='replace')
    assert not SANITIZER.search(told), told
    assert 0 <= ran.returncode < 128, (ran.returncode, told)
    return None if ran.returncode == 0 else told


class Table:
    def __init__(self, connection, name):
        self.name = name
        self.columns = []
        self.key = []
        for _, column, kind, _, _, key in connection.execute(
                f'PRAGMA table_info({name})'):
            self.columns.append((column, kind))
            if key:
                self.key.append(column)
        self.rows = connection.execute(
            f'SELECT * FROM {name} ORDER BY {", ".join(self.key)}').fetchall()

    def where(self, row):
        return ' AND '.join(f'{column} = {literal(self.value(row, column))}'
                            for column in self.key)

    def value(self, row, column):
        return row[[name for name, _ in self.columns].index(column)]


def tables(data):
    with database(data) as connection:
        names = [name for name, in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite%' ORDER BY name")]
        return [Table(connection, name) for name in names]


def literal(value):
    if value is None:
        return 'NULL'
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def another(table, column, kind, value):
    """A value that could be there, and is not."""
    given = OTHERS.get((table, column))
    if given is not None and given != value:
        return given
    if isinstance(value, bytes) or (value is None and kind == 'BLOB'):
        return bytes([(value or b'\0')[0] ^ 1]) + (value or bytes(32))[1:]
    if isinstance(value, str) or (value is None and kind == 'TEXT'):
        return (value or '')[:-1] + ('y' if value and value[-1] == 'x'
                                     else 'x')
    return (value or 0) + 1


def chosen(table):
    """A row to edit: of the files one that somebody needs."""
    rows = table.rows
    if table.name == 'blob':
        rows = [row for row in rows if table.value(row, 'idle_us') is None]
    return rows[len(rows) // 2]


def edits(table):
    """(what, statement) of each edit of a table."""
    row = chosen(table)
    where = table.where(row)
    for column, kind in table.columns:
        value = another(table.name, column, kind, table.value(row, column))
        yield column, (f'UPDATE {table.name} SET {column} = {literal(value)} '
                       f'WHERE {where}')
    yield '-', f'DELETE FROM {table.name} WHERE {table.where(row)}'
    values = [literal(another(table.name, column, kind, value)
                      if column == table.key[-1] else value)
              for (column, kind), value in zip(table.columns, row)]
    yield '+', f'INSERT INTO {table.name} VALUES ({", ".join(values)})'


def told_of(whole, data, statement):
    """What doctor says of an edit; '' if the database does not take it."""
    for name in ('truc.db-wal', 'truc.db-shm'):
        (data / name).unlink(missing_ok=True)
    shutil.copy(os.path.join(whole, 'truc.db'), data)
    with database(data) as connection:
        try:
            connection.execute('PRAGMA ignore_check_constraints = ON')
            connection.execute(statement)
            connection.commit()
        except sqlite3.IntegrityError:
            return ''
    return doctor(data)


def copied(whole, tmp_path):
    """Without the socket that a killed server has left."""
    return copy_of(whole, tmp_path / 'data')


def test_the_folder_is_well(whole):
    assert doctor(whole) is None


def test_doctor_speaks_of_each_edit(whole, tmp_path):
    data = copied(whole, tmp_path)
    silent = set()
    seen = set()
    empty = set()
    for table in tables(whole):
        if table.name in UNSEEN_TABLES:
            continue
        if not table.rows:
            empty.add(table.name)
            continue
        for what, statement in edits(table):
            told = told_of(whole, data, statement)
            (silent if told is None else seen).add((table.name, what))
    assert silent - set(UNSEEN) == set(), 'nobody noticed'
    assert seen & set(UNSEEN) == set(), 'no longer unseen'
    assert empty == set()


def test_an_edited_answer_is_not_given(make_server):
    """Nor as if there were none: the act would be done again.  One that is gone
    is one that was old enough: what guards then is the report's state."""
    server = make_server()
    obligation = Obligation(server, 'd11', '2025-Q3')
    body = obligation.body(cells=GOOD)
    first = done(obligation.clerk.post(REPORTS, body, key='mot'))
    again = done(obligation.clerk.post(REPORTS, body, key='mot'))
    assert again.body == first.body
    server.edited = True
    with database(server.data) as connection:
        connection.execute("UPDATE kept_answer SET body = CAST(replace("
                           "CAST(body AS TEXT), 'draft', 'drafT') AS BLOB)")
        connection.commit()
    refused(obligation.clerk.post(REPORTS, body, key='mot'), 500,
            'idempotency.edited')
    with database(server.data) as connection:
        connection.execute('DELETE FROM kept_answer')
        connection.commit()
    third = done(obligation.clerk.post(REPORTS, body, key='mot'))
    assert (third.status, third['id']) == (200, first['id'])


# What no column of that type holds in an honest database.
NUMBERS = [str(-2**63), str(2**63 - 1)]
IMPOSSIBLE = {
    'TEXT': ["CAST(x'41c341' AS TEXT)", "CAST(x'410d41' AS TEXT)", "''"],
    'INTEGER': NUMBERS, 'BIGINT': NUMBERS, 'BOOLEAN': NUMBERS,
    'BLOB': ["x''", 'zeroblob(100000)'],
}


def test_what_cannot_be_there_is_no_crash(whole, tmp_path):
    data = copied(whole, tmp_path)
    crashed = []
    tried = 0
    for table in tables(whole):
        for column, kind in table.columns:
            for value in IMPOSSIBLE[kind]:
                statement = f'UPDATE {table.name} SET {column} = {value}'
                try:
                    tried += told_of(whole, data, statement) != ''
                except AssertionError as error:
                    crashed.append((statement, str(error)[-1500:]))
    assert crashed == []
    assert tried > 200, tried


def run_past(index, path, statement):
    """The index keeps what its table had: its pages stay where they are, but
    for a moment nobody knows of them."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        row, = connection.execute(
            'SELECT json_array(type, name, tbl_name, rootpage, sql) '
            'FROM sqlite_master WHERE name = ?', [index]).fetchone()
    for step, argument in (
            ('DELETE FROM sqlite_master WHERE name = ?', [index]),
            (statement, []),
            ('INSERT INTO sqlite_master SELECT value ->> 0, value ->> 1, '
             'value ->> 2, value ->> 3, value ->> 4 '
             'FROM (SELECT ? AS value)', [row])):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute('PRAGMA writable_schema = ON')
            connection.execute(step, argument)
            connection.commit()


def indexes(data):
    """(its name, its table's, a column) for each that is ours."""
    with database(data) as connection:
        return connection.execute(
            'SELECT m.name, m.tbl_name, i.name FROM sqlite_master m, '
            "pragma_index_info(m.name) i WHERE m.type = 'index' "
            'AND m.sql IS NOT NULL ORDER BY m.name, i.seqno').fetchall()


def test_an_index_that_leads_to_other_rows_is_no_crash(whole, tmp_path):
    """It says of the first row what a later one holds; the table is sound."""
    data = copied(whole, tmp_path)
    by_name = {table.name: table for table in tables(whole)}
    tried = set()
    for index, name, column in indexes(whole):
        table = by_name[name]
        first = table.rows[0] if table.rows else None
        other = {table.value(row, column) for row in table.rows[1:]
                 if table.value(row, column) != table.value(first, column)}
        for value in sorted(other, key=str)[:5]:
            shutil.copy(os.path.join(whole, 'truc.db'), data)
            put = f'UPDATE {name} SET {column} = %s WHERE {table.where(first)}'
            try:
                with contextlib.closing(
                        sqlite3.connect(data / 'truc.db')) as connection:
                    connection.execute(put % literal(value))
                    connection.commit()
            except sqlite3.IntegrityError:
                continue
            run_past(index, data / 'truc.db',
                     put % literal(table.value(first, column)))
            doctor(data)
            tried.add((index, column))
    assert ('ledger_entry_by_kind', 'kind') in tried, tried
    assert len(tried) > 10, tried
