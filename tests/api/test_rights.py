"""Nothing is reachable without a right: role x route x own or foreign unit.

EXPECTED says for every operation of /openapi.json who gets what.  A new route
without a line here fails the run.
"""

import pytest

from acts import FORM, GOOD, REPORTS, Duty, ledger_size, refused
from server import run

PERIOD = '2025-Q3'
REASON = {'reason': 'Thử quyền'}

# Who asks: a person of each role.  Reports: x and y are communes of province
# c, z of province b; y and z are foreign to x and c to b.
ROLES = {
    'clerk': 'clerk.x',
    'leader': 'desk.x',       # clerk and leader of x
    'collector': 'province.c',  # also clerk and leader of c itself
    'viewer': 'viewer.c',
    'centre': 'centre',
    'admin': 'admin',
    'nobody': 'nobody',
}

# What an answer amounts to.
YES = 'yes'            # the right is there: done, or refused for its state
DENIED = 'denied'      # 403 access.denied
UNKNOWN = 'unknown'    # 404 report.unknown: as if it did not exist
LOGIN = 'login'        # 401

# Everybody signed in may read what is everybody's.
ALL = dict.fromkeys(ROLES, YES)
# As if it did not exist.
NONE = dict.fromkeys(ROLES, UNKNOWN)


def only(yes='', denied='', unknown=''):
    table = {}
    for word, names in ((YES, yes), (DENIED, denied), (UNKNOWN, unknown)):
        for name in names.split():
            table[name] = word
    assert set(table) == set(ROLES), sorted(set(ROLES) - set(table))
    return table


READERS = 'clerk leader collector viewer centre'
OTHERS = 'admin nobody'

# A hook of desk.x: its owner alone uses it, operators see and remove it.
OWN = only('leader', '', 'clerk collector viewer centre admin nobody')
OWN_AND_OPERATORS = only('leader admin', '',
                         'clerk collector viewer centre nobody')

