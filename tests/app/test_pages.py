"""Pages: the client's shell with the first data of its screen.

The first data is what the API answers to the same person, and nothing of it is
kept by anybody on the way.
"""

import http.client
import json
import pathlib
import re
import urllib.parse

import pytest

from acts import FORM
from server import PATIENCE_SECONDS, Answer

BLOCK = re.compile(r'<script type="application/json" id="first">(.*?)</script>',
                   re.S)
WEB = pathlib.Path(__file__).parents[2] / 'web/src'


def page(client, path, **more):
    """A page as a browser asks for it."""
    return client.send('GET', path, headers={
        'Accept': 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
        **more.pop('headers', {})}, **more)


def first(answer):
    assert answer.status == 200, answer
    found = BLOCK.findall(answer.body.decode())
    assert len(found) == 1, answer.body
    return json.loads(found[0])


def test_a_page_for_nobody_has_no_data_and_is_asked_for_again(server):
    answer = page(server.client(), '/')
    assert first(answer) == {'lang': 'vi', 'nobody': True, 'answers': {},
                             'office': {'name': '', 'telephone': ''}}
    assert answer.headers['Cache-Control'] == 'private, no-cache'
    again = page(server.client(), '/',
                 headers={'If-None-Match': answer.headers['ETag']})
    assert (again.status, again.body) == (304, b'')


def test_who_runs_this_and_who_helps_is_said_where_one_signs_in(make_server):
    name = 'Văn phòng UBND tỉnh <Cát Sơn> & </script>'
    server = make_server(options={'office.name': name,
                                  'office.telephone': '0227 3831 234'})
    answer = page(server.client(), '/')
    assert first(answer)['office'] == {'name': name,
                                       'telephone': '0227 3831 234'}
    for path in ('/sign-in', '/about', '/nowhere'):
        text = page(server.client(), path).body.decode()
        assert ('<strong>Văn phòng UBND tỉnh &lt;Cát Sơn&gt; &amp; '
                '&lt;/script&gt;</strong>') in text, text
        assert '<strong>0227 3831 234</strong>' in text, text


def test_first_data_is_what_the_api_answers_to_the_same_person(server):
    client = server.client('clerk.x')
    pages = {
        '/': ['/api/v1/obligations?mine=true&todo=true&limit=100'],
        '/?q=x&period=2025-Q2': [
            '/api/v1/obligations?mine=true&todo=true&period=2025-Q2&q=x'
            '&limit=100'],
        '/?state=all': ['/api/v1/obligations?mine=true&limit=100'],
        '/?state=late&age=older': [
            '/api/v1/obligations?mine=true&late=true&age=older&limit=100'],
        '/?state=draft': [
            '/api/v1/obligations?mine=true&state=draft&limit=100'],
        '/reports': ['/api/v1/forms', '/api/v1/reports?limit=100'],
        '/reports?state=sent&late=true&x=1': [
            '/api/v1/forms', '/api/v1/reports?state=sent&late=true&limit=100'],
        '/units': ['/api/v1/units?level=1&limit=100'],
        '/units?q=x%C3%A3&on=2025-07-01': [
            '/api/v1/units?q=x%C3%A3&on=2025-07-01&limit=100'],
        '/country': ['/api/v1/forms'],
        '/password': [],
    }
    for path, wanted in pages.items():
        answer = page(client, path)
        data = first(answer)
        assert answer.headers['Cache-Control'] == 'private, no-store', path
        assert 'ETag' not in answer.headers
        assert data['nobody'] is False
        assert list(data['answers']) == ['/api/v1/session', *wanted], path
        for address, got in data['answers'].items():
            assert got == client.get(address).json, address


