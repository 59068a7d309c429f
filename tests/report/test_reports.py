"""A report's life: draft, proposed, sent, accepted, returned, amended."""

import concurrent.futures
import re

import pytest

from acts import (BROKEN, CELLS, FORM, GOOD, OTHER_FORM, REPORTS, Obligation, cell,
                  good,
                  ledger_size, nothing_changes, refused)
from server import run

REASON = {'reason': 'Cột 6 chưa khớp kỳ trước'}


# ---- opening ---------------------------------------------------------------

def test_one_call_fills_signs_and_sends(obligation):
    answer = obligation.open(obligation.desk, cells=GOOD, sign=True)
    assert answer.status == 201
    assert (answer['state'], answer['standing']) == ('sent', 'sent')
    assert (answer['version'], answer['sent_version']) == (1, 1)
    assert answer['has_draft'] is False
    assert answer['ledger_index'] == ledger_size(obligation.server) - 1


def test_one_call_can_leave_a_draft(obligation):
    answer = obligation.open(obligation.clerk, cells=GOOD)
    assert answer.status == 201
    assert (answer['state'], answer['standing']) == ('draft', 'none')
    assert answer['has_draft'] is True
    assert answer['ledger_index'] is None


def test_a_draft_leaves_the_ledger_alone(obligation):
    before = ledger_size(obligation.server)
    obligation.open(obligation.clerk, cells=GOOD, submit=True)
    assert ledger_size(obligation.server) == before


def test_a_draft_may_be_empty(obligation):
    answer = obligation.open(obligation.clerk)
    assert answer.status == 201
    assert answer['cells'] == [None] * len(CELLS)


def test_opening_twice_gives_the_same_report(obligation):
    first = obligation.open(obligation.clerk, cells=GOOD)
    again = obligation.open(obligation.clerk)
    assert again.status == 200
    assert again['id'] == first['id']
    assert again['cells'] == first['cells']


def test_sums_are_filled_in_on_the_way(obligation):
    obligation.sent()
    report = obligation.get(obligation.desk)
    assert cell(report, 's01.c3') == '8'
    assert cell(report, 's01.c7') == '5'
    assert cell(report, 's01.c11') == '3'


def test_a_nil_report_is_all_zero_in_one_call(obligation):
    answer = obligation.open(obligation.desk, nil=True, sign=True)
    assert answer.status == 201
    assert answer['cells'] == ['0'] * len(CELLS)


@pytest.mark.parametrize('cells', [GOOD, {}, {'s01.c4': None}])
def test_a_nil_report_has_no_cells(untouched, cells):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, nil=True, cells=cells,
                               sign=True),
                422, 'input.invalid', nil='report.two_answers')


def test_what_is_signed_is_not_left_unsubmitted(untouched):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, cells=GOOD, sign=True,
                               submit=False),
                422, 'input.invalid', submit='report.two_answers')
        refused(untouched.open(untouched.desk, cells=GOOD, submit=1), 422,
                'input.invalid', submit='input.type')


def test_members_that_say_the_same_are_taken(obligation):
    assert obligation.open(obligation.clerk, cells=GOOD, nil=False,
                           submit=False, sign=False)['state'] == 'draft'
    assert obligation.open(obligation.desk, submit=True, sign=True,
                           )['state'] == 'sent'


@pytest.mark.parametrize('more', [{}, {'submit': True}, {'sign': True}])
def test_a_nil_report_over_open_cases_names_their_cells(server, more):
    first = Obligation(server, 'b22', '2024-Q1')
    client = server.client('desk.b22')
    assert first.open(client, cells={'s01.c4': '9', 's01.c8': '5',
                                     's01.c12': '4'},
                      sign=True).status in (200, 201, 409)
    again = Obligation(server, 'b22', '2024-Q2')
    with nothing_changes(server):
        answer = again.open(client, nil=True, **more)
    refused(answer, 409, 'report.rule_broken')
    assert list(answer.faults) == ['/cells/s01.c6']


def test_a_nil_report_after_a_period_that_left_nothing_open(server):
    client = server.client('desk.b22')
    first = Obligation(server, 'b22', '2022-Q3')
    assert first.open(client, cells=good(3), sign=True).status == 201
    again = Obligation(server, 'b22', '2022-Q4')
    assert again.open(client, nil=True, sign=True).status == 201


def test_zero_none_and_missing_stay_distinct(obligation):
    obligation.open(obligation.clerk,
                    cells={'s02.c4': '0', 's02.c5': {'state': 'none'},
                                             's02.c6': None,
                                             's03.c4': {'state': 'withheld'}})
    report = obligation.get(obligation.clerk)
    assert cell(report, 's02.c4') == '0'
    assert cell(report, 's02.c5') == {'state': 'none'}
    assert cell(report, 's02.c6') is None
    assert cell(report, 's03.c4') == {'state': 'withheld'}


def test_a_remark_stays_with_its_cell(obligation):
    obligation.open(obligation.clerk, cells={
        's02.c4': {'value': '7', 'remark': 'Tăng do đợt cấp đổi'}})
    assert cell(obligation.get(obligation.clerk), 's02.c4') == \
        {'remark': 'Tăng do đợt cấp đổi', 'value': '7'}


def test_integers_are_taken_like_decimal_texts(obligation):
    obligation.open(obligation.clerk, cells={'s02.c4': 12})
    assert cell(obligation.get(obligation.clerk), 's02.c4') == '12'


def test_a_unit_may_be_named_by_code_and_day(server):
    obligation = Obligation(server, 'a23', '2023-Q1')
    obligation.open(server.client('desk.a23'), unit='area:01203@2023-01-01',
                    cells=GOOD)
    seen = obligation.get(server.client('desk.a23'))
    assert seen['unit'] == server.unit('a23')


