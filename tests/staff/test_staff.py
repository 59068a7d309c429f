"""Administrators of people: who gives what to whom, links, sessions, tokens."""

import contextlib
import pathlib
import sqlite3

import pytest

from acts import refused
from server import Client, engine, run

PEOPLE = '/api/v1/people'
PASSWORD = 'sáu con voi đi bộ'


@pytest.fixture(scope='module')
def own(make_server):
    return make_server()


def invite(server, login, unit, role='clerk', by='area.c', **more):
    return server.client(by).post(PEOPLE, {
        'login': login, 'name': 'Nguyễn Thị Hoa', 'positions': [
            {'unit': str(server.unit(unit)), 'role': role, **more}]})


def link(server, person, by='area.c'):
    made = server.client(by).post(f'{PEOPLE}/{person}/password-link')
    assert made.status == 201, made
    return made


def use(server, code, new=PASSWORD):
    return server.client().post('/api/v1/password-by-code',
                                {'code': code, 'new': new})


def test_a_clerk_is_invited_sets_a_password_and_works(own):
    made = invite(own, 'hoa.moi', 'x')
    assert made.status == 201
    assert made['positions'][0]['role'] == 'clerk'
    code = link(own, made['id'])['code']
    used = use(own, code.upper().replace('-', ' '))
    assert used.status == 200 and used['login'] == 'hoa.moi'
    hoa = own.client()
    assert hoa.sign_in('hoa.moi', PASSWORD).status == 200
    assert 'report.edit' in hoa.get('/api/v1/session')['permissions']
    # Once.
    refused(use(own, code), 404, 'link.refused')


def test_a_link_ends_by_a_new_one_and_by_disabling(own):
    person = invite(own, 'hai.lan', 'x')['id']
    area = own.client('area.c')
    first = link(own, person)['code']
    second = link(own, person)['code']
    refused(use(own, first), 404, 'link.refused')
    assert area.post(f'{PEOPLE}/{person}/disable').status == 200
    refused(use(own, second), 404, 'link.refused')
    refused(area.post(f'{PEOPLE}/{person}/password-link'), 409,
            'person.disabled')
    assert area.post(f'{PEOPLE}/{person}/enable').status == 200
    refused(use(own, second), 404, 'link.refused')


def test_a_link_ends_when_somebody_else_gives_more(own):
    """Who made it would have by it what was never his to give."""
    person = invite(own, 'them.quyen', 'x', by='unit.x')['id']
    code = link(own, person, by='unit.x')['code']
    given = own.client('admin').post(f'{PEOPLE}/{person}/positions', {
        'unit': str(own.unit('gov')), 'role': 'admin'})
    assert given.status == 200
    refused(use(own, code), 404, 'link.refused')
    # And it is no longer the unit's administrator who manages the person.
    refused(own.client('unit.x').post(f'{PEOPLE}/{person}/password-link'),
            403, 'access.denied')
    seen = own.client('unit.x').get(f'{PEOPLE}/{person}')
    assert seen['elsewhere'] and not seen['manages']
    assert [at['role'] for at in seen['positions']] == ['clerk']


def test_a_bad_password_leaves_the_link_good(own):
    code = link(own, invite(own, 'ngan.qua', 'x')['id'])['code']
    refused(use(own, code, 'ngắn'), 422, 'input.invalid',
            new='password.length')
    refused(use(own, code, 'password123'), 422, 'input.invalid',
            new='password.common')
    assert use(own, code).status == 200


def test_wrong_codes_are_slowed_down_and_a_right_one_is_not(make_server):
    server = make_server()
    code = link(server, invite(server, 'bi.do', 'x')['id'])['code']
    answers = [use(server, f'{n:052d}').status for n in range(60)]
    assert answers[0] == 404 and answers[-1] == 429
    assert set(answers) == {404, 429}
    refused(use(server, '0' * 52), 429, 'link.throttled')
    assert use(server, code).status == 200


