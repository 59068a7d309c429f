"""Who owes which report, and how far it has come."""

from acts import FORM, GOOD, OTHER_FORM, Obligation, refused

OBLIGATIONS = '/api/v1/obligations'


def mine(client, **query):
    answer = client.get(OBLIGATIONS, mine='true', **query)
    assert answer.status == 200, answer
    return answer


def below(client, unit, period, **query):
    answer = client.get(OBLIGATIONS, form=FORM, period=period, unit=unit,
                        **query)
    assert answer.status == 200, answer
    return answer


def of(answer, unit, period):
    found = [i for i in answer['items']
             if (i['unit'], i['period']) == (unit, period)]
    assert len(found) == 1, answer
    return found[0]


def test_my_work_is_what_my_unit_owes(server):
    items = mine(server.client('desk.z'), form=FORM)['items']
    assert {i['unit'] for i in items} >= {server.unit('z')}
    foreign = {server.unit(key) for key in ('x', 'y', 'a11', 'd11', 'c')}
    assert not {i['unit'] for i in items} & foreign


def test_my_work_holds_open_obligations_of_the_units_mine_succeeds(server):
    answer = mine(server.client('desk.z'), form=FORM, limit=500)
    obligation = of(answer, server.unit('b12'), '2025-Q2')
    assert obligation['next'] == 'fill'
    assert obligation['unit_name'] == 'Xã Bắc Lạc'


def test_who_holds_no_position_owes_nothing(server):
    refused(server.client('nobody').get(OBLIGATIONS, mine='true'), 403,
            'access.denied')


def test_the_next_act_is_told_to_each_person(obligation):
    def said(client):
        answer = below(client, obligation.unit, obligation.period)
        return of(answer, obligation.unit, obligation.period)['next']
    assert said(obligation.clerk) == 'fill'
    obligation.open(obligation.clerk, cells=GOOD, submit=True)
    assert (said(obligation.clerk), said(obligation.leader)) == ('none',
                                                                 'sign')
    obligation.act(obligation.leader, 'sign')
    answer = below(obligation.above, obligation.server.unit('d'),
                   obligation.period)
    assert of(answer, obligation.unit, obligation.period)['next'] == 'review'


def test_the_unit_above_sees_who_has_sent(obligation):
    obligation.sent()
    answer = below(obligation.above, obligation.server.unit('d'),
                   obligation.period)
    item = of(answer, obligation.unit, obligation.period)
    assert (item['state'], item['version'], item['report']) == \
        ('sent', 1, obligation.id)


def test_the_unit_above_sees_the_sent_version_while_an_amendment_is_made(
        obligation):
    obligation.amending()
    above = below(obligation.above, obligation.server.unit('d'),
                  obligation.period)
    own = below(obligation.desk, obligation.unit, obligation.period)
    assert of(above, obligation.unit, obligation.period)['state'] == 'sent'
    assert of(own, obligation.unit, obligation.period)['state'] == 'draft'


def test_counts_are_of_everything_whatever_is_shown(obligation):
    obligation.accepted()
    unit = obligation.server.unit('d')
    everything = below(obligation.above, unit, obligation.period)
    accepted = below(obligation.above, unit, obligation.period,
                     state='accepted')
    assert accepted['counts'] == everything['counts']
    assert len(accepted['items']) == everything['counts']['accepted'] > 0
    assert everything['counts']['all'] == len(everything['items'])


def test_a_list_goes_on_where_it_stopped(server):
    client, unit = server.client('province.d'), server.unit('d')
    found, after = [], 0
    while after is not None:
        page = below(client, unit, '2021-Q2', limit=5, after=after)
        found += [i['unit'] for i in page['items']]
        after = page['next']
    everything = below(client, unit, '2021-Q2', limit=500)
    assert found == [i['unit'] for i in everything['items']]


def test_deadlines_are_those_of_the_level(server):
    answer = below(server.client('province.c'), server.unit('c'), '2025-Q3')
    commune = of(answer, server.unit('x'), '2025-Q3')
    province = of(answer, server.unit('c'), '2025-Q3')
    assert commune['deadline'] == '2025-09-17'
    assert province['deadline'] == '2025-09-22'


def test_days_left_go_below_zero(server, at):
    def left():
        answer = below(server.client('desk.z'), server.unit('z'), '2025-Q3')
        return of(answer, server.unit('z'), '2025-Q3')
    at('2025-09-15T09:00')
    assert (left()['days_left'], left()['late']) == (2, False)
    at('2025-09-18T00:00')
    assert (left()['days_left'], left()['late']) == (-1, True)


