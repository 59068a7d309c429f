"""Malformed HTTP and hostile bodies: a problem document that points at the
place, and nothing changed."""

import json
import re
import socket
import threading
import time
import urllib.parse

import pytest

from acts import FORM, GOOD, REPORTS, nothing_changes, refused
from server import PATIENCE_SECONDS


def connect(server):
    return socket.create_connection(('127.0.0.1', server.port),
                                    PATIENCE_SECONDS)


def read_all(sock):
    """Until the server closes."""
    parts = []
    try:
        while part := sock.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b''.join(parts)


def raw(server, request, is_all=True):
    """Send bytes; the answer's status (0: closed without) and everything.
    is_all: say that nothing follows."""
    with connect(server) as sock:
        try:
            sock.sendall(request)
            if is_all:
                sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before it was sent
        got = read_all(sock)
    if b'application/problem+json' in got:
        problem = json.loads(got.split(b'\r\n\r\n', 1)[1])
        server.contract.codes.add(problem['code'])
    return (int(got.split()[1]) if got.startswith(b'HTTP/') else 0), got


def head(server, *lines, path='/api/v1/reports', method='POST'):
    token = server.world.tokens['desk.d']
    return '\r\n'.join([f'{method} {path} HTTP/1.1', 'Host: x',
                        f'Authorization: Bearer {token}', *lines,
                        '', '']).encode('latin-1')


def submission(untouched):
    return json.dumps(untouched.body(cells=GOOD, sign=True)).encode()


def drip(server, outcome):
    """A head byte by byte; whether it was cut."""
    begun = time.monotonic()
    with connect(server) as sock:
        sock.settimeout(0.2)
        sock.sendall(b'GET /healthz HTTP/1.1\r\nX-Slow: ')
        while time.monotonic() - begun < PATIENCE_SECONDS:
            try:
                sock.sendall(b'x')
                if sock.recv(4096) == b'':
                    outcome.append('cut')
                    return
            except TimeoutError:
                continue
            except OSError:
                outcome.append('cut')
                return


@pytest.fixture(scope='module', autouse=True)
def dripping(server):
    """It takes ten seconds, so it goes on beside the other tests."""
    outcome = []
    thread = threading.Thread(target=drip, args=(server, outcome))
    thread.start()
    yield thread, outcome
    thread.join()


# ---- framing ---------------------------------------------------------------

FRAMING = {
    'a_length_and_a_coding': ['Content-Length: {n}',
                              'Transfer-Encoding: chunked'],
    'two_lengths': ['Content-Length: {n}', 'Content-Length: 1'],
    'the_same_length_twice': ['Content-Length: {n}', 'Content-Length: {n}'],
    'two_codings': ['Transfer-Encoding: chunked',
                    'Transfer-Encoding: chunked'],
    'an_unknown_coding': ['Transfer-Encoding: gzip'],
    'a_list_of_codings': ['Transfer-Encoding: gzip, chunked'],
    'a_length_that_is_no_number': ['Content-Length: x'],
    'a_negative_length': ['Content-Length: -1'],
    'a_length_with_a_sign': ['Content-Length: +5'],
    'a_length_list': ['Content-Length: {n}, {n}'],
    'a_length_beyond_64_bits': ['Content-Length: 99999999999999999999'],
    'a_blank_before_the_colon': ['Content-Length : {n}'],
    'a_coding_with_a_blank_before_the_colon': [
        'Content-Length: {n}', 'Transfer-Encoding : chunked'],
    'a_blank_in_a_name': ['Content-Length: {n}', 'X Y: 1'],
    'a_name_that_is_no_token': ['Content-Length: {n}', 'X[]: 1'],
    'an_empty_name': ['Content-Length: {n}', ': 1'],
    'a_folded_header': ['Content-Length: {n}', 'X-Y: 1', '  2'],
    'a_second_host': ['Content-Length: {n}', 'Host: y'],
    'a_nul_in_a_header': ['Content-Length: {n}', 'X-Y: a\0b'],
}


