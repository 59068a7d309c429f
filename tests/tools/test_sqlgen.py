"""tools/sqlgen.py: what it makes, and what it refuses."""

import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tools'))

import sqlgen  # noqa: E402  (its folder is added above)

ONE = '''-- name: thing_find
-- args: id i64
-- row: id i64, note text?
-- gives: maybe
SELECT id, note FROM thing WHERE id = $id;
'''


def only(text):
    queries = sqlgen.parse('t.sql', text)
    assert len(queries) == 1
    return queries[0]


def refused(text):
    with pytest.raises(sqlgen.Refused) as caught:
        sqlgen.parse('t.sql', text)
    return str(caught.value)


def made(text):
    queries = sqlgen.parse('t.sql', text)
    return (sqlgen.header('mod', 't.sql', 't.sql.h', queries),
            sqlgen.source('mod', 't.sql', 't.sql.h', queries))


def test_places_follow_the_order_of_args_not_of_appearance():
    query = only('-- name: a\n-- args: x i64, y i64\n-- gives: changed\n'
                 'UPDATE t SET y = $y, z = $y WHERE x = $x')
    assert sqlgen.numbered(query, 'sqlite') == (
        'UPDATE t SET y = ?2, z = ?2 WHERE x = ?1')
    assert sqlgen.numbered(query, 'postgres') == (
        'UPDATE t SET y = $2, z = $2 WHERE x = $1')


def test_strings_and_quoted_names_are_left_alone():
    query = only('-- name: a\n-- args: x i64\n-- gives: changed\n'
                 'UPDATE t SET "$y" = \'it\'\'s $z; -- ?\' WHERE x = $x')
    assert sqlgen.numbered(query, 'sqlite') == (
        'UPDATE t SET "$y" = \'it\'\'s $z; -- ?\' WHERE x = ?1')


def test_comments_become_the_doc_and_leave_the_text():
    query = only('-- name: a\n-- gives: changed\n-- What it is for.\n'
                 'DELETE FROM t -- all of it\n WHERE TRUE;\n')
    assert query.doc == ['What it is for.']
    assert query.sql['sqlite'] == 'DELETE FROM t\n WHERE TRUE'


def test_a_comment_above_the_name_belongs_to_the_query():
    query = only('-- About the file.\n\n-- Above.\n' + ONE)
    assert query.doc == ['Above.']


def test_args_and_row_may_go_on():
    query = only('-- name: a\n-- args: x i64\n-- args: y text?\n'
                 '-- row: p i64,\n--      q blob\n-- gives: one\n'
                 'SELECT $x, $y')
    assert [f.name for f in query.args] == ['x', 'y']
    assert [(f.name, f.kind) for f in query.row] == [('p', 'i64'),
                                                     ('q', 'blob')]


def test_engines_may_differ():
    query = only('-- name: a\n-- args: x i64\n-- row: y i64\n-- gives: one\n'
                 'SELECT\n-- sqlite:\n1\n-- postgres:\n2\n-- both:\n+ $x')
    assert sqlgen.numbered(query, 'sqlite') == 'SELECT\n1\n+ ?1'
    assert sqlgen.numbered(query, 'postgres') == 'SELECT\n2\n+ $1'


def test_nullable_values_are_pointers_but_text():
    head, _ = made('-- name: a\n-- args: n i64?, t text?, b blob?, o bool?, '
                   'd day?\n-- row: n i64?, t text?, b blob, o bool, d day\n'
                   '-- gives: one\nSELECT $n, $t, $b, $o, $d')
    assert 'const int64_t *n, const char *t' in head
    assert 'const struct bytes *b' in head
    assert 'const bool *o' in head
    assert 'const day *d' in head
    assert '\tconst int64_t *n; /* may be NULL */' in head
    assert '\tstruct bytes b;' in head
    assert '\tday d;' in head


