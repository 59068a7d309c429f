"""What the attacks share: lines that are seen at once, and the table of the run.

A test that measures says so by `table.add`; the table is printed when all have
run, beside the rows that are shown by tests elsewhere (rows.py).
"""

import os

import pytest
from table import Table

TABLE = pytest.StashKey()


@pytest.fixture
def say(capsys):
    def print_it(text):
        with capsys.disabled():
            print(f'\n    {text}')
    return print_it


def pytest_configure(config):
    config.stash[TABLE] = Table()


@pytest.fixture(scope='session')
def table(request):
    return request.config.stash[TABLE]


def pytest_terminal_summary(terminalreporter, config):
    text = config.stash[TABLE].text()
    terminalreporter.write_line(f'\n{text}')
    # ./test shows it at its end.
    if 'TRUC_TABLE' in os.environ:
        with open(os.environ['TRUC_TABLE'], 'w', encoding='utf-8') as file:
            file.write(f'{text}\n')
