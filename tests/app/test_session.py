"""Signing in and out, passwords, cookies and tokens."""

import concurrent.futures
import datetime

import pytest

from acts import refused
from server import run

SESSION = '/api/v1/session'
PASSWORD = SESSION + '/password'


@pytest.fixture(scope='module')
def server(make_server):
    """Its own: others' attempts to sign in would slow these down."""
    return make_server()


@pytest.fixture
def moment(server, at):
    """A time of one's own, so that no test is slowed by another's attempts:
    what was charged to login and address is given back with time."""
    moment.hour += 1
    at(f'2025-12-{1 + moment.hour // 24:02}T{moment.hour % 24:02}:00')


moment.hour = 0


@pytest.fixture
def signed_in(server, moment):
    client = server.client()
    answer = client.sign_in('with.password')
    assert answer.status == 200, answer
    return client


def test_signing_in_tells_who_it_is_and_what_they_may_do(server, moment):
    answer = server.client().sign_in('with.password')
    assert answer['login'] == 'with.password'
    assert answer['demo'] is False
    assert answer['positions'] == [{
        'unit': server.unit('x'), 'unit_name': 'Xã Tân Hòa',
        'unit_path': ['Tỉnh Tân An', 'Chính phủ'], 'level': 3,
        'role': 'clerk'}]
    assert 'report.edit' in answer['permissions']
    assert 'report.sign' not in answer['permissions']


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server,
                                                               moment):
    cookie = server.client().sign_in('with.password').headers['Set-Cookie']
    assert 'HttpOnly' in cookie
    assert 'SameSite=Lax' in cookie
    assert 'Path=/' in cookie


def test_the_session_is_known_by_its_cookie(signed_in):
    assert signed_in.get(SESSION)['login'] == 'with.password'


def test_a_login_is_known_in_any_case(server, moment):
    assert server.client().sign_in('With.Password').status == 200


def test_a_wrong_password_and_an_unknown_login_look_alike(server, moment):
    wrong = server.client().sign_in('with.password', 'sai-mat-khau')
    unknown = server.client().sign_in('khong.co.ai', 'sai-mat-khau')
    refused(wrong, 401, 'session.refused')
    refused(unknown, 401, 'session.refused')
    assert wrong['detail'] == unknown['detail']


def test_who_has_no_password_cannot_sign_in(server, moment):
    refused(server.client().sign_in('desk.x', 'x'), 401, 'session.refused')


def test_a_disabled_person_cannot_sign_in(server, moment):
    refused(server.client().sign_in('gone'), 401, 'session.refused')


def test_a_disabled_person_s_token_is_nobody_s(server):
    refused(server.client('gone').get(SESSION), 401, 'token.unknown')


def test_signing_out_ends_the_session(signed_in):
    answer = signed_in.delete(SESSION)
    assert answer.status == 204
    assert 'Max-Age=0' in answer.headers['Set-Cookie']
    refused(signed_in.get(SESSION), 401, 'session.ended')


def test_a_session_ends_after_two_hours_without_use(signed_in, at):
    at('2025-12-05T00:00')
    refused(signed_in.get(SESSION), 401, 'session.ended')


def test_a_session_says_when_it_ends_and_ends_then(signed_in, at):
    begun = datetime.datetime(2025, 12, 8)
    at(begun.isoformat())
    client = signed_in.server.client()
    assert client.sign_in('with.password')['ends_in'] == 12 * 3600
    # Used all the time, it still ends after twelve hours.
    for hours in range(1, 12):
        at((begun + datetime.timedelta(hours=hours)).isoformat())
        assert client.get(SESSION)['ends_in'] == (12 - hours) * 3600
    at((begun + datetime.timedelta(hours=12, seconds=-1)).isoformat())
    assert client.get(SESSION)['ends_in'] == 1
    again = client.sign_in('with.password')
    assert again['ends_in'] == 12 * 3600
    at((begun + datetime.timedelta(hours=12)).isoformat())
    assert client.get(SESSION)['ends_in'] == 12 * 3600 - 1
    for hours in range(13, 24):
        at((begun + datetime.timedelta(hours=hours)).isoformat())
        assert client.get(SESSION).status == 200
    at((begun + datetime.timedelta(hours=24)).isoformat())
    refused(client.get(SESSION), 401, 'session.ended')


def test_a_token_s_session_has_no_end(server):
    assert server.client('desk.x').get(SESSION)['ends_in'] is None


def test_an_unknown_cookie_is_an_ended_session(server):
    client = server.client()
    client.cookie = 'x' * 64
    refused(client.get(SESSION), 401, 'session.ended')


def test_an_unknown_token_is_refused(server):
    client = server.client()
    for token in ('truc_' + '0' * 64, 'x', '', 'x' * 5000):
        client.token = token
        refused(client.get(SESSION), 401, 'token.unknown')


