"""A report's life: draft, proposed, sent, accepted, returned, amended."""

import concurrent.futures
import re

import pytest

from acts import (BROKEN, CELLS, GOOD, Obligation, cell, good, ledger_size,
                  nothing_changes, refused)
from trying import ACTS, REASON, carried, try_act
from server import run


# ---- rules ------------------------------------------------------------------

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


# ---- acts -------------------------------------------------------------------

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




# ---- reasons and remarks ----------------------------------------------------

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


def test_a_remark_is_as_long_as_the_description_says(obligation):
    desk = obligation.desk
    cells = desk.get('/openapi.json').json['components']['schemas'][
        'DraftInput']['properties']['cells']['allOf'][0]
    most = next(kind['properties']['remark']['maxLength'] for kind
                in cells['additionalProperties']['oneOf']
                if 'remark' in kind.get('properties', {}))

    def remarked(length):
        return {'s01.c4': {'value': '7', 'remark': 'a' * length}}
    refused(obligation.open(desk, cells=remarked(most + 1)), 422,
            'input.invalid', **{'cells__s01.c4__remark': 'cell.remark'})
    assert obligation.open(desk, cells=remarked(most)).status == 201


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




# ---- states -----------------------------------------------------------------

# Which acts a state allows, whoever has the right; "-" is 404: unseen.
ALLOWED = {
    'drafted': {'draft', 'submit'},
    'proposed': {'withdraw', 'sign', 'send-back'},
    'sent': {'accept', 'send-back', 'amend'},
    'accepted': {'amend'},
    'correcting': {'draft', 'submit', 'accept', 'send-back', 'drop'},
}


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
