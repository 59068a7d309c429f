"""The acts on a report, tried by whoever has the right to each, and a period after
another."""

from acts import GOOD, Obligation

REASON = {'reason': 'Cột 6 chưa khớp kỳ trước'}

ACTS = ['draft', 'submit', 'withdraw', 'sign', 'accept', 'send-back', 'amend',
        'drop']
INSIDE = {'draft', 'submit', 'withdraw', 'sign', 'amend', 'drop'}


def try_act(obligation, act, revision=None):
    client = obligation.desk
    if (act == 'accept' or
            act == 'send-back' and obligation.state != 'proposed'):
        client = obligation.above
    if act == 'draft':
        return obligation.save(client, GOOD, revision)
    body = REASON if act in ('send-back', 'amend') else None
    return obligation.act(client, act, body, revision)


def carried(server, unit, first, second, client, pending):
    """Two periods in a row, the second without a word about column 6."""
    before = Obligation(server, unit, first)
    before.open(client, sign=True, cells={
        's01.c4': '9', 's01.c8': str(9 - pending), 's01.c12': str(pending)})
    after = Obligation(server, unit, second)
    return after, after.open(client, cells={'s01.c4': '1'})
