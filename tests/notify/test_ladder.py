"""Deadlines: who is reminded, when, and how often."""

from acts import Obligation
from server import wait_until

LETTERS = '/api/v1/me/letters'


def reminders(server, login, unit):
    return [letter for letter in
            server.client(login).get(LETTERS, limit=100)['items']
            if letter['unit'] == server.unit(unit) and
            letter['topic'].startswith('deadline.')]


def looked(server, day):
    """The day's reminding is done: the schedule waits for the next one."""
    server.clock.set(f'{day}T07:30')
    wait_until(lambda: server.metric('notify_ladder_day') == int(
        day.replace('-', '')), f'the reminders of {day}')


# The window of 2025-Q4 ends on 14 December; communes have three days.
def test_each_rung_is_told_once_and_never_to_who_has_sent(make_server):
    server = make_server('2025-12-13T09:00')
    looked(server, '2025-12-15')
    near = reminders(server, 'clerk.d', 'd11')
    assert [item['topic'] for item in near] == ['deadline.near'], near
    assert 'in 2 days' in near[0]['text']
    server.stop()
    server.start()
    Obligation(server, 'd12', '2025-Q4').sent()
    looked(server, '2025-12-17')
    assert [item['topic'] for item in reminders(server, 'clerk.d', 'd11')] \
        == ['deadline.today', 'deadline.near']
    assert len(reminders(server, 'clerk.d', 'd12')) == 1


def test_after_days_without_a_server_the_newest_rung_is_told_alone(
        make_server):
    server = make_server('2025-12-12T09:00')
    looked(server, '2025-12-13')
    server.stop()
    server.clock.set('2025-12-22T09:00')
    server.start()
    looked(server, '2025-12-22')
    [late] = reminders(server, 'leader.d', 'd11')
    assert late['topic'] == 'deadline.over'
    assert '5 days overdue' in late['text']
    looked(server, '2025-12-23')
    assert len(reminders(server, 'leader.d', 'd11')) == 1


def test_a_rung_is_told_once_though_the_server_is_killed(make_server):
    server = make_server('2025-12-12T09:00')
    looked(server, '2025-12-13')
    server.clock.set('2025-12-15T07:30')
    for _ in range(4):
        server.kill()
        server.start()
    looked(server, '2025-12-15')
    for unit in ('d11', 'd21', 'd36'):
        assert len(reminders(server, 'clerk.d', unit)) == 1