def test_more_than_five_args_come_in_a_struct():
    args = ', '.join(f'a{i} i64' for i in range(6))
    values = ', '.join(f'$a{i}' for i in range(6))
    head, body = made(f'-- name: add\n-- args: {args}\n-- gives: changed\n'
                      f'INSERT INTO t VALUES ({values})')
    assert 'struct sql_add_args {' in head
    assert 'const struct sql_add_args *args' in head
    assert '.number = args->a5' in body
    assert len(only('-- name: add\n-- args: a i64, b i64, c i64, d i64, '
                    'e i64\n-- gives: changed\nINSERT INTO t VALUES ($a, $b, '
                    '$c, $d, $e)').args) == 5


def test_put_gives_nothing_back():
    head, body = made('-- name: add\n-- args: a i64\n-- gives: put\n'
                      'INSERT INTO t VALUES ($a)')
    assert 'sql_add(struct ctx *ctx, int64_t a);' in head
    assert 'return store_put(ctx, &sql_add_query, values);' in body


def test_late_rows_are_written_by_arrays():
    head, body = made('-- name: add\n-- args: a i64, at day?, t text\n'
                      '-- gives: late\nINSERT INTO t (x, y, z, w)\n'
                      'VALUES ($a, $at, FALSE, lower($t))')
    assert 'sql_add(struct ctx *ctx, int64_t a, const day *at' in head
    assert 'return store_put(ctx, &sql_add_query, values);' in body
    assert '.late_table = "t"' in body
    assert ('SELECT late.\\"a\\", late.\\"at\\", FALSE, '
            'lower(late.\\"t\\")') in body
    assert '$2::bigint[]' in body
    assert 'AS late (\\"a\\", \\"at\\", \\"t\\")' in body


def test_each_gives_a_cursor():
    head, body = made('-- name: all\n-- row: id i64\n-- gives: each\n'
                      'SELECT id FROM t')
    assert 'sql_all_open(struct ctx *ctx, struct cursor **ret);' in head
    assert 'sql_all_next(struct ctx *ctx, struct cursor *cursor,' in head
    assert 'store_cursor_next(ctx, cursor, row, ret_more)' in body


AS_TWO = ONE + '''
-- name: thing_page
-- args: after i64
-- row: as thing_find
-- gives: many
SELECT id, note FROM thing WHERE id > $after ORDER BY id LIMIT 9;
'''


def test_two_queries_may_give_the_same_row():
    head, body = made(AS_TWO)
    assert head.count('struct sql_thing_find {') == 1
    assert 'struct sql_thing_page {' not in head
    assert ('sql_thing_page(struct ctx *ctx, int64_t after,\n'
            '    struct sql_thing_find **ret, size_t *ret_count);') in head
    assert body.count('.row_size = sizeof(struct sql_thing_find)') == 2
    assert body.count('.fields = thing_find_fields') == 2
    assert 'thing_page_fields' not in body


def test_a_cursor_may_give_another_querys_row():
    head, _ = made(ONE + '\n-- name: all\n-- row: as thing_find\n'
                   '-- gives: each\nSELECT id, note FROM thing')
    assert 'struct sql_thing_find *row, bool *ret_more);' in head


@pytest.mark.parametrize('row', [
    'as nothing',       # no such query
    'as thing_page',    # itself
    'as thing_late',    # below
    'as thing_change',  # has no row
    'as thing_like',    # has none of its own
    'as thing_find\n-- row: id i64',
    'id i64\n-- row: as thing_find',
])
def test_a_row_is_that_of_a_query_above(row):
    why = refused(
        ONE + '\n-- name: thing_change\n-- gives: changed\n'
        'DELETE FROM thing;\n\n-- name: thing_like\n-- row: as thing_find\n'
        '-- gives: one\nSELECT id, note FROM thing;\n\n'
        f'-- name: thing_page\n-- row: {row}\n-- gives: one\n'
        'SELECT id FROM thing;\n\n'
        '-- name: thing_late\n-- row: id i64\n-- gives: one\nSELECT 1;\n')
    assert 'thing_page: row: ' in why


def test_one_and_maybe_differ_in_what_they_call():
    one = made(ONE.replace('maybe', 'one'))[1]
    maybe = made(ONE)[1]
    assert 'store_one(ctx, ' in one
    assert 'store_maybe(ctx, ' in maybe


