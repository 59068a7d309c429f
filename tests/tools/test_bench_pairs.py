"""tools/bench_pairs.py, on programs that print a bench's table."""
import importlib.util
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / 'tools' / 'bench_pairs.py'
spec = importlib.util.spec_from_file_location('bench_pairs', TOOL)
bench_pairs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench_pairs)

TABLE = '''2 cores (load 1.0), SQLite, disk flush 70 us = 14285/s

what                                                     ours  reference
one report accepted over loopback, p50               {ms} ms  SQL      4 ms
one report accepted over loopback, p50               9.999 ms  a flush  1 ms
durable reports a second, 64 clients                  {rate} /s  SQL 5 /s
... reports a commit                                    {commit}   -     -
ratio: ours / reference
'''


def program(tmp_path, name, ms='0.500', rate='5000', commit='31.0', status=0):
    path = tmp_path / name
    table = TABLE.format(ms=ms, rate=rate, commit=commit)
    path.write_text(f'#!/bin/sh\necho "$0 $@" >> {tmp_path}/calls\n'
                    f"cat <<'END'\n{table}END\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


def run(*words):
    return subprocess.run([str(TOOL), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)


def test_the_first_row_of_a_name_counts():
    found = bench_pairs.figures(TABLE.format(ms='0.5', rate='10',
                                             commit='3'))
    assert found == {
        'one report accepted over loopback, p50': (0.5, 'ms'),
        'durable reports a second, 64 clients': (10.0, '/s'),
        '... reports a commit': (3.0, ''),
    }


def test_they_run_in_turn_and_the_first_changes(tmp_path):
    old = program(tmp_path, 'old')
    new = program(tmp_path, 'new')
    done = run(old, new, '2', '--', '--months', '1')
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / 'calls').read_text().splitlines()
    assert [c.split()[0] for c in calls] == [old, new, new, old]
    assert calls[0].endswith(' bench --months 1')
    assert 'worse' not in done.stdout


def test_a_line_that_is_worse_is_said(tmp_path):
    old = program(tmp_path, 'old')
    slow = program(tmp_path, 'slow', ms='0.600')
    done = run(old, slow, '2')
    assert done.returncode == 1
    worse = [x for x in done.stdout.splitlines() if x.endswith('worse')]
    assert len(worse) == 1 and worse[0].startswith('one report')
    assert '  1.20x' in worse[0]


def test_fewer_reports_a_second_are_worse(tmp_path):
    old = program(tmp_path, 'old')
    assert run(old, program(tmp_path, 'few', rate='4000'),
               '1').returncode == 1
    assert run(old, program(tmp_path, 'more', rate='9000', commit='5.0'),
               '1').returncode == 0


def test_what_is_within_the_old_ones_own_spread_is_not_worse():
    def runs(*values):
        return [{'x': (v, 'ms')} for v in values]

    row = bench_pairs.compare(runs(1.0, 1.3, 1.0), runs(1.2, 1.2, 1.2))[0]
    assert row[4] == 1.2 and row[5] == 1.3 and not row[6]
    row = bench_pairs.compare(runs(1.0, 1.01, 1.0), runs(1.2, 1.2, 1.2))[0]
    assert row[6]


def test_a_run_that_fails_ends_it(tmp_path):
    old = program(tmp_path, 'old')
    done = run(old, program(tmp_path, 'bad', status=1), '1')
    assert done.returncode == 2
    assert 'status 1' in done.stderr


def test_each_run_gets_a_database_of_its_own(tmp_path):
    old = program(tmp_path, 'old')
    done = run(old, old + '', '1', '--store-command', 'echo postgres://d{run}')
    assert done.returncode == 0, done.stderr
    calls = (tmp_path / 'calls').read_text()
    assert '--store postgres://d0' in calls
    assert '--store postgres://d1' in calls


def serving(tmp_path, name, wait):
    """Starts after WAIT seconds; its bench leaves a folder with one file."""
    path = tmp_path / name
    table = TABLE.format(ms='0.5', rate='10', commit='3').replace(
        'ratio:', 'start with all of it, until ready 9.0 s  SQL\nratio:')
    path.write_text(f"""#!/bin/sh
echo "$0 $@" >> {tmp_path}/calls
if [ "$1" = bench ]; then
    while [ $# -gt 1 ]; do
        [ "$1" != --data ] || {{ mkdir "$2"; echo data > "$2/file"; }}
        shift
    done
    cat <<'END'
{table}END
    exit 0
fi
sleep {wait}
grep -q data "$3/file" && [ ! -e "$3/snapshot" ] || exit 1
mkdir "$3/snapshot"
echo 'Serving: http://127.0.0.1:9/'
exec sleep 5
""")
    path.chmod(0o755)
    return str(path)


def test_starts_are_measured_on_the_same_data(tmp_path):
    old = serving(tmp_path, 'old', 0.05)
    new = serving(tmp_path, 'new', 0.15)
    done = run(old, new, '1', '--same-start')
    assert done.returncode == 1, done.stderr
    line = [x for x in done.stdout.splitlines() if x.startswith('start')]
    assert len(line) == 1 and line[0].endswith('worse')
    assert float(line[0].split()[-5]) < 1, 'its own start, not the bench\'s'


def test_a_start_that_fails_ends_it(tmp_path):
    old = serving(tmp_path, 'old', 0)
    done = run(old, program(tmp_path, 'new'), '1', '--same-start')
    assert done.returncode == 2
    assert 'does not start' in done.stderr
