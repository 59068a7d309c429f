"""An independent recount of the figures from the stored ledger.

It shares nothing with the program but the tables: it reads the ledger's bodies
with json, knows the units from their rows, and has its own, slow idea of where
a unit's amounts stand under another day's hierarchy (architecture: units in
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
        """Does all of it stand at one unit: along links to a sole heir?"""
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
        """(where, whole): the unit the amounts stand at, or stand under."""
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
        rows = self.db.execute(
            "SELECT hex(v.digest), f.code, v.body FROM form_version v JOIN form f ON f.id = v.form_id")
        for digest, code, body in rows:
            version = json.loads(body)["version"]
            columns = [column["id"] for column in version["columns"]]
            cells = [f"{row['id']}.{column}" for row in version["rows"] for column in columns]
            self.forms[digest.lower()] = (code, cells)
        self.entries = self.db.execute(
            "SELECT idx, at, kind, body FROM ledger_entry WHERE kind LIKE 'report.%' ORDER BY idx").fetchall()

    def counting(self, form, basis, until_us=None, period=None):
        """{(period, unit): cells} of the versions that count."""
        signed = defaultdict(dict)
        returned = defaultdict(set)
        accepted = defaultdict(int)
        for _, at, kind, body in self.entries:
            if until_us is not None and at >= until_us:
                break
            if kind == "report.close":
                continue
            if period is not None and f'"period":"{period}"'.encode() not in body:
                continue
            entry = json.loads(body)
            code, cells = self.forms[entry["form"]]
            if code != form:
                continue
            key = entry["period"], entry["unit"]
            if kind == "report.sign":
                signed[key][entry["version"]] = dict(zip(cells, entry["cells"]))
            elif kind == "report.accept":
                accepted[key] = entry["version"]
            elif kind == "report.send_back":
                returned[key].add(entry["version"])
        result = {}
        for key, versions in signed.items():
            if basis == "accepted":
                number = accepted[key]
                if number and number not in returned[key]:
                    result[key] = versions[number]
                continue
            left = [n for n in versions if n not in returned[key]]
            if left:
                result[key] = versions[max(left)]
        return result

    @staticmethod
    def number(cell):
        """What a cell adds to a sum; None: nothing."""
        if isinstance(cell, dict):
            cell = cell.get("value")
        return None if cell is None else decimal.Decimal(cell)

    def table(self, form, period, columns, on, basis, until_us=None):
        """Per level-1 unit and in all: {unit or None or "total": {column: sum}}.

        None is the row of what cannot be allocated to one level-1 unit; "other"
        what stands at the root itself.
        """
        sums = defaultdict(lambda: defaultdict(lambda: None))

        def add(row, column, amount):
            have = sums[row][column]
            sums[row][column] = amount if have is None else have + amount

        root = next(u for u, v in self.units.versions.items() if v[0][2] == 0)
        for (_, unit), cells in self.counting(form, basis, until_us, period).items():
            where, whole = self.units.place(unit, on)
            path = self.units.ancestors(where, on)
            row = path[-2] if len(path) > 1 else ("other" if whole and where == root else None)
            for column in columns:
                for cell, value in cells.items():
                    amount = self.number(value) if cell.split(".")[1] == column else None
                    if amount is None:
                        continue
                    add(row, column, amount)
                    add("total", column, amount)
        return {row: dict(columns) for row, columns in sums.items()}
