"""Webhooks: events sent to receivers that behave well, badly, or not at all."""

import datetime
import json
import os
import queue
import re
import shutil
import socket
import socketserver
import sqlite3
import threading

import pytest

from acts import GOOD, Obligation, refused
from receiver import Receiver
from server import PATIENCE_SECONDS, Client, engine, run, wait_until

HOOKS = '/api/v1/hooks'
PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..',
                    'docs', 'integrating.md')
NOW = '2025-12-10T09:00'


def number(event):
    """The place in its log that an event's id names: 17 of e17.63b1f0a2."""
    return int(event[1:].split('.')[0])


class Rude:
    """A receiver that does with its connection what act(socket) does."""

    def __init__(self, act):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.called = 0
        self.ending = False
        self.act = act
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/'

    def run(self):
        while True:
            got, _ = self.socket.accept()
            with got:
                if self.ending:
                    return
                self.called += 1
                got.settimeout(PATIENCE_SECONDS)
                try:
                    got.recv(65536)
                    self.act(got)
                except OSError:
                    pass

    def stop(self):
        self.ending = True
        socket.create_connection(('127.0.0.1', self.port)).close()
        self.thread.join()
        self.socket.close()


@pytest.fixture
def receive():
    made = []

    def make(*args, kind=Receiver, **more):
        receiver = kind(*args, **more)
        made.append(receiver)
        return receiver
    yield make
    for receiver in made:
        receiver.stop()


class Hook:
    def __init__(self, server, receiver, login='desk.x', unit='x',
                 role='clerk', events='vn.truc.report.*', client=None):
        self.server = server
        self.client = client or server.client(login)
        url = receiver if isinstance(receiver, str) else receiver.url
        made = self.client.post(HOOKS, {
            'url': url, 'events': events, 'unit': server.unit(unit),
            'role': role})
        assert made.status == 201, made
        self.id = made['id']
        self.secret = made['secret']

    def path(self, rest=''):
        return f'{HOOKS}/{self.id}{rest}'

    def get(self):
        answer = self.client.get(self.path())
        assert answer.status == 200, answer
        return answer.json

    def post(self, rest):
        return self.client.post(self.path(rest))

    def test(self):
        """One event for this hook alone."""
        assert self.post('/test').status == 204

    def wait(self, **wanted):
        last = {}

        def look():
            last.update(self.get())
            return last if all(last[name] == value
                               for name, value in wanted.items()) else None
        try:
            return wait_until(look, wanted)
        except AssertionError as error:
            raise AssertionError(f'{error}; it is {last}') from error

    def letters(self):
        return self.client.get(self.path('/dead-letters'))['items']


@pytest.fixture(scope='module')
def country(make_server):
    return make_server(NOW)


@pytest.fixture
def hook(country, receive):
    """hook(receiver) makes one; it ends with the test."""
    made = []

    def make(receiver, **more):
        one = Hook(country, receiver, **more)
        made.append(one)
        return one
    yield make
    for one in made:
        one.client.delete(one.path())


@pytest.fixture
def later(country):
    """later('2025-12-10T09:05') moves the clock for one test."""
    yield country.clock.set
    country.clock.set(NOW)


# ---- what is sent ----------------------------------------------------------