@pytest.mark.parametrize('sql', [
    'SELECT id FROM t LIMIT 5',
    'SELECT id FROM t LIMIT $n',
    'WITH x AS (SELECT 1) SELECT id FROM x LIMIT 5',
    'UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t LIMIT 3) RETURNING id',
])
def test_many_with_a_limit_passes(sql):
    args = '-- args: n i64\n' if '$n' in sql else ''
    only(f'-- name: a\n{args}-- row: id i64\n-- gives: many\n{sql}')


@pytest.mark.parametrize('sql', [
    'SELECT id FROM t',
    'SELECT id FROM (SELECT id FROM t LIMIT 5) s',
    "SELECT id FROM t WHERE a = 'LIMIT 5'",
    'SELECT id FROM t -- LIMIT 5',
    'SELECT id FROM t LIMIT',
    'DELETE FROM t RETURNING id',
])
def test_many_without_a_limit_is_refused(sql):
    assert 'LIMIT' in refused(
        f'-- name: a\n-- row: id i64\n-- gives: many\n{sql}')


def test_many_is_bounded_on_both_engines():
    assert 'LIMIT' in refused(
        '-- name: a\n-- row: id i64\n-- gives: many\nSELECT id FROM t\n'
        '-- sqlite:\nLIMIT 5\n-- postgres:\n-- both:\n')


@pytest.mark.parametrize('text, why', [
    ('', 'no query'),
    ('SELECT 1', 'before the first'),
    ('-- args: x i64\nSELECT 1', 'outside'),
    ('-- sqlite:\nSELECT 1', 'before any query'),
    ('-- name: A b\n', 'bad name'),
    ('-- name: a\n-- gives: changed\n', 'no SQL'),
    ('-- name: a\n-- gives: changed\n;', 'no SQL'),
    ('-- name: a\n-- gives: changed\nDELETE FROM t; DELETE FROM u',
     'more than one statement'),
    ('-- name: a\nDELETE FROM t', 'gives'),
    ('-- name: a\n-- gives: some\nDELETE FROM t', 'none of'),
    ('-- name: a\n-- gives: one\n-- gives: one\nSELECT 1', 'twice'),
    ('-- name: a\n-- gives: one\nSELECT 1', 'row'),
    ('-- name: a\n-- row: x i64\n-- gives: changed\nDELETE FROM t', 'row'),
    ('-- name: a\n-- row: x i64\n-- gives: put\nDELETE FROM t', 'row'),
    ('-- name: a\n-- args: x i64\n-- gives: late\nDELETE FROM t WHERE a = $x',
     'late is INSERT'),
    ('-- name: a\n-- args: x\n-- gives: changed\nDELETE FROM t', 'name type'),
    ('-- name: a\n-- args: x int\n-- gives: changed\nDELETE FROM t', 'type'),
    ('-- name: a\n-- args: x i64, x i64\n-- gives: changed\n'
     'DELETE FROM t WHERE a = $x', 'twice'),
    ('-- name: a\n-- row: x i64, x i64\n-- gives: one\nSELECT 1, 2', 'twice'),
    ('-- name: a\n-- args: x i64\n-- gives: changed\n'
     'DELETE FROM t WHERE a = $y', r'not among args: $y'),
    ('-- name: a\n-- args: x i64, y i64\n-- gives: changed\n'
     'DELETE FROM t WHERE a = $x', r'never used: $y'),
    ('-- name: a\n-- args: ctx i64\n-- gives: changed\n'
     'DELETE FROM t WHERE a = $ctx', 'reserved'),
    ('-- name: a\n-- args: default i64\n-- gives: changed\n'
     'DELETE FROM t WHERE a = $default', 'reserved'),
    ('-- name: a\n-- row: int i64\n-- gives: one\nSELECT 1', 'reserved'),
    ('-- name: a\n-- gives: changed\nDELETE FROM t WHERE a = ?', '"?"'),
    ('-- name: a\n-- gives: changed\nCREATE TABLE t (id {id})', 'migrations'),
    (ONE + ONE, 'twice'),
])
def test_what_is_ambiguous_is_refused(text, why):
    message = refused(text)
    assert why in message
    assert message.startswith('t.sql:')


def test_the_message_names_file_and_line():
    assert refused(ONE + '\n-- name: b\n-- gives: changed\n').startswith(
        't.sql:7: b:')


