"""Sets of changes in the words of the API, and the preview before each."""

CHANGES = '/api/v1/unit-changes'
ACT = '1/NQ-THU'


def set_of(*changes, on='2026-01-01', act=ACT, **more):
    return {'act': act, 'on': on, 'changes': list(changes), **more}


def preview(client, changes):
    return client.post(f'{CHANGES}/preview', changes)


def shown(effect):
    """What applying names of a preview."""
    marks = [item['mark'] for part in (
        'units', 'obligations', 'reports', 'positions', 'totals')
        for item in effect[part]]
    return {'index': effect['index'], 'digest': effect['digest'],
            'marks': marks}


def apply(client, changes, effect=None):
    if effect is None:
        effect = preview(client, changes)
        assert effect.status == 200, effect
    return client.post(CHANGES, {**shown(effect), 'set': changes})


def applied(client, changes):
    answer = apply(client, changes)
    assert answer.status == 201, answer
    return answer


def back(client, number, effect=None, act='2/NQ-THU', reason='Bãi bỏ'):
    body = {'act': act, 'reason': reason}
    if effect is None:
        effect = client.post(f'{CHANGES}/{number}/counter/preview', body)
        if effect.status != 200:
            return effect
    return client.post(f'{CHANGES}/{number}/counter',
                       {**body, **shown(effect)})
