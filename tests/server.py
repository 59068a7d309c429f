"""A running `truc serve` on a small country, and a client for it.

    TRUC_BIN          the program under test
    TRUC_TEST_STORE   sqlite (default) or postgres

A Server owns a temporary data folder made by `truc test-world`, a clock that
is stopped until a test moves it, and a process.  stop() fails if the process
does not end well or a sanitizer had something to say.
"""

import ctypes
import datetime
import gzip
import http.client
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
HANOI = datetime.timezone(datetime.timedelta(hours=7))
# Every wait has a condition; this is how long a slow and busy machine may take
# to bring it about, and only ends a run in which it never comes.
PATIENCE_SECONDS = 300
SANITIZER = re.compile(r'AddressSanitizer|LeakSanitizer|ThreadSanitizer|'
                       r'UndefinedBehavior|runtime error:|Assertion')


def binary():
    path = os.environ.get('TRUC_BIN')
    if not path:
        raise RuntimeError('TRUC_BIN names no program to test')
    return os.path.abspath(path)


def engine():
    name = os.environ.get('TRUC_TEST_STORE', 'sqlite')
    if name not in ('sqlite', 'postgres'):
        raise RuntimeError(f'TRUC_TEST_STORE={name}: sqlite or postgres')
    return name


def wait_until(look, wanted):
    """Look again and again until it gives something true, and give that.
    wanted: in words.  For what has no other sign than being asked."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < until, f'not seen: {wanted}'
        time.sleep(0.02)


def rounds(name, short, long):
    """The size of a sample: what the environment says under that name, or
    the long one in `./test long`, or the short one."""
    if name in os.environ:
        return int(os.environ[name])
    return long if os.environ.get('TRUC_TEST_LONG') else short


class Databases:
    """One PostgreSQL server for a whole run; a database for each Server."""

    def __init__(self):
        self.folder = None
        self.count = 0

    def pg(self, *words):
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, 'pg.py'), *words],
            stdout=subprocess.PIPE, text=True, timeout=2 * PATIENCE_SECONDS,
            check=True)
        return done.stdout.strip()

    def kill(self):
        """End the server as a power cut does."""
        self.pg('kill', self.folder)

    def signal(self, name):
        """'STOP': it says nothing any more, until 'CONT'."""
        self.pg('signal', self.folder, name)

    def again(self):
        self.pg('again', self.folder)

    def new(self):
        """Its URL, or None where the data folder holds the database."""
        if engine() == 'sqlite':
            return None
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix='truc-test-pg-')
            self.pg('start', self.folder)
        self.count += 1
        return self.pg('database', self.folder, f'test{self.count}')

    def end(self):
        if self.folder is None:
            return
        self.pg('stop', self.folder)
        shutil.rmtree(self.folder)
        self.folder = None


databases = Databases()


def run(*words, store=None, status=0):
    """A command of the program; what it says on both streams.  status: what
    it must end with, or several of which any will do."""
    statuses = (status,) if isinstance(status, int) else status
    command = [binary(), *words]
    if store is not None:
        command += ['--store', store]
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=PATIENCE_SECONDS, check=False)
    assert not SANITIZER.search(done.stderr), done.stderr
    assert done.returncode in statuses, (
        f'{" ".join(words)} ended with {done.returncode}:\n'
        f'{done.stdout}{done.stderr}')
    return done


LIBC = ctypes.CDLL(None)  # prctl is not in the standard library
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In the child: an interrupted run leaves no server behind."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Clock:
    """The server's clock: a file with seconds since 1970.

    steady: the seconds since the machine began, if the test hands in both: then
    the server watches whether the clock leaps."""

    def __init__(self, path, steady=None):
        self.path = path
        self.steady = steady
        self.now = None

    def set(self, text):
        """'2025-12-10T09:00', in Hà Nội."""
        self.now = text
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=HANOI)
        both = '' if self.steady is None else f' {self.steady}'
        part = self.path + '.part'
        with open(part, 'w', encoding='ascii') as file:
            file.write(f'{int(moment.timestamp())}{both}\n')
        os.replace(part, self.path)


class World:
    """Ids, tokens and password that `truc test-world` printed."""

    def __init__(self, text):
        self.units = {}
        self.tokens = {}
        self.password = None
        for line in text.splitlines():
            words = line.split()
            if words[0] == 'unit':
                self.units[words[1]] = int(words[2])
            elif words[0] == 'token':
                self.tokens[words[1]] = words[2]
            else:
                self.password = words[1]


def copy_of(data, to):
    """A copy of a data folder, without the socket that a killed server left."""
    return shutil.copytree(data, to, ignore=shutil.ignore_patterns('control'))


def small_country(server):
    """Fill a server's data folder; gives its World."""
    made = run('test-world', '--data', server.data, store=server.store)
    return World(made.stdout)