def test_another_scheme_of_authorization_is_refused(server):
    answer = server.client().send('GET', SESSION,
                                  headers={'Authorization': 'Basic eDp5'})
    refused(answer, 401, 'token.unknown')


def test_a_token_has_no_session_to_end(server):
    refused(server.client('desk.x').delete(SESSION), 409, 'session.none')
    refused(server.client('desk.x').post(
        PASSWORD, {'old': 'x', 'new': 'mot-mat-khau-khac'}), 409,
            'session.none')


def test_a_cookie_without_the_header_of_the_page_changes_nothing(signed_in):
    answer = signed_in.send('DELETE', SESSION,
                            headers={'X-Requested-With': None})
    refused(answer, 403, 'access.csrf')
    assert signed_in.get(SESSION).status == 200


def test_a_cookie_without_that_header_may_read(signed_in):
    answer = signed_in.send('GET', SESSION,
                            headers={'X-Requested-With': None})
    assert answer.status == 200


def test_signing_in_needs_login_and_password(server):
    refused(server.client().post(SESSION, {}), 422, 'input.invalid',
            login='input.missing', password='input.missing')
    refused(server.client().post(SESSION, {'login': 'x' * 65,
                                           'password': 'x' * 201}),
            422, 'input.invalid', login='input.too_long',
            password='input.too_long')


def test_many_wrong_attempts_are_slowed_down(server, moment):
    client = server.client()
    answers = [client.sign_in('with.password.2', 'sai') for _ in range(30)]
    last = answers[-1]
    refused(last, 429, 'session.throttled')
    assert int(last.headers['Retry-After']) > 0
    refused(client.sign_in('with.password.2'), 429, 'session.throttled')


def test_who_comes_when_all_places_are_taken_waits_for_his_turn(server,
                                                                moment):
    """Two places, and more people than workers: nobody is refused."""
    def attempt(_):
        return server.client().sign_in('with.password')
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(attempt, range(40)))
    assert [a.status for a in answers] == 40 * [200]


def test_others_are_answered_while_many_wait_to_sign_in(make_server):
    """Who waits for a place holds no worker."""
    server = make_server(workers=3, options={'password.at_once': '1'})
    reader = server.client('desk.x')

    def attempt(_):
        return server.client().sign_in('with.password')
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(attempt, n) for n in range(40)]
        while not all(job.done() for job in waiting):
            assert reader.get(SESSION).status == 200
    assert [job.result().status for job in waiting] == 40 * [200]


def test_beyond_the_queue_people_are_told_to_come_again(make_server):
    server = make_server(options={'password.at_once': '1',
                                  'password.queue': '1'})

    def attempt(_):
        return server.client().sign_in('with.password')
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(80)))
    busy = [a for a in answers if a.status == 503]
    assert {a.code for a in busy} == {'session.busy'}
    assert len({a.headers['Retry-After'] for a in busy}) > 1
    assert {a.status for a in answers} == {200, 503}
    assert f'truc_sign_in_busy_total {len(busy)}' in server.metrics()


# ---- what was refused -------------------------------------------------------

OFFICE = '203.0.113.21'
AWAY = '203.0.113.22'


def sign_in_from(server, address, login='with.password', password=None,
                 cookie=None):
    headers = {'X-Forwarded-For': address}
    if cookie is not None:
        headers['Cookie'] = cookie
    return server.client().send(
        'POST', SESSION, {'login': login, 'password': password or
                          server.world.password}, headers)


def browser_of(answer):
    return answer.headers.get_all('Set-Cookie')[1].split(';')[0]


def test_the_person_is_told_what_was_refused_since(make_server):
    server = make_server()
    assert sign_in_from(server, OFFICE)['before'] == {
        'at': None, 'from': None, 'refused': 0, 'refused_at': None,
        'refused_from': None}
    server.clock.set('2025-12-10T10:00')
    for _ in range(8):  # the last of them are not looked at
        sign_in_from(server, AWAY, password='sai-mat-khau')
    server.clock.set('2025-12-10T11:00')
    answer = sign_in_from(server, OFFICE)
    assert answer['before'] == {
        'at': '2025-12-10T09:00:00+07:00', 'from': OFFICE, 'refused': 8,
        'refused_at': '2025-12-10T10:00:00+07:00', 'refused_from': AWAY}
    client = server.client()
    client.cookie = answer.headers['Set-Cookie'].split(';')[0][5:]
    assert client.get(SESSION)['before'] == answer['before']
    assert server.client('desk.x').get(SESSION)['before'] is None
    metrics = server.metrics()
    assert 'truc_sign_in_refused_total 5\n' in metrics
    assert 'truc_sign_in_throttled_total 3\n' in metrics