def test_an_event_arrives_signed_and_as_a_cloud_event(country, hook, receive):
    receiver = receive()
    one = hook(receiver, login='province.d', unit='d', role='collector')
    obligation = Obligation(country, 'd11', '2021-Q1').sent()
    headers, body, path = receiver.heard.get(timeout=PATIENCE_SECONDS)
    event = json.loads(body)
    assert path == '/truc?k=1'
    assert headers['Content-Type'] == 'application/cloudevents+json'
    assert event['specversion'] == '1.0'
    assert event['type'] == 'vn.truc.report.signed'
    assert event['source'].startswith('urn:truc:ledger:')
    assert event['subject'] == f'report/{obligation.id}'
    assert event['time'].startswith('2025-12-10T09:00:00+07:00')
    assert event['datacontenttype'] == 'application/json'
    assert event['data']['id'] == str(obligation.id)
    assert event['data']['unit'] == country.unit('d11')
    assert event['id'].startswith(f"l{event['data']['ledger_index']}.")
    assert headers['webhook-id'] == event['id']
    # As the integrator's page says it is checked.
    scope = {}
    with open(PAGE, encoding='utf-8') as page:
        exec(re.search(r'```python\n(.*?)```', page.read(), re.S)[1], scope)

    def now():
        return datetime.datetime.fromisoformat(NOW + '+07:00').timestamp()
    genuine = scope['is_genuine']
    assert genuine(headers, body, one.secret, now)
    assert not genuine(headers, body + b' ', one.secret, now)
    assert not genuine({**headers, 'webhook-id': 'l0'}, body, one.secret, now)
    assert not genuine(headers, body, one.secret, lambda: now() + 301)
    assert one.wait(sent=1, behind=False)['tries'] == 0


def test_the_secret_is_shown_once(hook, receive):
    one = hook(receive())
    assert one.secret.startswith('whsec_')
    assert 'secret' not in one.get()
    assert one.secret not in one.client.get(HOOKS).body.decode()


def test_a_hook_begins_with_what_happens_after_it(country, hook, receive):
    Obligation(country, 'd11', '2021-Q3').sent()
    receiver = receive()
    one = hook(receiver, login='province.d', unit='d', role='collector')
    one.test()
    assert receiver.next()[1]['type'] == 'vn.truc.hook.tested'
    assert receiver.heard.empty()


def test_only_events_that_were_asked_for_are_sent(country, hook, receive):
    some, other = receive(), receive()
    hook(some, login='province.d', unit='d', role='collector',
         events='vn.truc.unit.* vn.truc.report.accepted')
    hook(other, login='province.d', unit='d', role='collector',
         events='*')
    Obligation(country, 'd12', '2021-Q1').accepted()
    assert some.next()[1]['type'] == 'vn.truc.report.accepted'
    assert [other.next()[1]['type'] for _ in range(2)] == [
        'vn.truc.report.signed', 'vn.truc.report.accepted']
    assert some.heard.empty()


def test_many_events_arrive_in_their_order_and_once(country, hook, receive):
    receiver = receive()
    one = hook(receiver)
    for _ in range(60):
        one.test()
    ids = receiver.ids(60)
    assert ids == sorted(ids, key=number)
    assert len(set(ids)) == 60
    assert one.wait(behind=False)['sent'] == 60


def test_a_test_event_goes_to_its_hook_alone(hook, receive):
    mine, other = receive(), receive()
    one = hook(mine, events='*')
    second = hook(other, events='*')
    one.test()
    assert mine.next()[1]['subject'] == f'hook/{one.id}'
    second.test()
    assert other.next()[1]['subject'] == f'hook/{second.id}'


# ---- who may read it -------------------------------------------------------

def test_nobody_gets_what_they_may_not_read(country, hook, receive):
    receiver = receive()
    # desk.x has nothing to do with province d.
    one = hook(receiver, events='*')
    Obligation(country, 'd13', '2021-Q1').sent()
    one.test()
    assert receiver.next()[1]['type'] == 'vn.truc.hook.tested'
    assert one.wait(behind=False)['sent'] == 1


def test_a_hook_has_the_rights_of_its_one_position(country, hook, receive):
    """province.c also accepts reports; as clerk of c it reads only c's."""
    receiver = receive()
    one = hook(receiver, login='province.c', unit='c', role='clerk',
               events='*')
    assert Obligation(country, 'y', '2025-Q3').open(
        country.client('desk.y'), cells=GOOD, sign=True).status == 201
    one.test()
    assert receiver.next()[1]['type'] == 'vn.truc.hook.tested'


