"""A slice plugs in: the recipe "A slice" of HACKING.md, followed to the letter.

toy/ holds a slice as somebody would write it: files in folders of its own, its
texts, its migration (NNNN: the next number) and one line for src/LAYERS.  They
are put beside today's sources in build-plug/tree, which is built and tested; no
other file may differ but those that the recipe has made again by a program.
"""

import re

from conftest import LINE, NUMBER, ROOT, TOY, files_of, next_number

RECIPE = (ROOT / 'HACKING.md').read_text().split('**A slice.**')[1]
RECIPE = RECIPE.split('\n**')[0]
# The commands of the recipe, and the papers they make.
MADE = {
    'docs/failures.md': ('/usr/bin/python3', 'tools/lint.py', '--write'),
    'docs/schema.sql': ('/usr/bin/python3', 'tools/sqlgen.py', 'schema',
                        'src/store/migrations', 'docs/schema.sql'),
    'docs/options.md': ('sh', '-c',
                        '"$TRUC_BIN" options --markdown > docs/options.md'),
    'web/src/api/types.ts': ('npm', '--prefix', 'web', 'run', '--silent',
                             'api', '--', '../build-openapi.json'),
}
# Writes what the program says of its routes.
DESCRIBE = '''
import sys
sys.path.insert(0, 'tests')
from server import Server
server = Server('2025-12-10T09:00')
server.start()
with open('build-openapi.json', 'wb') as file:
    file.write(server.client().get('/openapi.json').body)
server.stop()
server.remove()
'''


def places():
    """The rows of the recipe's table, as patterns of paths."""
    rows = re.findall(r'^\| `([^`]+)` \|', RECIPE, re.M)
    assert len(rows) > 5, rows
    return rows


def fits(place, path):
    pattern = re.escape(place).replace('SLICE', 'toy')
    pattern = pattern.replace('LANGUAGE', '[a-z]+')
    return re.fullmatch(pattern + ('.+' if place.endswith('/') else ''), path)


def test_the_recipe_names_every_place_that_a_slice_has():
    paths = sorted(files_of(TOY))
    assert [path for path in paths
            if not any(fits(place, path) for place in places())] == []
    assert [place for place in places()
            if not any(fits(place, path) for path in paths)] == []
    for paper, command in MADE.items():
        assert any(word in RECIPE for word in (paper, command[1], 'run api')), \
            paper


def test_nothing_else_is_edited(tree):
    today = files_of(ROOT)
    toy = {name.replace(NUMBER, next_number()) for name in files_of(TOY)}
    put = files_of(tree.root)
    differs = {name for name, path in put.items() if name not in today
               or path.read_bytes() != today[name].read_bytes()}
    assert differs - set(MADE) - toy == set()
    assert set(today) - set(put) == set()
    more = (set((tree.root / LINE).read_text().splitlines())
            - set((ROOT / LINE).read_text().splitlines()))
    assert len(more) == 1


def test_it_is_built_and_its_papers_are_made(built):
    built.python('-c', DESCRIBE, TRUC_TEST_STORE='sqlite')
    for command in MADE.values():
        built.run(*command)
    assert 'toy.too_many' in (built.root / 'docs/failures.md').read_text()
    assert 'CREATE TABLE toy' in (built.root / 'docs/schema.sql').read_text()
    assert '`toy.most`' in (built.root / 'docs/options.md').read_text()
    assert 'interface ToyList' in (
        built.root / 'web/src/api/types.ts').read_text()


def test_the_lints_have_nothing_to_say(built):
    built.python('tools/layers.py')
    built.python('tools/lint.py')


def test_its_unit_tests_are_found(built):
    output = built.run(built.build / 'src/test_toy_toy')
    assert 'not ok' not in output
    assert 'any_failure_makes_no_toy' in output


def test_its_screen_texts_and_budget_are_found(built):
    output = built.run('npm', '--prefix', 'web', 'run', '--silent', 'check')
    assert 'src/toy/toys.tsx' in output
    assert 'code of toy' in output and 'texts of toy' in output


def test_it_works_over_http_and_its_rights_are_asked(built):
    """Route, shape, tag, job, flow, event, blob, page, option, gauge, check
    and rights: tests/toy says what is seen of each."""
    built.tests('tests/toy', 'tests/api/test_rights.py',
                'tests/api/test_options.py', 'tests/app/test_pages.py',
                'tests/app/test_ops.py', TRUC_TEST_STORE='sqlite')
    folders = built.python('tests/slices.py').split()
    assert 'tests/toy' in folders


def test_it_works_on_the_other_engine(built):
    built.tests('tests/toy', TRUC_TEST_STORE='postgres')


def test_a_row_of_rights_that_is_missing_is_missed(built):
    """The matrix is made of what the slices bring: take one row away."""
    path = built.root / 'tests/toy/rights.py'
    whole = path.read_text()
    try:
        path.write_text(whole.replace("    'GET /toys/about': None,\n", ''))
        output = built.run('sh', '-c', '/usr/bin/python3 -m pytest -q '
                         '-p no:cacheprovider tests/api/test_rights.py '
                         '-k its_row && exit 1 || exit 0',
                         TRUC_TEST_STORE='sqlite')
    finally:
        path.write_text(whole)
    assert 'AssertionError: toy' in output
    assert 'GET /toys/about' in output


def test_every_code_of_its_own_is_tried(built):
    built.tests('tests/tools/test_failures.py')
    built.tests('tests/web')
