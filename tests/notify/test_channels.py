"""Letters by mail and by gateways of messages; how people are reached."""

import json
import pathlib
import socket
import stat

import pytest

from acts import Obligation, refused
from postbox import Mailbox
from receiver import Receiver
from server import wait_until

CONTACT = '/api/v1/me/contact'
LETTERS = '/api/v1/me/letters'
LEADER = {'email': 'lanh.dao@xa.gov.vn', 'telephone': '0912 345 678',
          'by_mail': False, 'by_message': False}


@pytest.fixture
def mailbox():
    box = Mailbox()
    yield box
    box.stop()


def reach(server, **more):
    answer = server.client('leader.d').put(CONTACT, {**LEADER, **more})
    assert answer.status == 200, answer
    return answer


def test_a_letter_goes_by_mail_to_who_wants_it(make_server, mailbox):
    server = make_server(options={**mailbox.options,
                                  'office.name': 'Tỉnh Cát Sơn'})
    assert reach(server, by_mail=True)['has_mail'] is True
    obligation = Obligation(server, 'd11', '2025-Q3').proposed()
    [mail] = mailbox.wait(1)
    assert mail['To'] == 'lanh.dao@xa.gov.vn'
    sender = mail['From'].addresses[0]
    assert (sender.display_name, sender.addr_spec) == \
        ('Tỉnh Cát Sơn', 'truc@tinh.gov.vn')
    assert mail['Subject'].startswith('Chờ ký: ')
    assert mail['Subject'].endswith('Quý III/2025')
    text = mail.get_content()
    assert f'https://truc.tinh.gov.vn/reports/{obligation.id}\r\n' in text
    assert 'Tỉnh Cát Sơn' in text
    # Each line is short and plain.
    for line in mailbox.raw[0].split(b'\r\n'):
        assert len(line) <= 78 and line.isascii()
    wait_until(lambda: server.client('leader.d').get(CONTACT)['mail_sent_at'],
               'a note that it went')


def test_a_mail_is_sent_again_with_the_same_id(make_server):
    box = Mailbox('451 Later')
    server = make_server(options=box.options)
    reach(server, by_mail=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        'mail_failure'] == 'mail.later', 'a note of the failure')
    server.clock.set('2025-12-10T09:05')
    [mail] = box.wait(1)
    assert len(box.tries) == 2
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        'mail_failure'] is None, 'a note that it went')
    assert mail['Message-ID'].startswith('<letter-')
    box.stop()


def test_what_the_server_refuses_is_not_tried_again(make_server):
    box = Mailbox('550 No such person')
    server = make_server(options=box.options)
    reach(server, by_mail=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        'mail_failure'] == 'mail.refused', 'a note of the failure')
    server.clock.set('2025-12-10T19:05')
    Obligation(server, 'd12', '2025-Q3').proposed()
    box.wait(1)
    assert len(box.tries) == 2
    box.stop()


def failed(server, code, way='mail'):
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        f'{way}_failure'] == code, f'{code} noted')


