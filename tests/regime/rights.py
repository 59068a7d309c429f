"""Who may do what on the routes of regime (tests/roles.py)."""

from acts import FORM
from roles import ALL

EXPECTED = {
    'GET /api/v1/forms': {'any': ALL},
    'GET /api/v1/forms/{code}': {'any': ALL},
    'GET /api/v1/regimes': {'any': ALL},
    'GET /api/v1/periods': {'any': ALL},
}


def asked(op, about):
    if op.path == '/api/v1/periods':
        return {'query': {'form': FORM}}
    return {'path': {'code': FORM.replace('/', '%2F')}}
