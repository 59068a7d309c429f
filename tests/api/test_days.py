"""Days at the edges of the calendar, to everything that takes one.

Whatever a day is, the answer is one that the description has (server.contract
looks), no fault of ours (5xx), and the server is still there.  The fields are
not listed here: each parameter and each text of a body in /openapi.json gets
the days, bare and as the day of a unit's code.
"""

import csv
import json
import urllib.parse
from pathlib import Path

import pytest
from acts import FORM
from contract import Contract
from schema import resolve
from server import run

# What a day may be: an existing one of 1900 to 9999, but the last, which is the
# program's own word for "no end".
SOUND = ['1900-01-01', '2024-02-29', '2025-06-30', '2025-07-01', '9999-12-30']
NONE = ['0000-00-00', '0001-01-01', '1582-10-10', '1899-12-31', '2023-02-29',
        '2025-13-01', '2025-7-1', '9999-12-31', '10000-01-01', '-001-01-01']
DAYS = SOUND + NONE
# For what takes many requests.
EDGES = ['0000-00-00', '0001-01-01', '1582-10-10', '1900-01-01', '2023-02-29',
         '2024-02-29', '9999-12-30', '9999-12-31']
SHIPPED = Path(__file__).parents[2] / 'data/forms/II.06a-VPCP-KSTT.json'
FILLED = {'form': FORM, 'code': FORM, 'period': '2025-Q3', 'from': '2025-Q1',
          'cell': 'all.c4', 'cells': 'all.c4', 'ref': 'area:03101@2025-01-01',
          'unit': 'area:03101@2025-07-01', 'wait': '0'}
WAITS = '/api/v1/events/stream'


@pytest.fixture(scope='module')
def own(make_server):
    server = make_server()
    contract = Contract()   # what comes about here proves nothing of a route
    contract.read(server.client().get('/openapi.json').json)
    server.contract = contract
    return server


def texts(schema, root, at=()):
    """The places in a body that hold a text: tuples of names."""
    if '$ref' in schema:
        schema = resolve(schema['$ref'], root)
    kinds = schema.get('type', [])
    if 'string' in ([kinds] if isinstance(kinds, str) else kinds):
        yield at
    for name, of in schema.get('properties', {}).items():
        yield from texts(of, root, (*at, name))
    if 'items' in schema:
        yield from texts(schema['items'], root, (*at, 0))


def with_text(schema, root, at, text, name=''):
    """A body of what is required, with a text put in one place."""
    if '$ref' in schema:
        schema = resolve(schema['$ref'], root)
    if at == ():
        return text
    kinds = schema.get('type', 'object')
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == 'object':
        return {key: with_text(of, root,
                               at[1:] if at and at[0] == key else None, text,
                               key)
                for key, of in schema.get('properties', {}).items()
                if key in schema.get('required', []) or (at and at[0] == key)}
    if kind == 'array':
        return [with_text(schema['items'], root, at[1:], text)] if at else []
    return {'string': FILLED.get(name, schema.get('examples', ['x'])[0]),
            'integer': schema.get('minimum', 1), 'boolean': False}[kind]


def asked(operation, root, day):
    """(field, path, body): the requests of a route that have the day."""
    forms = (day, f'area:03101@{day}')
    names = {one['name']: one for one in operation.parameters
             if one['in'] in ('path', 'query')}

    def target(values):
        path = operation.path
        query = {}
        for name, one in names.items():
            if one['in'] == 'path':
                value = values.get(name, FILLED.get(name, '1'))
                path = path.replace('{' + name + '}',
                                    urllib.parse.quote(value, safe=''))
            elif name in values or name in FILLED:
                query[name] = values.get(name, FILLED.get(name))
        return path + ('?' + urllib.parse.urlencode(query) if query else '')

    for name in names:
        for text in forms:
            yield name, target({name: text}), None
            # Lists and searches go another way with a parent or a query.
            for more in ({'parent': '1'}, {'q': 'xã'}):
                if set(more) < set(names) and name not in more:
                    yield name, target({name: text, **more}), None
    content = operation.described.get('requestBody', {}).get('content', {})
    schema = content.get('application/json', {}).get('schema')
    for at in texts(schema, root) if schema else ():
        for text in forms:
            yield (str(at), target({}), with_text(schema, root, at, text))


