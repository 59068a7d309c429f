"""Connections that ask without a pause and read what they get, until standard
input ends.

    greedy.py '{"port": 8080, "count": 16, "path": "/api/v1/figures?...",
                "token": "..."}'

Says "ready" when each has been answered once; at the end the answers by status.
It gives way to others: whoever attacks brings a machine of his own.
"""

import http.client
import json
import os
import sys
import threading

NICE = 10
ROOM = 1 << 20  # of an answer that is read at once
PATIENCE_SECONDS = 60


class Greedy:
    def __init__(self, port, count, path, token):
        self.port = port
        self.path = path
        self.head = {'Authorization': f'Bearer {token}'}
        self.seen = {}
        self.lock = threading.Lock()
        self.is_over = False
        self.begun = threading.Barrier(count + 1)
        self.threads = [threading.Thread(target=self.run)
                        for _ in range(count)]

    def ask(self, connection, into):
        connection.request('GET', self.path, headers=self.head)
        got = connection.getresponse()
        while got.readinto(into) > 0:
            pass
        return got.status

    def run(self):
        into = bytearray(ROOM)
        connection = None
        is_first = True
        while not self.is_over:
            if connection is None:
                connection = http.client.HTTPConnection(
                    '127.0.0.1', self.port, timeout=PATIENCE_SECONDS)
            try:
                status = self.ask(connection, into)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection, status = None, 0
            with self.lock:
                self.seen[status] = self.seen.get(status, 0) + 1
            if is_first:
                self.begun.wait()
                is_first = False

    def work(self):
        for thread in self.threads:
            thread.start()
        self.begun.wait()
        print('ready', flush=True)
        sys.stdin.read()
        self.is_over = True
        for thread in self.threads:
            thread.join()
        print(json.dumps(self.seen))


def main():
    os.nice(NICE)
    Greedy(**json.loads(sys.argv[1])).work()


if __name__ == '__main__':
    main()