def test_a_district_owes_until_the_reform(server):
    client, unit = server.client('district.a1'), server.unit('a1')
    item = of(below(client, unit, '2025-Q2'), unit, '2025-Q2')
    assert (item['level'], item['deadline']) == (2, '2025-06-19')
    assert below(client, unit, '2025-Q3')['items'] == []


def test_only_provinces_owe_the_form_of_provinces(server):
    answer = server.client('gov').get(OBLIGATIONS, form=OTHER_FORM,
                                      period='2025-Q3',
                                      unit=server.unit('gov'))
    assert {i['unit'] for i in answer['items']} == \
        {server.unit(key) for key in 'bcd'}


def test_ministries_owe_beside_provinces(server):
    answer = below(server.client('gov'), server.unit('gov'), '2025-Q3')
    assert server.unit('ministry') in {i['unit'] for i in answer['items']}


def test_a_list_needs_mine_or_form_period_and_unit(server):
    client = server.client('desk.x')
    unit = server.unit('x')
    refused(client.get(OBLIGATIONS), 422, 'input.invalid',
            unit='input.missing')
    refused(client.get(OBLIGATIONS, unit=unit), 422, 'input.invalid',
            form='input.missing')
    refused(client.get(OBLIGATIONS, unit=unit, form=FORM), 422,
            'input.invalid', period='input.missing')


def test_bad_filters_are_pointed_at(server):
    client = server.client('desk.x')
    unit = server.unit('x')
    refused(client.get(OBLIGATIONS, unit=unit, form='II.99',
                       period='2025-Q3'),
            422, 'input.invalid', form='form.unknown')
    refused(client.get(OBLIGATIONS, unit=unit, form=FORM, period='2025-09'),
            422, 'input.invalid', period='period.unknown')
    refused(client.get(OBLIGATIONS, unit='x', form=FORM, period='2025-Q3'),
            422, 'unit.ref')
    refused(client.get(OBLIGATIONS, unit='999999', form=FORM,
                       period='2025-Q3'),
            422, 'unit.unknown', unit='unit.unknown')
    refused(client.get(OBLIGATIONS, mine='perhaps'), 422, 'input.invalid',
            mine='input.type')


def test_mine_refuses_what_is_no_filter(server):
    client = server.client('desk.x')

    def asked(**query):
        return client.get(OBLIGATIONS, mine='true', **query)
    for form in ('II.99', ''):
        refused(asked(form=form), 422, 'input.invalid', form='form.unknown')
    for period in ('2025-09', '2020-Q3', '2026-Q4', 'x', ''):
        refused(asked(period=period), 422, 'input.invalid',
                period='period.unknown')
        refused(asked(form=FORM, period=period), 422, 'input.invalid',
                period='period.unknown')
    for name, value, code in (('state', '', 'input.choice'),
                              ('state', 'x', 'input.choice'),
                              ('age', '', 'input.choice'),
                              ('late', '', 'input.type'),
                              ('todo', 'x', 'input.type'),
                              ('under', '1', 'input.unknown'),
                              ('level', '3', 'input.unknown')):
        refused(asked(**{name: value}), 422, 'input.invalid', **{name: code})
    for unit, code in (('', 'unit.ref'), ('x', 'unit.ref'),
                       ('area:01', 'unit.code_needs_date'),
                       ('999999', 'unit.unknown')):
        refused(asked(unit=unit), 422, code, unit=code)


def test_mine_is_narrowed_by_form_period_unit_and_name(server):
    client, unit = server.client('desk.z'), server.unit('b12')
    everything = mine(client, limit=500)
    for query, fits in (
            ({'period': '2025-Q2'}, lambda i: i['period'] == '2025-Q2'),
            ({'unit': unit}, lambda i: i['unit'] == unit),
            ({'unit': unit, 'period': '2024-Q1', 'form': FORM},
             lambda i: (i['unit'], i['period']) == (unit, '2024-Q1')),
            ({'q': 'bac lac'}, lambda i: i['unit'] == unit),
            ({'q': '02102'}, lambda i: i['unit'] == unit),
            ({'q': 'no such'}, lambda i: False),
            ({'form': OTHER_FORM}, lambda i: False)):
        expected = [i for i in everything['items'] if fits(i)]
        answer = mine(client, limit=500, **query)
        assert answer['items'] == expected, query
        assert answer['counts']['all'] == len(expected)
    assert mine(client, unit=unit, period='2024-Q1')['counts']['all'] == 1
    assert mine(client, unit=server.unit('y'))['items'] == []


