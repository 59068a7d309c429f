"""Forms, regimes and periods."""

from urllib.parse import quote

from acts import CELLS, FORM, OTHER_FORM, refused


def form(server, code=FORM, **query):
    return server.client('nobody').get(
        '/api/v1/forms/' + quote(code, safe=''), **query)


def test_the_shipped_forms_are_listed_with_their_versions(server):
    answer = server.client('nobody').get('/api/v1/forms')
    listed = {item['code']: item for item in answer['items']}
    assert sorted(listed) == [FORM, OTHER_FORM]
    assert len(listed[FORM]['versions']) == 1
    assert [(v['number'], v['from'], v['to'])
            for v in listed[OTHER_FORM]['versions']] == [
                (1, '2020-12-15', '2025-07-01'),
                (2, '2025-07-01', '2026-02-15')]


def test_the_form_has_132_cells_row_by_row(server):
    assert form(server)['cells'] == CELLS


def test_a_code_with_slashes_is_one_segment(server):
    answer = server.client('nobody').get('/api/v1/forms/' + FORM)
    refused(answer, 404, 'route.unknown')


def test_rules_are_data_with_severity_and_citation(server):
    rules = {rule['id']: rule for rule in form(server)['rules']}
    assert rules['r1.s01']['target'] == 's01.c3'
    assert rules['r1.s01']['terms'] == [
        {'cell': 's01.c4', 'sign': 1}, {'cell': 's01.c5', 'sign': 1},
        {'cell': 's01.c6', 'sign': 1}]
    assert rules['r4.s12']['severity'] == 'block'
    assert rules['r5.s01']['carry'] is True
    assert all(rule['citation'] for rule in rules.values())


def test_a_period_shows_the_version_that_holds_for_it(server):
    old = form(server, OTHER_FORM, period='2025-Q2')
    new = form(server, OTHER_FORM, period='2025-Q3')
    assert (old['version'], new['version']) == (1, 2)
    assert old['digest'] != new['digest']


def test_common_cells_keep_their_ids_across_versions(server):
    old = form(server, OTHER_FORM, period='2025-Q2')['cells']
    new = form(server, OTHER_FORM, period='2025-Q3')['cells']
    assert set(new) < set(old)
    assert set(old) - set(new) == {'d01.c5', 'd01.c9', 'd01.c13'}


def test_a_period_has_the_window_from_the_15th_to_the_14th(server):
    answer = form(server, period='2025-Q3')
    assert (answer['window_from'], answer['window_to']) == \
        ('2025-06-15', '2025-09-14')


def test_an_unknown_form_is_not_found(server):
    refused(form(server, 'II.99/VPCP/KSTT'), 404, 'form.unknown')


def test_a_period_of_another_calendar_is_refused(server):
    for period in ('2025-09', '2025-Q5', '2025', '1999-Q1', 'x', ''):
        refused(form(server, period=period), 422, 'input.invalid',
                period='period.unknown')


def test_a_period_before_the_form_has_no_version(server):
    refused(form(server, period='2020-Q4'), 422, 'input.invalid',
            period='form.no_version')


def test_reporters_say_who_owes_it_and_until_when(server):
    reporters = form(server)['reporters']
    assert {(r['level'], r['deadline_days']) for r in reporters} == \
        {(1, 8), (2, 5), (3, 3)}


def test_regimes_name_their_forms(server):
    answer = server.client('nobody').get('/api/v1/regimes')
    regimes = {item['code']: item for item in answer['items']}
    assert regimes['KSTT-06']['forms'] == [FORM]
    assert regimes['KSTT-06']['calendar'] == \
        {'kind': 'quarter', 'cutoff_day': 14}


def periods(server, **query):
    return server.client('nobody').get('/api/v1/periods', **query)


def test_periods_come_newest_first_and_say_which_is_open(server):
    items = periods(server, form=FORM)['items']
    ids = [item['id'] for item in items]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) <= 40
    is_open = {item['id']: item['is_open'] for item in items}
    assert is_open['2025-Q3'] is True
    assert is_open.get('2025-Q4', False) is False


def test_a_period_opens_at_the_start_of_its_last_day(server, at):
    def is_open(moment):
        at(moment)
        return {p['id']: p['is_open'] for p in
                periods(server, form=FORM)['items']}.get('2025-Q4', False)
    assert not is_open('2025-12-13T23:59')
    assert is_open('2025-12-14T00:00')


def test_a_period_has_the_structure_of_its_last_day(server):
    on = {p['id']: p['structure_on']
          for p in periods(server, form=FORM)['items']}
    assert (on['2025-Q2'], on['2025-Q3']) == ('2025-06-14', '2025-09-14')


def test_periods_need_a_known_form(server):
    refused(periods(server), 422, 'input.invalid', form='input.missing')
    for unknown in ('II.99', ''):
        refused(periods(server, form=unknown), 422, 'input.invalid',
                form='form.unknown')
