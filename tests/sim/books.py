"""The model's reports: what every act does, and what it answers when it may
not be done.

Cells are {cell: ('value', n) | ('none',) | ('withheld',)}; n counts the last
decimal of the column, and what is missing is not there.
"""

from country import FOREVER
from form import Period
from past import far


class Refused(Exception):
    """The code of the problem document that must be answered."""


def refuse(code):
    raise Refused(code)


class Version:
    def __init__(self, cells, index, moment, flags):
        self.cells = cells
        self.index = index       # of its signing in the ledger
        self.moment = moment
        self.flags = flags
        self.returned = None     # ledger index
        self.accepted = None

    def counts(self, basis, index):
        if not self.index < index:
            return False
        if self.returned is not None and self.returned < index:
            return False
        return basis == 'sent' or (self.accepted is not None
                                   and self.accepted < index)


class Report:
    def __init__(self, form, period, unit):
        self.form, self.period, self.unit = form, period, unit
        self.id = None
        self.revision = 1
        self.work = 'draft'
        self.paper = {}
        self.writer = None   # who wrote its cells last; None: nobody
        self.flags = 0
        self.versions = []

    def key(self):
        return self.form.code, self.period.name, self.unit

    def sent(self, basis='sent', index=float('inf')):
        """The version that counts, None."""
        fits = [v for v in self.versions if v.counts(basis, index)]
        return fits[-1] if fits else None

    def standing(self):
        sent = self.sent()
        if sent is None:
            return None
        return 'sent' if sent.accepted is None else 'accepted'

    def state(self):
        return self.work or self.standing()

    def number(self, version):
        return self.versions.index(version) + 1 if version else 0


class Person:
    GRANTS = {'clerk': {'read', 'edit'}, 'leader': {'read', 'edit', 'sign'},
              'collector': {'read', 'review', 'heir'}}

    def __init__(self, login, unit, roles):
        self.login, self.unit, self.roles = login, unit, roles

    def has(self, right):
        return any(right in self.GRANTS[role] for role in self.roles)

    def may(self, right, country, unit, today):
        return any(right in self.GRANTS[role] and country.reaches(
            self.unit, unit, today, wide=role == 'collector')
                   for role in self.roles)

    def sits_at(self, right, country, unit, today):
        return self.has(right) and country.reaches(self.unit, unit, today,
                                                   wide=False)


