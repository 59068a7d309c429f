"""Behind nginx as it ships in deploy/nginx: what a person gets, and what a
client says of itself."""

import hashlib
import http.client
import json

import pytest
from proxy import Nginx, command
from server import PATIENCE_SECONDS

SESSION = '/api/v1/session'

pytestmark = pytest.mark.skipif(command() is None, reason='no nginx here')


@pytest.fixture(scope='module')
def server(make_server):
    return make_server()


@pytest.fixture(scope='module')
def nginx(server):
    made = Nginx(server)
    try:
        yield made.start()
    finally:
        made.stop()


def ask(nginx, method, path, body=None, headers=None, source='127.0.0.1'):
    """Over TLS, from an address of this machine."""
    connection = http.client.HTTPSConnection(
        '127.0.0.1', nginx.port, timeout=PATIENCE_SECONDS,
        context=nginx.context(), source_address=(source, 0))
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body),
            {'Content-Type': 'application/json', **(headers or {})})
        got = connection.getresponse()
        return got.status, got.headers, got.read()
    finally:
        connection.close()


def with_token(server, login):
    return {'Authorization': f'Bearer {server.world.tokens[login]}'}


def test_what_is_not_tls_is_sent_there(nginx):
    connection = http.client.HTTPConnection(
        '127.0.0.1', nginx.plain_port, timeout=PATIENCE_SECONDS)
    connection.request('GET', '/work')
    got = connection.getresponse()
    got.read()
    assert (got.status, got.headers['Location']) == (
        308, 'https://127.0.0.1/work')
    # Software has told its token in the clear: it is to notice.
    connection.request('POST', SESSION, '{}')
    assert connection.getresponse().status == 403
    connection.close()


def test_a_person_signs_in_with_a_cookie_for_tls_alone(nginx, server):
    status, headers, _ = ask(nginx, 'POST', SESSION, {
        'login': 'with.password', 'password': server.world.password})
    assert status == 200
    cookies = headers.get_all('Set-Cookie')
    assert headers.get_all('Strict-Transport-Security') == [
        'max-age=31536000; includeSubDomains']
    own = [c for c in cookies if c.startswith('__Host-truc=')]
    assert len(own) == 1 and 'Secure' in own[0], cookies


def test_nobody_chooses_his_address(nginx):
    """Guesses under many names that are no names of the client's: they count
    for the address that nginx saw."""
    def guess(number, source):
        return ask(nginx, 'POST', SESSION,
                   {'login': f'nginx.{number}', 'password': 'sai-mat-khau'},
                   {'X-Forwarded-For': f'198.51.100.{number}'}, source)[0]
    seen = [guess(number, '127.0.1.7') for number in range(31)]
    assert seen == 30 * [401] + [429]
    assert guess(99, '127.0.2.7') == 401


def test_a_file_goes_through(nginx, server):
    content = bytes(range(256)) * 20_000  # more than any buffer of nginx
    own = with_token(server, 'desk.d')
    status, _, made = ask(nginx, 'POST', '/api/v1/uploads', {
        'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest()},
        own)
    assert status == 201, made
    path = f'/api/v1/uploads/{json.loads(made)["id"]}'
    connection = http.client.HTTPSConnection(
        '127.0.0.1', nginx.port, timeout=PATIENCE_SECONDS,
        context=nginx.context())
    connection.request('PUT', path + '/content', content,
                       {'Content-Type': 'application/octet-stream', **own})
    got = connection.getresponse()
    assert got.status == 200, got.read()
    connection.close()
    status, _, said = ask(nginx, 'GET', path, None, own)
    assert json.loads(said)['received'] == len(content), said


def send_in_chunks(nginx, server, method, path, media_type, parts):
    """As software does that does not know how much it will be."""
    connection = http.client.HTTPSConnection(
        '127.0.0.1', nginx.port, timeout=PATIENCE_SECONDS,
        context=nginx.context())
    try:
        connection.request(
            method, path, iter(parts),
            {'Content-Type': media_type, 'Transfer-Encoding': 'chunked',
             **with_token(server, 'desk.d')}, encode_chunked=True)
        got = connection.getresponse()
        return got.status, got.read()
    finally:
        connection.close()


def test_nginx_says_the_length_of_what_comes_in_chunks(nginx, server):
    asked = json.dumps({'bytes': 3, 'sha256': hashlib.sha256(
        b'abc').hexdigest()}).encode()
    status, made = send_in_chunks(
        nginx, server, 'POST', '/api/v1/uploads', 'application/json',
        [asked[:7], asked[7:]])
    assert status == 201, made


def test_a_file_in_chunks_is_refused(nginx, server):
    """Files are passed on as they come: nobody could say the length.  Whether
    nginx reads the refusal or finds the way shut first is a matter of luck."""
    parts = 4 * [bytes(40_000)]  # more than nginx waits for
    content = b''.join(parts)
    status, _, made = ask(nginx, 'POST', '/api/v1/uploads', {
        'bytes': len(content), 'sha256': hashlib.sha256(content).hexdigest()},
        with_token(server, 'desk.d'))
    assert status == 201, made
    status, said = send_in_chunks(
        nginx, server, 'PUT',
        f'/api/v1/uploads/{json.loads(made)["id"]}/content',
        'application/octet-stream', parts)
    assert status == 502 or (
        status == 411 and b'"http.length_required"' in said), (status, said)
    _, _, said = ask(nginx, 'GET', f'/api/v1/uploads/{json.loads(made)["id"]}',
                     None, with_token(server, 'desk.d'))
    assert json.loads(said)['received'] == 0


def test_a_stream_arrives_while_it_goes_on(nginx, server):
    connection = http.client.HTTPSConnection(
        '127.0.0.1', nginx.port, timeout=PATIENCE_SECONDS,
        context=nginx.context())
    connection.request('GET', '/api/v1/events/stream',
                       headers=with_token(server, 'desk.d'))
    got = connection.getresponse()
    assert got.status == 200
    assert got.readline().startswith(b'retry:')
    connection.close()
