"""What no ledger entry tells, edited in the database beside the program: the
audit, people with their positions and tokens, and sessions.

Each edit is made while no server runs.  `truc doctor` speaks of it, a server
does not start on an audit that was cut off, and a session that was written or
changed by hand signs nobody in.
"""

import contextlib
import hashlib
import shutil
import sqlite3

import pytest
from acts import Obligation, good
from edits import sql
from server import Server, engine, run

NOW = '2025-12-10T09:00'


def doctor(server, status=0):
    return run('doctor', '--data', server.data, store=server.store,
               status=status)


def told(server):
    """What doctor says of a folder that is not well."""
    done = doctor(server, status=1)
    return done.stdout + (done.stderr or '')


@pytest.fixture(scope='module')
def server(databases):
    made = Server(NOW)
    try:
        made.start()
        Obligation(made, 'd11', '2025-Q3').accepted()
        assert made.client().sign_in('with.password').status == 200
        made.stop()
        yield made
    finally:
        made.remove()


@contextlib.contextmanager
def edited(server, table, statement):
    """The table as the statement leaves it, and then as it was."""
    sql(server, f'CREATE TABLE was AS SELECT * FROM {table}')
    try:
        sql(server, statement)
        yield
    finally:
        sql(server, f'DELETE FROM {table}')
        sql(server, f'INSERT INTO {table} SELECT * FROM was')
        sql(server, 'DROP TABLE was')


def test_all_is_well_before(server):
    assert 'rows of the audit' in doctor(server).stdout


NEWEST = '(SELECT MAX(id) FROM audit)'
AUDIT = {
    'the newest cut off': f'DELETE FROM audit WHERE id = {NEWEST}',
    'emptied': 'DELETE FROM audit',
    'one more': 'INSERT INTO audit SELECT id + 1, at_us, person_id, action, '
                'unit_id, object_id, detail, state, chain FROM audit '
                f'WHERE id = {NEWEST}',
    'the newest of the time before, twice':
        'UPDATE audit SET (at_us, person_id, action, unit_id, object_id, '
        'detail, state, chain) = (SELECT at_us, person_id, action, unit_id, '
        'object_id, detail, state, chain FROM audit b WHERE b.id = '
        f'audit.id - 1) WHERE id = {NEWEST}',
    'one in the middle': 'DELETE FROM audit WHERE id = 5',
    'who did it': 'UPDATE audit SET person_id = 1 WHERE id = 5',
    'without a chain': 'UPDATE audit SET chain = NULL WHERE id > 5',
    'without any chain': 'UPDATE audit SET chain = NULL, at_us = at_us + 1',
}
AT_START = {'the newest cut off', 'emptied', 'one more',
            'the newest of the time before, twice'}


@pytest.mark.parametrize('what', AUDIT)
def test_an_edited_audit_is_noticed(server, what):
    with edited(server, 'audit', AUDIT[what]):
        assert 'audit.broken' in told(server)
        if what in AT_START:
            with pytest.raises(AssertionError, match='audit.broken'):
                server.start()
            server.end_process()
    doctor(server)


def of(login):
    return f"(SELECT id FROM person WHERE login = '{login}')"


