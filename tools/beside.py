#!/usr/bin/env python3
"""Does anybody wait for a job of the night?

    tools/beside.py [--truc BIN] --data DIR [--job ledger.verify]
        [--pairs 5] [--seconds 60]

Serves a copy of a demonstration (truc demo) with its clock in a file.  A few
clients file and sign reports and read them at a fixed pace.  Each pair is one
span without the job and one in which it runs without a pause; the two change
places from pair to pair.  --job may be given again, for one after the other;
"all" is whole nights, in which every planned job runs again and again.  Prints
the times of each span and the ratios, and fails if one is over its bar: POST
p99 1.5 x, POST worst 2 x, GET worst 2 x.

Figures of a busy machine say little; so each span also counts how late the
clients' own timers were.
"""

import argparse
import datetime
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HANOI = datetime.timezone(datetime.timedelta(hours=7))
# Between two of the hourly jobs; a run of a job takes a second of this clock.
EVENING = datetime.datetime(2025, 12, 16, 21, 1, tzinfo=HANOI)
RUNS = 3000  # at most, of a job
AHEAD = 2  # runs that are due at a time, so that no pause is between them
FORM = 'II.06a/VPCP/KSTT'
PERIOD = '2025-Q4'
WRITERS = 4
READERS = 4
PACE_S = 0.04  # of each client
WARM_S = 2
BARS = (('POST', 'p99', 1.5), ('POST', 'worst', 2.0), ('GET', 'worst', 2.0))


class Clock:
    """A second for each run that is due: what is planned comes with it."""

    def __init__(self, path):
        self.path = path
        self.runs = -1
        self.let(0)

    def let(self, runs):
        if runs == self.runs:
            return
        self.runs = runs
        with open(self.path + '.part', 'w', encoding='ascii') as file:
            file.write(f'{int(EVENING.timestamp()) + runs}\n')
        os.replace(self.path + '.part', self.path)


def run(truc, *words):
    return subprocess.run([truc, *words], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def tokens_of(truc, data, most):
    """Of people of the demonstration who fill in and sign for one unit."""
    listed = re.findall(r'demo\.(\d+)', run(truc, 'user', 'list', '--data',
                                            data))
    found = []
    for unit in listed[-40 * most::40]:
        found.append((unit, run(truc, 'user', 'token', f'demo.{unit}',
                                '--data', data).strip()))
    return found


class Connection:
    def __init__(self, port, token):
        self.to = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        self.token = token

    def send(self, method, path, body=None):
        headers = {'Authorization': f'Bearer {self.token}'}
        if body is not None:
            headers['Content-Type'] = 'application/json'
            body = json.dumps(body).encode()
        self.to.request(method, path, body, headers)
        answer = self.to.getresponse()
        return answer.status, answer.read()


def post(connection, unit):
    return connection.send('POST', '/api/v1/reports', {
        'form': FORM, 'period': PERIOD, 'unit': unit, 'nil': True,
        'reason': 'measured', 'sign': True})


def get(connection, unit):
    return connection.send(
        'GET', f'/api/v1/reports?limit=20&unit={unit}')


class Load:
    """Clients that send at their own pace while a span lasts."""

    def __init__(self, port, people):
        self.port = port
        self.people = people
        self.times = {'POST': [], 'GET': []}
        self.late = []
        self.wrong = []

    def client(self, name, act, number, until):
        unit, token = self.people[number % len(self.people)]
        connection = Connection(self.port, token)
        due = time.monotonic() + number * PACE_S / (WRITERS + READERS)
        while due < until:
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            self.late.append(began - due)
            status, body = act(connection, unit)
            self.times[name].append(time.monotonic() - began)
            if status not in (200, 201):
                self.wrong.append(f'{name} {status} {body[:200]}')
            due = max(due + PACE_S, time.monotonic())
        connection.to.close()

    def run(self, seconds):
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self.client,
                                    args=('POST', post, i, until))
                   for i in range(WRITERS)]
        threads += [threading.Thread(target=self.client,
                                     args=('GET', get, WRITERS + i, until))
                    for i in range(READERS)]
        for thread in threads:
            thread.start()
        return threads


METRICS = {}  # by the server's port, that of its /metrics


def counters(port):
    connection = http.client.HTTPConnection('127.0.0.1', METRICS[port],
                                            timeout=60)
    connection.request('GET', '/metrics')
    text = connection.getresponse().read().decode()
    connection.close()
    found = {name: float(value) for name, value in
             re.findall(r'^truc_((?:jobs?|store)_\w+) ([\d.]+)$', text, re.M)}
    for name, value in re.findall(
            r'^truc_ticket_seconds_(sum|count){method="POST",'
            r'route="/api/v1/reports"} ([\d.]+)$', text, re.M):
        found['ticket_' + name] = float(value)
    return found


def inside(before, after):
    """Milliseconds a unit of work spent, by the server's own count."""
    more = {name: after.get(name, 0) - before.get(name, 0) for name in after}
    units = max(1, more['store_units_total'])
    commits = max(1, more['store_commits_total'])
    held = more['ticket_sum'] / max(1, more['ticket_count']) * 1000
    waited = more['store_ticket_wait_seconds_total'] / units * 1000
    commit = more['store_commit_seconds_total'] / commits * 1000
    return f'ticket held {held:.2f} waited {waited:.2f} commit {commit:.2f} ms'


