"""Who may do what on the routes of toy (tests/roles.py)."""

from roles import OTHERS, READERS, only

EXPECTED = {
    'GET /toys': None,
    'GET /toys/about': None,
    'POST /api/v1/toys': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'clerk leader collector viewer centre {OTHERS}'),
    },
    'GET /api/v1/toys': {'any': only(READERS, OTHERS)},
    'POST /api/v1/toys/{id}/break': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'GET /api/v1/toys/{id}': {
        'x': only(READERS, OTHERS),
        'z': only('centre', OTHERS, 'clerk leader collector viewer'),
    },
}

HIDDEN = {'toy.unknown'}


def prepare(server):
    server.toys = {}
    for key in ('x', 'z'):
        made = server.client(f'desk.{key}').post('/api/v1/toys', {
            'unit': server.unit(key), 'name': 'Con quay'})
        assert made.status == 201, made
        server.toys[key] = made['id']


def asked(op, about):
    if op.name == 'POST /api/v1/toys':
        return {'body': {'unit': int(about.unit), 'name': 'Con diều'}}
    return {'path': {'id': str(about.server.toys.get(about.key))}}
