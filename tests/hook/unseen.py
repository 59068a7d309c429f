"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'hook.answer': 'told of a hook; test_hooks.py',
    'hook.gone': 'told of a hook; test_hooks.py',
    'hook.refused': 'told of a dead letter; test_hooks.py',
    'hook.removed': 'told of a hook; test_hooks.py',
    'hook.job_gone': 'said by truc doctor; test_hooks.py',
    'hook.miscounted': 'said by truc doctor; test_hooks.py',
    'hook.misplaced': 'said by truc doctor; test_hooks.py',
    'hook.too_many_letters': 'told of a hook; src/hook/test_deliver.c',
}
