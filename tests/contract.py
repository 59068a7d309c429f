"""What the server says it answers, compared with what it answered.

Every answer of a run is noted here: it must fit /openapi.json at once, and at
the end of the run every route and every failure code must have been seen
(tests/api/test_contract.py).
"""

import re

import schema

METHODS = ('get', 'post', 'put', 'delete')


class Operation:
    def __init__(self, method, path, described):
        self.method = method
        self.path = path
        self.described = described
        self.name = f'{method} {path}'
        self.failures = described['x-failures']
        self.permission = described.get('x-permission')
        self.is_public = described.get('security') == []
        self.parameters = described.get('parameters', [])
        self.pattern = re.compile(
            re.sub(r'\{[^}]*\}', '[^/]+', path.replace('.', r'\.')) + r'\Z')

    def has_body(self):
        return 'requestBody' in self.described

    def answer_for(self, status):
        """What is described for a status: content and headers."""
        for name in (str(status), f'{status // 100}XX', 'default'):
            if name in self.described['responses']:
                return self.described['responses'][name]
        raise AssertionError(f'{self.name} does not describe {status}')


class Contract:
    def __init__(self):
        self.description = None
        self.operations = []
        self.seen = {}   # name of the operation -> codes and statuses
        self.codes = set()

    def read(self, description):
        self.description = description
        self.operations = [
            Operation(method.upper(), path, described)
            for path, methods in description['paths'].items()
            for method, described in methods.items() if method in METHODS]

    def operation(self, method, path):
        method = 'GET' if method == 'HEAD' else method
        path = path.split('?')[0]
        fits = [op for op in self.operations
                if op.method == method and op.pattern.match(path)]
        # A written segment goes before a {value}.
        return min(fits, key=lambda op: op.path.count('{'), default=None)

    def note(self, method, path, answer):
        op = self.operation(method, path)
        if op is not None:
            self.seen.setdefault(op.name, set()).add(answer.status)
        if answer.status >= 400:
            if method != 'HEAD':   # it has no body
                self.note_problem(op, answer)
        elif op is not None and method != 'HEAD' and answer.status != 304:
            self.check_answer(op, answer)

    def note_problem(self, op, answer):
        kind = answer.headers.get('Content-Type')
        if kind.startswith('text/html'):
            self.note_failure_page(op, answer)
            return
        assert kind == 'application/problem+json', (kind, answer)
        self.check(self.description['components']['schemas']['Problem'],
                   answer, 'a problem document')
        assert answer['status'] == answer.status, answer
        codes = {answer.code} | {e['code'] for e in answer['errors']}
        self.codes |= codes
        if op is not None:
            self.seen[op.name] |= codes

    def note_failure_page(self, op, answer):
        """For browsers: the code is in the page."""
        code = re.search(r'<main [^>]*data-code="([^"]+)"',
                         answer.body.decode()).group(1)
        self.codes.add(code)
        if op is not None:
            self.seen[op.name].add(code)

    def check_answer(self, op, answer):
        described = op.answer_for(answer.status)
        for name, header in described.get('headers', {}).items():
            assert answer.headers.get(name) == header['schema']['const'], (
                op.name, name, answer.headers.get(name))
        if 'content' not in described:  # 204, or 303 after a form
            assert answer.body == b'', answer
            return
        kind = answer.headers.get('Content-Type', '').split(';')[0]
        assert kind in described['content'], (op.name, kind)
        if kind == 'application/json':
            self.check(described['content'][kind]['schema'], answer, op.name)

    def check(self, wanted, answer, what):
        faults = schema.check(wanted, answer.json, self.description)
        assert not faults, f'{what}: ' + '; '.join(faults) + f'\n{answer}'
