"""Units in time: names, codes, parents, successors, search."""

import unicodedata

from acts import refused


def names(answer):
    assert answer.status == 200, answer
    return [item['name'] for item in answer['items']]


def listed(server, **query):
    return server.client('nobody').get('/api/v1/units', **query)


def one(server, ref, **query):
    return server.client('nobody').get(f'/api/v1/units/{ref}', **query)


def test_a_code_means_another_unit_after_the_reform(server):
    before = one(server, 'area:01@2025-06-30')
    after = one(server, 'area:01@2025-07-01')
    assert before['id'] == server.unit('a')
    assert after['id'] == server.unit('c')


def test_a_code_without_a_day_is_refused(server):
    refused(one(server, 'area:01'), 422, 'unit.code_needs_date')
    refused(listed(server, parent='area:01'), 422, 'unit.code_needs_date')


def test_a_malformed_unit_is_refused(server):
    for ref in ('0', '-1', 'x', 'area:01@', 'area:01@2025-02-30', ':@'):
        refused(one(server, ref), 422, 'unit.ref')
    refused(listed(server, parent='x'), 422, 'unit.ref')


def test_an_unknown_unit_is_not_found(server):
    refused(one(server, '999999'), 404, 'unit.unknown')
    refused(one(server, 'area:99@2025-07-01'), 404, 'unit.unknown')
    refused(one(server, 'area:01@1999-01-01'), 404, 'unit.unknown')
    refused(listed(server, parent='999999'), 422, 'unit.unknown',
            parent='unit.unknown')
    refused(listed(server, parent=''), 422, 'unit.ref', parent='unit.ref')


def test_an_abolished_unit_stays_readable_with_its_successors(server):
    unit = one(server, server.unit('a21'))
    assert unit['to'] == '2025-07-01'
    assert sorted((s['unit'], s['kind']) for s in unit['successors']) == \
        sorted([(server.unit('x'), 'part'), (server.unit('y'), 'part')])
    assert {s['act'] for s in unit['successors']} == {'1/NQ-TEST'}


def test_a_new_unit_knows_its_predecessors(server):
    unit = one(server, server.unit('x'))
    assert {s['name'] for s in unit['predecessors']} == \
        {'Xã An Hòa', 'Xã An Lạc', 'Xã An Sơn'}


def test_a_unit_without_known_successor_says_so(server):
    assert one(server, server.unit('b23'))['successors'] == []


def test_a_unit_that_goes_on_has_a_version_for_each_parent(server):
    unit = one(server, server.unit('a23'))
    assert [(v['from'], v['to'], v['parent']) for v in unit['versions']] == [
        ('2020-01-01', '2025-07-01', server.unit('a2')),
        ('2025-07-01', None, server.unit('c'))]


def test_the_day_decides_the_parent(server):
    ref = server.unit('a23')
    assert one(server, ref, on='2025-06-30')['parent'] == server.unit('a2')
    assert one(server, ref, on='2025-07-01')['parent'] == server.unit('c')
    assert one(server, ref)['parent'] == server.unit('c')


def test_the_government_stands_under_nobody(server):
    unit = one(server, server.unit('gov'))
    assert (unit['level'], unit['parent'], unit['code']) == (0, None, None)


def test_children_are_those_of_the_day(server):
    parent = server.unit('b')
    assert names(listed(server, parent=parent, on='2025-06-30')) == \
        ['Huyện Bắc Đông', 'Huyện Bắc Tây']
    assert names(listed(server, parent=parent, on='2025-07-01')) == \
        ['Xã Bắc Thái', 'Xã Tân Sơn']


def test_child_count_is_that_of_the_day(server):
    ref = server.unit('b')
    assert one(server, ref, on='2025-06-30')['child_count'] == 2
    assert one(server, ref, on='2025-07-01')['child_count'] == 2
    assert one(server, server.unit('c'))['child_count'] == 3


def test_a_level_can_be_listed(server):
    assert names(listed(server, level=2, on='2025-07-01')) == []
    assert len(names(listed(server, level=2, on='2025-06-30'))) == 5
    assert 'Bộ Thử nghiệm' in names(listed(server, level=1))


def test_search_finds_without_diacritics(server):
    assert names(listed(server, q='duong nguyen hue')) == \
        ['Xã Đường Nguyễn Huệ']


def test_search_finds_composed_and_decomposed_alike(server):
    for form in ('NFC', 'NFD'):
        text = unicodedata.normalize(form, 'đường Nguyễn Huệ')
        assert names(listed(server, q=text)) == ['Xã Đường Nguyễn Huệ']


def test_search_knows_the_day(server):
    assert names(listed(server, q='an hoa', on='2025-06-30')) == ['Xã An Hòa']
    assert 'Xã An Hòa' not in names(listed(server, q='an hoa'))


def test_what_is_found_says_what_it_is_part_of(server):
    found = listed(server, q='x. duong nguyen hue')
    assert names(found) == ['Xã Đường Nguyễn Huệ']
    item, = found['items']
    assert item['parent_name'] == one(server, item['parent'])['name']
    assert listed(server, q=item['code'])['items'] == [item]
    assert one(server, 1)['parent_name'] is None


def test_search_for_nothing_that_exists_is_empty(server):
    answer = listed(server, q='khong co don vi nay')
    assert (answer['items'], answer['next']) == ([], None)


def test_pages_follow_one_another_without_gap(server):
    found, after = [], 0
    while after is not None:
        answer = listed(server, limit=4, after=after)
        assert 0 < len(answer['items']) <= 4
        found += [item['id'] for item in answer['items']]
        after = answer['next']
    everything = [item['id'] for item in listed(server)['items']]
    assert found == everything
    assert len(set(found)) == len(found)


def test_bad_parameters_are_pointed_at(server):
    refused(listed(server, level=4), 422, 'input.invalid', level='input.range')
    refused(listed(server, level='x'), 422, 'input.invalid',
            level='input.type')
    refused(listed(server, limit=0), 422, 'input.invalid', limit='input.range')
    refused(listed(server, limit=501), 422, 'input.invalid',
            limit='input.range')
    refused(listed(server, on='2025-02-30'), 422, 'input.invalid',
            on='input.date')
    refused(listed(server, what='x'), 422, 'input.invalid',
            what='input.unknown')
    refused(listed(server, q='x' * 201), 422, 'input.invalid',
            q='input.too_long')


def test_a_repeated_parameter_is_refused(server):
    answer = server.client('nobody').get('/api/v1/units?level=1&level=1')
    refused(answer, 422, 'input.invalid', level='input.repeated')


def test_control_characters_are_not_searched_for(server):
    answer = server.client('nobody').get('/api/v1/units?q=a%01b')
    assert answer.status == 422
