"""What the papers of security name is there, and no number is left out."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
import papers  # noqa: E402

LINE = '| 1.2.1 | 1 | asked | yes | how | `core/test_text.c::x` |'


def test_there_are_as_many_numbers_as_the_standard_has():
    levels = list(papers.WANTED.values())
    assert (levels.count('1'), levels.count('2')) == (70, 183)


@pytest.mark.parametrize('span', [
    'tools/test_papers.py::test_what_is_named_and_there_is_not_told',
    'core/test_text.c::an_untouched_text_is_empty',
    'test/keep.test.mjs::one person reads nothing of another',
    "test/keep.test.mjs::another tab's change of person ends this page",
    './test lint', 'src/core/text.c', 'tests/app', 'GET /api/v1/units'])
def test_what_is_named_and_there_is_not_told(span):
    assert papers.missing(span) is None


@pytest.mark.parametrize('span', [
    'tools/test_papers.py::test_what_is_named', 'tools/none.py::test_x',
    'core/test_text.c::an_untouched_text', 'core/none.c::x', 'none::x',
    'test/keep.test.mjs::one person reads all of another', './test none',
    'src/core/none.c', 'deploy/none'])
def test_what_is_named_and_gone_is_told(span):
    assert papers.missing(span) == span


def wrong(text):
    """What is said of rows, without what is left out of the standard."""
    return [line for line in papers.told(text) if 'not told of' not in line]


def test_a_row_that_says_yes_names_a_test():
    assert wrong(LINE) == []
    assert wrong(LINE.replace('::x', '')) == [
        'docs/security.md:1: 1.2.1 says yes and names no test']
    assert wrong(LINE.replace('yes', 'in part').replace('::x', '')) == []


def test_a_row_has_one_of_four_verdicts_and_its_own_level():
    assert len(wrong(LINE.replace('yes', 'mostly'))) == 1
    assert len(wrong(LINE.replace('| 1 |', '| 2 |'))) == 1
    assert len(wrong(LINE.replace('1.2.1 ', '1.2.11 '))) == 1


def test_each_number_stands_once():
    assert len(wrong(LINE + '\n' + LINE)) == 1
    left_out = set(papers.WANTED)
    for line in papers.told('| 10.1.1–10.7.3 | 1–2 | a | – | b | |'):
        assert 'not told of' in line
        left_out.discard(line.split()[1])
    assert left_out == {n for n in papers.WANTED if n.startswith('10.')}


def test_the_papers_are_true_today():
    assert papers.check() == []
