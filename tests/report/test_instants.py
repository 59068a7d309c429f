"""One instant for an act: the ledger's, on every page."""

from acts import FORM, GOOD, Obligation
from server import run

FIGURES = '/api/v1/figures'
REASON = {'reason': 'Cột 6 chưa khớp kỳ trước'}
# 24:00 of the communes' deadline is between the two.
LATE, IN_TIME = '2025-09-18T00:00:30', '2025-09-17T23:59:30'


def test_what_is_signed_behind_a_later_entry_is_late_everywhere(make_server):
    """The clock is set back over a deadline, within what is no leap."""
    own = make_server(LATE)
    first = Obligation(own, 'd11', '2025-Q3').sent()
    own.clock.set(IN_TIME)
    second = Obligation(own, 'd12', '2025-Q3').sent()
    reports = [one.get(one.desk) for one in (first, second)]
    assert [report['late'] for report in reports] == [True, True]
    assert reports[0]['sent_at'] == reports[1]['sent_at']
    rows = own.client('centre').get(
        FIGURES, form=FORM, periods='2025-Q3', cells='all.c4',
        units=f"{own.unit('d11')},{own.unit('d12')}").json['rows']
    assert [row['periods'][0]['late'] for row in rows
            if row['kind'] == 'unit'] == [1, 1]
    listed = own.client('province.d').get(
        '/api/v1/obligations', unit=own.unit('d'), form=FORM,
        period='2025-Q3', limit=500)
    late = {item['unit']: item['late'] for item in listed['items']}
    assert late[own.unit('d11')] and late[own.unit('d12')]
    own.stop()
    run('doctor', '--data', own.data, store=own.store)


def test_acts_of_all_kinds_tell_the_time_of_their_entry(make_server):
    own = make_server(LATE)
    report = Obligation(own, 'd11', '2025-Q3').sent()
    at = report.get(report.desk)['sent_at']
    own.clock.set(IN_TIME)
    assert report.act(report.above, 'send-back', REASON).status == 200
    assert report.act(report.desk, 'submit').status == 200
    assert report.act(report.leader, 'sign').status == 200
    assert report.act(report.above, 'accept').status == 200
    history = report.desk.get(report.path('/history')).json['items']
    assert {act['at'] for act in history} == {at}
    closed = own.client('province.d').post('/api/v1/closings', {
        'form': FORM, 'period': '2025-Q3', 'unit': str(own.unit('d')),
        'reason': 'Quá hạn'})
    assert (closed.status, closed['at']) == (201, at)
    # The clock goes on, and so do the acts.
    own.clock.set('2025-09-18T08:00')
    later = Obligation(own, 'd12', '2025-Q3').sent(GOOD)
    assert later.get(later.desk)['sent_at'] == '2025-09-18T08:00:00+07:00'
    own.stop()
    run('doctor', '--data', own.data, store=own.store)