@pytest.mark.parametrize('name', FRAMING)
def test_a_request_with_doubtful_framing_is_refused_and_cut(untouched, name):
    server, body = untouched.server, submission(untouched)
    lines = [line.format(n=len(body)) for line in FRAMING[name]]
    with nothing_changes(server):
        status, got = raw(server, head(
            server, 'Content-Type: application/json', *lines) + body)
    assert status in (0, 400), got
    assert len(re.findall(rb'HTTP/1\.1 ', got)) <= 1, got


def test_a_request_hidden_behind_another_is_not_served(untouched):
    server = untouched.server
    hidden = head(server, method='GET', path='/api/v1/session')
    body = b'0\r\n\r\n' + hidden
    status, got = raw(server, head(
        server, f'Content-Length: {len(body)}',
        'Transfer-Encoding: chunked') + body)
    assert status in (0, 400)
    assert b'desk.d' not in got


def test_a_request_without_a_host_is_refused(server):
    status, got = raw(server, b'GET /healthz HTTP/1.1\r\n\r\n',
                      is_all=False)
    assert status == 400, got


@pytest.mark.parametrize('line', [
    b'GET', b'GET /healthz', b'GET /health z HTTP/1.1', b'/healthz',
    b'GET /healthz HTTP/9.9', b'GET /healthz FTP/1.1',
    b'G\x00T /healthz HTTP/1.1', b'GET /\x01 HTTP/1.1',
    b'GET healthz HTTP/1.1', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc',
    b'GET /' + b'x' * 100000 + b' HTTP/1.1'])
def test_a_malformed_request_line_never_reaches_the_program(server, line):
    status, got = raw(server, line + b'\r\nHost: x\r\n\r\n')
    assert status == 0 or status >= 400, got
    assert b'ok\n' not in got


def test_our_own_refusals_are_problem_documents(untouched):
    server, body = untouched.server, submission(untouched)
    status, got = raw(server, head(
        server, f'Content-Length: {len(body)}',
        'Transfer-Encoding: chunked') + body, is_all=False)
    assert status == 400
    refusal = json.loads(got.split(b'\r\n\r\n', 1)[1])
    assert refusal['code'] == 'http.bad_request'
    assert refusal['status'] == 400
    assert refusal['errors'] == []


@pytest.mark.parametrize('request_head, status, code', [
    (b'GET /healthz?' + b'x' * 9000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', 414,
     'http.target_too_long'),
    (b'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ' + b'x' * 13000 +
     b'\r\n\r\n', 431, 'http.head_too_big')])
def test_a_long_head_gets_a_problem_document(server, request_head, status,
                                             code):
    got_status, got = raw(server, request_head, is_all=False)
    assert got_status == status
    assert json.loads(got.split(b'\r\n\r\n', 1)[1])['code'] == code


def longest(schema):
    """Bytes of a parameter; a list's items count as ids and short codes do,
    for longer ones share the request line."""
    if schema.get('type') == 'array':
        return schema['maxItems'] * 8
    return schema.get('maxLength', 20)


def test_the_longest_query_that_is_described_fits_the_request_line(server):
    described = server.client().get('/openapi.json').json
    sizes = {}
    for path, methods in described['paths'].items():
        for operation in methods.values():
            size = len(path)
            for parameter in operation.get('parameters', []):
                if parameter['in'] == 'query':
                    size += len(parameter['name']) + 2 + longest(
                        parameter['schema'])
            sizes[path] = max(size, sizes.get(path, 0))
    # Of 9,000 bytes; a comma is three when it is quoted.
    assert {path: size for path, size in sizes.items() if size > 7500} == {}
    # The longest that makes sense: 500 units, 200 cells, 40 periods.
    query = urllib.parse.urlencode({
        'form': 'II.06a/VPCP/KSTT', 'units': ','.join(['10123'] * 500),
        'cells': ','.join(['s01.c10'] * 200),
        'periods': ','.join(['2025-Q3'] * 40)})
    answer = server.client('centre').get(f'/api/v1/figures?{query}')
    assert answer.status in (404, 422), answer
    assert answer.json['code'].split('.')[0] in ('unit', 'input', 'figures')


