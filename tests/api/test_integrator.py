"""docs/integrating.md does what it says: its lines are run as they stand."""

import json
import os
import re
import subprocess

import pytest

from server import PATIENCE_SECONDS, run

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, 'docs', 'integrating.md')


def blocks(kind):
    with open(PAGE, encoding='utf-8') as file:
        return re.findall(rf'^```{kind}\n(.*?)^```', file.read(),
                          re.S | re.M)


def shell(folder, lines):
    return subprocess.run(['bash', '-euo', 'pipefail', '-c', lines],
                          cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=PATIENCE_SECONDS, check=False)


@pytest.fixture(scope='module')
def walk(make_server, tmp_path_factory):
    """The page from top to bottom: what each block printed."""
    server = make_server()
    server.stop()
    folder = tmp_path_factory.mktemp('integrator')
    where = f" --data {server.data}" + (
        f' --store {server.store}' if server.store else '')
    token = None
    for line in blocks('text')[0].splitlines():
        done = shell(folder, f'truc() {{ "$TRUC_BIN" "$@"{where}; }}\n{line}')
        assert done.returncode == 0, done.stderr
        token = done.stdout.strip()
    (folder / 'token').write_text(token + '\n')
    server.start()
    output, before = [], ''
    for block in blocks('sh'):
        block = block.replace('http://127.0.0.1:8080',
                              f'http://127.0.0.1:{server.port}')
        # Variables of the blocks before, without their calls.
        done = shell(folder, before + block)
        assert done.returncode == 0, f'{block}\n{done.stdout}{done.stderr}'
        output.append(done.stdout)
        before += ''.join(re.findall(r'^(?:TRUC|TOKEN|REPORT)=.*\n', block,
                                     re.M))
    return server, folder, output


def objects(text):
    """The JSON values that stand one after the other in a text."""
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(text) and text[at] in '{[':
        value, at = decoder.raw_decode(text, at)
        found.append(value)
    return found


def test_every_line_of_the_page_works(walk):
    _, _, output = walk
    assert len(output) == len(blocks('sh')) >= 9


def test_the_token_is_of_the_person_that_was_made(walk):
    session = objects(walk[2][1])[0]
    assert session['login'] == 'desk-software'
    assert [p['role'] for p in session['positions']] == ['clerk', 'leader']


def test_the_report_of_the_page_is_sent(walk):
    report = json.loads((walk[1] / 'report.json').read_text())
    assert (report['state'], report['version']) == ('sent', 1)


def test_the_correction_of_the_page_is_the_next_version(walk):
    now, first = objects(walk[2][7])
    assert (now['version'], first['version']) == (2, 1)
    assert now['cells'] != first['cells']


def test_the_figures_of_the_page_are_those_of_the_correction(walk):
    figures = walk[2][9]
    table = json.JSONDecoder().raw_decode(figures)[0]
    assert table['rows'][0]['periods'][0]['values'] == ['150', '142', '8']
    assert 'unit,name' in figures or 'name' in figures.splitlines()[-2]


def test_the_events_of_the_page_are_its_two_versions(walk):
    none, all_signed = objects(walk[2][10])
    assert none['items'] == []
    assert [e['type'] for e in all_signed['items']] == \
        ['vn.truc.report.signed'] * 2


def test_the_file_of_the_page_is_there(walk):
    upload = json.loads(walk[2][11])
    assert (upload['received'], upload['complete']) == (700000, True)
    assert (walk[1] / 'first.bin').read_bytes() == \
        (walk[1] / 'paper.bin').read_bytes()[:100]


def test_the_faults_of_the_page_are_pointed_at(walk):
    lines = [line.split()[:2] for line in walk[2][13].splitlines()]
    assert lines == [['/cells/s01.c4', 'cell.number'],
                     ['/cells/s99.c4', 'cell.unknown']]


def test_the_page_leaves_no_other_traces(walk):
    server = walk[0]
    server.stop()
    run('verify', '--data', server.data, store=server.store)
    server.start()
