"""What an administrator does by command, and what may be read meanwhile."""

import json
import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

from server import PATIENCE_SECONDS, binary, run

REPORTS = '/api/v1/reports'
SHIPPED = Path(__file__).parents[2] / 'data/forms/II.06a-VPCP-KSTT.json'


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


@pytest.mark.parametrize('login, name, at', [
    ('../x', 'Hoa', '/login'), ('=1+1', 'Hoa', '/login'),
    ('.x', 'Hoa', '/login'), ('a..b', 'Hoa', '/login'),
    ('a\u200b', 'Hoa', '/login'), ('hoa', '=1+1', '/name'),
    ('hoa', 'Hoa\nBình', '/name'), ('hoa', 'Hoa\u200b', '/name'),
    ('hoa', 'Hoa\u202e', '/name'), ('hoa', ' Hoa', '/name')])
def test_what_is_no_login_or_name_is_refused(stopped, login, name, at):
    before = user(stopped, 'list').stdout
    said = user(stopped, 'add', login, '--name', name, status=2).stderr
    assert f'{at}: ' in said
    assert user(stopped, 'list').stdout == before


def test_a_name_is_kept_composed(stopped):
    user(stopped, 'add', 'new.composed', '--name', 'Hoa\u0300a')
    assert 'Ho\u00e0a' in user(stopped, 'list').stdout


def succeed(server, path, text, status=0):
    path.write_text(text, encoding='utf-8')
    return run('import', 'succession', str(path), '--data', server.data,
               store=server.store, status=status)


@pytest.mark.parametrize('header', ['effective ', 'Effective', 'since', ''])
def test_a_header_that_is_not_known_is_refused(stopped, tmp_path, header):
    before = run('verify', '--data', stopped.data, store=stopped.store).stdout
    said = succeed(stopped, tmp_path / 'table.csv',
                   f'old_code,new_code,relation,{header}\n'
                   '02203,20003,whole,2025-07-01\n', status=2).stderr
    assert f'no column "{header}"' in said
    assert 'known are old_code, new_code, relation, ' in said
    assert 'effective, act' in said
    assert run('verify', '--data', stopped.data,
               store=stopped.store).stdout == before


def test_a_unit_with_a_bad_row_stays_and_the_others_are_written(
        make_server, tmp_path):
    own = make_server()
    own.stop()
    table = ('old_code,new_code,relation\n'
             '02203,20003,whole\n'          # nobody knew who followed it
             '01201,20001,whole\n01201,20002,whole\n'
             '02101,20003,whole\n02101,88888,part\n')
    for written in (1, 0):
        said = succeed(own, tmp_path / 'table.csv', table, status=1)
        assert 'import.left_out' in said.stderr
        assert f'{written}  successions written' in said.stdout
        assert ('01201: line 4: whole to 20002, where line 3 says whole to '
                '20001') in said.stdout
        assert '02101: line 6: the new unit 88888 is unknown' in said.stdout
    run('doctor', '--data', own.data, store=own.store)
    own.start()
    client = own.client('centre')
    heirs = {key: [s['unit'] for s in client.get(
        f'/api/v1/units/{own.unit(key)}').json['successors']]
        for key in ('b23', 'a21', 'b11')}
    assert heirs == {'b23': [own.unit('z')],
                     'a21': [own.unit('x'), own.unit('y')],
                     'b11': [own.unit('z')]}


def test_the_help_of_import_says_what_is_written_in_part():
    said = ' '.join(run('import', '--help').stdout.split())
    assert 'byte for byte' in said
    assert 'the exit status is 1' in said


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


def test_whoever_listens_beyond_this_machine_says_so(make_server):
    """Of each address there is a line in the log, at every start."""
    own = make_server()
    own.stop()
    command = [binary(), 'serve', '--data', own.data, '--listen', '0.0.0.0:0',
               '--metrics', '0.0.0.0:0']
    if own.store is not None:
        command += ['--store', own.store]
    with subprocess.Popen(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        for _ in range(2):   # what it says when it is up
            process.stdout.readline()
        process.terminate()
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert log.count('event=serve.public') == 2, log


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
    *planned, none = listed.stdout.splitlines()
    assert ('planned   2025-12-11T02:00:00+07:00  ledger.verify, '
            'every 86400 s') in planned
    assert none == 'No job has been given up.'
    none = run('jobs', 'restart', '1', '--data', stopped.data,
               store=stopped.store, status=1)
    assert 'job.unknown' in none.stderr


def test_a_form_is_published_from_a_file_and_a_faulty_one_is_not(tmp_path):
    data = str(tmp_path / 'data')
    run('init', '--data', data)
    definition = json.loads(SHIPPED.read_text(encoding='utf-8'))
    definition['form']['code'] = 'X.01/TEST'
    path = tmp_path / 'form.json'
    path.write_text(json.dumps(definition), encoding='utf-8')
    run('import', 'form', str(path), '--data', data)

    del definition['versions'][0]['columns'][0]['label']
    path.write_text(json.dumps(definition), encoding='utf-8')
    faulty = run('import', 'form', str(path), '--data', data, status=2)
    assert '/versions/0/columns/0' in faulty.stderr


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
                   timeout=PATIENCE_SECONDS, check=False)
    os.close(write_end)
    again = run('import', 'ministries', str(units), '--data', data, status=1)
    assert 'import.done' in again.stderr