def test_a_report_brings_itself_and_its_history(server, filed):
    number = filed.id
    client = server.client('desk.d')
    answers = first(page(client, f'/reports/{number}'))['answers']
    report = client.get(f'/api/v1/reports/{number}').json
    form = '/api/v1/forms/{}?period={}'.format(
        report['form'].replace('/', '%2F'), report['period'])
    assert list(answers)[1:] == [f'/api/v1/reports/{number}', form,
                                 f'/api/v1/reports/{number}/history']
    assert answers[f'/api/v1/reports/{number}'] == report
    assert answers[form] == client.get(form).json
    entry = first(page(client, f'/reports/{number}/entry'))['answers']
    assert list(entry)[1:] == [f'/api/v1/reports/{number}', form]


def test_another_person_s_page_has_nothing_that_the_api_would_refuse(
        server, filed):
    for login in ('clerk.x', 'nobody', 'admin'):
        answers = first(page(server.client(login),
                             f'/reports/{filed.id}'))['answers']
        assert list(answers) == ['/api/v1/session'], login
        assert answers['/api/v1/session']['login'] == login


def test_a_form_with_a_slash_goes_through_in_path_and_query(server):
    client = server.client('clerk.x')
    code = FORM.replace('/', '%2F')
    answers = first(page(client, f'/country?form={code}&period=2025-Q3')
                    )['answers']
    assert list(answers)[1:] == [
        '/api/v1/forms', f'/api/v1/periods?form={code}',
        f'/api/v1/forms/{code}?period=2025-Q3']


def test_the_figures_of_a_screen_come_with_it(server, filed):
    client = server.client('centre')
    code = FORM.replace('/', '%2F')
    root = client.get('/api/v1/units', level=0)['items'][0]['id']
    asked = f'form={code}&periods={filed.period}'
    pages = {
        f'/country?form={code}&period={filed.period}&at={root}':
            [f'/api/v1/figures?{asked}&children_of={root}'],
        f'/country?form={code}&period={filed.period}&at={root}&row=s01': [],
        f'/country?form={code}&period={filed.period}&at={root}'
        '&structure=2025-07-01&basis=accepted&apportion=equal':
            [f'/api/v1/figures?{asked}&structure=2025-07-01&basis=accepted'
             f'&apportion=equal&children_of={root}'],
        f'/review?form={code}&period={filed.period}&unit={filed.unit}':
            [f'/api/v1/figures?{asked}&units={filed.unit}&basis={basis}'
             for basis in ('sent', 'accepted')],
    }
    for path, wanted in pages.items():
        answers = first(page(client, path))['answers']
        figures = [a for a in answers if a.startswith('/api/v1/figures')]
        assert figures == wanted, path
        for address in figures:
            assert answers[address] == client.get(address).json, address
    # Whoever may not ask for it gets a page without it.
    path = f'/country?form={code}&period={filed.period}&at={root}'
    answers = first(page(server.client('desk.x'), path))['answers']
    assert not any(a.startswith('/api/v1/figures') for a in answers)


def test_what_a_page_is_asked_never_ends_the_block(server):
    client = server.client('centre')
    for hostile in ('</script><script>alert(1)</script>', '<!--<script>',
                    '\u2028\u2029', '"}]}', '&lt;', "'", '{x}', '%'):
        answer = page(client, '/units', q=hostile, on='2025-07-01')
        text = answer.body.decode()
        data = first(answer)
        inside = BLOCK.search(text).group(1)
        assert not re.search('[<>&\u2028\u2029]', inside), hostile
        assert hostile not in BLOCK.sub('', text)
        asked = [a for a in data['answers'] if a.startswith('/api/v1/units')]
        for address in asked:
            assert data['answers'][address] == client.get(address).json


def test_a_page_takes_any_query_and_a_malformed_one(server):
    for query in ('a=1&a=2', 'x', '%zz', '&&&', 'a=' + 'b' * 3000):
        answer = page(server.client('clerk.x'), f'/reports?{query}')
        assert '/api/v1/session' in first(answer)['answers'], query


def test_a_page_is_in_the_language_that_was_picked(server):
    client = server.client('clerk.x')
    assert first(page(client, '/'))['lang'] == 'vi'
    picked = page(client, '/', headers={'Cookie': 'a=b; truc_lang=en'})
    assert first(picked)['lang'] == 'en'
    odd = page(client, '/', headers={'Cookie': 'truc_lang=<x>'})
    assert first(odd)['lang'] == 'vi'


