"""Every route, given what its own description allows, and what it does not.

    TRUC_ROUTES_SEED    the dice; printed
    TRUC_ROUTES_ROUNDS  requests of each route (default 12, in the long run 1500)

Inputs are made from /openapi.json: sound ones, ones at the edges of a limit, and
broken ones (a wrong type, a limit passed, a member lost or added, bytes that
are no JSON).  Whatever comes, the answer fits the description, a 5xx is one
that the route describes, and the server ends well (server.py looks at its log).
"""

import json
import os
import random
import time
import urllib.parse

import pytest
from contract import Contract
from schema import resolve
from server import rounds

SEED = int(os.environ.get('TRUC_ROUTES_SEED', time.time_ns() % 1000000))
ROUNDS = rounds('TRUC_ROUTES_ROUNDS', 12, 1500)
DEPTH = 6
# A target over 9,000 bytes is refused before the route is asked (414): eight
# parameters of this size, quoted, stay below.
TEXT_MAX = 500
SHOWN = 600   # of a request that broke something
# Held by nobody, or by everybody, or waiting on purpose: asked for elsewhere.
WAITS = {'GET /api/v1/events/stream'}
LOGINS = ['desk.d', 'clerk.d', 'province.d', 'centre', 'admin', 'viewer.b',
          'nobody', None]
# Words that mean something, so that inputs get past the first check.
WORDS = ['II.06a/VPCP/KSTT', 'II.07b/VPCP/KSTT', '2025-Q3', '2025-Q4',
         's01.c4', 'all.c4', '1', '2', '17', '27', 'area:03101@2025-01-01',
         '2025-07-01', 'desk.d', 'report.signed', '0', '3', '9999-12-31',
         '0001-01-01', 'Số liệu', '', ' ', '-1', '%', '%00', 'a' * 33,
         '9223372036854775807', '9223372036854775808', '../../etc',
         "' OR 1=1 --", '\u0301', 'e\u0301', '\ud83d\ude00'
         .encode('utf-16', 'surrogatepass').decode('utf-16'), '\x00', '\t',
         '<b>', 'null', '\ufeff']


class Maker:
    """Values by a schema, with a wish to break it now and then."""

    def __init__(self, dice, root):
        self.dice = dice
        self.root = root
        self.broken = 0.0   # how likely a value is spoilt

    def text(self, schema):
        dice = self.dice
        most = schema.get('maxLength', 40)
        kind = dice.randrange(4)
        if kind == 0:
            size = dice.choice([0, 1, most, most + 1, most * 2])
            return dice.choice('aĐ0.') * min(size, TEXT_MAX)
        if kind == 1:
            return ''.join(dice.choice(WORDS) for _ in range(2))
        return dice.choice(WORDS)

    def integer(self, schema):
        low = schema.get('minimum', -(1 << 63))
        high = schema.get('maximum', (1 << 63) - 1)
        if self.dice.random() < self.broken:
            return self.dice.choice([low - 1, high + 1, 1 << 70, -(1 << 70)])
        return self.dice.choice([low, high, min(max(1, low), high),
                                 self.dice.randint(low, high)])

    def spoilt(self):
        return self.dice.choice([
            None, True, 0, -1, 1.5, 1e300, '', 'x', [], {}, [[]], {'a': 1},
            [None] * 50, '\u0000', {'': {'': {}}}])

    def value(self, schema, depth=0):
        if '$ref' in schema:
            return self.value(resolve(schema['$ref'], self.root), depth)
        if depth > DEPTH or self.dice.random() < self.broken:
            return self.spoilt()
        if 'examples' in schema and self.dice.random() < 0.5:
            return self.dice.choice(schema['examples'])
        for word in ('oneOf', 'anyOf'):
            if word in schema:
                return self.value(self.dice.choice(schema[word]), depth)
        if 'allOf' in schema:
            return self.value(schema['allOf'][0], depth)
        if 'const' in schema:
            return schema['const']
        if 'enum' in schema:
            return self.dice.choice(schema['enum'])
        kinds = schema.get('type', 'object')
        kind = self.dice.choice(kinds) if isinstance(kinds, list) else kinds
        return self.of_type(kind, schema, depth)

    def of_type(self, kind, schema, depth):
        if kind == 'object':
            return self.members(schema, depth)
        if kind == 'array':
            most = min(schema.get('maxItems', 3), 50)
            count = self.dice.choice([0, 1, 2, most, most + 1])
            return [self.value(schema.get('items', {}), depth + 1)
                    for _ in range(min(count, 60))]
        if kind == 'string' and schema.get('format') == 'date':
            return self.dice.choice(['2025-07-01', '2025-02-30', '1', ''])
        if kind == 'string' and schema.get('format') == 'date-time':
            return self.dice.choice(['2025-07-01T08:30:00+07:00', '',
                                     '2025-07-01T01:30:00.5Z',
                                     '2025-07-01T24:00:00Z', '2025-07-01'])
        return {'string': lambda: self.text(schema),
                'integer': lambda: self.integer(schema),
                'number': lambda: self.integer(schema),
                'boolean': lambda: self.dice.random() < 0.5,
                'null': lambda: None}[kind]()

    def members(self, schema, depth):
        made = {}
        needed = schema.get('required', [])
        for name, of in schema.get('properties', {}).items():
            lost = self.dice.random() < (self.broken if name in needed
                                         else 0.5)
            if not lost:
                made[name] = self.value(of, depth + 1)
        more = schema.get('additionalProperties')
        if isinstance(more, dict):
            for _ in range(self.dice.randrange(3)):
                made[self.dice.choice(WORDS)] = self.value(more, depth + 1)
        if self.dice.random() < self.broken:
            made[self.dice.choice(WORDS)] = self.spoilt()
        return made

    def body(self, described):
        """Bytes, and what they are said to be."""
        (kind, content), = described['content'].items()
        if kind != 'application/json':
            size = self.dice.choice([0, 1, 100, 70000])
            return self.dice.randbytes(size), kind
        made = json.dumps(self.value(content['schema'])).encode()
        if self.dice.random() < self.broken:
            at = self.dice.randrange(len(made) + 1)
            made = self.dice.choice([
                made[:at], made + b'x', made[:at] + b'\xff' + made[at:],
                b'', b'[' * 3000, made[:at] + b'\x00' + made[at:]])
        return made, kind


