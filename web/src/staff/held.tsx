/*
 * What a person holds: given with days, taken away.
 */
import type { JSX } from 'preact';
import type { StaffPerson, StaffPosition } from '../api/types.ts';
import { formatDay } from '../dates.ts';
import { t } from '../i18n.ts';
import { Flag } from '../ui/parts.tsx';
import { givePosition, takePosition } from './calls.ts';
import type { Act } from './person.tsx';
import { PlaceFields, readPlace } from './place.tsx';
import { roleName } from './roles.ts';

function days(held: StaffPosition): string {
	const until = held.until === null ? t('place.open')
		: t('held.until', { day: formatDay(held.until) });
	return held.from === null ? until
		: `${t('held.from', { day: formatDay(held.from) })}, ${until}`;
}

export function Held({ person, act, busy }: { person: StaffPerson; act: Act;
    busy: boolean }): JSX.Element {
	return <section class="on-screen"><h2>{t('held.title')}</h2>
		{person.positions.length === 0 ? <p>{t('held.none')}</p>
			: <HeldTable person={person} act={act} busy={busy} />}
		<details><summary>{t('held.give')}</summary>
			<form class="narrow" onSubmit={(e) => {
				e.preventDefault();
				const form = e.currentTarget;
				const place = readPlace(form);
				if (place)
					void act(() => givePosition(person.id, place),
						t('held.given'));
			}}>
				<PlaceFields />
				<p><button type="submit" class="button" disabled={busy}>
					{t('held.give')}</button></p>
			</form></details>
	</section>;
}

function HeldTable({ person, act, busy }: { person: StaffPerson; act: Act;
    busy: boolean }): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{t('held.title')}</caption>
		<thead><tr>
			<th scope="col">{t('people.role')}</th>
			<th scope="col">{t('people.unit')}</th>
			<th scope="col">{t('held.days')}</th>
			<th scope="col">{t('held.act')}</th>
		</tr></thead>
		<tbody>{person.positions.map((held) => <tr key={held.id}>
			<th scope="row">{roleName(held.role)}</th>
			<td><a href={`/units/${held.unit}/people`}>{held.unit_name}</a></td>
			<td class="figure">{days(held)} {held.holds ? null
				: <Flag tone="quiet" icon="lock">{t('held.not_now')}</Flag>}
			</td>
			<td>{held.may_change ? <button type="button" class="plain"
				disabled={busy} aria-label={`${t('held.take')}: ${
					roleName(held.role)}, ${held.unit_name}`}
				onClick={() => void act(() => takePosition(person.id,
					{ unit: held.unit, role: held.role }), t('held.taken'))}>
				{t('held.take')}</button> : null}</td>
		</tr>)}</tbody>
	</table></div>;
}
