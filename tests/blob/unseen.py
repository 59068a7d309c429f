"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_ON_ROUTE = {
    ('PUT /api/v1/uploads/{id}/parts/{offset}', 'spool.full'):
        'a full disk; tests/fault/test_upload_full.py',
    ('PUT /api/v1/uploads/{id}/content', 'spool.full'):
        'a full disk; src/http/test_spool.c, tests/fault/test_upload_full.py',
    ('PUT /api/v1/uploads/{id}/parts/{offset}', 'upload.busy'):
        'two requests at one upload in the same moment; '
        'src/blob/test_upload.c',
    ('PUT /api/v1/uploads/{id}/content', 'upload.busy'):
        'as for its parts',
    ('POST /api/v1/uploads/{id}/complete', 'upload.busy'):
        'as for its parts',
}

NOT_BY_HTTP = {
    'upload.row': 'said by truc doctor; tests/blob',
    'upload.busy': 'see NOT_ON_ROUTE',
}
