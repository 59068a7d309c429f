"""A country at work: random acts, said to the server and to the model alike.

Every answer must be the one the model foretells: done or refused, with the
same code, the same state, the same cells.
"""

import datetime
import json
import os

import server as servers
from books import Books, Person, Refused, periods
from country import Country, Version, day
from form import all_forms
from reforms import some_reform
from server import Server
from tally import decimal

API = '/api/v1/'
REPORTS = API + 'reports'
BEGIN = '2025-03-16T08:00'
REASON = 'Số liệu nhập nhầm'
STATUS = {
    'access.denied': 403, 'report.unknown': 404, 'report.stale': 412,
    'report.wrong_state': 409, 'report.rule_broken': 409,
    'report.unchanged': 409, 'report.other_writer': 409,
    'report.not_owed': 409, 'period.not_open': 409, 'period.closed': 409,
    'period.not_closed': 409,
    'period.open_reports': 409, 'report.heir_unnamed': 409,
    'report.heir_other': 403, 'unit.not_divided': 409,
    'unit.heir_named': 409, 'unit.heirs_full': 409, 'input.invalid': 422,
}
BAD_CELLS = [
    ({'no.such': '1'}, 'cell.unknown'), ({'@': True}, 'cell.type'),
    ({'@': 1.5}, 'cell.type'), ({'@': 'NaN'}, 'cell.number'),
    ({'@': '1e3'}, 'cell.number'), ({'@': '1.2345678'}, 'cell.scale'),
    ({'@': '99999999999999999999'}, 'cell.range'),
    ({'@': {'state': 'value'}}, 'cell.state'),
    ({'@': {'remark': 'x'}}, 'cell.state'), ([], 'cell.type'),
]
BAD_BODIES = [
    b'{"form":"SIM-1","form":"SIM-1"}', b'{"form":', b'\xff', b'[]',
    b'{"form":"SIM-1","period":"2025-Q1","unit":"1","more":1}',
    b'{"form":"SIM-1","period":"2025-Q5","unit":"1"}',
    b'{"form":"SIM-9","period":"2025-Q1","unit":"1"}',
    b'{"form":"SIM-1","period":"2025-Q1","unit":"area:01"}',
    b'{"form":"SIM-1","period":"2025-Q1","unit":"999999"}',
]


