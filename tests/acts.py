"""What the tests say about reports, in the words of the API."""

import contextlib

FORM = 'II.06a/VPCP/KSTT'
OTHER_FORM = 'II.07b/VPCP/KSTT'
SECTORS = [f's{n:02}' for n in range(1, 13)]
COLUMNS = [f'c{n}' for n in range(3, 14)]
# The order of a report's cells.
CELLS = [f'{row}.{column}' for row in SECTORS for column in COLUMNS]
REPORTS = '/api/v1/reports'

# One sector of a sound report: received 8 = settled 5 + pending 3.
GOOD = {'s01.c4': '5', 's01.c5': '3', 's01.c6': '0', 's01.c8': '2',
        's01.c9': '2', 's01.c10': '1', 's01.c12': '2', 's01.c13': '1'}
# Pending 3 of another sum than received 8 minus settled 4.
BROKEN = {**GOOD, 's01.c10': '0'}


def good(online):
    """A sound sector s01 with so many online dossiers, all settled early."""
    return {'s01.c4': str(online), 's01.c8': str(online)}


def cell(report, name):
    """A cell of an answered report by its id."""
    return report['cells'][CELLS.index(name)]


class Obligation:
    """A form to fill in: unit, period, and how far a test has brought it."""

    def __init__(self, server, unit, period, form=FORM):
        self.server = server
        self.unit = server.unit(unit)
        self.period = period
        self.form = form
        self.id = None
        self.revision = None

    def body(self, **more):
        return {'form': self.form, 'period': self.period,
                'unit': str(self.unit), **more}

    def open(self, client, revision=None, **more):
        """POST reports; revision: If-Match; more: cells, sign and the like."""
        answer = client.post(REPORTS, self.body(**more), revision=revision)
        if answer.status < 300:
            self.take(answer)
        return answer

    def take(self, answer):
        self.id = answer['id']
        self.revision = answer.revision

    def path(self, rest=''):
        return f'{REPORTS}/{self.id}{rest}'

    def get(self, client, **query):
        return client.get(self.path(), **query)

    def act(self, client, name, body=None, revision=None, key=None):
        answer = client.post(self.path('/' + name), body, key=key,
                             revision=revision or self.revision)
        if answer.status == 200:
            self.take(answer)
        return answer

    def save(self, client, cells, revision=None):
        answer = client.put(self.path('/draft'), {'cells': cells},
                            revision=revision or self.revision)
        if answer.status == 200:
            self.take(answer)
        return answer

    def drafted(self, cells=GOOD):
        assert self.open(self.desk, cells=cells).status == 201
        return self

    def proposed(self, cells=GOOD):
        assert self.open(self.desk, cells=cells, submit=True).status == 201
        return self

    def sent(self, cells=GOOD):
        answer = self.open(self.desk, cells=cells, sign=True)
        assert answer.status == 201, answer
        return self

    def accepted(self, cells=GOOD):
        self.sent(cells)
        assert self.act(self.above, 'accept').status == 200
        return self

    def amending(self, cells=GOOD):
        self.sent(cells)
        assert self.act(self.desk, 'amend',
                        {'reason': 'Nhập nhầm'}).status == 200
        return self

    def correcting(self, cells=GOOD):
        """An amendment that changes something."""
        self.amending(cells)
        assert self.save(self.desk, good(7)).status == 200
        return self

    # Who acts, in Tỉnh Cát Sơn.

    @property
    def clerk(self):
        return self.server.client('clerk.d')

    @property
    def leader(self):
        return self.server.client('leader.d')

    @property
    def desk(self):
        return self.server.client('desk.d')

    @property
    def above(self):
        return self.server.client('province.d')

    @property
    def stranger(self):
        return self.server.client('desk.x')


def ledger_size(server):
    return server.metric('ledger_entries')


def standing(server):
    """What may not change when something is refused: the ledger, and every
    report of those who take part in these tests with its revision."""
    lists = [server.client(login).get(REPORTS, limit=500).json['items']
             for login in ('desk.d', 'desk.x')]
    return ledger_size(server), lists


@contextlib.contextmanager
def nothing_changes(server):
    before = standing(server)
    yield
    assert standing(server) == before


def refused(answer, status, code, **faults):
    """A problem of that status and code; faults: pointer=code, written with
    __ for /."""
    assert answer.status == status, answer
    assert answer.code == code, answer
    wanted = {'/' + name.replace('__', '/'): fault
              for name, fault in faults.items()}
    for pointer, fault in wanted.items():
        assert answer.faults.get(pointer) == fault, answer
