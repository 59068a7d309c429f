#!/usr/bin/python3
"""A PostgreSQL server of the machine's own packages, for tests.

    pg.py start DIR [--durable]   start one on a free port; prints its URL
    pg.py database DIR NAME       make an empty database; prints its URL
    pg.py kill DIR                end it as a power cut does
    pg.py again DIR               start it again where it was
    pg.py signal DIR NAME         STOP or CONT to all its processes
    pg.py stop DIR                stop it and remove its files

DIR remembers where it is.  As root the server runs as user postgres.  It
listens on 127.0.0.1 only and, without --durable, does not flush.  Exit status
77: there is no PostgreSQL on this machine.
"""

import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

SKIP = 77


def programs():
    """The folder of the newest installed server."""
    found = glob.glob('/usr/lib/postgresql/*/bin/pg_ctl')
    found.sort(key=lambda path: int(path.split('/')[4]))
    return os.path.dirname(found[-1]) if found else None


def run(command, must=True):
    """As user postgres when we are root, who must not run a server."""
    if os.geteuid() == 0:
        command = ['runuser', '-u', 'postgres', '--'] + command
    done = subprocess.run(command, cwd='/', stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=600, check=False)
    if must and done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors='replace'))
        sys.exit(1)
    return done.returncode


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def url(port, name):
    return f'postgres://truc@127.0.0.1:{port}/{name}'


def start(folder, durable):
    programs_dir = programs()
    if programs_dir is None:
        print('no PostgreSQL in /usr/lib/postgresql', file=sys.stderr)
        sys.exit(SKIP)
    os.makedirs(folder, exist_ok=True)
    # Of its own: the user postgres may not enter the caller's folder.
    cluster = tempfile.mkdtemp(prefix='truc-pg-')
    data = os.path.join(cluster, 'data')
    if os.geteuid() == 0:
        shutil.chown(cluster, 'postgres')
    run([f'{programs_dir}/initdb', '-D', data, '-U', 'truc', '-A', 'trust',
         '--no-locale', '-E', 'UTF8', '--no-sync'])
    flush = 'on' if durable else 'off'
    # A port that was free a moment ago may be taken by now: then another.
    for tries_left in range(9, -1, -1):
        port = free_port()
        with open(os.path.join(folder, 'pg.json'), 'w',
                  encoding='utf-8') as file:
            json.dump({'programs': programs_dir, 'cluster': cluster,
                       'port': port, 'flush': flush}, file)
        if launch(known(folder), must=tries_left == 0) == 0:
            break
    print(url(port, 'postgres'))


def launch(server, must=True):
    cluster = server['cluster']
    # Output to a file: a server that holds our pipe would never let us end.
    return run(
        [f'{server["programs"]}/pg_ctl', '-D', os.path.join(cluster, 'data'),
         '-w', '-t', '300', '-l', os.path.join(cluster, 'log'), '-o',
         f'-c port={server["port"]} -c listen_addresses=127.0.0.1 '
         f'-c unix_socket_directories={cluster} -c fsync={server["flush"]} '
         '-c max_connections=1000', 'start'], must)


def known(folder):
    with open(os.path.join(folder, 'pg.json'), encoding='utf-8') as file:
        return json.load(file)


def database(folder, name):
    server = known(folder)
    run([f'{server["programs"]}/createdb', '-h', '127.0.0.1',
         '-p', str(server['port']), '-U', 'truc', name])
    print(url(server['port'], name))


def kill(folder, must=True):
    server = known(folder)
    run([f'{server["programs"]}/pg_ctl', '-D',
         os.path.join(server['cluster'], 'data'), '-m', 'immediate', '-w',
         'stop'], must)


def signal_all(folder, name):
    with open(os.path.join(known(folder)['cluster'], 'data',
                           'postmaster.pid'), encoding='ascii') as file:
        parent = file.readline().strip()
    children = subprocess.run(
        ['pgrep', '--parent', parent], stdout=subprocess.PIPE, text=True,
        check=True).stdout.split()
    for pid in [parent, *children]:
        os.kill(int(pid), signal.Signals['SIG' + name])


def stop(folder):
    server = known(folder)
    # It may have ended by itself, or never begun.
    kill(folder, must=False)
    shutil.rmtree(server['cluster'])
    os.remove(os.path.join(folder, 'pg.json'))


def main(argv):
    if argv[1:2] == ['start'] and (len(argv) == 3
                                   or argv[3:] == ['--durable']):
        start(argv[2], len(argv) == 4)
    elif argv[1:2] == ['database'] and len(argv) == 4:
        database(argv[2], argv[3])
    elif argv[1:2] == ['kill'] and len(argv) == 3:
        kill(argv[2])
    elif argv[1:2] == ['again'] and len(argv) == 3:
        launch(known(argv[2]))
    elif argv[1:2] == ['signal'] and len(argv) == 4:
        signal_all(argv[2], argv[3])
    elif argv[1:2] == ['stop'] and len(argv) == 3:
        stop(argv[2])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