@pytest.mark.parametrize('words, code', [
    (['user'], 'args.count'), (['user', 'add'], 'args.count'),
    (['user', 'rename', 'x'], 'args.'), (['import', 'people'], 'args.'),
    (['jobs', 'retry'], 'args.'), (['audit', '--limit', '0'], 'args.value'),
    (['verify', 'now'], 'args.count'),
    (['verify', '--data', 'elsewhere'], 'args.repeated'),
    (['figures', '--color', 'red'], 'args.unknown')])
def test_what_is_mistyped_is_told_with_the_way_out(stopped, words, code):
    said = run(*words, '--data', stopped.data, status=2).stderr
    assert said.startswith('truc: ') and f'({code}' in said


@pytest.mark.parametrize('words, code', [
    (['add', 'new.two', '--name', 'a' * 201], 'person.name'),
    (['add', 'new.two', '--locale', 'fr'], 'person.locale'),
    (['add', 'new.two', '--name', b'a\xc3z'], 'person.name'),
    (['add', 'new.two', '--name', 'a\rz'], 'person.name'),
    (['token', 'desk.x', '--name', 'a' * 101], 'token.name'),
    (['token', 'desk.x', '--name', b'a\xc3z'], 'token.name')])
def test_what_a_person_cannot_be_called_is_refused(stopped, words, code):
    assert f'({code})' in user(stopped, *words, status=2).stderr
    assert 'person.unknown' in user(stopped, 'show', 'new.two',
                                    status=1).stderr


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures('open_umask')
def test_only_the_owner_may_read_what_a_command_makes(tmp_path):
    data = tmp_path / 'var'
    run('init', '--data', str(data))
    run('backup', str(tmp_path / 'copy'), '--data', str(data))
    made = [data, tmp_path / 'copy', *data.iterdir(),
            *(tmp_path / 'copy').iterdir()]
    assert len(made) >= 6
    for path in made:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_new_folder_knows_nobody(tmp_path):
    """No login that everybody knows."""
    data = str(tmp_path / 'var')
    run('init', '--data', data)
    assert run('user', 'list', '--data', data).stdout == ''


def test_a_password_of_a_file_is_the_one_that_is_typed(make_server, tmp_path):
    """Whatever Unicode form the file is in: a browser sends the composed one,
    or the other, and both arrive as one."""
    own = make_server()
    own.stop()
    path = tmp_path / 'password'
    typed = 'đường làng quê'
    path.write_text(unicodedata.normalize('NFD', typed) + '\n',
                    encoding='utf-8')
    user(own, 'add', 'new.three', '--password-file', str(path))
    own.start()
    for form in ('NFC', 'NFD'):
        password = unicodedata.normalize(form, typed)
        assert own.client().sign_in('new.three', password).status == 200


@pytest.mark.parametrize('line', [b'duong-lang\x00-que', b'duong-lang\xff-que',
                                  b'duong-lang-que\r'])
def test_a_password_that_nobody_can_type_is_refused(stopped, tmp_path, line):
    path = tmp_path / 'password'
    path.write_bytes(line + b'\n')
    said = user(stopped, 'add', 'new.four', '--password-file', str(path),
                status=2).stderr
    assert '(args.value)' in said and 'duong' not in said
    assert 'person.unknown' in user(stopped, 'show', 'new.four',
                                    status=1).stderr


def test_data_without_their_key_are_told_from_no_data(tmp_path):
    data = tmp_path / 'var'
    run('init', '--data', str(data))
    (data / 'ledger.key').rename(tmp_path / 'kept')
    for words in (['serve', '--listen', '127.0.0.1:0'], ['user', 'list']):
        said = run(*words, '--data', str(data), status=1).stderr
        assert 'data.key_missing' in said and 'truc init' not in said
    # A new key would not fit what the old one signed.
    said = run('init', '--data', str(data), status=1).stderr
    assert 'data.not_empty' in said
    assert not (data / 'ledger.key').exists()
    (tmp_path / 'kept').rename(data / 'ledger.key')
    run('verify', '--data', str(data))
    said = run('user', 'list', '--data', str(tmp_path / 'none'),
               status=1).stderr
    assert 'data.missing' in said