def place(server):
    return ['--data', server.data] + (
        ['--store', server.store] if server.store else [])


@pytest.fixture
def own(make_server):
    """Whoever revokes people or stops the server has one of their own."""
    return make_server(NOW)


def token_of(server, login):
    """A token of its own, and its number."""
    text = run('user', 'token', login, '--name', 'hook',
               *place(server)).stdout.strip()
    shown = run('user', 'show', login, *place(server)).stdout
    number = re.findall(r'^\s*token\s+(\d+)', shown, re.M)[-1]
    return Client(server, token=text), number


@pytest.mark.parametrize('end, reason', [
    (lambda unit, token: ['disable', 'desk.x'], 'person.disabled'),
    (lambda unit, token: ['change', 'desk.x', '--revoke', f'clerk@{unit}'],
     'position.revoked'),
    (lambda unit, token: ['change', 'desk.x', '--end-token', token],
     'token.ended')])
def test_a_hook_ends_with_what_it_acts_by(own, receive, end, reason):
    mine, other = receive(), receive()
    own.stop()
    client, number = token_of(own, 'desk.x')
    own.start()
    one = Hook(own, mine, client=client)
    one.test()
    mine.next()
    one.wait(sent=1)
    own.stop()
    words = end(own.unit('x'), number)
    run('user', *words, *place(own))
    own.start()
    # What happens next finds it ended, and nothing is sent.
    Hook(own, other, login='desk.y', unit='y').test()
    other.next()
    watched = Hook.__new__(Hook)
    watched.client, watched.id = own.client('admin'), one.id
    state = watched.wait(state='ended', reason=reason)
    assert state['sent'] == 1
    assert mine.heard.empty()


# ---- receivers that fail ---------------------------------------------------

def test_a_busy_receiver_gets_it_again_in_order(hook, receive, later):
    receiver = receive(plan=[503, 500, 429])
    one = hook(receiver)
    for _ in range(3):
        one.test()
    first = receiver.next()[1]['id']
    state = one.wait(tries=1, status=503, failure='hook.answer')
    assert state['failing_since'].startswith('2025-12-10T09:00')
    assert '2025-12-10T09:00:05' <= state['next_try_at'] <= \
        '2025-12-10T09:00:10+07:00'
    later('2025-12-10T09:01')
    assert receiver.next()[1]['id'] == first
    one.wait(tries=2, status=500)
    later('2025-12-10T09:02')
    assert receiver.next()[1]['id'] == first
    one.wait(tries=3, status=429)
    later('2025-12-10T09:04')
    assert receiver.next()[1]['id'] == first
    assert len(receiver.ids(2)) == 2
    state = one.wait(sent=3, tries=0, failure=None)
    assert state['failing_since'] is None
    assert state['dead_letters'] == 0


def test_what_the_receiver_asks_for_is_waited_for(hook, receive, later):
    receiver = receive(plan=[(503, {'Retry-After': '3600'})])
    one = hook(receiver)
    one.test()
    receiver.next()
    assert one.wait(tries=1)['next_try_at'].startswith('2025-12-10T10:00:00')
    later('2025-12-10T10:00:01')
    receiver.next()
    one.wait(sent=1)


def test_a_refused_event_is_a_dead_letter_and_does_not_keep_back(
        hook, receive):
    receiver = receive(plan=[204, 422])
    one = hook(receiver)
    for _ in range(3):
        one.test()
    ids = receiver.ids(3)
    one.wait(sent=2, dead_letters=1, tries=0)
    letter, = one.letters()
    assert letter['event'] == ids[1]
    assert letter['type'] == 'vn.truc.hook.tested'
    assert letter['object'] == str(one.id)
    assert (letter['status'], letter['failure']) == (422, 'hook.refused')
    # It is sent again, with the same id, and is no more.
    answer = one.post(f"/dead-letters/{letter['id']}/replay")
    assert (answer.status, answer['count']) == (202, 1)
    assert receiver.next()[1]['id'] == ids[1]
    one.wait(sent=3, dead_letters=0)
    assert one.letters() == []


