"""PostgreSQL is away while the server runs, and comes back: what is asked
meanwhile is refused in words, and work goes on by itself.
"""

import pytest
from acts import FORM, REPORTS, good, refused
from crowd import Crowd
from server import Server, engine, run, wait_until

pytestmark = pytest.mark.skipif(engine() != 'postgres',
                                reason='for PostgreSQL')


@pytest.fixture
def server(own):
    made = Server('2025-12-10T09:00', databases=own)
    made.start()
    yield made
    made.remove()


def file(server, n):
    return server.client('desk.d').post(REPORTS, {
        'form': FORM, 'period': '2025-Q3', 'unit': str(server.unit(f'd1{n}')),
        'cells': good(n), 'sign': True}, key=f'away-{n}')


def test_what_is_asked_while_postgresql_is_away_is_refused_in_words(server,
                                                                    own):
    first = file(server, 1)
    assert first.status == 201, first
    path = f"{REPORTS}/{first['id']}"
    assert server.client().get('/readyz').status == 200
    own.kill()
    # What was so a second ago may be said once more.
    wait_until(lambda: server.client().get('/readyz').status != 200,
               'not ready')
    answer = server.client().get('/readyz')
    refused(answer, 503, 'store.connect')
    assert 'Không kết nối được' in answer['detail']
    assert answer.headers['Retry-After'] in ('1', '2', '3', '4')
    for _ in range(50):
        for answer in (file(server, 2), server.client('desk.d').get(path)):
            refused(answer, 503, 'store.connect')
            assert answer.headers['Retry-After'] is not None
    refused(server.client().sign_in('with.password'), 503, 'store.connect')
    assert server.metric('store_away') == 1
    assert server.client().get('/healthz').status == 200
    # Of the hundred a few are logged, the others counted.
    assert 0 < server.log().count('code=store.connect') < 100

    own.again()
    wait_until(lambda: server.client().get('/readyz').status == 200,
               'ready again')
    assert server.metric('store_away') == 0
    assert server.metric('faults_total') == 0
    again = file(server, 2)
    assert again.status == 201, again
    assert server.client('desk.d').get(path)['cells'][1] == '1'
    assert file(server, 1)['id'] == first['id']
    server.stop()
    assert 'event=request.failed same="store.connect' in server.log()
    run('doctor', '--data', server.data, store=server.store)


def test_a_postgresql_that_says_nothing_is_away(server, own):
    assert file(server, 1).status == 201
    own.signal('STOP')
    try:
        asks = Crowd([lambda: server.client().get('/readyz')])
        wait_until(lambda: server.metric('store_away') == 1, 'away')
        refused(server.client().get('/readyz'), 503, 'store.connect')
    finally:
        own.signal('CONT')
    asks.end()
    wait_until(lambda: server.client().get('/readyz').status == 200,
               'ready again')
    assert file(server, 2).status == 201