class Walker:
    def __init__(self, random, steps):
        self.random = random
        # Days to wait at a time, so that every run crosses the reform and
        # ends with the year.
        self.pace = 280 / (steps * self.share_of(Walker.act_wait))
        self.server = Server(BEGIN)
        self.now = datetime.datetime.fromisoformat(BEGIN)
        self.forms = all_forms()
        self.country = Country()
        self.books = Books(self.country, self.forms)
        self.people = []
        self.kept = []     # see keep
        self.keys = 0
        self.reforms = 0
        self.done = {}     # what was tried: kind -> [done, refused]
        self.set_clock()
        self.server.start()
        self.read_world()
        self.server.stop()
        self.furnish({'forms': [self.forms['SIM-1'].text],
                      'people': self.hire(self.country.versions)})
        self.server.start()
        self.books.first = self.ledger_size()

    def remove(self):
        self.server.stop()
        self.server.remove()

    # --- the beginning ----------------------------------------------------

    def read_world(self):
        """What `truc test-world` made, as the server shows it."""
        nobody = self.server.client('nobody')
        for unit in sorted(self.server.world.units.values()):
            told = nobody.get(f'{API}units/{unit}').json
            for v in told['versions']:
                self.country.learn(-1, ('version', unit, Version(
                    day(v['from']), v['name'], v['type'], v['level'],
                    v['parent'])))
            if told['to'] is not None:
                self.country.learn(-1, ('end', unit, day(told['to'])))
            for s in told['successors']:
                self.country.learn(-1, ('link', unit, s['unit'],
                                        day(s['date']), s['kind']))

    def hire(self, units):
        """Two people for each unit, and their lines for test-reorganise."""
        lines = []
        for unit in units:
            for name, roles in [('clerk', ['clerk']),
                                ('head', ['leader', 'collector'])]:
                login = f'sim.{name}.{unit}'
                self.people.append(Person(login, unit, roles))
                lines.append({'login': login, 'unit': str(unit),
                              'roles': roles})
        return lines

    def furnish(self, text):
        """test-reorganise while the server is stopped; ids of new units."""
        path = os.path.join(self.server.folder, 'changes.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(text, file)
        told = servers.run('test-reorganise', '--data', self.server.data,
                           '--clock', self.server.clock.path, path,
                           store=self.server.store).stdout
        ids = {}
        for line in told.splitlines():
            kind, name, value = line.split()
            if kind == 'unit':
                ids[name] = int(value)
            else:
                self.server.world.tokens[name] = value
        for person in self.people:
            if person.unit in ids:
                key, person.unit = person.unit, ids[person.unit]
                token = self.server.world.tokens.pop(person.login)
                person.login = person.login.replace(key, str(person.unit))
                self.server.world.tokens[person.login] = token
        return ids

    # --- help -------------------------------------------------------------

    def client(self, login):
        return self.server.client(login)

    def ledger_size(self):
        return self.server.metric('ledger_entries')

    def set_clock(self):
        self.server.clock.set(self.now.isoformat(timespec='seconds'))
        self.books.now = self.now

    def note(self, kind, refused):
        self.done.setdefault(kind, [0, 0])[refused is not None] += 1

    def keep(self, person, path, body, key, revision, answer):
        """To be sent again; what was refused may succeed another time."""
        if answer.status < 300:
            self.kept.append((self.now, person.login, path, body, key,
                              revision, answer))

    def new_key(self):
        self.keys += 1
        return f'key-{self.keys}'

    def open_periods(self):
        return list(periods(self.now.date()
                            + datetime.timedelta(days=20)))[-4:]

    def somebody(self, right, unit):
        """Mostly somebody who may, else anybody."""
        today = self.now.date()
        fit = [p for p in self.people
               if p.may(right, self.country, unit, today)]
        if right in ('review', 'heir'):
            above = self.country.above(unit, today)
            fit = [p for p in self.people if above is not None
                   and p.sits_at(right, self.country, above, today)]
        if fit and self.random.random() < 0.9:
            return self.random.choice(fit)
        return self.random.choice(self.people)

    def said(self, version, cells):
        """Cells as they are sent, in one of their spellings."""
        said = {}
        for cell, value in cells.items():
            if value[0] != 'value':
                said[cell] = {'state': value[0]}
                continue
            text = decimal(value[1], version.column(cell).scale)
            said[cell] = self.random.choice([text, {'value': text}])
            if version.column(cell).scale == 0:
                said[cell] = self.random.choice([said[cell], value[1]])
        return said

    def some_cells(self, form, period):
        version = form.version(period)
        random = self.random
        if form.code == 'SIM-1':
            cells = {}
            for cell in version.cells:
                column = version.column(cell)
                lo = max(-3000, int(column.lo) * 10 ** column.scale)
                hi = min(3000, int(column.hi) * 10 ** column.scale)
                value = random.choice([0, lo, hi, random.randint(lo, hi)])
                # Enormous amounts, as long as a sum of them is exact.
                if cell == 'r1.money' and random.random() < 0.1:
                    value = random.choice([1, -1]) * (9 * 10 ** 17 - 1)
                cells[cell] = random.choice(
                    [('value', value)] * 7 + [('none',), ('withheld',), None])
            return {c: v for c, v in cells.items() if v is not None}
        cells = {}
        for row in random.sample(version.rows, min(2, len(version.rows))):
            if 'c8' not in version.columns or len(version.rows) == 1:
                for column in version.columns:
                    if column not in ('c3', 'c7', 'c11'):
                        cells[f'{row}.{column}'] = (
                            'value', random.randint(0, 50))
                continue
            settled, pending = random.randint(0, 99), random.randint(0, 99)
            carried = random.randint(0, pending)
            broken = random.random() < 0.1
            for column, value in [
                    ('c4', settled), ('c5', pending - carried),
                    ('c6', carried), ('c8', settled + broken),
                    ('c12', pending)]:
                cells[f'{row}.{column}'] = ('value', value)
            cells[f'{row}.c9'] = random.choice([('none',), ('value', 0)])
        return cells

    # --- comparing one answer ---------------------------------------------

    def expect(self, answer, refused):
        if refused is None:
            assert answer.status in (200, 201), answer
            return
        assert answer.status == STATUS[refused], (refused, answer)
        assert answer.code == refused, (refused, answer)

    def check_report(self, answer, person, report):
        """State, revision and cells of an answered report."""
        version = report.form.version(report.period)
        own = (self.books.may(person, 'edit', report.unit)
               or self.books.may(person, 'sign', report.unit))
        # What a unit is making anew is its own affair.
        state = report.state() if own else report.standing() or report.work
        assert answer['state'] == state, (answer, report.__dict__)
        assert answer['revision'] == report.revision
        assert answer.revision == report.revision
        assert answer['sent_version'] == report.number(report.sent())
        cells = report.paper
        if report.work is None or not own:
            cells = (report.sent() or report.versions[-1]).cells
        told = {}
        for cell, value in zip(version.cells, answer['cells']):
            if isinstance(value, dict):
                told[cell] = (value['state'],)
            elif value is not None:
                told[cell] = ('value', value)
        wanted = {c: v if v[0] != 'value' else
                  ('value', decimal(v[1], version.column(c).scale))
                  for c, v in cells.items()}
        assert told == wanted, (told, wanted)

    def attempt(self, kind, send, foretell):
        """Do it in both worlds; what the model gave, or None if refused.

        The model must not move when it refuses, and neither the server:
        its ledger and, in the end, all figures are compared."""
        refused, result = None, None
        try:
            result = foretell()
        except Refused as why:
            refused = str(why)
        answer = send()
        self.expect(answer, refused)
        self.note(kind, refused)
        return answer, result if refused is None else None

    # --- acts -------------------------------------------------------------

    def act_open(self):
        random = self.random
        form = random.choice(list(self.forms.values()) + [
            self.forms['SIM-1']] * 3)
        period = random.choice(self.open_periods())
        owing = [u for u in self.country.versions
                 if form.deadline(self.country, u, period) is not None]
        unit = random.choice(owing if owing and random.random() < 0.95
                             else list(self.country.versions))
        person = self.somebody(random.choice(['edit', 'sign', 'sign']), unit)
        old = self.books.reports.get((form.code, period.name, unit))
        more = random.choice([{}, {'submit': True}, {'sign': True},
                              {'sign': True}, {'sign': True}])
        if random.random() < 0.15:
            more['nil'] = True
        # The model keeps no reasons: it does not know when one is new, which
        # nobody says over the paper of somebody else (tests/report).
        is_said = (old is None or old.work is None or not old.versions
                   or old.writer in (None, person.login))
        if old is not None and random.random() < 0.6 and is_said:
            more['reason'] = REASON
        cells = None
        if random.random() < 0.95 and form.version(period):
            cells = self.some_cells(form, period)
        body = {'form': form.code, 'period': period.name, 'unit': str(unit),
                **more}
        if more.get('nil') and random.random() < 0.8:
            cells = None
        if cells is not None:
            body['cells'] = self.said(form.version(period), cells)
        revision = None
        if random.random() < 0.3:
            revision = (old.revision if old else 2) - (random.random() < 0.1)
        revision = revision or None
        key = self.new_key() if random.random() < 0.3 else None
        answer, made = self.attempt(
            'open', lambda: self.client(person.login).post(
                REPORTS, body, key=key, revision=revision),
            lambda: self.books.open(person, form, period, unit, cells,
                                    revision=revision, **more))
        if made is not None:
            report, is_new = made
            assert answer.status == (201 if is_new else 200)
            report.id = answer['id']
            if is_new:   # where it begins to count is its own affair
                report.revision = answer.revision
            assert old is None or old.id == report.id
            self.books.by_id[report.id] = report
            self.check_report(answer, person, report)
        if key is not None:
            self.keep(person, REPORTS, body, key, revision, answer)

    def some_report(self, *states):
        found = [r for r in self.books.reports.values()
                 if not states or r.state() in states]
        return self.random.choice(found) if found else None

    def act_on(self, kind, right, report, body, method='POST'):
        if report is None:
            return
        person = self.somebody(right, report.unit)
        stale = self.random.random() < 0.04
        revision = report.revision - stale
        if revision == 0:
            return
        path = f'{REPORTS}/{report.id}/{kind}'
        key = (self.new_key() if method == 'POST'
               and self.random.random() < 0.2 else None)
        cells = None
        if method == 'PUT':
            cells = self.some_cells(report.form, report.period)
            body = {'cells': self.said(report.form.version(report.period),
                                       cells)}
        run = {'draft': lambda: self.books.save(person, report, revision,
                                                cells),
               'submit': lambda: self.books.submit(person, report, revision),
               'withdraw': lambda: self.books.withdraw(person, report,
                                                       revision),
               'sign': lambda: self.books.sign(person, report, revision),
               'accept': lambda: self.books.accept(person, report, revision),
               'send-back': lambda: self.books.send_back(person, report,
                                                         revision),
               'amend': lambda: self.books.amend(person, report, revision),
               'drop': lambda: self.books.drop(person, report, revision)}
        client = self.client(person.login)

        def send():
            if method == 'PUT':
                return client.put(path, body, revision)
            return client.post(path, body, key=key, revision=revision)
        answer, _ = self.attempt(kind, send, run[kind])
        if answer.status == 200:
            self.check_report(answer, person, report)
        if key is not None:
            self.keep(person, path, body, key, revision, answer)

    def act_save(self):
        self.act_on('draft', 'edit', self.some_report('draft', 'returned'),
                    None, 'PUT')

    def act_submit(self):
        self.act_on('submit', 'edit', self.some_report('draft', 'returned'),
                    None)

    def act_withdraw(self):
        self.act_on('withdraw', 'edit', self.some_report('proposed'), None)

    def act_sign(self):
        self.act_on('sign', 'sign', self.some_report('proposed'), None)

    def act_accept(self):
        self.act_on('accept', 'review', self.some_report('sent'), None)

    def act_send_back(self):
        report = self.some_report('sent', 'proposed')
        if report is not None:
            right = 'review' if report.state() == 'sent' else 'sign'
            self.act_on('send-back', right, report, {'reason': REASON})

    def act_send_back_under_work(self):
        """The version above a paper that is being made anew."""
        found = [r for r in self.books.reports.values()
                 if r.work is not None and r.standing() == 'sent']
        if found:
            self.act_on('send-back', 'review', self.random.choice(found),
                        {'reason': REASON})

    def act_amend(self):
        self.act_on('amend', 'edit', self.some_report('sent', 'accepted'),
                    {'reason': REASON})

    def act_drop(self):
        """An amendment that nobody wants any more."""
        found = [r for r in self.books.reports.values()
                 if r.work is not None and r.standing() is not None]
        if found:
            self.act_on('drop', 'edit', self.random.choice(found), None)

    def act_same(self):
        """An amendment in one call that says what counts already."""
        report = self.some_report('sent', 'accepted')
        if report is None:
            return
        person = self.somebody('sign', report.unit)
        cells = dict(report.sent().cells)
        body = {'form': report.form.code, 'period': report.period.name,
                'unit': str(report.unit), 'reason': REASON, 'sign': True,
                'cells': self.said(report.form.version(report.period),
                                   cells)}
        self.attempt('same', lambda: self.client(person.login).post(
            REPORTS, body), lambda: self.books.open(
                person, report.form, report.period, report.unit, cells,
                reason=REASON, sign=True))

    def act_anything(self):
        kind = self.random.choice(['submit', 'withdraw', 'sign', 'accept',
                                   'send-back', 'amend', 'drop'])
        body = {'reason': REASON} if kind in ('send-back', 'amend') else None
        self.act_on(kind, 'edit', self.some_report(), body)

    def act_accept_many(self):
        reports = list(self.books.reports.values())
        if not reports:
            return
        first = self.random.choice(reports)
        person = self.somebody('review', first.unit)
        chosen = [first] + [
            r for r in reports if r is not first
            and self.books.reviews(person, r)][:5]
        answer, outcome = self.attempt(
            'accept many', lambda: self.client(person.login).post(
                REPORTS + '/accept', {'ids': [r.id for r in chosen]}),
            lambda: self.books.accept_many(person, chosen))
        if outcome is not None:
            told = [item.get('code') for item in answer['items']]
            assert told == outcome, (told, outcome)

    def act_close(self):
        form = self.random.choice(list(self.forms.values()))
        period = self.random.choice(self.open_periods())
        today = self.now.date()
        unit = self.random.choice([u for u in self.country.living(today)
                                   if self.country.level(u, today) < 3])
        person = self.somebody('review', unit)
        at = [p for p in self.people if p.unit == unit and p.has('review')]
        if at and self.random.random() < 0.9:
            person = at[0]
        reason = self.random.choice([None, 'Xã đảo mất liên lạc'])
        body = {'form': form.code, 'period': period.name, 'unit': str(unit)}
        if reason:
            body['reason'] = reason
        self.attempt('close', lambda: self.client(person.login).post(
            API + 'closings', body), lambda: self.books.close(
                person, form, period, unit, reason))

    def act_reopen(self):
        random = self.random
        form = random.choice(list(self.forms.values()))
        period = random.choice(self.open_periods())
        today = self.now.date()
        unit = random.choice([u for u in self.country.living(today)
                              if self.country.level(u, today) < 3])
        closed = [c for c in self.books.closings if c[4]]
        if closed and random.random() < 0.8:
            code, name, unit = random.choice(closed)[:3]
            form = next(f for f in self.forms.values() if f.code == code)
            period = next((p for p in self.open_periods() if p.name == name),
                          period)
        person = self.somebody('review', unit)
        at = [p for p in self.people if p.unit == unit and p.has('review')]
        if at and random.random() < 0.9:
            person = at[0]
        reason = random.choice([None, *['Xã sửa số liệu'] * 4])
        body = {'form': form.code, 'period': period.name, 'unit': str(unit),
                'reason': reason or ' '}
        self.attempt('reopen', lambda: self.client(person.login).post(
            API + 'closings/reopen', body), lambda: self.books.reopen(
                person, form, period, unit, reason))

    def act_name(self):
        """Who signs for a divided unit, mostly one that has reported."""
        random, today = self.random, self.now.date()
        units = list(self.country.versions)
        divided = [u for u in units if self.country.divided(u, today)]
        working = [r.unit for r in self.books.reports.values()
                   if r.unit in divided]
        if divided and random.random() < 0.9:
            units = working or divided
        unit = random.choice(units)
        person = self.somebody('heir', unit)
        heir = random.choice(sorted(self.country.stands(unit, today)) * 9
                             + list(self.country.versions))
        body = {'heir': str(heir), 'act': '12/QĐ-UBND', 'reason': REASON}
        since = today
        if random.random() < 0.3:
            since += datetime.timedelta(days=random.randrange(-9, 30))
            body['from'] = since.isoformat()
        answer, _ = self.attempt(
            'name', lambda: self.client(person.login).post(
                f'{API}units/{unit}/heirs', body),
            lambda: self.books.name(person, unit, heir, since))
        if answer.status == 201:
            assert answer['heir'] == heir, answer

    def act_bad_input(self):
        person = self.random.choice(self.people)
        client = self.client(person.login)
        if self.random.random() < 0.5:
            answer = client.post(REPORTS, self.random.choice(BAD_BODIES))
            assert 400 <= answer.status < 500, answer
            # Where it is, too, unless it was no JSON at all.
            assert answer.json['errors'] or answer.code in (
                'json.syntax', 'json.text', 'access.denied'), answer
        else:
            report = self.some_report('draft', 'returned')
            if report is None:
                return
            person = self.somebody('edit', report.unit)
            if not self.books.may(person, 'edit', report.unit):
                return
            bad, code = self.random.choice(BAD_CELLS)
            version = report.form.version(report.period)
            if isinstance(bad, dict):
                cell = self.random.choice(version.cells)
                bad = {k.replace('@', cell): v for k, v in bad.items()}
            answer = self.client(person.login).put(
                f'{REPORTS}/{report.id}/draft', {'cells': bad},
                report.revision)
            assert answer.status == 422, answer
            assert code in answer.faults.values(), (code, answer)
        self.note('bad input', answer)

    def act_repeat(self):
        """A request that got lost and is sent again, days later maybe."""
        if not self.kept:
            return
        _, login, path, body, key, revision, first = self.random.choice(
            self.kept)
        before = self.ledger_size()
        client = self.client(login)
        again = client.post(path, body, key=key, revision=revision)
        assert again.status == first.status, (first, again)
        assert again.json == first.json, (first, again)
        if path == REPORTS:
            other = client.post(path, {**body, 'period': '2025-Q9'}, key=key)
            assert other.code == 'idempotency.reused', other
        assert self.ledger_size() == before
        self.note('repeat', None)

    def act_wait(self):
        self.now += datetime.timedelta(
            days=self.random.choice([0, 0.2, 1, 1, 2.8]) * self.pace,
            minutes=self.random.randrange(600))
        self.now = self.now.replace(second=0, microsecond=0)
        self.set_clock()
        # Answers are kept for seven days; then a key is free again.
        week = datetime.timedelta(days=7)
        self.kept = [k for k in self.kept if self.now - k[0] < week]

    # --- the state changes around them ------------------------------------

    def reorganise(self):
        if not self.random.randrange(3):
            self.server.kill()
        else:
            self.server.stop()
        for _ in range(self.random.choice([1, 1, 2, 3])):
            reform = some_reform(self.random, self.country, self.now.date(),
                                 self.reforms)
            self.reforms += 1
            ids = self.furnish({'changes': reform.changes,
                                'people': self.hire(reform.new)})
            reform.teach(self.books.entry(), ids)
        self.server.start()

    def restart(self):
        self.server.stop()
        self.server.start()

    ACTS = [(act_open, 30), (act_save, 3), (act_submit, 9), (act_withdraw, 2), (act_sign, 8),
            (act_accept, 12), (act_send_back, 8),
            (act_send_back_under_work, 2), (act_amend, 7), (act_drop, 2),
            (act_same, 2), (act_anything, 4),
            (act_accept_many, 3), (act_close, 3), (act_reopen, 2),
            (act_name, 4),
            (act_bad_input, 3),
            (act_repeat, 3), (act_wait, 9)]

    @classmethod
    def share_of(cls, act):
        acts = dict(cls.ACTS)
        return acts[act] / sum(acts.values())

    def step(self):
        acts, weights = zip(*self.ACTS)
        self.random.choices(acts, weights)[0](self)