class Server:
    def __init__(self, now, workers=16, fill=small_country, options=None,
                 has_clock=True, steady=None, databases=databases,
                 before=()):
        self.folder = tempfile.mkdtemp(prefix='truc-test-')
        self.data = os.path.join(self.folder, 'data')
        self.databases = databases
        self.store = databases.new()
        self.workers = workers
        # Of truc.conf, name to value; hooks call the tests' own receivers,
        # which may be slow on a busy machine;
        # and whoever asks speaks for the address that he names.
        self.options = {'http.call_networks': '127.0.0.0/8',
                        'http.call_time': '25 s',
                        'http.proxies': '127.0.0.1',
                        'disk.reserve': '1 MiB',
                        **(options or {})}
        self.before = list(before)  # words before its command, as of nsenter
        self.has_clock = has_clock  # else the machine's, which runs
        self.clock = Clock(os.path.join(self.folder, 'clock'), steady)
        self.clock.set(now)
        self.web = os.path.join(self.folder, 'web')
        self.process = None
        self.port = None
        self.metrics_port = None
        self.contract = None  # tests/contract.py: what it answered
        self.edited = False  # beside the program
        os.mkdir(self.web)
        with open(os.path.join(self.web, 'index.html'), 'w',
                  encoding='utf-8') as file:
            file.write('<!doctype html><title>Trục</title>\n'
                       '<body><!--first--></body>\n')
        self.world = fill(self)
        with open(os.path.join(self.data, 'truc.conf'), 'w',
                  encoding='utf-8') as file:
            file.writelines(f'{name} = {value}\n' for name, value
                            in self.options.items())

    def start(self):
        command = [*self.before, binary(), 'serve', '--data', self.data,
                   '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0',
                   '--web', self.web, '--workers', str(self.workers)]
        if self.has_clock:
            command += ['--clock', self.clock.path]
        if self.store is not None:
            command += ['--store', self.store]
        with open(self.log_path(), 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, preexec_fn=die_with_parent)
        self.port, self.metrics_port = self.read_ports()
        return self

    def metrics(self):
        """The text of /metrics."""
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.metrics_port, timeout=PATIENCE_SECONDS)
        try:
            connection.request('GET', '/metrics')
            got = connection.getresponse()
            answer = Answer(got.status, got.headers, got.read())
        finally:
            connection.close()
        assert answer.status == 200, answer
        if self.contract is not None:
            self.contract.note('GET', '/metrics', answer)
        return answer.body.decode()

    def metric(self, name):
        """The number of one that is a whole number."""
        for line in self.metrics().splitlines():
            if line.startswith(f'truc_{name} '):
                return int(line.split()[1])
        raise AssertionError(f'no {name} in /metrics')

    def read_ports(self):
        """Of the two lines that say where it is, and where its metrics are."""
        said = b''
        until = time.monotonic() + PATIENCE_SECONDS
        while said.count(b'\n') < 2:
            ready, _, _ = select.select([self.process.stdout], [], [],
                                        max(0, until - time.monotonic()))
            part = os.read(self.process.stdout.fileno(), 4096) if ready else b''
            if not part:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f'the server did not start: {self.log()}')
            said += part
        return [int(port) for port in
                re.findall(rb'http://127\.0\.0\.1:(\d+)/', said)]

    def log_path(self):
        return os.path.join(self.folder, 'log')

    def log(self):
        with open(self.log_path(), encoding='utf-8',
                  errors='replace') as file:
            return file.read()

    def wait_for_log(self, words):
        """Until a line of the log holds the words."""
        def is_logged():
            log = self.log()
            assert words in log or self.process.poll() is None, log
            return words in log
        wait_until(is_logged, f'{words} in the log')

    def stop(self):
        """End it as an operator does, and look at how it went."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError('the server did not stop') from None
        self.end_process()
        log = self.log()
        assert not SANITIZER.search(log), log
        assert status == 0, f'the server ended with {status}:\n{log}'

    def kill(self):
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()
        self.end_process()

    def end_process(self):
        self.process.stdout.close()
        self.process = None

    def remove(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder)

    def unit(self, key):
        return self.world.units[key]

    def client(self, login=None, **more):
        """Somebody with a token; None: nobody."""
        token = None if login is None else self.world.tokens[login]
        return Client(self, token=token, **more)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.wire_bytes = len(body)
        if headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        self.body = body
        kind = headers.get('Content-Type', '')
        self.json = json.loads(body) if 'json' in kind and body else None

    @property
    def code(self):
        return self.json['code']

    @property
    def revision(self):
        return int(self.headers['ETag'].strip('"'))

    @property
    def faults(self):
        """{pointer: code} of a problem."""
        return {e['pointer']: e['code'] for e in self.json['errors']}

    def __getitem__(self, name):
        return self.json[name]

    def __repr__(self):
        return f'{self.status} {self.body[:1000].decode(errors="replace")}'


class Client:
    """One person.  A token, or after sign_in a cookie, and a language."""

    def __init__(self, server, token=None, language='en'):
        self.server = server
        self.token = token
        self.cookie = None
        self.language = language

    def connect(self):
        return http.client.HTTPConnection(
            '127.0.0.1', self.server.port, timeout=PATIENCE_SECONDS)

    def send(self, method, path, body=None, headers=None, **query):
        """body: an object for JSON, or bytes as they are."""
        if query:
            path += '?' + urllib.parse.urlencode(query)
        sent = {'Accept-Language': self.language}
        if self.token is not None:
            sent['Authorization'] = f'Bearer {self.token}'
        if self.cookie is not None:
            sent['Cookie'] = f'truc={self.cookie}'
            sent['X-Requested-With'] = 'truc'
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent['Content-Type'] = 'application/json'
        for name, value in (headers or {}).items():
            if value is None:
                sent.pop(name, None)
            else:
                sent[name] = value
        connection = self.connect()
        try:
            connection.request(method, path, body, sent)
            got = connection.getresponse()
            answer = Answer(got.status, got.headers, got.read())
        finally:
            connection.close()
        if self.server.contract is not None:
            self.server.contract.note(method, path, answer)
        return answer

    def get(self, path, **query):
        return self.send('GET', path, **query)

    def post(self, path, body=None, key=None, revision=None):
        headers = {}
        if key is not None:
            headers['Idempotency-Key'] = key
        if revision is not None:
            headers['If-Match'] = f'"{revision}"'
        return self.send('POST', path, body, headers)

    def put(self, path, body, revision=None):
        headers = {}
        if revision is not None:
            headers['If-Match'] = f'"{revision}"'
        return self.send('PUT', path, body, headers)

    def delete(self, path):
        return self.send('DELETE', path)

    def sign_in(self, login, password=None):
        """With a password; the client is that person from here on."""
        answer = self.post('/api/v1/session', {
            'login': login,
            'password': password or self.server.world.password})
        if answer.status == 200:
            self.cookie = answer.headers['Set-Cookie'].split(';')[0][5:]
        return answer
