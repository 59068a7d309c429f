"""Each list as a table: for programs, and for people with a spreadsheet.

There is no spreadsheet here, so Reader reads as one does that is set to
Vietnamese, or to English: it knows their marks and takes for a number, a day or
a formula what they take for one.
"""

import csv
import datetime
import decimal
import io
import re
import urllib.parse

import pytest

from acts import FORM, GOOD, Obligation

MARK = '\ufeff'
VALUE = {'form': FORM, 'period': '2025-Q3', 'periods': '2025-Q1,2025-Q2',
         'cell': 'all.c3', 'level': '1'}


class Reader:
    """A spreadsheet of a country."""

    def __init__(self, language):
        self.vietnamese = language == 'vi'

    def cell(self, text):
        point, group = (',', '.') if self.vietnamese else ('.', ',')
        if text.startswith("'"):
            return text[1:]
        assert text[:1] not in ('=', '@'), text
        number = text.replace(group, '') if re.fullmatch(
            rf'[+-]?\d{{1,3}}(\{group}\d{{3}})+(\{point}\d+)?', text) else text
        if re.fullmatch(rf'[+-]?\d+(\{point}\d+)?', number):
            return decimal.Decimal(number.replace(point, '.'))
        assert text[:1] not in ('+', '-'), text
        for form in ('%d/%m/%Y',) if self.vietnamese else ('%d %b %Y',):
            for time in ('', ' %H:%M'):
                try:
                    return datetime.datetime.strptime(text, form + time)
                except ValueError:
                    pass
        # 1/2 and the like would be a day or a fraction of it.
        assert not re.fullmatch(r'[\d.,:/%-]+', text), text
        return text

    def rows(self, answer):
        text = answer.body.decode()
        assert text.startswith(MARK)
        assert MARK not in text[1:]
        table = csv.reader(io.StringIO(text[1:], newline=''),
                           delimiter=';' if self.vietnamese else ',',
                           strict=True)
        return [[self.cell(cell) for cell in row] for row in table]


def asked(client, path, language, **query):
    address = path + '?' + urllib.parse.urlencode(
        {'format': 'sheet', **query})
    answer = client.send('GET', address, None, {'Accept-Language': language})
    assert answer.status == 200, answer
    assert answer.headers['Content-Type'] == 'text/csv; charset=utf-8'
    assert answer.headers['Content-Language'] == language
    return answer


def name_of(answer):
    said = answer.headers['Content-Disposition']
    return re.fullmatch(r'attachment; filename="([a-z0-9.-]+)"; '
                        r"filename\*=UTF-8''\1", said)[1]


def table_and_foot(rows):
    blank = rows.index([])
    return rows[:blank], rows[blank + 1:]


@pytest.fixture(name='signed')
def fixture_signed(obligation):
    obligation.sent()
    return obligation


def lists(description):
    """Paths of GETs that answer a list."""
    for path, row in description['paths'].items():
        if 'get' not in row or not path.startswith('/api/v1/'):
            continue
        names = {p['name']: p for p in row['get'].get('parameters', ())}
        if 'format' in names:
            yield path, names


# Feeds, which are followed by their places, and an inbox: no tables.
FEEDS = {'/api/v1/events', '/api/v1/events/stream', '/api/v1/me/letters'}


def test_every_list_says_that_it_has_both_tables(server, contract):
    assert server.client().get('/openapi.json').status == 200
    described = contract.description
    have = dict(lists(described))
    for path, names in have.items():
        assert names['format']['schema']['enum'] == ['json', 'csv', 'sheet'], \
            path
    for path, row in described['paths'].items():
        media = row.get('get', {}).get('responses', {}).get('2XX', {}) \
            .get('content', {}).get('application/json', {})
        shape = media.get('schema', {}).get('$ref', '/').rsplit('/', 1)[1]
        fields = described['components']['schemas'].get(shape, {}) \
            .get('properties', {})
        if 'items' in fields and path not in FEEDS:
            assert path in have, path