def test_nobody_gives_what_is_above_himself(own):
    unit, area = own.client('unit.x'), own.client('area.c')
    person = invite(own, 'nguoi.x', 'x', by='unit.x')['id']
    at = f'{PEOPLE}/{person}/positions'

    def give(by, unit, role):
        return by.post(at, {'unit': str(own.unit(unit)), 'role': role}).status

    assert give(unit, 'x', 'leader') == 200
    for where, role in (('x', 'collector'), ('x', 'unit_admin'),
                        ('y', 'clerk'), ('gov', 'admin')):
        assert give(unit, where, role) == 403, (where, role)
    assert give(area, 'x', 'unit_admin') == 200
    assert give(area, 'x', 'area_admin') == 200
    for where, role in (('c', 'area_admin'), ('z', 'clerk'),
                        ('gov', 'centre'), ('gov', 'admin')):
        assert give(area, where, role) == 403, (where, role)


def test_positions_hold_by_the_day(own):
    person = invite(own, 'co.han', 'x', **{'until': '2025-12-31'})['id']
    admin = own.client('admin')
    at = f'{PEOPLE}/{person}/positions'
    unit = str(own.unit('x'))
    refused(admin.post(at, {'unit': unit, 'role': 'leader',
                            'from': '2026-02-01', 'until': '2026-01-31'}),
            422, 'input.invalid', until='position.days')
    later = admin.post(at, {'unit': unit, 'role': 'leader',
                            'from': '2026-02-01'})
    assert [(p['role'], p['holds'], p['until'])
            for p in later['positions']] == [
                ('clerk', True, '2025-12-31'), ('leader', False, None)]
    refused(admin.post(at, {'unit': str(own.unit('a11')), 'role': 'clerk'}),
            422, 'input.invalid', unit='staff.unit_over')
    token = admin.post(f'{PEOPLE}/{person}/tokens',
                       {'name': 'máy', 'days': 90})['token']

    def roles():
        answer = Client(own, token).get('/api/v1/session')
        return [p['role'] for p in answer['positions']]

    own.clock.set('2025-12-31T23:59:50')
    assert roles() == ['clerk']
    own.clock.set('2026-01-01T00:00:10')
    assert roles() == []
    own.clock.set('2026-02-01T00:00:10')
    assert roles() == ['leader']
    used = admin.get(f'{PEOPLE}/{person}')['tokens'][0]
    assert used['used'] == '2026-02-01'


def test_the_last_national_administrator_stays(make_server):
    server = make_server()
    admin = server.client('admin')
    me = admin.get('/api/v1/session')['person']
    gov = server.unit('gov')
    refused(admin.post(f'{PEOPLE}/{me}/disable'), 409, 'person.last_admin')
    refused(admin.post(f'{PEOPLE}/{me}/positions/revoke',
                       {'unit': gov, 'role': 'admin'}), 409,
            'person.last_admin')
    refused(admin.post(f'{PEOPLE}/{me}/positions', {
        'unit': str(gov), 'role': 'admin', 'until': '2027-01-01'}), 409,
            'person.last_admin')
    assert invite(server, 'thu.hai', 'gov', 'admin', 'admin').status == 201
    assert admin.post(f'{PEOPLE}/{me}/positions/revoke', {
        'unit': gov, 'role': 'admin'}).status == 204
    refused(admin.get(PEOPLE), 403, 'access.denied')


def test_a_list_has_who_is_in_reach_by_name(own):
    def logins(by, **query):
        return [item['login'] for item in
                own.client(by).get(PEOPLE, limit=500, **query)['items']]

    everybody = logins('admin', state='all')
    assert len(everybody) > 30
    in_c = logins('area.c')
    assert {'clerk.x', 'desk.y', 'area.c', 'clerk.a11'} <= set(in_c)
    assert not {'desk.z', 'admin', 'centre', 'gone'} & set(in_c)
    assert 'gone' in logins('area.c', state='disabled')
    in_x = logins('unit.x')
    assert {'clerk.x', 'desk.x', 'clerk.a11'} <= set(in_x) < set(in_c)
    assert 'desk.y' not in in_x
    assert logins('area.c', unit=own.unit('y'), role='clerk') == \
        ['desk.y', 'with.password.2']
    assert logins('area.c', under=own.unit('b'), q='desk') == []
    invite(own, 'bich.ngoc', 'x')
    assert logins('area.c', q='Bich.Ngoc') == ['bich.ngoc']
    assert 'bich.ngoc' in logins('area.c', q='nguyen thi HOA')
    everybody = logins('admin', state='all')
    page = own.client('admin').get(PEOPLE, limit=3, state='all')
    again = own.client('admin').get(PEOPLE, limit=3, state='all',
                                    after=page['next'])
    assert [i['login'] for i in page['items'] + again['items']] == \
        everybody[:6]


