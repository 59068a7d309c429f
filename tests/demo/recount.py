"""An independent recount of the figures from the stored ledger.

It shares nothing with the program but the tables: it reads the ledger's bodies
with json, knows the units from their rows, and has its own, slow idea of where
a unit's amounts are counted under another day's hierarchy (architecture: units in
time).
"""
import datetime
import decimal
import json
import sqlite3
from collections import defaultdict

EPOCH = datetime.date(1970, 1, 1)


def day(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def day_end_us(number):
    """The instant a legal day ends: 24:00 at UTC+07:00, in microseconds."""
    return ((number + 1) * 86400 - 7 * 3600) * 1_000_000


class Units:
    """Versions, ends and successions, all as known at the end of the ledger."""

    FOREVER = 10**9

    def __init__(self, db):
        self.versions = defaultdict(list)
        self.ends = {}
        self.after = defaultdict(set)
        self.before = defaultdict(set)
        self.whole = set()
        self.codes = defaultdict(list)
        rows = db.execute("SELECT unit_id, from_day, type, level, parent_id FROM unit_version ORDER BY from_day, id")
        for unit, since, kind, level, parent in rows:
            self.versions[unit].append((since, kind, level, parent))
        for unit, on in db.execute("SELECT unit_id, on_day FROM unit_end ORDER BY id"):
            self.ends[unit] = on
        for old, new, kind in db.execute("SELECT from_id, to_id, kind FROM succession ORDER BY id"):
            self.after[old].add(new)
            self.before[new].add(old)
            if kind == "whole":
                self.whole.add((old, new))

    def version(self, unit, on):
        if self.ends.get(unit, self.FOREVER) <= on:
            return None
        found = [v for v in self.versions[unit] if v[0] <= on]
        return found[-1] if found else None

    def alive(self, unit, on):
        return self.version(unit, on) is not None

    def ancestors(self, unit, on):
        """The unit, its parent, ... the root."""
        path = []
        while unit is not None:
            path.append(unit)
            unit = self.version(unit, on)[3]
        return path

    def common(self, units, on):
        paths = [self.ancestors(unit, on) for unit in units]
        for candidate in paths[0]:
            if all(candidate in path for path in paths):
                return candidate
        raise AssertionError("no common ancestor")

    def heirs(self, unit, on, forward):
        """Living units that hold what was this unit's."""
        if self.alive(unit, on):
            return {unit}
        links = self.after if forward else self.before
        found = set()
        for other in links[unit]:
            found |= self.heirs(other, on, forward)
        return found

    def is_whole(self, unit, on, forward):
        """Is all of it counted at one unit: along links to a sole heir?"""
        while not self.alive(unit, on):
            links = self.after if forward else self.before
            if len(links[unit]) != 1:
                return False
            (other,) = links[unit]
            if forward and (unit, other) not in self.whole:
                return False
            unit = other
        return True

    def place(self, unit, on):
        """(where, whole): the unit the amounts are at, or are under."""
        if self.alive(unit, on):
            return unit, True
        forward = self.ends.get(unit, self.FOREVER) <= on
        heirs = self.heirs(unit, on, forward)
        if heirs:
            whole = self.is_whole(unit, on, forward)
            return (next(iter(heirs)), True) if whole else (self.common(heirs, on), False)
        # Nobody is known: under what became of its parent.
        parent = self.versions[unit][-1 if forward else 0][3]
        while parent is not None:
            heirs = self.heirs(parent, on, forward)
            if heirs and self.level_at(parent) <= 1:
                return self.common(heirs, on), False
            parent = self.versions[parent][-1 if forward else 0][3]
        raise AssertionError("not even the root is left")

    def level_at(self, unit):
        return self.versions[unit][-1][2]


class Recount:
    def __init__(self, path):
        self.db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.units = Units(self.db)
        self.forms = {}
        self.places = {}
        rows = self.db.execute(
            "SELECT hex(v.digest), f.code, v.body FROM form_version v JOIN form f ON f.id = v.form_id")
        for digest, code, body in rows:
            version = json.loads(body)["version"]
            self.forms[digest.lower()] = (code, [column["id"] for column in version["columns"]])
        self.times = []
        self.events = defaultdict(list)
        rows = self.db.execute("SELECT at, kind, body FROM ledger_entry WHERE kind LIKE 'report.%' ORDER BY idx")
        for at, kind, body in rows:
            self.times.append(at)
            if kind in ("report.close", "report.reopen"):
                continue
            entry = json.loads(body)
            code, columns = self.forms[entry["form"]]
            self.events[code, entry["period"]].append(
                (at, kind, entry["unit"], entry["version"], self.sums(entry.get("cells", []), columns)))

    @classmethod
    def sums(cls, cells, columns):
        """What a report adds to each column: {column: number}, without those it says nothing of."""
        sums = {}
        for place, cell in enumerate(cells):
            amount = cls.number(cell)
            if amount is not None:
                column = columns[place % len(columns)]
                sums[column] = sums.get(column, 0) + amount
        return sums

    def counting(self, form, period, basis, until_us=None):
        """{unit: sums} of the versions that count."""
        signed = defaultdict(dict)
        returned = defaultdict(set)
        accepted = defaultdict(int)
        for at, kind, unit, version, sums in self.events[form, period]:
            if until_us is not None and at >= until_us:
                break
            if kind == "report.sign":
                signed[unit][version] = sums
            elif kind == "report.accept":
                accepted[unit] = version
            elif kind == "report.send_back":
                returned[unit].add(version)
        result = {}
        for unit, versions in signed.items():
            if basis == "accepted":
                number = accepted[unit]
                if number and number not in returned[unit]:
                    result[unit] = versions[number]
                continue
            left = [n for n in versions if n not in returned[unit]]
            if left:
                result[unit] = versions[max(left)]
        return result

    @staticmethod
    def number(cell):
        """What a cell adds to a sum; None: nothing."""
        if isinstance(cell, dict):
            cell = cell.get("value")
        return None if cell is None else decimal.Decimal(cell)  # exact, whatever the scale

    def table(self, form, period, columns, on, basis, until_us=None):
        """Per level-1 unit and in all: {unit or None or "total": {column: sum}}.

        None is the row of what cannot be allocated to one level-1 unit; "other"
        what is at the root itself.
        """
        table = defaultdict(dict)
        root = next(u for u, v in self.units.versions.items() if v[0][2] == 0)
        for unit, sums in self.counting(form, period, basis, until_us).items():
            where, whole = self.placed(unit, on)
            path = self.units.ancestors(where, on)
            row = path[-2] if len(path) > 1 else ("other" if whole and where == root else None)
            for column in columns:
                if column in sums:
                    for key in (row, "total"):
                        table[key][column] = table[key].get(column, 0) + sums[column]
        return dict(table)

    def placed(self, unit, on):
        if (unit, on) not in self.places:
            self.places[unit, on] = self.units.place(unit, on)
        return self.places[unit, on]
