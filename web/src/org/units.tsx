/*
 * Đơn vị: find a unit by name, with or without marks, or walk down from the
 * Government.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { listUnits, sheetOf, type Problem } from '../api/client.ts';
import type { UnitItem } from '../api/types.ts';
import { formatDay } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import { formatCount } from '../numbers.ts';
import { address, settle, type Where } from '../router.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { announce, Choice, Download, Failure, PageHead, Waiting }
	from '../ui/parts.tsx';
import { structure } from '../ui/quiet.ts';
import { levelName, typeName } from './words.ts';

const TYPING_MS = 250;

export function Units({ place }: { place: Where }): JSX.Element {
	const q = place.query.get('q') ?? '';
	const level = place.query.get('level') ?? '';
	const on = place.query.get('on') ?? '';
	const input = useRef<HTMLInputElement>(null);
	const timer = useRef(0);
	const [more, setMore] = useState<{ key: string; items: UnitItem[];
		next: number | null } | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const key = `units ${q} ${level} ${on} ${lang()}`;
	const query = { q, level: level === '' ? q === '' ? 1 : undefined
		: Number(level), on: on || undefined, limit: 100 };
	const load = useLoad(key, () => listUnits(query));
	useEffect(() => structure.set(on || 'own'), [on]);
	useEffect(() => {
		if (input.current && input.current.value !== q)
			input.current.value = q;
	}, [q]);
	useEffect(() => {
		if (load.data && q !== '')
			announce(t('units.found', { n: load.data.items.length }));
	}, [load.data]);

	const pick = (change: Record<string, string>): void =>
		settle(address('/units', { q, level, on, ...change }));
	const added = more?.key === key ? more : null;
	const items = [...load.data?.items ?? [], ...added?.items ?? []];
	const next = added ? added.next : load.data?.next ?? null;
	return <>
		<PageHead title={t('nav.units')} about={t('units.about')}
			second={<Download href={sheetOf('/units', query)} />} />
		<div class="filters">
			<span class="choice wide"><label for="unit-q">{t('units.q')}
			</label><input id="unit-q" type="search" ref={input}
				defaultValue={q} autocomplete="off" maxLength={200}
				onInput={(e) => {
					const text = e.currentTarget.value.trim();
					clearTimeout(timer.current);
					timer.current = window.setTimeout(
						() => pick({ q: text }), TYPING_MS);
				}} /></span>
			<Choice label={t('units.level')} value={level}
				options={[{ value: '', text: t('reports.any') },
					...[0, 1, 2, 3].map((n) => ({ value: String(n),
						text: levelName(n) }))]}
				onChange={(value) => pick({ level: value })} />
			<span class="choice"><label for="unit-on">{t('units.on')}</label>
				<input id="unit-on" type="date" value={on} min="2000-01-01"
					max="2100-12-31" onChange={(e) =>
						pick({ on: e.currentTarget.value })} /></span>
		</div>
		{problem ? <Failure problem={problem} /> : null}
		{load.problem ? <Failure problem={load.problem}
			retry={load.reload} /> : !load.data ? <Waiting slow={load.slow} />
			: items.length === 0 ? <div class="empty"><p>
				{t('units.none', { q })}</p>
				<p class="hint">{t('units.none_next')}</p></div>
			: <UnitTable items={items} above={q !== ''} />}
		{next ? <p><button type="button" class="button second"
			onClick={() => void listUnits({ ...query, after: next }).then(
				(page) => setMore({ key, next: page.next,
					items: [...added?.items ?? [], ...page.items] }),
				(error: unknown) => setProblem(asProblem(error)))}>
			{t('more')}</button></p> : null}
	</>;
}

/** above: with the unit above, where the list is of many. */
export function UnitTable({ items, above }:
    { items: UnitItem[]; above?: boolean }): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{t('nav.units')}</caption>
		<thead><tr>
			<th scope="col">{t('units.name')}</th>
			{above ? <th scope="col">{t('unit.parent')}</th> : null}
			<th scope="col">{t('units.type')}</th>
			<th scope="col">{t('units.code')}</th>
			<th scope="col">{t('units.life')}</th>
			<th scope="col" class="num">{t('units.children')}</th>
		</tr></thead>
		<tbody>{items.map((unit) => <tr key={unit.id}>
			<th scope="row"><a href={`/units/${unit.id}`}>{unit.name}</a></th>
			{above ? <td>{unit.parent_name}</td> : null}
			<td>{typeName(unit.type)}</td>
			<td class="figure">{unit.code}</td>
			<td class="nowrap figure">{life(unit.from, unit.to)}</td>
			<td class="num">{unit.child_count > 0
				? formatCount(unit.child_count) : ''}</td>
		</tr>)}</tbody>
	</table></div>;
}

/** "từ 01/07/2025", or both days for what is over. */
export function life(from: string, to: string | null): string {
	return to === null || to >= '9' ? t('units.since', { from: formatDay(from) })
		: t('units.from_to', { from: formatDay(from), to: formatDay(to) });
}
