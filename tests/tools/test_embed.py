"""tools/embed.py: files as a C table."""

import os
import subprocess
import sys

from server import PATIENCE_SECONDS

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..',
                    'tools', 'embed.py')


def embed(*arguments):
    subprocess.run([sys.executable, TOOL, *map(str, arguments)], check=True,
                   timeout=PATIENCE_SECONDS)


def test_a_file_is_its_bytes_and_a_nul_that_does_not_count(tmp_path):
    (tmp_path / 'a').write_bytes(b'\x00A\xff')
    embed(tmp_path / 'out.c', 'some', f'é/a={tmp_path}/a')
    made = (tmp_path / 'out.c').read_text()
    assert '\t0,65,255,0,\n' in made
    assert '{ "\\303\\251/a", file_0, 3 },' in made


def test_a_folder_is_its_json_files_and_is_looked_at_by_the_build(tmp_path):
    folder = tmp_path / 'texts'
    folder.mkdir()
    for name in ('b.json', 'a.json', 'c.txt'):
        (folder / name).write_text('{}')
    embed(tmp_path / 'out.c', 'texts', tmp_path / 'out.d', f't={folder}')
    made = (tmp_path / 'out.c').read_text()
    assert made.index('"t/a.json", file_0, 2') < made.index('"t/b.json", ')
    assert 'c.txt' not in made
    assert (tmp_path / 'out.d').read_text().split() == [
        f'{tmp_path}/out.c:', str(folder), f'{folder}/a.json',
        f'{folder}/b.json']