def test_a_letter_that_fails_again_stays(hook, receive, later):
    receiver = receive(plan=[400, 400, 413, 503])
    one = hook(receiver)
    one.test()
    one.test()
    ids = receiver.ids(2)
    one.wait(dead_letters=2)
    assert one.post('/dead-letters/replay')['count'] == 2
    assert receiver.ids(2) == ids
    state = one.wait(tries=1, status=503)
    assert state['dead_letters'] == 2
    assert [letter['status'] for letter in one.letters()] == [413, 503]
    later('2025-12-10T09:01')
    assert one.post('/dead-letters/replay')['count'] == 2
    assert receiver.ids(2) == ids
    one.wait(sent=2, dead_letters=0, tries=0)


def test_after_three_days_it_is_a_dead_letter(hook, receive, later):
    receiver = receive(plan=[503] * 3)
    one = hook(receiver)
    one.test()
    one.wait(tries=1)
    later('2025-12-13T08:59')
    one.wait(tries=2, dead_letters=0)
    # Behind it: one whose time is over, too, and one that is young.
    one.test()
    later('2025-12-13T11:00')
    state = one.wait(tries=3, dead_letters=1)
    assert state['behind']
    later('2025-12-13T13:00')
    one.wait(sent=1, tries=0)
    ids = receiver.ids(4)
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert [x['event'] for x in one.letters()] == [ids[0]]
    assert one.letters()[0]['tries'] == 3


def test_what_waited_behind_a_dead_receiver_is_buried_with_it(
        hook, receive, later):
    receiver = receive(plan=[503] * 2)
    one = hook(receiver)
    for _ in range(5):
        one.test()
    one.wait(tries=1)
    later('2025-12-13T09:00')
    one.wait(dead_letters=5, tries=2)
    assert receiver.heard.qsize() == 2
    later('2025-12-13T11:00')
    assert one.post('/dead-letters/replay')['count'] == 5
    ids = receiver.ids(7)
    assert ids[2:] == sorted(set(ids), key=number)
    one.wait(sent=5, dead_letters=0, behind=False)


def test_a_receiver_that_wants_no_more_stops_the_hook(hook, receive):
    receiver = receive(plan=[204, 410])
    receiver.hold = threading.Event()
    one = hook(receiver)
    for _ in range(3):
        one.test()
    receiver.hold.set()  # else the third may come when it has stopped
    ids = receiver.ids(2)
    state = one.wait(state='stopped', reason='hook.gone')
    assert (state['sent'], state['dead_letters']) == (1, 0)
    refused(one.post('/test'), 409, 'hook.not_active')
    refused(one.post('/dead-letters/replay'), 409, 'hook.not_active')
    refused(one.post('/dead-letters/1/replay'), 409, 'hook.not_active')
    assert one.post('/resume').status == 204
    assert receiver.ids(2)[0] == ids[1]
    one.wait(state='active', sent=3)
    refused(one.post('/resume'), 409, 'hook.not_stopped')


def test_who_knows_the_id_already_has_it(hook, receive):
    receiver = receive(plan=[409])
    one = hook(receiver)
    one.test()
    assert one.wait(sent=1)['dead_letters'] == 0


def test_a_redirect_is_not_followed(hook, receive):
    other = receive()
    receiver = receive(plan=[(307, {'Location': other.url})])
    one = hook(receiver)
    one.test()
    one.wait(tries=1, status=307, failure='hook.answer')
    assert other.heard.empty()


def hang(got):
    got.recv(1)


def drop(got):
    got.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')


def pour(got):
    got.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n')
    for _ in range(1000):
        got.sendall(b'x' * 10000)


def babble(got):
    got.sendall(b'hello\r\n\r\n')


