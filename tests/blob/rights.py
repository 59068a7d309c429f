"""Who may do what on the routes of blob (tests/roles.py)."""

from roles import ALL, NONE

EXPECTED = {
    # Everybody may send files; an upload is its person's alone, and a file is
    # read by whoever may read what refers to it: tests/blob/test_uploads.py.
    'POST /api/v1/uploads': {'any': ALL},
    'GET /api/v1/uploads': {'any': ALL},
    'GET /api/v1/uploads/{id}': {'any': NONE},
    'DELETE /api/v1/uploads/{id}': {'any': NONE},
    'PUT /api/v1/uploads/{id}/parts/{offset}': {'any': NONE},
    'PUT /api/v1/uploads/{id}/content': {'any': NONE},
    'POST /api/v1/uploads/{id}/complete': {'any': NONE},
    'GET /api/v1/blobs/{sha256}': {'any': NONE},
}

HIDDEN = {'upload.unknown', 'blob.unknown'}


def asked(op, about):
    return {'path': {'id': '999999', 'offset': '0', 'sha256': 'a' * 64},
            'body': {'bytes': 1, 'sha256': 'a' * 64}}