def test_a_name_is_used_once_in_the_program(tmp_path):
    for name in ('a.sql', 'b.sql'):
        (tmp_path / name).write_text(ONE)
    with pytest.raises(sqlgen.Refused):
        sqlgen.all_queries([str(tmp_path / 'a.sql'), str(tmp_path / 'b.sql')])
    out = sqlgen.all_queries([str(tmp_path / 'a.sql')])
    assert '\t&sql_thing_find_query,\n\tNULL,' in out


def test_a_quote_and_a_backslash_are_escaped():
    _, body = made('-- name: a\n-- gives: changed\n'
                   'UPDATE t SET a = \'"\\\' WHERE TRUE')
    assert '"UPDATE t SET a = \'\\"\\\\\' WHERE TRUE"' in body


# --- migrations ---

def folder_of(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / (name.replace('_', '-', 1).replace('m', '', 1)
                     + '.sql')).write_text(text)
    return str(tmp_path)


def test_macros_are_expanded_for_each_engine():
    text = ('CREATE TABLE t (id {id}, n {int} NOT NULL, t {text}, b {blob}, '
            'o {bool}, at {time}, d {day});')
    assert sqlgen.migration('m', text, 'sqlite') == [
        'CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, t TEXT, '
        'b BLOB, o INTEGER, at INTEGER, d INTEGER) STRICT']
    assert sqlgen.migration('m', text, 'postgres') == [
        'CREATE TABLE t (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY '
        'KEY, n BIGINT NOT NULL, t TEXT COLLATE "C", b BYTEA, o BOOLEAN, '
        'at BIGINT, d INTEGER)']


def test_a_clustered_table_has_no_rowid():
    text = 'CREATE TABLE t (a {int} PRIMARY KEY) {clustered};'
    assert sqlgen.migration('m', text, 'sqlite') == [
        'CREATE TABLE t (a INTEGER PRIMARY KEY) WITHOUT ROWID, STRICT']
    assert sqlgen.migration('m', text, 'postgres') == [
        'CREATE TABLE t (a BIGINT PRIMARY KEY)']


def test_semicolons_in_strings_do_not_split():
    text = "INSERT INTO t VALUES ('a; b'); -- c; d\nDELETE FROM t;"
    assert sqlgen.migration('m', text, 'sqlite') == [
        "INSERT INTO t VALUES ('a; b')", 'DELETE FROM t']


def test_a_macro_in_a_string_stays():
    assert sqlgen.migration('m', "INSERT INTO t VALUES ('{id}')",
                            'postgres') == ["INSERT INTO t VALUES ('{id}')"]


@pytest.mark.parametrize('text', [
    'CREATE TABLE t (a {money});',
    'CREATE TABLE t (a {int}) STRICT;',
    '-- nothing but words',
    '-- sqlite:\nSELECT 1;',
])
def test_a_wrong_migration_is_refused(text):
    with pytest.raises(sqlgen.Refused):
        sqlgen.migration('m', text, 'sqlite')
        sqlgen.migration('m', text, 'postgres')


def test_migrations_are_listed_by_number(tmp_path):
    folder = folder_of(tmp_path, m0002_b='DELETE FROM b;',
                       m0001_a='DELETE FROM a;')
    out = sqlgen.migrations(folder, 'list')
    assert out.index('{ 1, "a"') < out.index('{ 2, "b"')
    assert 'const struct migration list[] = {' in out