def test_an_unknown_form_is_pointed_at(untouched):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, form='II.99'), 422, 'input.invalid',
                form='form.unknown')


def test_an_unknown_period_is_pointed_at(untouched):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, period='2025-Q9'), 422, 'input.invalid',
                period='period.unknown')


def test_a_unit_that_does_not_exist_is_unknown(untouched):
    refused(untouched.open(untouched.desk, unit='999999'), 422,
            'unit.unknown', unit='unit.unknown')


def test_a_unit_code_needs_a_day(untouched):
    refused(untouched.open(untouched.desk, unit='area:03101'), 422,
            'unit.code_needs_date')


def test_a_malformed_unit_is_refused(untouched):
    refused(untouched.open(untouched.desk, unit='Xã Cát Hòa'), 422, 'unit.ref')


def test_a_period_that_is_not_open_is_refused(server):
    obligation = Obligation(server, 'd11', '2025-Q4')
    with nothing_changes(server):
        refused(obligation.open(obligation.desk, cells=GOOD, sign=True), 409,
                'period.not_open')


def test_what_a_report_to_be_made_is_of_is_named_and_known(server):
    client = server.client('desk.d')
    sound = {'form': FORM, 'period': '2025-Q3', 'unit': server.unit('d11')}
    for wrong, code in (({'form': 'II.99'}, 'form.unknown'),
                        ({'period': '2025-09'}, 'period.unknown'),
                        ({'unit': 'x'}, 'unit.ref'),
                        ({'unit': 'area:03101'}, 'unit.code_needs_date'),
                        ({'unit': '999999'}, 'unit.unknown')):
        member = next(iter(wrong))
        refused(client.get(f'{REPORTS}/new', **{**sound, **wrong}), 422,
                'input.invalid' if member != 'unit' else code)
    refused(client.get(f'{REPORTS}/new', **{**sound, 'form': OTHER_FORM}), 409,
            'report.not_owed')


def test_a_report_that_is_not_owed_is_refused(server):
    obligation = Obligation(server, 'd11', '2025-Q3', form=OTHER_FORM)
    with nothing_changes(server):
        refused(obligation.open(obligation.desk), 409, 'report.not_owed')


def test_the_form_of_provinces_is_owed_by_provinces(server):
    obligation = Obligation(server, 'c', '2025-Q3', form=OTHER_FORM)
    answer = obligation.open(server.client('province.c'), sign=True,
                             cells={'d01.c4': '10', 'd01.c6': '20'})
    assert answer.status == 201
    assert answer['cells'][0] == '30'


def test_cells_of_a_form_version_that_ended_are_unknown(server):
    old = Obligation(server, 'b', '2025-Q2', form=OTHER_FORM)
    new = Obligation(server, 'b', '2025-Q3', form=OTHER_FORM)
    client = server.client('province.b')
    assert old.open(client, cells={'d01.c5': '1'}).status == 201
    refused(new.open(client, cells={'d01.c5': '1'}), 422, 'input.invalid',
            **{'cells__d01.c5': 'cell.unknown'})


def test_a_foreign_unit_s_report_is_unknown(untouched):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.stranger, cells=GOOD, sign=True), 404,
                'report.unknown')


def test_who_edits_nothing_may_not_open(untouched):
    refused(untouched.open(untouched.server.client('viewer.c')), 403, 'access.denied')


def test_a_clerk_may_not_sign_in_the_same_call(untouched):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.clerk, cells=GOOD, sign=True), 403,
                'access.denied')


@pytest.mark.parametrize('value, code', [
    ('x', 'cell.number'), ('', 'cell.number'), ('1,5', 'cell.number'),
    ('1e3', 'cell.number'), ('+1', 'cell.number'), (' 1', 'cell.number'),
    ('007', 'cell.number'), ('-0', 'cell.number'), ('NaN', 'cell.number'),
    ('1.5', 'cell.scale'), ('1.0', 'cell.scale'),
    ('-1', 'cell.range'), ('1000000000', 'cell.range'), (-1, 'cell.range'),
    (2 ** 63 - 1, 'cell.range'), ('9' * 30, 'cell.range'),
    (True, 'cell.type'), (1.5, 'cell.type'), ([], 'cell.type'),
    ({}, 'cell.state'), ({'state': 'none', 'value': '1'}, 'cell.state'),
])
def test_a_bad_value_is_pointed_at(untouched, value, code):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, cells={**GOOD, 's02.c4': value},
                          sign=True),
                422, 'input.invalid', **{'cells__s02.c4': code})


@pytest.mark.parametrize('value, pointer, code', [
    ({'state': 'gone'}, 'state', 'cell.state'),
    ({'state': 1}, 'state', 'cell.state'),
    ({'state': 'value'}, 'state', 'cell.state'),
    ({'value': 1}, 'value', 'cell.type'),
    ({'value': '1', 'remark': 1}, 'remark', 'cell.remark'),
    ({'value': '1', 'remark': 'x' * 2001}, 'remark', 'cell.remark'),
    ({'value': '1', 'more': 1}, 'more', 'cell.type'),
])
def test_a_bad_member_of_a_cell_is_pointed_at(untouched, value, pointer, code):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, cells={'s02.c4': value}), 422,
                'input.invalid', **{f'cells__s02.c4__{pointer}': code})


