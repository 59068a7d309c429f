"""Letters in people's inboxes, seen from outside."""

import json
import pathlib

import pytest

from acts import FORM, GOOD, Obligation, refused
from server import run, wait_until

LETTERS = '/api/v1/me/letters'


@pytest.fixture(scope='module')
def post(make_server):
    """A server of its own: who reads letters here gets no others."""
    return make_server()


def letters(server, login, **query):
    return server.client(login).get(LETTERS, **query)['items']


def wait_for(server, login, topic, thing):
    """The letter of a topic that opens a thing, once it is there."""
    def look():
        found = [letter for letter in letters(server, login)
                 if letter['topic'] == topic and letter['object'] == thing]
        return found[0] if found else None
    return wait_until(look, f'a letter {topic} to {login}')


def test_what_is_submitted_is_told_to_the_leader_alone(post):
    obligation = Obligation(post, 'd11', '2025-Q3')
    assert obligation.open(obligation.clerk, cells=GOOD,
                           submit=True).status == 201
    letter = wait_for(post, 'leader.d', 'report.submitted', obligation.path()
                      .removeprefix('/api/v1'))
    assert letter['read_at'] is None
    assert letter['unit'] == post.unit('d11')
    assert letter['subject'].startswith('To sign: ')
    assert 'Q3 2025' in letter['subject']
    assert letters(post, 'clerk.d') == []


def test_what_comes_back_and_what_is_accepted_is_told_to_the_unit(post):
    obligation = Obligation(post, 'd12', '2025-Q3').sent()
    path = obligation.path().removeprefix('/api/v1')
    obligation.act(obligation.above, 'send-back', {'reason': 'Chưa khớp'})
    letter = wait_for(post, 'clerk.d', 'report.sent_back', path)
    # What stands in the report is read there.
    assert 'Chưa khớp' not in letter['text']
    assert 'Tỉnh Cát Sơn' in letter['text']
    wait_for(post, 'leader.d', 'report.sent_back', path)
    other = Obligation(post, 'd15', '2025-Q3').accepted()
    wait_for(post, 'clerk.d', 'report.accepted',
             other.path().removeprefix('/api/v1'))
    assert letters(post, 'desk.x') == []


def test_what_a_leader_gives_back_is_told_to_the_clerk(post):
    obligation = Obligation(post, 'd13', '2025-Q3').proposed()
    obligation.act(obligation.leader, 'send-back', {'reason': 'Thiếu'})
    wait_for(post, 'clerk.d', 'report.returned',
             obligation.path().removeprefix('/api/v1'))


def test_a_closing_and_a_reopening_are_told_to_those_below(post):
    for path in ('/api/v1/closings', '/api/v1/closings/reopen'):
        assert post.client('province.c').post(path, {
            'form': FORM, 'period': '2025-Q3', 'unit': str(post.unit('c')),
            'reason': 'Bão'}).status in (200, 201)
    thing = (f'/reports?form=II.06a%2FVPCP%2FKSTT&period=2025-Q3'
             f"&unit={post.unit('x')}")
    wait_for(post, 'desk.x', 'period.closed', thing)
    wait_for(post, 'desk.x', 'period.reopened', thing)


def test_letters_are_counted_read_and_paged(post):
    client = post.client('clerk.d')
    wait_until(lambda: len(client.get(LETTERS)['items']) == 3, 'three letters')
    first = client.get(LETTERS, limit=2)
    rest = client.get(LETTERS, limit=2, after=first['next'])
    assert rest['next'] is None
    ids = [item['id'] for item in first['items'] + rest['items']]
    assert ids == sorted(ids, reverse=True)
    assert client.get(f'{LETTERS}/unread')['count'] == 3
    assert client.post(f'{LETTERS}/{ids[0]}/read')['count'] == 2
    assert client.post(f'{LETTERS}/{ids[0]}/read')['count'] == 2
    unread = client.get(LETTERS, unread='true')['items']
    assert [item['id'] for item in unread] == ids[1:]
    assert client.post(f'{LETTERS}/read', {'up_to': ids[2]})['count'] == 1
    assert client.post(f'{LETTERS}/read', {'up_to': ids[0]})['count'] == 0


