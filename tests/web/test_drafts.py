"""Two browsers on one draft, with a line that breaks, lose no figure.

The client's own keeper of drafts (web/src/report/draft.ts) runs twice in node, as
two browsers, against a real server; drafts_run.mjs says what must hold.  Left out
is taking a figure away again: an empty cell has no history, and a save that was
never answered may then come back once.
"""

import json
import os
import pathlib
import subprocess
import time

import pytest

from acts import FORM
from server import PATIENCE_SECONDS, rounds

RUN = pathlib.Path(__file__).resolve().parent / 'drafts_run.mjs'
RUNS, STEPS = rounds('TRUC_DRAFT_ROUNDS', 2, 10), rounds(
    'TRUC_DRAFT_STEPS', 120, 500)
SEED = int(os.environ.get('TRUC_DRAFT_SEED', time.time_ns() % 1_000_000))


@pytest.mark.parametrize('seed', range(SEED, SEED + RUNS))
def test_two_browsers_on_one_draft_lose_no_figure(server, obligations, seed):
    unit, period = obligations.pop()
    asked = {'seed': seed, 'steps': STEPS, 'form': FORM, 'period': period,
             'unit': str(server.unit(unit)),
             'tokens': [server.client(login).token
                        for login in ('clerk.d', 'desk.d')]}
    print('TRUC_DRAFT_SEED', seed)
    run = subprocess.run(
        ['node', str(RUN), f'http://127.0.0.1:{server.port}',
         json.dumps(asked)], capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS)
    assert run.returncode == 0, run.stderr[-3000:]
    print(run.stdout)