@pytest.mark.parametrize('act, code', [
    (drop, 'client.cut'), (pour, 'client.too_big'),
    (babble, 'client.protocol')])
def test_the_owner_sees_what_the_receiver_did(hook, receive, act, code):
    receiver = receive(act, kind=Rude)
    one = hook(receiver)
    one.test()
    state = one.wait(tries=1, failure=code)
    assert state['status'] is None
    assert receiver.called == 1


def test_a_receiver_that_hangs_delays_no_other(hook, receive):
    """Three calls are under way before, and still after."""
    end = threading.Event()
    slow = [receive(lambda _: end.wait(PATIENCE_SECONDS), kind=Rude)
            for _ in range(3)]
    hooks = [hook(slow[0]), hook(slow[1]),
             hook(slow[2], login='desk.a23', unit='a23')]
    for one in hooks:
        one.test()
    wait_until(lambda: all(one.called == 1 for one in slow), 'three calls')
    quick = receive()
    hook(quick, login='desk.b22', unit='b22').test()
    quick.next()
    assert [one.get()['tries'] for one in hooks] == [0, 0, 0]
    end.set()
    for one in hooks:
        one.wait(tries=1, failure='client.cut')


def test_one_person_s_receivers_that_hang_delay_nobody_else(hook, receive):
    end = threading.Event()
    slow = [receive(lambda _: end.wait(PATIENCE_SECONDS), kind=Rude)
            for _ in range(6)]
    hooks = [hook(one) for one in slow]
    for one in hooks:
        one.test()
    wait_until(lambda: sum(one.called for one in slow) >= 2, 'two calls')
    quick = receive()
    hook(quick, login='desk.b22', unit='b22').test()
    quick.next()
    assert [one.get()['tries'] for one in hooks] == [0] * 6
    assert sum(one.called for one in slow) == 2
    # All have their turn.
    end.set()
    for one in hooks:
        one.wait(tries=1, failure='client.cut')


def test_a_hook_that_is_removed_keeps_its_share_until_its_receiver_answers(
        hook, receive):
    """Or who removes and makes anew has the whole lane with receivers that
    hang."""
    end = threading.Event()
    slow = [receive(lambda _: end.wait(PATIENCE_SECONDS), kind=Rude)
            for _ in range(4)]
    hooks = [hook(one) for one in slow]
    for one in hooks:
        one.test()
    wait_until(lambda: sum(one.called for one in slow) == 2, 'two calls')
    for one, receiver in zip(hooks, slow):
        if receiver.called:
            assert one.client.delete(one.path()).status == 204
    # The lane has looked again when this one is called.
    quick = receive()
    hook(quick, login='desk.b22', unit='b22').test()
    quick.next()
    assert sum(one.called for one in slow) == 2
    left = [one for one, receiver in zip(hooks, slow) if not receiver.called]
    end.set()
    for one in left:
        one.wait(tries=1, failure='client.cut')


def test_a_receiver_that_hangs_is_left(make_server, receive):
    server = make_server(NOW, options={'http.call_time': '1 s'})
    one = Hook(server, receive(hang, kind=Rude))
    one.test()
    one.wait(tries=1, failure='client.timeout')


def test_nobody_listens(hook):
    with socket.socket() as silent:
        silent.bind(('127.0.0.1', 0))
        one = hook(f'http://127.0.0.1:{silent.getsockname()[1]}/')
        one.test()
        one.wait(tries=1, failure='client.connect', status=None)


# ---- what cannot be asked for ----------------------------------------------

def new(server, login='desk.x', **more):
    body = {'url': 'http://127.0.0.1:9/', 'events': '*',
            'unit': server.unit('x'), 'role': 'clerk', **more}
    return server.client(login).post(HOOKS, body)


@pytest.mark.parametrize('url', [
    'ftp://127.0.0.1/', 'http:///x', 'x', 'http://u:p@127.0.0.1/',
    'http://127.0.0.1/a b', 'http://máy.vn/'])
