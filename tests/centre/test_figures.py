"""Totals in any structure, as of any day, and the way down from them.

The story: in 2025-Q1 units of An Bình and Bắc Hà report powers of two as their
online dossiers (column 4 of sector s01), so that every total says what is in
it; after the reform five communes report 2025-Q3.
"""

import csv
import io

import pytest

from acts import FORM, OTHER_FORM, Obligation, good, ledger_size, refused

FIGURES = '/api/v1/figures'
TRACE = FIGURES + '/trace'

OLD = {'a11': 1, 'a12': 2, 'a13': 4, 'a21': 8, 'a22': 16, 'a23': 32,
       'b11': 64, 'b22': 128, 'b23': 256, 'a1': 512, 'a': 1024,
       'ministry': 2048}
IN_A = 1 + 2 + 4 + 8 + 16 + 32 + 512 + 1024
IN_B = 64 + 128 + 256
NEW = {'x': 3, 'y': 5, 'a23': 7, 'z': 11, 'b22': 13}
PEOPLE = {'a11': 'leader.a11', 'a1': 'district.a1', 'a': 'province.a',
          'ministry': 'ministry'}


class Country:
    def __init__(self, server):
        self.server = server
        self.gov = server.client('centre')
        self.size_before = ledger_size(server)

    def file(self, key, period, value, **more):
        obligation = Obligation(self.server, key, period)
        client = self.server.client(PEOPLE.get(key, 'desk.' + key))
        answer = obligation.open(client, cells=good(value), sign=True, **more)
        assert answer.status in (200, 201), answer
        return obligation

    def ask(self, client=None, **query):
        query = {'form': FORM, 'cells': 's01.c4', 'periods': '2025-Q1',
                 **query}
        return (client or self.gov).get(FIGURES, **query)

    def trace(self, client=None, **query):
        query = {'form': FORM, 'cell': 's01.c4', 'period': '2025-Q1',
                 **query}
        return (client or self.gov).get(TRACE, **query)

    def name(self, row):
        """A row's unit by our key, or its kind."""
        for key, number in self.server.world.units.items():
            if number == row['unit'] and row['kind'] == 'unit':
                return key
        return row['kind']

    def rows(self, client=None, **query):
        """{unit or kind: first value of the first period}"""
        answer = self.ask(client, **query)
        assert answer.status == 200, answer
        return {self.name(row): row['periods'][0]['values'][0]
                for row in answer['rows']}

    def covered(self, row_name, **query):
        answer = self.ask(**query)
        return next(row['periods'][0] for row in answer['rows']
                    if self.name(row) == row_name)


@pytest.fixture(scope='module')
def country(make_server):
    server = make_server('2025-03-16T09:00')
    country = Country(server)
    obligations = {}
    for key, value in OLD.items():
        if key == 'a23':
            server.clock.set('2025-03-18T09:00')  # late for communes
        obligations[key] = country.file(key, '2025-Q1', value)
    for key in ('a11', 'a12'):
        answer = obligations[key].act(server.client('district.a1'), 'accept')
        assert answer.status == 200, answer
    server.clock.set('2025-03-20T09:00')
    closed = server.client('district.a1').post('/api/v1/closings', {
        'form': FORM, 'period': '2025-Q1', 'unit': str(server.unit('a1')),
        'reason': 'Xã An Phú chưa kiểm tra'})
    assert closed.status == 201, closed
    server.clock.set('2025-09-16T09:00')
    for key, value in NEW.items():
        country.file(key, '2025-Q3', value)
    country.obligations = obligations
    return country


def only(rows):
    """Without rows that hold nothing."""
    return {name: value for name, value in rows.items()
            if value not in (None, '0')}


# ---- structures ------------------------------------------------------------

def test_the_nation_is_the_sum_of_everything(country):
    total = str(sum(OLD.values()))
    assert country.rows(level=0)['gov'] == total


def test_provinces_and_ministries_in_the_period_s_own_structure(country):
    assert only(country.rows(level=1)) == {
        'a': str(IN_A), 'b': str(IN_B), 'ministry': '2048',
        'total': str(sum(OLD.values()))}


