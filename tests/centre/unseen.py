"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('GET /api/v1/figures', 'figures.choice'):
        'the query shape knows the choices and says input.choice first; '
        'truc figures comes this way',
    ('GET /api/v1/figures/trace', 'figures.choice'):
        'as for GET /api/v1/figures',
}

NOT_BY_HTTP = {
    'fold.': 'faults found in stored entries; src/centre/test_*.c',
}

UNTRIED = {
    'fold.body': 'found in rows that only a hand can write; seen as another '
                 'code first',
}
