"""Reports on their way while something breaks, again and again: what was answered
is there exactly once, what was not is there whole or not at all.

Eight clients file, accept and amend reports, each with an Idempotency-Key, and
each in one act at a time: so a report's version and state say exactly how many
of its acts have happened.
"""

import functools
import random
import threading
import time

from acts import FORM, REPORTS, good, ledger_size
from crowd import Crowd
from server import SANITIZER, run

CLIENTS = 8
VERIFY_EVERY = 5


class Work:
    """One report on its way: signed, accepted, amended, accepted ..."""

    def __init__(self, unit, period):
        self.unit = unit
        self.period = period
        self.id = None
        self.revision = 0
        self.acts = 0        # acts that were answered
        self.open = None     # the act that was sent and not answered
        self.value = None    # what counts

    def next_act(self, dice):
        """(login, path, body, revision, key) of the next act."""
        key = f'{self.unit}-{self.period}-{self.acts}'
        if self.acts % 2 == 1:
            return ('province.d', f'{REPORTS}/{self.id}/accept', None,
                    self.revision, key)
        # Never what counts already: that would be no amendment; and never
        # so far from another period that it must be explained.
        self.value = 500 + ((self.value or 0) + dice.randrange(1, 500)) % 500
        body = {'form': FORM, 'period': self.period, 'unit': str(self.unit),
                'cells': good(self.value), 'sign': True}
        if self.acts > 0:
            body['reason'] = f'lần {self.acts}'
        return ('desk.d', REPORTS, body, None, key)

    def send(self, server, act):
        login, path, body, revision, key = act
        return server.client(login).post(path, body, key=key,
                                         revision=revision)

    def answered(self, answer):
        assert answer.status in (200, 201), answer
        self.acts += 1
        self.id = answer['id']
        self.revision = answer.revision
        self.open = None
        self.expect(answer, self.acts)

    def expect(self, answer, acts):
        """So many acts have happened, no more, no fewer."""
        signed, accepted = (acts + 1) // 2, acts // 2
        assert answer['version'] == signed, (acts, answer)
        assert answer['accepted_version'] == accepted, (acts, answer)
        assert answer['state'] == ('accepted' if acts % 2 == 0 else 'sent')

    def read(self, server):
        return server.client('desk.d').get(f'{REPORTS}/{self.id}')

    def check(self, server):
        """What was answered is there, with its figures."""
        if self.id is None:
            return
        answer = self.read(server)
        assert answer.status == 200, answer
        self.expect(answer, self.acts)
        assert answer.revision == self.revision
        value = answer['cells'][1]   # s01.c4
        assert value == str(self.value), (self.value, answer)

    def settle(self, server):
        """The act without an answer: whole or not at all, then once."""
        act, self.open = self.open, None
        if self.id is not None:
            done = self.read(server).revision != self.revision
            self.expect(self.read(server), self.acts + done)
        elif self.acts == 0:
            found = server.client('desk.d').get(
                REPORTS, form=FORM, period=self.period, unit=self.unit)
            assert len(found['items']) in (0, 1), found
            assert all(item['state'] == 'sent' for item in found['items'])
        self.answered(self.send(server, act))
        again = self.send(server, act)
        assert again.status in (200, 201), again
        assert again.revision == self.revision, again


class Load(Crowd):
    """Clients at work until the server goes away or refuses an act with one of
    these codes: then it is open, too."""

    def __init__(self, server, works, dice, refusals=()):
        self.server = server
        self.dice = dice
        self.refusals = refusals
        self.refused = threading.Event()
        self.stopping = threading.Event()
        self.touched = set()
        super().__init__([functools.partial(self.act, works[n::CLIENTS])
                          for n in range(CLIENTS)])

    def act(self, works):
        dice = random.Random(self.dice.random())
        while not self.stopping.is_set():
            work = dice.choice(works)
            work.open = work.next_act(dice)
            self.touched.add(work)
            answer = work.send(self.server, work.open)
            if answer.status >= 500 and answer.code in self.refusals:
                self.refused.set()
                return
            work.answered(answer)

    def stop(self):
        """Each client after its act."""
        self.stopping.set()
        self.end()