def test_an_ended_session_is_nobody_s(server):
    answer = page(server.client(), '/', headers={
        'Cookie': 'truc=' + '0' * 64})
    assert first(answer)['nobody'] is True


def test_every_screen_is_sent_with_the_session(server, filed):
    client = server.client('desk.d')
    for path in ('/review', '/reports/new', '/password', '/country',
                 f'/reports/{filed.id}/entry', f'/units/{filed.unit}',
                 f'/review?form={FORM}&period={filed.period}'
                 f'&unit={filed.unit}&report={filed.id}'):
        answers = first(page(client, path))['answers']
        assert answers['/api/v1/session']['login'] == 'desk.d', path
        for address, got in answers.items():
            assert got == client.get(address).json, address


def test_pages_and_screens_are_the_same(contract, server):
    """A screen of the client without a row would not be sent, and a row
    without a screen would be a page that says it is missing."""
    del server
    screens = set()
    for file in WEB.glob('*/screens.ts'):
        if file.parent.name != 'made':
            screens |= set(re.findall(r"path: '([^']+)'", file.read_text()))
    rows = {op.path for op in contract.operations
            if op.described['summary'].startswith('Screen: ')}
    assert rows == screens
    assert '/reports/{id}' in rows


# --- pages that the server writes ------------------------------------------

OURS = {'Sec-Fetch-Site': 'same-origin'}


def submit(server, path, fields, headers, language='vi'):
    """A form as a browser without JavaScript sends it."""
    connection = http.client.HTTPConnection('127.0.0.1', server.port,
                                            timeout=PATIENCE_SECONDS)
    connection.request('POST', path, urllib.parse.urlencode(fields), {
        'Accept': 'text/html', 'Cookie': f'truc_lang={language}',
        'Content-Type': 'application/x-www-form-urlencoded', **headers})
    got = connection.getresponse()
    answer = Answer(got.status, got.headers, got.read())
    connection.close()
    server.contract.note('POST', path, answer)
    return answer


def test_about_says_version_ledger_and_key(server):
    answer = page(server.client(), '/about')
    text = answer.body.decode()
    note = server.client().get('/api/v1/ledger/checkpoint').body.decode()
    origin = note.split('\n', 1)[0]
    for wanted in (server.client().get('/openapi.json').json['info']['version'],
                   origin, 'Apache License 2.0', '/openapi.json',
                   'Đang hoạt động'):
        assert wanted in text, wanted
    assert note.split('\n')[2] in text   # the root
    assert re.search(re.escape(origin) + r'\+[0-9a-f]{8}\+', text)
    assert '<script' not in text
    assert "default-src 'none'" in answer.headers['Content-Security-Policy']
    english = page(server.client(), '/about?lang=en')
    assert 'About this installation' in english.body.decode()
    again = page(server.client(), '/about',
                 headers={'If-None-Match': answer.headers['ETag']})
    assert again.status == 304


def test_who_signs_in_without_a_script_sees_what_was_refused(make_server):
    server = make_server()
    form = {'login': 'with.password', 'password': server.world.password}
    assert submit(server, '/sign-in', form, OURS).status == 303
    wrong = submit(server, '/sign-in', {**form, 'password': 'sai-mat-khau'},
                   {**OURS, 'X-Forwarded-For': '203.0.113.31'})
    assert wrong.status == 401
    done = submit(server, '/sign-in', form, OURS)
    client = server.client()
    client.cookie = re.match(r'truc=(\w+);',
                             done.headers['Set-Cookie']).group(1)
    said = page(client, '/sign-in').body.decode()
    assert re.search(r'Lần đăng nhập trước</dt>\s*<dd>2025-12-10T09:00:00'
                     r'\+07:00, 127\.0\.0\.1<', said), said
    assert re.search(r'<dd>1 \(2025-12-10T09:00:00\+07:00, 203\.0\.113\.31\)<',
                     said), said


