"""What a hostile hand tried, and what it may not get."""

import socket

import pytest
from acts import FORM, GOOD, refused

OBLIGATIONS = '/api/v1/obligations'
SESSION = '/api/v1/session'


def sign_in(server, login, password, forwarded):
    return server.client().send(
        'POST', SESSION, {'login': login, 'password': password},
        {'X-Forwarded-For': forwarded})


def test_who_speaks_for_a_unit_alone_sees_no_obligations_below_it(server):
    answer = server.client('clerk.b').get(
        OBLIGATIONS, form=FORM, period='2025-Q3', unit=server.unit('b'))
    assert [i['unit'] for i in answer['items']] == [server.unit('b')], answer
    assert answer['counts']['all'] == 1
    seen = server.client('province.b').get(
        OBLIGATIONS, form=FORM, period='2025-Q3', unit=server.unit('b'))
    assert seen['counts']['all'] > 1


def test_what_stays_inside_a_unit_is_hidden_from_those_above(obligation):
    obligation.open(obligation.desk, cells=GOOD, submit=True)
    obligation.act(obligation.leader, 'send-back', {'reason': 'nội bộ'})
    obligation.act(obligation.clerk, 'submit')
    obligation.act(obligation.leader, 'sign')
    obligation.act(obligation.clerk, 'amend', {'reason': 'đang sửa'})
    history = obligation.above.get(obligation.path('/history'))
    assert [i['act'] for i in history['items']] == ['sign']
    inside = obligation.clerk.get(obligation.path('/history'))
    assert [i['act'] for i in inside['items']] == [
        'submit', 'return', 'submit', 'sign', 'amend']
    seen = obligation.get(obligation.above)
    assert (seen['state'], seen['has_draft'], seen['reason']) == (
        'sent', False, None)
    own = obligation.get(obligation.clerk)
    assert (own['state'], own['has_draft'], own['reason']) == (
        'draft', True, 'đang sửa')


def test_behind_a_proxy_one_address_does_not_lock_out_the_others(server):
    guesses = [sign_in(server, f'guess.{n}', 'sai-mat-khau',
                       f'198.51.100.{n}, 203.0.113.7')
               for n in range(31)]
    refused(guesses[-2], 401, 'session.refused')
    refused(guesses[-1], 429, 'session.throttled')
    answer = sign_in(server, 'with.password.2', server.world.password,
                     '203.0.113.8')
    assert answer.status == 200, answer


def test_who_is_no_proxy_cannot_choose_an_address(make_server):
    server = make_server(options={'http.proxies': ''})
    guesses = [sign_in(server, f'guess.{n}', 'sai-mat-khau',
                       f'203.0.113.{n}') for n in range(31)]
    refused(guesses[-2], 401, 'session.refused')
    refused(guesses[-1], 429, 'session.throttled')


def test_figures_of_the_machine_are_not_handed_through_a_proxy(server):
    refused(server.client().get('/metrics'), 404, 'route.unknown')
    assert 'truc_faults_total 0' in server.metrics()


@pytest.mark.parametrize('size', [(1 << 20) + 1, 15_000_000])
def test_a_big_body_is_refused_before_it_is_kept(server, size):
    with socket.create_connection(('127.0.0.1', server.port), 30) as sock:
        sock.sendall(b'POST /api/v1/session HTTP/1.1\r\nHost: x\r\n'
                     b'Content-Type: application/json\r\n'
                     b'Content-Length: %d\r\n\r\n' % size)
        assert sock.recv(100).startswith(b'HTTP/1.1 413 ')


@pytest.mark.parametrize('value', [b'{}', b'[]', b'1', b'""', b'{"":{}}'])
def test_a_body_of_countless_values_takes_no_memory(server, value):
    """Each takes two hundred times its bytes once it is parsed, and for the
    first of these doors nobody needs to be signed in."""
    count = ((1 << 20) - 100) // (len(value) + 1)
    body = b'{"cells":[' + b','.join([value] * count) + b']}'
    for client, path in ((server.client(), SESSION),
                         (server.client('desk.d'), '/api/v1/reports')):
        refused(client.send('POST', path, body, {
            'Content-Type': 'application/json'}), 413, 'json.too_big')
