"""What no request of the tests brings about (tests/api/test_contract.py)."""

NOT_BY_HTTP = {
    'mail.address': 'of a sender whose address is none; src/http/mail.c',
    'mail.connect': 'said by a contact; test_channels.py',
    'mail.cut': 'said by a contact',
    'mail.later': 'said by a contact; test_channels.py',
    'mail.login': 'said by a contact',
    'mail.refused': 'said by a contact; test_channels.py',
    'mail.timeout': 'said by a contact',
    'mail.tls': 'said by a contact',
    'message.command': 'said by a contact; test_channels.py',
    'message.refused': 'said by a contact',
    'message.timeout': 'said by a contact',
    'notify.template': 'said at start; test_letters.py',
}