@pytest.mark.parametrize('day', EDGES)
def test_any_day_in_any_field_gets_an_answer(own, day):
    # Few sign-ins and passwords: each is hashed, and wrong ones add up.
    client = own.client('centre')
    fields = set()
    for operation in own.contract.operations:
        if operation.path == WAITS or 'session' in operation.path:
            continue
        for field, path, body in asked(operation, own.contract.description,
                                       day):
            fields.add((operation.name, field))
            answer = client.send(operation.method, path, body,
                                 {'If-Match': '"1"'})
            assert answer.status < 500, (path, body, answer)
    assert ('GET /api/v1/units', 'on') in fields and len(fields) > 60
    assert client.get('/readyz').status == 200


@pytest.mark.parametrize('more', [{}, {'q': 'xã'}, {'parent': '1'},
                                  {'level': '3', 'limit': '1'}])
def test_units_of_a_day_that_exists_are_listed_of_another_refused(own, more):
    client = own.client('viewer.b')
    for day in SOUND:
        answer = client.get('/api/v1/units', on=day, **more)
        assert answer.status == 200, answer
    for day in NONE:
        answer = client.get('/api/v1/units', on=day, **more)
        assert (answer.status, answer.faults) == (
            422, {'/on': 'input.date'}), answer


@pytest.mark.parametrize('now', ['1970-01-01T07:00', '2099-12-31T23:00'])
def test_the_pages_of_every_route_come_whatever_the_clock_says(make_server,
                                                               now):
    server = make_server()
    contract = Contract()
    contract.read(server.client().get('/openapi.json').json)
    server.contract = contract
    server.clock.set(now)
    client = server.client('centre')
    for operation in contract.operations:
        if operation.method == 'GET' and operation.path != WAITS:
            field, path, _ = next(asked(operation, contract.description,
                                        '2025-07-01'),
                                  (None, operation.path, None))
            answer = client.get(path)
            assert answer.status < 500, (field, path, answer)


@pytest.fixture(scope='module')
def stopped(make_server):
    server = make_server()
    server.stop()
    return server


ANSWERED = (0, 1, 2)   # done, not possible, not understood; no signal


@pytest.mark.parametrize('day', DAYS)
def test_any_day_is_taken_or_refused_by_the_commands(stopped, tmp_path, day):
    table = tmp_path / 'table.csv'
    with open(table, 'w', encoding='utf-8', newline='') as file:
        csv.writer(file).writerows([
            ['old_code', 'new_code', 'relation', 'effective'],
            ['03101', '03101', 'whole', '']])
    for words, sound in (
            (['import', 'succession', str(table), '--on', day], None),
            (['figures', '--level', '1', '--structure', day], day > '2000'),
            (['figures', '--level', '1', '--as-of', day],
             '2025-04' < day < '9999')):   # nothing is known of days to come
        done = run(*words, '--data', stopped.data, store=stopped.store,
                   status=ANSWERED)
        assert sound is None or (done.returncode == 0) == (
            sound and day in SOUND), (words, done)


@pytest.mark.parametrize('day', DAYS)
def test_any_day_is_taken_or_refused_by_the_imports(tmp_path, day):
    data = str(tmp_path / 'data')
    run('init', '--data', data)
    path = tmp_path / 'file.json'

    def imports(kind, content):
        path.write_text(json.dumps(content), encoding='utf-8')
        return run('import', kind, str(path), '--data', data,
                   status=ANSWERED).returncode

    form = json.loads(SHIPPED.read_text(encoding='utf-8'))
    for place in ('from', 'last_day'):
        made = json.loads(json.dumps(form))
        made['form']['code'] = f'X.{place}'
        if place == 'from':
            made['versions'][0]['from'] = day
        else:
            made['last_day'] = day
        assert imports('form', made) != 0 or day in SOUND, place
    unit = {'code': 'M1', 'name': 'Bộ Thử', 'type': 'ministry',
            'from': '2020-01-01', 'to': '2030-01-01'}
    for place in ('to', 'from'):
        imports('ministries', {'units': [{**unit, place: day}],
                               'successions': []})