def test_last_year_in_today_s_provinces(country):
    assert only(country.rows(level=1, structure='2025-07-01')) == {
        'c': str(IN_A), 'b': str(IN_B), 'ministry': '2048',
        'total': str(sum(OLD.values()))}


def test_this_year_in_the_provinces_of_that_time(country):
    rows = country.rows(level=1, structure='2024-12-31', periods='2025-Q3')
    assert only(rows) == {'a': '15', 'b': '24', 'total': '39'}


def test_an_unknown_share_stays_unallocated_under_the_lowest_unit(country):
    rows = country.rows(children_of=country.server.unit('c'),
                        structure='2025-07-01')
    # a21 is split; nobody knows where district a1's own dossiers went.
    assert only(rows) == {'x': '3', 'y': '20', 'a23': '32', 'other': '1024',
                          'unallocated': str(8 + 512), 'total': str(IN_A)}


def test_a_unit_without_successor_lands_in_its_province(country):
    rows = country.rows(children_of=country.server.unit('b'),
                        structure='2025-07-01')
    assert only(rows) == {'z': '64', 'b22': '128', 'unallocated': '256',
                          'total': str(IN_B)}


def test_spreading_equally_on_request_marks_what_it_spread(country):
    rows = country.rows(children_of=country.server.unit('c'),
                        structure='2025-07-01', apportion='equal')
    assert rows['x'] == {'value': '7', 'apportioned': True}
    assert rows['y'] == {'value': '24', 'apportioned': True}
    assert rows['a23'] == '32'
    assert rows['total'] == str(IN_A)


@pytest.mark.parametrize('basis', ['sent', 'accepted'])
@pytest.mark.parametrize('period', ['2025-Q1', '2025-Q3'])
@pytest.mark.parametrize('structure', ['own', '2024-12-31', '2025-06-30',
                                       '2025-07-01'])
@pytest.mark.parametrize('apportion', ['none', 'equal'])
def test_rows_and_what_is_unallocated_are_the_total_in_every_structure(
        country, basis, period, structure, apportion):
    for query in ({'level': 1}, {'level': 3},
                  {'children_of': country.server.unit('gov')},
                  {'children_of': country.server.unit('b')}):
        rows = country.rows(basis=basis, periods=period, structure=structure,
                            apportion=apportion, **query)
        numbers = {name: int(value['value'] if isinstance(value, dict)
                             else value or 0) for name, value in rows.items()}
        total = numbers.pop('total')
        assert sum(numbers.values()) == total, (query, rows)


# ---- coverage --------------------------------------------------------------

def test_coverage_stands_beside_every_value(country):
    got = country.covered('gov', level=0)
    # 24 communes, 5 districts, 3 provinces, a ministry; 12 are in, of which
    # a23, b11, b22 and b23 after the communes' deadline.
    assert (got['expected'], got['reported'], got['late']) == (42, 12, 4)
    assert got['counts'] == [12]


def test_who_has_reported_nothing_is_missing_not_zero(country):
    got = country.covered('d', level=1)
    assert got['values'] == [None]
    assert (got['expected'], got['reported']) == (23, 0)


def test_only_what_the_unit_above_accepted_counts_as_accepted(country):
    rows = country.rows(level=0, basis='accepted')
    assert rows['gov'] == '3'


def test_a_closed_period_is_told(country):
    units = country.server.unit('a1')
    assert country.covered('a1', units=units)['closed'] is True
    assert country.covered('a1', units=units)['restated'] is False
    assert country.covered('a', level=1)['closed'] is False


def test_a_split_unit_counts_once(country):
    for structure in ('own', '2025-07-01'):
        got = country.covered('gov', level=0, structure=structure)
        assert (got['expected'], got['reported']) == (42, 12)


# ---- time ------------------------------------------------------------------

def test_figures_as_they_were_known_at_an_entry(country):
    before = country.rows(level=0, as_of=country.size_before)
    assert before['gov'] is None
    third = country.rows(level=0, as_of=country.size_before + 3)
    assert third['gov'] == '7'


