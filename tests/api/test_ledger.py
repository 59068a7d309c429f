"""The ledger as outsiders see it: its signed checkpoint."""

import base64
import hashlib
import re

from acts import ledger_size
from server import run

CHECKPOINT = '/api/v1/ledger/checkpoint'


def checkpoint(server):
    answer = server.client().get(CHECKPOINT)
    assert answer.status == 200, answer
    assert answer.headers['Content-Type'] == 'text/plain; charset=utf-8'
    return answer.body.decode()


def test_anybody_may_read_the_checkpoint(server):
    text = checkpoint(server)
    origin, size, root, audit, rows, empty, signature = text.splitlines()
    assert int(size) == ledger_size(server)
    assert len(base64.b64decode(root)) == hashlib.sha256().digest_size
    assert re.fullmatch(r'audit \d+ \S{44}', audit)
    assert re.fullmatch(r'rows \S{64}', rows)
    assert (empty, signature[:2]) == ('', '— ')
    assert origin in signature


def test_the_checkpoint_moves_with_every_signing(obligation):
    before = checkpoint(obligation.server).splitlines()
    obligation.sent()
    after = checkpoint(obligation.server).splitlines()
    assert int(after[1]) == int(before[1]) + 1
    assert after[2] != before[2]


def test_the_checkpoint_is_of_one_key(obligation):
    def key(text):
        return base64.b64decode(text.splitlines()[-1].split()[-1])[:4]
    before = checkpoint(obligation.server)
    obligation.sent()
    assert key(checkpoint(obligation.server)) == key(before)


def test_the_whole_ledger_verifies_beside_the_running_server(server):
    done = run('verify', '--data', server.data, store=server.store)
    checked = int(re.search(r'(\d+) entries', done.stdout)[1])
    assert checked == ledger_size(server)
    assert checkpoint(server).strip() in done.stdout