def test_old_debts_stay_in_the_list_however_many(server):
    """Every period of the form since 2020, the newest first, over pages."""
    client, found, after = server.client('desk.z'), [], 0
    while after is not None:
        page = mine(client, unit=server.unit('b12'), limit=5, after=after)
        found += [i['period'] for i in page['items']]
        after = page['next']
    periods = [f'{year}-Q{quarter}' for year in range(2025, 2020, -1)
               for quarter in range(4, 0, -1)]
    assert found == [p for p in periods if p < '2025-Q3']
    assert page['counts']['all'] == page['counts']['late'] == \
        page['counts']['older'] == len(found) > 8


def test_what_waits_for_acceptance_is_not_forgotten(obligation):
    """Of 2021 or of now: the unit above has it in its list, older ones
    apart."""
    obligation.sent()
    answer = mine(obligation.above, period=obligation.period, todo='true',
                  limit=500)
    item = of(answer, obligation.unit, obligation.period)
    older = obligation.period != '2025-Q3'
    assert (item['next'], item['older']) == ('review', older)
    ages = {age: [(i['unit'], i['period']) for i in
                  mine(obligation.above, age=age, limit=500)['items']]
            for age in ('current', 'older')}
    assert ((obligation.unit, obligation.period) in ages['older']) is older
    assert ((obligation.unit, obligation.period) in ages['current']) \
        is not older
    assert {p for _, p in ages['current']} <= {'2025-Q3'}
    assert '2025-Q3' not in {p for _, p in ages['older']}


def test_years_before_the_program_came_are_nobody_s_debt(make_server):
    own = make_server(options={'report.owed_since': '2024'})
    periods = {i['period'] for i in
               mine(own.client('desk.z'), limit=500)['items']}
    assert min(periods) == '2024-Q1'


def test_counts_of_mine_are_before_state_late_todo_and_age(server):
    client = server.client('desk.z')
    everything = mine(client, limit=500)
    items = everything['items']
    assert everything['counts']['all'] == len(items)
    for query, fits in (
            ({'late': 'true'}, lambda i: i['late']),
            ({'missing': 'true'}, lambda i: i['version'] == 0),
            ({'todo': 'true'}, lambda i: i['next'] != 'none'),
            ({'state': 'not_started'}, lambda i: i['state'] == 'not_started'),
            ({'age': 'older'}, lambda i: i['older']),
            ({'age': 'current', 'late': 'true'},
             lambda i: not i['older'] and i['late'])):
        answer = mine(client, limit=500, **query)
        assert answer['counts'] == everything['counts']
        assert answer['items'] == [i for i in items if fits(i)], query
    assert everything['counts']['older'] == sum(i['older'] for i in items)
    assert everything['counts']['missing'] == \
        sum(i['version'] == 0 for i in items)
    assert [i['older'] for i in items] == sorted(i['older'] for i in items)
    assert everything['counts']['todo'] == \
        sum(i['next'] != 'none' for i in items)


def test_an_inherited_obligation_names_whose_it_was(server):
    answer = mine(server.client('desk.z'), form=FORM, limit=500)
    item = of(answer, server.unit('b12'), '2025-Q2')
    assert (item['unit_name'], item['unit_ended']) == ('Xã Bắc Lạc',
                                                       '2025-07-01')
    assert item['inherited_by'] == [{'unit': server.unit('z'),
                                     'name': 'Xã Tân Sơn'}]
    own = of(answer, server.unit('z'), '2025-Q3')
    assert (own['unit_ended'], own['inherited_by']) == (None, [])
    split = of(mine(server.client('desk.x'), form=FORM, limit=500),
               server.unit('a21'), '2025-Q2')
    assert {i['name'] for i in split['inherited_by']} == {'Xã Tân Hòa',
                                                          'Xã Tân Lạc'}


def test_how_many_days_late_is_counted_from_the_deadline(obligation, at):
    def said():
        answer = below(obligation.above, obligation.unit, obligation.period)
        item = of(answer, obligation.unit, obligation.period)
        return item['late'], item['days_late']
    before = said()
    assert before[0] and before[1] > 80
    obligation.sent()
    assert said() == before
    at('2025-12-14T09:00')
    assert said() == before


def test_units_below_stand_in_the_order_of_their_names(server):
    answer = below(server.client('province.d'), server.unit('d'), '2025-Q3')
    names = [i['unit_name'] for i in answer['items']]
    assert names == ['Tỉnh Cát Sơn', *(f'Xã Cát {n}' for n in (
        'Hòa', 'Lạc', 'Phú', 'Sơn', 'Thái', 'Yên')), *(f'Xã Sơn {n}' for n in (
            'Bình', 'Châu', 'Đông', 'Hòa', 'Lạc', 'Long', 'Phú', 'Thái',
            'Yên')), *(f'Xã Thượng {n}' for n in (
                'Đông', 'Hòa', 'Lạc', 'Phú', 'Thái', 'Yên'))]