def test_figures_as_they_were_known_on_a_day(country):
    assert country.rows(level=0, as_of='2025-03-15')['gov'] is None
    assert country.rows(level=0, as_of='2025-03-16')['gov'] == \
        str(1 + 2 + 4 + 8 + 16)
    assert country.rows(level=0, as_of='2025-03-18')['gov'] == \
        str(sum(OLD.values()))


def test_an_answer_tells_up_to_which_entry_it_is(country):
    assert country.ask(level=0)['index'] == ledger_size(country.server)
    assert country.ask(level=0, as_of=5)['index'] == 5


@pytest.fixture(scope='module')
def blank(make_server):
    """Another country; each test has a period of its own."""
    return Country(make_server('2025-03-20T09:00'))


def test_a_total_changes_with_the_signing_itself(blank):
    def total():
        return blank.rows(level=0, periods='2021-Q1')['gov']
    assert total() is None
    obligation = blank.file('a11', '2021-Q1', 5)
    assert total() == '5'
    blank.file('a12', '2021-Q1', 7)
    assert total() == '12'
    above = blank.server.client('district.a1')
    assert obligation.act(above, 'send-back', {'reason': 'Sai'}).status == 200
    assert total() == '7'


def test_an_amendment_moves_the_total_when_it_is_signed(blank):
    blank.file('a11', '2022-Q1', 5)
    size = ledger_size(blank.server)
    blank.file('a11', '2022-Q1', 50, reason='Nhập nhầm')
    query = {'level': 0, 'periods': '2022-Q1'}
    assert blank.rows(**query)['gov'] == '50'
    assert blank.rows(**query, as_of=size)['gov'] == '5'


def test_what_is_signed_after_a_closing_restates_it(blank):
    server = blank.server
    blank.file('a11', '2023-Q3', 5)
    server.client('district.a1').post('/api/v1/closings', {
        'form': FORM, 'period': '2023-Q3', 'unit': str(server.unit('a1')),
        'reason': 'Bão'})
    blank.file('a11', '2023-Q3', 6, reason='Nhập nhầm')
    got = blank.covered('a1', units=server.unit('a1'), periods='2023-Q3')
    assert (got['closed'], got['restated']) == (True, True)


def test_totals_are_the_same_after_a_kill(blank):
    for key in ('a11', 'a12', 'a21', 'b11'):
        blank.file(key, '2024-Q1', OLD[key])
    asked = {'level': 1, 'structure': '2025-07-01', 'periods': '2024-Q1',
             'cells': 'all.c3,all.c4'}
    before = blank.ask(**asked).json
    blank.server.kill()
    blank.server.start()
    assert blank.ask(**asked).json == before


# ---- the table -------------------------------------------------------------

def test_sums_of_a_whole_column_are_asked_as_all(country):
    assert country.rows(level=0, cells='all.c4') == \
        country.rows(level=0, cells='s01.c4')


def test_without_cells_every_column_is_summed(country):
    answer = country.gov.get(FIGURES, form=FORM, periods='2025-Q1', level=0)
    assert answer['cells'] == [f'all.c{n}' for n in range(3, 14)]


def test_several_periods_stand_side_by_side(country):
    answer = country.ask(level=0, periods='2025-Q3,2025-Q1')
    assert [p['id'] for p in answer['periods']] == ['2025-Q3', '2025-Q1']
    assert [p['values'] for p in answer['rows'][0]['periods']] == \
        [['39'], [str(sum(OLD.values()))]]


def test_each_period_may_stand_in_its_own_structure(country):
    answer = country.ask(level=0, periods='2025-Q1,2025-Q3')
    assert [p['structure_on'] for p in answer['periods']] == \
        ['2025-03-14', '2025-09-14']


def test_units_may_be_named(country):
    a, b = country.server.unit('a'), country.server.unit('b')
    rows = country.rows(units=f'{b},area:01@2025-03-14')
    assert (rows['a'], rows['b']) == (str(IN_A), str(IN_B))
    assert country.rows(units=a)['a'] == str(IN_A)


def test_a_table_can_be_had_as_csv(country):
    answer = country.ask(level=1, format='csv')
    assert answer.headers['Content-Type'] == 'text/csv; charset=utf-8'
    text = answer.body.decode('utf-8-sig')
    lines = list(csv.DictReader(io.StringIO(text)))
    values = {line['name']: line['value'] for line in lines}
    assert values['Tỉnh An Bình'] == str(IN_A)
    assert len(lines) == len(country.ask(level=1)['rows'])