def test_all_bad_cells_are_told_at_once(untouched):
    answer = untouched.open(untouched.desk, cells={'s01.c3': 'x', 's99.c3': '1',
                                         's01.c4': '1.5'})
    refused(answer, 422, 'input.invalid', **{
        'cells__s01.c3': 'cell.number', 'cells__s99.c3': 'cell.unknown',
        'cells__s01.c4': 'cell.scale'})


def test_cells_must_be_an_object(untouched):
    refused(untouched.open(untouched.desk, cells=[1]), 422, 'input.invalid',
            cells='cell.type')


def test_the_largest_value_is_taken(obligation):
    obligation.open(obligation.clerk, cells={'s02.c4': '999999999'})
    assert cell(obligation.get(obligation.clerk), 's02.c4') == '999999999'


# ---- rules -----------------------------------------------------------------

def test_a_broken_blocking_rule_stops_the_submission(untouched):
    with nothing_changes(untouched.server):
        answer = untouched.open(untouched.desk, cells=BROKEN, sign=True)
        refused(answer, 409, 'report.rule_broken',
                **{'cells__s01.c3': 'r4.s01'})


def test_a_broken_rule_is_shown_in_a_draft(obligation):
    obligation.drafted(BROKEN)
    obligation.save(obligation.clerk, {**BROKEN, 's01.c3': '9'})
    findings = {f['rule']: f
                for f in obligation.get(obligation.clerk)['findings']}
    assert findings['r1.s01']['expected'] == '8'
    assert findings['r1.s01']['severity'] == 'block'
    assert findings['r1.s01']['citation']


def test_a_broken_rule_is_told_in_the_caller_s_language(untouched):
    english = untouched.open(untouched.desk, cells=BROKEN, submit=True)
    vietnamese = untouched.server.client('desk.d', language='vi')
    answer = untouched.open(vietnamese, cells=BROKEN, submit=True)
    assert '(column 3)' in english['errors'][0]['message']
    assert '(cột 3)' in answer['errors'][0]['message']


def test_a_submission_by_its_own_call_is_judged_too(obligation):
    obligation.drafted(BROKEN)
    with nothing_changes(obligation.server):
        refused(obligation.act(obligation.clerk, 'submit'), 409,
                'report.rule_broken')


def carried(server, unit, first, second, client, pending):
    """Two periods in a row, the second without a word about column 6."""
    before = Obligation(server, unit, first)
    before.open(client, sign=True, cells={
        's01.c4': '9', 's01.c8': str(9 - pending), 's01.c12': str(pending)})
    after = Obligation(server, unit, second)
    return after, after.open(client, cells={'s01.c4': '1'})


def test_column_6_is_prefilled_from_column_11_of_the_period_before(server):
    client = server.client('desk.b22')
    _, answer = carried(server, 'b22', '2021-Q1', '2021-Q2', client, 4)
    assert cell(answer, 's01.c6') == '4'
    assert answer['previous'][CELLS.index('s01.c11')] == '4'


def test_another_column_6_is_a_note_and_no_obstacle(server):
    client = server.client('desk.b22')
    obligation, _ = carried(server, 'b22', '2022-Q1', '2022-Q2', client, 4)
    answer = obligation.open(client, sign=True,
                             cells={**good(1), 's01.c6': '0'})
    assert answer.status == 200, answer
    assert answer['flags'] == 1
    assert [f['severity'] for f in answer['findings']] == ['note']


# ---- reading ---------------------------------------------------------------

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


# ---- acts ------------------------------------------------------------------

def test_clerk_leader_and_the_unit_above_bring_it_home(obligation):
    obligation.open(obligation.clerk, cells=GOOD)
    assert obligation.act(obligation.clerk, 'submit')['state'] == 'proposed'
    assert obligation.act(obligation.leader, 'sign')['state'] == 'sent'
    answer = obligation.act(obligation.above, 'accept')
    assert (answer['state'], answer['accepted_version']) == ('accepted', 1)


def test_signing_and_accepting_are_ledger_entries(obligation):
    obligation.proposed()
    before = ledger_size(obligation.server)
    obligation.act(obligation.leader, 'sign')
    assert ledger_size(obligation.server) == before + 1
    obligation.act(obligation.above, 'accept')
    assert ledger_size(obligation.server) == before + 2


def test_a_draft_can_be_saved_again_and_again(obligation):
    obligation.drafted()
    assert obligation.save(obligation.clerk, good(3)).status == 200
    assert obligation.save(obligation.clerk, good(4)).status == 200
    assert cell(obligation.get(obligation.clerk), 's01.c4') == '4'


def test_what_a_save_does_not_name_becomes_missing(obligation):
    obligation.drafted()
    obligation.save(obligation.clerk, {'s02.c4': '1'})
    assert cell(obligation.get(obligation.clerk), 's01.c4') is None


def test_bad_cells_of_a_save_are_pointed_at(obligation):
    obligation.drafted()
    with nothing_changes(obligation.server):
        refused(obligation.save(obligation.clerk,
                                {'s99.c1': '1', 's01.c4': True}), 422,
                'input.invalid', **{'cells__s99.c1': 'cell.unknown',
                                    'cells__s01.c4': 'cell.type'})


def test_the_leader_gives_it_back_to_the_clerk(obligation):
    obligation.proposed()
    before = ledger_size(obligation.server)
    answer = obligation.act(obligation.leader, 'send-back', REASON)
    assert (answer['state'], answer['reason']) == ('returned',
                                                   REASON['reason'])
    assert ledger_size(obligation.server) == before
    assert obligation.save(obligation.clerk, good(2)).status == 200
    assert obligation.act(obligation.clerk, 'submit')['state'] == 'proposed'


