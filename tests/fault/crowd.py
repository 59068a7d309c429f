"""Clients that are at work when the server goes away."""

import http.client
import threading

from server import PATIENCE_SECONDS

# What a request may end with when the server is gone.
GONE = (OSError, http.client.HTTPException)


class Crowd:
    """A thread for each work, which ends when the server is gone.  An assertion
    that failed in one of them fails the test in end()."""

    def __init__(self, works):
        self.faults = []
        self.threads = [threading.Thread(target=self.run, args=(work,))
                        for work in works]
        for thread in self.threads:
            thread.start()

    def run(self, work):
        try:
            work()
        except GONE:
            pass
        except AssertionError as fault:
            self.faults.append(fault)

    def end(self):
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()
        if self.faults:
            raise self.faults[0]
