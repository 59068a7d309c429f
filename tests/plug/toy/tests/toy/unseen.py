"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'toy.job': 'said by the job; src/toy/test_toy.c',
    'toy.picture': 'said by truc doctor; src/toy/test_toy.c',
}