@pytest.mark.parametrize('language', ['vi', 'en'])
def test_every_list_is_a_table_for_people(signed, contract, language):
    """Heads in words, a foot, and no cell that becomes something else."""
    client, reader = signed.desk, Reader(language)
    for path, names in lists(contract.description):
        if 'hooks/' in path:  # nobody has one here; tests/hook
            continue
        query = {name: VALUE[name] for name in names if name in VALUE and
                 (names[name].get('required') or name in ('form', 'level'))}
        if path == '/api/v1/obligations':
            query = {'mine': 'true'}
        if path == '/api/v1/figures':
            query = {'form': FORM, 'periods': signed.period,
                     'units': signed.unit}
        if path == '/api/v1/figures/trace':
            query = {'form': FORM, 'period': signed.period,
                     'cell': 'all.c3', 'unit': signed.unit}
        if path == '/api/v1/reports':
            query = {'unit': signed.unit}
        where = path.replace('{id}', str(signed.id)).replace(
            '{ref}', str(signed.unit))
        # People and changes of units are the administrators' business.
        asker = (signed.server.client('admin')
                 if 'people' in path or 'unit-changes' in path else client)
        answer = asked(asker, where, language, **query)
        table, foot = table_and_foot(reader.rows(answer))
        heads = table[0]
        assert all(isinstance(head, str) and '_' not in head
                   for head in heads), (path, heads)
        assert all(len(row) == len(heads) for row in table), path
        assert len(foot) >= 3, path
        assert name_of(answer).endswith('.csv')


def test_a_list_for_people_has_all_pages(server):
    client = server.client('desk.d')
    want, after = [], 0
    while after is not None:
        page = client.get('/api/v1/units', limit=3, after=after).json
        want += [unit['name'] for unit in page['items']]
        after = page['next']
    assert len(want) > 3
    rows = Reader('vi').rows(asked(client, '/api/v1/units', 'vi'))
    table, foot = table_and_foot(rows)
    assert table[0][:2] == ['Tên đơn vị', 'Mã']
    assert [row[0] for row in table[1:]] == want
    assert foot[0] == ['Bảng', 'Danh sách đơn vị']
    assert foot[2] == ['Số dòng', len(want)]
    limited = Reader('vi').rows(asked(client, '/api/v1/units', 'vi', limit=3))
    table, foot = table_and_foot(limited)
    assert len(table) == 4


def test_a_code_of_digits_stays_a_text(server):
    rows = Reader('vi').rows(asked(server.client('desk.d'), '/api/v1/units',
                                   'vi', level=1))
    codes = [row[1] for row in rows[1:] if len(row) > 2]
    assert '01' in codes


def test_a_list_for_programs_says_where_its_next_page_is(server):
    client = server.client('desk.d')
    want = client.get('/api/v1/units', limit=500)['items']
    path, got = '/api/v1/units?format=csv&limit=3', []
    while path is not None:
        answer = client.send('GET', path)
        assert name_of(answer) == 'units.csv'
        got += csv.DictReader(io.StringIO(answer.body.decode()))
        link = answer.headers.get('Link')
        path = link and re.fullmatch('<(.*)>; rel="next"', link)[1]
    assert [(row['id'], row['name'], row['to']) for row in got] == \
        [(str(unit['id']), unit['name'], unit['to'] or '') for unit in want]


def test_the_language_picked_on_a_page_counts_for_its_downloads(server):
    """A browser asks for a file with its own language."""
    answer = server.client('desk.d').send(
        'GET', '/api/v1/forms?format=sheet', None,
        {'Accept-Language': 'vi', 'Cookie': 'truc_lang=en'})
    assert answer.headers['Content-Language'] == 'en'
    assert 'Legal basis' in answer.body.decode()


def test_states_and_acts_are_in_words(signed):
    path = f'/api/v1/reports/{signed.id}/history'
    table, _ = table_and_foot(Reader('vi').rows(
        asked(signed.desk, path, 'vi')))
    assert table[0][0] == 'Việc'
    assert 'Ký và gửi' in {row[0] for row in table[1:]}
    table, _ = table_and_foot(Reader('en').rows(
        asked(signed.desk, '/api/v1/reports', 'en', unit=signed.unit)))
    row = dict(zip(table[0], table[1]))
    assert (row['State'], row['Late']) in {('Sent', 'no'), ('Sent', 'yes')}
    assert '-Q' not in row['Period'] and '/' not in row['Period']


