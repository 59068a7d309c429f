"""A failing step shows what failed in it, and no more than that."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

PYTEST = '''
def test_holds():
    pass

def test_breaks():
    print("noise " * 3)
    assert [1, 2] == [1, 3], "the second is another"
'''
NODE = '''
import assert from 'node:assert';
import { test } from 'node:test';
test('holds', () => undefined);
test('breaks', () => assert.equal('the figure', 'another figure'));
for (let n = 0; n < 30; n++)
	test(`holds as well ${n}`, () => undefined);
'''


def step(tmp_path, words):
    """What ./test shows of a step in a lane."""
    script = f'cd {ROOT}; python=/usr/bin/python3; out={tmp_path}; . tools/steps.sh; {words}'
    return subprocess.run(['bash', '-euc', script], check=True, timeout=600,
                          capture_output=True, text=True).stdout


def printed(tmp_path, text):
    (tmp_path / 'log').write_text(text, encoding='utf-8')
    return step(tmp_path, f'tap_step step sh -c "cat {tmp_path}/log; exit 1"')


def test_a_failure_of_node_is_shown_with_its_message(tmp_path):
    (tmp_path / 'a.test.mjs').write_text(NODE, encoding='utf-8')
    shown = step(tmp_path, f'tap_step node node --test --test-reporter=tap {tmp_path}/a.test.mjs')
    assert 'FAILED' in shown and 'not ok 2 - breaks' in shown
    assert 'another figure' in shown
    assert 'holds' not in shown
    assert 'not ok 2 - breaks' in (tmp_path / 'node.tap').read_text()


def test_a_failure_of_pytest_is_shown_with_its_message(tmp_path):
    (tmp_path / 'test_a.py').write_text(PYTEST, encoding='utf-8')
    shown = step(tmp_path, f'pytest_step py {tmp_path}/test_a.py')
    assert 'test_breaks' in shown and 'the second is another' in shown
    assert 'noise noise' not in shown and 'test_holds' not in shown


def test_what_is_shown_is_bounded(tmp_path):
    shown = printed(tmp_path, ''.join(
        f'not ok {n} - broken {n}\n' + ''.join(f'# line {line}\n' for line in range(100))
        for n in range(9)) + 'ok 10 - held\n1..10\nnot ok 11 - left out # SKIP\n')
    assert [f'broken {n}' in shown for n in range(9)] == [True] * 5 + [False] * 4
    assert shown.count('# line 38\n') == 5 and '# line 39' not in shown
    assert '4 more failures' in shown and 'held' not in shown and 'left out' not in shown


def test_a_step_that_ended_otherwise_shows_its_last_lines(tmp_path):
    shown = printed(tmp_path, ''.join(f'line {n}\n' for n in range(100)))
    assert 'line 99\n' in shown and 'line 75\n' in shown and 'line 74\n' not in shown