def test_the_server_tells_how_long_it_took(country):
    assert country.ask(level=0).headers['Server-Timing'].startswith(
        'figures;dur=')


# ---- the way down ----------------------------------------------------------

def test_a_total_is_traced_to_the_signed_reports_behind_it(country):
    answer = country.trace(unit=country.server.unit('gov'))
    assert answer['value'] == str(sum(OLD.values()))
    assert answer['total_parts'] == len(OLD) == len(answer['parts'])
    assert sum(int(p['value']) for p in answer['parts']) == \
        sum(OLD.values())


def test_a_part_leads_to_its_report_and_ledger_entry(country):
    answer = country.trace(unit=country.server.unit('a13'))
    part = answer['parts'][0]
    report = country.gov.get(f"/api/v1/reports/{part['report']}")
    assert part['version'] == report['sent_version'] == 1
    assert part['ledger_index'] == report['ledger_index']


def test_children_lead_one_level_down(country):
    answer = country.trace(unit=country.server.unit('a'))
    children = {country.name(c): c['value'] for c in answer['children']}
    assert only(children) == {'a1': str(1 + 2 + 4 + 512),
                              'a2': str(8 + 16 + 32), 'other': '1024'}


def test_what_is_unallocated_can_be_traced(country):
    answer = country.trace(unit=country.server.unit('c'), kind='unallocated',
                           structure='2025-07-01')
    assert answer['value'] == str(8 + 512)
    assert {p['unit'] for p in answer['parts']} == \
        {country.server.unit('a21'), country.server.unit('a1')}
    assert {p['whole'] for p in answer['parts']} == {False}


def test_the_biggest_parts_come_first_within_a_limit(country):
    answer = country.trace(unit=country.server.unit('gov'), limit=2)
    assert [p['value'] for p in answer['parts']] == ['2048', '1024']
    assert answer['total_parts'] == len(OLD)


@pytest.fixture(scope='module')
def silent(country):
    """A quarter of which one unit withholds the cell, one has none, one says 5,
    and one says something of other cells only."""
    server = country.server
    server.clock.set('2025-03-20T09:00')
    for key, cells in (('a11', {'s01.c4': {'state': 'withheld'}}),
                       ('a12', {'s01.c4': {'state': 'none'}}),
                       ('a22', good(5)), ('a23', {'s02.c4': '1',
                                                  's02.c8': '1'})):
        report = Obligation(server, key, '2024-Q4')
        client = server.client(PEOPLE.get(key, 'desk.' + key))
        assert report.open(client, cells=cells, sign=True).status == 201
    server.clock.set('2025-09-16T09:00')
    return {key: server.unit(key) for key in ('a11', 'a12', 'a22')}


SILENT = {'a11': {'state': 'withheld'}, 'a12': {'state': 'none'}, 'a22': '5'}


@pytest.mark.parametrize('cell', ['s01.c4', 'all.c4'])
def test_a_part_that_says_no_value_says_why(country, silent, cell):
    answer = country.trace(period='2024-Q4', cell=cell,
                           unit=country.server.unit('a'))
    values = {part['unit']: part['value'] for part in answer['parts']}
    for key, said in SILENT.items():
        assert values[silent[key]] == said
    assert answer['parts'][0]['value'] == '5'
    assert len(values) == (3 if cell == 's01.c4' else 4)


def test_parts_can_be_had_as_csv(country, silent):
    query = {'period': '2024-Q4', 'unit': country.server.unit('a')}
    answer = country.trace(**query, format='csv')
    assert answer.headers['Content-Type'] == 'text/csv; charset=utf-8'
    lines = list(csv.DictReader(io.StringIO(answer.body.decode())))
    said = {int(line['unit']): (line['state'], line['value'])
            for line in lines}
    assert said == {silent['a11']: ('withheld', ''),
                    silent['a12']: ('none', ''), silent['a22']: ('value', '5')}
    for line, part in zip(lines, country.trace(**query)['parts']):
        assert (line['name'], int(line['report']), int(line['version']),
                int(line['ledger_index']), line['whole']) == \
            (part['name'], part['report'], part['version'],
             part['ledger_index'], '1')
    rest = country.trace(**query, format='csv', limit=1, after=1)
    assert rest.body.decode().splitlines()[1:] == \
        answer.body.decode().splitlines()[2:3]


