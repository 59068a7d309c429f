/*
 * Ai được làm gì ở đây? Every position within reach that gives rights in a unit
 * today, by what it gives.
 */
import type { JSX } from 'preact';
import { sheetOf } from '../api/client.ts';
import type { UnitActor, UnitActors } from '../api/types.ts';
import { formatDay } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import type { Where } from '../router.ts';
import { useLoad } from '../ui/load.ts';
import { Download, Failure, PageHead, Waiting } from '../ui/parts.tsx';
import { readActors } from './calls.ts';
import { allRoles, roleAbout, roleName } from './roles.ts';

export function Actors({ place }: { place: Where }): JSX.Element {
	const ref = place.params.ref ?? '';
	const load = useLoad(`actors ${ref} ${lang()}`, () => readActors(ref));
	if (load.problem)
		return <Failure problem={load.problem} retry={load.reload} />;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const { unit, unit_name, items } = load.data;
	return <>
		<PageHead title={t('actors.title', { unit: unit_name })}
			about={t('actors.about')} second={<>
				<Download href={sheetOf(`/units/${unit}/people`)} />
				<a href={`/units/${unit}`}>{t('actors.unit')}</a>
			</>} />
		{allRoles.map((role) => {
			const rows = items.filter((item) => item.role === role);
			return rows.length === 0 ? null : <section key={role}>
				<h2>{capital(roleName(role))}</h2>
				<p class="hint">{roleAbout(role)}</p>
				<Rows rows={rows} of={load.data!} title={roleName(role)} />
			</section>;
		})}
		{items.length === 0 ? <div class="empty"><p>{t('actors.none')}</p></div>
			: null}
	</>;
}

function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function Rows({ rows, of, title }: { rows: UnitActor[]; of: UnitActors;
    title: string }): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{title}</caption>
		<thead><tr>
			<th scope="col">{t('people.name')}</th>
			<th scope="col">{t('people.login')}</th>
			<th scope="col">{t('actors.by')}</th>
			<th scope="col">{t('place.until')}</th>
		</tr></thead>
		<tbody>{rows.map((row) => <tr key={`${row.person} ${row.unit}`}>
			<th scope="row"><a href={`/people/${row.person}`}>{row.name}</a>
			</th>
			<td class="login">{row.login}</td>
			<td>{row.unit === of.unit ? t('actors.here') : row.unit_name}</td>
			<td class="figure">{row.until === null ? t('place.open')
				: formatDay(row.until)}</td>
		</tr>)}</tbody>
	</table></div>;
}
