"""What happened, for those who follow it: streams, long polls, cursors, rights.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import urllib.parse

import pytest

from acts import GOOD, Obligation, refused
from server import PATIENCE_SECONDS, Answer, wait_until

EVENTS = '/api/v1/events'
STREAM = EVENTS + '/stream'
SIGNED = 'vn.truc.report.signed'
ACCEPTED = 'vn.truc.report.accepted'
SENT_BACK = 'vn.truc.report.sent_back'
SUBMITTED = 'vn.truc.report.submitted'
RETURNED = 'vn.truc.report.returned'
PERSON_MAX = 12  # src/event/hub.c
WAIT_SECONDS = 25  # the longest poll


class Stream:
    """A stream of server-sent events that one person reads."""

    def __init__(self, client, last=None, used=False, **query):
        """used: on a connection that has had another request before."""
        headers = {'Accept': 'text/event-stream'}
        if client.token is not None:
            headers['Authorization'] = f'Bearer {client.token}'
        if client.cookie is not None:
            headers['Cookie'] = f'truc={client.cookie}'
        if last is not None:
            headers['Last-Event-ID'] = last
        path = STREAM + ('?' + urllib.parse.urlencode(query) if query else '')
        self.connection = http.client.HTTPConnection(
            '127.0.0.1', client.server.port, timeout=PATIENCE_SECONDS)
        if used:
            self.connection.request('GET', '/api/v1/session', headers=headers)
            assert self.connection.getresponse().read()
        self.connection.request('GET', path, headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.last = None
        if self.status == 200:
            self.greeting = self.block()
            assert self.greeting['retry'].isdigit()
            self.note(client, path)
        else:
            self.answer = Answer(self.status, self.response.headers,
                                 self.response.read())
            client.server.contract.note('GET', path, self.answer)

    def note(self, client, path):
        kind = self.response.headers['Content-Type']
        assert kind == 'text/event-stream; charset=utf-8'
        contract = client.server.contract
        op = contract.operation('GET', path)
        contract.seen.setdefault(op.name, set()).add(200)

    def block(self):
        """The lines up to an empty one; None at the end."""
        fields = {}
        while True:
            try:
                line = self.response.readline().decode()
            except (http.client.IncompleteRead, ConnectionResetError):
                return None
            if line == '':
                return None
            line = line.rstrip('\n')
            if line == '':
                self.last = fields.get('id', self.last)
                return fields
            name, _, value = line.partition(':')
            fields[name] = value.removeprefix(' ')

    def next(self):
        """The next event; None at the end.  Heartbeats are passed over."""
        while True:
            fields = self.block()
            if fields is None:
                return None
            if 'data' in fields:
                event = json.loads(fields['data'])
                assert event['cursor'] == fields['id']
                return event

    def types(self, count):
        return [self.next()['type'] for _ in range(count)]

    def close(self):
        self.response.close()
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def now(client):
    return client.get(EVENTS)['next']


# ---- streams ----------------------------------------------------------------

def test_what_is_signed_reaches_the_unit_and_those_above(obligation):
    with Stream(obligation.desk) as own, Stream(obligation.above) as above:
        obligation.sent()
        for stream in (own, above):
            event = stream.next()
            assert event['type'] == SIGNED
            assert (event['object'], event['object_id']) == \
                ('report', str(obligation.id))
            assert event['unit'] == obligation.unit
            assert event['id'].startswith(f"l{event['ledger_index']}.")
        assert obligation.act(obligation.above, 'accept').status == 200
        assert own.next()['type'] == ACCEPTED
        assert above.next()['type'] == ACCEPTED


def test_a_neighbour_sees_nothing_of_it(server, obligation):
    """The stranger's next event is its own, and its cursor has moved on."""
    with Stream(obligation.stranger) as stream:
        obligation.sent()
        other = Obligation(server, 'a12', '2021-Q2')
        assert other.open(obligation.stranger, cells=GOOD,
                          sign=True).status == 201
        event = stream.next()
        assert (event['type'], event['object_id']) == (SIGNED, str(other.id))


def test_what_stays_inside_the_unit_is_for_the_unit_alone(obligation):
    # Letters of it come too, each in its own time.
    types = f'{SUBMITTED},{RETURNED},{SIGNED}'
    with Stream(obligation.clerk, types=types) as clerk, \
            Stream(obligation.above) as above:
        obligation.proposed()
        event = clerk.next()
        assert event['type'] == SUBMITTED
        assert event['ledger_index'] is None
        assert obligation.act(obligation.leader, 'send-back',
                              {'reason': 'Xem lại cột 8'}).status == 200
        assert clerk.next()['type'] == RETURNED
        assert obligation.act(obligation.clerk, 'submit').status == 200
        assert obligation.act(obligation.leader, 'sign').status == 200
        assert clerk.types(2) == [SUBMITTED, SIGNED]
        assert above.next()['type'] == SIGNED


