"""Who may do what on the routes of org (tests/roles.py)."""

from roles import ALL, OTHERS, only

EXPECTED = {
    'GET /units': None,
    'GET /units/{ref}': None,
    'GET /api/v1/units': {'any': ALL},
    'GET /api/v1/units/{ref}': {'x': ALL, 'z': ALL, 'a11': ALL},
    'GET /api/v1/units/{ref}/heirs': {'x': ALL, 'z': ALL, 'a21': ALL},
    'POST /api/v1/units/{ref}/heirs': {
        # The unit directly above: of a21 province c, of b11 province b.
        'a21': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'x': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'b11': only('', f'clerk leader collector viewer centre {OTHERS}'),
    },
}


def asked(op, about):
    sound = {'path': {'ref': about.unit}}
    if op.method == 'POST':
        # No unit is its own heir: who has the right learns it.
        sound['body'] = {'heir': about.unit, 'act': '12/QĐ-UBND',
                         'reason': 'Thử quyền'}
    return sound
