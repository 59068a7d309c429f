"""A report is opened: what one call may say, and what is told before there is one."""

import pytest

from acts import (CELLS, FORM, GOOD, OTHER_FORM, REPORTS, Obligation, cell,
                  good, ledger_size, nothing_changes, refused)


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
