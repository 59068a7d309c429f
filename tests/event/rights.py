"""Who may do what on the routes of event (tests/roles.py)."""

from roles import ALL

EXPECTED = {
    # Who sees which event: tests/event/test_events.py.  A stream does not end,
    # so it is asked for from a place that is none.
    'GET /api/v1/events': {'any': ALL},
    'GET /api/v1/events/stream': {'any': ALL},
}


def asked(op, about):
    return {'query': {'after': 'none'} if op.path.endswith('/stream') else {}}
