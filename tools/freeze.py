#!/usr/bin/python3
"""Freeze a data folder of a released program for tests/upgrade.

    TRUC_BIN=build-run/src/cli/truc tools/freeze.py tests/upgrade/NNNN

NNNN is the number of the last migration.  Run it with the program of a
release, before the first migration of the next one lands; never make a frozen
folder again.  The folder gets, for each engine,

    sqlite/    data.db.gz (truc.db)   postgres/    data.sql.gz (pg_dump)
               ledger.key                          ledger.key
               facts.json: the ids and tokens of `truc test-world`, and what
               the program answered to the questions of tests/upgrade/story.py

The keys are made by this run, sign nothing else and are public from then on
(docs/decisions/0011-a-frozen-folder-with-its-key.md).
"""

import gzip
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / folder) for folder in
                ('tests', 'tests/upgrade')]

import pg  # noqa: E402
import server as running  # noqa: E402
import story  # noqa: E402


def pack(path, content):
    # Neither time nor name of a file: the same content, the same bytes.
    with open(path, 'wb') as file, gzip.GzipFile(
            filename='', mode='wb', fileobj=file, mtime=0) as packed:
        packed.write(content)


def copy_sqlite(server, folder):
    path = os.path.join(server.data, 'truc.db')
    with sqlite3.connect(path) as db:
        db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()
    pack(folder / 'data.db.gz', pathlib.Path(path).read_bytes())


def copy_postgres(server, folder):
    dumped = subprocess.run(
        [os.path.join(pg.programs(), 'pg_dump'), '--no-owner',
         '--no-privileges', server.store],
        stdout=subprocess.PIPE, check=True, timeout=60).stdout
    # Newer versions write \restrict lines that older ones do not know.
    text = re.sub(rb'(?m)^\\(un)?restrict .*\n', b'', dumped)
    pack(folder / 'data.sql.gz', text)


def write(path, facts):
    """JSON with a line for each question."""
    answers = facts.pop('answers')
    head = json.dumps(facts, ensure_ascii=False)[:-1]
    lines = [f'{json.dumps(asked)}: {json.dumps(told, ensure_ascii=False)}'
             for asked, told in answers.items()]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{head}, "answers": {{\n' + ',\n'.join(lines) + '}}\n')


def freeze(engine, copy, folder):
    os.environ['TRUC_TEST_STORE'] = engine
    folder.mkdir(parents=True)
    server = running.Server(story.BEFORE)
    try:
        server.start()
        story.tell(server)
        cookie = server.client()
        assert cookie.sign_in(story.LOGIN).status == 200
        facts = {
            'label': 'Made for tests/upgrade only. Every token, cookie and '
                     'key in this folder is public.',
            'units': server.world.units,
            'tokens': server.world.tokens,
            'password': server.world.password,
            'cookie': cookie.cookie,
            'answers': story.ask(server)}
        server.stop()
        copy(server, folder)
        shutil.copyfile(os.path.join(server.data, 'ledger.key'),
                        folder / 'ledger.key')
    finally:
        server.remove()
    write(folder / 'facts.json', facts)


def main(argv):
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(argv[1])
    if folder.exists():
        print(f'{folder} is there already: a frozen folder is made once',
              file=sys.stderr)
        return 1
    try:
        freeze('sqlite', copy_sqlite, folder / 'sqlite')
        freeze('postgres', copy_postgres, folder / 'postgres')
    finally:
        running.databases.end()
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
