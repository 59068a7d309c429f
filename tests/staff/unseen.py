"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'staff.base_url': 'at start; test_staff.py',
}

NOT_ON_ROUTE = {
    ('POST /api/v1/password-by-code', 'session.busy'):
        'all places taken; src/app/test_sign_in.c, by the same turnstile',
}