@pytest.mark.parametrize('path', ['/api/v1/units/%00', '/healthz%00',
                                  '/api/v1/units/%ff', '/api/v1/units/%zz',
                                  '/api/v1/units/%', '/api/v1/units/%0a'])
def test_a_path_that_is_no_text_is_refused(server, path):
    answer = server.client('nobody').get(path)
    assert answer.status in (400, 404, 422), answer


def test_too_many_headers_are_refused(server):
    lines = [f'X-{n}: 1' for n in range(200)]
    status, _ = raw(server, head(server, *lines, method='GET',
                                 path='/api/v1/session'))
    assert status == 0 or status >= 400


def test_a_head_too_large_is_refused(server):
    status, _ = raw(server, head(server, 'X-Y: ' + 'x' * 200000,
                                 method='GET', path='/api/v1/session'))
    assert status == 0 or status >= 400


def test_bare_line_feeds_do_no_harm(server):
    status, got = raw(server, b'GET /healthz HTTP/1.1\nHost: x\n'
                      b'Connection: close\n\n', is_all=False)
    assert status in (200, 400), got


def test_many_connections_at_rest_do_not_keep_others_out(server):
    idle = [connect(server) for _ in range(200)]
    try:
        assert server.client().get('/healthz').status == 200
    finally:
        for sock in idle:
            sock.close()


def test_a_client_that_leaves_early_does_no_harm(untouched):
    server, body = untouched.server, submission(untouched)
    request = head(server, 'Content-Type: application/json',
                   f'Content-Length: {len(body)}') + body
    with nothing_changes(server):
        for cut in (1, 20, len(request) // 2, len(request) - 1):
            with connect(server) as sock:
                sock.sendall(request[:cut])
    assert server.client().get('/healthz').status == 200


@pytest.mark.parametrize('is_there', [True, False])
def test_a_body_in_chunks_is_refused_by_its_head(untouched, is_there):
    server, body = untouched.server, submission(untouched)
    chunks = b'%x\r\n%s\r\n0\r\n\r\n' % (len(body), body)
    with nothing_changes(server):
        status, got = raw(server, head(
            server, 'Content-Type: application/json',
            'Transfer-Encoding: chunked') + chunks * is_there, is_all=False)
    assert status == 411, got
    refusal = json.loads(got.split(b'\r\n\r\n', 1)[1])
    assert refusal['code'] == 'http.length_required'


# ---- size ------------------------------------------------------------------

def test_a_body_of_100_megabytes_is_refused_before_it_is_read(untouched):
    server = untouched.server
    with nothing_changes(server):
        status, got = raw(server, head(
            server, 'Content-Type: application/json',
            f'Content-Length: {100 << 20}') + b'{"form":"' + b'x' * 65536)
    assert status in (0, 413), got


def test_a_body_over_its_route_s_limit_is_refused(untouched):
    server = untouched.server
    with nothing_changes(server), connect(server) as sock:
        sock.sendall(head(server, 'Content-Type: application/json',
                          f'Content-Length: {0x100001}'))
        got = sock.recv(65536)
    assert got.split()[1] == b'413' and b'"input.too_big"' in got, got


# ---- JSON ------------------------------------------------------------------

def post(untouched, body):
    return untouched.desk.post(REPORTS, body)


@pytest.mark.parametrize('body', [
    b'', b'{', b'}', b'[]', b'nul', b'{} {}', b'{"a":1,}', b"{'a':1}",
    b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":01}',
    b'{"a":+1}', b'{"a":.5}', b'{"a":1e400}', b'{"a":0x10}',
    b'{"a":99999999999999999999}', b'\xef\xbb\xbf{}', b'{"a":"\xff"}',
    b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}',
    b'{"a":"\\u0000"}', b'{"a":"x\x00y"}', b'{"a":"x\x01y"}',
    b'{"a":"x\ny"}', b'{"\xff":1}', b'{}\x00', b'true', b'"text"', b'7'])
