"""Each case has tests, and each test that it names is there."""

import pathlib
import sys

import pytest
from rows import ROWS

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
import papers  # noqa: E402

TESTS = [test for row in ROWS.values() for test in row.tests]


def test_there_is_a_row_for_each_case():
    assert list(ROWS) == list(range(1, 16))
    assert all(row.tests for row in ROWS.values())


@pytest.mark.parametrize('test', TESTS)
def test_what_a_row_names_is_there(test):
    assert papers.missing(test) is None


def test_a_load_row_has_what_measures_it():
    for number, row in ROWS.items():
        measured = any(test.startswith('attack/') for test in row.tests)
        assert measured == row.is_load, number
