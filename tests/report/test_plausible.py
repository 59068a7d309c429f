"""Figures beside what the unit, or those it was made of, reported before.

z was made of b11, b12, b13 and b21; x of a11, a12 and a part of a21.
"""
import pytest

from acts import REPORTS, Obligation, cell, nothing_changes, refused

WORDS = 'Chuyển về một đầu mối từ quý này'
PARTS = ('b11', 'b12', 'b13', 'b21')


@pytest.fixture(scope='module')
def server(make_server):
    own = make_server()
    yield own
    own.stop()


@pytest.fixture
def desk(server):
    return server.client('desk.d')


def figures(online, remark=None):
    """So many dossiers of one sector, all sent online and settled early."""
    given = str(online) if remark is None else {'value': str(online),
                                                'remark': remark}
    return {'s01.c4': given, 's01.c5': '0', 's01.c6': '0', 's01.c8': given,
            's01.c9': '0', 's01.c10': '0', 's01.c12': '0', 's01.c13': '0'}


def filed(server, client, unit, period, cells):
    report = Obligation(server, unit, period)
    answer = report.open(client, cells=cells, sign=True)
    assert answer.status == 201, answer
    return report


def expected(answer, of='s01.c4'):
    """What a cell is expected to hold, without its names; None: nothing."""
    found = [one for one in answer['expected'] if one['cell'] == of]
    assert len(found) < 2
    return {key: found[0][key] for key in
            ('low', 'high', 'last', 'year', 'usual')} if found else None


def drafted(server, client, unit, period, cells=None):
    report = Obligation(server, unit, period)
    more = {} if cells is None else {'cells': cells}
    answer = report.open(client, **more)
    assert answer.status == 201, answer
    return report, answer


# ---- what a cell is expected to hold ---------------------------------------

def test_without_a_past_nothing_is_expected(server, desk):
    _, answer = drafted(server, desk, 'd11', '2021-Q1', figures(1000))
    assert answer['expected'] == []


def test_the_last_period_is_held_against(server, desk):
    filed(server, desk, 'd11', '2021-Q3', figures(1234))
    _, answer = drafted(server, desk, 'd11', '2021-Q4')
    assert expected(answer) == {'low': '412', 'high': '3701', 'last': '1234',
                                'year': None, 'usual': None}
    # c6 is carried and c3 counted: no rule of plausibility looks at them.
    assert expected(answer, 's01.c3') is None
    assert expected(answer, 's01.c6') is None


def test_so_is_the_same_period_a_year_ago(server, desk):
    filed(server, desk, 'd13', '2021-Q1', figures(900))
    _, answer = drafted(server, desk, 'd13', '2022-Q1')
    assert expected(answer, 's01.c8') == {
        'low': '301', 'high': '2699', 'last': None, 'year': '900',
        'usual': None}
    # Online dossiers grow from year to year, so the form asks no year there.
    assert expected(answer, 's01.c4') is None


def test_four_periods_are_a_history(server, desk):
    for period, online in (('2021-Q1', 90), ('2021-Q2', 110),
                           ('2021-Q3', 100), ('2021-Q4', 120)):
        filed(server, desk, 'd14', period, figures(online))
    _, answer = drafted(server, desk, 'd14', '2022-Q1')
    # 120 times three, and the third of 100, the lower of the two medians.
    assert expected(answer) == {'low': '34', 'high': '359', 'last': '120',
                                'year': None, 'usual': '100'}


def test_what_was_sent_back_is_not_known(server, desk):
    report = filed(server, desk, 'd15', '2021-Q1', figures(1000))
    assert report.act(server.client('province.d'), 'send-back',
                      {'reason': 'Nhầm đơn vị tính'}).status == 200
    _, answer = drafted(server, desk, 'd15', '2021-Q2')
    assert answer['expected'] == []


def test_a_unit_of_a_reform_takes_the_history_of_its_area(server):
    client = server.client('desk.z')
    for number, unit in enumerate(PARTS):
        filed(server, client, unit, '2025-Q2', figures(100 + number))
    _, answer = drafted(server, client, 'z', '2025-Q3')
    assert expected(answer)['last'] == '406'


