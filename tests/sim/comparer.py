"""Every total and coverage of the server against the model's recount."""

import csv
import datetime
import io

import server as servers
from country import day
from books import periods
from tally import Question

API = '/api/v1/'
STRUCTURES = ['2024-12-31', '2025-06-30', '2025-07-01', '2025-09-01',
              '2026-01-31']


def key_of(row):
    return row['unit'] if row['kind'] == 'unit' else row['kind']


class Ask:
    """One question to /figures, and the same to the model."""

    def __init__(self, walker, form, names, structure=None, basis='sent',
                 as_of=None, apportion=False, cells=None, **rows):
        self.walker = walker
        self.form = form
        self.periods = names
        self.cells = cells
        self.structure = structure
        self.basis = basis
        self.as_of = as_of
        self.apportion = apportion
        self.rows = rows   # level, children_of or units

    def query(self):
        query = {'form': self.form.code,
                 'periods': ','.join(p.name for p in self.periods),
                 'structure': self.structure, 'basis': self.basis,
                 'as_of': self.as_of,
                 'apportion': 'equal' if self.apportion else None,
                 'cells': self.cells and ','.join(self.cells)}
        for name, value in self.rows.items():
            query[name] = (','.join(map(str, value))
                           if isinstance(value, list) else value)
        return {k: v for k, v in query.items() if v is not None}

    def index(self):
        if self.as_of is None:
            return self.walker.books.size()
        if isinstance(self.as_of, int):
            return self.as_of
        return self.walker.books.size_on(day(self.as_of))

    def asked(self):
        """The cells, in order: all columns as the periods bring them."""
        if self.cells is not None:
            return self.cells
        columns = {}
        for period in self.periods:
            columns.update(dict.fromkeys(
                self.form.version(period).columns))
        return [f'all.{c}' for c in columns]

    def recount(self, index):
        """{row: [period as the API shows it, None: no row]}"""
        asked = self.asked()
        table = {}
        for n, period in enumerate(self.periods):
            question = Question(
                self.walker.books, self.form, period,
                self.structure and day(self.structure), self.basis,
                index, self.apportion, **self.rows)
            for name, row in question.answer().items():
                line = table.setdefault(name, [None] * len(self.periods))
                line[n] = question.shown_row(row, asked)
        return table

    def send(self):
        answer = self.walker.client('centre').get(API + 'figures',
                                                  **self.query())
        assert answer.status == 200, (self.query(), answer)
        return answer

    def check(self):
        answer = self.send()
        assert answer['index'] == self.index(), (self.query(), answer)
        self.compare(answer)
        return answer

    def compare(self, answer):
        """The answer is the model's of the index that it names."""
        empty = {'expected': 0, 'reported': 0, 'late': 0, 'closed': False,
                 'restated': False, 'values': [None] * len(answer['cells']),
                 'counts': [0] * len(answer['cells'])}
        assert answer['cells'] == self.asked()
        told = {key_of(row): row['periods'] for row in answer['rows']}
        wanted = {name: [line or empty for line in lines]
                  for name, lines in self.recount(answer['index']).items()}
        assert list(told) == [key_of(row) for row in answer['rows']]
        assert set(told) == set(wanted), (
            self.query(), set(told) ^ set(wanted))
        for name, lines in wanted.items():
            for period, mine, its in zip(self.periods, lines, told[name]):
                assert its == mine, (
                    f'{self.query()}\nrow {name}, {period.name}\n'
                    f'model:  {mine}\nserver: {its}')

    # --- other ways to the same figures -----------------------------------

    def check_csv(self, answer):
        """CSV says what JSON says."""
        got = self.walker.client('centre').get(
            API + 'figures', **self.query(), format='csv')
        assert got.status == 200, got
        lines = {}
        for line in csv.DictReader(io.StringIO(got.body.decode())):
            name = (int(line['unit']) if line['kind'] == 'unit'
                    else line['kind'])
            key = name, line['period'], line['cell']
            assert key not in lines
            lines[key] = line
        for row in answer['rows']:
            for period, shown in zip(answer['periods'], row['periods']):
                for n, cell in enumerate(answer['cells']):
                    key = key_of(row), period['id'], cell
                    line = lines.pop(key, None)
                    if line is None:   # no row in this period
                        assert shown['values'][n] is None, key
                        continue
                    self.check_line(line, shown, n)
        assert not lines

    @staticmethod
    def check_line(line, shown, n):
        value, state, spread = shown['values'][n], 'value', False
        if value is None:
            value, state = '', 'missing'
        elif isinstance(value, dict):
            spread = value.get('apportioned', False)
            state = value.get('state', 'value')
            value = value.get('value', '')
        wanted = {
            'value': value, 'state': state, 'apportioned': str(int(spread)),
            'count': str(shown['counts'][n]),
            **{name: str(int(shown[name])) for name in (
                'expected', 'reported', 'late', 'closed', 'restated')}}
        told = {name: line[name] for name in wanted}
        assert told == wanted, (told, wanted)

    def command(self):
        """`truc figures`, which folds the ledger by itself."""
        words = [word for name, value in self.query().items()
                 for word in ('--' + name.replace('_', '-'), str(value))]
        server = self.walker.server
        return servers.run('figures', '--data', server.data, '--format',
                           'json', *words, store=server.store).stdout