def test_a_returned_first_version_no_longer_stands(obligation):
    obligation.sent()
    answer = obligation.act(obligation.above, 'send-back', REASON)
    assert (answer['standing'], answer['sent_version']) == ('none', 0)
    assert obligation.get(obligation.clerk)['state'] == 'returned'


def test_a_returned_report_can_be_signed_again_as_the_next_version(obligation):
    obligation.sent(good(1))
    obligation.act(obligation.above, 'send-back', REASON)
    obligation.revision = obligation.get(obligation.desk).revision
    obligation.save(obligation.desk, good(2))
    obligation.act(obligation.desk, 'submit')
    answer = obligation.act(obligation.desk, 'sign')
    assert (answer['version'], answer['sent_version']) == (2, 2)
    assert cell(answer, 's01.c4') == '2'


def test_the_old_version_counts_until_the_amendment_is_signed(obligation):
    obligation.amending(good(1))
    assert obligation.get(obligation.desk)['sent_version'] == 1
    obligation.save(obligation.desk, good(2))
    obligation.act(obligation.desk, 'submit')
    assert obligation.get(obligation.desk)['sent_version'] == 1
    answer = obligation.act(obligation.desk, 'sign')
    assert answer['sent_version'] == 2


def test_a_returned_second_version_falls_back_to_the_first(obligation):
    obligation.amending(good(1))
    obligation.save(obligation.desk, good(2))
    obligation.act(obligation.desk, 'submit')
    obligation.act(obligation.desk, 'sign')
    answer = obligation.act(obligation.above, 'send-back', REASON)
    assert (answer['standing'], answer['sent_version']) == ('sent', 1)


def test_one_call_with_a_reason_amends_what_was_sent(obligation):
    obligation.sent(good(1))
    answer = obligation.open(obligation.desk, cells=good(2), sign=True,
                             reason='Nhập nhầm cột 4')
    assert answer.status == 200
    assert (answer['version'], cell(answer, 's01.c4')) == (2, '2')


def test_one_call_amends_what_was_accepted(obligation):
    obligation.accepted(good(1))
    answer = obligation.open(obligation.desk, cells=good(2), sign=True,
                             reason='Nhập nhầm cột 4')
    assert (answer['standing'], answer['accepted_version']) == ('sent', 1)


# GOOD with its sums, in other words.
SAME = [GOOD, {c: int(v) for c, v in GOOD.items()},
        {c: {'value': v, 'remark': ''}
         for c, v in reversed(list(GOOD.items()))},
        {**GOOD, 's01.c3': '8', 's01.c7': 5, 's01.c11': {'value': '3'},
         's02.c4': None, 's02.c5': {'state': 'missing'}}]


@pytest.mark.parametrize('cells', [None, *SAME])
def test_an_amendment_that_changes_nothing_is_refused(filed, cells):
    more = {} if cells is None else {'cells': cells}
    with nothing_changes(filed.server):
        for act in ({'sign': True}, {'submit': True}):
            refused(filed.open(filed.desk, reason='gửi lại', **act, **more),
                    409, 'report.unchanged')


def test_an_unchanged_amendment_is_refused_step_by_step_too(obligation):
    obligation.amending()
    refused(obligation.act(obligation.desk, 'submit'), 409,
            'report.unchanged')
    obligation.save(obligation.desk, SAME[1])
    refused(obligation.act(obligation.desk, 'submit'), 409,
            'report.unchanged')
    remark = {**GOOD, 's01.c5': {'value': '3', 'remark': 'đã đối chiếu'}}
    obligation.save(obligation.desk, remark)
    assert obligation.act(obligation.desk, 'submit').status == 200
    assert obligation.act(obligation.desk, 'sign')['version'] == 2


def test_a_paper_that_says_what_counts_by_now_is_not_signed(obligation):
    obligation.sent(good(1))
    obligation.open(obligation.desk, cells=good(2), sign=True, reason='sai')
    obligation.open(obligation.desk, cells=good(1), submit=True,
                    reason='bản đầu đúng')
    obligation.act(obligation.above, 'send-back', REASON)
    refused(obligation.act(obligation.desk, 'sign'), 409, 'report.unchanged')


def test_what_was_sent_back_is_signed_again_as_it_was(obligation):
    obligation.sent()
    obligation.act(obligation.above, 'send-back', REASON)
    obligation.act(obligation.desk, 'submit')
    assert obligation.act(obligation.desk, 'sign')['version'] == 2


def test_the_history_names_the_version_that_was_accepted(obligation):
    obligation.sent(good(1))
    obligation.open(obligation.desk, cells=good(2), sign=True, reason='sai')
    obligation.act(obligation.above, 'send-back', REASON)
    assert obligation.act(obligation.above, 'accept')['sent_version'] == 1
    items = obligation.desk.get(obligation.path('/history'))['items']
    assert [(i['act'], i['version']) for i in items][-2:] == [
        ('send_back', 2), ('accept', 1)]


def test_a_dropped_amendment_leaves_what_was_sent(obligation):
    obligation.amending(good(1))
    obligation.save(obligation.clerk, good(2))
    answer = obligation.act(obligation.clerk, 'drop')
    assert (answer['state'], answer['has_draft'], answer['reason'],
            cell(answer, 's01.c4')) == ('sent', False, None, '1')
    inside = obligation.clerk.get(obligation.path('/history'))['items']
    assert [i['act'] for i in inside] == ['submit', 'sign', 'amend', 'drop']
    above = obligation.above.get(obligation.path('/history'))['items']
    assert [i['act'] for i in above] == ['sign']


