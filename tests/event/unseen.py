"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'event.thread': 'at start',
}

UNTRIED = {
    'event.thread': 'a fault of the machine that nothing brings about',
}
