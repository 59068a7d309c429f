"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('POST /api/v1/session/password', 'session.busy'):
        'the queue is that of signing in, where tests/app/test_session.py '
        'fills it',
    ('GET /readyz', 'server.starting'):
        'between listening and the end of the replay, a few milliseconds '
        'with so few reports; src/app/test_dispatch.c holds it open',
    ('GET /readyz', 'ledger.unread'):
        'PostgreSQL away for 30 s in a commit; src/ledger/test_ledger.c',
    ('GET /readyz', 'disk.full'): 'tests/fault/test_full.py',
    ('GET /readyz', 'store.connect'): 'tests/fault/test_away.py',
    ('GET /readyz', 'store.in_use'):
        'after a lost session, while another program writes; '
        'src/store/test_postgres.c',
}

NOT_BY_HTTP = {
    'locale.broken': 'at start',
    'static.too_big': 'at start',
    'flow.invariant': 'a fault found in stored rows; src/app/test_flow.c',
    'flow.unknown': 'said by a command; tests/app/test_flow.py',
    'slice.flow': 'at start; src/app/test_flow.c',
    'slice.permission': 'at start; src/app/test_slice.c',
    'server.starting': 'see GET /readyz',
    'reads.busy': 'sixty-five questions of one person at once; '
        'src/app/test_reads.c',
    'clock.right': 'said by a command; tests/app/test_clock.py',
}

UNTRIED = {
    'static.too_big': 'needs a web client of more than its limit',
}
