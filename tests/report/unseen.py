"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('POST /api/v1/reports/{id}/sign', 'report.rule_broken'):
        'the paper was judged when it was submitted and cannot change '
        'without becoming a draft again; a rule would have to change',
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
