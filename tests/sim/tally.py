"""The model's figures: every question recounted from nothing.

For each report that counts, walk up from where it is counted and write it into
each row that is met (src/org/README.md, src/cube/README.md).
"""

from collections import defaultdict


class Row:
    def __init__(self):
        self.expected = self.reported = self.late = 0
        self.closed = self.restated = False
        self.changed = -1
        # cell -> [(value, ledger index)], and what was said besides
        self.given = defaultdict(list)
        self.shares = defaultdict(list)
        self.said = defaultdict(set)


class Question:
    def __init__(self, books, form, period, on, basis='sent', index=None,
                 apportion=False, level=None, children_of=None, units=None):
        self.books = books
        self.form = form
        self.period = period
        self.on = on or period.to
        self.basis = basis
        self.index = books.size() if index is None else index
        self.country = books.country.as_of(self.index)
        self.version = form.version(period)
        self.apportion = apportion
        self.units = self.listed(level, children_of, units)
        self.has_rest = units is None
        self.top = (self.country.root(self.on) if children_of is None
                    else children_of)

    def listed(self, level, children_of, units):
        if units is not None:
            return units
        on, country = self.on, self.country
        if children_of is not None:
            return country.children(children_of, on)
        # Those of the level that are not under another one of it.
        return [u for u in country.living(on)
                if country.level(u, on) == level
                and not any(country.level(p, on) == level
                            for p in country.path(u, on)[1:])]

    def path(self, unit):
        return self.country.path(unit, self.on)

    def place(self, unit):
        return self.country.place(unit, self.on)

    def holders(self, place):
        """Names of all rows that hold the place entirely."""
        path = self.path(place.at)
        met = [u for u in self.units if u in path]
        if self.top in path:
            if not met and self.has_rest:
                met.append('other' if place.whole else 'unallocated')
            met.append('total')
        return met

    def answer(self):
        """{unit, 'other', 'unallocated' or 'total': Row}"""
        rows = {u: Row() for u in self.units}
        if self.has_rest:
            rows['other'], rows['unallocated'] = Row(), Row()
        rows['total'] = Row()
        for unit in self.country.living(self.period.to):
            if self.owes(unit):
                for name in self.holders(self.place(unit)):
                    rows[name].expected += 1
        for report in self.books.reports.values():
            if (report.form, report.period.name) == (self.form,
                                                     self.period.name):
                self.add(rows, report)
        self.close(rows)
        return rows

    def owes(self, unit):
        if unit not in self.country.versions:
            return None
        return self.form.deadline(self.country, unit, self.period)

    def changes(self, report):
        """Ledger indexes of its signings and returns."""
        for version in report.versions:
            for index in (version.index, version.returned):
                if index is not None and index < self.index:
                    yield index

    def add(self, rows, report):
        changed = max(self.changes(report), default=None)
        if changed is None:
            return
        place = self.place(report.unit)
        names = self.holders(place)
        for name in names:
            rows[name].changed = max(rows[name].changed, changed)
        version = report.sent(self.basis, self.index)
        if version is None:
            return
        deadline = self.owes(report.unit)
        for name in names:
            if deadline is not None:
                rows[name].reported += 1
                rows[name].late += report.versions[0].moment.date() > deadline
        spreads = self.apportion and not place.whole and place.heirs
        for cell, value in version.cells.items():
            how = self.version.column(cell).how
            spread = spreads and how == 'sum' and value[0] == 'value'
            for name in names:
                if spread and name == 'unallocated':
                    continue
                row = rows[name]
                if value[0] == 'value':
                    row.given[cell].append((value[1], version.index))
                else:
                    row.said[cell].add(value[0])
            if spread:
                self.spread(rows, cell, value[1], place)

    def spread(self, rows, cell, value, place):
        above = self.path(place.at)
        heirs = sorted(place.heirs)
        share, more = divmod(value, len(heirs))
        for rank, heir in enumerate(heirs):
            amount = share + (rank < more)
            between = self.path(heir)[:self.path(heir).index(place.at)]
            met = [u for u in self.units if u in between]
            under_top = self.top in above or self.top in between
            held = any(u in above for u in self.units)
            if not met and not held and under_top and self.has_rest:
                met.append('other')
            if self.top in between:
                met.append('total')
            for name in met:
                rows[name].shares[cell].append(amount)

    def close(self, rows):
        for form, period, unit, index, closes in self.books.closings:
            if (form, period) != (self.form.code, self.period.name):
                continue
            if not index < self.index:
                continue
            for name, row in rows.items():
                if name == unit or (name == 'total' and self.top == unit):
                    row.closed = closes
                    row.restated = closes and row.changed > index

    # --- what is shown ----------------------------------------------------

    def cells_of(self, asked):
        row, column = asked.split('.')
        rows = self.version.rows if row == 'all' else [row]
        return [c for c in (f'{r}.{column}' for r in rows)
                if c in self.version.cells]

    def shown(self, row, asked):
        """(value as the API writes it, how many reports gave one)"""
        cells = self.cells_of(asked)
        if not cells:
            return None, 0
        column = self.version.column(cells[0])
        given = [g for c in cells for g in row.given[c]]
        shares = [s for c in cells for s in row.shares[c]]
        count = len(given)
        if not given and not shares:
            said = set().union(*(row.said[c] for c in cells))
            for state in ('withheld', 'none'):
                if state in said:
                    return {'state': state}, 0
            return None, 0
        said_in = sum(bool(row.given[c]) for c in cells)
        if ((column.how == 'none' and count > 1)
                or (column.how == 'last' and said_in > 1)):
            return {'state': 'not_added'}, count
        values = [v for v, _ in given]
        if column.how == 'last':
            value = max(given, key=lambda g: g[1])[0]
        else:
            value = {'sum': sum, 'min': min, 'max': max,
                     'none': sum}[column.how](values + shares)
        text = decimal(value, column.scale)
        return ({'value': text, 'apportioned': True} if shares else text,
                count)

    def shown_row(self, row, asked):
        shown = [self.shown(row, cell) for cell in asked]
        return {'expected': row.expected, 'reported': row.reported,
                'late': row.late, 'closed': row.closed,
                'restated': row.restated,
                'values': [value for value, _ in shown],
                'counts': [count for _, count in shown]}

    # --- what a total rests on --------------------------------------------

    def part(self, column, said):
        """What a report says of the cells asked, as the API writes it."""
        values = [v[1] for v in said if v[0] == 'value']
        if not values:
            withheld = any(v[0] == 'withheld' for v in said)
            return {'state': 'withheld' if withheld else 'none'}
        if column.how in ('last', 'none') and len(values) > 1:
            return {'state': 'not_added'}
        how = {'min': min, 'max': max}.get(column.how, sum)
        return decimal(how(values), column.scale)

    def parts(self, unit, kind, asked):
        """{(unit, version number): (ledger index, value, whole)}"""
        cells = self.cells_of(asked)
        found = {}
        for report in self.books.reports.values():
            version = report.sent(self.basis, self.index)
            if ((report.form, report.period.name)
                    != (self.form, self.period.name) or version is None):
                continue
            place = self.place(report.unit)
            if kind in ('unit', 'total'):
                belongs = unit in self.path(place.at)
            else:
                belongs = kind in self.holders(place)
            said = [version.cells[c] for c in cells if c in version.cells]
            if belongs and said:
                found[report.unit, report.number(version)] = (
                    version.index,
                    self.part(self.version.column(cells[0]), said),
                    place.whole)
        return found


def decimal(value, scale):
    sign = '-' if value < 0 else ''
    digits = str(abs(value)).rjust(scale + 1, '0')
    if scale == 0:
        return sign + digits
    return f'{sign}{digits[:-scale]}.{digits[-scale:]}'