def test_only_the_types_asked_for_come(obligation):
    with Stream(obligation.above, types=f'{SENT_BACK},{ACCEPTED}') as stream:
        obligation.sent()
        assert obligation.act(obligation.above, 'send-back',
                              {'reason': 'Thiếu cột 4'}).status == 200
        event = stream.next()
        assert event['type'] == SENT_BACK


def test_a_stream_goes_on_behind_the_last_event(obligation):
    with Stream(obligation.above) as stream:
        obligation.sent()
        assert stream.next()['type'] == SIGNED
        last = stream.last
    assert obligation.act(obligation.above, 'accept').status == 200
    with Stream(obligation.above, last=last, after='0.0') as stream:
        assert stream.next()['type'] == ACCEPTED
    with Stream(obligation.above, after=last) as stream:
        assert stream.next()['type'] == ACCEPTED


def test_signing_out_ends_the_stream(server):
    client = server.client()
    assert client.sign_in('with.password').status == 200
    with Stream(client) as stream, Stream(server.client('desk.d')) as other:
        assert client.delete('/api/v1/session').status == 204
        assert stream.next() is None
        refused(Stream(client).answer, 401, 'session.ended')
        assert other.greeting is not None


def test_a_person_has_so_many_streams_and_no_more(make_server):
    # Who has gone is noticed by the heartbeat after the next one.
    server = make_server(options={'event.heartbeat': '1 s'})
    client = server.client('clerk.x')
    streams = [Stream(client) for _ in range(PERSON_MAX)]
    extra = Stream(client)
    refused(extra.answer, 503, 'event.streams')
    assert extra.response.headers['Retry-After'].isdigit()
    refused(client.get(EVENTS, wait=5), 503, 'event.streams')
    # Others are not kept out by it.
    with Stream(server.client('clerk.d')):
        pass
    # Nor is this person, once one has gone and was noticed.
    streams.pop().close()

    def try_again():
        again = Stream(client)
        return again if again.status == 200 else None
    again = wait_until(try_again, 'room for a stream')
    for stream in [*streams, again]:
        stream.close()


def test_a_stream_without_rights_or_sense_is_refused(server):
    client = server.client('clerk.d')
    refused(Stream(server.client()).answer, 401, 'access.login')
    refused(Stream(client, after='x').answer, 422, 'event.cursor')
    refused(Stream(client, last='-1.0').answer, 422, 'event.cursor')
    refused(Stream(client, types=f'{SIGNED},vn.truc.no').answer, 422,
            'input.invalid', types__1='event.type')
    refused(Stream(client, after='999999999.0').answer, 409, 'event.ahead')


# ---- long poll --------------------------------------------------------------

def test_a_poll_answers_when_something_comes(obligation):
    after = now(obligation.above)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        poll = pool.submit(obligation.above.get, EVENTS, after=after,
                           wait=WAIT_SECONDS)
        obligation.sent()
        answer = poll.result()
    # One that ends by itself has none.
    assert [e['object_id'] for e in answer['items']] == [str(obligation.id)]
    assert answer['next'] == answer['items'][0]['cursor']


def test_a_poll_answers_at_once_what_is_there(obligation):
    after = now(obligation.above)
    obligation.accepted()
    answer = obligation.above.get(EVENTS, after=after, wait=WAIT_SECONDS)
    assert [e['type'] for e in answer['items']] == [SIGNED, ACCEPTED]
    assert not answer['more']


def test_a_poll_without_news_ends_and_its_place_has_moved(obligation):
    """What is not to be seen moves the cursor, too."""
    after = now(obligation.stranger)
    obligation.sent()
    answer = obligation.stranger.get(EVENTS, after=after, wait=1)
    assert answer['items'] == []
    assert answer['next'] != after
    assert answer['next'] == now(obligation.stranger)


def test_pages_are_short_and_go_on(obligation):
    after = now(obligation.above)
    obligation.accepted()
    first = obligation.above.get(EVENTS, after=after, limit=1)
    assert [e['type'] for e in first['items']] == [SIGNED]
    assert first['more']
    second = obligation.above.get(EVENTS, after=first['next'], limit=1)
    assert [e['type'] for e in second['items']] == [ACCEPTED]


def test_from_the_start_everything_that_is_kept_comes(server):
    """Page by page, each event once, to the same end for everybody."""
    client = server.client('centre')
    ids, after, more = [], 'start', True
    while more:
        answer = client.get(EVENTS, after=after)
        ids += [e['id'] for e in answer['items']]
        after, more = answer['next'], answer['more']
    assert len(ids) == len(set(ids))
    assert any(e.startswith('l') for e in ids)
    assert after == now(server.client('clerk.x'))