class Books:
    """All reports, closings, and the size of the ledger they make."""

    def __init__(self, country, forms):
        self.country = country
        self.forms = forms
        self.reports = {}    # (form, period, unit) -> Report
        self.by_id = {}
        self.closings = []   # (form, period, unit, index, does it close?)
        self.namings = []    # (unit, heir, from), in order
        self.moments = []    # of each ledger entry since the first known
        self.first = 0       # how many entries were there before
        self.now = None      # datetime, of the clock

    # --- the ledger -------------------------------------------------------

    def size(self):
        return self.first + len(self.moments)

    def entry(self):
        self.moments.append(self.now)
        return self.size() - 1

    def size_on(self, on):
        """Entries before the end of a day."""
        return self.first + sum(m.date() <= on for m in self.moments)

    # --- rules ------------------------------------------------------------

    def before(self, report):
        """What the unit has sent for the period before, and its version."""
        period = report.period.before()
        version = report.form.version(period)
        other = self.reports.get((report.form.code, period.name, report.unit))
        sent = other.sent() if other else None
        return (sent.cells, version) if sent and version else (None, None)

    @staticmethod
    def terms(rule, row):
        return [(f'{row}.{t["column"]}', t.get('sign', 1))
                for t in rule['terms']]

    def fill(self, version, rule, source, cells):
        for row in version.rows:
            target = f'{row}.{rule["target"]}'
            terms = self.terms(rule, row)
            states = [source[c][0] for c, _ in terms if c in source]
            if (target in cells or 'value' not in states
                    or 'withheld' in states):
                continue
            cells[target] = ('value', sum(
                sign * source[c][1] for c, sign in terms
                if c in source and source[c][0] == 'value'))

    def carry(self, report, cells):
        source, _ = self.before(report)
        version = report.form.version(report.period)
        for rule in version.rules:
            if rule.get('carry') and source is not None:
                self.fill(version, rule, source, cells)

    def judge(self, report, cells):
        """All broken rules: how severe, and of the period before or not."""
        version = report.form.version(report.period)
        before, other = self.before(report)
        broken = []
        for rule in version.rules:
            carries = rule.get('carry', False)
            if carries and (before is None or other is not version):
                continue
            source = before if carries else cells
            for row in version.rows:
                terms = self.terms(rule, row)
                target = cells.get(f'{row}.{rule["target"]}', ('missing',))
                states = [source.get(c, ('missing',))[0] for c, _ in terms]
                if 'withheld' in states or target[0] == 'withheld':
                    continue
                if carries and (target[0] != 'value'
                                or set(states) != {'value'}):
                    continue
                if target[0] == 'missing' and set(states) == {'missing'}:
                    continue
                amount = sum(sign * source[c][1] for c, sign in terms
                             if source.get(c, ('',))[0] == 'value')
                if amount != (target[1] if target[0] == 'value' else 0):
                    broken.append((rule['severity'], carries))
        return broken

    def checked(self, report):
        """The paper with computed cells, and how many rules it breaks."""
        version = report.form.version(report.period)
        paper = dict(report.paper)
        for rule in version.rules:
            if rule.get('computes'):
                self.fill(version, rule, paper, paper)
        broken = self.judge(report, paper)
        # Nobody explains anything here.
        if any(severity == 'block' for severity, _ in broken) or far(
                self, report, paper):
            refuse('report.rule_broken')
        return paper, len(broken)

    # --- acts of a person; each changes nothing when it is refused ---------

    def today(self):
        return self.now.date()

    def may(self, person, right, unit):
        return person.may(right, self.country, unit, self.today())

    def open(self, person, form, period, unit, cells, nil=False, reason=None,
             submit=False, sign=False, revision=None):
        """(report, is new); cells None: none given; revision: If-Match."""
        if not person.has('edit'):
            refuse('access.denied')
        if nil and cells is not None:
            refuse('input.invalid')
        if not self.may(person, 'edit', unit):
            refuse('report.unknown')
        if form.deadline(self.country, unit, period) is None:
            refuse('report.not_owed')
        if self.today() < period.to:
            refuse('period.not_open')
        old = self.reports.get((form.code, period.name, unit))
        if revision is not None and (old is None or
                                     old.revision != revision):
            refuse('report.stale')
        report = Report(form, period, unit)
        if old is not None:
            report.__dict__.update(old.__dict__)
            report.versions = list(old.versions)
        if old is not None and report.work is None:
            if reason is None:
                refuse('report.wrong_state')
            report.paper = dict(report.sent().cells)
            report.work = 'draft'
        if old is None or cells is not None or nil:
            if report.work == 'proposed':
                refuse('report.wrong_state')
            report.paper = {c: ('value', 0) for c in
                            form.version(period).cells} if nil else {}
            report.paper.update(cells or {})
            self.carry(report, report.paper)
        if cells is not None or nil:
            # Nobody writes over what somebody else wrote, unseen.
            if (old is not None and old.work is not None and revision is None
                    and old.writer not in (None, person.login)
                    and old.paper != report.paper):
                refuse('report.other_writer')
            if nil and any(carries for _, carries in
                           self.judge(report, report.paper)):
                refuse('report.rule_broken')
        if submit or sign:
            self.propose(report)
        if sign:
            self.sign_paper(person, report)
        # What is as it was is not written.
        is_written = old is None or (
            report.work, report.paper, report.versions) != (
                old.work, old.paper, old.versions)
        if old is not None and is_written:
            report.revision += 1
        if is_written and (cells is not None or nil
                           or old is not None and old.work is None):
            report.writer = person.login
        self.reports[report.key()] = report
        return report, old is None

    def begin(self, person, right, report, revision, may):
        """What is asked before any act on a report; may: on this one."""
        if right is not None and not person.has(right):
            refuse('access.denied')
        if not self.sees(person, report):
            refuse('report.unknown')
        if not may:
            refuse('access.denied')
        if revision != report.revision:
            refuse('report.stale')

    def sees(self, person, report):
        own = (self.may(person, 'edit', report.unit)
               or self.may(person, 'sign', report.unit))
        # Who accepts it reads it, even if its successors are elsewhere.
        return (self.may(person, 'read', report.unit)
                or self.reviews(person, report)) and (
            report.versions or (report.work is not None and own))

    @staticmethod
    def changed(report, paper):
        """An amendment says something else than what counts."""
        sent = report.sent()
        if sent is not None and sent.cells == paper:
            refuse('report.unchanged')

    def propose(self, report):
        if report.work not in ('draft', 'returned'):
            refuse('report.wrong_state')
        paper, flags = self.checked(report)
        self.changed(report, paper)
        report.paper, report.flags = paper, flags
        report.work = 'proposed'

    # --- who signs for a divided unit --------------------------------------

    def named(self, unit, on):
        """The heir that decides for it on a day, None."""
        country = self.country
        if not country.divided(unit, on):
            return None
        found = [(since, number, heir)
                 for number, (u, heir, since) in enumerate(self.namings)
                 if u == unit and since <= on]
        if not found:
            return None
        heir = max(found)[2]
        now = country.stands(heir, on)
        if (country.divided(heir, on) or len(now) != 1
                or not now <= country.stands(unit, on)):
            return None
        return heir

    def decides(self, person, unit):
        """Sign it, or give it back to those who proposed it."""
        if not self.may(person, 'sign', unit):
            return False
        if not self.country.divided(unit, self.today()):
            return True
        heir = self.named(unit, self.today())
        return heir is not None and self.may(person, 'sign', heir)

    def is_other(self, person, unit):
        """Somebody else is named."""
        return (self.named(unit, self.today()) is not None
                and not self.decides(person, unit))

    def name(self, person, unit, heir, since):
        if not person.has('heir'):
            refuse('access.denied')
        country, today = self.country, self.today()
        above = country.above(unit, today)
        if above is None or not person.sits_at('heir', country, above, today):
            refuse('access.denied')
        if country.end(unit) == FOREVER:
            refuse('unit.not_divided')
        if since < country.end(unit):
            refuse('input.invalid')
        if not country.divided(unit, since):
            refuse('unit.not_divided')
        if heir not in country.stands(unit, since):
            refuse('input.invalid')
        if self.named(unit, since) == heir:
            refuse('unit.heir_named')
        if sum(u == unit for u, _, _ in self.namings) >= 100:
            refuse('unit.heirs_full')
        self.namings.append((unit, heir, since))
        self.entry()

    def sign_paper(self, person, report):
        if not self.may(person, 'sign', report.unit):
            refuse('access.denied')
        if not self.decides(person, report.unit):
            refuse('report.heir_other'
                   if self.is_other(person, report.unit)
                   else 'report.heir_unnamed')
        if report.work != 'proposed':
            refuse('report.wrong_state')
        paper, flags = self.checked(report)
        self.changed(report, paper)
        report.paper, report.flags = paper, flags
        report.versions = report.versions + [
            Version(report.paper, self.entry(), self.now, report.flags)]
        report.work, report.paper = None, {}

    def save(self, person, report, revision, cells):
        self.begin(person, 'edit', report, revision,
                   self.may(person, 'edit', report.unit))
        if report.work not in ('draft', 'returned'):
            refuse('report.wrong_state')
        if report.paper != cells:
            report.paper, report.writer = cells, person.login
            report.revision += 1

    def submit(self, person, report, revision):
        self.begin(person, 'edit', report, revision,
                   self.may(person, 'edit', report.unit))
        self.propose(report)
        report.revision += 1

    def withdraw(self, person, report, revision):
        self.begin(person, 'edit', report, revision,
                   self.may(person, 'edit', report.unit))
        if report.work != 'proposed':
            refuse('report.wrong_state')
        report.work = 'draft'
        report.revision += 1

    def sign(self, person, report, revision):
        may = self.may(person, 'sign', report.unit)
        # Whose it is not hears so before that it has changed.
        if may and person.has('sign') and self.is_other(person, report.unit):
            refuse('report.heir_other')
        self.begin(person, 'sign', report, revision, may)
        self.sign_paper(person, report)
        report.revision += 1

    def reviews(self, person, report):
        above = self.country.above(report.unit, self.today())
        return above is not None and person.sits_at(
            'review', self.country, above, self.today())

    def accept(self, person, report, revision):
        self.begin(person, 'review', report, revision,
                   self.reviews(person, report))
        if report.standing() != 'sent':
            refuse('report.wrong_state')
        report.sent().accepted = self.entry()
        report.revision += 1

    def accept_many(self, person, reports):
        """{report: code or None}"""
        if not person.has('review'):
            refuse('access.denied')
        outcome = []
        for report in reports:
            try:
                if not self.sees(person, report):
                    refuse('report.unknown')
                # Asked again after a break, it is done.
                if (self.reviews(person, report)
                        and report.standing() == 'accepted'):
                    outcome.append(None)
                    continue
                if report.flags > 0:
                    refuse('report.flagged')
                self.accept(person, report, report.revision)
                outcome.append(None)
            except Refused as why:
                outcome.append(str(why))
        return outcome

    def send_back(self, person, report, revision):
        within = (report.work == 'proposed'
                  and self.decides(person, report.unit))
        self.begin(person, 'read', report, revision,
                   within or self.reviews(person, report))
        if within:
            report.work = 'returned'
            report.revision += 1
            return
        if report.standing() != 'sent':
            refuse('report.wrong_state')
        version = report.sent()
        if report.work is None:
            report.paper, report.work = dict(version.cells), 'returned'
        version.returned = self.entry()
        report.flags = report.sent().flags if report.sent() else 0
        report.revision += 1

    def amend(self, person, report, revision):
        self.begin(person, 'edit', report, revision,
                   self.may(person, 'edit', report.unit))
        if report.work is not None or report.standing() is None:
            refuse('report.wrong_state')
        report.paper, report.work = dict(report.sent().cells), 'draft'
        report.writer = person.login
        report.revision += 1

    def drop(self, person, report, revision):
        self.begin(person, 'edit', report, revision,
                   self.may(person, 'edit', report.unit))
        if (report.work not in ('draft', 'returned')
                or report.standing() is None):
            refuse('report.wrong_state')
        report.paper, report.work = {}, None
        report.flags = report.sent().flags
        report.revision += 1

    def below(self, unit):
        """Whose reports the unit accepts today."""
        return [u for u in self.country.versions
                if self.country.above(u, self.today()) == unit]

    def in_place(self, unit, on):
        """The unit, and those of a day that are wholly in its place today."""
        places = [(u, self.country.place(u, self.today()))
                  for u in self.country.living(on)]
        return [u for u, place in places if u == unit or (
            place.whole and place.at == unit)]

    def close(self, person, form, period, unit, reason):
        if not person.has('review'):
            refuse('access.denied')
        if not person.sits_at('review', self.country, unit, self.today()):
            refuse('access.denied')
        if form.version(period) is None or self.today() < period.to:
            refuse('period.not_open')
        if self.is_closed(form, period, unit):
            refuse('period.closed')
        owing = [u for u in self.below(unit)
                 if form.deadline(self.country, u, period) is not None]
        reports = [self.reports.get((form.code, period.name, u))
                   for u in owing]
        if not reason and any(r is None or r.standing() != 'accepted'
                              for r in reports):
            refuse('period.open_reports')
        self.closings.append((form.code, period.name, unit, self.entry(),
                              True))

    def is_closed(self, form, period, unit):
        told = [c for c in self.closings
                if c[:3] == (form.code, period.name, unit)]
        return bool(told) and told[-1][4]

    def reopen(self, person, form, period, unit, reason):
        if not person.has('review'):
            refuse('access.denied')
        if not person.sits_at('review', self.country, unit, self.today()):
            refuse('access.denied')
        if not reason:
            refuse('input.invalid')
        if form.version(period) is None or self.today() < period.to:
            refuse('period.not_open')
        if not self.is_closed(form, period, unit):
            refuse('period.not_closed')
        self.closings.append((form.code, period.name, unit, self.entry(),
                              False))

    # --- obligations ------------------------------------------------------

    def obligations(self, form, period, unit):
        """[(unit, state, late)] of a unit, those that are wholly in its place
        today, and those whose reports it accepts."""
        found = []
        own = self.in_place(unit, period.to)
        for u in own + [u for u in self.below(unit) if u not in own]:
            deadline = form.deadline(self.country, u, period)
            if deadline is None:
                continue
            report = self.reports.get((form.code, period.name, u))
            state = 'not_started'
            moment = self.now
            if report is not None:
                state = report.state()
                if u not in own and report.standing() is not None:
                    state = report.standing()
                if report.versions:
                    moment = report.versions[0].moment
            found.append((u, state, moment.date() > deadline))
        return found


def periods(last):
    """Quarters from 2025-Q1 to a day, newest last."""
    period = Period('2025-Q1')
    while period.to <= min(last, FOREVER):
        yield period
        number = period.number % 4 + 1
        period = Period(f'{period.year + (number == 1)}-Q{number}')