@pytest.mark.parametrize('names', [
    ['1-a.sql'], ['0000-a.sql'], ['0001-A.sql'], ['0001_a.sql'],
    ['0001-a.sql', '0001-b.sql'],
])
def test_a_wrong_name_of_a_migration_is_refused(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text('DELETE FROM t;')
    with pytest.raises(sqlgen.Refused):
        sqlgen.migrations(str(tmp_path), 'list')


def test_a_statement_that_c_may_not_hold_is_refused(tmp_path):
    (tmp_path / '0001-a.sql').write_text(
        "INSERT INTO t VALUES ('" + 'x' * 4200 + "');")
    with pytest.raises(sqlgen.Refused):
        sqlgen.migrations(str(tmp_path), 'list')


def test_the_schema_is_what_all_migrations_come_to(tmp_path):
    folder = folder_of(tmp_path,
                       m0001_a='CREATE TABLE t (a {id}, b {text});',
                       m0002_b='ALTER TABLE t RENAME TO u; '
                               'CREATE INDEX u_b ON u (b);')
    assert sqlgen.schema(folder).split('\n', 2)[2] == (
        'CREATE TABLE "u" (a INTEGER PRIMARY KEY, b TEXT) STRICT;\n\n'
        'CREATE INDEX u_b ON u (b);\n')


def test_a_migration_that_does_not_run_is_named(tmp_path):
    folder = folder_of(tmp_path, m0001_a='CREATE INDEX i ON nowhere (x);')
    with pytest.raises(sqlgen.Refused) as caught:
        sqlgen.schema(folder)
    assert '0001-a.sql' in str(caught.value)


def test_the_committed_schema_is_up_to_date():
    """If not: tools/sqlgen.py schema src/store/migrations docs/schema.sql"""
    folder = os.path.join(ROOT, 'src', 'store', 'migrations')
    with open(os.path.join(ROOT, 'docs', 'schema.sql'),
              encoding='utf-8') as file:
        assert file.read() == sqlgen.schema(folder)


# --- the program ---

def run(*args):
    return subprocess.run(
        [sys.executable, os.path.join(ROOT, 'tools', 'sqlgen.py'), *args],
        capture_output=True, text=True, check=False)


def test_the_command_says_what_it_refuses(tmp_path):
    (tmp_path / 'a.sql').write_text('-- name: a\n')
    done = run('query', 'mod', str(tmp_path / 'a.sql'),
               str(tmp_path / 'a.sql.h'), str(tmp_path / 'a.sql.c'))
    assert done.returncode == 1
    assert 'a.sql:1: a: "-- gives:" is missing' in done.stderr
    assert not (tmp_path / 'a.sql.h').exists()


def test_a_wrong_call_shows_the_usage():
    done = run('query')
    assert done.returncode == 2
    assert 'sqlgen.py query MODULE' in done.stderr


def test_the_folder_of_migrations_is_a_dependency(tmp_path):
    folder = tmp_path / 'm'
    folder.mkdir()
    (folder / '0001-a.sql').write_text('DELETE FROM t;')
    done = run('migrations', str(folder), str(tmp_path / 'm.c'),
               str(tmp_path / 'm.d'))
    assert done.returncode == 0
    assert (tmp_path / 'm.d').read_text() == (
        f'{tmp_path}/m.c: {folder} {folder}/0001-a.sql\n')


def test_the_c_of_every_form_compiles_without_a_warning(tmp_path):
    module = tmp_path / 'mod'
    module.mkdir()
    args = ', '.join(f'a{i} i64?' for i in range(6))
    values = ', '.join(f'$a{i}' for i in range(6))
    (module / 'q.sql').write_text(
        ONE + f'''
-- name: put
-- args: {args}
-- gives: changed
INSERT INTO t VALUES ({values});
-- name: none
-- gives: changed
DELETE FROM t;
-- name: list
-- args: t text, b blob, b2 blob?, o bool?, d day?
-- row: t text, b blob?, o bool?, d day?
-- gives: many
SELECT $t, $b, $o, $d FROM t WHERE $b2 IS NULL LIMIT 3;
-- name: walk
-- args: x i64
-- row: x i64
-- gives: each
SELECT $x;
''')
    done = run('query', 'mod', str(module / 'q.sql'), str(module / 'q.sql.h'),
               str(module / 'q.sql.c'))
    assert done.returncode == 0, done.stderr
    compiled = subprocess.run(
        ['cc', '-std=c17', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion',
         '-Wsign-conversion', '-Wshadow', '-Wcast-qual', '-Wwrite-strings',
         '-Wmissing-prototypes', '-Wredundant-decls', '-Werror', '-O2',
         '-I', os.path.join(ROOT, 'src'), '-I', str(tmp_path), '-c',
         str(module / 'q.sql.c'), '-o', str(tmp_path / 'q.o')],
        capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stderr