def test_a_senseless_poll_is_refused(server):
    client = server.client('clerk.d')
    refused(client.get(EVENTS, after='1'), 422, 'event.cursor')
    refused(client.get(EVENTS, after='999999999.0'), 409, 'event.ahead')
    refused(client.get(EVENTS, types='x'), 422, 'input.invalid',
            types__0='event.type')
    refused(client.get(EVENTS, wait=26), 422, 'input.invalid',
            wait='input.range')


def test_the_integrator_s_page_names_all_types(server):
    root = pathlib.Path(__file__).parents[2]
    page = (root / 'docs/integrating.md').read_text(encoding='utf-8')
    made = {name for file in root.glob('src/*/*.[ch]')
            if not file.name.startswith(('test_', 't_'))
            for name in re.findall(r'"(vn\.truc\.[a-z._]+)"',
                                   file.read_text(encoding='utf-8'))}
    assert made == set(re.findall(r'`(vn\.truc\.[a-z._]+)`', page))
    answer = server.client('clerk.d').get(EVENTS, types=','.join(made))
    assert answer.status == 200


# ---- servers that end -------------------------------------------------------

def test_a_server_that_stops_ends_its_streams_at_once(make_server):
    server = make_server()
    client = server.client('desk.d')
    with Stream(client) as stream:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            poll = pool.submit(client.get, EVENTS, wait=WAIT_SECONDS)
            wait_until(lambda: 'truc_event_streams 2' in server.metrics(),
                       'both')
            server.stop()
            # A connection that is cut would have no answer.
            assert poll.result()['items'] == []
        assert stream.next() is None


def test_after_a_kill_nothing_answered_is_missing(make_server):
    """Last-Event-ID of the stream that broke: all that was acknowledged and
    not seen comes, in order, and nothing twice."""
    server = make_server()
    period = iter(f'{year}-Q{quarter}' for year in range(2021, 2025)
                  for quarter in (1, 2, 3, 4))
    signed, seen, last = [], [], None
    for _ in range(3):
        stream = Stream(server.client('centre'), last=last)
        for _ in range(3):
            obligation = Obligation(server, 'a11', next(period))
            assert obligation.open(server.client('desk.x'), cells=GOOD,
                                   sign=True).status == 201
            signed.append(str(obligation.id))
        seen.append(stream.next()['object_id'])
        last = stream.last
        server.kill()
        stream.close()
        server.start()
    with Stream(server.client('centre'), last=last) as stream:
        while len(seen) < len(signed):
            seen.append(stream.next()['object_id'])
    assert seen == signed


def test_what_is_forgotten_is_said(make_server):
    """After thirty days, except for the newest row; the ledger's never."""
    server = make_server()
    for period in ('2021-Q1', '2021-Q2', '2021-Q3'):
        obligation = Obligation(server, 'd11', period)
        obligation.proposed()
    client = server.client('clerk.d')
    assert [e['type'] for e in client.get(EVENTS, after='start')['items']
            if e['object'] == 'report'] == [SUBMITTED] * 3
    server.clock.set('2026-02-01T03:30')
    wait_until(lambda: client.get(EVENTS, after='0.0').status != 200,
               'events that are gone')
    refused(client.get(EVENTS, after='0.0'), 410, 'event.pruned')
    refused(Stream(client, last='0.1').answer, 410, 'event.pruned')
    kept = client.get(EVENTS, after='start')
    assert [e['id'].split('.')[0] for e in kept['items']
            if e['object'] == 'report'] == ['e3']


# ---- many who wait ----------------------------------------------------------

def resident_kb(pid):
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file
                    if line.startswith('Pss:'))


@pytest.mark.skipif('TRUC_MEASURE' not in os.environ,
                    reason='a figure of a release build: TRUC_MEASURE=1')
@pytest.mark.parametrize('used', (False, True))
def test_a_thousand_streams_cost_little(make_server, used):
    """Memory a waiting stream takes, on new connections and on used ones, whose
    buffers the library has touched."""
    server = make_server(workers=4, options={'event.streams_a_person': 1000})
    person = server.client('viewer.c')
    streams = []

    def grow(count):
        while len(streams) < count:
            streams.append(Stream(person, used=used))
        assert server.metric('event_streams') == count
        return resident_kb(server.process.pid)
    before = grow(100)
    after = grow(1000)
    print(f'used={used}: {before} -> {after} kB, '
          f'{(after - before) / 900:.1f} kB a stream')
    assert after - before <= 900 * 20
    for stream in streams:
        stream.close()