# operation -> {unit: {role: outcome}}; "any": the unit does not matter.
EXPECTED = {
    'POST /api/v1/session': None,       # public, tests/api/test_session.py
    'GET /openapi.json': None,
    # Pages: whose data they have is in tests/api/test_pages.py.
    'GET /': None,
    'GET /review': None,
    'GET /reports': None,
    'GET /reports/new': None,
    'GET /reports/{id}': None,
    'GET /reports/{id}/entry': None,
    'GET /country': None,
    'GET /units': None,
    'GET /units/{ref}': None,
    'GET /password': None,
    'GET /about': None,
    'GET /sign-in': None,
    'POST /sign-in': None,
    'POST /sign-out': None,
    'GET /metrics': None,
    'GET /healthz': None,
    'GET /readyz': None,
    'GET /api/v1/ledger/checkpoint': None,
    'GET /api/v1/session': {'any': ALL},
    # By token there is no session to end: the right is there, the state not.
    'DELETE /api/v1/session': {'any': ALL},
    'POST /api/v1/session/password': {'any': ALL},
    # Who sees which event: tests/api/test_events.py.  A stream does not end,
    # so it is asked for from a place that is none.
    'GET /api/v1/events': {'any': ALL},
    'GET /api/v1/events/stream': {'any': ALL},
    # Everybody may send files; an upload is its person's alone, and a file is
    # read by whoever may read what refers to it: tests/api/test_uploads.py.
    'POST /api/v1/uploads': {'any': ALL},
    'GET /api/v1/uploads': {'any': ALL},
    'GET /api/v1/uploads/{id}': {'any': NONE},
    'DELETE /api/v1/uploads/{id}': {'any': NONE},
    'PUT /api/v1/uploads/{id}/parts/{offset}': {'any': NONE},
    'PUT /api/v1/uploads/{id}/content': {'any': NONE},
    'POST /api/v1/uploads/{id}/complete': {'any': NONE},
    'GET /api/v1/blobs/{sha256}': {'any': NONE},
    'GET /api/v1/units': {'any': ALL},
    'GET /api/v1/units/{ref}': {'x': ALL, 'z': ALL, 'a11': ALL},
    'GET /api/v1/forms': {'any': ALL},
    'GET /api/v1/forms/{code}': {'any': ALL},
    'GET /api/v1/regimes': {'any': ALL},
    'GET /api/v1/periods': {'any': ALL},
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
        'z': only('', f'viewer centre {OTHERS}', 'clerk leader collector'),
    },
    'POST /api/v1/reports/{id}/sign': {
        'x': only('leader', f'clerk collector viewer centre {OTHERS}'),
        'z': only('', f'clerk viewer centre {OTHERS}', 'leader collector'),
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
    'POST /api/v1/closings': {
        'c': only('collector', f'clerk leader viewer centre {OTHERS}'),
        'b': only('', f'clerk leader collector viewer centre {OTHERS}'),
        'gov': only('', f'clerk leader collector viewer centre {OTHERS}'),
    },
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


@pytest.fixture(scope='module')
def world(make_server):
    """Sent reports of x, y, z and of the abolished a11, a12, b11."""
    server = make_server()
    server.duties = {}
    for key, login, period in (
            ('x', 'desk.x', PERIOD), ('y', 'desk.y', PERIOD),
            ('z', 'desk.z', PERIOD), ('a11', 'desk.x', '2025-Q1'),
            ('b11', 'desk.z', '2025-Q1')):
        duty = Duty(server, key, period)
        assert duty.open(server.client(login), cells=GOOD,
                         sign=True).status == 201
        server.duties[key] = duty
    made = server.client('desk.x').post('/api/v1/hooks', {
        'url': 'http://127.0.0.1:9/', 'events': 'vn.truc.unit.created',
        'unit': server.unit('x'), 'role': 'clerk'})
    assert made.status == 201
    server.hook = made['id']
    return server


def request(server, op, key):
    """The arguments of a sound request to this operation about this unit."""
    duty = server.duties.get(key)
    period = PERIOD if duty is None else duty.period
    unit = str(server.world.units.get(key, ''))
    path = op.path.replace('{ref}', unit).replace(
        '{code}', FORM.replace('/', '%2F'))
    if path.startswith('/api/v1/hooks'):
        path = path.replace('{id}', str(server.hook)).replace(
            '{letter}', '999999')
    if duty is not None:
        path = path.replace('{id}', str(duty.id))
    if '/uploads' in path or '/blobs' in path:
        path = path.replace('{id}', '999999').replace(
            '{offset}', '0').replace('{sha256}', 'a' * 64)
        body = {'bytes': 1, 'sha256': 'a' * 64} if op.has_body() else None
        return op.method, path, body, {}, {}
    body, headers, query = None, {}, {}
    if '{id}' in op.path and op.method != 'GET':
        # A revision too old: who has the right learns it, nothing changes.
        headers['If-Match'] = '"999999"'
    if op.has_body():
        body = {'POST /api/v1/reports': {'form': FORM, 'period': period,
                                         'unit': unit, 'cells': GOOD},
                'POST /api/v1/closings': {'form': FORM, 'period': '2025-Q3',
                                          'unit': unit},
                'POST /api/v1/reports/accept': {'ids': [999999]},
                # No URL to call: who has the right learns it.
                'POST /api/v1/hooks': {'url': 'x', 'events': '*',
                                       'unit': 1, 'role': 'clerk'},
                'POST /api/v1/session/password': {'old': 'x' * 10,
                                                  'new': 'y' * 10},
                'PUT /api/v1/reports/{id}/draft': {'cells': {}},
                }.get(op.name, REASON)
    if op.path == '/api/v1/periods':
        query = {'form': FORM}
    elif op.path == '/api/v1/events/stream':
        query = {'after': 'none'}
    elif op.path == '/api/v1/obligations':
        query = {'form': FORM, 'period': period, 'unit': unit}
    elif op.path == '/api/v1/figures':
        query = {'form': FORM, 'periods': period, 'units': unit}
    elif op.path == '/api/v1/figures/trace':
        query = {'form': FORM, 'period': period, 'unit': unit,
                 'cell': 'all.c3'}
    return op.method, path, body, headers, query


def outcome(answer):
    if answer.status == 401:
        return LOGIN
    if answer.status == 403:
        return DENIED
    if answer.status == 404 and answer.code in (
            'report.unknown', 'upload.unknown', 'blob.unknown',
            'hook.unknown'):
        return UNKNOWN
    if answer.status == 404 and answer.code == 'hook.letter_unknown':
        return YES
    if answer.status < 300 or answer.status in (409, 412, 422):
        return YES
    raise AssertionError(answer)


def send(client, arguments):
    method, path, body, headers, query = arguments
    return client.send(method, path, body, headers, **query)


def at_its_revision(server, key, arguments):
    """For those who must hear that they may not, not that it is stale."""
    duty = server.duties[key]
    headers = {**arguments[3], 'If-Match': f'"{duty.revision}"'}
    return (*arguments[:3], headers, arguments[4])


def test_every_operation_gives_every_role_what_it_may_have(world, contract):
    described = {op.name: op for op in contract.operations}
    assert set(EXPECTED) == set(described), 'a route without its rights'
    wrong = []
    size = ledger_size(world)
    for name, units in EXPECTED.items():
        op = described[name]
        if units is None:
            assert op.is_public, name
            continue
        for key, table in units.items():
            for role, wanted in table.items():
                arguments = request(world, op, key)
                if wanted == DENIED and 'If-Match' in arguments[3]:
                    arguments = at_its_revision(world, key, arguments)
                got = outcome(send(world.client(ROLES[role]), arguments))
                if got != wanted:
                    wrong.append(f'{name} of {key} by {role}: {got}, '
                                 f'not {wanted}')
    assert not wrong, '\n'.join(wrong)
    assert ledger_size(world) == size


def test_without_signing_in_only_what_is_public_answers(world, contract):
    for op in contract.operations:
        answer = send(world.client(), request(world, op, 'x'))
        if op.name in ('POST /sign-in', 'POST /sign-out'):
            # Forms, from pages of our own only: tests/api/test_pages.py.
            assert answer.status == 403, (op.name, answer)
        elif op.is_public:
            assert answer.status in (200, 422), (op.name, answer)
        else:
            assert answer.status == 401, (op.name, answer)
            assert answer.code == 'access.login', (op.name, answer)


def test_a_disabled_person_is_nobody_on_every_route(world, contract):
    for op in contract.operations:
        if op.is_public:
            continue
        answer = send(world.client('gone'), request(world, op, 'x'))
        assert (answer.status, answer.code) == (401, 'token.unknown'), op.name


def test_a_cookie_has_the_rights_of_its_person_on_every_route(world,
                                                              contract):
    """clerk of x by cookie, clerk of x by token: the same everywhere."""
    cookie = world.client()
    assert cookie.sign_in('with.password').status == 200
    token = world.client('clerk.x')
    for op in contract.operations:
        if op.is_public or '/session' in op.path:
            continue
        units = EXPECTED[op.name]
        for key in units:
            arguments = request(world, op, key)
            assert outcome(send(cookie, arguments)) == \
                outcome(send(token, arguments)), (op.name, key)


def test_a_cookie_alone_changes_nothing_on_any_route(world, contract):
    client = world.client()
    assert client.sign_in('with.password').status == 200
    for op in contract.operations:
        if op.method == 'GET':
            continue
        method, path, body, headers, query = request(world, op, 'x')
        answer = client.send(method, path, body,
                             {**headers, 'X-Requested-With': None}, **query)
        assert (answer.status, answer.code) == (403, 'access.csrf'), op.name


# ---- what lists, counts, search and trace give away ------------------------

def test_a_list_holds_only_what_is_in_reach(world):
    def units(login):
        items = world.client(login).get(REPORTS, limit=500)['items']
        return {item['unit'] for item in items}
    number = world.unit
    assert units('clerk.x') == {number('x'), number('a11')}
    assert units('desk.z') == {number('z'), number('b11')}
    assert units('viewer.c') == {number('x'), number('y'), number('a11')}
    assert units('viewer.b') == {number('z'), number('b11')}
    assert len(units('centre')) == 5


def test_a_filter_for_a_foreign_unit_finds_nothing(world):
    client = world.client('clerk.x')
    for query in ({'unit': world.unit('z')}, {'unit': world.unit('b11')},
                  {'children_of': world.unit('b')}):
        answer = client.get(REPORTS, **query)
        assert (answer.status, answer['items']) == (200, [])


def test_my_work_counts_only_what_is_mine(world):
    answer = world.client('clerk.x').get('/api/v1/obligations', mine='true',
                                         form=FORM, limit=500)
    mine = {world.unit(key) for key in ('x', 'a11', 'a12', 'a21')}
    assert {item['unit'] for item in answer['items']} <= mine
    assert answer['counts']['all'] == len(answer['items'])


def test_a_report_that_exists_elsewhere_is_told_like_one_that_does_not(world):
    client = world.client('clerk.x')
    foreign = client.get(f"{REPORTS}/{world.duties['z'].id}")
    absent = client.get(f'{REPORTS}/999999')
    for answer in (foreign, absent):
        refused(answer, 404, 'report.unknown')
        del answer.json['request_id']
    assert foreign.json == absent.json


def test_accepting_many_tells_nothing_of_foreign_reports(world):
    answer = world.client('province.c').post(
        REPORTS + '/accept', {'ids': [world.duties['z'].id, 999999]})
    assert [item['code'] for item in answer['items']] == \
        ['report.unknown', 'report.unknown']


def test_a_trace_shows_and_counts_only_reports_in_reach(world):
    answer = world.client('viewer.c').get(
        '/api/v1/figures/trace', form=FORM, period=PERIOD, cell='all.c3',
        unit=world.unit('c'))
    assert {part['unit'] for part in answer['parts']} == \
        {world.unit('x'), world.unit('y')}
    assert answer['total_parts'] == 2


def test_figures_of_a_level_hold_only_rows_in_reach(world):
    answer = world.client('viewer.c').get(
        '/api/v1/figures', form=FORM, periods=PERIOD, level=3)
    assert {row['unit'] for row in answer['rows']} == \
        {world.unit('x'), world.unit('y'), world.unit('a23')}


def test_the_people_of_an_abolished_unit_lose_nothing_of_their_own(world):
    """a11 is gone: its people still see its reports, but not its heir's."""
    client = world.client('leader.a11')
    assert client.get(f"{REPORTS}/{world.duties['a11'].id}").status == 200
    refused(client.get(f"{REPORTS}/{world.duties['x'].id}"), 404,
            'report.unknown')


def test_the_old_province_does_not_reach_into_the_new_one(world):
    client = world.client('province.a')
    refused(client.get(f"{REPORTS}/{world.duties['x'].id}"), 404,
            'report.unknown')


def test_a_district_that_is_gone_accepts_nothing(world):
    duty = world.duties['a11']
    answer = duty.act(world.client('district.a1'), 'accept')
    assert answer.status in (403, 404), answer


def test_a_heir_reaches_the_unit_it_continues_but_not_its_neighbours(world):
    client = world.client('desk.x')
    assert client.get(f"{REPORTS}/{world.duties['a11'].id}").status == 200
    refused(client.get(f"{REPORTS}/{world.duties['b11'].id}"), 404,
            'report.unknown')


def test_a_disabled_person_s_token_no_longer_works(make_server):
    own = make_server()
    assert own.client('desk.x').get(REPORTS).status == 200
    own.stop()
    run('user', 'disable', 'desk.x', '--data', own.data, store=own.store)
    own.start()
    refused(own.client('desk.x').get(REPORTS), 401, 'token.unknown')