def test_a_draft_saved_as_it_was_is_not_written(obligation):
    obligation.drafted()
    before = obligation.get(obligation.desk)
    with nothing_changes(obligation.server):
        for cells in SAME[:3]:
            answer = obligation.save(obligation.clerk, cells)
            assert (answer.status, answer.json) == (200, before.json)
        answer = obligation.open(obligation.clerk, cells=SAME[1])
        assert (answer.status, answer.revision) == (200, before.revision)


# ---- before there is one ----------------------------------------------------

def foreseen(obligation, client=None, **other):
    asked = {**obligation.body(), **other}
    return (client or obligation.clerk).get(f'{REPORTS}/new', **asked)


def test_looking_at_a_report_to_be_made_writes_nothing(untouched):
    with nothing_changes(untouched.server):
        answer = foreseen(untouched)
    assert (answer.status, answer['id'], answer['revision'],
            answer['state'], answer['has_draft'], answer['actions'],
            answer.headers['ETag']) == (
                200, 0, 0, 'not_started', False, [], '"0"')


def test_it_begins_as_it_would_be_opened(obligation):
    before = foreseen(obligation)
    opened = obligation.open(obligation.clerk)
    for name in ('cells', 'previous', 'deadline', 'unit_name', 'checks'):
        assert before[name] == opened[name]
    # From then on it is given as it is.
    again = foreseen(obligation)
    assert (again['id'], again.revision) == (obligation.id,
                                             obligation.revision)


def test_of_two_who_saw_none_the_first_opens_it(obligation):
    assert obligation.open(obligation.clerk, revision=0,
                           cells=GOOD).status == 201
    for client in (obligation.desk, obligation.clerk):
        with nothing_changes(obligation.server):
            answer = obligation.open(client, revision=0, cells=good(9))
        refused(answer, 412, 'report.stale')
        assert answer['revision'] == obligation.revision


def test_nobody_looks_where_they_could_not_open_one(untouched):
    for login in ('gov', 'desk.x'):
        assert foreseen(untouched,
                        untouched.server.client(login)).status in (403, 404)
    refused(foreseen(untouched, period='2025-Q4'), 409, 'period.not_open')


# ---- taken back from the leader ---------------------------------------------

def audited(obligation):
    """What the audit says of the report, the oldest first."""
    server = obligation.server
    rows = run('audit', '--limit', '200', '--data', server.data,
               store=server.store).stdout.splitlines()
    return [row for row in reversed(rows) if ' report.' in row]


def test_who_submitted_takes_it_back_and_submits_it_again(obligation):
    obligation.open(obligation.clerk, cells=GOOD, submit=True)
    answer = obligation.act(obligation.clerk, 'withdraw')
    assert (answer['state'], answer['has_draft'], cell(answer, 's01.c4')) == (
        'draft', True, '5')
    assert {a['name'] for a in answer['actions']} == {'save', 'submit'}
    assert obligation.save(obligation.clerk, good(6)).status == 200
    assert obligation.act(obligation.clerk, 'submit').status == 200
    inside = obligation.clerk.get(obligation.path('/history'))['items']
    assert [i['act'] for i in inside] == ['submit', 'withdraw', 'submit']
    acts = [re.search(r' (report\.\w+)', row)[1]
            for row in audited(obligation)]
    assert acts[-3:] == ['report.submit', 'report.withdraw', 'report.submit']


def test_an_amendment_taken_back_keeps_its_reason(obligation):
    obligation.amending(good(1))
    obligation.save(obligation.desk, good(2))
    obligation.act(obligation.desk, 'submit')
    answer = obligation.act(obligation.clerk, 'withdraw')
    assert (answer['state'], answer['standing'], answer['reason']) == (
        'draft', 'sent', 'Nhập nhầm')


@pytest.mark.parametrize('first', ('sign', 'withdraw'))
def test_signed_or_taken_back_at_once_one_wins_and_the_other_hears(obligation,
                                                                  first):
    obligation.proposed()
    read = obligation.revision
    people = {'sign': obligation.leader, 'withdraw': obligation.clerk}
    assert obligation.act(people.pop(first), first, None, read).status == 200
    (late, client), = people.items()
    with nothing_changes(obligation.server):
        answer = obligation.act(client, late, None, read)
    refused(answer, 412, 'report.stale')
    assert answer['revision'] == read + 1
    # Who reads it again hears what it is by now.
    with nothing_changes(obligation.server):
        refused(obligation.act(client, late, None, read + 1), 409,
                'report.wrong_state')


def test_of_many_at_once_one_takes_it_back_or_one_signs(obligation):
    obligation.proposed()
    read = obligation.revision

    def act(number):
        kind, client = (('sign', obligation.leader),
                        ('withdraw', obligation.clerk))[number % 2]
        return client.post(obligation.path('/' + kind), None,
                           revision=read).status
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        came = sorted(pool.map(act, range(8)))
    assert came == [200] + [412] * 7


def test_a_reason_given_over_an_amendment_on_the_desk_is_its_reason(obligation):
    obligation.amending(good(1))
    assert obligation.open(obligation.desk, cells=good(2),
                           reason='Cột 5 nhầm')['reason'] == 'Cột 5 nhầm'
    # Also without a cell, and what is signed has it.
    assert obligation.open(obligation.desk,
                           reason='Cột 4 nhầm')['reason'] == 'Cột 4 nhầm'
    assert obligation.act(obligation.desk, 'submit').status == 200
    with nothing_changes(obligation.server):
        refused(obligation.open(obligation.desk, reason='Khác'), 409,
                'report.wrong_state')
    obligation.act(obligation.desk, 'sign')
    items = obligation.desk.get(obligation.path('/history'))['items']
    assert (items[-1]['act'], items[-1]['reason']) == ('sign', 'Cột 4 nhầm')


