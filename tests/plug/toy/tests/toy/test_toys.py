"""Toys: what a slice can do, seen from outside."""

import hashlib
import os
import pathlib
import signal

import pytest

from acts import refused
from server import run, wait_until

TOYS = '/api/v1/toys'
PICTURE = b'\x89PNG' + bytes(range(256))


@pytest.fixture
def desk(server):
    return server.client('desk.x')


def make(client, **more):
    answer = client.post(TOYS, {
        'unit': client.server.unit('x'), 'name': 'Con quay', **more})
    assert answer.status == 201, answer
    return answer


def send(client, data):
    """A complete upload; its id."""
    begun = client.post('/api/v1/uploads', {
        'bytes': len(data), 'sha256': hashlib.sha256(data).hexdigest()})
    sent = client.send('PUT', f"/api/v1/uploads/{begun['id']}/content", data,
                       {'Content-Type': 'application/octet-stream'})
    assert (sent.status, sent['complete']) == (200, True), sent
    return begun['id']


def polished(client, toy):
    """The job runs by itself: ask until it was there."""
    def look():
        got = client.get(f"{TOYS}/{toy['id']}")
        return got if got['state_name'] == 'polished' else None
    return wait_until(look, 'a polished toy')


def test_a_route_its_shape_and_its_tag_are_described(server, contract):
    make(server.client('desk.x'))
    described = contract.description['paths'][TOYS]['post']
    assert described['tags'] == ['toy']
    assert described['x-permission'] == 'toy.make'
    assert 'toy' in [tag['name'] for tag in contract.description['tags']]


def test_what_is_no_toy_is_refused(desk):
    refused(desk.post(TOYS, {'unit': desk.server.unit('x'), 'name': ''}),
            422, 'input.invalid', name='toy.name')
    refused(desk.get(f'{TOYS}/999999'), 404, 'toy.unknown')
    refused(desk.post(f'{TOYS}/999999/break'), 404, 'toy.unknown')


def test_the_job_polishes_and_is_counted(desk):
    before = desk.server.metric('toys_polished_total')
    polished(desk, make(desk))
    assert desk.server.metric('toys_polished_total') > before


def test_the_flow_says_what_may_be_done_and_is_asked(desk):
    toy = make(desk)
    assert [act['name'] for act in toy['actions']] == ['break']
    polished(desk, toy)
    broken = desk.post(toy['actions'][0]['href'])
    assert (broken['state_name'], broken['actions']) == ('broken', [])
    refused(desk.post(toy['actions'][0]['href']), 409, 'toy.state')


def test_the_event_comes_to_who_may_see_the_toy_alone(server, desk):
    def news(login, after):
        answer = server.client(login).get('/api/v1/events', after=after)
        return [event['object_id'] for event in answer['items']
                if event['type'] == 'vn.truc.toy.made']
    after = desk.get('/api/v1/events')['next']
    toy = make(desk)
    assert news('clerk.x', after) == [str(toy['id'])]
    assert news('desk.z', after) == []


def test_a_picture_is_read_by_who_may_see_its_toy_alone(server, desk):
    toy = make(desk, upload=send(desk, PICTURE))
    assert toy['picture'] == hashlib.sha256(PICTURE).hexdigest()
    path = f"/api/v1/blobs/{toy['picture']}"
    assert server.client('viewer.c').get(path).body == PICTURE
    refused(server.client('desk.z').get(path), 404, 'blob.unknown')
    refused(desk.post(TOYS, {'unit': server.unit('x'), 'name': 'Con diều',
                             'upload': 999999}), 404, 'upload.unknown')


def test_an_upload_that_is_not_complete_is_no_picture(desk):
    begun = desk.post('/api/v1/uploads', {'bytes': 1, 'sha256': 'a' * 64})
    refused(desk.post(TOYS, {'unit': desk.server.unit('x'), 'name': 'Chong',
                             'upload': begun['id']}),
            409, 'upload.incomplete')


def test_a_list_holds_only_what_is_in_reach(server, desk):
    toy = make(desk)
    ids = [item['id'] for item in desk.get(TOYS, after=toy['id'] - 1)['items']]
    assert ids == [toy['id']]
    assert server.client('desk.z').get(TOYS)['items'] == []


def test_the_page_has_its_words_in_both_languages(server):
    for lang, word in (('vi', 'cách cắm'), ('en', 'plugs')):
        page = server.client().send('GET', '/toys/about', headers={
            'Accept': 'text/html', 'Cookie': f'truc_lang={lang}'})
        assert page.status == 200
        assert f'&lt;{word}&gt;' in page.body.decode()


def test_the_screen_brings_its_first_data(desk):
    page = desk.send('GET', '/toys', headers={'Accept': 'text/html'})
    assert '"/api/v1/toys":' in page.body.decode()


def test_the_option_bounds_and_is_listed(make_server):
    server = make_server()
    desk = server.client('desk.x')
    make(desk)
    pathlib.Path(server.data, 'truc.conf').write_text('toy.most = 1\n')
    os.kill(server.process.pid, signal.SIGHUP)
    server.wait_for_log('event=options.reloaded count=1')
    refused(desk.post(TOYS, {'unit': server.unit('x'), 'name': 'Con diều'}),
            409, 'toy.too_many')
    output = run('options', '--data', server.data).stdout
    assert 'toy.most' in output


def test_the_doctor_looks_at_toys_beside_the_running_server(server, desk):
    make(desk, upload=send(desk, PICTURE))
    output = run('doctor', '--data', server.data, store=server.store).stdout
    assert 'the pictures of those that have one' in output
