"""Nothing is reachable without a right: role x route x own or foreign unit.

Each slice says in its rights.py, for every operation of /openapi.json, who gets
what (tests/roles.py).  A new route without a line there fails the run.
"""

import contextlib
import sqlite3

import pytest

import slices
from acts import FORM, GOOD, REPORTS, Obligation, ledger_size, refused
from roles import DENIED, LOGIN, ROLES, UNKNOWN, YES
from server import engine, run

PERIOD = '2025-Q3'
REASON = {'reason': 'Thử quyền'}
SLICES = slices.all_of('rights')
EXPECTED = slices.joined('rights', 'EXPECTED')
HIDDEN = set().union(*(getattr(module, 'HIDDEN', ())
                       for module in SLICES.values()))
FOUND = set().union(*(getattr(module, 'FOUND', ())
                      for module in SLICES.values()))


@pytest.fixture(scope='module')
def world(make_server):
    """Sent reports of x, y, z and of the abolished a11, b11."""
    server = make_server()
    server.obligations = {}
    for key, login, period in (
            ('x', 'desk.x', PERIOD), ('y', 'desk.y', PERIOD),
            ('z', 'desk.z', PERIOD), ('a11', 'desk.x', '2025-Q1'),
            ('b11', 'desk.z', '2025-Q1')):
        obligation = Obligation(server, key, period)
        assert obligation.open(server.client(login), cells=GOOD,
                               sign=True).status == 201
        server.obligations[key] = obligation
    for module in SLICES.values():
        getattr(module, 'prepare', lambda server: None)(server)
    return server


class About:
    """What a request is about: a unit by its key, and its report, if any."""

    def __init__(self, server, key):
        self.server = server
        self.key = key
        self.obligation = server.obligations.get(key)
        self.unit = str(server.world.units.get(key, ''))
        self.period = (PERIOD if self.obligation is None
                       else self.obligation.period)


def slice_of(op):
    return op.described['tags'][0]


def request(server, op, key):
    """The arguments of a sound request to this operation about this unit."""
    module = SLICES.get(slice_of(op))
    asked = getattr(module, 'asked', lambda op, about: {})(
        op, About(server, key))
    path = op.path
    for name, value in asked.get('path', {}).items():
        path = path.replace(f'{{{name}}}', value)
    body = asked.get('body', REASON) if op.has_body() else None
    headers = {}
    if '{id}' in op.path and op.method != 'GET':
        # A revision too old: who has the right learns it, nothing changes.
        headers['If-Match'] = '"999999"'
    return op.method, path, body, headers, asked.get('query', {})


def outcome(answer):
    if answer.status == 401:
        return LOGIN
    if answer.status == 403:
        return DENIED
    if answer.status == 404 and answer.code in HIDDEN:
        return UNKNOWN
    if answer.status == 404 and answer.code in FOUND:
        return YES
    if answer.status < 300 or answer.status in (409, 412, 422):
        return YES
    raise AssertionError(answer)


def send(client, arguments):
    method, path, body, headers, query = arguments
    return client.send(method, path, body, headers, **query)


def at_its_revision(server, key, arguments):
    """For those who must hear that they may not, not that it is stale."""
    obligation = server.obligations.get(key)
    if obligation is None:
        return arguments
    headers = {**arguments[3], 'If-Match': f'"{obligation.revision}"'}
    return (*arguments[:3], headers, arguments[4])


def test_each_route_has_its_row_with_its_slice(world, contract):
    for name in {slice_of(op) for op in contract.operations} | set(SLICES):
        described = {op.name for op in contract.operations
                     if slice_of(op) == name}
        rows = getattr(SLICES.get(name), 'EXPECTED', {})
        assert set(rows) == described, name


def test_every_operation_gives_every_role_what_it_may_have(world, contract):
    described = {op.name: op for op in contract.operations}
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
            # Forms, from pages of our own only: tests/app/test_pages.py.
            assert answer.status == 403, (op.name, answer)
        elif op.name == 'GET /metrics':
            # By a listener of its own: tests/api/test_attack.py.
            refused(answer, 404, 'route.unknown')
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


@pytest.mark.skipif(engine() != 'sqlite', reason='looks into the file')
def test_reading_changes_nothing(world, contract):
    """A link, an image, a page that is fetched ahead: by GET nobody's data
    becomes another, whoever asks."""
    # Jobs go on by themselves: what happened before is sent and told, and the
    # checkpoint has the sum of their rows. A token's day of use is its owner's.
    of_jobs = tuple(f'INSERT INTO "{table}"' for table in (
        'job', 'hook', 'ledger_state', 'notify_place', 'notify_letter',
        'token_use'))

    def rows():
        with contextlib.closing(sqlite3.connect(
                f'file:{world.data}/truc.db?mode=ro', uri=True)) as database:
            return [line for line in database.iterdump()
                    if not line.startswith(of_jobs)]
    before = rows()
    asked = 0
    for op in contract.operations:
        if op.method != 'GET' or op.name == 'GET /metrics':
            continue
        for key in (EXPECTED[op.name] or {'any': None}):
            for login in (*ROLES.values(), None):
                answer = send(world.client(login), request(world, op, key))
                asked += answer.status == 200
    assert asked > 100
    assert rows() == before


# ---- what lists, counts, search and trace give away ------------------------

def test_a_list_holds_only_what_is_in_reach(world):
    def units(login):
        items = world.client(login).get(REPORTS, limit=500)['items']
        return {item['unit'] for item in items}
    number = world.unit
    assert units('clerk.x') == {number('x'), number('a11'), number('a21')}
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
    foreign = client.get(f"{REPORTS}/{world.obligations['z'].id}")
    absent = client.get(f'{REPORTS}/999999')
    for answer in (foreign, absent):
        refused(answer, 404, 'report.unknown')
        del answer.json['request_id']
    assert foreign.json == absent.json


def test_accepting_many_tells_nothing_of_foreign_reports(world):
    answer = world.client('province.c').post(
        REPORTS + '/accept', {'ids': [world.obligations['z'].id, 999999]})
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
    assert client.get(f"{REPORTS}/{world.obligations['a11'].id}").status == 200
    refused(client.get(f"{REPORTS}/{world.obligations['x'].id}"), 404,
            'report.unknown')


def test_the_old_province_does_not_reach_into_the_new_one(world):
    client = world.client('province.a')
    refused(client.get(f"{REPORTS}/{world.obligations['x'].id}"), 404,
            'report.unknown')


def test_a_district_that_is_gone_accepts_nothing(world):
    obligation = world.obligations['a11']
    answer = obligation.act(world.client('district.a1'), 'accept')
    assert answer.status in (403, 404), answer


def test_a_heir_reaches_the_unit_it_continues_but_not_its_neighbours(world):
    client = world.client('desk.x')
    assert client.get(f"{REPORTS}/{world.obligations['a11'].id}").status == 200
    refused(client.get(f"{REPORTS}/{world.obligations['b11'].id}"), 404,
            'report.unknown')


def test_a_disabled_person_s_token_no_longer_works(make_server):
    own = make_server()
    assert own.client('desk.x').get(REPORTS).status == 200
    own.stop()
    run('user', 'disable', 'desk.x', '--data', own.data, store=own.store)
    own.start()
    refused(own.client('desk.x').get(REPORTS), 401, 'token.unknown')