def test_what_is_no_json_of_ours_is_refused(untouched, body):
    with nothing_changes(untouched.server):
        answer = post(untouched, body)
    assert answer.status in (413, 422), answer
    assert answer.code.split('.')[0] in ('json', 'input'), answer


@pytest.mark.parametrize('opening, closing', [('[', ']'), ('{"a":', '}')])
@pytest.mark.parametrize('depth', [65, 10_000, 100_000])
def test_json_ten_thousand_deep_is_refused(untouched, depth, opening,
                                           closing):
    body = (opening * depth + '1' + closing * depth).encode()
    with nothing_changes(untouched.server):
        # That many brackets are more values than a report has.
        refused(post(untouched, body), 413,
                'json.depth' if depth <= 10_000 else 'json.too_big')


@pytest.mark.parametrize('body, code, at', [
    (b'17', 'input.type', ''), (b'"x"', 'input.type', ''),
    (b'null', 'input.type', ''), (b'[]', 'input.type', '')])
def test_a_body_that_is_no_object_is_named(untouched, body, code, at):
    with nothing_changes(untouched.server):
        answer = post(untouched, body)
    assert (answer.status, answer.faults) == (422, {at: code}), answer


@pytest.mark.parametrize('body', [
    b'17\0', b'\0', b'{}\0', b'{"form":\0}', b'{"nil":1\0}',
    b'{"reason":"a\0b"}'])
def test_a_nul_byte_is_named(untouched, body):
    with nothing_changes(untouched.server):
        refused(post(untouched, body), 422, 'json.nul')


def test_a_byte_order_mark_is_named(untouched):
    body = b'\xef\xbb\xbf' + json.dumps(untouched.body()).encode()
    with nothing_changes(untouched.server):
        answer = post(untouched, body)
        refused(answer, 422, 'json.mark')
    assert 'BOM' in answer.json['detail']


@pytest.mark.parametrize('scheme', ['bearer', 'BEARER', 'BeArEr '])
def test_a_scheme_has_no_case(server, scheme):
    answer = server.client().send(
        'GET', REPORTS, None,
        {'Authorization': f"{scheme} {server.world.tokens['desk.d']}"})
    assert answer.status == 200, answer


def test_a_repeated_key_is_refused(untouched):
    body = json.dumps(untouched.body(cells=GOOD)).encode()
    twice = body[:-1] + b',"form":"II.07b/VPCP/KSTT"}'
    with nothing_changes(untouched.server):
        refused(post(untouched, twice), 422, 'json.syntax')


def test_a_repeated_cell_is_refused(untouched):
    body = json.dumps(untouched.body()).encode()
    twice = body[:-1] + b',"cells":{"s01.c4":"1","s01.c4":"2"}}'
    with nothing_changes(untouched.server):
        refused(post(untouched, twice), 422, 'json.syntax')


def test_keys_that_differ_only_in_unicode_form_are_repeated(untouched):
    with nothing_changes(untouched.server):
        refused(post(untouched, '{"é":1,"e\u0301":2}'.encode()), 422,
                'json.syntax')


def test_an_unknown_key_is_pointed_at(untouched):
    with nothing_changes(untouched.server):
        refused(post(untouched, untouched.body(cells=GOOD, signed=True)),
                422, 'input.invalid', signed='input.unknown')


def test_a_key_is_escaped_in_its_pointer(untouched):
    answer = post(untouched, untouched.body(**{'a/b~c': 1}))
    assert answer.faults == {'/a~1b~0c': 'input.unknown'}, answer


@pytest.mark.parametrize('name, value', [
    ('form', 7), ('form', None), ('period', []), ('unit', 17), ('unit', {}),
    ('sign', 'true'), ('sign', 1), ('nil', 0), ('reason', 7),
    ('cells', 'x'), ('cells', [])])
