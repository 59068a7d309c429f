"""Fixtures of all tests in Python, and the order of a run."""

import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# The small country half a year after the reform: the reports of 2025-Q3 are
# due, those of 2025-Q4 not open yet (its window ends on 14 December).
NOW = '2025-12-10T09:00'

# The communes of Tỉnh Cát Sơn, of src/cli/test_world.c.
POOL = [f'd{n}' for n in (*range(11, 17), *range(21, 30), *range(31, 37))]


def pytest_collection_modifyitems(items):
    """What looks back on the run comes last."""
    items.sort(key=lambda item: item.path.name == 'test_contract.py')


@pytest.fixture(scope='session')
def contract():
    """What was answered in this run, by whichever server."""
    from contract import Contract
    return Contract()


@pytest.fixture(scope='session')
def databases():
    from server import databases as shared
    yield shared
    shared.end()


def is_well(server):
    """It ends as it should, and who wrote a row said so: the checkpoint's sum
    is that of the rows (people/tally.h), unless a test edited them."""
    from server import run
    ran = server.process is not None
    server.stop()
    if ran and not server.edited:
        done = run('doctor', '--data', server.data, store=server.store,
                   status=(0, 1))
        assert 'rows.differ' not in done.stdout + (done.stderr or ''), done


MADE = []  # those of make_server that still run


def end_servers(kept):
    """All but the first so many."""
    faults = []
    for server in MADE[kept:]:
        try:
            is_well(server)
        except AssertionError as fault:
            faults.append(str(fault))
        server.remove()
    del MADE[kept:]
    assert not faults, '\n'.join(faults)


@pytest.fixture(scope='session')
def make_server(contract, databases):
    """A server of one's own: make_server(now) starts it."""
    from server import Server

    def make(now=NOW, **more):
        server = Server(now, **more)
        MADE.append(server)
        server.start()
        if contract.description is None:
            contract.read(server.client().get('/openapi.json').json)
        server.contract = contract
        return server
    yield make
    end_servers(0)


@pytest.fixture(autouse=True)
def servers_of_a_test():
    """What is made for one test ends with it: a hundred idle servers would keep
    the machine busy. Those of a module or of all are made before this."""
    before = len(MADE)
    yield
    end_servers(before)


@pytest.fixture(scope='session')
def server(make_server):
    """The server that most tests share; each takes reports of its own."""
    return make_server()


@pytest.fixture
def at(server):
    """Move the shared server's clock for one test."""
    yield server.clock.set
    server.clock.set(NOW)


@pytest.fixture(scope='session')
def obligations():
    """Units of Tỉnh Cát Sơn with a period that nobody has reported yet; the
    periods next to it stay free, so that nothing is carried over."""
    return [(key, f'{year}-Q{quarter}')
            for year in range(2025, 2020, -1) for quarter in (3, 1)
            for key in reversed(POOL)]


@pytest.fixture(scope='session')
def untouched(server, obligations):
    """An obligation for what is refused: it stays as it is, so many share it."""
    from acts import Obligation
    return Obligation(server, *obligations.pop())


@pytest.fixture(scope='session')
def filed(server, obligations):
    """A sent report for what is refused."""
    from acts import Obligation
    return Obligation(server, *obligations.pop()).sent()


@pytest.fixture
def obligation(server, obligations):
    """One for this test, and for the next one if nothing came of it."""
    from acts import Obligation
    place = obligations.pop()
    mine = Obligation(server, *place)
    yield mine
    if not mine.desk.get('/api/v1/reports', form=mine.form,
                         period=mine.period, unit=mine.unit)['items']:
        obligations.append(place)
