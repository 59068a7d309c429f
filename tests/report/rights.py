"""Who may do what on the routes of report (tests/roles.py)."""

from acts import FORM, GOOD, Obligation
from roles import OTHERS, READERS, only

EXPECTED = {
    # Pages: whose data they have is in tests/app/test_pages.py.
    'GET /': None,
    'GET /review': None,
    'GET /reports': None,
    'GET /late': None,
    'GET /reports/new': None,
    'GET /reports/{id}': None,
    'GET /reports/{id}/entry': None,
    'GET /api/v1/obligations': {
        'x': only(READERS, OTHERS),
        'a11': only(READERS, OTHERS),
        'y': only('collector viewer centre', f'clerk leader {OTHERS}'),
        'z': only('centre', f'clerk leader collector viewer {OTHERS}'),
    },
    'POST /api/v1/reports': {
        'x': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'a11': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'GET /api/v1/reports': {'any': only(READERS, OTHERS)},
    'POST /api/v1/reports/accept': {
        'any': only('collector', f'clerk leader viewer centre {OTHERS}')},
    'GET /api/v1/reports/new': {
        'x': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'a11': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'GET /api/v1/reports/{id}': {
        'x': only(READERS, OTHERS),
        'a11': only(READERS, OTHERS),
        'z': only('centre', OTHERS, 'clerk leader collector viewer'),
    },
    'GET /api/v1/reports/{id}/history': {
        'x': only(READERS, OTHERS),
        'a11': only(READERS, OTHERS),
        'z': only('centre', OTHERS, 'clerk leader collector viewer'),
    },
    'PUT /api/v1/reports/{id}/draft': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'a11': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'POST /api/v1/reports/{id}/submit': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'a21': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'POST /api/v1/reports/{id}/withdraw': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'a21': only('clerk leader', f'viewer centre {OTHERS}', 'collector'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'POST /api/v1/reports/{id}/sign': {
        'x': only('leader', f'clerk collector viewer centre {OTHERS}'),
        'z': only('', f'clerk viewer centre {OTHERS}', 'leader collector'),
        # An heir of a part, and y is the one that is named.
        'a21': only('', f'clerk leader viewer centre {OTHERS}', 'collector'),
    },
    'POST /api/v1/reports/{id}/accept': {
        'x': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'a11': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'z': only('', f'clerk leader viewer centre {OTHERS}', 'collector'),
    },
    'POST /api/v1/reports/{id}/send-back': {
        'x': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'a11': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'z': only('', f'centre {OTHERS}', 'clerk leader collector viewer'),
    },
    'POST /api/v1/reports/{id}/amend': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'POST /api/v1/reports/{id}/drop': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'GET /api/v1/closings': {
        'x': only(READERS, OTHERS),
        'y': only('collector viewer centre', f'clerk leader {OTHERS}'),
        'z': only('centre', f'clerk leader collector viewer {OTHERS}'),
    },
    'POST /api/v1/closings/reopen': {
        'c': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'b': only('', f'clerk leader collector viewer centre {OTHERS}'),
        'gov': only('', f'clerk leader collector viewer centre {OTHERS}'),
    },
    'POST /api/v1/closings': {
        'c': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'b': only('', f'clerk leader collector viewer centre {OTHERS}'),
        'gov': only('', f'clerk leader collector viewer centre {OTHERS}'),
    },
}

HIDDEN = {'report.unknown'}

BODIES = {
    'POST /api/v1/reports': lambda about: {
        'form': FORM, 'period': about.period, 'unit': about.unit,
        'cells': GOOD},
    'POST /api/v1/closings': lambda about: {
        'form': FORM, 'period': '2025-Q3', 'unit': about.unit},
    'POST /api/v1/closings/reopen': lambda about: {
        'form': FORM, 'period': '2025-Q3', 'unit': about.unit,
        'reason': 'Sửa'},
    'POST /api/v1/reports/accept': lambda about: {'ids': [999999]},
    'PUT /api/v1/reports/{id}/draft': lambda about: {'cells': {}},
}


def prepare(server):
    """x proposes what y is named to sign."""
    proposed = Obligation(server, 'a21', '2025-Q2')
    assert proposed.open(server.client('desk.x'), cells=GOOD,
                         submit=True).status == 201
    named = server.client('province.c').post(
        f'/api/v1/units/{server.unit("a21")}/heirs',
        {'heir': str(server.unit('y')), 'act': '12/QĐ-UBND',
         'reason': 'Giữ hồ sơ'})
    assert named.status == 201, named
    server.obligations['a21'] = proposed


def asked(op, about):
    sound = {}
    if about.obligation is not None:
        sound['path'] = {'id': str(about.obligation.id)}
    if op.name in BODIES:
        sound['body'] = BODIES[op.name](about)
    if (op.path in ('/api/v1/obligations', '/api/v1/reports/new')
            or op.name == 'GET /api/v1/closings'):
        sound['query'] = {'form': FORM, 'period': about.period,
                          'unit': about.unit}
    return sound
