"""`truc bench` measures every line it promises and leaves nothing behind.  How
fast it is depends on the machine, so no bar is asked for here."""

import os
import re
import subprocess

from server import PATIENCE_SECONDS, binary

LINES = [
    ('one report accepted over loopback, p50', 'ms'),
    ('one report accepted over loopback, p99', 'ms'),
    ('durable reports a second, 64 clients', '/s'),
    ('... reports a commit', ''),
    ('... processor time each, client and server', 'ms'),
    ('national aggregate, 75 cells, server time', 'ms'),
    ('national aggregate, over loopback', 'ms'),
    ('pivot 10 cells x months x provinces', 'ms'),
    ('all again under another structure', 'ms'),
    ('national table as of a past ledger index', 'ms'),
    ('stored bytes a value, with all history', 'B'),
    ('start with all of it, until ready', 's'),
    ('resident memory, most', 'MB'),
    ("start from the cube's snapshot, until ready", 'ms'),
]
ROW = re.compile(r'(?P<what>.{46}) +(?P<ours>[0-9.]+) (?P<unit>\S*)  +\S')
CONDITIONS = re.compile(r'\d+ cores .* disk flush \d+ us .*'
                        r'60 communes .* 2 months x 75 cells = 9000 values')


def bench(databases, folder, *more):
    command = [binary(), 'bench', '--communes', '60', '--months',
               '2', '--seconds', '1', *more]
    store = databases.new()
    if store is not None:
        command += ['--store', store]
    return subprocess.run(command, capture_output=True, text=True,
                          timeout=4 * PATIENCE_SECONDS,
                          env={**os.environ, 'TMPDIR': str(folder)})


def test_every_line_is_measured(databases, tmp_path):
    done = bench(databases, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert CONDITIONS.match(lines[0]), lines[0]
    rows = [match for match in map(ROW.match, lines[1:]) if match]
    measured = {(row['what'].rstrip(), row['unit']) for row in rows}
    assert measured >= set(LINES), set(LINES) - measured
    for row in rows:
        assert float(row['ours']) > 0, row[0]


def test_the_fresh_folder_is_removed(databases, tmp_path):
    assert bench(databases, tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_named_is_kept(databases, tmp_path):
    named = tmp_path / 'named'
    done = bench(databases, tmp_path, '--data', str(named))
    assert done.returncode == 0, done.stderr
    assert (named / 'ledger.key').exists()
    assert bench(databases, tmp_path, '--data', str(named)).returncode != 0
