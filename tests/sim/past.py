"""The model's plausibility: what a unit, or those it was made of, had sent.

Written from src/report/past.h; the arithmetic is tests/regime/plausible.py.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                '..', 'regime'))
import plausible  # noqa: E402

QUARTERS = 4
MISSING = ('missing',)


def ancestors(country, unit):
    """The unit and all that went into it, in any number of steps."""
    found = [unit]
    for one in found:
        found += [u for (u, to, _), kind in country.links.items()
                  if to == one and kind != 'none' and u not in found]
    return found


def joined(a, b, how):
    if how != 'sum' or {a[0], b[0]} & {'missing', 'withheld'}:
        return MISSING
    amounts = [one[1] for one in (a, b) if one[0] == 'value']
    return ('value', sum(amounts)) if amounts else ('none',)


def known(books, report, period):
    """{cell: value} of a period before; None: nothing is known of it."""
    country, own = books.country, report.period.to
    version = report.form.version(report.period)
    level = country.level(report.unit, own)
    if report.form.version(period) is None:
        return None
    sent = []
    for unit in ancestors(country, report.unit):
        if not country.alive(unit, period.to) or \
                country.level(unit, period.to) != level:
            continue
        place = country.place(unit, own)
        if not place.whole:
            return None
        if place.at != report.unit:
            continue
        other = books.reports.get((report.form.code, period.name, unit))
        if other is None or other.sent() is None:
            return None
        sent.append(other.sent().cells)
    if not sent:
        return None
    total = {cell: sent[0].get(cell, MISSING) for cell in version.cells}
    for cells in sent[1:]:
        for cell in version.cells:
            total[cell] = joined(total[cell], cells.get(cell, MISSING),
                                 version.column(cell).how)
    return total


def far(books, report, cells):
    """Is a figure of the paper far from all that came before?"""
    version = report.form.version(report.period)
    asked = [(f'{row}.{column}', rule) for rule in version.plausible
             for row in version.rows for column in rule['columns']
             if cells.get(f'{row}.{column}', MISSING)[0] == 'value']
    if not asked:
        return False
    periods, period = [], report.period
    for _ in range(max(QUARTERS, *(rule.get('periods', 0)
                                   for _, rule in asked))):
        period = period.before()
        periods.append(known(books, report, period))
    for cell, rule in asked:
        history = [one[cell][1] if one and one[cell][0] == 'value' else None
                   for one in periods]
        scale = version.column(cell).scale
        found = plausible.expect(
            {**rule, 'floor': plausible.scaled(rule['floor'], scale)},
            history, QUARTERS)
        if plausible.verdict(found, cells[cell][1]) == 'broken':
            return True
    return False
