"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'form.': 'publishing forms is a command; src/regime/test_*.c',
}

UNTRIED = {
    'form.body': 'a ledger entry that only a hand can write',
    'form.differs': 'said by truc doctor; tests/fault/test_rows.py',
}
