"""The model's units in time: plain dictionaries, no clever structures.

It is written from the words of src/org/README.md and not from the program, and
answers for one state of knowledge: Country.as_of gives the country as it was
known at a ledger index.
"""

import datetime
from collections import namedtuple

FOREVER = datetime.date.max
NEVER = datetime.date.min   # the end of a unit that was taken back
Version = namedtuple('Version', 'since name type level parent')
# Where a unit's amounts are counted: whole at one unit, or unallocated under it;
# heirs are empty where somebody on the way has no known successor.
Place = namedtuple('Place', 'at whole heirs')


def day(text):
    return datetime.date.fromisoformat(text)


class Country:
    def __init__(self):
        self.learnt = []     # (ledger index, change), in order
        self.versions = {}   # unit -> {since: Version}
        self.ends = {}       # unit -> first day without it
        self.links = {}      # (from, to, on) -> kind
        self.pictures = {}   # how many changes -> Country
        self.memory = {}

    def learn(self, index, change):
        """change: ('version', unit, Version), ('end', unit, on) or
        ('link', from, to, on, kind); a later one of a key replaces."""
        self.learnt.append((index, change))
        self.believe(change)

    def believe(self, change):
        self.memory.clear()
        kind, unit, *rest = change
        if kind == 'version':
            self.versions.setdefault(unit, {})[rest[0].since] = rest[0]
        elif kind == 'end':
            self.ends[unit] = rest[0]
        else:
            to, on, how = rest
            self.links[unit, to, on] = how

    def as_of(self, index):
        known = [change for at, change in self.learnt if at < index]
        if len(known) == len(self.learnt):
            return self
        if len(known) not in self.pictures:
            picture = Country()
            for change in known:
                picture.believe(change)
            self.pictures[len(known)] = picture
        return self.pictures[len(known)]

    def remembered(self, name, key, make):
        key = (name, key)
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    # --- one unit ---------------------------------------------------------

    def begin(self, unit):
        return min(self.versions[unit])

    def end(self, unit):
        end = self.ends.get(unit, FOREVER)
        return self.begin(unit) if end == NEVER else end

    def is_void(self, unit):
        """Founded and taken back: it lives on no day."""
        return self.ends.get(unit) == NEVER

    def version(self, unit, on):
        """What holds on the day, None if it does not live then."""
        if on >= self.end(unit):
            return None
        since = [s for s in self.versions[unit] if s <= on]
        return self.versions[unit][max(since)] if since else None

    def alive(self, unit, on):
        return self.version(unit, on) is not None

    def is_dead(self, unit, on):
        return self.is_void(unit) or self.end(unit) <= on

    def edge(self, unit, on):
        """Its last version if it has died by that day, else its first."""
        sinces = self.versions[unit]
        dead = self.is_dead(unit, on) and not self.is_void(unit)
        return sinces[max(sinces) if dead else min(sinces)]

    # --- the hierarchy of a day -------------------------------------------

    def living(self, on):
        return self.remembered('living', on, lambda: [
            u for u in sorted(self.versions) if self.alive(u, on)])

    def parent(self, unit, on):
        return self.version(unit, on).parent

    def level(self, unit, on):
        return self.version(unit, on).level

    def root(self, on):
        return next(u for u in self.living(on) if self.parent(u, on) is None)

    def children(self, unit, on):
        return [u for u in self.living(on) if self.parent(u, on) == unit]

    def path(self, unit, on):
        """The unit, its parent, ... the root."""
        def climb():
            path = [unit]
            while self.parent(path[-1], on) is not None:
                path.append(self.parent(path[-1], on))
            return path
        return self.remembered('path', (unit, on), climb)

    def common(self, units, on):
        shared = set.intersection(*(set(self.path(u, on)) for u in units))
        return next(u for u in self.path(next(iter(units)), on) if u in shared)

    # --- those who do not live on the day ---------------------------------

    def neighbours(self, unit, on):
        """Who had its amounts after its end, or before its beginning."""
        if self.is_dead(unit, on):
            return {to: kind for (u, to, when), kind in self.links.items()
                    if u == unit and when == self.end(unit)
                    and kind != 'none'}
        return {u: kind for (u, to, when), kind in self.links.items()
                if to == unit and when == self.begin(unit)
                and kind != 'none'}

    def province(self, unit, on):
        """The province it was in on its last or first day."""
        if self.edge(unit, on).level <= 1:
            return None
        if self.is_void(unit):
            return self.meant_province(unit)
        then = self.begin(unit)
        if self.is_dead(unit, on):
            then = self.end(unit) - datetime.timedelta(days=1)
        return next((u for u in self.path(unit, then)
                     if self.level(u, then) == 1 and u != unit), None)

    def meant_province(self, unit):
        """Of a void unit: those above may never have been, too."""
        since = self.begin(unit)
        parent = self.edge(unit, since).parent
        while parent is not None:
            known = self.versions[parent]
            near = known[max([s for s in known if s <= since]
                             or [min(known)])]
            if near.level == 1:
                return parent
            parent = near.parent
        return None

    def place(self, unit, on):
        return self.remembered('place', (unit, on),
                               lambda: self.find_place(unit, on))

    def find_place(self, unit, on):
        if self.alive(unit, on):
            return Place(unit, True, frozenset([unit]))
        after = self.neighbours(unit, on)
        places = [self.place(u, on) for u in after]
        # A sole successor that got a part: nobody knows who got the rest.
        lost = not after or (self.is_dead(unit, on) and len(after) == 1
                             and set(after.values()) != {'whole'})
        under = {p.at for p in places}
        if lost:
            province = self.province(unit, on)
            under.add(self.root(on) if province is None
                      else self.place(province, on).at)
        lost = lost or any(not p.heirs for p in places)
        heirs = frozenset().union(*(p.heirs for p in places))
        if lost:
            return Place(self.common(under, on), False, frozenset())
        if len(heirs) == 1:
            return Place(next(iter(heirs)), True, heirs)
        return Place(self.common(under, on), False, heirs)

    def stands(self, unit, on):
        """Living units whose people act in its name."""
        if self.alive(unit, on):
            return {unit}
        after = self.neighbours(unit, on)
        if after:
            return set().union(*(self.stands(u, on) for u in after))
        province = self.province(unit, on)
        return set() if province is None else self.stands(province, on)

    def divided(self, unit, on):
        """It is gone, and nobody has the whole of it."""
        if not self.is_dead(unit, on):
            return False
        after = self.neighbours(unit, on)
        if not after:
            province = self.province(unit, on)
            return province is not None and self.divided(province, on)
        if len(after) == 1 and set(after.values()) != {'whole'}:
            return True
        return (len(self.stands(unit, on)) > 1
                or any(self.divided(u, on) for u in after))

    # --- rights of a day --------------------------------------------------

    def reaches(self, scope, unit, on, wide):
        if scope == unit:
            return True
        if self.begin(unit) > on:
            return False
        stands = self.stands(unit, on)
        if not wide:
            return scope in stands
        return any(scope in self.path(u, on) for u in stands)

    def above(self, unit, on):
        """Who accepts what the unit sends; None: nobody."""
        if self.alive(unit, on):
            return self.parent(unit, on)
        parent = self.edge(unit, on).parent
        return None if parent is None else self.place(parent, on).at
