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
