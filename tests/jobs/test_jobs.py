"""Background jobs: the nightly walk over the ledger, and an idle server."""

import os
import sqlite3
import time

import pytest

from server import engine, run, wait_until

EVENING = '2025-12-10T21:00'
NIGHT = '2025-12-11T02:00'


@pytest.fixture
def own(make_server):
    return make_server(EVENING)


def wait_for(server, name, least):
    """Asking is the event: the server has no other sign for it."""
    wait_until(lambda: server.metric(name) >= least, f'{name} of {least}')


def planned(server):
    """{kind: when next}, as truc jobs says beside the running server."""
    output = run('jobs', '--data', server.data, store=server.store).stdout
    assert 'No job has been given up.' in output
    rows = [line.split() for line in output.splitlines()
            if line.startswith('planned')]
    return {row[2].strip(','): row[1] for row in rows}


def test_what_runs_at_night_runs_once_and_is_planned_for_the_next(own):
    before = planned(own)
    due = sum(at <= NIGHT + ':00+07:00' for at in before.values())
    assert before['ledger.verify'] == '2025-12-11T02:00:00+07:00'
    own.clock.set(NIGHT)
    wait_for(own, 'jobs_done_total', due)
    assert planned(own)['ledger.verify'] == '2025-12-12T02:00:00+07:00'
    looks = own.metric('job_looks_total')
    wait_for(own, 'job_looks_total', looks + 9)
    assert own.metric('jobs_done_total') == due
    assert own.metric('jobs_failed_total') == 0


def test_a_night_missed_while_the_server_was_off_is_made_up_once(own):
    kinds = planned(own)
    own.stop()
    own.clock.set('2025-12-14T10:00')
    own.start()
    wait_for(own, 'jobs_done_total', len(kinds))
    assert planned(own)['ledger.verify'] == '2025-12-15T02:00:00+07:00'
    looks = own.metric('job_looks_total')
    wait_for(own, 'job_looks_total', looks + 9)
    # And, once, whoever follows the events of before: no planned one.
    assert own.metric('jobs_done_total') - len(kinds) in (0, 1)
    assert own.metric('jobs_failed_total') == 0


class Watch:
    """Whether anything was written: size and time of the files, and SQLite's
    own count of changes by others."""

    def __init__(self, server):
        self.server = server
        self.data = server.data
        self.base = None
        if engine() == 'sqlite':
            path = os.path.join(server.data, 'truc.db')
            self.base = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
            self.version()  # it has opened its files

    def version(self):
        return self.base.execute('PRAGMA data_version').fetchone()[0]

    def seen(self):
        if self.base is None:
            return None
        names = sorted(name for name in os.listdir(self.data)
                       if not name.endswith('-shm'))
        stats = [os.stat(os.path.join(self.data, name)) for name in names]
        return self.version(), [
            (name, stat.st_size, stat.st_mtime_ns)
            for name, stat in zip(names, stats)]

    def end(self):
        if self.base is not None:
            self.base.close()


    def written(self):
        return (self.seen(), self.server.metric('store_commits_total'),
                self.server.metric('store_units_total'))

    def is_at_rest(self):
        """Nothing was written during some looks for work."""
        before = self.written()
        wait_for(self.server, 'job_looks_total',
                 self.server.metric('job_looks_total') + 9)
        return self.written() == before


def test_an_idle_server_looks_but_writes_nothing(own):
    """Once it has come to rest: who follows the events begins after a start."""
    watch = Watch(own)
    rests = [watch.is_at_rest() for _ in range(4)]
    watch.end()
    assert rests[-2:] == [True, True], rests


@pytest.mark.skipif(engine() != 'sqlite', reason='changes the file itself')
def test_a_changed_entry_is_found_at_night(own):
    own.stop()
    base = sqlite3.connect(os.path.join(own.data, 'truc.db'))
    base.execute('UPDATE ledger_entry SET salt = zeroblob(16) '
                 'WHERE idx = (SELECT MAX(idx) / 2 FROM ledger_entry)')
    base.commit()
    base.close()
    own.start()
    own.clock.set(NIGHT)
    wait_for(own, 'jobs_failed_total', 1)
    own.clock.set('2025-12-11T02:01')
    wait_for(own, 'jobs_failed_total', 2)
    own.clock.set('2025-12-11T02:10')
    wait_for(own, 'jobs_failed_total', 3)
    own.stop()
    output = run('jobs', '--data', own.data).stdout
    assert 'ledger.verify  3 tries, ledger.broken' in output
