"""Who may do what on the routes of notify (tests/roles.py)."""

from acts import GOOD, Obligation
from roles import ALL, only
from server import wait_until

LETTERS = '/api/v1/me/letters'
# A letter to desk.x, the leader of the table.
OWN = only('leader', '', 'clerk collector viewer centre admin nobody')

EXPECTED = {
    f'GET {LETTERS}': {'any': ALL},
    f'GET {LETTERS}/unread': {'any': ALL},
    f'POST {LETTERS}/read': {'any': ALL},
    f'POST {LETTERS}/{{id}}/read': {'any': OWN},
}

HIDDEN = {'letter.unknown'}


def prepare(server):
    """A letter to desk.x: a report waits for the leader."""
    desk = server.client('desk.x')
    obligation = Obligation(server, 'a11', '2025-Q2')
    assert obligation.open(desk, cells=GOOD, submit=True).status == 201
    server.letter = wait_until(
        lambda: desk.get(LETTERS)['items'], 'a letter')[0]['id']


def asked(op, about):
    sound = {'path': {'id': str(about.server.letter)}}
    if op.name == f'POST {LETTERS}/read':
        sound['body'] = {'up_to': 1}
    return sound
