"""Fixtures of the tests in which something breaks."""

import pytest

from server import Databases


@pytest.fixture
def own():
    """A PostgreSQL of this test's own, if that is the store: it is killed."""
    made = Databases()
    yield made
    made.end()