def test_who_may_do_what_in_a_unit(own):
    def rows(by):
        return {(row['login'], row['role']) for row in own.client(by).get(
            f'/api/v1/units/{own.unit("x")}/people')['items']}

    assert {('clerk.x', 'clerk'), ('province.c', 'collector'),
            ('viewer.c', 'viewer'), ('admin', 'admin')} <= rows('admin')
    assert ('province.c', 'clerk') not in rows('admin')
    # What is above the asker's reach is not shown.
    assert ('admin', 'admin') not in rows('area.c')
    assert ('viewer.c', 'viewer') in rows('area.c')
    assert ('viewer.c', 'viewer') not in rows('unit.x')


def test_sessions_and_tokens_end_at_once(own):
    person = invite(own, 'phien', 'x')['id']
    use(own, link(own, person)['code'])
    one, two = own.client(), own.client()
    one.sign_in('phien', PASSWORD)
    two.sign_in('phien', PASSWORD)
    area = own.client('area.c')
    sessions = area.get(f'{PEOPLE}/{person}')['sessions']
    assert len(sessions) == 2
    end = f'{PEOPLE}/{person}/sessions/end'
    assert area.post(end, {'session': sessions[0]['id']}).status == 200
    assert two.get('/api/v1/session').status == 401
    assert one.get('/api/v1/session').status == 200
    refused(area.post(end, {'session': sessions[0]['id']}), 404,
            'session.unknown')
    assert area.post(end, {}).status == 200
    assert one.get('/api/v1/session').status == 401
    token = area.post(f'{PEOPLE}/{person}/tokens',
                      {'name': 'máy', 'days': 3})['token']
    bearer = Client(own, token)
    assert bearer.get('/api/v1/session').status == 200
    row = area.get(f'{PEOPLE}/{person}')['tokens'][0]
    refused(own.client('area.b').post(f'/api/v1/tokens/{row["id"]}/revoke'),
            404, 'token.unknown')
    assert area.post(f'/api/v1/tokens/{row["id"]}/revoke').status == 204
    assert bearer.get('/api/v1/session').status == 401


def test_an_unlock_lets_in_at_once_who_was_slowed_down(own):
    person = invite(own, 'quen.mk', 'x')['id']
    use(own, link(own, person)['code'])
    for _ in range(6):
        last = own.client().sign_in('quen.mk', 'không phải nó đâu')
    refused(last, 429, 'session.throttled')
    refused(own.client().sign_in('quen.mk', PASSWORD), 429,
            'session.throttled')
    area = own.client('area.c')
    assert area.post(f'{PEOPLE}/{person}/unlock').status == 200
    assert own.client().sign_in('quen.mk', PASSWORD).status == 200


def test_a_name_changes_and_a_taken_login_is_refused(own):
    made = invite(own, 'doi.ten', 'x')
    area = own.client('area.c')
    at = f'{PEOPLE}/{made["id"]}/name'
    assert area.post(at, {'name': 'Trần Văn Bé', 'locale': 'en'})['name'] == \
        'Trần Văn Bé'
    refused(area.post(at, {'name': '=1', 'locale': 'en'}), 422,
            'input.invalid', name='person.name')
    refused(invite(own, 'doi.ten', 'x'), 409, 'person.login_taken')


@pytest.mark.skipif(engine() != 'sqlite', reason='reads the file')
def test_the_store_has_neither_code_nor_token_and_the_audit_has_each_act(
        make_server):
    server = make_server()
    person = invite(server, 'kin.dao', 'x')['id']
    code = link(server, person)['code']
    area = server.client('area.c')
    token = area.post(f'{PEOPLE}/{person}/tokens',
                      {'name': 'máy', 'days': 3})['token']
    area.post(f'{PEOPLE}/{person}/unlock')
    use(server, code)
    server.stop()
    data = pathlib.Path(server.data, 'truc.db').read_bytes()
    assert code.encode() not in data
    assert code.replace('-', '').encode() not in data
    assert token.encode() not in data
    with contextlib.closing(sqlite3.connect(f'{server.data}/truc.db')) as db:
        acts = [row[0] for row in db.execute(
            'SELECT action FROM audit ORDER BY id')]
    tail = acts[acts.index('person.link') - 2:]
    assert tail == ['person.create', 'position.grant', 'person.link',
                    'token.create', 'person.unlock', 'person.use_link']