def header_safe(text):
    """http.client sends what is printable only; the rest is fuzz_gate's."""
    return ''.join(c for c in str(text) if ' ' <= c <= '~')


class Asker:
    def __init__(self, server, dice):
        self.server = server
        self.dice = dice
        self.contract = Contract()
        self.contract.read(server.client().get('/openapi.json').json)
        # Of its own: what comes about here proves nothing about a route.
        server.contract = self.contract
        self.maker = Maker(dice, self.contract.description)

    def request(self, op):
        """(path, body, headers)"""
        maker = self.maker
        path, query, headers = op.path, [], {}
        for one in op.parameters:
            if one['in'] != 'path' and self.dice.random() < 0.4:
                continue
            made = maker.value(one['schema'])
            if one['name'] == 'wait':
                made = self.dice.choice([0, -1, 'x'])   # not 25 seconds
            if one['schema'].get('type') == 'array' and isinstance(made, list):
                made = ','.join(str(item) for item in made)
            made = made if isinstance(made, str) else json.dumps(made)
            quoted = urllib.parse.quote(made, safe='')
            if one['in'] == 'path':
                name = '{' + one['name'] + '}'
                path = path.replace(name, quoted or '0')
            elif one['in'] == 'query':
                query.append(f'{one["name"]}={quoted}')
            elif one['name'] == 'If-Match':
                headers['If-Match'] = self.dice.choice(
                    ['"1"', '"2"', '1', '*', '"x"', header_safe(made)])
            else:
                headers[one['name']] = header_safe(made)
        body = None
        if op.has_body():
            body, kind = maker.body(op.described['requestBody'])
            headers['Content-Type'] = kind
        return path + ('?' + '&'.join(query) if query else ''), body, headers

    @staticmethod
    def shown(op, path, body, headers):
        return f'{op.method} {path[:SHOWN]} {body!r:.{SHOWN}} {headers}'

    def ask(self, op):
        self.maker.broken = self.dice.choice([0.0, 0.0, 0.1, 0.5])
        path, body, headers = self.request(op)
        client = self.server.client(self.dice.choice(LOGINS))
        try:
            answer = client.send(op.method, path, body, headers)
        except AssertionError as fault:
            raise AssertionError(f'{self.shown(op, path, body, headers)}: '
                                 f'{fault}') from None
        if answer.status >= 500:
            assert answer.code in op.failures, (
                f'{self.shown(op, path, body, headers)}: {answer}')
        return answer.status


@pytest.fixture(scope='module')
def asker(make_server):
    """On a server of its own: what gets through changes things."""
    print(f'TRUC_ROUTES_SEED={SEED} TRUC_ROUTES_ROUNDS={ROUNDS}')
    return Asker(make_server(), random.Random(SEED))


def test_whatever_a_route_is_given_it_answers_as_described(asker):
    """server.contract holds every answer against /openapi.json."""
    print(f'TRUC_ROUTES_SEED={SEED}')
    statuses = {}
    for _ in range(ROUNDS):
        for op in asker.contract.operations:
            if op.name not in WAITS:
                status = asker.ask(op)
                statuses[status] = statuses.get(status, 0) + 1
    print(sorted(statuses.items()))
    # It was neither all refused nor all let in.
    assert statuses.get(200, 0) > 0 and statuses.get(422, 0) > 0


def test_afterwards_everything_is_in_order(asker):
    ready = asker.server.client().get('/readyz')
    assert (ready.status, ready.body) == (200, b'ready\n')
    lines = asker.server.metrics().splitlines()
    assert 'truc_faults_total 0' in lines
