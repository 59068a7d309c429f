"""Health, metrics, the description, static files, and a restart."""

from urllib.parse import quote

from acts import FORM, GOOD, Obligation, ledger_size, refused
from server import run


def test_a_living_server_says_so(server):
    answer = server.client().get('/healthz')
    assert (answer.status, answer.body) == (200, b'ok\n')


def test_a_ready_server_says_so(server):
    answer = server.client().get('/readyz')
    assert (answer.status, answer.body) == (200, b'ready\n')


def metrics(server):
    lines = server.metrics().splitlines()
    return dict(line.rsplit(' ', 1) for line in lines if line[:1] != '#')


def test_metrics_are_in_prometheus_format_with_help(server):
    text = server.metrics()
    for name in ('truc_ledger_entries', 'truc_cube_bytes',
                 'truc_cube_used_millionths',
                 'truc_faults_total'):
        assert f'# HELP {name} ' in text
        assert f'# TYPE {name} ' in text


def test_metrics_count_requests_by_route(server):
    def count():
        return sum(int(float(value)) for name, value in
                   metrics(server).items()
                   if name.startswith('truc_http_request_seconds_count')
                   and '/api/v1/regimes' in name)
    before = count()
    server.client('nobody').get('/api/v1/regimes')
    assert count() == before + 1


def test_metrics_tell_of_repeated_submissions(obligation):
    before = int(metrics(obligation.server)['truc_replayed_total'])
    for _ in range(2):
        obligation.desk.post('/api/v1/reports', obligation.body(), key='twice')
    assert int(metrics(obligation.server)['truc_replayed_total']) == before + 1


def test_nothing_failed_inside_the_server_so_far(server):
    assert metrics(server)['truc_faults_total'] == '0'


def test_the_description_is_served_to_anybody(server):
    described = server.client().get('/openapi.json').json
    assert described['openapi'] == '3.1.0'
    assert '/api/v1/reports/{id}/sign' in described['paths']


def test_the_description_holds_together(server):
    described = server.client().get('/openapi.json').json
    known = described['components']['schemas']

    def refs(node):
        if isinstance(node, dict):
            if '$ref' in node:
                yield node['$ref']
            for item in node.values():
                yield from refs(item)
        elif isinstance(node, list):
            for item in node:
                yield from refs(item)
    for ref in refs(described):
        assert ref.removeprefix('#/components/schemas/') in known, ref


def test_every_operation_has_an_id_of_its_own(contract, server):
    ids = [op.described['operationId'] for op in contract.operations]
    assert len(set(ids)) == len(ids)


def test_every_failure_of_a_route_has_a_sentence_in_both_languages(
        contract, server):
    texts = contract.description['x-failures']
    codes = {code for op in contract.operations for code in op.failures}
    assert codes - set(texts) == set()
    assert [c for c, t in texts.items() if not t['vi'] or not t['en']] == []


def test_pages_of_the_client_come_from_the_server(server):
    answer = server.client().get('/')
    assert answer.status == 200
    assert 'Trục' in answer.body.decode()
    assert "default-src 'self'" in answer.headers['Content-Security-Policy']


def test_data_forbids_whatever_a_page_made_of_it_would_load(server):
    answers = [server.client().get('/openapi.json'),
               server.client().get('/api/v1/session'),
               server.client().get('/api/v1/nothing'),
               server.client('desk.x').get('/api/v1/session')]
    assert [a.status for a in answers] == [200, 401, 404, 200]
    for answer in answers:
        policy = answer.headers['Content-Security-Policy']
        assert "default-src 'none'" in policy
        assert "'self'" not in policy


def test_files_outside_the_client_s_folder_are_out_of_reach(server):
    for path in ('/../data/ledger.key', '/..%2fdata%2fledger.key',
                 '/%2e%2e/data/ledger.key', '//etc/passwd'):
        answer = server.client().get(path)
        assert b'PRIVATE' not in answer.body
        assert answer.status in (400, 404) or b'doctype' in answer.body


def test_an_unknown_route_of_the_api_is_a_problem(server):
    refused(server.client('desk.x').get('/api/v1/nothing'), 404,
            'route.unknown')
    refused(server.client('desk.x').get('/api/v2/units'), 404,
            'route.unknown')


def test_a_method_that_a_route_lacks_is_told_with_those_it_has(server):
    answer = server.client('desk.x').delete('/api/v1/units')
    refused(answer, 405, 'route.method')
    assert answer.headers['Allow'] == 'GET'


def test_head_answers_like_get_without_a_body(server):
    answer = server.client('desk.x').send('HEAD', '/api/v1/forms')
    assert (answer.status, answer.body) == (200, b'')
    assert int(answer.headers['Content-Length']) > 0


def in_coding(client, path, coding):
    """An answer whose size over the wire is the one that was announced."""
    answer = client.send('GET', path, headers={'Accept-Encoding': coding})
    assert int(answer.headers['Content-Length']) == answer.wire_bytes
    return answer


def test_long_answers_are_gzip_for_who_takes_it(untouched):
    desk = untouched.desk
    for path in ('/api/v1/forms/' + quote(FORM, safe=''), '/openapi.json'):
        plain = in_coding(desk, path, 'identity')
        small = in_coding(desk, path, 'gzip, deflate, br')
        assert small.status == plain.status == 200
        assert plain.headers['Content-Encoding'] is None
        assert small.headers['Content-Encoding'] == 'gzip'
        assert (plain.headers['Vary'] == small.headers['Vary'] ==
                'Accept-Encoding')
        assert small.body == plain.body
        assert small.wire_bytes * 3 < plain.wire_bytes == len(plain.body)
        not_taken = in_coding(desk, path, 'gzip;q=0, br')
        assert not_taken.headers['Content-Encoding'] is None


def test_short_answers_are_never_gzip(server):
    answer = in_coding(server.client(), '/healthz', 'gzip')
    assert answer.headers['Content-Encoding'] is None
    assert (answer.headers['Vary'], answer.body) == (None, b'ok\n')


def test_problems_speak_the_caller_s_language(server):
    english = server.client(language='en').get('/api/v1/units')
    vietnamese = server.client(language='vi').get('/api/v1/units')
    other = server.client(language='fr').get('/api/v1/units')
    assert english['detail'] != vietnamese['detail']
    assert other['detail'] == vietnamese['detail']
    assert english.headers['Content-Language'] == 'en'


def test_a_second_process_may_not_write_beside_the_server(server):
    done = run('rebuild', '--data', server.data, store=server.store, status=1)
    assert 'data.locked' in done.stderr


def test_what_was_answered_is_there_after_a_kill(make_server):
    own = make_server()
    obligation = Obligation(own, 'd11', '2025-Q3').sent(GOOD)
    size = ledger_size(own)
    before = obligation.get(obligation.desk).json
    own.kill()
    own.start()
    assert ledger_size(own) == size
    assert obligation.get(obligation.desk).json == before
    run('verify', '--data', own.data, store=own.store)
