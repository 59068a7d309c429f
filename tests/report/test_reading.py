"""What is told of reports, one and many, and to whom."""

from acts import FORM, GOOD, REPORTS, Obligation, cell, good, refused
from trying import REASON


def test_a_report_says_what_this_person_may_do_now(obligation):
    obligation.proposed()
    named = {client: [a['name'] for a in obligation.get(who)['actions']]
             for client, who in (('clerk', obligation.clerk),
                                 ('leader', obligation.leader))}
    assert named['clerk'] == ['withdraw']
    assert named['leader'] == ['withdraw', 'sign', 'send_back']


def test_a_stored_version_can_be_read_beside_the_draft(obligation):
    obligation.amending(good(1))
    obligation.save(obligation.clerk, good(2))
    assert cell(obligation.get(obligation.clerk), 's01.c4') == '2'
    assert cell(obligation.get(obligation.clerk, version=1), 's01.c4') == '1'


def test_a_version_that_does_not_exist_is_unknown(filed):
    refused(filed.get(filed.desk, version=2), 404, 'report.unknown')


def test_an_unchanged_report_is_not_sent_again(filed):
    tag = f'"{filed.revision}"'
    answer = filed.desk.send('GET', filed.path(),
                            headers={'If-None-Match': tag})
    assert (answer.status, answer.body) == (304, b'')


def test_a_report_that_does_not_exist_is_unknown(server):
    client = server.client('desk.d')
    refused(client.get(REPORTS + '/999999'), 404, 'report.unknown')
    refused(client.get(REPORTS + '/999999/history'), 404, 'report.unknown')


def test_a_report_s_number_is_a_number(server):
    for number in ('x', '0', '-1', '9' * 30, '1.5', '%31%00'):
        answer = server.client('desk.d').get(f'{REPORTS}/{number}')
        assert answer.status in (400, 404), answer


def test_the_unit_above_sees_nothing_of_a_draft(obligation):
    obligation.drafted()
    refused(obligation.get(obligation.above), 404, 'report.unknown')
    refused(obligation.above.get(obligation.path('/history')), 404,
            'report.unknown')


def test_the_unit_above_sees_the_signed_version_not_the_amendment(obligation):
    obligation.amending(good(1))
    obligation.save(obligation.clerk, good(2))
    assert cell(obligation.get(obligation.above), 's01.c4') == '1'


def test_the_history_tells_who_did_what_and_why(obligation):
    obligation.open(obligation.clerk, cells=GOOD)
    obligation.act(obligation.clerk, 'submit')
    obligation.act(obligation.leader, 'sign')
    obligation.act(obligation.above, 'send-back', REASON)
    items = obligation.desk.get(obligation.path('/history'))['items']
    assert [(i['act'], i['person'], i['reason']) for i in items] == [
        ('submit', 'clerk.d', None), ('sign', 'leader.d', None),
        ('send_back', 'province.d', REASON['reason'])]
    assert [i['ledger_index'] is None for i in items] == [True, False, False]


def listed(client, **query):
    answer = client.get(REPORTS, **query)
    assert answer.status == 200, answer
    return [item['id'] for item in answer['items']]


def test_reports_can_be_listed_by_unit_form_period_and_state(obligation):
    obligation.sent()
    query = {'unit': obligation.unit, 'period': obligation.period,
             'form': obligation.form}
    assert listed(obligation.desk, **query) == [obligation.id]
    assert listed(obligation.desk, **query, state='sent') == [obligation.id]
    assert listed(obligation.desk, **query, state='accepted') == []


def test_reports_below_a_unit_can_be_listed(obligation):
    obligation.sent()
    assert obligation.id in listed(obligation.above,
                                   children_of=obligation.server.unit('d'),
                                   period=obligation.period)
    assert listed(obligation.above, children_of=obligation.server.unit('c'),
                  period=obligation.period) == []


def test_a_list_goes_on_where_it_stopped(obligation):
    obligation.sent()
    client, found, after = obligation.desk, [], 0
    while after is not None:
        page = client.get(REPORTS, limit=2, after=after)
        found += [item['id'] for item in page['items']]
        after = page['next']
    assert found == listed(client, limit=500)
    assert len(found) == len(set(found))


def test_the_newest_reports_come_first(obligation):
    obligation.sent()
    found = listed(obligation.desk, limit=500)
    assert found[0] == obligation.id
    assert found == sorted(found, reverse=True)
    # Asked unit by unit and asked from all of them, the order is the same.
    above = listed(obligation.above, limit=500)
    assert above == sorted(above, reverse=True)
    assert above[0] == obligation.id


def test_the_list_is_narrowed_by_name_and_to_late_ones(obligation, at):
    obligation.sent()
    place = {'period': obligation.period, 'form': obligation.form}
    name = obligation.get(obligation.desk)['unit_name']
    for client in (obligation.desk, obligation.above):
        assert obligation.id in listed(client, q=name, **place)
        assert obligation.id in listed(client, q=name.upper(), limit=500)
        assert listed(client, q='no such name') == []
        assert obligation.id in listed(client, late='true', **place)
        assert obligation.id in listed(client, late='false', **place)
    refused(obligation.desk.get(REPORTS, late=''), 422, 'input.invalid',
            late='input.type')


def test_a_report_in_time_is_no_late_one(make_server):
    own = make_server('2025-09-15T09:00')
    report = Obligation(own, 'd11', '2025-Q3').sent()
    assert listed(own.client('desk.d')) == [report.id]
    assert listed(own.client('desk.d'), late='true') == []


def test_bad_filters_of_the_list_are_refused(server):
    client = server.client('desk.d')
    refused(client.get(REPORTS, form='II.99'), 422, 'input.invalid',
            form='form.unknown')
    for period in ('2025-09', '2020-Q3', 'x', ''):
        refused(client.get(REPORTS, period=period), 422, 'input.invalid',
                period='period.unknown')
        refused(client.get(REPORTS, form=FORM, period=period), 422,
                'input.invalid', period='period.unknown')
    refused(client.get(REPORTS, form='', state=''), 422, 'input.invalid',
            state='input.choice')
    refused(client.get(REPORTS, form=''), 422, 'input.invalid',
            form='form.unknown')
    refused(client.get(REPORTS, unit='x'), 422, 'unit.ref')
    refused(client.get(REPORTS, unit=''), 422, 'unit.ref', unit='unit.ref')
    refused(client.get(REPORTS, children_of=''), 422, 'unit.ref',
            children_of='unit.ref')
    refused(client.get(REPORTS, unit='999999'), 422, 'unit.unknown',
            unit='unit.unknown')
    refused(client.get(REPORTS, state='x'), 422, 'input.invalid',
            state='input.choice')
