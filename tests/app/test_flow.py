"""The drawings of state machines in the papers are what the program says."""

import pathlib

from server import run

SRC = pathlib.Path(__file__).resolve().parents[2] / 'src'


def drawings():
    """Slice to its drawing."""
    found = {}
    for line in run('flow').stdout.splitlines(keepends=True):
        if line.endswith(':\n'):
            name = line[:-2]
            found[name] = ''
        else:
            found[name] += line
    return found


def test_each_readme_has_the_drawing_of_its_slice():
    found = drawings()
    assert 'report' in found
    for name, drawing in found.items():
        readme = (SRC / name / 'README.md').read_text(encoding='utf-8')
        assert f'```\n{drawing}```\n' in readme, (
            f'put it into src/{name}/README.md again: truc flow {name}')


def test_one_slice_alone_is_its_drawing():
    assert run('flow', 'report').stdout == drawings()['report']
    assert run('flow', 'app').stdout == ''


def test_graphviz_gets_an_arrow_for_each_step():
    output = run('flow', 'report', '--dot').stdout
    assert output.startswith('digraph "paper" {\n') and output.endswith('}\n')
    assert '"paper proposed" -> "paper none" [label="sign\\n' in output
    assert '"version sent" -> "version none" [label="send_back\\n' in output


def test_a_slice_that_does_not_exist_is_refused():
    assert 'flow.unknown' in run('flow', 'nothing', status=1).stderr
