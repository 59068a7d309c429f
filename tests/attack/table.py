"""The table of ./test attack: a line for each case that was measured, and for
what is no question of load the tests that show it."""

import dataclasses

from rows import ROWS

MULTIPLE = 10  # honest reads and saves: so many times the calm p99 ...
MOST_MS = 500  # ... and never over this
RESIDENT_MOST_MB = 1024
# What is printed is held against the bar by eye; what fails is so much over it
# that it is no noise, and a calm p99 below this is taken as this.
SLACK = 2
CALM_LEAST_MS = 2

HEAD = (f'{"case":64} {"held":>5} {"resident":>8} {"calm p99":>9} {"p99":>9} '
        f'{"times":>6} {"bar":>8}')


# Noise passes, what an attack does stays: so often it is measured again.
AGAIN = 3


def steady(measure):
    """The first of some cases that holds, or the last."""
    for _ in range(AGAIN):
        case = measure()
        if case.holds():
            break
    return case


def p99(took):
    """Of a sorted list."""
    return took[len(took) * 99 // 100]


@dataclasses.dataclass
class Case:
    row: int
    what: str
    held: int  # connections of the attack
    resident: int  # MB
    calm_ms: float  # p99
    p99_ms: float
    # Of what is no read or save, such as signing in: a bar of its own.
    bar_ms: float = 0

    def bar(self):
        return self.bar_ms or min(MOST_MS, MULTIPLE * self.calm_ms)

    def holds(self):
        """Is it no clear multiple of the bar?"""
        calm_ms = max(self.calm_ms, CALM_LEAST_MS)
        bar = self.bar_ms or min(MOST_MS, MULTIPLE * calm_ms)
        return self.p99_ms < SLACK * bar and self.resident < RESIDENT_MOST_MB

    def line(self):
        over = '' if self.p99_ms <= self.bar() else '  over'
        return (f'{self.what:64} {self.held:5} {self.resident:5} MB '
                f'{self.calm_ms:6.1f} ms {self.p99_ms:6.1f} ms '
                f'{self.p99_ms / self.calm_ms:6.1f} {self.bar():5.0f} ms{over}')


class Table:
    def __init__(self):
        self.cases = []

    def add(self, case):
        """Put it into the table, then hold it against its bars."""
        self.cases.append(case)
        assert case.holds(), f'{HEAD}\n{case.line()}'

    def text(self):
        lines = ['Under attack and under load; times are of honest people, in '
                 'the same run', '', HEAD]
        for number, row in ROWS.items():
            measured = [case for case in self.cases if case.row == number]
            lines.append(f'{number}. {row.what}')
            lines += [f'  {case.line()}' for case in measured]
            if row.is_load and not measured:
                lines.append('   not measured in this run')
            lines += [f'   {test}' for test in row.tests]
        return '\n'.join(lines)