def test_a_reason_is_not_written_over_that_of_somebody_else_unread(obligation):
    obligation.amending(good(1))
    with nothing_changes(obligation.server):
        refused(obligation.open(obligation.clerk, reason='Khác'), 409,
                'report.other_writer')
    assert obligation.open(obligation.clerk, reason='Khác',
                           revision=obligation.revision)['reason'] == 'Khác'


def test_the_same_submission_again_without_a_reason_is_refused(filed):
    with nothing_changes(filed.server):
        refused(filed.open(filed.desk, cells=GOOD, sign=True), 409,
                'report.wrong_state')


def test_an_empty_reason_is_none(filed):
    with nothing_changes(filed.server):
        refused(filed.open(filed.desk, cells=GOOD, reason=''), 422,
                'input.invalid', reason='report.reason')
        refused(filed.act(filed.desk, 'amend', {'reason': ''}), 422,
                'input.invalid', reason='report.reason')
        refused(filed.act(filed.above, 'send-back', {'reason': ''}), 422,
                'input.invalid', reason='report.reason')


# Blanks and marks, and what is not seen at all.
SILENT = (' ', '\u00a0', '\t \n', '\u200b\u2060\ufeff', '\u2028', '\u3164',
          '\u0301', ' … ')


@pytest.mark.parametrize('text', SILENT)
def test_a_reason_is_something_to_read(filed, text):
    with nothing_changes(filed.server):
        for answer in (
                filed.open(filed.desk, cells=good(6), reason=text),
                filed.act(filed.desk, 'amend', {'reason': text}),
                filed.act(filed.above, 'send-back', {'reason': text})):
            refused(answer, 422, 'input.invalid', reason='report.reason')


@pytest.mark.parametrize('text', SILENT)
def test_a_remark_is_something_to_read(untouched, text):
    with nothing_changes(untouched.server):
        refused(untouched.open(untouched.desk, cells={
            's01.c4': {'value': '7', 'remark': text}}), 422, 'input.invalid',
                **{'cells__s01.c4__remark': 'cell.remark'})


def test_the_leader_too_gives_a_reason_that_is_something_to_read(obligation):
    obligation.proposed()
    with nothing_changes(obligation.server):
        refused(obligation.act(obligation.leader, 'send-back',
                               {'reason': '\u00a0'}),
                422, 'input.invalid', reason='report.reason')


def test_a_reason_has_a_limit(filed):
    refused(filed.act(filed.desk, 'amend', {'reason': 'x' * 2001}), 422,
            'input.invalid', reason='input.too_long')


def test_a_reason_is_needed(filed):
    refused(filed.act(filed.desk, 'amend', {}), 422, 'input.invalid',
            reason='input.missing')


ACTS = ['draft', 'submit', 'withdraw', 'sign', 'accept', 'send-back', 'amend',
        'drop']
INSIDE = {'draft', 'submit', 'withdraw', 'sign', 'amend', 'drop'}
# Which acts a state allows, whoever has the right; "-" is 404: unseen.
ALLOWED = {
    'drafted': {'draft', 'submit'},
    'proposed': {'withdraw', 'sign', 'send-back'},
    'sent': {'accept', 'send-back', 'amend'},
    'accepted': {'amend'},
    'correcting': {'draft', 'submit', 'accept', 'send-back', 'drop'},
}


def try_act(obligation, act, revision=None):
    client = obligation.desk
    if (act == 'accept' or
            act == 'send-back' and obligation.state != 'proposed'):
        client = obligation.above
    if act == 'draft':
        return obligation.save(client, GOOD, revision)
    body = REASON if act in ('send-back', 'amend') else None
    return obligation.act(client, act, body, revision)


@pytest.mark.parametrize('act', ACTS)
@pytest.mark.parametrize('state', ALLOWED)
def test_each_state_allows_its_acts_and_no_others(obligation, state, act):
    getattr(obligation, state)()
    obligation.state = state
    answer = try_act(obligation, act)
    if act in ALLOWED[state]:
        assert answer.status == 200, answer
    elif state in ('drafted', 'proposed') and act in ('accept', 'send-back'):
        refused(answer, 404, 'report.unknown')
    else:
        refused(answer, 409, 'report.wrong_state')


# ---- two at one paper, by POST ----------------------------------------------

def test_nobody_writes_over_the_cells_of_somebody_else_unseen(obligation):
    obligation.open(obligation.clerk, cells=GOOD)
    with nothing_changes(obligation.server):
        answer = obligation.open(obligation.desk, cells=good(9), sign=True)
    refused(answer, 409, 'report.other_writer')
    assert answer['revision'] == obligation.revision
    assert cell(obligation.get(obligation.clerk), 's01.c4') == '5'
    assert obligation.open(obligation.desk, revision=answer['revision'],
                           cells=good(9), sign=True).status == 200


def test_a_nil_report_over_the_cells_of_somebody_else_is_no_less(obligation):
    obligation.open(obligation.clerk, cells=GOOD)
    with nothing_changes(obligation.server):
        refused(obligation.open(obligation.desk, nil=True), 409,
                'report.other_writer')


def test_an_empty_reason_is_none(obligation):
    assert obligation.open(obligation.desk, cells=GOOD, sign=True,
                           reason='').status == 201
    with nothing_changes(obligation.server):
        refused(obligation.open(obligation.desk, cells=good(9), reason=''),
                422, 'input.invalid', reason='report.reason')


