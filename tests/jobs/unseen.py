"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'job.': 'said by jobs; src/jobs/test_jobs.c',
}
