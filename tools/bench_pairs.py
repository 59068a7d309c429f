#!/usr/bin/python3
"""Two builds of truc measured beside each other by `truc bench`.

    bench_pairs.py OLD NEW PAIRS [--store-command CMD | --same-start]
                   [-- options of bench]

OLD and NEW are programs.  They run in turn, PAIRS times each, and who begins
changes from pair to pair, so that a machine that grows slower harms both.  For
each line of the bench it prints the medians of both, the median of the ratios
within the pairs, and how much OLD differs from itself from one run to the next
(median): a ratio below that says nothing.  "worse" is said of a line whose ratio
is over 1.05 and over that.

CMD prints the URL of an empty database; {run} in it is the number of the run:

    bench_pairs.py OLD NEW 5 --store-command 'tests/pg.py database DIR b{run}'

The bench's clients report for some seconds, so the faster build has more to read
when it starts anew.  With --same-start that line is measured apart, on equal data:
what one bench of OLD left, as it is for OLD, and a copy that NEW has migrated,
without the kept cube.  Each is started STARTS times a pair, in turn.

The exit status is 1 if a line is worse, 2 if a run failed.
"""
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LINE = re.compile(r'^(\S.*?) {2,}(\d+(?:\.\d+)?) ?(\S*) {2,}')
MORE_IS_BETTER = ('/s',)
NOT_JUDGED = ('... reports a commit',)
WORSE = 1.05
START_LINE = 'start with all of it, until ready'
STARTS = 15
READY = 'http://127.0.0.1:'


class Failed(Exception):
    pass


def figures(text):
    """{name: (figure, unit)} of a table; a name's first row counts."""
    found = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match.group(1) not in found:
            found[match.group(1)] = (float(match.group(2)), match.group(3))
    return found


def measure(program, options, store_command, run):
    command = [program, 'bench', *options]
    if store_command:
        words = shlex.split(store_command.replace('{run}', str(run)))
        url = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                             check=True).stdout.strip()
        command += ['--store', url]
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    found = figures(done.stdout)
    if done.returncode != 0 or not found:
        raise Failed(f'{program} bench: status {done.returncode}\n'
                     f'{done.stderr[-2000:]}')
    return found


def start(program, folder):
    """Seconds until the server of this folder says that it is ready."""
    shutil.rmtree(folder / 'snapshot', ignore_errors=True)
    began = time.monotonic()
    with subprocess.Popen([program, 'serve', '--data', str(folder), '--listen',
                           '127.0.0.1:0'], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as server:
        ready = any(READY in line for line in server.stdout)
        took = time.monotonic() - began
        server.terminate()
    if not ready:
        raise Failed(f'{program} does not start on {folder}')
    return took


def folders_of_one_run(old, new, options, place):
    """The folder that one bench of OLD filled, and its copy for NEW."""
    folders = (pathlib.Path(place) / 'old', pathlib.Path(place) / 'new')
    measure(old, [*options, '--data', str(folders[0])], None, 0)
    shutil.copytree(folders[0], folders[1])
    start(new, folders[1])
    return folders


def same_starts(programs, folders, order):
    """The median start of OLD and of NEW."""
    took = ([], [])
    for _ in range(STARTS):
        for which in order:
            took[which].append(start(programs[which], folders[which]))
    return [statistics.median(each) for each in took]


def run_pairs(old, new, pairs, options, store_command, folders):
    """The figures of each run of old and of new, in order."""
    programs = (old, new)
    runs = ([], [])
    for pair in range(pairs):
        order = (0, 1) if pair % 2 == 0 else (1, 0)
        for place, which in enumerate(order):
            runs[which].append(measure(programs[which], options,
                                       store_command, 2 * pair + place))
            print(f'pair {pair + 1} of {pairs}: {programs[which]}',
                  file=sys.stderr)
        if folders:
            for which, took in enumerate(same_starts(programs, folders,
                                                     order)):
                runs[which][-1][START_LINE] = (took, 's')
    return runs


def loss(name, unit, ratio):
    """How many times worse; below 1 is better."""
    if name in NOT_JUDGED:
        return 1.0
    return 1 / ratio if unit in MORE_IS_BETTER else ratio


def compare(old, new):
    """(name, unit, old, new, ratio, spread, worse) of each line of both."""
    rows = []
    for name, (_, unit) in old[0].items():
        before = [run[name][0] for run in old if name in run]
        after = [run[name][0] for run in new if name in run]
        if len(before) != len(old) or len(after) != len(new):
            continue
        if min(before) <= 0 or min(after) <= 0:
            continue
        ratio = statistics.median(b / a for a, b in zip(before, after))
        spread = statistics.median(
            [max(a, b) / min(a, b) for a, b in zip(before, before[1:])]
            or [1.0])
        rows.append((name, unit, statistics.median(before),
                     statistics.median(after), ratio, spread,
                     loss(name, unit, ratio) > max(WORSE, spread)))
    return rows


def main(words):
    options = []
    store_command = None
    folders = None
    if '--' in words:
        at = words.index('--')
        words, options = words[:at], words[at + 1:]
    if '--store-command' in words:
        at = words.index('--store-command')
        store_command = words[at + 1]
        words = words[:at] + words[at + 2:]
    same_start = '--same-start' in words
    words = [word for word in words if word != '--same-start']
    if len(words) != 3 or not words[2].isdigit() or int(words[2]) < 1 or (
            same_start and store_command):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix='truc-pairs-') as place:
            if same_start:
                folders = folders_of_one_run(words[0], words[1], options,
                                             place)
            old, new = run_pairs(words[0], words[1], int(words[2]), options,
                                 store_command, folders)
    except (Failed, OSError, subprocess.CalledProcessError) as why:
        print(why, file=sys.stderr)
        return 2
    rows = compare(old, new)
    print(f'{"what":48} {"old":>11} {"new":>11} {"ratio":>7} {"itself":>7}')
    for name, unit, before, after, ratio, spread, worse in rows:
        print(f'{name:48} {before:8.4g} {unit:2} {after:8.4g} {unit:2} '
              f'{ratio:6.2f}x {spread:6.2f}x{"  worse" if worse else ""}')
    return 1 if any(row[-1] for row in rows) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
