"""The model's forms: read from the definitions that are published."""

import datetime
import json
import os
from collections import namedtuple

from country import day

FORMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..',
                     'data', 'forms')
Column = namedtuple('Column', 'id scale lo hi how')

# A form of our own beside the official ones, which only know sums of whole
# numbers without a sign.
EVERY_SUM = {
    'form': {
        'code': 'SIM-1', 'name_vi': 'Biểu thử', 'name_en': 'Trial form',
        'legal_basis': 'Quyết định số 1/QĐ-TEST ngày 01/01/2020, Điều 1',
        'regime': {'code': 'SIM', 'name_vi': 'Thử', 'name_en': 'Trial',
                   'calendar': {'kind': 'quarter', 'cutoff_day': 14}},
        'reporters': [
            {'level': 'province', 'deadline_days': 8},
            {'level': 'district', 'deadline_days': 5},
            {'level': 'commune', 'deadline_days': 3}]},
    'versions': [
        {'number': number, 'from': since,
         'columns': [
             {'id': name, 'label': name, 'name_vi': name, 'name_en': name,
              'scale': scale, 'lo': lo, 'hi': hi, 'aggregation': how}
             for name, scale, lo, hi, how in columns],
         'rows': [{'id': row, 'name_vi': row, 'name_en': row}
                  for row in rows],
         'rules': []}
        for number, since, columns, rows in [
            (1, '2020-12-15',
             [('whole', 0, '0', '999999999', 'sum'),
              ('gone', 0, '0', '99', 'sum'),
              ('money', 2, '-9000000000000000', '9000000000000000', 'sum'),
              ('least', 1, '-100', '100', 'min'),
              ('most', 1, '-100', '100', 'max'),
              ('newest', 3, '0', '1000', 'last'),
              ('name', 0, '0', '100', 'none')], ['r1', 'r2', 'r3']),
            (2, '2025-07-01',
             [('whole', 0, '0', '999999999', 'sum'),
              ('money', 2, '-9000000000000000', '9000000000000000', 'sum'),
              ('least', 1, '-100', '100', 'min'),
              ('most', 1, '-100', '100', 'max'),
              ('newest', 3, '0', '1000', 'last'),
              ('name', 0, '0', '100', 'none')], ['r1', 'r3', 'r4'])]],
}


class Period:
    """A quarter whose window ends on the 14th of its last month."""

    def __init__(self, name):
        self.name = name
        self.year, self.number = int(name[:4]), int(name[6])
        self.to = datetime.date(self.year, 3 * self.number, 14)

    def before(self):
        if self.number > 1:
            return Period(f'{self.year}-Q{self.number - 1}')
        return Period(f'{self.year - 1}-Q4')


class FormVersion:
    def __init__(self, text):
        self.number = text['number']
        self.since = day(text['from'])
        self.columns = {c['id']: Column(c['id'], c['scale'], c['lo'], c['hi'],
                                        c['aggregation'])
                        for c in text['columns']}
        self.rows = [row['id'] for row in text['rows']]
        self.cells = [f'{row}.{column}' for row in self.rows
                      for column in self.columns]
        self.rules = text.get('rules', [])
        self.plausible = text.get('plausible', [])

    def column(self, cell):
        return self.columns[cell.split('.')[1]]


class Form:
    def __init__(self, text):
        self.text = text
        self.code = text['form']['code']
        self.reporters = text['form']['reporters']
        self.last_day = day(text.get('last_day', '9999-12-31'))
        self.versions = [FormVersion(v) for v in text['versions']]

    def version(self, period):
        if period.to > self.last_day:
            return None
        fits = [v for v in self.versions if v.since <= period.to]
        return fits[-1] if fits else None

    def deadline(self, country, unit, period):
        """The last day in time; None: the unit does not owe it."""
        version = country.version(unit, period.to)
        if version is None or self.version(period) is None:
            return None
        levels = ['nation', 'province', 'district', 'commune']
        for reporter in self.reporters:
            if (reporter['level'] == levels[version.level]
                    and version.type in reporter.get('types',
                                                     [version.type])):
                return period.to + datetime.timedelta(
                    days=reporter['deadline_days'])
        return None


def all_forms():
    """{code: Form}: the official ones, and ours."""
    texts = [EVERY_SUM]
    for name in sorted(os.listdir(FORMS)):
        with open(os.path.join(FORMS, name), encoding='utf-8') as file:
            texts.append(json.load(file))
    return {text['form']['code']: Form(text) for text in texts}