def test_refused_tries_are_in_the_log_and_the_audit(make_server):
    """The first at once, the others counted; none is lost at a stop."""
    server = make_server()
    for _ in range(4):
        sign_in_from(server, AWAY, password='sai-mat-khau')
    server.wait_for_log('event=sign_in.refused user=')
    assert f'peer={AWAY} count=1\n' in server.log()
    sign_in_from(server, AWAY, login='khong.co.ai')
    server.stop()
    said = run('audit', '--data', server.data, store=server.store).stdout
    rows = [line.split('session.refused', 1)[1].strip()
            for line in said.splitlines() if 'session.refused' in line]
    assert len(rows) == 3 and rows[0] == f'1 from {AWAY}', said
    assert all(row.endswith(f' from {AWAY}') and row.startswith('object')
               for row in rows[1:])
    assert sum(int(row.split()[-3]) for row in rows) == 5
    server.start()


def test_a_known_browser_stays_known_over_a_restart(make_server):
    server = make_server()
    browser = browser_of(sign_in_from(server, OFFICE))
    server.stop()
    server.start()
    for _ in range(8):
        sign_in_from(server, OFFICE, password='sai-mat-khau')
    refused(sign_in_from(server, OFFICE), 429, 'session.throttled')
    answer = sign_in_from(server, OFFICE, cookie=browser)
    assert answer.status == 200
    # It is no session.
    refused(server.client().send('GET', SESSION, None, {'Cookie': browser}),
            401, 'access.login')


# ---- a new password --------------------------------------------------------

@pytest.fixture
def changer(server, moment):
    """Somebody whose password may change; it is put back."""
    client = server.client()
    assert client.sign_in('with.password.2').status == 200
    yield client
    if client.get(SESSION).status == 200:
        client.post(PASSWORD, {'old': 'mot-mat-khau-khac',
                               'new': server.world.password})


def test_a_new_password_holds_and_ends_other_sessions(server, changer):
    other = server.client()
    assert other.sign_in('with.password.2').status == 200
    answer = changer.post(PASSWORD, {'old': server.world.password,
                                     'new': 'mot-mat-khau-khac'})
    assert answer.status == 204
    refused(other.get(SESSION), 401, 'session.ended')
    assert changer.get(SESSION).status == 200
    refused(server.client().sign_in('with.password.2'), 401,
            'session.refused')


def test_the_old_password_must_be_right(changer):
    answer = changer.post(PASSWORD, {'old': 'sai-mat-khau',
                                     'new': 'mot-mat-khau-khac'})
    refused(answer, 422, 'input.invalid', old='session.wrong_password')


def test_a_new_password_has_ten_to_two_hundred_bytes(server, changer):
    refused(changer.post(PASSWORD, {'old': server.world.password,
                                    'new': 'ngan'}),
            422, 'input.invalid', new='password.length')
    refused(changer.post(PASSWORD, {'old': server.world.password,
                                    'new': 'x' * 201}),
            422, 'input.invalid', new='input.too_long')


def test_bytes_alone_are_no_length(server, changer):
    """Letters with their marks have three bytes each."""
    refused(changer.post(PASSWORD, {'old': server.world.password,
                                    'new': 'ếữộẩớừẵ'}),
            422, 'input.invalid', new='password.length')


def test_a_password_of_64_letters_with_marks_is_taken(server, changer):
    long = 'ếữộẩớừẵờ' * 7 + 'mộtlàng!'
    assert len(long) == 64
    assert changer.post(PASSWORD, {'old': server.world.password,
                                   'new': long}).status == 204
    assert server.client().sign_in('with.password.2', long[:-1]).status == 401
    assert server.client().sign_in('with.password.2', long).status == 200
    assert changer.post(PASSWORD, {'old': long,
                                   'new': server.world.password}).status == 204


def test_wrong_old_passwords_are_slowed_down(changer):
    answers = [changer.post(PASSWORD, {'old': 'sai',
                                       'new': 'mot-mat-khau-khac'})
               for _ in range(30)]
    refused(answers[-1], 429, 'session.throttled')


def test_changes_at_once_wait_for_their_turn_too(changer):
    """Two places; what is charged at once stays under the bound of tries."""
    def attempt(_):
        return changer.post(PASSWORD, {'old': changer.server.world.password,
                                       'new': changer.server.world.password})

    def change(_):
        return changer.post(PASSWORD, {'old': 'sai-mat-khau',
                                       'new': 'mot-mat-khau-khac'})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        same = list(pool.map(attempt, range(8)))
        wrong = list(pool.map(change, range(8)))
    for answer in same:
        refused(answer, 422, 'input.invalid', new='password.same')
    assert sorted(a.status for a in wrong) == 5 * [422] + 3 * [429]
    assert {a.code for a in wrong if a.status == 429} == {'session.throttled'}


