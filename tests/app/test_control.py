"""Commands that the server of a folder does while it serves (cli/control.h)."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from acts import Obligation, GOOD
from server import PATIENCE_SECONDS, binary, run, wait_until

FORM = Path(__file__).parents[2] / 'data/forms/II.07b-VPCP-KSTT.json'


@pytest.fixture
def own(make_server):
    return make_server()


def command(server, *words, status=0):
    return run(*words, '--data', server.data, store=server.store,
               status=status)


def control(server):
    """A connection to the socket, by somebody who is not truc."""
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    asking.settimeout(PATIENCE_SECONDS)
    folder = os.open(server.data, os.O_PATH)
    try:
        asking.connect(f'/proc/self/fd/{folder}/control')
    finally:
        os.close(folder)
    return asking


def send(asking, message, passed=()):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
               struct.pack(f'{len(passed)}i', *passed))] if passed else []
    asking.sendmsg([message], rights)


def answer(asking):
    return json.loads(asking.recv(1 << 17))


def words(*given, folder='/', store=''):
    return b''.join(word.encode() + b'\0' for word in (folder, store, *given))


def test_a_right_changes_with_the_next_request(own):
    place = own.unit('d11')
    command(own, 'user', 'add', 'new.one', '--position', f'clerk@{place}')
    token = command(own, 'user', 'token', 'new.one').stdout.strip()
    own.world.tokens['new.one'] = token
    desk = own.client('new.one')
    assert desk.get('/api/v1/session').status == 200
    assert len(desk.get('/api/v1/obligations?mine=true')['items']) > 0
    command(own, 'user', 'change', 'new.one', '--revoke', f'clerk@{place}')
    assert desk.get('/api/v1/obligations?mine=true').status == 403
    command(own, 'user', 'disable', 'new.one')
    assert desk.get('/api/v1/session').status == 401


def test_the_words_are_those_of_a_stopped_folder(make_server, tmp_path):
    """The same commands on two equal folders: output, errors and status."""
    (tmp_path / 'pw').write_text('a long and good one\n', encoding='utf-8')
    (tmp_path / 'short').write_text('short\n', encoding='utf-8')
    (tmp_path / 'table.csv').write_text('old_code,new_code,relation\n'
                                        '99999,88888,whole\n', 'utf-8')
    asked = [
        ['user', 'add', 'hoa', '--name', 'Nguyễn Thị Hoa',
         '--password-file', str(tmp_path / 'pw')],
        ['user', 'add', 'hoa'],
        ['user', 'add', '../x', '--name', '=1'],
        ['user', 'add', 'minh', '--password-file', str(tmp_path / 'short')],
        ['user', 'add', 'minh', '--password-file', str(tmp_path / 'none')],
        ['user', 'change', 'hoa', '--position', 'king@1'],
        ['user', 'disable', 'nobody'],
        ['user', 'enable', 'hoa'],
        ['user', 'show', 'hoa'],
        ['import', 'form', str(tmp_path / 'none.json')],
        ['import', 'form', str(FORM)],
        ['import', 'succession', str(tmp_path / 'table.csv')],
        ['import', 'nothing'],
        ['jobs', 'restart', '77'],
    ]
    running, stopped = make_server(), make_server()
    stopped.stop()
    for one in asked:
        got = [(done.stdout, done.stderr, done.returncode) for done in
               (command(server, *one, status=(0, 1, 2))
                for server in (running, stopped))]
        assert got[0] == got[1], one
    rows = [[line.split()[2:] for line in
             command(server, 'audit').stdout.splitlines()]
            for server in (running, stopped)]
    assert rows[0] == rows[1]
    running.stop()
    for server in (running, stopped):
        run('doctor', '--data', server.data, store=server.store)


def test_files_are_those_of_the_folder_where_it_was_asked(own, tmp_path):
    (tmp_path / 'pw').write_text('a long and good one\n', encoding='utf-8')
    more = [] if own.store is None else ['--store', own.store]
    subprocess.run([binary(), 'user', 'add', 'hoa', '--password-file', 'pw',
                    '--data', own.data, *more], cwd=tmp_path, check=True,
                   timeout=PATIENCE_SECONDS, stdout=subprocess.DEVNULL)
    answer = own.client().post('/api/v1/session', {
        'login': 'hoa', 'password': 'a long and good one'})
    assert answer.status == 200


def test_a_form_that_is_imported_is_there_at_once(own, tmp_path):
    form = json.loads(FORM.read_text(encoding='utf-8'))
    form['form']['code'] = 'II.99z/VPCP/KSTT'
    (tmp_path / 'form.json').write_text(json.dumps(form), encoding='utf-8')

    def codes():
        return [f['code'] for f in
                own.client('desk.d').get('/api/v1/forms')['items']]

    before = codes()
    command(own, 'import', 'form', str(tmp_path / 'form.json'))
    assert sorted(codes()) == sorted([*before, 'II.99z/VPCP/KSTT'])


def test_reports_come_in_while_commands_are_done(own):
    units = ['d11', 'd12', 'd13', 'd14']
    failed = []

    def add(number):
        try:
            command(own, 'user', 'add', f'person.{number}')
        except AssertionError as error:
            failed.append(error)

    adding = [threading.Thread(target=add, args=(n,)) for n in range(12)]
    for thread in adding:
        thread.start()
    sent = [Obligation(own, unit, '2025-Q3').sent(GOOD) for unit in units]
    for thread in adding:
        thread.join(PATIENCE_SECONDS)
    assert not failed, failed[0]
    people = command(own, 'user', 'list').stdout
    assert all(f'person.{n} ' in people for n in range(12))
    for one in sent:
        assert one.get(one.desk)['state'] == 'sent'


def test_a_folder_s_path_may_be_longer_than_an_address(make_server):
    def far(server):
        deep = Path(server.folder, *['a-folder-with-a-long-name'] * 8)
        deep.mkdir(parents=True)
        server.data = str(deep / 'data')
        from server import small_country
        return small_country(server)
    own = make_server(fill=far)
    assert len(own.data) > 200
    command(own, 'user', 'add', 'far.away')
    assert 'far.away' in command(own, 'user', 'list').stdout


def test_what_a_killed_server_left_stops_nobody(own):
    assert os.stat(os.path.join(own.data, 'control')).st_mode & 0o777 == 0o600
    own.kill()
    command(own, 'user', 'add', 'between')
    own.start()
    command(own, 'user', 'add', 'afterwards')
    own.stop()
    assert not os.path.exists(os.path.join(own.data, 'control'))


def test_another_command_at_work_is_told(own):
    own.stop()
    with open(os.path.join(own.data, 'lock'), 'r+b') as lock:
        import fcntl
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = command(own, 'user', 'add', 'too.early', status=1)
        assert 'data.locked' in done.stderr


def test_what_is_no_command_changes_nothing(own):
    broken = [b'', b'x', b'\0', words(), words('user')[:-1],
              words('user'), words('serve'), words('demo'), words('test-world'),
              words('init'), words('restore', '/tmp/x'), words('rebuild'),
              words('user', 'add', 'x' * 60000), b'\0' * 65536,
              words('user', *['--position'] * 1000)]
    before = command(own, 'audit').stdout
    for message in broken:
        for passed in (False, True):
            ends = socket.socketpair()
            with control(own) as asking:
                send(asking, message or b'\n',
                     [ends[1].fileno()] if passed else [])
                told = answer(asking)
            for end in ends:
                end.close()
            assert told['code'] in ('control.message', 'args.count',
                                    'args.value', 'args.repeated',
                                    'input.invalid'), (message[:80], told)
    assert command(own, 'audit').stdout == before


def test_more_than_a_message_may_hold_is_refused_by_the_command(own):
    done = command(own, 'user', 'add', 'x' * 70000, status=1)
    assert 'control.too_big' in done.stderr


def test_another_database_is_not_meant(own):
    with control(own) as asking:
        send(asking, words('user', 'add', 'x', store='postgres://elsewhere'),
             [asking.fileno()])
        assert answer(asking)['code'] == 'control.store'


def test_who_goes_away_has_it_done(own):
    ends = socket.socketpair()
    with control(own) as asking:
        send(asking, words('user', 'add', 'was.here'), [ends[1].fileno()])
        for end in ends:
            end.close()
    wait_until(lambda: 'was.here' in command(own, 'user', 'list').stdout,
               'the person')


def test_who_says_nothing_holds_others_up_for_a_while_only(own):
    with control(own):
        command(own, 'user', 'add', 'patient')
    assert 'patient' in command(own, 'user', 'list').stdout


def test_a_server_stops_while_somebody_waits(own):
    with control(own):
        own.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason='only root may be somebody else')
def test_another_account_is_refused_even_where_the_modes_let_it(own):
    os.chmod(own.folder, 0o755)
    os.chmod(own.data, 0o755)
    os.chmod(os.path.join(own.data, 'control'), 0o777)
    asked = subprocess.run(
        [sys.executable, '-c',
         'import os, socket, sys\n'
         'os.setgid(65534); os.setuid(65534)\n'
         's = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n'
         's.connect(sys.argv[1])\n'
         's.send(b"/\\0\\0user\\0add\\0stranger\\0")\n'
         'print(s.recv(1 << 17).decode())',
         os.path.join(own.data, 'control')],
        stdout=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS, check=True)
    assert 'control.denied' in asked.stdout
    assert 'stranger' not in command(own, 'user', 'list').stdout


def test_a_server_that_is_killed_meanwhile_is_told(own):
    """Stopped in the middle of nothing: it has taken the command, no more."""
    own.process.send_signal(signal.SIGSTOP)
    more = [] if own.store is None else ['--store', own.store]
    asking = subprocess.Popen([binary(), 'user', 'add', 'nobody', '--data',
                               own.data, *more], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    wait_until(lambda: 'socket' in ' '.join(
        os.readlink(f'/proc/{asking.pid}/fd/{fd}') for fd in
        os.listdir(f'/proc/{asking.pid}/fd')), 'its connection')
    own.kill()
    _, said = asking.communicate(timeout=PATIENCE_SECONDS)
    assert asking.returncode == 1 and ('control.lost' in said or
                                       'data.locked' in said), said
