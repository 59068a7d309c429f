"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('POST /api/v1/reports/{id}/sign', 'report.rule_broken'):
        'the paper was judged when it was submitted and cannot change '
        'without becoming a draft again; a rule would have to change',
    # The days' bounds are above any day of the tests' country;
    # tests/report/test_bounds.py has a server with low ones.
    **{(operation, 'report.day_full'): 'see above' for operation in (
        'POST /api/v1/reports', 'PUT /api/v1/reports/{id}/draft',
        'POST /api/v1/reports/{id}/submit',
        'POST /api/v1/reports/{id}/withdraw', 'POST /api/v1/reports/{id}/sign',
        'POST /api/v1/reports/{id}/send-back',
        'POST /api/v1/reports/{id}/amend', 'POST /api/v1/reports/{id}/drop')},
}

NOT_BY_HTTP = {
    'report.body': 'faults found in stored entries; src/report/test_*.c',
    'report.differs': 'said by commands',
    'report.snapshot': 'at start; src/report/test_keep.c',
    'report.flagged': 'inside the answer of POST reports/accept; '
                      'test_a_flagged_report_waits_for_a_look',
}

UNTRIED = {
    'report.body': 'found in rows that only a hand can write; seen as '
                   'another code first',
}
