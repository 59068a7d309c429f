/*
 * One unit in time: what it was called and where it belonged, its codes, whom it
 * followed and who followed it.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listUnits, readUnit } from '../api/client.ts';
import type { Heirs, Unit, UnitItem, UnitSuccession }
	from '../api/types.ts';
import { formatDay } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import type { Where } from '../router.ts';
import { may } from '../session.ts';
import { useLoad } from '../ui/load.ts';
import { Failure, PageHead, Waiting } from '../ui/parts.tsx';
import { structure } from '../ui/quiet.ts';
import { HeirSection, readHeirs } from './heirs.tsx';
import { life, UnitTable } from './units.tsx';
import { kindName, levelName, typeName } from './words.ts';

const CHILDREN_SHOWN = 200;

export function UnitPage({ place }: { place: Where }): JSX.Element {
	const ref = place.params.ref;
	const load = useLoad(`unit ${ref} ${lang()}`, () => readAll(ref));
	useEffect(() => structure.set('own'), []);
	if (load.problem)
		return <><PageHead title={t('nav.units')} />
			<Failure problem={load.problem} retry={load.reload} /></>;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const { unit, parents, children, heirs } = load.data;
	return <>
		<PageHead title={unit.name} about={<>{typeName(unit.type)}
			{unit.level === 0 ? '' : ` · ${t('unit.level', { level:
				levelName(unit.level) })}`} · {life(unit.from, unit.to)}</>}
		second={<>{may('user.manage') ? <a href={`/units/${unit.id}/people`}>
			{t('actors.link')}</a> : null}
		<a href={`/country?at=${unit.id}`}>{t('unit.figures')}</a></>} />
		{heirs?.divided ? <HeirSection key={heirs.namings.length} heirs={heirs}
			onDone={load.reload} /> : null}
		<section><h2>{t('unit.versions')}</h2>
			<div class="scroll"><table class="ledger">
				<caption class="unseen">{t('unit.versions')}</caption>
				<thead><tr><th scope="col">{t('units.name')}</th>
					<th scope="col">{t('units.type')}</th>
					<th scope="col">{t('unit.parent')}</th>
					<th scope="col">{t('units.life')}</th></tr></thead>
				<tbody>{unit.versions.map((v) => <tr key={v.from}>
					<th scope="row">{v.name}</th>
					<td>{typeName(v.type)}</td>
					<td>{v.parent === null ? '' : <a
						href={`/units/${v.parent}`}>
						{parents.get(v.parent) ?? v.parent}</a>}</td>
					<td class="nowrap figure">{life(v.from, v.to)}</td>
				</tr>)}</tbody></table></div>
		</section>
		<section><h2>{t('unit.codes')}</h2>
			{unit.codes.length === 0 ? <p class="hint">{t('unit.no_codes')}
			</p> : <div class="scroll"><table class="ledger">
				<caption class="unseen">{t('unit.codes')}</caption>
				<thead><tr><th scope="col">{t('unit.scheme')}</th>
					<th scope="col">{t('units.code')}</th>
					<th scope="col">{t('units.life')}</th></tr></thead>
				<tbody>{unit.codes.map((c) =>
					<tr key={`${c.scheme} ${c.code} ${c.from}`}>
						<td>{c.scheme === 'area' ? t('scheme.area')
							: c.scheme}</td>
						<th scope="row" class="figure">{c.code}</th>
						<td class="nowrap figure">{life(c.from, c.to)}</td>
					</tr>)}</tbody></table></div>}
		</section>
		<Successions title={t('unit.predecessors')}
			none={t('unit.no_predecessors')} list={unit.predecessors} />
		<Successions title={t('unit.successors')}
			none={t('unit.no_successors')} list={unit.successors} />
		{children.length > 0 ? <section><h2>{t('unit.children')}</h2>
			<UnitTable items={children} /></section> : null}
	</>;
}

async function readAll(ref: string): Promise<{ unit: Unit;
    parents: Map<number, string>; children: UnitItem[];
    heirs: Heirs | null }> {
	const unit = await readUnit(ref);
	const ids = [...new Set(unit.versions.flatMap((v) =>
		v.parent === null ? [] : [v.parent]))];
	const [parents, children, heirs] = await Promise.all([
		Promise.all(ids.map((id) => readUnit(id))),
		unit.child_count > 0 ? listUnits({ parent: unit.id,
			limit: CHILDREN_SHOWN }) : { items: [] },
		/* What is still there is not divided. */
		unit.to === null ? null : readHeirs(unit.id)]);
	return { unit, heirs, children: children.items,
		parents: new Map(parents.map((p) => [p.id, p.name])) };
}

function Successions({ title, none, list }: { title: string; none: string;
    list: UnitSuccession[] }): JSX.Element {
	return <section><h2>{title}</h2>
		{list.length === 0 ? <p class="hint">{none}</p>
			: <div class="scroll"><table class="ledger">
				<caption class="unseen">{title}</caption>
				<thead><tr><th scope="col">{t('units.name')}</th>
					<th scope="col">{t('unit.date')}</th>
					<th scope="col">{t('unit.kind')}</th>
					<th scope="col">{t('unit.act')}</th></tr></thead>
				<tbody>{list.map((s) => <tr key={`${s.unit} ${s.date}`}>
					<th scope="row"><a href={`/units/${s.unit}`}>{s.name}
					</a></th>
					<td class="nowrap figure">{formatDay(s.date)}</td>
					<td>{kindName(s.kind)}</td>
					<td>{s.act}</td>
				</tr>)}</tbody></table></div>}
	</section>;
}