@pytest.mark.parametrize('code,options', [
    ('mail.tls', {'notify.mail_tls': 'starttls'}),
])
def test_a_way_that_is_not_as_it_should_be_is_noted(make_server, mailbox, code,
                                                    options):
    server = make_server(options={**mailbox.options, **options})
    reach(server, by_mail=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    failed(server, code)
    assert mailbox.raw == []


@pytest.mark.parametrize('code,hangs', [('mail.cut', False),
                                        ('mail.timeout', True)])
def test_a_server_that_says_nothing_is_noted(make_server, mailbox, code,
                                             hangs):
    listener = socket.create_server(('127.0.0.1', 0))
    server = make_server(options={
        **mailbox.options, 'http.call_time': '1 s',
        'notify.mail_port': listener.getsockname()[1]})
    reach(server, by_mail=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    if not hangs:
        listener.accept()[0].close()
    failed(server, code)
    listener.close()


def test_a_server_that_is_away_loses_no_letter(make_server):
    box = Mailbox()
    box.stop()
    server = make_server(options=box.options)
    reach(server, by_mail=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        'mail_failure'] == 'mail.connect', 'a note of the failure')
    assert len(server.client('leader.d').get(LETTERS)['items']) == 1


def test_mail_is_sent_once_more_at_most_though_the_server_is_killed(
        make_server, mailbox):
    server = make_server(options=mailbox.options)
    reach(server, by_mail=True)
    for unit in ('d11', 'd12', 'd13'):
        Obligation(server, unit, '2025-Q3').proposed()
        server.kill()
        server.start()
    wait_until(lambda: len({mail['Message-ID'] for mail in mailbox.wait(3)})
               == 3, 'three mails')
    assert len(server.client('leader.d').get(LETTERS)['items']) == 3


def test_a_letter_goes_to_a_gateway(make_server):
    receiver = Receiver()
    server = make_server(options={'notify.message_url': receiver.url})
    reach(server, by_message=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    headers, said = receiver.next()
    receiver.stop()
    assert said['to'] == '0912 345 678'
    assert said['subject'].startswith('Chờ ký: ')
    assert headers['Idempotency-Key'] == said['id']


def test_a_gateway_that_refuses_is_noted(make_server):
    receiver = Receiver([500])
    server = make_server(options={'notify.message_url': receiver.url})
    reach(server, by_message=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    failed(server, 'message.refused', 'message')
    receiver.stop()


def script(folder, text):
    path = pathlib.Path(folder, 'send')
    path.write_text(f'#!/bin/sh\n{text}\n', encoding='utf-8')
    path.chmod(stat.S_IRWXU)
    return path


def test_a_letter_goes_to_a_command(make_server, tmp_path):
    kept = tmp_path / 'kept'
    path = script(tmp_path, f'cat > {kept}.part; echo "$# $HOME" >> '
                  f'{kept}.part; mv {kept}.part {kept}')
    server = make_server(options={'notify.message_command': path})
    reach(server, by_message=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    wait_until(kept.exists, 'a message')
    said, words = kept.read_text(encoding='utf-8').rsplit('}', 1)
    assert json.loads(said + '}')['to'] == '0912 345 678'
    assert words.strip() == '0'


def test_a_command_that_fails_is_noted(make_server, tmp_path):
    server = make_server(options={
        'notify.message_command': script(tmp_path, 'exit 3')})
    reach(server, by_message=True)
    Obligation(server, 'd11', '2025-Q3').proposed()
    wait_until(lambda: server.client('leader.d').get(CONTACT)[
        'message_failure'] == 'message.command', 'a note of the failure')


def test_an_address_that_is_none_is_refused(server):
    client = server.client('clerk.x')
    for email in ('a', '@', 'a@', '@b', 'a@b..c', 'a b@c', 'a@b\r\nBcc: c@d',
                  'a@b>', '<a@b', 'á@b.vn', 'a@-' + 'x' * 260, '.a@b', 'a.@b',
                  'a@b.'):
        answer = client.put(CONTACT, {**LEADER, 'email': email})
        assert answer.status == 422, (email, answer)
    for telephone in ('12', 'gọi', '123;45', '1' * 21):
        answer = client.put(CONTACT, {**LEADER, 'telephone': telephone})
        assert answer.status == 422, (telephone, answer)
    refused(client.put(CONTACT, {**LEADER, 'email': 'x y', 'telephone': '-'}),
            422, 'input.invalid', email='contact.email',
            telephone='contact.telephone')
    refused(client.put(CONTACT, {'by_mail': True, 'by_message': True}),
            422, 'input.invalid', by_mail='contact.channel',
            by_message='contact.channel')
    own = client.get(CONTACT)
    assert (own['email'], own['has_mail'], own['has_message']) == \
        (None, False, False)
