"""nginx in front of a test's server, with the configuration that ships.

Only what belongs to a machine is other than in deploy/nginx/nginx.conf: ports,
certificate (made here), folders.  Everything is on loopback and in one
temporary folder.
"""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile

from server import HERE, PATIENCE_SECONDS, die_with_parent, wait_until

SHIPPED = os.path.join(HERE, '..', 'deploy', 'nginx', 'nginx.conf')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def command():
    """None where there is no nginx."""
    return shutil.which('nginx') or shutil.which('nginx', path='/usr/sbin')


class Nginx:
    def __init__(self, server):
        self.server = server
        self.folder = tempfile.mkdtemp(prefix='truc-test-nginx-')
        os.chmod(self.folder, 0o711)  # its workers are nobody
        self.process = None
        self.port = None
        self.plain_port = None
        self.make_certificate()

    def place(self, name):
        return os.path.join(self.folder, name)

    def make_certificate(self):
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
             'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
             '-subj', '/CN=localhost', '-addext',
             'subjectAltName=IP:127.0.0.1',
             '-keyout', self.place('key.pem'), '-out', self.place('chain.pem')],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=True, timeout=PATIENCE_SECONDS)

    def configuration(self):
        with open(SHIPPED, encoding='utf-8') as file:
            text = file.read()
        folders = ''.join(
            f'\t{kind}_temp_path {self.place(kind)};\n' for kind in
            ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        for old, new in (
                ('server 127.0.0.1:8080;',
                 f'server 127.0.0.1:{self.server.port};'),
                ('listen 80 ', f'listen 127.0.0.1:{self.plain_port} '),
                ('listen 443 ', f'listen 127.0.0.1:{self.port} '),
                ('/etc/ssl/truc/', self.folder + '/'),
                ('\nhttp {\n', '\nhttp {\n' + folders)):
            assert old in text, old
            text = text.replace(old, new)
        return text

    def start(self):
        """A port that was free a moment ago may be taken by now."""
        for _ in range(10):
            self.port, self.plain_port = free_port(), free_port()
            with open(self.place('nginx.conf'), 'w', encoding='utf-8') as file:
                file.write(self.configuration())
            with open(self.place('log'), 'a', encoding='utf-8') as log:
                self.process = subprocess.Popen(
                    [command(), '-p', self.folder,
                     '-c', self.place('nginx.conf'), '-e', self.place('errors'),
                     '-g', f'daemon off; pid {self.place("pid")};'],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    preexec_fn=die_with_parent)
            if wait_until(self.is_decided, 'nginx listens, or ends') == 'up':
                return self
        raise AssertionError(self.said())

    def is_decided(self):
        if self.process.poll() is not None:
            return 'ended'
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port)).close()
            return 'up'
        return None

    def said(self):
        found = ''
        for name in ('log', 'errors'):
            with contextlib.suppress(FileNotFoundError):
                with open(self.place(name), encoding='utf-8',
                          errors='replace') as file:
                    found += file.read()
        return found

    def resident_kib(self):
        """Of the master and its workers."""
        pids = [self.process.pid]
        with open(f'/proc/{pids[0]}/task/{pids[0]}/children',
                  encoding='ascii') as file:
            pids += file.read().split()
        total = 0
        for pid in pids:
            with open(f'/proc/{pid}/status', encoding='ascii') as file:
                total += int(re.search(r'VmRSS:\s+(\d+)', file.read())[1])
        return total

    def connect(self):
        """For Client.connect: who comes through it."""
        return http.client.HTTPSConnection(
            '127.0.0.1', self.port, timeout=PATIENCE_SECONDS,
            context=self.context())

    def context(self):
        """For a client that knows its certificate."""
        return ssl.create_default_context(cafile=self.place('chain.pem'))

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder)
