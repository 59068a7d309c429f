"""The contact card of a unit: who keeps it, who reads it."""

from acts import refused

CARD = {'reporter': 'Nguyễn Thị Lan', 'signer': 'Trần Văn Bình',
        'telephone': '0225 3 123 456', 'hours': 'Thứ Hai–Thứ Sáu'}


def path(server, unit):
    return f'/api/v1/contact-cards/{server.unit(unit)}'


def test_a_card_is_kept_by_the_unit_and_read_above_and_below(make_server):
    server = make_server()
    own = server.client('clerk.x')
    empty = own.get(path(server, 'x'))
    assert (empty['revision'], empty['may_keep']) == (0, True)
    kept = own.put(path(server, 'x'), CARD, revision=0)
    assert (kept.status, kept['revision']) == (200, 1), kept
    above = server.client('province.c')
    seen = above.get(path(server, 'x'))
    assert (seen['telephone'], seen['may_keep']) == ('0225 3 123 456', False)
    above.put(path(server, 'c'), {**CARD, 'reporter': 'Văn phòng'}, revision=0)
    assert own.get(path(server, 'c'))['reporter'] == 'Văn phòng'


def test_a_card_is_kept_by_its_own_unit_as_it_was_read(make_server):
    server = make_server()
    own = server.client('clerk.x')
    own.put(path(server, 'x'), CARD, revision=0)
    refused(own.put(path(server, 'x'), CARD, revision=0), 412, 'card.stale')
    refused(own.put(path(server, 'x'), CARD, revision=7), 412, 'card.stale')
    refused(server.client('province.c').put(path(server, 'x'), CARD,
                                            revision=1), 403, 'access.denied')
    refused(own.put(path(server, 'x'), CARD), 422, 'input.if_match')
    refused(own.put(path(server, 'x'), {**CARD, 'hours': 'a\nb'}, revision=1),
            422, 'input.invalid', hours='card.text')
    refused(own.put(path(server, 'x'), dict.fromkeys(CARD, ' '), revision=1),
            422, 'input.invalid', reporter='card.text')


def test_a_foreign_card_is_none(server):
    refused(server.client('clerk.x').get(path(server, 'y')), 404,
            'card.unknown')
    refused(server.client('clerk.x').get('/api/v1/contact-cards/999999'), 404,
            'card.unknown')