def test_a_url_that_cannot_be_called_is_refused(country, url):
    refused(new(country, url=url), 422, 'input.invalid', url='client.url')


@pytest.mark.parametrize('url', [
    'http://10.0.0.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest', 'http://167772161/'])
def test_an_address_outside_the_networks_is_refused(country, url):
    refused(new(country, url=url), 422, 'input.invalid',
            url='client.address_forbidden')


@pytest.mark.parametrize('events', [
    '', '  ', 'vn.truc.report.sined', 'vn.*.signed', 'x*',
    ' '.join(['*'] * 21)])
def test_events_that_do_not_exist_are_refused(country, events):
    refused(new(country, events=events), 422, 'input.invalid',
            events='hook.events')


def test_a_position_of_others_is_not_lent(country):
    refused(new(country, role='leader', login='clerk.x'), 404,
            'position.unknown')
    refused(new(country, unit=country.unit('y')), 404, 'position.unknown')


def test_a_person_has_few_hooks(country):
    ids = []
    for _ in range(20):
        made = new(country, login='clerk.b', unit=country.unit('b'))
        assert made.status == 201
        ids.append(made['id'])
    refused(new(country, login='clerk.b', unit=country.unit('b')), 409,
            'hook.too_many')
    client = country.client('clerk.b')
    page = client.get(HOOKS, limit=15)
    rest = client.get(HOOKS, limit=5, after=page['next'])
    assert [h['id'] for h in page['items'] + rest['items']] == ids
    assert rest['next'] is None
    for id_ in ids:
        assert client.delete(f'{HOOKS}/{id_}').status == 204
    made = new(country, login='clerk.b', unit=country.unit('b'))
    assert made.status == 201
    assert client.delete(f"{HOOKS}/{made['id']}").status == 204


def test_others_do_not_learn_of_a_hook(country, hook, receive):
    one = hook(receive())
    stranger = country.client('desk.y')
    for method, rest in (('GET', ''), ('DELETE', ''), ('POST', '/resume'),
                         ('POST', '/test'), ('GET', '/dead-letters'),
                         ('POST', '/dead-letters/replay'),
                         ('POST', '/dead-letters/1/replay')):
        refused(stranger.send(method, one.path(rest)), 404, 'hook.unknown')
    assert stranger.get(HOOKS)['items'] == []
    # Operators see it, and may remove but not use it.
    admin = country.client('admin')
    assert admin.get(one.path())['owner'] == 'desk.x'
    assert one.id in [h['id'] for h in admin.get(HOOKS)['items']]
    assert admin.get(one.path('/dead-letters')).status == 200
    refused(admin.post(one.path('/test')), 404, 'hook.unknown')
    assert admin.delete(one.path()).status == 204
    state = one.get()
    assert (state['state'], state['reason']) == ('ended', 'hook.removed')
    refused(one.client.delete(one.path()), 409, 'hook.ended')


def test_a_letter_that_is_not_there_is_not_sent(hook, receive):
    one = hook(receive())
    refused(one.post('/dead-letters/999999/replay'), 404,
            'hook.letter_unknown')
    assert one.post('/dead-letters/replay')['count'] == 0


# ---- the end of the server -------------------------------------------------

def test_after_a_kill_everything_arrives_in_order(own, receive):
    receiver = receive()
    one = Hook(own, receiver)
    receiver.hold = threading.Event()
    for _ in range(5):
        one.test()
    first = receiver.next()[1]['id']
    own.kill()
    receiver.hold.set()
    # The lease of the job that died ends.
    own.clock.set('2025-12-10T09:02')
    own.start()
    ids = [first] + receiver.ids(5)
    assert ids[0] == ids[1]
    assert ids[1:] == sorted(set(ids), key=number)
    one.wait(sent=5, behind=False, dead_letters=0)


