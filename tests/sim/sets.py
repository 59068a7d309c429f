"""Random reorganisations as sets of changes of the API, and their taking back.

The same choices as in reforms.py; what is said to the API are the words of the
law, what the model learns are versions, ends and successions.
"""

from country import FOREVER, NEVER
from reforms import PARTS, Reform, TooFew

ACT = '3/NQ-TEST'


class Set(Reform):
    def __init__(self, random, country, today, count):
        super().__init__(random, country, today, count)
        self.items = []
        self.before = []   # what the model knew: for taking back

    def say(self, kind, on, **more):
        self.items.append({'kind': kind, 'on': str(on), **more})

    def body(self):
        return {'act': ACT, 'changes': self.items}

    def ref(self, unit):
        return f'new:{unit}' if unit in self.new else str(unit)

    # --- the same in both words -------------------------------------------

    def make(self, parent, on, level=3):
        key = super().make(parent, on, level)
        kind = 'commune' if level == 3 else 'province'
        self.say('create', on, key=key, name=f'Xã Mới {key}', type=kind,
                 level=level, parent=self.ref(parent), code=key)
        return key

    def merged(self, units, into, on, kind='whole'):
        for unit in units:
            self.end(unit, on)
            self.link(unit, into, on, kind)
        if kind == 'whole':
            self.say('merge', on, units=[self.ref(u) for u in units],
                     into=self.ref(into))
        else:
            self.say('split', on, unit=self.ref(units[0]), parts=[
                {'unit': self.ref(into), 'kind': kind}])

    # --- the kinds --------------------------------------------------------

    def rename(self, on):
        unit, = self.pick(3, on, 1)
        old = self.country.version(unit, on)
        name = f'{old.name[:60]} Mới'
        self.version(unit, old._replace(since=on, name=name))
        self.say('rename', on, unit=self.ref(unit), name=name)

    def move(self, on):
        unit, = self.pick(3, on, 1)
        province, = self.pick(1, on, 1)
        old = self.country.version(unit, on)
        self.version(unit, old._replace(since=on, parent=province))
        self.say('move', on, unit=self.ref(unit), parent=self.ref(province))

    def merge(self, on):
        units = self.pick(3, on, self.random.choice([2, 2, 3]))
        new = self.make(self.country.parent(units[0], on), on)
        self.merged(units, new, on)

    def absorb(self, on):
        unit, into = self.pick(3, on, 2)
        self.merged([unit], into, on, self.random.choice(['whole', 'part']))

    def split(self, on):
        unit, beside = self.pick(3, on, 2)
        heirs = [self.make(self.country.parent(u, on), on)
                 for u in (unit, beside)[:self.random.choice([1, 2])]]
        parts = [(heir, self.random.choice(PARTS))
                 for heir in heirs + [beside]]
        self.end(unit, on)
        for heir, kind in parts:
            self.link(unit, heir, on, kind)
        self.say('split', on, unit=self.ref(unit), parts=[
            {'unit': self.ref(heir), 'kind': kind, 'people': 3000}
            for heir, kind in parts])

    def spring(self, on):
        units = self.pick(3, on, self.random.choice([1, 2]))
        new = self.make(self.country.parent(units[0], on), on)
        for unit in units:
            kind = self.random.choice(PARTS)
            self.link(unit, new, on, kind)
            self.say('succession', on, unit=self.ref(unit),
                     into=self.ref(new), succession=kind)

    def abolish(self, on):
        unit, = self.pick(3, on, 1)
        self.end(unit, on)
        self.say('abolish', on, unit=self.ref(unit))

    def correct(self, on):
        links = sorted((key, kind) for key, kind in
                       self.country.links.items() if kind != 'none')
        if not links:
            raise TooFew
        (unit, to, when), kind = self.random.choice(links)
        other = self.random.choice([k for k in ['whole', 'part'] if k != kind])
        self.link(unit, to, when, other)
        self.say('succession', when, unit=self.ref(unit), into=self.ref(to),
                 succession=other)

    def merge_provinces(self, on):
        province, into = self.pick(1, on, 2)
        for unit in self.country.children(province, on):
            self.version(unit, self.country.version(unit, on)._replace(
                since=on, parent=into))
        self.merged([province], into, on)

    def split_province(self, on):
        province, = self.pick(1, on, 1)
        root = self.country.parent(province, on)
        heirs = [self.make(root, on, level=1), self.make(root, on, level=1)]
        for unit in self.country.children(province, on):
            heir = self.random.choice(heirs)
            self.version(unit, self.country.version(unit, on)._replace(
                since=on, parent=heir))
            self.say('move', on, unit=self.ref(unit), parent=self.ref(heir))
        self.end(province, on)
        for heir in heirs:
            self.link(province, heir, on, 'part')
        self.say('split', on, unit=self.ref(province), parts=[
            {'unit': self.ref(heir)} for heir in heirs])

    # --- both ways --------------------------------------------------------

    def teach(self, index, ids):
        self.before = [self.known(lesson) for lesson in self.lessons]
        self.ids = ids
        super().teach(index, ids)

    def known(self, lesson):
        """What the model knows of the lesson's key until then."""
        kind, unit, *rest = lesson
        country = self.country
        if unit in self.new:
            return None
        if kind == 'version':
            return country.version(unit, rest[0].since)
        if kind == 'end':
            return country.ends.get(unit, FOREVER)
        return country.links.get((unit, rest[0], rest[1]), 'none')

    def untaught(self):
        """The changes that take it back."""
        def named(unit):
            return self.ids.get(unit, unit)
        changes = []
        made = {}   # new unit -> [(predecessor, day)]
        for (kind, unit, *rest), was in zip(self.lessons, self.before):
            if kind == 'version' and was is not None:
                changes.append(('version', unit, was._replace(
                    since=rest[0].since)))
            elif kind == 'version':
                changes.append(('end', named(unit), NEVER))
            elif kind == 'end' and was is not None:
                changes.append(('end', unit, was))
            elif kind == 'link':
                to, on, _ = rest
                changes.append(('link', named(unit), named(to), on,
                                'none' if was is None else was))
                if to in self.new:
                    made.setdefault(to, []).append((unit, on))
        for new, links in made.items():
            for unit, on in links:
                changes.append(('link', named(new), named(unit), on,
                                'whole' if len(links) == 1 else 'part'))
        return changes


KINDS = [Set.rename, Set.move, Set.move, Set.merge, Set.merge, Set.merge,
         Set.absorb, Set.split, Set.split, Set.split, Set.spring, Set.abolish,
         Set.correct, Set.merge_provinces, Set.split_province]


def some_set(random, country, today, count):
    while True:
        made = Set(random, country, today, count)
        try:
            random.choice(KINDS)(made, made.some_day())
        except TooFew:
            continue
        return made