def test_a_letter_is_in_the_language_of_who_reads(post):
    server = post
    vi = server.client('clerk.d', language='vi').get(LETTERS)['items']
    assert any(item['subject'].startswith('Đã tiếp nhận: ') and
               item['subject'].endswith('Quý III/2025') for item in vi)


def test_anothers_letter_is_none(post):
    own = letters(post, 'clerk.d')[0]
    refused(post.client('desk.x').post(f"{LETTERS}/{own['id']}/read"),
            404, 'letter.unknown')


def test_the_inbox_is_an_event_for_its_owner_alone(post):
    def news(login, after):
        answer = post.client(login).get('/api/v1/events', after=after)
        return [event for event in answer['items']
                if event['type'] == 'vn.truc.letter.written']
    after = post.client('desk.x').get('/api/v1/events')['next']
    obligation = Obligation(post, 'd14', '2025-Q3').proposed()
    wait_for(post, 'leader.d', 'report.submitted',
             obligation.path().removeprefix('/api/v1'))
    assert len(news('leader.d', after)) == 1
    assert news('desk.x', after) == []


def test_letters_are_written_once_though_the_server_is_killed(make_server):
    server = make_server()
    for unit in ('d11', 'd12', 'd13', 'd14', 'd15', 'd16'):
        Obligation(server, unit, '2025-Q3').proposed()
        server.kill()
        server.start()
    wait_until(lambda: len(letters(server, 'leader.d')) == 6, 'six letters')
    units = [letter['unit'] for letter in letters(server, 'leader.d')]
    assert sorted(units) == sorted({*units})


def write_book(server, book):
    """The office's own templates; where they are is in truc.conf."""
    path = pathlib.Path(server.folder, 'letters.json')
    path.write_text(json.dumps(book), encoding='utf-8')
    with open(pathlib.Path(server.data, 'truc.conf'), 'a',
              encoding='utf-8') as file:
        file.write(f'notify.letters_file = {path}\n')


def template(topic='report.submitted', **more):
    words = {'subject': 'Ký', 'text': 'Mời ký'}
    return {'topic': topic, 'from': '2025-12-01', 'vi': words, 'en': words,
            **more}


def test_each_fault_of_the_templates_is_named(make_server):
    server = make_server()
    server.stop()
    words = {'subject': 'Ký', 'text': 'Mời ký'}
    write_book(server, {'ladders': [{'from': '2025-01-01', 'rungs': [3, 1]}],
                        'letters': [
        template(vi={'subject': '{ten}', 'text': 'Ký {'}),
        template('report.lost'),
        template(**{'from': '2025-13-01'}),
        template(vi={'subject': 'Hai\ndòng', 'text': ' '}),
        template(en={'subject': '{days}', 'text': 'x' * 2001}),
        template(extra=words)]})
    told = run('doctor', '--data', server.data, store=server.store, status=2)
    for place in ('/ladders/0/rungs/1', '/letters/0/vi/subject',
                  '/letters/0/vi/text', '/letters/1/topic', '/letters/2/from',
                  '/letters/3/vi/subject', '/letters/3/vi/text',
                  '/letters/4/en/subject', '/letters/4/en/text',
                  '/letters/5/extra'):
        assert f'{place}: ' in told.stderr
    assert told.stderr.count('notify.template') == 10


def test_the_office_s_own_template_holds_from_its_day_on(make_server):
    """And a letter of before is shown as it was."""
    server = make_server()
    before = Obligation(server, 'd11', '2025-Q3').proposed()
    thing = before.path().removeprefix('/api/v1')
    wait_for(server, 'leader.d', 'report.submitted', thing)
    server.stop()
    words = {'subject': 'Mời ký {form} {period}', 'text': '{unit} trình ký'}
    write_book(server, {'letters': [template(
        **{'from': '2025-12-11'}, vi=words, en=words)]})
    server.start()
    assert wait_for(server, 'leader.d', 'report.submitted',
                    thing)['subject'].startswith('To sign: ')
    server.clock.set('2025-12-11T09:00')
    after = Obligation(server, 'd12', '2025-Q3').proposed()
    letter = wait_for(server, 'leader.d', 'report.submitted',
                      after.path().removeprefix('/api/v1'))
    assert letter['subject'].startswith('Mời ký ')
    assert letter['text'].endswith(' trình ký')