def under(client, unit, period, **query):
    answer = client.get(OBLIGATIONS, form=FORM, period=period, under=unit,
                        limit=500, **query)
    assert answer.status == 200, answer
    return answer


def test_the_centre_sees_who_is_late_or_missing_at_any_level(server):
    client, gov = server.client('centre'), server.unit('gov')
    answer = under(client, gov, '2025-Q3', level=3)
    assert {i['unit'] for i in answer['items']} >= {
        server.unit(key) for key in ('x', 'y', 'z', 'a23', 'b22', 'd11')}
    assert {i['level'] for i in answer['items']} == {3}
    x = of(answer, server.unit('x'), '2025-Q3')
    assert (x['above'], x['above_name']) == (server.unit('c'), 'Tỉnh Tân An')
    assert [i['above_name'] for i in answer['items']] == \
        sorted(i['above_name'] for i in answer['items'])
    late = under(client, gov, '2025-Q3', level=3, late='true')
    assert late['counts'] == answer['counts']
    assert late['items'] == [i for i in answer['items'] if i['late']]
    assert x['unit'] in {i['unit'] for i in late['items']}
    found = under(client, gov, '2025-Q3', q='tan hoa')
    assert [i['unit'] for i in found['items']] == [server.unit('x')]


def test_who_sees_a_part_of_the_country_lists_that_part(server):
    refused(server.client('province.b').get(
        OBLIGATIONS, form=FORM, period='2025-Q3', under=server.unit('gov')),
            403, 'access.denied')
    answer = under(server.client('viewer.b'), server.unit('b'), '2025-Q3')
    assert {i['unit'] for i in answer['items']} == \
        {server.unit(key) for key in ('b', 'z', 'b22')}
    refused(server.client('centre').get(OBLIGATIONS, under='1', unit='1',
                                        form=FORM, period='2025-Q3'),
            422, 'input.invalid', under='input.unknown')
    refused(server.client('centre').get(OBLIGATIONS, under='999999',
                                        form=FORM, period='2025-Q3'),
            422, 'unit.unknown', under='unit.unknown')


def test_as_many_owe_as_figures_expect(server):
    """One count for one question: who owes at a unit and below it."""
    client = server.client('centre')
    for key in ('gov', 'ministry', 'a', 'b', 'c', 'd', 'a1', 'x', 'b22'):
        for period in ('2025-Q3', '2025-Q2', '2021-Q2'):
            figures = client.get('/api/v1/figures', form=FORM, periods=period,
                                 units=server.unit(key))
            row = [r for r in figures['rows'] if r['kind'] == 'unit'][0]
            if row['periods'][0]['expected'] == 0:
                continue  # it was not there: figures have no row of it then
            counts = under(client, server.unit(key), period)['counts']
            assert (counts['all'], counts['all'] - counts['missing']) == \
                (row['periods'][0]['expected'],
                 row['periods'][0]['reported']), (key, period)


def test_as_many_owe_to_a_desk_as_its_totals_expect(server):
    """The units that a level accepts from, and its own; of the time before the
    reform, too, whose units are in the place of today's."""
    client = server.client('centre')
    for key in 'bcdxyz':
        for period in ('2025-Q3', '2025-Q2', '2024-Q1'):
            figures = client.get('/api/v1/figures', form=FORM, periods=period,
                                 units=server.unit(key),
                                 structure='2025-12-10')
            row = [r for r in figures['rows'] if r['kind'] == 'unit'][0]
            counts = below(client, server.unit(key), period,
                           limit=500)['counts']
            assert (counts['all'], counts['all'] - counts['missing']) == \
                (row['periods'][0]['expected'],
                 row['periods'][0]['reported']), (key, period)


def test_a_foreign_unit_s_obligations_are_denied(server):
    refused(server.client('desk.x').get(
        OBLIGATIONS, unit=server.unit('y'), form=FORM, period='2025-Q3'),
            403, 'access.denied')


def test_a_closed_period_is_marked(make_server):
    own = make_server()
    obligation = Obligation(own, 'd11', '2025-Q3').accepted()
    own.client('province.d').post('/api/v1/closings', {
        'form': FORM, 'period': '2025-Q3', 'unit': str(own.unit('d')),
        'reason': 'Đơn vị khác quá hạn'})
    answer = below(own.client('province.d'), own.unit('d'), '2025-Q3')
    assert of(answer, obligation.unit, '2025-Q3')['closed'] is True
