"""What the model found, each by itself."""

import json
import os

import server as servers
from acts import FORM, REPORTS, Obligation


def reorganise(server, changes):
    """Change the units while the server is stopped."""
    server.stop()
    path = os.path.join(server.folder, 'changes.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump({'changes': changes}, file)
    servers.run('test-reorganise', '--data', server.data, '--clock',
                server.clock.path, path, store=server.store)
    server.start()


def test_an_act_answers_what_a_reading_answers_after_it(make_server):
    """Whoever sends back a second version sees the first one again."""
    server = make_server()
    obligation = Obligation(server, 'd11', '2021-Q1').accepted({'s01.c4': '1',
                                                                's01.c8': '1'})
    again = obligation.body(cells={'s01.c4': '2', 's01.c8': '2'}, sign=True,
                            reason='Nhập nhầm')
    assert obligation.desk.post('/api/v1/reports', again).status == 200
    obligation.revision = obligation.get(obligation.above).revision
    answer = obligation.act(obligation.above, 'send-back',
                            {'reason': 'Chưa khớp'})
    assert answer.status == 200, answer
    assert answer.json == obligation.get(obligation.above).json


def test_who_accepts_a_report_reads_it_though_its_unit_went_elsewhere(
        make_server):
    """d11 of Tỉnh Cát Sơn goes into Xã Tân Sơn, Tỉnh Bắc Hà: its report is
    still accepted by the province it was under, and not by the other."""
    server = make_server()
    obligation = Obligation(server, 'd11', '2025-Q3').sent()
    reorganise(server, [
        {'act': 'end', 'unit': str(obligation.unit), 'on': '2025-12-01'},
        {'act': 'succession', 'from': str(obligation.unit), 'on': '2025-12-01',
         'to': str(server.unit('z')), 'kind': 'whole'}])
    listed = obligation.above.get(REPORTS, form=FORM, period=obligation.period)
    assert [item['id'] for item in listed['items']] == [obligation.id], listed
    assert obligation.get(obligation.above).status == 200
    assert obligation.get(server.client('desk.z')).status == 200
    assert obligation.get(server.client('desk.y')).status == 404
    other = obligation.act(server.client('province.b'), 'accept')
    assert (other.status, other.code) == (403, 'access.denied')
    assert obligation.act(obligation.above, 'accept').status == 200
