"""Who may do what on the routes of hook (tests/roles.py)."""

from roles import ALL, only

# A hook of desk.x: its owner alone uses it, operators see and remove it.
OWN = only('leader', '', 'clerk collector viewer centre admin nobody')
OWN_AND_OPERATORS = only('leader admin', '',
                         'clerk collector viewer centre nobody')

EXPECTED = {
    'POST /api/v1/hooks': {'any': ALL},
    'GET /api/v1/hooks': {'any': ALL},
    'GET /api/v1/hooks/{id}': {'any': OWN_AND_OPERATORS},
    'POST /api/v1/hooks/{id}/resume': {'any': OWN},
    'POST /api/v1/hooks/{id}/test': {'any': OWN},
    'GET /api/v1/hooks/{id}/dead-letters': {'any': OWN_AND_OPERATORS},
    'POST /api/v1/hooks/{id}/dead-letters/replay': {'any': OWN},
    'POST /api/v1/hooks/{id}/dead-letters/{letter}/replay': {'any': OWN},
    'DELETE /api/v1/hooks/{id}': {'any': OWN_AND_OPERATORS},
}

HIDDEN = {'hook.unknown'}
FOUND = {'hook.letter_unknown'}


def prepare(server):
    made = server.client('desk.x').post('/api/v1/hooks', {
        'url': 'http://127.0.0.1:9/', 'events': 'vn.truc.unit.created',
        'unit': server.unit('x'), 'role': 'clerk'})
    assert made.status == 201
    server.hook = made['id']


def asked(op, about):
    sound = {'path': {'id': str(about.server.hook), 'letter': '999999'}}
    if op.name == 'POST /api/v1/hooks':
        # No URL to call: who has the right learns it.
        sound['body'] = {'url': 'x', 'events': '*', 'unit': 1,
                         'role': 'clerk'}
    return sound