def test_a_stop_does_not_wait_for_a_receiver(own, receive):
    receiver = receive()
    one = Hook(own, receiver)
    receiver.hold = threading.Event()
    one.test()
    first = receiver.next()[1]['id']
    # A call that had come to its end would wait for the clock now.
    own.stop()
    receiver.hold.set()
    own.start()
    assert receiver.next()[1]['id'] == first
    assert one.wait(sent=1)['tries'] == 0


def test_a_person_has_so_many_test_events_a_day(make_server, receive):
    server = make_server(NOW, options={'hook.tests_a_day': '3'})
    receiver = receive()
    one, two = Hook(server, receiver), Hook(server, receiver)
    for hook in (one, two, one):
        hook.test()
    answer = two.post('/test')
    refused(answer, 429, 'hook.day_full')
    assert 0 < int(answer.headers['Retry-After']) <= 24 * 3600
    Hook(server, receiver, 'desk.y', 'y').test()
    server.clock.set('2025-12-11T09:00')
    two.test()


def test_without_a_list_nothing_is_called(make_server, receive):
    server = make_server(NOW, options={'http.call_networks': ''})
    refused(new(server), 422, 'input.invalid', url='client.address_forbidden')
    one = Hook(server, f'http://localhost:{receive().port}/')
    one.test()
    one.wait(tries=1, failure='client.address_forbidden')


def test_a_hook_made_when_there_was_none_is_not_forgotten(own, receive):
    """Again and again the first and the last: the plan's mark that there is
    none must not outlive the one that was just made."""
    receiver = receive()
    for _ in range(30):
        one = Hook(own, receiver)
        one.test()
        receiver.next()
        assert one.client.delete(one.path()).status == 204


# ---- what the doctor sees --------------------------------------------------

@pytest.fixture(scope='module')
def kept(make_server):
    """The folder of a stopped server with a hook and one dead letter."""
    server = make_server(NOW)
    receiver = Receiver([400])
    try:
        one = Hook(server, receiver)
        one.test()
        one.wait(dead_letters=1, behind=False)
    finally:
        receiver.stop()
    server.stop()
    return server


@pytest.mark.skipif(engine() != 'sqlite', reason='changes the file itself')
@pytest.mark.parametrize('change, code', [
    (None, None),
    ('UPDATE hook SET job_id = 4711', 'hook.job_gone'),
    ('UPDATE hook SET job_id = 0', 'hook.job_gone'),
    ('UPDATE hook SET dead = 2', 'hook.miscounted'),
    ('DELETE FROM hook_letter', 'hook.miscounted'),
    ('UPDATE hook SET number = number + 1', 'hook.misplaced'),
    ('UPDATE hook SET ledger = ledger + 1', 'hook.misplaced'),
    ('UPDATE hook_letter SET ledger = 1000000', 'hook.misplaced'),
    ('DELETE FROM schedule WHERE kind = \'ledger.verify\'', 'job.schedule'),
    ('UPDATE schedule SET next_at = next_at + 1', 'job.schedule'),
    ('UPDATE schedule SET next_at = next_at + 86400000000 * 3650',
     'job.schedule'),
    ('UPDATE schedule SET next_at = 0', 'job.schedule'),
    ('UPDATE schedule SET every_s = every_s * 10', 'job.schedule'),
    ('UPDATE schedule SET args = \'{"a":1}\'', 'job.schedule')])
def test_the_doctor_sees_what_was_changed_beside_the_program(kept, tmp_path,
                                                             change, code):
    data = str(tmp_path / 'data')
    shutil.copytree(kept.data, data)
    if change is not None:
        base = sqlite3.connect(os.path.join(data, 'truc.db'))
        assert base.execute(change).rowcount > 0
        base.commit()
        base.close()
    output = run('doctor', '--data', data, status=0 if change is None else 1)
    assert code is None or f'({code})' in output.stderr, output.stderr
