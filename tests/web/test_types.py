"""The web client's types are those that the program describes."""

import json
import os
import pathlib
import subprocess

from server import PATIENCE_SECONDS

WEB = pathlib.Path(__file__).resolve().parents[2] / 'web'


def test_the_types_are_made_from_the_description_of_today(make_server,
                                                          tmp_path):
    described = make_server().client().get('/openapi.json').json
    source, made = tmp_path / 'openapi.json', tmp_path / 'types.ts'
    source.write_text(json.dumps(described), encoding='utf-8')
    subprocess.run(['node', str(WEB / 'tools/api.mjs'), str(source),
                    str(made)], check=True, timeout=PATIENCE_SECONDS, env=os.environ)
    kept = WEB / 'src/api/types.ts'
    assert made.read_text(encoding='utf-8') == \
        kept.read_text(encoding='utf-8'), (
            'stale: npm --prefix web run api -- http://HOST/openapi.json')
