"""Large tables wait in a line of their own and hold no worker meanwhile."""

import concurrent.futures

from acts import FORM

FIGURES = '/api/v1/figures'
AT_ONCE = 30


def large(client):
    """500 rows, four periods and twelve cells."""
    unit = str(client.server.unit('a'))
    return client.get(FIGURES, form=FORM, units=','.join(500 * [unit]),
                      periods=','.join(f'2024-Q{q}' for q in range(1, 5)),
                      cells=','.join(f's{n:02}.c4' for n in range(1, 13)))


def many_at_once(server, reader):
    """The answers to AT_ONCE large questions of one person; reader asks for
    something small meanwhile, again and again."""
    def ask(_):
        return large(server.client('centre'))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(ask, n) for n in range(AT_ONCE)]
        while not all(job.done() for job in waiting):
            assert reader.get('/api/v1/session').status == 200
    return [job.result() for job in waiting]


def test_who_asks_for_large_tables_waits_for_his_turn(make_server):
    """One place and fewer workers than questions: nobody is refused, and
    others are answered meanwhile."""
    server = make_server(workers=3,
                         options={'figures.queue_share': str(AT_ONCE)})
    answers = many_at_once(server, server.client('desk.x'))
    assert [a.status for a in answers] == AT_ONCE * [200]
    assert len({a.body for a in answers}) == 1


def test_beyond_the_line_one_is_told_to_come_again(make_server):
    server = make_server(options={'figures.queue': '1'})
    answers = many_at_once(server, server.client('desk.x'))
    busy = [a for a in answers if a.status == 503]
    assert {a.code for a in busy} == {'figures.busy'}
    assert all(1 <= int(a.headers['Retry-After']) <= 4 for a in busy)
    assert {a.status for a in answers} == {200, 503}
