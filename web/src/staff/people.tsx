/*
 * Người dùng: who is within reach, by name; and the way to invite somebody.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { sheetOf, type Problem } from '../api/client.ts';
import type { StaffItem } from '../api/types.ts';
import { lang, t } from '../i18n.ts';
import { address, settle, type Where } from '../router.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { announce, Choice, Download, Failure, Flag, PageHead, Waiting }
	from '../ui/parts.tsx';
import { listPeople } from './calls.ts';
import { allRoles, roleName } from './roles.ts';

const TYPING_MS = 250;

export function People({ place }: { place: Where }): JSX.Element {
	const q = place.query.get('q') ?? '';
	const role = place.query.get('role') ?? '';
	const state = place.query.get('state') ?? '';
	const input = useRef<HTMLInputElement>(null);
	const timer = useRef(0);
	const [more, setMore] = useState<{ key: string; items: StaffItem[];
		next: number | null } | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const key = `people ${q} ${role} ${state} ${lang()}`;
	const query = { q: q || undefined, role: role || undefined,
		state: state || undefined, limit: 100 };
	const load = useLoad(key, () => listPeople(query));
	useEffect(() => {
		if (input.current && input.current.value !== q)
			input.current.value = q;
	}, [q]);
	useEffect(() => {
		if (load.data && q !== '')
			announce(t('people.found', { n: load.data.items.length }));
	}, [load.data]);

	const pick = (change: Record<string, string>): void =>
		settle(address('/people', { q, role, state, ...change }));
	const added = more?.key === key ? more : null;
	const items = [...load.data?.items ?? [], ...added?.items ?? []];
	const next = added ? added.next : load.data?.next ?? null;
	return <>
		<PageHead title={t('nav.people')} about={t('people.about')}
			second={<>
				<Download href={sheetOf('/people', query)} />
				<a class="button" href="/people/new">{t('people.invite')}</a>
			</>} />
		<div class="filters">
			<span class="choice wide"><label for="people-q">{t('people.q')}
			</label><input id="people-q" type="search" ref={input}
				defaultValue={q} autocomplete="off" maxLength={200}
				onInput={(e) => {
					const text = e.currentTarget.value.trim();
					clearTimeout(timer.current);
					timer.current = window.setTimeout(
						() => pick({ q: text }), TYPING_MS);
				}} /></span>
			<Choice label={t('people.role')} value={role}
				options={[{ value: '', text: t('reports.any') },
					...allRoles.map((name) => ({ value: name,
						text: roleName(name) }))]}
				onChange={(value) => pick({ role: value })} />
			<Choice label={t('people.state')} value={state}
				options={[{ value: '', text: t('people.enabled') },
					{ value: 'disabled', text: t('people.disabled') },
					{ value: 'all', text: t('reports.any') }]}
				onChange={(value) => pick({ state: value })} />
		</div>
		{problem ? <Failure problem={problem} /> : null}
		{load.problem ? <Failure problem={load.problem}
			retry={load.reload} /> : !load.data ? <Waiting slow={load.slow} />
			: items.length === 0 ? <div class="empty">
				<p>{t('people.none')}</p></div>
			: <PeopleTable items={items} />}
		{next ? <p><button type="button" class="button second"
			onClick={() => void listPeople({ ...query, after: next }).then(
				(page) => setMore({ key, next: page.next,
					items: [...added?.items ?? [], ...page.items] }),
				(error: unknown) => setProblem(asProblem(error)))}>
			{t('more')}</button></p> : null}
	</>;
}

function PeopleTable({ items }: { items: StaffItem[] }): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{t('nav.people')}</caption>
		<thead><tr>
			<th scope="col">{t('people.name')}</th>
			<th scope="col">{t('people.login')}</th>
			<th scope="col">{t('people.role')}</th>
			<th scope="col">{t('people.unit')}</th>
			<th scope="col">{t('people.state')}</th>
		</tr></thead>
		<tbody>{items.map((item) => <tr key={item.id}>
			<th scope="row"><a href={`/people/${item.id}`}>{item.name}</a></th>
			<td class="login">{item.login}</td>
			<td>{roleName(item.role)}{item.others > 0
				? <span class="hint"> {t('people.others',
					{ n: item.others })}</span> : null}</td>
			<td>{item.unit_name}</td>
			<td>{item.state === 'disabled' ? <Flag tone="warn" icon="lock">
				{t('people.disabled')}</Flag> : null}</td>
		</tr>)}</tbody>
	</table></div>;
}
