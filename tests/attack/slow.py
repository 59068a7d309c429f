"""Slow connections to one port, held as long as standard input is open.

    slow.py '{"port": 8080, "count": 2049, "say": "GET / HTTP/1.1\\r\\n",
              "sources": ["127.0.0.2"], "cafile": null}'

What is cut is opened again, so many a second.  Says "ready" when all have been
opened once; at the end how many are open, and how many were opened in all.
"""

import contextlib
import json
import resource
import select
import socket
import ssl
import sys

AGAIN_A_SECOND = 200
ROUND_MS = 50
FEW = 4096  # of an answer in the kernel
PATIENCE_SECONDS = 20


class Slow:
    def __init__(self, port, count, say, sources, cafile):
        self.port = port
        self.count = count
        self.say = say.encode()
        self.sources = sources
        self.context = None
        if cafile is not None:
            self.context = ssl.create_default_context(cafile=cafile)
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN | select.POLLHUP)
        self.held = {}
        self.opened = 0

    def open(self):
        """One more, unless it is not let in."""
        made = socket.socket()
        made.settimeout(PATIENCE_SECONDS)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FEW)
            made.bind((self.sources[self.opened % len(self.sources)], 0))
            made.connect(('127.0.0.1', self.port))
            if self.context is not None:
                made = self.context.wrap_socket(
                    made, server_hostname='127.0.0.1')
            made.sendall(self.say)
        except OSError:
            made.close()
            return
        finally:
            self.opened += 1
        made.setblocking(False)
        self.held[made.fileno()] = made
        self.poll.register(made.fileno(), select.POLLRDHUP)

    def look(self, wait_ms):
        """Forget those that were cut.  False: it is over."""
        for number, _ in self.poll.poll(wait_ms):
            if number == 0:
                return False
            self.poll.unregister(number)
            with contextlib.suppress(OSError):
                self.held.pop(number).close()
        return True

    def hold(self):
        for _ in range(self.count):
            self.open()
        print('ready', flush=True)
        while self.look(ROUND_MS):
            lost = self.count - len(self.held)
            for _ in range(min(lost, AGAIN_A_SECOND * ROUND_MS // 1000)):
                self.open()
        self.look(0)
        print(json.dumps({'held': len(self.held), 'opened': self.opened}))


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    Slow(**json.loads(sys.argv[1])).hold()


if __name__ == '__main__':
    main()
