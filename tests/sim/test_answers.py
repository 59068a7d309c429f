"""What the model found, each by itself."""

from acts import Duty


def test_an_act_answers_what_a_reading_answers_after_it(make_server):
    """Whoever sends back a second version sees the first one again."""
    server = make_server()
    duty = Duty(server, 'd11', '2021-Q1').accepted({'s01.c4': '1',
                                                    's01.c8': '1'})
    again = duty.body(cells={'s01.c4': '2', 's01.c8': '2'}, sign=True,
                      reason='Nhập nhầm')
    assert duty.desk.post('/api/v1/reports', again).status == 200
    duty.revision = duty.get(duty.above).revision
    answer = duty.act(duty.above, 'send-back', {'reason': 'Chưa khớp'})
    assert answer.status == 200, answer
    assert answer.json == duty.get(duty.above).json
