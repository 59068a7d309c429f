"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'hook.answer': 'a reason in a hook; test_hooks.py',
    'hook.gone': 'a reason in a hook; test_hooks.py',
    'hook.refused': 'a reason in a dead letter; test_hooks.py',
    'hook.removed': 'a reason in a hook; test_hooks.py',
    'hook.job_gone': 'said by truc doctor; test_hooks.py',
    'hook.miscounted': 'said by truc doctor; test_hooks.py',
    'hook.misplaced': 'said by truc doctor; test_hooks.py',
    'hook.too_many_letters': 'a reason in a hook; src/hook/test_deliver.c',
}
