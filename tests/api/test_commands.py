"""What an administrator does by command, and what may be read meanwhile."""

import json
import os
import subprocess

import pytest

from server import binary, run

REPORTS = '/api/v1/reports'


@pytest.fixture(scope='module')
def stopped(make_server):
    server = make_server()
    server.stop()
    return server


def user(server, *words, status=0):
    return run('user', *words, '--data', server.data, store=server.store,
               status=status)


def shown(server, login):
    return user(server, 'show', login).stdout


def test_positions_are_given_and_taken_back(stopped):
    place = str(stopped.unit('d11'))
    user(stopped, 'add', 'new.one', '--position', f'clerk@{place}')
    assert f'clerk@{place}' in shown(stopped, 'new.one')
    assert 'new.one' in user(stopped, 'list', place).stdout
    user(stopped, 'change', 'new.one', '--revoke', f'clerk@{place}',
         '--position', f'leader@{place}')
    assert f'clerk@{place}' not in shown(stopped, 'new.one')
    assert f'leader@{place}' in shown(stopped, 'new.one')
    again = user(stopped, 'change', 'new.one', '--revoke', f'clerk@{place}',
                 status=1)
    assert 'position.unknown' in again.stderr


def test_a_token_that_was_ended_opens_nothing(make_server):
    own = make_server()
    own.stop()
    token = user(own, 'token', 'desk.x', '--name', 'spare').stdout.strip()
    number = [line.split()[1] for line in shown(own, 'desk.x').splitlines()
              if 'spare' in line][0]
    user(own, 'add', 'someone.else')
    other = user(own, 'change', 'someone.else', '--end-token', number,
                 status=1)
    assert 'token.unknown' in other.stderr
    user(own, 'change', 'desk.x', '--end-token', number)
    assert 'ended' in shown(own, 'desk.x')
    own.start()
    client = own.client()
    client.token = token
    assert client.get(REPORTS).code == 'token.unknown'


def test_people_and_the_audit_are_read_beside_a_running_server(server):
    assert 'desk.x' in user(server, 'list').stdout
    assert 'desk.x' in shown(server, 'desk.x')
    rows = run('audit', '--limit', '5', '--data', server.data,
               store=server.store).stdout.splitlines()
    numbers = [int(row.split()[0]) for row in rows]
    assert len(numbers) == 5 and numbers == sorted(numbers, reverse=True)
    older = run('audit', '--limit', '1', '--before', str(numbers[-1]),
                '--data', server.data, store=server.store).stdout
    assert int(older.split()[0]) < numbers[-1]


def test_no_job_was_given_up(stopped):
    listed = run('jobs', '--data', stopped.data, store=stopped.store)
    assert listed.stdout == 'No job has been given up.\n'
    none = run('jobs', 'restart', '1', '--data', stopped.data,
               store=stopped.store, status=1)
    assert 'job.unknown' in none.stderr


def test_a_reader_who_closes_the_pipe_undoes_nothing(tmp_path):
    """What is printed is on disk already when it is printed."""
    data = str(tmp_path / 'var')
    units = tmp_path / 'ministries.json'
    run('init', '--data', data)
    units.write_text(json.dumps({
        'units': [{'code': 'M1', 'name': 'Bộ Thử', 'type': 'ministry',
                   'from': '2020-01-01'}],
        'successions': []}), encoding='utf-8')
    read_end, write_end = os.pipe()
    os.close(read_end)
    subprocess.run([binary(), 'import', 'ministries', str(units), '--data',
                    data], stdout=write_end, stderr=subprocess.DEVNULL,
                   timeout=60, check=False)
    os.close(write_end)
    again = run('import', 'ministries', str(units), '--data', data, status=1)
    assert 'import.done' in again.stderr


@pytest.mark.parametrize('words', [
    ['user'], ['user', 'add'], ['user', 'rename', 'x'], ['import', 'people'],
    ['jobs', 'retry'], ['audit', '--limit', '0'], ['verify', 'now'],
    ['figures', '--color', 'red']])
def test_what_is_mistyped_is_told_with_the_way_out(stopped, words):
    said = run(*words, '--data', stopped.data, status=2).stderr
    assert said.startswith('truc: ') and 'args.' in said
