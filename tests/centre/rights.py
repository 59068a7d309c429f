"""Who may do what on the routes of centre (tests/roles.py)."""

from acts import FORM
from roles import OTHERS, READERS, only

EXPECTED = {
    'GET /country': None,
    'GET /api/v1/figures': {
        'x': only(READERS, OTHERS),
        'a11': only(READERS, OTHERS),
        'y': only('collector viewer centre', f'clerk leader {OTHERS}'),
        'z': only('centre', f'clerk leader collector viewer {OTHERS}'),
        'gov': only('centre', f'clerk leader collector viewer {OTHERS}'),
    },
    'GET /api/v1/figures/trace': {
        'x': only(READERS, OTHERS),
        'a11': only(READERS, OTHERS),
        'y': only('collector viewer centre', f'clerk leader {OTHERS}'),
        'z': only('centre', f'clerk leader collector viewer {OTHERS}'),
        'gov': only('centre', f'clerk leader collector viewer {OTHERS}'),
    },
}


def asked(op, about):
    if op.path == '/api/v1/figures':
        return {'query': {'form': FORM, 'periods': about.period,
                          'units': about.unit}}
    return {'query': {'form': FORM, 'period': about.period,
                      'unit': about.unit, 'cell': 'all.c3'}}