def test_of_an_area_that_did_not_report_whole_nothing_is_known(server):
    client = server.client('desk.z')
    for unit in PARTS[1:]:
        filed(server, client, unit, '2025-Q1', figures(100))
    answer = Obligation(server, 'z', '2025-Q3').open(client)
    # A year ago and four periods are not there; of two one is not whole.
    assert expected(answer) == {'low': '136', 'high': '1217', 'last': '406',
                                'year': None, 'usual': None}
    assert expected(answer, 's01.c8')['year'] is None


def test_what_is_unallocated_is_unknown(server):
    client = server.client('desk.x')
    for unit in ('a11', 'a12'):
        filed(server, client, unit, '2025-Q2', figures(1000))
    _, answer = drafted(server, client, 'x', '2025-Q3')
    assert answer['expected'] == []


# ---- what is far is explained -----------------------------------------------

def test_a_figure_far_from_before_is_explained_or_not_signed(server, desk):
    filed(server, desk, 'd16', '2021-Q1', figures(1234))
    report = Obligation(server, 'd16', '2021-Q2')
    for more in ({'submit': True}, {'sign': True}):
        with nothing_changes(server):
            answer = report.open(desk, cells=figures(12340), **more)
        refused(answer, 409, 'report.rule_broken')
        assert answer.faults == {'/cells/s01.c4': 'p1.s01.c4',
                                 '/cells/s01.c8': 'p2.s01.c8'}
    answer = report.open(desk, cells=figures(12340, WORDS), sign=True)
    assert answer['state'] == 'sent'
    assert answer['flags'] == 2


def test_one_explained_cell_does_not_stand_for_another(server, desk):
    filed(server, desk, 'd21', '2021-Q1', figures(1234))
    cells = {**figures(12340), 's01.c4': {'value': '12340', 'remark': WORDS}}
    answer = Obligation(server, 'd21', '2021-Q2').open(desk, cells=cells,
                                                       sign=True)
    assert answer.faults == {'/cells/s01.c8': 'p2.s01.c8'}


def test_the_unit_above_sees_it_with_the_explanation(server, desk):
    above = server.client('province.d')
    filed(server, desk, 'd22', '2021-Q1', figures(100))
    report = filed(server, desk, 'd22', '2021-Q2', figures(1000, WORDS))
    seen = report.get(above)
    assert [(f['rule'], f['cell'], f['severity'], f['expected'])
            for f in seen['findings']] == [
        ('p1.s01.c4', 's01.c4', 'explain', '100'),
        ('p2.s01.c8', 's01.c8', 'explain', '100')]
    assert cell(seen, 's01.c4') == {'value': '1000', 'remark': WORDS}
    assert expected(seen)['high'] == '299'
    answer = above.post(REPORTS + '/accept', {'ids': [report.id]})
    assert answer['items'] == [{'id': report.id, 'ok': False,
                                'code': 'report.flagged'}]
    assert report.act(above, 'accept').status == 200


def test_a_figure_in_between_is_taken_without_a_word(server, desk):
    filed(server, desk, 'd23', '2021-Q1', figures(100))
    report = filed(server, desk, 'd23', '2021-Q2', figures(299))
    assert report.get(desk)['flags'] == 0


def test_a_figure_that_falls_is_far_too(server, desk):
    filed(server, desk, 'd24', '2021-Q1', figures(100))
    answer = Obligation(server, 'd24', '2021-Q2').open(
        desk, cells=figures(33), sign=True)
    refused(answer, 409, 'report.rule_broken')


def test_a_nil_report_after_many_is_explained_by_cells(server, desk):
    filed(server, desk, 'd25', '2021-Q1', figures(100))
    report = Obligation(server, 'd25', '2021-Q2')
    refused(report.open(desk, nil=True, sign=True), 409, 'report.rule_broken')
    assert report.open(desk, cells=figures(0, WORDS), sign=True).status == 201


def test_small_figures_are_never_far(server, desk):
    filed(server, desk, 'd26', '2021-Q1', figures(1))
    report = filed(server, desk, 'd26', '2021-Q2', figures(12))
    assert report.get(desk)['findings'] == []


def test_the_form_says_what_it_asks(server, desk):
    form = desk.get('/api/v1/forms/II.06a%2FVPCP%2FKSTT', period='2025-Q3')
    assert [(p['id'], p['columns'], p['against'], p['ratio'], p['floor'],
             p['z'], p['periods']) for p in form['plausible']][0] == (
        'p1', ['c4', 'c5'], ['last', 'history'], '3.00', '12', '2.5', 8)