PEOPLE = {
    'a clerk becomes an administrator':
        ('person_position', "UPDATE person_position SET role = 'admin' "
         f"WHERE person_id = {of('clerk.b')}"),
    'a position more':
        ('person_position', 'INSERT INTO person_position (id, person_id, '
         'unit_id, role, granted_us) SELECT 100000, person_id, unit_id, '
         f"'admin', granted_us FROM person_position "
         f"WHERE person_id = {of('clerk.b')}"),
    'a position less':
        ('person_position', 'DELETE FROM person_position '
         f"WHERE person_id = {of('clerk.b')}"),
    'a password':
        ('person', "UPDATE person SET password = (SELECT password FROM person "
         "p WHERE p.login = 'with.password') WHERE login = 'clerk.b'"),
    'somebody who was disabled':
        ('person', "UPDATE person SET disabled_us = NULL "
         "WHERE login = 'gone'"),
    'a name': ('person', "UPDATE person SET name = 'Ai' "
               "WHERE login = 'clerk.b'"),
    'a person more':
        ('person', 'INSERT INTO person (id, login, name, locale, created_us) '
         "VALUES (100000, 'ai', 'Ai', 'vi', 1)"),
    'a token that lasts longer':
        ('token', 'UPDATE token SET expires_us = expires_us + 1 '
         f"WHERE person_id = {of('clerk.b')}"),
    'the token of somebody else':
        ('token', f"UPDATE token SET person_id = {of('province.a')} "
         f"WHERE person_id = {of('clerk.b')}"),
    'a token less':
        ('token', f"DELETE FROM token WHERE person_id = {of('clerk.b')}"),
}


# PostgreSQL empties no table that others refer to, to put the rows back.
@pytest.mark.parametrize('what', [
    what for what, (table, _) in PEOPLE.items()
    if table not in ('person', 'token') or engine() == 'sqlite'])
def test_edited_people_are_noticed(server, what):
    table, statement = PEOPLE[what]
    with edited(server, table, statement):
        assert 'people.differs' in told(server)
    doctor(server)


def test_a_session_that_was_edited_signs_nobody_in(make_server):
    server = make_server()
    mine = server.client()
    other = server.client()
    assert mine.sign_in('with.password').status == 200
    assert other.sign_in('with.password.2').status == 200
    server.stop()
    digest = hashlib.sha256(mine.cookie.encode()).hexdigest()
    blob = f"x'{digest}'" if engine() == 'sqlite' else f"'\\x{digest}'::bytea"
    sql(server, 'UPDATE session SET person_id = (SELECT id FROM person WHERE '
        f"login = 'centre') WHERE digest = {blob}")
    assert 'session' in told(server)
    server.start()
    assert mine.get('/api/v1/session').status == 401
    assert other.get('/api/v1/session')['login'] == 'with.password.2'
    server.wait_for_log('session.edited')


def test_a_session_that_was_written_by_hand_signs_nobody_in(make_server):
    server = make_server()
    client = server.client()
    assert client.sign_in('with.password').status == 200
    server.stop()
    client.cookie = 'f' * 64
    digest = hashlib.sha256(client.cookie.encode()).hexdigest()
    blob = f"x'{digest}'" if engine() == 'sqlite' else f"'\\x{digest}'::bytea"
    sql(server, 'INSERT INTO session (id, person_id, digest, created_us, '
        f'seen_us, mac) SELECT id + 1, person_id, {blob}, created_us, '
        'seen_us, mac FROM session')
    server.start()
    assert client.get('/api/v1/session').status == 401


@contextlib.contextmanager
def put_back(server, table):
    """What is gone from the table meanwhile is there again at the end."""
    sql(server, f'CREATE TABLE was AS SELECT * FROM {table}')
    yield
    sql(server, f'INSERT INTO {table} SELECT * FROM was '
        f'WHERE id NOT IN (SELECT id FROM {table})')
    sql(server, 'DROP TABLE was')


def who(client):
    answer = client.get('/api/v1/session')
    return answer['login'] if answer.status == 200 else answer.status


def test_a_session_that_was_signed_out_does_not_live_again(make_server):
    server = make_server()
    mine, other, more = (server.client() for _ in range(3))
    assert mine.sign_in('with.password').status == 200
    assert other.sign_in('with.password').status == 200
    assert more.sign_in('with.password').status == 200
    with put_back(server, 'session'):
        assert other.delete('/api/v1/session').status == 204
        # Of all other sessions of the person a new password is the end.
        assert mine.post('/api/v1/session/password', {
            'old': server.world.password,
            'new': 'một mật khẩu khác'}).status == 204
    rows = sql(server, 'SELECT count(*) FROM session')
    assert rows[0][0] == '3'
    assert (who(mine), who(other), who(more)) == ('with.password', 401, 401)
    server.wait_for_log('session.edited')
    server.stop()
    assert 'people.differs' in told(server)
    server.start()
    assert (who(mine), who(other), who(more)) == ('with.password', 401, 401)


