"""Looking back on the run: was everything seen that the program says it does?

Every answer was held against /openapi.json when it came (tests/contract.py).
Here, at the end: every route was hit and answered well, and every failure code
was seen, on every route that names it.  Only a run of all files can tell.
"""

import pytest

import slices

# Codes of a route that HTTP cannot bring about, with the reason: the
# unseen.py of each slice.
NOT_ON_ROUTE = slices.joined('unseen', 'NOT_ON_ROUTE')

# What any route may answer (src/app/dispatch.h, src/app/input.h).
IMPLIED = {
    'route.unknown', 'route.method', 'access.login', 'access.denied',
    'access.csrf', 'session.ended', 'session.cookies', 'session.other',
    'token.unknown', 'input.media_type',
    'input.no_body', 'input.query', 'input.invalid',
    'input.unknown', 'input.missing', 'input.type', 'input.range',
    'input.too_long', 'input.choice', 'input.date', 'input.repeated',
    'input.if_match', 'json.syntax', 'json.text', 'json.depth',
    'json.mark', 'json.nul',
    'idempotency.key', 'idempotency.reused', 'idempotency.running',
    'http.bad_request', 'http.length_required', 'http.target_too_long',
    'http.head_too_big',
    'input.too_big', 'clock.leapt', 'clock.behind',
}

# Codes with a sentence that no request brings about, by what they stand for.
NOT_BY_HTTP = slices.joined('unseen', 'NOT_BY_HTTP') | {
    'kind.': 'titles, not codes',
    'args.': 'said by commands',
    'bench.': 'said by commands',
    'data.': 'said by commands',
    'control.': 'said by commands; tests/app/test_control.py',
    'doctor.': 'said by commands',
    'import.': 'said by commands',
    'serve.': 'said by commands',
    'store.': 'faults of the machine or the database; src/store/test_*.c',
    'disk.': 'a full disk; tests/fault/test_full.py',
    'file.': 'faults of the machine; src/core/test_file.c',
    'ledger.': 'faults found in stored entries; src/ledger/test_*.c',
    'trust.': 'faults of keys; src/trust/test_*.c',
    'note.': 'faults of signed notes; src/trust/test_*.c',
    'client.': 'said of receivers; src/http/test_client*.c, test_hooks.py',
    'csv.': 'files of imports; src/codec/test_csv.c',
    'cube.': 'faults of the machine; src/cube/test_*.c',
    'person.role': 'by command; src/people/test_person.c',
    'person.locale': 'by command; src/people/test_person.c',
    'people.differs': 'said by truc doctor; tests/fault/test_rows.py',
    'audit.broken': 'said by commands; tests/fault/test_chain.py',
    'rows.differ': 'said by truc doctor; tests/fault/test_rows.py',
    'idempotency.edited': 'tests/fault/test_rows.py',
    'token.days': 'by command; src/people/test_person.c',
    'fault.': 'injected by tests',
    'blob.': 'faults of the disk; src/store/test_blob.c',
    'spool.full': 'a full disk; src/http/test_spool.c',
    'option.': 'said by commands; src/core/test_option.c',
    'access.granted_twice': 'at start; src/app/test_slice.c',
    'password.hash': 'a fault of the machine',
    'http.too_big': 'a body that no route could take; '
                    'src/http/test_limits.c',
    'http.busy': 'a full queue; src/http/test_engine.c',
    'http.in_use': 'at start',
    'http.listen': 'at start',
    'http.start': 'at start',
    'http.no_answer': 'a handler that broke; src/http/test_engine.c',
    'json.too_big': 'the body is refused before the arena is full; '
                    'src/codec/test_json.c',
    'input.time': 'no route takes an instant yet; '
                  'src/codec/test_shape_json.c',
    'json.real': 'our own documents; src/codec/test_json.c',
}


@pytest.fixture(scope='module')
def run_of_all(request, server, contract):
    """The whole run's contract; a run of less cannot tell."""
    session = request.session
    ran = {item.path for item in session.items}
    if request.config.option.keyword or request.config.option.markexpr or \
            {path for folder in slices.folders()
             for path in folder.glob('test_*.py')} - ran:
        pytest.skip('only a run of all files can tell')
    return contract


def test_every_route_was_hit_and_answered_well(run_of_all):
    silent = [op.name for op in run_of_all.operations
              if not any(isinstance(seen, int) and seen < 400
                         for seen in run_of_all.seen.get(op.name, ()))]
    assert silent == []


def test_every_failure_of_every_route_was_seen_there(run_of_all):
    missing = [(op.name, code) for op in run_of_all.operations
               for code in op.failures
               if code not in run_of_all.seen.get(op.name, ())
               and (op.name, code) not in NOT_ON_ROUTE]
    assert missing == [], '\n'.join(map(str, missing))


def test_what_any_route_may_answer_was_seen(run_of_all):
    assert IMPLIED - run_of_all.codes == set()


def test_every_code_with_a_sentence_was_seen_or_has_a_reason(run_of_all):
    excused = {code for _, code in NOT_ON_ROUTE}
    missing = [code for code in run_of_all.description['x-failures']
               if code not in run_of_all.codes | excused
               and not any(code.startswith(start) for start in NOT_BY_HTTP)]
    assert missing == []


def test_no_answer_had_a_code_without_a_sentence(run_of_all):
    codes = {code for code in run_of_all.codes
             if code[0] not in 'rp'  # a form's own rules: r1.s01, p1.s01.c4
             or not code[1:2].isdigit()}
    assert codes - set(run_of_all.description['x-failures']) == set()


def test_every_exception_is_still_needed(run_of_all):
    named = {(op.name, code) for op in run_of_all.operations
             for code in op.failures}
    gone = set(NOT_ON_ROUTE) - named
    seen = {(name, code) for name, code in NOT_ON_ROUTE
            if code in run_of_all.seen.get(name, ())}
    assert (gone, seen) == (set(), set())
