"""Who may do what on the routes of staff (tests/roles.py)."""

from roles import DENIED, UNKNOWN, only

OTHERS = 'clerk leader collector viewer centre nobody'


def managers(yes, unknown=''):
    """Of the three administrators, who may and to whom it does not exist."""
    table = only('', f'{OTHERS} admin')
    table.update(dict.fromkeys(yes.split(), 'yes'))
    table.update(dict.fromkeys(unknown.split(), UNKNOWN))
    assert DENIED not in (table['admin'], table['area_admin'],
                          table['unit_admin'])
    return table


ALL = managers('admin area_admin unit_admin')
# x is the unit of unit.x, below c; a11 is one that x took the place of; z and
# b are foreign to both.
BY_PERSON = {
    'x': ALL,
    'a11': ALL,
    'y': managers('admin area_admin', 'unit_admin'),
    'c': managers('admin area_admin', 'unit_admin'),
    'z': managers('admin', 'area_admin unit_admin'),
    'gov': managers('admin', 'area_admin unit_admin'),
}

EXPECTED = {
    'GET /people': None,
    'GET /people/new': None,
    'GET /people/{id}': None,
    'GET /units/{ref}/people': None,
    'GET /set-password': None,
    'POST /api/v1/password-by-code': None,
    'GET /api/v1/people': {'any': ALL},
    'POST /api/v1/people': {'any': ALL},
    'GET /api/v1/people/{id}': BY_PERSON,
    'POST /api/v1/people/{id}/name': BY_PERSON,
    'POST /api/v1/people/{id}/positions': BY_PERSON,
    'POST /api/v1/people/{id}/positions/revoke': BY_PERSON,
    'POST /api/v1/people/{id}/disable': BY_PERSON,
    'POST /api/v1/people/{id}/enable': BY_PERSON,
    'POST /api/v1/people/{id}/unlock': BY_PERSON,
    'POST /api/v1/people/{id}/password-link': BY_PERSON,
    'POST /api/v1/people/{id}/sessions/end': BY_PERSON,
    'POST /api/v1/people/{id}/tokens': BY_PERSON,
    'POST /api/v1/tokens/{id}/revoke': {'any': ALL},
    'GET /api/v1/units/{ref}/people': BY_PERSON,
}

HIDDEN = {'person.unknown', 'unit.unknown'}
FOUND = {'position.unknown', 'session.unknown', 'token.unknown'}

# What who has the right is told, so that nothing changes.
BODIES = {
    'POST /api/v1/people': {'login': '-', 'name': 'Thử', 'positions': []},
    'POST /api/v1/people/{id}/name': {'name': '=1', 'locale': 'vi'},
    'POST /api/v1/people/{id}/positions/revoke': {'unit': 1,
                                                  'role': 'centre'},
    'POST /api/v1/people/{id}/sessions/end': {'session': 999999},
    'POST /api/v1/people/{id}/tokens': {'name': '=1', 'days': 1},
    'POST /api/v1/password-by-code': {},
}


def prepare(server):
    """In each unit somebody of its own, so that acts disturb nobody."""
    admin = server.client('admin')
    server.staff = {}
    for key in 'x', 'y', 'z', 'c', 'gov':
        made = admin.post('/api/v1/people', {
            'login': f'rights.{key}', 'name': 'Thử Quyền', 'positions': [
                {'unit': str(server.unit(key)), 'role': 'clerk'}]})
        assert made.status == 201, made
        server.staff[key] = made['id']
    found = admin.get('/api/v1/people', q='clerk.a11')
    server.staff['a11'] = found['items'][0]['id']
    server.staff['any'] = 999999


def asked(op, about):
    person = about.server.staff.get(about.key, 999999)
    sound = {'path': {'id': str(person), 'ref': about.unit}}
    if op.name == 'POST /api/v1/people/{id}/positions':
        sound['body'] = {
            'unit': about.unit if about.key != 'a11'
            else str(about.server.unit('x')),
            'role': 'clerk', 'from': '2026-01-05', 'until': '2026-01-04'}
    elif op.has_body():
        sound['body'] = BODIES[op.name]
    return sound
