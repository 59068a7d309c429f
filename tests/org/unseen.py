"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('GET /api/v1/units', 'unit.query'):
        'what is no clean text is refused at the edge (json.text)',
}

NOT_BY_HTTP = {
    'unit.': 'changing units is a command; src/org/test_*.c',
}

UNTRIED = {
    'unit.body': 'a ledger entry that only a hand can write',
    'unit.differs': 'said by truc doctor; tests/fault/test_rows.py',
    'unit.succession_kind': 'its callers choose from the list',
}
