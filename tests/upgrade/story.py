"""What a frozen folder holds, and what it must answer for ever.

tell() files a few reports in the small country of `truc test-world`; ask()
puts questions to the server and notes the answers.  tools/freeze.py keeps the
answers of the program that made the folder; test_upgrade.py asks again.
"""

from acts import BROKEN, FORM, REPORTS, Obligation, good

# The old country reports its first quarter; then half a year after the reform.
BEFORE = '2025-03-16T09:00'
NOW = '2025-12-10T09:00'
OLD = {'a11': 1, 'a12': 2, 'a13': 4, 'a21': 8, 'a22': 16, 'a23': 32, 'a1': 64,
       'a': 128, 'b11': 256, 'b22': 512, 'ministry': 1024}
NEW = {'x': 3, 'y': 5, 'a23': 7, 'z': 11, 'b22': 13}
DESKS = {'a11': 'leader.a11', 'a1': 'district.a1', 'a': 'province.a',
         'ministry': 'ministry'}
LOGIN = 'with.password'
KEY = 'kept-before-the-upgrade'


def file(server, key, period, value):
    desk = server.client(DESKS.get(key, 'desk.' + key))
    answer = Obligation(server, key, period).open(desk, cells=good(value),
                                                  sign=True)
    assert answer.status == 201, answer


def done(answer):
    assert answer.status in (200, 201), answer
    return answer


def tell(server):
    """A report in each state, a closing, a session, a kept answer."""
    server.clock.set(BEFORE)
    for key, value in OLD.items():
        file(server, key, '2025-Q1', value)
    server.clock.set(NOW)
    for key, value in NEW.items():
        file(server, key, '2025-Q3', value)
    period = '2025-Q3'
    Obligation(server, 'd11', period).drafted(BROKEN)
    Obligation(server, 'd12', period).proposed()
    Obligation(server, 'd13', period).sent()
    Obligation(server, 'd14', period).accepted()
    Obligation(server, 'd15', period).amending()
    back = Obligation(server, 'd16', period).sent()
    done(back.act(back.above, 'send-back', {'reason': 'Số liệu chưa khớp'}))
    again = Obligation(server, 'd21', period).accepted()
    done(again.open(again.desk, cells=good(9), sign=True,
                    reason='Nhập thiếu một hồ sơ'))
    done(server.client('province.b').post('/api/v1/closings', {
        'form': FORM, 'period': period, 'unit': str(server.unit('b')),
        'reason': 'Bão'}))
    done(server.client('desk.d').post(REPORTS, kept_body(server), key=KEY))


def kept_body(server):
    """Sent with KEY before the folder was frozen, and again later."""
    return Obligation(server, 'd22', '2025-Q3').body(cells=good(6), sign=True)


def questions(server):
    """(login, path, query) of everything that is compared."""
    yield None, '/api/v1/ledger/checkpoint', {}
    figures = {'form': FORM, 'periods': '2025-Q1,2025-Q3',
               'cells': 's01.c4,all.c4'}
    for more in ({'level': 0}, {'level': 1}, {'level': 0, 'as_of': 20},
                 {'level': 1, 'structure': '2025-01-01'},
                 {'level': 1, 'structure': '2025-07-01'},
                 {'level': 1, 'structure': '2025-07-01',
                  'apportion': 'equal'},
                 {'level': 0, 'basis': 'accepted'}):
        yield 'centre', '/api/v1/figures', {**figures, **more}
    yield 'centre', '/api/v1/figures/trace', {
        'form': FORM, 'cell': 's01.c4', 'period': '2025-Q1', 'level': 0}
    for login in ('clerk.x', 'province.c', 'viewer.b', 'admin', 'nobody'):
        yield login, '/api/v1/session', {}
    yield 'clerk.d', '/api/v1/forms', {}
    yield 'clerk.d', '/api/v1/forms/' + FORM.replace('/', '%2F'), {}
    yield 'clerk.d', '/api/v1/regimes', {}
    yield 'clerk.d', '/api/v1/units', {'level': 1, 'on': '2025-01-01'}
    yield 'clerk.d', f'/api/v1/units/{server.unit("a21")}', {}
    for login in ('clerk.x', 'desk.d', 'province.d'):
        yield login, '/api/v1/obligations', {'mine': 'true', 'limit': 500}
    for login, key in (('province.d', 'd11'), ('province.b', 'z')):
        yield login, '/api/v1/obligations', {
            'form': FORM, 'unit': server.unit(key), 'period': '2025-Q3'}
    for login in ('desk.d', 'province.d', 'centre', 'desk.z'):
        yield login, REPORTS, {'limit': 500}
    for item in server.client('centre').get(REPORTS, limit=500)['items']:
        yield 'centre', f'{REPORTS}/{item["id"]}', {}
        yield 'centre', f'{REPORTS}/{item["id"]}/history', {}
    for item in server.client('desk.d').get(REPORTS, limit=500)['items']:
        yield 'desk.d', f'{REPORTS}/{item["id"]}', {}


def ask(server):
    """{'login path query': [status, body]}, asked now."""
    answers = {}
    for login, path, query in questions(server):
        answer = server.client(login).get(path, **query)
        words = [login or '-', path,
                 *(f'{name}={value}' for name, value in query.items())]
        body = answer.json if answer.json is not None else \
            answer.body.decode()
        answers[' '.join(words)] = [answer.status, body]
    return answers