def test_a_link_has_the_address_of_the_option_and_nothing_of_the_request(
        make_server):
    server = make_server(options={'link.base_url': 'https://truc.example.vn'})
    person = invite(server, 'co.link', 'x')['id']
    made = server.client('area.c').send(
        'POST', f'{PEOPLE}/{person}/password-link',
        headers={'Host': 'evil.example', 'X-Forwarded-Host': 'evil.example'})
    assert made['url'] == \
        f'https://truc.example.vn/set-password#{made["code"]}'


def test_an_address_that_is_none_is_said_before_anything_starts(make_server):
    server = make_server()
    server.stop()
    with open(f'{server.data}/truc.conf', 'a', encoding='utf-8') as file:
        file.write('link.base_url = truc.example.vn/\n')
    said = run('doctor', '--data', server.data, store=server.store, status=2)
    assert 'staff.base_url' in said.stderr + said.stdout
    with open(f'{server.data}/truc.conf', 'r+', encoding='utf-8') as file:
        kept = file.read().replace('link.base_url = truc.example.vn/\n', '')
        file.seek(0)
        file.truncate()
        file.write(kept)


def test_nobody_holds_more_than_two_hundred_positions(make_server):
    server = make_server()
    admin = server.client('admin')
    person = invite(server, 'nhieu.viec', 'x', by='admin')['id']
    at = f'{PEOPLE}/{person}/positions'
    roles = ('leader', 'collector', 'viewer', 'unit_admin', 'area_admin',
             'clerk', 'centre', 'admin')
    alive = [unit['id'] for level in (0, 1, 3) for unit in admin.get(
        '/api/v1/units', level=level, limit=100)['items']]
    answers = [admin.post(at, {'unit': str(unit), 'role': role})
               for unit in alive for role in roles]
    assert {answer.status for answer in answers[:199]} == {200}
    refused(answers[-1], 409, 'position.full')


# A unit that is none, and the word for it.
NO_UNITS = (('-', 'unit.ref'), ('area:01', 'unit.code_needs_date'),
            ('999999', 'unit.unknown'))


def test_what_is_wrong_is_named_at_its_place_and_changes_nothing(own):
    admin = own.client('admin')
    person = invite(own, 'sai.cho', 'x')['id']
    at = f'{PEOPLE}/{person}/positions'
    before = admin.get(f'{PEOPLE}/{person}').json
    for ref, code in NO_UNITS:
        for name in 'unit', 'under':
            refused(admin.get(PEOPLE, **{name: ref}), 422, code,
                    **{name: code})
        refused(admin.post(at, {'unit': ref, 'role': 'clerk'}), 422,
                code, unit=code)
        refused(admin.post(PEOPLE, {
            'login': 'khong.co', 'name': 'Hoa', 'positions': [
                {'unit': str(own.unit('x')), 'role': 'clerk'},
                {'unit': ref, 'role': 'clerk'}]}), 422, code,
                positions__1__unit=code)
    for ref, code in (*NO_UNITS[:2], ('999999', 'unit.unknown')):
        answer = admin.get(f'/api/v1/units/{ref}/people')
        assert answer.code == code, answer
    for wrong, fault in (
            ({'name': '=1'}, {'name': 'person.name'}),
            ({'positions': [{'unit': str(own.unit('x')), 'role': 'clerk',
                             'from': '2027-01-02', 'until': '2027-01-01'}]},
             {'positions__0__until': 'position.days'}),
            ({'positions': [{'unit': str(own.unit('a11')),
                             'role': 'clerk'}]},
             {'positions__0__unit': 'staff.unit_over'})):
        refused(admin.post(PEOPLE, {
            'login': 'khong.co', 'name': 'Hoa', 'positions': [], **wrong}),
            422, 'input.invalid', **fault)
    assert admin.get(f'{PEOPLE}/{person}').json == before
    assert admin.get(PEOPLE, q='khong.co', state='all')['items'] == []
