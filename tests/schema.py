"""The part of JSON Schema that the program's own description uses.

check(schema, value, root) gives the faults as texts, each with the JSON
pointer of its place.  A keyword that is not known here is a fault of the
schema and raises: a description that nobody checks would be worth nothing.
"""

import datetime
import re

# RFC 3339, as src/core/day.h reads it.
INSTANT = re.compile(r'\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?'
                     r'(Z|[+-]\d{2}:\d{2})')

# Words that say nothing about what is valid.
SILENT = {'description', 'examples', 'title'}
MOST = 20  # faults that are named


def is_type(name, value):
    if name == 'integer':
        return isinstance(value, int) and not isinstance(value, bool)
    if name == 'number':
        return (isinstance(value, (int, float))
                and not isinstance(value, bool))
    kinds = {'object': dict, 'array': list, 'string': str, 'boolean': bool,
             'null': type(None)}
    return isinstance(value, kinds[name])


def is_read(reader, text):
    try:
        reader(text)
    except ValueError:
        return False
    return True


def has_format(name, value):
    if name == 'date':
        return is_read(datetime.date.fromisoformat, value)
    if name == 'date-time':
        return INSTANT.fullmatch(value) is not None and is_read(
            datetime.datetime.fromisoformat, value.replace('Z', '+00:00'))
    if name == 'uri-reference':
        return ' ' not in value
    raise KeyError(f'format {name} is not known to tests/schema.py')


def resolve(ref, root):
    node = root
    for part in ref.removeprefix('#/').split('/'):
        node = node[part]
    return node


class Checker:
    def __init__(self, root):
        self.root = root
        self.faults = []

    def fault(self, at, text):
        if len(self.faults) < MOST:
            self.faults.append(f'{at or "/"}: {text}')

    def check(self, schema, value, at):
        if '$ref' in schema:
            self.check(resolve(schema['$ref'], self.root), value, at)
            return
        if 'type' in schema and not self.of_type(schema['type'], value, at):
            return
        for word, limit in schema.items():
            if word in SILENT or word in ('type', 'properties', 'required',
                                          'additionalProperties'):
                continue
            rule = getattr(self, 'on_' + word, None)
            if rule is None:
                raise KeyError(f'{word} is not known to tests/schema.py')
            rule(limit, value, at)
        if isinstance(value, dict):
            self.members(schema, value, at)

    def of_type(self, types, value, at):
        names = types if isinstance(types, list) else [types]
        if any(is_type(name, value) for name in names):
            return True
        self.fault(at, f'{value!r} is no {" or ".join(names)}')
        return False

    def members(self, schema, value, at):
        known = schema.get('properties', {})
        for name in schema.get('required', []):
            if name not in value:
                self.fault(at, f'{name} is missing')
        for name, item in value.items():
            rest = schema.get('additionalProperties', True)
            if name in known:
                self.check(known[name], item, f'{at}/{name}')
            elif rest is False:
                self.fault(f'{at}/{name}', 'is not described')
            elif isinstance(rest, dict):
                self.check(rest, item, f'{at}/{name}')

    def on_items(self, schema, value, at):
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.check(schema, item, f'{at}/{i}')

    def on_enum(self, choices, value, at):
        if value is not None and value not in choices:
            self.fault(at, f'{value!r} is none of {choices}')

    def on_const(self, wanted, value, at):
        if value != wanted:
            self.fault(at, f'{value!r} is not {wanted!r}')

    def on_minimum(self, least, value, at):
        if is_type('number', value) and value < least:
            self.fault(at, f'{value} is below {least}')

    def on_maximum(self, most, value, at):
        if is_type('number', value) and value > most:
            self.fault(at, f'{value} is above {most}')

    def on_minLength(self, least, value, at):
        if isinstance(value, str) and len(value) < least:
            self.fault(at, f'{value!r} is shorter than {least}')

    def on_maxLength(self, most, value, at):
        if isinstance(value, str) and len(value) > most:
            self.fault(at, f'{value!r} is longer than {most}')

    def on_minItems(self, least, value, at):
        if isinstance(value, list) and len(value) < least:
            self.fault(at, f'fewer than {least} items')

    def on_maxItems(self, most, value, at):
        if isinstance(value, list) and len(value) > most:
            self.fault(at, f'more than {most} items')

    def on_format(self, name, value, at):
        if isinstance(value, str) and not has_format(name, value):
            self.fault(at, f'{value!r} is no {name}')

    def on_allOf(self, parts, value, at):
        for part in parts:
            self.check(part, value, at)

    def fitting(self, choices, value, at):
        return sum(not check(choice, value, self.root, at)
                   for choice in choices)

    def on_anyOf(self, choices, value, at):
        if self.fitting(choices, value, at) == 0:
            self.fault(at, f'{value!r} fits none of {len(choices)} choices')

    def on_oneOf(self, choices, value, at):
        fits = self.fitting(choices, value, at)
        if fits != 1:
            self.fault(at, f'{value!r} fits {fits} of {len(choices)} choices')


def check(schema, value, root, at=''):
    checker = Checker(root)
    checker.check(schema, value, at)
    return checker.faults
