"""What a day takes of one report, one person and one key."""

import pytest
from acts import GOOD, Obligation, good, nothing_changes, refused
from server import Server

NOW = '2025-12-10T09:00'
REASON = {'reason': 'nhập nhầm'}


@pytest.fixture
def bounded(databases):
    """A server with bounds of its own; all are removed."""
    made = []

    def start(**options):
        server = Server(NOW, options={
            f'report.{name}': value for name, value in options.items()})
        made.append(server)
        return server.start()
    yield start
    for server in made:
        server.remove()


def full(answer):
    refused(answer, 429, 'report.day_full')
    # Till midnight.
    assert answer.headers['Retry-After'] == str(15 * 3600 + 1), answer


def test_every_writing_of_a_paper_is_bounded(bounded):
    """Four papers, each used up at another step."""
    server = bounded(saves_a_day=2)
    drafted = Obligation(server, 'd11', '2025-Q3').drafted(good(1))
    drafted.save(drafted.clerk, good(2))
    proposed = Obligation(server, 'd12', '2025-Q3').drafted()
    assert proposed.act(proposed.desk, 'submit').status == 200
    amended = Obligation(server, 'd13', '2025-Q3').amending()
    assert amended.save(amended.desk, good(3)).status == 200
    sent = Obligation(server, 'd14', '2025-Q3').amending()
    assert sent.act(sent.desk, 'drop').status == 200
    with nothing_changes(server):
        full(drafted.save(drafted.clerk, good(3)))
        full(drafted.open(drafted.clerk, cells=good(3)))
        full(drafted.act(drafted.clerk, 'submit'))
        full(proposed.act(proposed.desk, 'send-back', REASON))
        full(amended.act(amended.desk, 'drop'))
        full(sent.act(sent.desk, 'amend', REASON))
    # What is there is read, signed and accepted, and others go on.
    assert drafted.get(drafted.clerk).status == 200
    assert proposed.act(proposed.desk, 'sign').status == 200
    assert proposed.act(proposed.above, 'accept').status == 200
    Obligation(server, 'd15', '2025-Q3').drafted()
    server.clock.set('2025-12-11T00:00')
    assert drafted.save(drafted.clerk, good(3)).status == 200


def test_versions_of_a_report_are_bounded(bounded):
    server = bounded(versions_a_day=2)
    filed = Obligation(server, 'd11', '2025-Q3').sent(good(1))
    assert filed.open(filed.desk, cells=good(2), sign=True,
                      reason='1').status == 200
    paper = filed.open(filed.desk, cells=good(3), submit=True, reason='2')
    with nothing_changes(server):
        full(filed.act(filed.desk, 'sign'))
    assert paper.status == 200


def test_a_key_s_bound_stops_no_other_key(bounded):
    server = bounded(versions_a_day_key=2, saves_a_day_key=1000)
    for unit in ('d11', 'd12'):
        Obligation(server, unit, '2025-Q3').sent(GOOD)
    third = Obligation(server, 'd13', '2025-Q3')
    full(third.open(third.desk, cells=GOOD, sign=True))
    assert third.open(third.leader, cells=GOOD, sign=True).status == 201


def test_a_restart_begins_the_day_anew(bounded):
    """As docs/options.md says."""
    server = bounded(versions_a_day_key=1)
    Obligation(server, 'd11', '2025-Q3').sent(GOOD)
    other = Obligation(server, 'd12', '2025-Q3')
    full(other.open(other.desk, cells=GOOD, sign=True))
    server.stop()
    server.start()
    assert other.open(other.desk, cells=GOOD, sign=True).status == 201
