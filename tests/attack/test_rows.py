"""Each case has tests, and each test that it names is there."""

import pathlib
import re
import sys

import pytest
from rows import ROWS
from table import Case, Table, steady

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


@pytest.mark.parametrize('calm_ms, p99_ms, resident, holds', [
    (5, 50, 100, True),
    (5, 99, 100, True),    # over the bar, as noise may be
    (5, 101, 100, False),
    (0.1, 39, 100, True),  # a calm one that is as good as none
    (100, 999, 100, True),
    (100, 1001, 100, False),
    (5, 50, 1024, False),
])
def test_a_clear_multiple_or_memory_fails(calm_ms, p99_ms, resident, holds):
    assert Case(2, 'x', 1, resident, calm_ms, p99_ms).holds() == holds


def test_what_is_over_its_bar_is_in_the_table_and_fails():
    table = Table()
    with pytest.raises(AssertionError, match='greed'):
        table.add(Case(2, 'greed', 16, 100, 5, 200))
    assert re.search(r'greed .* 16 +100 MB +5.0 ms +200.0 ms +40.0 +50 ms  over',
                     table.text())
    assert 'not measured' in table.text()


def test_noise_that_passes_fails_nothing():
    took = iter([200, 60])
    assert steady(lambda: Case(2, 'x', 1, 100, 5, next(took))).p99_ms == 60
    took = iter([200, 201, 202, 203])
    assert not steady(lambda: Case(2, 'x', 1, 100, 5, next(took))).holds()
    assert next(took) == 203