def test_a_value_of_another_type_is_pointed_at(untouched, name, value):
    with nothing_changes(untouched.server):
        answer = post(untouched, untouched.body(**{name: value}))
    assert answer.status == 422, answer
    assert '/' + name in answer.faults, answer


def test_texts_have_limits(untouched):
    refused(post(untouched, untouched.body(form='x' * 65,
                                           period='x' * 17,
                                           unit='x' * 129)),
            422, 'input.invalid', form='input.too_long',
            period='input.too_long', unit='input.too_long')


def test_all_faults_are_told_at_once(untouched):
    answer = post(untouched, {'form': 7, 'perod': '2025-Q3'})
    assert answer.faults == {
        '/form': 'input.type', '/perod': 'input.unknown',
        '/period': 'input.missing', '/unit': 'input.missing'}


def test_control_characters_in_a_text_are_refused(filed):
    with nothing_changes(filed.server):
        refused(filed.act(filed.desk, 'amend', {'reason': 'a\x07b'}), 422,
                'json.text')


def test_decomposed_texts_are_composed(obligation):
    obligation.sent()
    obligation.act(obligation.desk, 'amend',
                   {'reason': 'Nha\u0302\u0323p nha\u0300m'})
    assert obligation.get(obligation.desk)['reason'] == 'Nh\u1eadp nh\u00e0m'


def test_another_media_type_is_refused(untouched):
    body = json.dumps(untouched.body()).encode()
    for kind in ('text/plain', 'application/xml', 'application/jsonp', '',
                 'multipart/form-data; boundary=x'):
        answer = untouched.desk.send('POST', REPORTS, body,
                                     {'Content-Type': kind})
        refused(answer, 415, 'input.media_type')


def test_json_with_a_charset_is_json(obligation):
    answer = obligation.desk.send('POST', REPORTS,
                                  json.dumps(obligation.body()).encode(),
                                  {'Content-Type':
                                   'Application/JSON; charset=utf-8'})
    assert answer.status == 201


def test_a_body_where_none_belongs_is_refused(filed):
    with nothing_changes(filed.server):
        refused(filed.act(filed.above, 'accept', {'reason': 'x'}), 422,
                'input.no_body')


def test_an_empty_object_is_no_body(obligation):
    obligation.sent()
    assert obligation.act(obligation.above, 'accept', {}).status == 200


# ---- query -----------------------------------------------------------------

def test_a_query_where_none_belongs_is_refused(server):
    refused(server.client('nobody').get('/api/v1/forms', x=1), 422,
            'input.invalid', x='input.unknown')


@pytest.mark.parametrize('query', ['%zz', 'form=%ff', 'form=%00', '=x',
                                   'form=%', '&'.join(['a=1'] * 70)])
def test_a_malformed_query_is_refused(server, query):
    answer = server.client('desk.d').get(f'{REPORTS}?{query}')
    assert answer.status == 422, answer
    assert answer.code.startswith(('input.', 'json.')), answer


def test_a_malformed_query_has_its_own_code(server):
    refused(server.client('desk.d').get(REPORTS + '?%zz'), 422,
            'input.query')


def test_numbers_of_a_query_are_bounded(server):
    client = server.client('desk.d')
    for after in ('-1', '9' * 30, '1.5', '0x1', ' 1', 'NaN', '1e3'):
        answer = client.get(REPORTS, after=after)
        assert answer.status == 422, (after, answer)
        assert '/after' in answer.faults


def test_plus_and_percent_are_decoded_in_a_query(server):
    answer = server.client('desk.d').get(
        REPORTS + '?form=' + FORM.replace('/', '%2F'))
    assert answer.status == 200


def test_a_head_that_never_ends_is_cut(server, dripping):
    """The library alone would never cut it: its idle limit counts silence."""
    thread, outcome = dripping
    thread.join()
    assert outcome == ['cut']
    assert server.client().get('/healthz').status == 200