def test_who_signs_out_while_his_change_waits_changes_nothing(make_server):
    """Rights are asked again when the turn has come."""
    server = make_server(options={'password.at_once': '1'})
    changer = server.client()
    for n in range(20):
        assert changer.sign_in('with.password.2').status == 200
        with concurrent.futures.ThreadPoolExecutor(60) as pool:
            crowd = [pool.submit(server.client().sign_in, 'with.password')
                     for _ in range(50)]
            change = pool.submit(changer.post, PASSWORD, {
                'old': server.world.password, 'new': 'mot-mat-khau-khac'},
                key=f'change-{n}')
            ended = changer.delete(SESSION)
            answer = change.result()
        assert ended.status == 204
        assert [job.result().status for job in crowd] == 50 * [200]
        if answer.status == 401:
            refused(answer, 401, 'session.ended')
            assert server.client().sign_in('with.password.2').status == 200
            return
        # The change came first; so it is done.
        assert changer.sign_in('with.password.2',
                               'mot-mat-khau-khac').status == 200
        back = changer.post(PASSWORD, {'old': 'mot-mat-khau-khac',
                                       'new': server.world.password})
        assert back.status == 204
    pytest.fail('the change never waited long enough')


# ---- what a password may not be, and whose cookie it is --------------------

@pytest.mark.parametrize('new, code', [
    (' ' * 10, 'password.common'), ('1234567890', 'password.common'),
    ('Password2025!', 'password.common'), ('matkhau123', 'password.common'),
    ('x' * 9, 'password.length'), (None, 'password.same')])
def test_a_new_password_that_is_guessed_first_is_refused(server, signed_in,
                                                         new, code):
    old = server.world.password
    answer = signed_in.post(PASSWORD, {'old': old, 'new': new or old})
    refused(answer, 422, 'input.invalid', new=code)
    assert server.client().sign_in('with.password').status == 200


HTTPS = {'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https'}


def sign_in_over_tls(server):
    answer = server.client().send('POST', SESSION, {
        'login': 'with.password', 'password': server.world.password}, HTTPS)
    assert answer.status == 200, answer
    return answer.headers.get_all('Set-Cookie')


def test_over_tls_the_cookie_is_of_this_host_alone(server, moment):
    cookies = sign_in_over_tls(server)
    assert [c.split('=')[0] for c in cookies] == ['__Host-truc',
                                                  '__Host-truc_browser']
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(';')}
        assert {'Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax'} <= parts
        assert not any(part.startswith('Domain') for part in parts)
    secret = cookies[0].split(';')[0]
    asked = {'Cookie': secret, **HTTPS}
    assert server.client().send('GET', SESSION, None, asked).status == 200
    # The plain name says nothing there, nor the other one without TLS.
    plain = {'Cookie': secret.replace('__Host-', ''), **HTTPS}
    refused(server.client().send('GET', SESSION, None, plain), 401,
            'access.login')
    refused(server.client().send('GET', SESSION, None, {'Cookie': secret}),
            401, 'access.login')


def test_of_two_session_cookies_neither_counts(server, signed_in):
    own = signed_in.cookie
    foreign = server.client()
    assert foreign.sign_in('with.password.2').status == 200
    for both in (f'truc={foreign.cookie}; truc={own}',
                 f'truc={own}; x=1; truc={foreign.cookie}',
                 f'truc={own}; truc={own}'):
        answer = server.client().send('GET', SESSION, None, {'Cookie': both})
        refused(answer, 401, 'session.cookies')
    # The way out is open, and what is public stays so.
    answer = server.client().send('POST', SESSION, {
        'login': 'with.password', 'password': server.world.password},
        {'Cookie': f'truc=a; truc={own}', 'X-Requested-With': 'truc'})
    assert answer.status == 200
    assert server.client().send('GET', '/sign-in', None, {
        'Cookie': f'truc=a; truc={own}'}).status == 200


def test_a_page_made_for_another_person_sends_nothing(server, signed_in):
    own = signed_in.get(SESSION)
    other = server.client()
    assert other.sign_in('with.password.2').status == 200
    person = str(own['person'])
    assert signed_in.send('GET', SESSION, None,
                          {'X-Truc-Person': person}).status == 200
    for said in (person, '0', '-1', 'x', '', person + '0' * 30):
        refused(other.send('GET', SESSION, None, {'X-Truc-Person': said}),
                401, 'session.other')
        refused(other.send('DELETE', SESSION, None, {'X-Truc-Person': said}),
                401, 'session.other')
    assert other.get(SESSION).status == 200
    # A token is nobody's desk.
    assert server.client('desk.d').send(
        'GET', SESSION, None, {'X-Truc-Person': person}).status == 200