def plan(data, kinds):
    """One of each kind at each second of the evening."""
    start = int(EVENING.timestamp())
    base = sqlite3.connect(os.path.join(data, 'truc.db'))
    with base:
        base.executemany(
            "INSERT INTO job (kind, args, run_at) VALUES (?, '{}', ?)",
            [(kind, (start + run + 1) * 1_000_000)
             for run in range(RUNS) for kind in kinds])
    base.close()


def span(port, people, clock, seconds, kinds):
    """kinds: how many jobs a run is; 0: none runs."""
    load = Load(port, people)
    before = counters(port)
    began = clock.runs
    threads = load.run(seconds)
    while any(thread.is_alive() for thread in threads):
        if kinds:
            done = counters(port)['jobs_done_total'] // kinds
            clock.let(min(RUNS, done + AHEAD))
        threads[0].join(0.05)
    for thread in threads:
        thread.join()
    # Let the last ones end before the next span.
    while counters(port)['jobs_done_total'] < clock.runs * kinds:
        time.sleep(0.05)
    if load.wrong:
        raise SystemExit(f'{len(load.wrong)} wrong answers: {load.wrong[0]}')
    load.inside = inside(before, counters(port))
    return load, clock.runs - began


def figures(times):
    times = sorted(times)
    return {'p50': times[len(times) // 2],
            'p99': times[len(times) * 99 // 100], 'worst': times[-1]}


def show(name, load, runs):
    parts = []
    for method in ('POST', 'GET'):
        of = figures(load.times[method])
        parts.append(f'{method} {len(load.times[method]):5d}  ' + '  '.join(
            f'{key} {of[key] * 1000:7.1f}' for key in of))
    late = max(load.late) * 1000
    print(f'{name:13} {"  ".join(parts)} ms  timers late {late:.1f} ms'
          f'  runs {runs}  {load.inside}', flush=True)


def serve(truc, data, clock):
    process = subprocess.Popen(
        [truc, 'serve', '--data', data, '--listen', '127.0.0.1:0',
         '--metrics', '127.0.0.1:0', '--clock', clock.path],
        stdout=subprocess.PIPE, text=True)
    port, metrics = (int(re.search(r':(\d+)/', process.stdout.readline())[1])
                     for _ in range(2))
    METRICS[port] = metrics
    return process, port


def wait_ready(port):
    for _ in range(600):
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
        connection.request('GET', '/readyz')
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return
        time.sleep(0.1)
    raise SystemExit('the server does not become ready')


def planned(truc, data, clock):
    """The kinds that run by themselves: known once a server has started."""
    process, port = serve(truc, data, clock)
    try:
        wait_ready(port)
        listed = run(truc, 'jobs', '--data', data)
    finally:
        stop(process)
    return re.findall(r'^planned +\S+ +([\w.]+),', listed, re.M)


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def measure(truc, data, job, pairs, seconds):
    people = tokens_of(truc, data, WRITERS + READERS)
    clock = Clock(data + '.clock')
    kinds = planned(truc, data, clock)
    if job != 'all':
        kinds = [kind for kind in kinds if kind == job]
    if not kinds:
        raise SystemExit(f'nothing named {job} is planned')
    plan(data, kinds)
    process, port = serve(truc, data, clock)
    found = {False: [], True: []}
    try:
        wait_ready(port)
        span(port, people, clock, WARM_S, 0)
        span(port, people, clock, WARM_S, len(kinds))
        for pair in range(pairs):
            for working in ((False, True) if pair % 2 == 0 else
                            (True, False)):
                load, runs = span(port, people, clock, seconds,
                                  len(kinds) if working else 0)
                show(job if working else 'without', load, runs)
                found[working].append(load)
    finally:
        stop(process)
    return found


def judge(job, found):
    failed = False
    for method, key, bar in BARS:
        rest, work = (
            [figures(load.times[method])[key] for load in found[working]]
            for working in (False, True))
        # The bar on the worst is on the worst of all spans.
        pick = max if key == 'worst' else statistics.median
        ratio = pick(work) / pick(rest)
        median = statistics.median(work) / statistics.median(rest)
        print(f'{job} {method} {key}: {ratio:.2f} x (bar {bar} x), medians of the '
              f'spans {median:.2f} x')
        failed = failed or ratio > bar
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--truc', default='build-run/src/cli/truc')
    parser.add_argument('--data', required=True)
    parser.add_argument('--job', action='append')
    parser.add_argument('--pairs', type=int, default=5)
    parser.add_argument('--seconds', type=float, default=60)
    options = parser.parse_args()
    failed = False
    for job in options.job or ['ledger.verify']:
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, 'data')
            shutil.copytree(options.data, data)
            found = measure(os.path.abspath(options.truc), data, job,
                            options.pairs, options.seconds)
        failed = judge(job, found) or failed
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