def test_a_trace_is_as_of_a_day_too(country):
    answer = country.trace(unit=country.server.unit('gov'),
                           as_of='2025-03-16')
    assert answer['value'] == '31'
    assert answer['total_parts'] == 5


# ---- rights ----------------------------------------------------------------

def test_a_province_sees_its_own_and_no_other(country):
    client = country.server.client('province.b')
    own, foreign = country.server.unit('b'), country.server.unit('c')
    assert country.rows(client, units=own)['b'] == str(IN_B)
    for asked in ({'units': foreign}, {'units': f'{own},{foreign}'},
                  {'children_of': foreign},
                  {'children_of': country.server.unit('gov')}):
        refused(country.ask(client, **asked), 403, 'access.denied')


def test_a_level_shows_what_is_in_reach_without_a_total(country):
    client = country.server.client('province.b')
    rows = country.rows(client, level=1)
    assert set(rows) == {'b'}
    refused(country.ask(country.server.client('desk.z'), level=1), 403,
            'access.denied')


def test_the_new_province_sees_what_went_into_it(country):
    client = country.server.client('viewer.c')
    rows = country.rows(client, units=country.server.unit('a'))
    assert rows['a'] == str(IN_A)


def test_a_foreign_total_is_not_traced(country):
    client = country.server.client('province.b')
    for key in ('gov', 'c', 'x', 'a11'):
        refused(country.trace(client, unit=country.server.unit(key)), 403,
                'access.denied')


def test_who_speaks_for_a_province_alone_sees_no_rows_below_it(country):
    client, b = country.server.client('clerk.b'), country.server.unit('b')
    period = '2025-Q3'
    assert country.rows(client, units=b, periods=period)['b'] == '24'
    refused(country.ask(client, children_of=b, periods=period), 403,
            'access.denied')
    answer = country.trace(client, unit=b, period=period)
    assert (answer['parts'], answer['total_parts']) == ([], 0)
    assert answer['children'] == []


def test_a_commune_sees_its_own_figures(country):
    client = country.server.client('desk.z')
    z = country.server.unit('z')
    assert country.rows(client, units=z, periods='2025-Q3')['z'] == '11'
    refused(country.ask(client, units=country.server.unit('b')), 403,
            'access.denied')


# ---- bad questions ---------------------------------------------------------

@pytest.mark.parametrize('query, pointer, code', [
    ({'form': 'II.99'}, 'form', 'form.unknown'),
    ({'periods': '2025-09'}, 'periods__0', 'period.unknown'),
    ({'periods': '2020-Q4'}, 'periods__0', 'form.no_version'),
    ({'periods': ''}, 'periods', 'input.range'),
    ({'periods': '2025-Q1,2025-Q1'}, 'periods__1', 'figures.periods'),
    ({'periods': '2025-Q1,' + 'x' * 17}, 'periods__1', 'input.too_long'),
    ({'periods': ','.join(f'20{y}-Q{q}' for y in range(21, 32)
                          for q in range(1, 5))}, 'periods',
     'input.too_long'),
    ({'cells': 's01'}, 'cells__0', 'figures.cell'),
    ({'cells': 's01.c4,s01.c99'}, 'cells__1', 'figures.cell'),
    ({'cells': 'all.c99'}, 'cells__0', 'figures.cell'),
    ({'cells': 's01.c4,,s01.c5'}, 'cells__1', 'input.range'),
    ({'cells': ''}, 'cells', 'input.range'),
    ({'level': '4'}, 'level', 'figures.level'),
    ({'structure': 'x'}, 'structure', 'figures.structure'),
    ({'structure': '1990-01-01'}, 'structure', 'figures.structure'),
    ({'as_of': 'x'}, 'as_of', 'figures.as_of'),
    ({'as_of': '-1'}, 'as_of', 'figures.as_of'),
    ({'as_of': '99999999'}, 'as_of', 'figures.as_of'),
    ({'as_of': '2025-12-11'}, 'as_of', 'figures.as_of'),
    ({'as_of': ''}, 'as_of', 'figures.as_of'),
    ({'basis': 'x'}, 'basis', 'input.choice'),
    ({'apportion': 'x'}, 'apportion', 'input.choice'),
    ({'format': 'xlsx'}, 'format', 'input.choice'),
    ({'more': 'x'}, 'more', 'input.unknown'),
])
def test_a_bad_question_is_pointed_at(country, query, pointer, code):
    refused(country.ask(**{'level': 0, **query}), 422, 'input.invalid',
            **{pointer: code})


