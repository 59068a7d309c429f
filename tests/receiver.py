"""A receiver of events, for tests of whoever sends them."""

import http.server
import json
import queue
import socketserver
import threading

from server import PATIENCE_SECONDS


class Receiver:
    """Takes events on loopback.  plan: what to answer, one after the other,
    a status or a tuple of status and headers; then 204."""

    def __init__(self, plan=(), port=0):
        self.plan = list(plan)
        self.heard = queue.Queue()
        self.hold = None  # an Event: answers wait for it
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                size = int(self.headers['Content-Length'])
                body = self.rfile.read(size)
                receiver.heard.put((dict(self.headers), body, self.path))
                if receiver.hold is not None:
                    receiver.hold.wait(PATIENCE_SECONDS)
                answer = receiver.plan.pop(0) if receiver.plan else 204
                status, headers = (answer if isinstance(answer, tuple)
                                   else (answer, {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass

        class Threads(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Threads(('127.0.0.1', port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={'poll_interval': 0.02})
        self.thread.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/truc?k=1'

    def next(self):
        """The next event as (headers, CloudEvent)."""
        headers, body, _ = self.heard.get(timeout=PATIENCE_SECONDS)
        return headers, json.loads(body)

    def ids(self, count):
        return [self.next()[1]['id'] for _ in range(count)]

    def stop(self):
        if self.hold is not None:
            self.hold.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
