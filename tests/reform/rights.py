"""Who may do what on the routes of reform (tests/roles.py)."""

from roles import only

OTHERS = 'clerk leader collector viewer centre unit_admin nobody'
MANAGERS = only('admin area_admin', OTHERS)
# Not what is below another province.
NATION = only('admin', f'{OTHERS} area_admin')

EXPECTED = {
    'GET /api/v1/unit-changes': {'any': MANAGERS},
    'GET /api/v1/unit-changes/{id}': {'any': MANAGERS},
    'POST /api/v1/unit-changes/preview': {'x': MANAGERS, 'z': NATION},
    'POST /api/v1/unit-changes': {'x': MANAGERS, 'z': NATION, 'c': NATION},
    'POST /api/v1/unit-changes/{id}/counter/preview': {'any': MANAGERS},
    'POST /api/v1/unit-changes/{id}/counter': {'any': MANAGERS},
}

FOUND = {'reform.unknown'}
SHOWN = {'index': 0, 'digest': '0' * 64}


def asked(op, about):
    sound = {'path': {'id': '999999'}}
    change = {'act': '1/NQ-THU', 'on': '2026-01-01', 'changes': [
        {'kind': 'rename', 'unit': about.unit or '1', 'name': 'Xã Thử'}]}
    back = {'act': '2/NQ-THU', 'reason': 'Thử quyền'}
    # A digest that is of nothing: who has the right learns it.
    sound['body'] = {
        '/api/v1/unit-changes/preview': change,
        '/api/v1/unit-changes': {**SHOWN, 'set': change},
        '/api/v1/unit-changes/{id}/counter/preview': back,
        '/api/v1/unit-changes/{id}/counter': {**back, **SHOWN},
    }.get(op.path)
    return sound
