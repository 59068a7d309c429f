"""Each failure code is brought about by a test, or says here why not.

A code counts as tried if a test names it, beside the code or over HTTP;
tests/api/test_contract.py asks the same of every route by what was answered.
"""

import json
import pathlib
import re

import slices

ROOT = pathlib.Path(__file__).resolve().parents[2]

MACHINE = 'a fault of the machine or a library that nothing brings about'
BENCH = 'the bench doubts itself: a fault of the program or the machine'
STORED = 'found in rows that only a hand can write; seen as another code first'
UNTRIED = slices.joined('unseen', 'UNTRIED') | {
    'bench.child': BENCH,
    'bench.client': BENCH,
    'bench.differs': BENCH,
    'bench.sql': BENCH,
    'client.call': MACHINE,
    'client.start': MACHINE,
    'http.start': MACHINE,
    'password.hash': MACHINE,
    'serve.thread': MACHINE,
    'trust.crypto': MACHINE,
    'mail.login': 'needs a server that asks for a password',
    'mail.address': 'a contact and a sender are looked at before',
    'message.timeout': 'needs a command that takes 20 seconds',
    'cube.full': 'needs more memory than a test may take',
    'blob.row': STORED + '; tests/fault/test_rows.py edits each',
    'doctor.cube': STORED,
    'note.signature': STORED,
    'http.no_answer': 'src/http/test_engine.c looks at the status 500 alone',
    'store.busy': 'needs every reader connection taken for seconds',
    'token.days': 'truc user token says args.value first',
}


def codes():
    found = set()
    for path in (ROOT / 'locale/failures').glob('*.json'):
        found |= set(json.loads(path.read_text(encoding='utf-8')))
    return {code for code in found if not code.startswith('kind.')}


def named():
    """All words that look like codes in the tests of C, Python and the web."""
    # Lists of codes with reasons bring nothing about.
    lists = {pathlib.Path(__file__).resolve(),
             ROOT / 'tests/api/test_contract.py',
             *(ROOT / 'tests').glob('*/unseen.py')}
    paths = [path for path in (ROOT / 'src').rglob('*.[ch]')
             if path.name.startswith(('test_', 't_'))]
    paths += [path for path in (ROOT / 'tests').rglob('*')
              if path.suffix in ('.py', '.c', '.h') and path not in lists]
    paths += (ROOT / 'web/test').rglob('*.mjs')
    word = re.compile(r'(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+(?![\w.])')
    return {code for path in paths
            for code in word.findall(path.read_text(errors='replace'))}


def test_each_code_is_tried_or_says_why_not():
    assert sorted(codes() - named() - set(UNTRIED)) == []


def test_each_reason_is_still_needed():
    assert sorted(code for code in UNTRIED
                  if code in named() or code not in codes()) == []