def die_while_starting(server, dice):
    """Another power cut before it is up again."""
    def strike():
        while server.process is None:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.1))
        server.process.kill()
    killer = threading.Thread(target=strike)
    killer.start()
    try:
        server.start()
    except AssertionError:
        pass   # it had no time to say where it listens
    killer.join()
    server.process.wait()
    server.end_process()


def check_total(server, works):
    """The nation's totals are the sums of what was answered."""
    wanted = {}
    for work in works:
        if work.acts > 0:
            wanted[work.period] = wanted.get(work.period, 0) + work.value
    periods = sorted({work.period for work in works})
    answer = server.client('centre').get(
        '/api/v1/figures', form=FORM, level=0, cells='all.c4',
        periods=','.join(periods))
    total = answer['rows'][-1]
    assert total['kind'] == 'total'
    told = {period: int(shown['values'][0])
            for period, shown in zip(periods, total['periods'])
            if shown['values'][0] is not None}
    assert told == wanted, (told, wanted)


def verify(server, size):
    told = run('verify', '--data', server.data, store=server.store).stdout
    assert f': {size} entries, no gap' in told, told


class Follower:
    """Reads events by its cursor, in the middle of the load and after each
    power cut."""

    def __init__(self, server):
        self.server = server
        self.place = 'start'
        self.seen = []

    def read(self):
        more = True
        while more:
            answer = self.server.client('centre').get(
                '/api/v1/events', after=self.place)
            assert answer.status == 200, answer
            self.seen += [(e['id'], e['type'], e['object_id'], e['cursor'])
                          for e in answer['items']]
            self.place, more = answer['next'], answer['more']

    def check(self, first, done):
        """What it saw, piece by piece, is what is there: nothing was shown
        that a cut took back, nothing missed, nothing twice."""
        whole = Follower(self.server)
        whole.read()
        self.read()
        assert self.seen == whole.seen
        acts = [e for e in self.seen
                if e[0].startswith('l')
                and int(e[0][1:].split('.')[0]) >= first]
        assert len(acts) == done
        assert all(e[1].startswith('vn.truc.report.') for e in acts)


def power_cut(server, load, dice):
    """A fault: it comes while the clients are at work, and at its end the
    server is there for all."""
    server.kill()
    load.end()
    if dice.random() < 0.1:
        die_while_starting(server, dice)
    server.start()


def survives(server, rounds, seed, faults=(power_cut,), refusals=()):
    """So many faults; the server is stopped afterwards."""
    dice = random.Random(seed)
    works = [Work(server.unit(f'd1{n}'), f'{year}-Q{quarter}')
             for n in range(1, 7) for year in range(2021, 2025)
             for quarter in range(1, 5)]
    server.start()
    first = ledger_size(server)
    follower = Follower(server)
    for n in range(1, rounds + 1):
        load = Load(server, works, dice, refusals)
        time.sleep(dice.uniform(0, 0.25))
        follower.read()
        dice.choice(faults)(server, load, dice)
        for work in load.touched:
            if work.open is None:
                work.check(server)
            else:
                work.settle(server)
                work.check(server)
        done = sum(work.acts for work in works)
        size = ledger_size(server)
        assert size == first + done, (n, size, first, done)
        check_total(server, works)
        if n % VERIFY_EVERY == 0:
            verify(server, first + done)
    for work in works:
        work.check(server)
    follower.check(first, sum(work.acts for work in works))
    server.stop()
    done = sum(work.acts for work in works)
    print(f'{done} acts, {rounds} faults')
    assert done > rounds
    verify(server, first + done)
    told = run('doctor', '--data', server.data, store=server.store).stdout
    assert 'All is well.' in told
    assert not SANITIZER.search(server.log())