# ---- figures ---------------------------------------------------------------

def figures(signed, language, **query):
    return asked(signed.desk, '/api/v1/figures', language, form=FORM,
                 periods=signed.period, units=signed.unit, **query)


def test_figures_for_people_have_a_column_a_cell(signed):
    rows = Reader('vi').rows(figures(signed, 'vi', cells='all.c3,s01.c4'))
    table, foot = table_and_foot(rows)
    assert table[0][:6] == ['Đơn vị', 'Mã', 'Kỳ báo cáo', 'Phải báo cáo',
                            'Đã báo cáo', 'Muộn']
    assert table[0][6] == '(3) Tiếp nhận, Tổng số'
    assert table[0][7].endswith(': (4) Tiếp nhận, Trong đó: Trực tuyến')
    want = signed.desk.get(
        '/api/v1/figures', form=FORM, periods=signed.period,
        units=signed.unit, cells='all.c3')['rows'][0]['periods'][0]
    assert table[1][3:5] == [want['expected'], want['reported']]
    assert table[1][6] == decimal.Decimal(want['values'][0])
    assert dict(row[:2] for row in foot)['Cơ cấu đơn vị'] == 'theo kỳ'


def test_the_total_stands_first_as_on_the_screen(server):
    client = server.client('province.d')
    query = {'form': FORM, 'periods': '2025-Q3', 'cells': 'all.c3',
             'children_of': server.unit('d')}
    table, _ = table_and_foot(Reader('vi').rows(
        asked(client, '/api/v1/figures', 'vi', **query)))
    rows = client.get('/api/v1/figures', **query)['rows']
    total = [row['name'] for row in rows if row['kind'] == 'total']
    units = [row['name'] for row in rows if row['kind'] == 'unit']
    assert len(total) == 1 and len(units) > 1
    assert [row[0] for row in table[1:]][:1 + len(units)] == total + units


def test_name_and_foot_say_which_figures_they_are(signed):
    answer = figures(signed, 'vi', cells='all.c3', basis='accepted',
                     structure='2025-07-01', as_of='2025-11-01')
    index = signed.desk.get(
        '/api/v1/figures', form=FORM, periods=signed.period,
        units=signed.unit, as_of='2025-11-01')['index']
    _, foot = table_and_foot(Reader('vi').rows(answer))
    said = dict(row[:2] for row in foot)
    assert said['Bảng'] == 'Tổng hợp số liệu'
    assert said['Biểu'].startswith(FORM)
    assert said['Cơ cấu đơn vị'] == datetime.datetime(2025, 7, 1)
    assert said['Căn cứ'] == 'báo cáo đã tiếp nhận'
    assert said['Tính trên số mục sổ cái'] == index
    assert said['Số liệu tính đến'] == datetime.datetime(2025, 11, 1)
    assert name_of(answer) == (
        'tong-hop-so-lieu-ii-06a-vpcp-kstt-'
        f'{signed.period.lower()}-2025-07-01-bao-cao-da-tiep-nhan-2025-11-01-'
        f'{index}.csv')


def test_a_trace_for_people_has_all_its_parts(signed):
    answer = asked(signed.desk, '/api/v1/figures/trace', 'en', form=FORM,
                   period=signed.period, cell='all.c3', unit=signed.unit)
    table, foot = table_and_foot(Reader('en').rows(answer))
    assert table[0] == ['Unit', 'Code', 'Value', 'Report', 'Version',
                        'Entry of the ledger', 'Has one place']
    want = signed.desk.get('/api/v1/figures/trace', form=FORM,
                           period=signed.period, cell='all.c3',
                           unit=signed.unit)
    assert [(row[2], row[5]) for row in table[1:]] == \
        [(decimal.Decimal(part['value']), part['ledger_index'] + 1)
         for part in want['parts']]
    assert dict(row[:2] for row in foot)['Reports'] == want['total_parts']


def test_another_format_is_refused(signed):
    answer = signed.desk.get('/api/v1/reports', format='xls')
    assert answer.faults == {'/format': 'input.choice'}
