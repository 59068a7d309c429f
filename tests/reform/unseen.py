"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {}

NOT_BY_HTTP = {
    'reform.rows': 'a row that only a hand can take away',
    'reform.differs': 'said by truc doctor; tests/fault/test_rows.py',
    'reform.nothing': 'every kind of change writes a row',
}

UNTRIED = {
    'reform.rows': 'found in rows that only a hand can write',
    'reform.differs': 'tests/fault/test_rows.py edits each column',
    'reform.nothing': 'every kind of change writes a row',
}
