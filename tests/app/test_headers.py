"""What a browser is told with every answer, whatever it is an answer to."""

import http.client
import re

import pytest

from acts import refused
from server import PATIENCE_SECONDS
from test_http import head, raw

HTTPS = {'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https'}
FOREIGN = {'Origin': 'https://evil.example', 'Sec-Fetch-Site': 'cross-site'}
# A page of the client, one of the server, data, a file of the client, texts,
# and what is refused with and without a row.
PATHS = {'/': 200, '/about': 200, '/sign-in': 200, '/nowhere': 404,
         '/index.html': 200, '/openapi.json': 200, '/healthz': 200,
         '/api/v1/ledger/checkpoint': 200, '/api/v1/units': 200,
         '/api/v1/nothing': 404, '/api/v1/units?level=x': 422}
SIGN_IN = '/api/v1/session'


def answers(server, headers=None):
    for path, status in PATHS.items():
        answer = server.client('clerk.x').send('GET', path, None, headers)
        assert answer.status == status, (path, answer)
        yield path, answer


def bounds_what_is_loaded(policy):
    """Of a Content-Security-Policy: no plug-in, no base, no frame around."""
    rules = {rule.split()[0]: rule.split()[1:]
             for rule in policy.split(';')}
    default = rules['default-src']
    return (rules.get('object-src', default) == ["'none'"] and
            rules['base-uri'] == ["'none'"] and
            rules['frame-ancestors'] == ["'none'"] and
            default in (["'none'"], ["'self'"]) and
            not re.search('unsafe|https?:|[*]', policy))


def test_every_answer_bounds_what_a_browser_makes_of_it(server):
    for path, answer in answers(server):
        headers = answer.headers
        assert headers['X-Content-Type-Options'] == 'nosniff', path
        assert headers['Referrer-Policy'] == 'same-origin', path
        assert bounds_what_is_loaded(headers['Content-Security-Policy']), path


def test_a_refusal_of_the_engine_is_no_page_either(server):
    status, got = raw(server, head(server, 'Content-Length: 2',
                                   'Transfer-Encoding: chunked'),
                      is_all=False)
    assert status == 400, got
    said = got.decode().lower()
    for line in ('x-content-type-options: nosniff',
                 'referrer-policy: same-origin', 'cache-control: no-store'):
        assert f'\r\n{line}\r\n' in said, line
    policy = re.search(r'content-security-policy: (.*)\r\n', said).group(1)
    assert bounds_what_is_loaded(policy)


def test_over_tls_a_browser_comes_by_nothing_else_for_a_year(server):
    for path, answer in answers(server, HTTPS):
        assert answer.headers.get_all('Strict-Transport-Security') == [
            'max-age=31536000; includeSubDomains'], path
    for path, answer in answers(server):
        assert 'Strict-Transport-Security' not in answer.headers, path


def test_no_other_origin_is_let_in(server):
    for path, answer in answers(server, FOREIGN):
        allowed = [name for name in answer.headers
                   if name.lower().startswith('access-control')]
        assert allowed == [], path
    asked = server.client().send('OPTIONS', SIGN_IN, None, {
        **FOREIGN, 'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type'})
    refused(asked, 405, 'route.method')


@pytest.mark.parametrize('kind', ['text/plain', None,
                                  'application/x-www-form-urlencoded',
                                  'multipart/form-data; boundary=x'])
def test_what_a_foreign_page_may_send_unasked_signs_nobody_in(server, kind):
    """These types need no leave of ours (Fetch, CORS-safelisted)."""
    body = (f'{{"login":"with.password","password":'
            f'"{server.world.password}"}}').encode()
    answer = server.client().send('POST', SIGN_IN, body,
                                  {**FOREIGN, 'Content-Type': kind})
    refused(answer, 415, 'input.media_type')
    assert 'Set-Cookie' not in answer.headers


def test_texts_say_how_they_are_written(server):
    for path, answer in answers(server):
        kind = answer.headers['Content-Type']
        assert not kind.startswith('text/') or kind.endswith(
            '; charset=utf-8'), (path, kind)
    connection = http.client.HTTPConnection('127.0.0.1', server.metrics_port,
                                            timeout=PATIENCE_SECONDS)
    connection.request('GET', '/metrics')
    kind = connection.getresponse().headers['Content-Type']
    connection.close()
    assert kind == 'text/plain; version=0.0.4; charset=utf-8'


def test_a_request_is_not_handed_back(server):
    """TRACE would show a script what it may not read."""
    for path in ('/', '/api/v1/units', '/nowhere'):
        answer = server.client('clerk.x').send('TRACE', path, None,
                                               {'X-Secret': 'not-to-be-seen'})
        assert answer.status in (404, 405, 501), (path, answer)
        assert b'not-to-be-seen' not in answer.body


def test_a_folder_is_not_listed(server):
    for path in ('/assets/', '/assets', '/.git/config', '/api/', '/i18n/'):
        answer = server.client('clerk.x').get(path)
        refused(answer, 404, 'route.unknown')


def cookie_of(answer):
    return answer.headers['Set-Cookie']


def test_the_language_is_kept_like_any_other_cookie(server):
    plain = cookie_of(server.client().get('/about', lang='en'))
    assert plain.startswith('truc_lang=en; ') and 'Secure' not in plain
    over_tls = cookie_of(server.client().send('GET', '/about?lang=en', None,
                                              HTTPS))
    assert over_tls.startswith('__Host-truc_lang=en; Path=/; SameSite=Lax; ')
    assert over_tls.endswith('; Secure')
    english = server.client().send('GET', '/about', None, {
        'Cookie': '__Host-truc_lang=en', **HTTPS})
    assert '<html lang="en">' in english.body.decode()
    # There the plain name says nothing: anybody in between may set it.
    plain = server.client().send('GET', '/about', None, {
        'Cookie': 'truc_lang=en', **HTTPS})
    assert '<html lang="vi">' in plain.body.decode()


def test_no_secret_is_in_the_log(make_server):
    """Neither a password, nor a cookie, nor a token, right or wrong; nor what
    was typed as a login that nobody has."""
    server = make_server(options={'log.level': 'debug'})
    signed_in = server.client()
    assert signed_in.sign_in('with.password').status == 200
    wrong = 'mot-mat-khau-sai'
    assert server.client().sign_in('with.password', wrong).status == 401
    assert server.client().sign_in(wrong, wrong).status == 401
    unknown = server.client()
    unknown.token = 'truc_' + 'ab' * 32
    assert unknown.get('/api/v1/units', q=wrong).status == 401
    assert server.client('clerk.x').get('/api/v1/units', q=wrong).status == 200
    token = server.world.tokens['clerk.x']
    server.stop()
    log = server.log()
    assert 'event=' in log
    for secret in (server.world.password, wrong, signed_in.cookie, token,
                   unknown.token):
        assert secret not in log
    server.start()
