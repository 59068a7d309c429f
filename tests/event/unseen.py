"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'event.thread': 'at start',
    'event.order': 'said by truc doctor; src/event/test_event.c',
}

UNTRIED = {
    'event.thread': 'a fault of the machine that nothing brings about',
}
