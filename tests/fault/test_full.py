"""A disk that is full: nothing that was answered is lost, what cannot be kept
is refused with a problem document, and work goes on when there is room again.

The limit is the kernel's on the size of a file, set on the running server and
lifted again; for SQLite, whose files are the server's own.
"""

import os
import resource

import pytest
from acts import FORM, REPORTS, good, refused
from server import Server, engine, run, wait_until

pytestmark = pytest.mark.skipif(engine() != 'sqlite',
                                reason='the files of SQLite')
MOST = 3000   # reports until the log of SQLite has grown for sure


@pytest.fixture
def server(databases):
    made = Server('2025-12-10T09:00')
    made.start()
    yield made
    made.remove()


def limit_files(server, size):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (
        size, resource.RLIM_INFINITY))


def obligations(server):
    for year in range(2021, 2026):
        for quarter in range(1, 4):
            for n in range(1, 7):
                yield server.unit(f'd1{n}'), f'{year}-Q{quarter}'


def all_of(server, skipped):
    given = obligations(server)
    for _ in range(skipped):
        next(given)
    return given


def file_reports(server, given, most):
    """{id: value} of what was answered, and the refusal that ended it."""
    desk = server.client('desk.d')
    answered = {}
    for n, (unit, period) in zip(range(most), given):
        answer = desk.post(REPORTS, {
            'form': FORM, 'period': period, 'unit': str(unit),
            'cells': good(n), 'sign': True}, key=f'{unit}-{period}')
        if answer.status >= 500:
            return answered, answer
        assert answer.status == 201, answer
        answered[answer['id']] = n
    return answered, None


def check(server, answered):
    desk = server.client('desk.d')
    for number, value in answered.items():
        answer = desk.get(f'{REPORTS}/{number}')
        assert answer.status == 200, answer
        assert answer['state'] == 'sent'
        assert answer['cells'][1] == str(value), answer


def reports_counted(server):
    """What the totals say has been sent."""
    answer = server.client('centre').get(
        '/api/v1/figures', form=FORM, level=0, cells='all.c4',
        periods=','.join(f'{y}-Q{q}' for y in range(2021, 2026)
                         for q in range(1, 4)))
    return sum(period['reported'] for row in answer['rows']
               if row['kind'] == 'total' for period in row['periods'])


def test_a_full_disk_loses_nothing_and_passes(server):
    given = obligations(server)
    before, refusal = file_reports(server, given, 10)
    assert refusal is None
    wal = os.path.join(server.data, 'truc.db-wal')
    limit_files(server, os.path.getsize(wal) + 40000)
    while_full, refusal = file_reports(server, given, MOST)
    assert refusal is not None, 'the disk never was full'
    assert refusal.headers['Content-Type'] == 'application/problem+json'
    refused(refusal, 503, 'disk.full')
    assert refusal.headers['Retry-After'] in ('1', '2', '3', '4')
    answered = {**before, **while_full}
    # Reading goes on, and shows what was answered and nothing else.
    check(server, answered)
    assert reports_counted(server) == len(answered)
    # Who watches is told, and the log is not filled by it.
    ready = server.client().get('/readyz')
    refused(ready, 503, 'disk.full')
    assert 'Đĩa của máy chủ đã đầy' in ready['detail']
    assert ready.headers['Retry-After'] is not None
    assert server.metric('disk_full') == 1
    assert server.metric('faults_total') == 0
    for _ in range(100):
        _, refusal = file_reports(server, all_of(server, 10 + len(
            while_full)), 1)
        refused(refusal, 503, 'disk.full')
    assert 0 < server.log().count('event=request.failed') < 50

    limit_files(server, resource.RLIM_INFINITY)
    wait_until(lambda: server.client().get('/readyz').status == 200,
               'ready again')
    assert server.metric('disk_full') == 0
    # What was refused, again with its key: now it is done, once.
    retried, refusal = file_reports(server, all_of(server, 10 + len(
        while_full)), 1)
    assert refusal is None, refusal
    answered.update(retried)
    after, refusal = file_reports(server, given, 20)
    assert refusal is None, refusal
    answered.update(after)
    check(server, answered)
    assert reports_counted(server) == len(answered)
    server.kill()
    server.start()
    check(server, answered)
    assert reports_counted(server) == len(answered)
    server.stop()
    for command in ('verify', 'doctor'):
        run(command, '--data', server.data)
