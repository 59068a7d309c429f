"""Who may do what on the routes of the door (tests/roles.py)."""

from roles import ALL

EXPECTED = {
    'POST /api/v1/session': None,       # public, tests/app/test_session.py
    'GET /openapi.json': None,
    'GET /password': None,
    'GET /about': None,
    'GET /sign-in': None,
    'POST /sign-in': None,
    'POST /sign-out': None,
    'GET /metrics': None,
    'GET /healthz': None,
    'GET /readyz': None,
    'GET /api/v1/ledger/checkpoint': None,
    'GET /api/v1/session': {'any': ALL},
    # By token there is no session to end: the right is there, the state not.
    'DELETE /api/v1/session': {'any': ALL},
    'POST /api/v1/session/password': {'any': ALL},
}


def asked(op, about):
    if op.name == 'POST /api/v1/session/password':
        return {'body': {'old': 'x' * 10, 'new': 'mot-mat-khau-khac'}}
    return {}
