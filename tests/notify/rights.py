"""Who may do what on the routes of notify (tests/roles.py)."""

from acts import GOOD, Obligation
from roles import ALL, OTHERS, READERS, only
from server import wait_until

LETTERS = '/api/v1/me/letters'
# A letter to desk.x, the leader of the table.
OWN = only('leader', '', 'clerk collector viewer centre admin nobody')

EXPECTED = {
    'GET /letters': None,
    f'GET {LETTERS}': {'any': ALL},
    f'GET {LETTERS}/unread': {'any': ALL},
    f'POST {LETTERS}/read': {'any': ALL},
    f'POST {LETTERS}/{{id}}/read': {'any': OWN},
    'GET /api/v1/me/contact': {'any': ALL},
    'PUT /api/v1/me/contact': {'any': ALL},
    'GET /api/v1/contact-cards/{id}': {
        'x': only(READERS, OTHERS),
        'z': only('centre', OTHERS, 'clerk leader collector viewer'),
        'c': only(READERS, OTHERS),
    },
    'PUT /api/v1/contact-cards/{id}': {
        'x': only('clerk leader', f'collector viewer centre {OTHERS}'),
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
        'c': only('collector', f'clerk leader viewer centre {OTHERS}'),
    },
}

HIDDEN = {'letter.unknown', 'card.unknown'}


def prepare(server):
    """A letter to desk.x: a report waits for the leader."""
    desk = server.client('desk.x')
    obligation = Obligation(server, 'a11', '2025-Q2')
    assert obligation.open(desk, cells=GOOD, submit=True).status == 201
    server.letter = wait_until(
        lambda: desk.get(LETTERS)['items'], 'a letter')[0]['id']


def asked(op, about):
    sound = {'path': {'id': str(about.unit if 'cards' in op.path
                                else about.server.letter)}}
    if op.name == 'PUT /api/v1/me/contact':
        sound['body'] = {'by_mail': False, 'by_message': False}
    if op.name.startswith('PUT /api/v1/contact-cards'):
        sound['body'] = dict.fromkeys(
            ('reporter', 'signer', 'telephone', 'hours'), 'Lan')
    if op.name == f'POST {LETTERS}/read':
        sound['body'] = {'up_to': 1}
    return sound