def test_one_goes_on_with_his_own_cells(obligation):
    obligation.open(obligation.desk, cells=GOOD)
    assert obligation.open(obligation.desk, cells=good(9)).status == 200


def test_who_saves_last_is_the_writer(obligation):
    obligation.open(obligation.desk, cells=GOOD)
    assert obligation.save(obligation.clerk, good(4)).status == 200
    refused(obligation.open(obligation.desk, cells=good(9)), 409,
            'report.other_writer')
    assert obligation.open(obligation.clerk, cells=good(9)).status == 200


def test_saved_as_it_was_a_paper_keeps_its_writer(obligation):
    obligation.open(obligation.desk, cells=GOOD)
    assert obligation.save(obligation.clerk, GOOD).status == 200
    assert obligation.open(obligation.desk, cells=good(9)).status == 200


def test_a_paper_that_was_only_opened_is_nobodys(obligation):
    obligation.open(obligation.clerk)
    assert obligation.open(obligation.desk, cells=GOOD).status == 200


def test_reading_by_post_writes_over_nothing(obligation):
    first = obligation.open(obligation.clerk, cells=GOOD)
    again = obligation.open(obligation.desk)
    assert (again.status, again['cells']) == (200, first['cells'])


def test_an_amendment_of_somebody_else_is_not_written_over(obligation):
    obligation.sent()
    assert obligation.act(obligation.clerk, 'amend', REASON).status == 200
    refused(obligation.open(obligation.desk, cells=good(9), reason='Nhầm'),
            409, 'report.other_writer')


def test_what_was_sent_back_is_still_its_writers(obligation):
    obligation.sent()
    assert obligation.act(obligation.above, 'send-back', REASON).status == 200
    refused(obligation.open(obligation.clerk, cells=good(9)), 409,
            'report.other_writer')
    assert obligation.open(obligation.desk, cells=good(9),
                           sign=True).status == 200


def test_a_revision_that_was_not_read_is_stale_to_post(obligation):
    obligation.open(obligation.desk, cells=GOOD)
    obligation.save(obligation.desk, good(4))
    for more in ({'cells': good(9)}, {'nil': True}, {}, {'sign': True}):
        with nothing_changes(obligation.server):
            answer = obligation.open(obligation.desk,
                                     revision=obligation.revision - 1, **more)
        refused(answer, 412, 'report.stale')
        assert answer['revision'] == obligation.revision


def test_a_revision_of_a_report_that_does_not_exist_is_stale(untouched):
    with nothing_changes(untouched.server):
        answer = untouched.open(untouched.desk, revision=1, cells=GOOD)
    refused(answer, 412, 'report.stale')
    assert 'revision' not in answer.json


@pytest.mark.parametrize('value', ('7', '"x"', '*', 'W/"7"', ''))
def test_a_malformed_if_match_is_no_less_refused_by_post(untouched, value):
    with nothing_changes(untouched.server):
        refused(untouched.desk.send('POST', REPORTS,
                                    untouched.body(cells=GOOD),
                                    {'If-Match': value}),
                422, 'input.if_match')


# ---- what was read is what is acted on ---------------------------------------

@pytest.mark.parametrize('act', ACTS)
def test_an_act_on_an_older_revision_is_stale(obligation, act):
    obligation.correcting()
    obligation.state = 'correcting'
    with nothing_changes(obligation.server):
        refused(try_act(obligation, act, obligation.revision - 1), 412,
                'report.stale')


@pytest.mark.parametrize('act', ACTS)
def test_who_may_not_act_hears_that_whatever_revision_he_read(filed, act):
    client = filed.server.client('gov' if act in INSIDE else 'centre')
    body = REASON if act in ('send-back', 'amend') else None
    old = filed.revision + 7
    with nothing_changes(filed.server):
        answer = (filed.save(client, GOOD, old) if act == 'draft' else
                  filed.act(client, act, body, old))
        refused(answer, 403, 'access.denied')
        # What the input would be refused for is not said either.
        if act == 'draft':
            refused(filed.save(client, {'no.cell': 'x'}, old), 403,
                    'access.denied')


@pytest.mark.parametrize('act', ACTS)
@pytest.mark.parametrize('header', [None, '', '7', 'W/"7"', '"x"', '"1', '*'])
def test_an_act_needs_the_revision_it_was_read_at(filed, act, header):
    method = 'PUT' if act == 'draft' else 'POST'
    body = ({'cells': {}} if act == 'draft' else
            REASON if act in ('send-back', 'amend') else None)
    client = filed.above if act == 'accept' else filed.desk
    answer = client.send(method, filed.path('/' + act), body,
                         {'If-Match': header})
    refused(answer, 422, 'input.if_match')


@pytest.mark.parametrize('act', ACTS)
def test_a_foreign_report_is_acted_on_like_one_that_does_not_exist(filed, act):
    client = filed.server.client(
        'province.c' if act in ('accept', 'send-back') else 'desk.x')
    body = REASON if act in ('send-back', 'amend') else None
    foreign, absent = [
        client.put(f'{REPORTS}/{number}/draft', {'cells': {}}, revision=1)
        if act == 'draft' else
        client.post(f'{REPORTS}/{number}/{act}', body, revision=1)
        for number in (filed.id, 999999)]
    refused(foreign, 404, 'report.unknown')
    refused(absent, 404, 'report.unknown')
    assert foreign['detail'] == absent['detail']


@pytest.mark.parametrize('act', ACTS)
def test_an_act_needs_its_right(filed, act):
    # Who reads it, but may do nothing with it.
    client = filed.server.client('gov' if act in INSIDE else 'centre')
    body = REASON if act in ('send-back', 'amend') else None
    with nothing_changes(filed.server):
        answer = (filed.save(client, GOOD) if act == 'draft' else
                  filed.act(client, act, body))
        refused(answer, 403, 'access.denied')


