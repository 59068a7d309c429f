"""Random reorganisations of the model's country.

Each gives the changes as `truc test-reorganise` reads them; Reform applies the
same to the model.  What is generated keeps to the rules of the country (a
parent lives as long as its children); what breaks them is tested elsewhere.
"""

import datetime

from country import FOREVER, Version, day

REFORM = day('2025-07-01')
PARTS = ['part', 'part_area', 'part_area_all_people', 'part_people']


class TooFew(Exception):
    """The country has not enough units for this."""


class Reform:
    def __init__(self, random, country, today, count):
        self.random = random
        self.country = country
        self.today = today
        self.count = count   # reforms so far: for keys and names
        self.changes = []    # for the file
        self.lessons = []    # the same for the model, keys for new units
        self.new = []        # keys

    # --- writing down -----------------------------------------------------

    def make(self, parent, on, level=3):
        key = f'n{self.count}.{len(self.new)}'
        self.new.append(key)
        self.changes.append({'act': 'new', 'key': key})
        kind = 'commune' if level == 3 else 'province'
        self.version(key, Version(on, f'Xã Mới {key}', kind, level, parent))
        self.changes.append({'act': 'code', 'unit': key, 'code': key,
                             'from': str(on)})
        return key

    def version(self, unit, version):
        self.changes.append({
            'act': 'version', 'unit': str(unit), 'from': str(version.since),
            'name': version.name, 'type': version.type,
            'level': version.level, 'parent': str(version.parent)})
        self.lessons.append(('version', unit, version))

    def end(self, unit, on):
        self.changes.append({'act': 'end', 'unit': str(unit), 'on': str(on)})
        self.lessons.append(('end', unit, on))

    def link(self, unit, to, on, kind):
        self.changes.append({'act': 'succession', 'from': str(unit),
                             'to': str(to), 'on': str(on), 'kind': kind})
        self.lessons.append(('link', unit, to, on, kind))

    def teach(self, index, ids):
        """Apply it to the model; ids: key -> unit."""
        def known(unit):
            return ids.get(unit, unit)
        for kind, unit, *rest in self.lessons:
            if kind == 'version':
                rest = [rest[0]._replace(parent=known(rest[0].parent))]
            elif kind == 'link':
                rest[0] = known(rest[0])
            self.country.learn(index, (kind, known(unit), *rest))

    # --- choosing ---------------------------------------------------------

    def some_day(self):
        """Also in the past, after reports have been made, and ahead."""
        on = self.today + datetime.timedelta(
            days=self.random.choice([-100, -40, -15, -3, 1, 10, 30]))
        return max(on, REFORM + datetime.timedelta(days=1))

    def lasting(self, level, on):
        """Units that go on from the day without a change known so far."""
        country = self.country
        busy = {u for (a, b, when) in country.links if when >= on
                and not country.is_void(a) for u in (a, b)}
        return [u for u in sorted(country.versions)
                if country.begin(u) < on and country.end(u) == FOREVER
                and u not in busy
                and country.level(u, on) == level
                and max(country.versions[u]) < on]

    def pick(self, level, on, count):
        found = self.lasting(level, on)
        if level == 1:
            found = [u for u in found
                     if self.country.version(u, on).type == 'province']
        if len(found) < count:
            raise TooFew
        return self.random.sample(found, count)

    # --- the kinds --------------------------------------------------------

    def rename(self, on):
        unit, = self.pick(3, on, 1)
        old = self.country.version(unit, on)
        self.version(unit, old._replace(since=on, name=f'{old.name} Mới'))

    def move(self, on):
        unit, = self.pick(3, on, 1)
        province, = self.pick(1, on, 1)
        old = self.country.version(unit, on)
        self.version(unit, old._replace(since=on, parent=province))

    def merge(self, on):
        units = self.pick(3, on, self.random.choice([2, 2, 3]))
        province, = self.pick(1, on, 1)
        new = self.make(self.random.choice(
            [province, self.country.parent(units[0], on)]), on)
        for unit in units:
            self.end(unit, on)
            self.link(unit, new, on, 'whole')

    def absorb(self, on):
        unit, into = self.pick(3, on, 2)
        self.end(unit, on)
        self.link(unit, into, on, self.random.choice(['whole', 'part']))

    def split(self, on):
        unit, beside = self.pick(3, on, 2)
        self.end(unit, on)
        heirs = [self.make(self.country.parent(u, on), on)
                 for u in (unit, beside)[:self.random.choice([1, 2])]]
        for heir in heirs + [beside]:
            self.link(unit, heir, on, self.random.choice(PARTS))

    def spring(self, on):
        """A new unit out of one that goes on."""
        units = self.pick(3, on, self.random.choice([1, 2]))
        new = self.make(self.country.parent(units[0], on), on)
        for unit in units:
            self.link(unit, new, on, self.random.choice(PARTS))

    def abolish(self, on):
        unit, = self.pick(3, on, 1)
        self.end(unit, on)

    def correct(self, on):
        """Somebody finds out how much went to whom."""
        links = sorted((key, kind) for key, kind in
                       self.country.links.items() if kind != 'none')
        if not links:
            raise TooFew
        (unit, to, when), kind = self.random.choice(links)
        self.link(unit, to, when, self.random.choice(
            [k for k in ['whole', 'part', 'none'] if k != kind]))

    def hand_over(self, province, on, heirs):
        """Everything that is under a province from the day on."""
        for unit, versions in sorted(self.country.versions.items()):
            heir = self.random.choice(heirs)
            sinces = sorted(versions)
            for since, until in zip(sinces, sinces[1:] + [FOREVER]):
                until = min(until, self.country.end(unit))
                if versions[since].parent == province and until > on:
                    self.version(unit, versions[since]._replace(
                        since=max(since, on), parent=heir))
        self.end(province, on)

    def merge_provinces(self, on):
        province, into = self.pick(1, on, 2)
        self.hand_over(province, on, [into])
        self.link(province, into, on, 'whole')

    def split_province(self, on):
        province, = self.pick(1, on, 1)
        root = self.country.parent(province, on)
        heirs = [self.make(root, on, level=1), self.make(root, on, level=1)]
        self.hand_over(province, on, heirs)
        for heir in heirs:
            self.link(province, heir, on, 'part')


KINDS = [Reform.rename, Reform.move, Reform.merge, Reform.merge, Reform.absorb,
         Reform.split, Reform.split, Reform.spring, Reform.abolish,
         Reform.correct, Reform.merge_provinces, Reform.split_province]


def some_reform(random, country, today, count):
    """One that the country has enough units for."""
    while True:
        reform = Reform(random, country, today, count)
        try:
            random.choice(KINDS)(reform, reform.some_day())
        except TooFew:
            continue
        return reform