def test_somebody_signs_in_and_out_without_a_script(server):
    form = page(server.client(), '/sign-in')
    assert 'action="/sign-in"' in form.body.decode()
    assert '<script' not in form.body.decode()
    done = submit(server, '/sign-in', {'login': 'with.password',
                                       'password': server.world.password},
                  OURS)
    assert (done.status, done.headers['Location']) == (303, '/')
    cookie = done.headers['Set-Cookie']
    assert 'HttpOnly' in cookie and 'SameSite=Lax' in cookie
    client = server.client()
    client.cookie = re.match(r'truc=(\w+);', cookie).group(1)
    assert client.get('/api/v1/session')['login'] == 'with.password'
    own = page(client, '/sign-in')
    assert 'action="/sign-out"' in own.body.decode()
    assert 'Số lần thử bị từ chối từ đó' in own.body.decode()
    assert own.headers['Cache-Control'] == 'no-store'
    out = submit(server, '/sign-out', {}, {
        **OURS, 'Cookie': f'truc={client.cookie}'})
    assert (out.status, out.headers['Location']) == (303, '/sign-in')
    assert 'Max-Age=0' in out.headers['Set-Cookie']
    assert client.get('/api/v1/session').status == 401


def test_a_password_is_masked_and_may_come_from_a_manager(server):
    """On the server's form, and wherever the client asks for one."""
    form = page(server.client(), '/sign-in').body.decode()
    fields = re.findall(r'<input[^>]* name="password"[^>]*>', form)
    for file in sorted((WEB / 'session').glob('*.tsx')):
        text = file.read_text(encoding='utf-8')
        fields += re.findall(r'<input[^>]* name="(?:password|old|new)"[^>]*>',
                             text)
        assert not re.search(r'on(Paste|Copy|ContextMenu|BeforeInput)', text)
    assert len(fields) == 5, fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)


@pytest.mark.parametrize('foreign', [
    {'Sec-Fetch-Site': 'cross-site'}, {'Origin': 'https://evil.example'},
    {'Origin': 'null'}, {}], ids=str)
def test_a_foreign_page_signs_nobody_in_or_out(server, foreign):
    answer = submit(server, '/sign-in', {
        'login': 'with.password', 'password': server.world.password}, foreign)
    assert answer.status == 403
    assert 'Set-Cookie' not in answer.headers
    client = server.client()
    client.sign_in('with.password', server.world.password)
    answer = submit(server, '/sign-out', {}, {
        **foreign, 'Cookie': f'truc={client.cookie}'})
    assert (answer.status, 'Set-Cookie' in answer.headers) == (403, False)
    assert client.get('/api/v1/session').status == 200


def test_a_wrong_password_is_said_on_the_form_and_slowed_down(make_server):
    server = make_server()
    login = '"><script>alert(1)</script>'
    statuses = []
    for _ in range(30):
        answer = submit(server, '/sign-in',
                        {'login': login, 'password': 'wrong password'}, OURS)
        text = answer.body.decode()
        statuses.append(answer.status)
        assert '<script' not in text and '&quot;&gt;&lt;script' in text
        if answer.status != 401:
            break
        assert 'session.refused' in text
    assert statuses[0] == 401 and statuses[-1] == 429, statuses
    assert int(answer.headers['Retry-After']) > 0
    assert 'session.throttled' in text


def test_a_browser_gets_a_page_when_something_is_wrong(server):
    for path, status, code in (('/nowhere', 404, 'route.unknown'),
                               ('/metrics/x', 404, 'route.unknown')):
        answer = page(server.client(), path)
        assert answer.status == status
        assert f'data-code="{code}"' in answer.body.decode()
        assert answer.headers['Content-Type'].startswith('text/html')
    answer = page(server.client(), '/api/v1/session')
    assert answer.headers['Content-Type'] == 'application/problem+json'