class Comparer:
    def __init__(self, walker):
        self.walker = walker
        self.random = walker.random
        self.asked = 0

    def periods(self, form):
        return [p for p in periods(self.walker.now.date())
                if form.version(p) is not None]

    def structures(self):
        today = self.walker.now.date()
        return [None] + STRUCTURES + [
            str(today), str(today + datetime.timedelta(days=40))]

    def indexes(self):
        """Every kind of as-of: a size, a day."""
        books = self.walker.books
        first = books.moments[0].date() if books.moments else None
        found = [None, books.first, books.size(), books.size() // 2 +
                 books.first // 2, self.random.randint(books.first,
                                                       books.size())]
        if first is not None:
            span = (self.walker.now.date() - first).days
            found.append(str(first + datetime.timedelta(
                days=self.random.randint(0, span))))
        return found

    def all_rows(self, form, structure, index):
        """Every list of rows that the API knows."""
        books = self.walker.books
        country = books.country.as_of(index)
        on = day(structure or '2025-09-14')
        rows = [{'level': n} for n in range(4)]
        rows += [{'children_of': u} for u in country.living(on)
                 if country.children(u, on)]
        units = sorted(country.versions)
        rows.append({'units': self.random.sample(units,
                                                 min(12, len(units)))})
        return rows

    def ask(self, form, **more):
        ask = Ask(self.walker, form, self.periods(form), **more)
        self.asked += 1
        return ask, ask.check()

    def sweep(self):
        """Everything: form x structure x basis x rows, all periods at once."""
        for form in self.walker.forms.values():
            for structure in self.structures():
                for basis in ('sent', 'accepted'):
                    for rows in self.all_rows(form, structure,
                                              self.walker.books.size()):
                        self.ask(form, structure=structure, basis=basis,
                                 **rows)

    def some_question(self, **more):
        random = self.random
        form = random.choice(list(self.walker.forms.values()) + [
            self.walker.forms['SIM-1']])
        structure = random.choice(self.structures())
        as_of = random.choice(self.indexes())
        index = Ask(self.walker, form, [], as_of=as_of).index()
        rows = random.choice(self.all_rows(form, structure, index))
        found = self.periods(form)
        cells = None
        if random.random() < 0.4:
            known = sorted({cell for p in found
                            for cell in form.version(p).cells})
            cells = random.sample(known, min(6, len(known)))
        known = dict(structure=structure, as_of=as_of, cells=cells,
                     basis=random.choice(['sent', 'accepted']),
                     apportion=random.random() < 0.4, **rows)
        return Ask(self.walker, form, self.periods(form), **{**known, **more})

    def some_ask(self):
        ask = self.some_question()
        self.asked += 1
        return ask, ask.check()

    def sample(self, count):
        for n in range(count):
            ask, answer = self.some_ask()
            if n % 4 == 0:
                ask.check_csv(answer)
        for _ in range(count // 3):
            self.trace()
        for _ in range(count // 3):
            self.obligations()
            self.own_level()
        self.walker.note('compare', None)

    # --- with less than the whole nation ------------------------------------

    def own_level(self):
        """A level as somebody sees it: the rows in reach, and no total."""
        walker, random = self.walker, self.random
        form = random.choice(list(walker.forms.values()))
        structure = random.choice(self.structures())
        level = random.randint(0, 3)
        person = random.choice(walker.people)
        ask = Ask(walker, form, self.periods(form), structure=structure,
                  basis=random.choice(['sent', 'accepted']), level=level)
        if 'collector' in person.roles and person.unit == walker.country.root(
                walker.books.today()):
            # All that is below the root is the nation.
            ask.compare(walker.client(person.login).get(API + 'figures',
                                                        **ask.query()))
            return
        wanted = {}
        for n, period in enumerate(ask.periods):
            on = day(structure) if structure else period.to
            units = [u for u in walker.country.living(on)
                     if walker.country.level(u, on) == level
                     and walker.books.may(person, 'read', u)]
            question = Question(walker.books, form, period, on, ask.basis,
                                units=units)
            for name, row in question.answer().items():
                if name != 'total':
                    line = wanted.setdefault(name, {})
                    line[n] = question.shown_row(row, ask.asked())
        answer = walker.client(person.login).get(API + 'figures',
                                                 **ask.query())
        if not wanted:
            assert answer.code == 'access.denied', (ask.query(), answer)
            return
        assert answer.status == 200, (ask.query(), answer)
        told = {key_of(row): row['periods'] for row in answer['rows']}
        assert set(told) == set(wanted), (ask.query(), person.login)
        for name, line in wanted.items():
            for n, mine in line.items():
                assert told[name][n] == mine, (ask.query(), name)

    # --- trace ------------------------------------------------------------

    def trace(self):
        random = self.random
        walker = self.walker
        form = random.choice(list(walker.forms.values()))
        period = random.choice(self.periods(form))
        version = form.version(period)
        cell = random.choice([random.choice(version.cells), 'all.' +
                              random.choice(list(version.columns))])
        structure = random.choice(self.structures())
        as_of = random.choice(self.indexes())
        basis = random.choice(['sent', 'accepted'])
        index = Ask(walker, form, [], as_of=as_of).index()
        country = walker.books.country.as_of(index)
        on = day(structure) if structure else period.to
        kind = random.choice(['unit', 'total', 'other', 'unallocated'])
        unit = random.choice(country.living(on))
        level = None
        rows = {'children_of': unit}
        if kind in ('other', 'unallocated') and random.random() < 0.5:
            unit, level = country.root(on), random.choice([1, 2, 3])
            rows = {'level': level}
        question = Question(walker.books, form, period, on, basis, index,
                            **rows)
        query = dict(form=form.code, period=period.name, cell=cell, unit=unit,
                     kind=kind, level=level, structure=structure,
                     as_of=as_of, basis=basis, limit=500)
        answer = walker.client('centre').get(API + 'figures/trace', **{
            k: v for k, v in query.items() if v is not None})
        assert answer.status == 200, (query, answer)
        rows = question.answer()
        row = rows['total' if kind == 'unit' else kind]
        assert answer['value'] == question.shown(row, cell)[0], (query, answer)
        wanted = question.parts(unit, kind, cell)
        assert answer['total_parts'] == len(wanted), (query, answer)
        scale = version.column(question.cells_of(cell)[0]).scale
        told = {}
        for part in answer['parts']:
            told[part['unit'], part['version']] = (
                part['ledger_index'], part['value'], part['whole'])
            report = walker.books.by_id[part['report']]
            assert (report.unit, report.period.name) == (part['unit'],
                                                         period.name)
        assert told == wanted, (query, told, wanted)
        self.check_sum(version, question, cell, answer, told, scale)
        children = {c['unit'] if c['kind'] == 'unit' else c['kind']:
                    c['value'] for c in answer['children']}
        if kind in ('unit', 'total') and question.units:
            mine = {name: question.shown(r, cell)[0]
                    for name, r in rows.items() if name != 'total'}
            assert children == mine, (query, children, mine)

    @staticmethod
    def check_sum(version, question, cell, answer, told, scale):
        """The parts make up the total."""
        column = version.column(question.cells_of(cell)[0])
        if (column.how in ('sum', 'min', 'max')
                and isinstance(answer['value'], str)):
            whole = int(answer['value'].replace('.', ''))
            amounts = [int(value.replace('.', ''))
                       for _, value, _ in told.values()
                       if isinstance(value, str)]
            assert whole == {'sum': sum, 'min': min, 'max': max}[
                column.how](amounts)
            assert ('.' in answer['value']) == (scale > 0)

    # --- obligations ------------------------------------------------------

    def obligations(self):
        walker = self.walker
        random = self.random
        form = random.choice(list(walker.forms.values()))
        period = random.choice(self.periods(form))
        unit = random.choice(sorted(walker.country.versions))
        head = next(p for p in walker.people
                    if p.unit == unit and p.has('review'))
        answer = walker.client(head.login).get(
            API + 'obligations', form=form.code, period=period.name,
            unit=unit, limit=500)
        assert answer.status == 200, answer
        told = [(i['unit'], i['state'], i['late']) for i in answer['items']]
        wanted = walker.books.obligations(form, period, unit)
        assert sorted(told) == sorted(wanted), (form.code, period.name, unit,
                                                told, wanted)
        counts = {state: 0 for state in ('not_started', 'draft', 'proposed',
                                         'returned', 'sent', 'accepted')}
        for _, state, _ in wanted:
            counts[state] += 1
        counts['all'] = len(wanted)
        counts['late'] = sum(late for _, _, late in wanted)
        assert {state: answer['counts'][state] for state in counts} == counts
