"""The machine's clock leaps: nothing is written until it is back, or until an
administrator accepts it.

Both clocks are the test's: the one that is set, and the count since the machine
began, which goes on.
"""

import os

import pytest

from acts import GOOD, Obligation, ledger_size
from server import run

MORNING = '2025-12-10T09:00'
LATER = '2025-12-10T10:00'
BEGUN = 1000   # seconds since the machine began, in the morning


@pytest.fixture
def watched(make_server):
    return make_server(MORNING, steady=BEGUN)


@pytest.fixture(params=['2026-01-10T09:00', '2025-12-10T09:02',
                        '2025-12-10T08:58', '2015-12-10T09:00'])
def leap(request):
    """Where the clock goes: far, or just over the minute that it may."""
    return request.param


def obligation(server, unit='d11'):
    return Obligation(server, unit, '2025-Q3')


def filed(server, unit):
    one = obligation(server, unit)
    return one.open(one.desk, cells=GOOD, sign=True)


def clock(server, *words, status=0):
    return run('clock', *words, '--data', server.data,
               '--clock', server.clock.path, store=server.store,
               status=status)


def audit(server):
    return run('audit', '--data', server.data, store=server.store).stdout


def mark_of(server):
    return os.path.join(server.data, 'clock')


def begin_anew(server):
    """The machine: what was believed is of another run of it."""
    with open(mark_of(server), encoding='ascii') as file:
        words = file.read().split()
    with open(mark_of(server), 'w', encoding='ascii') as file:
        file.write(' '.join(['another', *words[1:]]) + '\n')


def stopped_by(server, code, unit='d11'):
    """It says so, reads, and writes nothing."""
    size = ledger_size(server)
    rows = audit(server)
    ready = server.client().get('/readyz')
    assert (ready.status, ready.code) == (503, code)
    assert server.metric('clock_stopped') == 1
    act = filed(server, unit)
    assert (act.status, act.code) == (503, code), act
    assert act.headers['Retry-After'] is not None
    draft = obligation(server, unit)
    assert draft.open(draft.desk, cells=GOOD).code == code
    signing_in = server.client().sign_in('with.password')
    assert (signing_in.status, signing_in.code) == (503, code)
    assert server.client('desk.d').get('/api/v1/reports').status == 200
    assert (ledger_size(server), audit(server)) == (size, rows)


def goes_on(server, unit='d11'):
    assert server.client().get('/readyz').status == 200
    assert server.metric('clock_stopped') == 0
    answer = filed(server, unit)
    assert answer.status == 201, answer
    return answer


def test_a_leap_stops_what_writes_until_the_clock_is_back(watched, leap):
    goes_on(watched, 'd12')
    watched.clock.set(leap)
    stopped_by(watched, 'clock.leapt')
    watched.clock.set(MORNING)
    answer = goes_on(watched)
    assert answer['sent_at'].startswith(MORNING), answer
    assert watched.log().count('event=clock.leapt') == 1
    assert watched.log().count('event=clock.right') == 1


def test_a_step_within_the_bound_is_none(watched):
    watched.clock.set('2025-12-10T09:01')
    goes_on(watched)


def test_the_bound_is_an_option(make_server):
    own = make_server(MORNING, steady=BEGUN, options={'clock.step': '10 min'})
    own.clock.set('2025-12-10T09:10')
    goes_on(own)
    own.clock.set('2025-12-10T09:21')
    stopped_by(own, 'clock.leapt', 'd12')


def test_a_machine_that_slept_has_not_leapt(watched):
    watched.clock.steady += 7 * 86400
    watched.clock.set('2025-12-17T09:00')
    goes_on(watched)


def test_a_restart_forgets_no_leap(watched, leap):
    watched.stop()
    watched.clock.set(leap)
    watched.start()
    stopped_by(watched, 'clock.leapt')
    assert 'jobs.failed' not in watched.log()
    watched.clock.set(MORNING)
    goes_on(watched)


def test_after_a_stop_a_later_time_is_as_good_as_any(watched):
    goes_on(watched)
    watched.stop()
    begin_anew(watched)
    watched.clock.steady = 5
    watched.clock.set('2026-01-10T09:00')
    watched.start()
    goes_on(watched, 'd12')


def test_a_machine_that_begins_before_the_last_entry_waits(watched):
    goes_on(watched)
    watched.stop()
    begin_anew(watched)
    watched.clock.steady = 5
    watched.clock.set('2025-12-09T09:00')
    watched.start()
    stopped_by(watched, 'clock.behind', 'd12')
    # It finds the time by itself, however far it is.
    watched.clock.set('2026-01-10T09:00')
    goes_on(watched, 'd12')


def test_an_administrator_accepts_the_clock_with_a_reason(watched):
    goes_on(watched)
    watched.clock.set(LATER)
    stopped_by(watched, 'clock.leapt', 'd12')
    assert 'clock.leapt' in clock(watched).stdout
    said = clock(watched, 'accept', 'The battery was changed')
    assert f'{LATER}:00' in said.stdout
    assert 'it is believed' in clock(watched).stdout
    row = [line for line in audit(watched).splitlines()
           if 'clock.accept' in line]
    assert len(row) == 1 and 'by 3600 s' in row[0], row
    assert 'The battery was changed' in row[0]
    assert goes_on(watched, 'd12')['sent_at'].startswith(LATER)


def test_a_clock_is_accepted_in_a_stopped_folder(watched):
    goes_on(watched)
    watched.clock.set(LATER)
    watched.stop()
    clock(watched, 'accept', 'The battery was changed')
    watched.start()
    assert goes_on(watched, 'd12')['sent_at'].startswith(LATER)


def test_an_accepted_clock_stays_so_when_the_machine_begins_anew(watched):
    """The ledger is ahead for good: a leap that nobody stopped."""
    goes_on(watched)
    watched.stop()
    begin_anew(watched)
    watched.clock.set('2025-12-09T09:00')
    assert 'clock.behind' in clock(watched).stdout
    clock(watched, 'accept', 'The ledger is a day ahead')
    begin_anew(watched)
    watched.start()
    goes_on(watched, 'd12')
    watched.stop()
    run('verify', '--data', watched.data, store=watched.store)


def test_there_is_nothing_to_accept_of_a_clock_that_is_right(watched):
    watched.stop()
    before = audit(watched)
    refused = clock(watched, 'accept', 'To be sure', status=1)
    assert 'clock.right' in refused.stderr
    watched.clock.set(LATER)
    for reason in ('', ' \u00a0', '\u200b', 'x' * 301, 'a\nb\x01'):
        refused = clock(watched, 'accept', reason, status=2)
        assert 'args.value' in refused.stderr
    assert 'args.count' in clock(watched, 'accept', status=2).stderr
    assert audit(watched) == before


def test_a_damaged_mark_is_as_good_as_none(watched):
    goes_on(watched)
    watched.stop()
    for content in (b'', b'\xff\x00', b'a b c d\n', b'1 2 3 4 5\n'):
        with open(mark_of(watched), 'wb') as file:
            file.write(content)
        assert 'it is believed' in clock(watched).stdout
    watched.clock.set('2025-12-09T09:00')
    assert 'clock.behind' in clock(watched).stdout


def test_a_clock_that_was_handed_in_is_not_watched(make_server):
    own = make_server(MORNING)
    own.clock.set('2035-12-10T09:00')
    assert own.client().get('/readyz').status == 200
    assert own.metric('clock_stopped') == 0