def test_a_session_that_is_gone_is_noticed(make_server):
    server = make_server()
    assert server.client().sign_in('with.password').status == 200
    server.stop()
    sql(server, 'DELETE FROM session')
    assert 'rows.differ' in told(server)
    # Who is in charge takes the rows as they are, and the audit says so.
    assert 'taken as they are' in run('rebuild', '--data', server.data,
                                      store=server.store).stdout
    doctor(server)
    assert 'rows.begin' in run('audit', '--data', server.data,
                               store=server.store).stdout


PAPERS = {
    'as an earlier save left it':
        'UPDATE report SET (work, revision, draft, draft_form_id, flags, '
        'writer, mac) = (SELECT work, revision, draft, draft_form_id, flags, '
        'writer, mac FROM was WHERE was.id = report.id) WHERE id IN (SELECT id FROM was)',
    'deleted before its first act':
        'DELETE FROM report WHERE id IN (SELECT id FROM was)',
}


@pytest.mark.parametrize('what', PAPERS)
def test_a_paper_that_was_put_back_or_deleted_is_noticed(make_server, what):
    server = make_server()
    paper = Obligation(server, 'd11', '2025-Q3').drafted()
    sql(server, 'CREATE TABLE was AS SELECT * FROM report')
    assert paper.save(paper.clerk, good(7)).status == 200
    server.stop()
    doctor(server)
    sql(server, PAPERS[what])
    assert 'rows.differ' in told(server)


def test_a_session_goes_on_when_its_use_is_written_down(make_server):
    server = make_server()
    client = server.client()
    assert client.sign_in('with.password').status == 200
    (before,), = sql(server, 'SELECT seen_us FROM session')
    server.clock.set('2025-12-10T09:20')
    assert client.get('/api/v1/session').status == 200
    server.stop()
    (after,), = sql(server, 'SELECT seen_us FROM session')
    assert int(after) > int(before)
    doctor(server)
    # In the table, and not in the cache of before.
    server.start()
    assert client.get('/api/v1/session').status == 200


def test_an_act_without_an_entry_moves_the_checkpoint(make_server):
    server = make_server()
    path = '/api/v1/ledger/checkpoint'
    before = server.client().get(path).body.decode().splitlines()
    assert server.client().sign_in('with.password').status == 200
    after = server.client().get(path).body.decode().splitlines()
    assert before[:3] == after[:3]  # origin, size and root
    assert before[3].startswith('audit ') and before[3] != after[3]


@pytest.mark.skipif(engine() != 'sqlite', reason='truc backup is for SQLite')
def test_a_restored_copy_goes_on(make_server, tmp_path):
    server = make_server()
    assert server.client().sign_in('with.password').status == 200
    copy = tmp_path / 'copy'
    again = tmp_path / 'again'
    run('backup', str(copy), '--data', server.data)
    assert server.client().sign_in('with.password.2').status == 200
    server.stop()
    run('restore', str(copy), '--data', str(again))
    assert 'All is well.' in run('doctor', '--data', str(again)).stdout
    run('user', 'disable', 'with.password', '--data', str(again))
    assert 'All is well.' in run('doctor', '--data', str(again)).stdout
    # The rows of a copy do not fit the checkpoint of what went on.
    shutil.rmtree(copy)
    run('backup', str(copy), '--data', server.data)
    with contextlib.closing(sqlite3.connect(copy / 'truc.db')) as connection:
        connection.execute('ATTACH ? AS other', [str(again / 'truc.db')])
        connection.execute('DELETE FROM audit')
        connection.execute('INSERT INTO audit SELECT * FROM other.audit')
        connection.commit()
    done = run('doctor', '--data', str(copy), status=1)
    assert 'audit.broken' in done.stdout + (done.stderr or '')