def test_exactly_one_way_to_name_rows_is_needed(country):
    for query in ({}, {'level': 0, 'units': '1'},
                  {'units': '1', 'children_of': '1'}):
        answer = country.ask(**query)
        refused(answer, 422, 'input.invalid')
        assert answer.faults == {'': 'figures.rows'}


def test_units_of_a_question_must_exist(country):
    refused(country.ask(units='x'), 422, 'unit.ref')
    refused(country.ask(units='area:01'), 422, 'unit.code_needs_date')
    refused(country.ask(units='999999'), 422, 'unit.unknown',
            units__0='unit.unknown')
    refused(country.ask(children_of=''), 422, 'unit.ref',
            children_of='unit.ref')
    refused(country.ask(units=''), 422, 'input.invalid', units='input.range')
    refused(country.ask(units='1,x'), 422, 'unit.ref', units__1='unit.ref')


def test_a_table_that_is_too_large_is_refused(country):
    units = ','.join([str(country.server.unit('a'))] * 500)
    periods = ','.join(f'20{y}-Q{q}' for y in range(21, 26)
                       for q in range(1, 5))
    cells = ','.join(f's{n:02}.c{c}' for n in range(1, 13)
                     for c in range(3, 14))
    refused(country.ask(units=units, periods=periods, cells=cells), 413,
            'figures.too_big')


@pytest.mark.parametrize('query, pointer, code', [
    ({'form': 'II.99'}, 'form', 'form.unknown'),
    ({'period': '2025-09'}, 'period', 'period.unknown'),
    ({'period': '2020-Q4'}, 'period', 'form.no_version'),
    ({'cell': 's01'}, 'cell', 'figures.cell'),
    ({'cell': 's01.c99'}, 'cell', 'figures.cell'),
    ({'kind': 'x'}, 'kind', 'input.choice'),
    ({'kind': 'other', 'level': '4'}, 'level', 'figures.level'),
    ({'structure': 'x'}, 'structure', 'figures.structure'),
    ({'as_of': 'x'}, 'as_of', 'figures.as_of'),
    ({'as_of': '2025-12-11'}, 'as_of', 'figures.as_of'),
    ({'period': ''}, 'period', 'period.unknown'),
    ({'form': ''}, 'form', 'form.unknown'),
    ({'limit': '0'}, 'limit', 'input.range'),
    ({'limit': '501'}, 'limit', 'input.range'),
    ({'after': '-1'}, 'after', 'input.range'),
])
def test_a_bad_trace_is_pointed_at(country, query, pointer, code):
    refused(country.trace(**query), 422, 'input.invalid', **{pointer: code})


def test_the_unit_of_a_trace_must_exist(country):
    refused(country.trace(unit='x'), 422, 'unit.ref')
    refused(country.trace(unit='area:01'), 422, 'unit.code_needs_date')
    refused(country.trace(unit='999999'), 422, 'unit.unknown',
            unit='unit.unknown')
    refused(country.trace(unit=''), 422, 'unit.ref', unit='unit.ref')


def test_a_cell_that_a_form_version_lacks_is_missing_in_its_periods(country):
    answer = country.gov.get(FIGURES, form=OTHER_FORM, level=0,
                             periods='2025-Q2,2025-Q3', cells='d01.c5')
    assert [p['values'] for p in answer['rows'][0]['periods']] == \
        [[None], [None]]
