"""Who may do what on the routes of org (tests/roles.py)."""

from roles import ALL

EXPECTED = {
    'GET /units': None,
    'GET /units/{ref}': None,
    'GET /api/v1/units': {'any': ALL},
    'GET /api/v1/units/{ref}': {'x': ALL, 'z': ALL, 'a11': ALL},
}


def asked(op, about):
    return {'path': {'ref': about.unit}}
