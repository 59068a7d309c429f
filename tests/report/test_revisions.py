"""What was read is what is written over and acted on."""

import pytest

from acts import (GOOD, REPORTS, Obligation, cell, good, nothing_changes,
                  refused)
from trying import ACTS, INSIDE, REASON, try_act


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


def test_an_empty_reason_over_what_counts_is_none(obligation):
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
