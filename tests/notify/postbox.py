"""An SMTP server of the tests, which keeps what it gets or refuses it."""

import asyncio
import email
import email.policy
import threading

from aiosmtpd.smtp import SMTP
from server import wait_until


class Mailbox:
    """Answers to DATA are those of answers, one a message; then 250."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.raw = []
        self.tries = []  # to whom
        self.lock = threading.Lock()
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(self.loop.create_server(
            lambda: SMTP(self, hostname='localhost', loop=self.loop),
            '127.0.0.1', 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    async def handle_DATA(self, _server, _session, envelope):
        with self.lock:
            self.tries.append(envelope.rcpt_tos)
            answer = self.answers.pop(0) if self.answers else '250 OK'
            if answer.startswith('250'):
                self.raw.append(bytes(envelope.content))
        return answer

    @property
    def options(self):
        return {'notify.mail_host': '127.0.0.1', 'notify.mail_port': self.port,
                'notify.mail_tls': 'none',
                'notify.mail_from': 'truc@tinh.gov.vn',
                'notify.address': 'https://truc.tinh.gov.vn'}

    def wait(self, count):
        wait_until(lambda: len(self.raw) >= count, f'{count} mails')
        return [email.message_from_bytes(raw, policy=email.policy.default)
                for raw in self.raw]

    def stop(self):
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.server.close)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
