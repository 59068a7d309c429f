"""kill -9 while a background job without a transaction is at work: it runs
again, with the same id for whoever got half of it."""

import json
import socket

import pytest
from server import PATIENCE_SECONDS, Server, wait_until

NOW = '2025-12-10T09:00'
LATER = '2025-12-10T09:02'  # its lease is over


class Held:
    """A receiver of hooks on loopback that answers only when it is asked to:
    between hear and answer the delivery is at work."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.listener.settimeout(PATIENCE_SECONDS)
        self.open = None

    @property
    def url(self):
        return f'http://127.0.0.1:{self.listener.getsockname()[1]}/truc'

    def hear(self):
        """The next delivery: (webhook-id, event)."""
        if self.open is not None:
            self.open.close()
        self.open, _ = self.listener.accept()
        self.open.settimeout(PATIENCE_SECONDS)
        with self.open.makefile('rb') as file:
            head = {}
            file.readline()
            for line in iter(file.readline, b'\r\n'):
                name, value = line.decode().split(':', 1)
                head[name.lower()] = value.strip()
            body = file.read(int(head['content-length']))
        return head['webhook-id'], json.loads(body)

    def answer(self):
        self.open.sendall(b'HTTP/1.1 204 No Content\r\n'
                          b'Connection: close\r\n\r\n')

    def close(self):
        if self.open is not None:
            self.open.close()
        self.listener.close()


@pytest.fixture
def held():
    made = Held()
    yield made
    made.close()


@pytest.fixture
def server(databases):
    made = Server(NOW)
    yield made
    made.remove()


def delivered(client, path, count):
    wait_until(lambda: client.get(path)['sent'] >= count, f'{count} sent')
    return client.get(path)


def test_a_delivery_that_a_power_cut_broke_off_is_made_again(server, held):
    server.start()
    client = server.client('desk.x')
    made = client.post('/api/v1/hooks', {
        'url': held.url, 'events': 'vn.truc.report.*',
        'unit': server.unit('x'), 'role': 'clerk'})
    path = f'/api/v1/hooks/{made["id"]}'
    assert client.post(path + '/test').status == 204
    first = held.hear()
    server.kill()
    # One server owns a data folder, so its start knows that nobody is at work.
    # On PostgreSQL another might be, and the lease must run out.
    if server.store is not None:
        server.clock.set(LATER)
    server.start()
    client = server.client('desk.x')
    assert held.hear() == first
    held.answer()
    hook = delivered(client, path, 1)
    assert (hook['sent'], hook['dead_letters'], hook['state']) == (1, 0, 'active')


def test_the_cut_may_come_again_and_again(server, held):
    """Each try counts, and a delivery has more of them than power cuts."""
    server.start()
    client = server.client('desk.x')
    made = client.post('/api/v1/hooks', {
        'url': held.url, 'events': 'vn.truc.report.*',
        'unit': server.unit('x'), 'role': 'clerk'})
    path = f'/api/v1/hooks/{made["id"]}'
    assert client.post(path + '/test').status == 204
    seen = []
    for cut in range(5):
        seen.append(held.hear())
        server.kill()
        if server.store is not None:
            server.clock.set(f'2025-12-10T09:{2 * cut + 2:02}')
        server.start()
    assert held.hear() == seen[0]
    held.answer()
    delivered(server.client('desk.x'), path, 1)
    assert all(one == seen[0] for one in seen)