def test_only_the_unit_directly_above_accepts(filed):
    refused(filed.act(filed.server.client('gov'), 'accept'), 403,
            'access.denied')


def test_the_reporter_does_not_accept_its_own_report(server):
    obligation = Obligation(server, 'c', '2025-Q3')
    client = server.client('province.c')
    obligation.open(client, cells=GOOD, sign=True)
    refused(obligation.act(client, 'accept'), 403, 'access.denied')
    assert obligation.act(server.client('gov'), 'accept').status == 200


# ---- accepting many --------------------------------------------------------

def accept_many(client, ids):
    return client.post(REPORTS + '/accept', {'ids': ids})


def test_many_reports_are_accepted_each_with_its_outcome(server, obligations):
    made = [Obligation(server, *obligations.pop()).sent() for _ in range(2)]
    made.append(Obligation(server, *obligations.pop()).drafted())
    ids = [d.id for d in made] + [999999]
    answer = accept_many(made[0].above, ids)
    assert [(i['id'], i['ok'], i['code']) for i in answer['items']] == [
        (ids[0], True, None), (ids[1], True, None),
        (ids[2], False, 'report.unknown'), (ids[3], False, 'report.unknown')]
    assert made[0].get(made[0].desk)['state'] == 'accepted'


def test_a_flagged_report_waits_for_a_look(server):
    client = server.client('desk.b22')
    obligation, _ = carried(server, 'b22', '2023-Q1', '2023-Q2', client, 4)
    obligation.open(client, sign=True, cells={**good(1), 's01.c6': '0'})
    above = server.client('province.b')
    answer = accept_many(above, [obligation.id])
    assert answer['items'] == [{'id': obligation.id, 'ok': False,
                                'code': 'report.flagged'}]
    assert obligation.act(above, 'accept').status == 200


def test_the_same_report_twice_is_accepted_once(obligation):
    obligation.sent()
    answer = accept_many(obligation.above, [obligation.id, obligation.id])
    assert [(i['ok'], i['code']) for i in answer['items']] == [
        (True, None), (True, None)]
    acts = obligation.above.get(f'{REPORTS}/{obligation.id}/history')['items']
    assert [act['act'] for act in acts].count('accept') == 1


def test_many_are_accepted_once_for_a_key(obligation):
    obligation.sent()
    key = 'accept-' + str(obligation.id)
    answers = [obligation.above.post(REPORTS + '/accept',
                                     {'ids': [obligation.id, 999999]},
                                     key=key) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert [(i['ok'], i['code']) for i in answers[0]['items']] == [
        (True, None), (False, 'report.unknown')]


@pytest.mark.parametrize('ids, pointer, code', [
    ([], 'ids', 'input.range'), (7, 'ids', 'input.type'),
    (list(range(1, 502)), 'ids', 'input.too_long'),
    ([1, 0], 'ids__1', 'input.range'), ([1, 'x'], 'ids__1', 'input.type'),
    ([1.5], 'ids__0', 'input.type'),
])
def test_a_bad_list_of_reports_is_pointed_at(server, ids, pointer, code):
    refused(accept_many(server.client('province.d'), ids), 422,
            'input.invalid', **{pointer: code})


# ---- across the reform -----------------------------------------------------

def test_a_successor_s_people_act_on_the_open_obligation_of_an_abolished_unit(
        server):
    obligation = Obligation(server, 'a11', '2025-Q2')
    client = server.client('desk.x')
    assert obligation.open(client, cells=GOOD, sign=True).status == 201
    assert obligation.act(server.client('province.c'), 'accept').status == 200


def test_both_successors_of_a_split_unit_may_act(server):
    obligation = Obligation(server, 'a21', '2025-Q2')
    obligation.open(server.client('desk.x'), cells=GOOD)
    assert obligation.save(server.client('desk.y'), good(1)).status == 200


def test_an_abolished_unit_owes_nothing_after_its_end(server):
    obligation = Obligation(server, 'a11', '2025-Q3')
    refused(obligation.open(server.client('desk.x'), cells=GOOD), 409,
            'report.not_owed')


def test_before_the_reform_the_district_accepts(make_server):
    """Its own server: an act is never before the one that came before it."""
    server = make_server('2025-03-20T09:00')
    obligation = Obligation(server, 'a12', '2025-Q1')
    obligation.open(server.client('desk.a12'), cells=GOOD, sign=True)
    refused(obligation.act(server.client('province.a'), 'accept'), 403,
            'access.denied')
    assert obligation.act(server.client('district.a1'), 'accept').status == 200


def test_after_the_reform_the_new_province_accepts_what_was_sent_before(
        make_server):
    server = make_server('2025-06-20T09:00')
    obligation = Obligation(server, 'a13', '2025-Q2')
    obligation.open(server.client('desk.a13'), cells=GOOD, sign=True)
    server.clock.set('2025-07-02T09:00')
    assert obligation.act(server.client('province.c'), 'accept').status == 200


def test_a_report_after_its_deadline_is_late(make_server):
    server = make_server('2025-09-17T23:59')
    in_time = Obligation(server, 'x', '2025-Q3')
    assert in_time.open(server.client('desk.x'), cells=GOOD,
                        sign=True)['late'] is False
    server.clock.set('2025-09-18T00:00')
    late = Obligation(server, 'y', '2025-Q3')
    assert late.open(server.client('desk.y'), cells=GOOD,
                     sign=True)['late'] is True
