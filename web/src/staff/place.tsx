/*
 * The fields of a position: a unit found by its name, a role that one may give,
 * and the days.
 */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { listUnits } from '../api/client.ts';
import type { PositionGrant } from '../api/types.ts';
import { t } from '../i18n.ts';
import { position, session } from '../session.ts';
import { announce } from '../ui/parts.tsx';
import type { Role } from './calls.ts';
import { roleAbout, roleName, rolesToGive } from './roles.ts';

const TYPING_MS = 250;
const SHOWN = 8;

interface Found {
	id: number;
	name: string;
	above: string | null;
}

/** One's own units come first; others are found by typing. */
function ownUnits(): Found[] {
	const seen = new Map<number, Found>();
	for (const at of session.get()?.positions ?? [])
		seen.set(at.unit, { id: at.unit, name: at.unit_name,
			above: at.unit_path[0] ?? null });
	return [...seen.values()];
}

function useUnits(q: string): Found[] {
	const [found, setFound] = useState<Found[]>(ownUnits);
	useEffect(() => {
		if (q === '') {
			setFound(ownUnits());
			return undefined;
		}
		let over = false;
		const timer = setTimeout(() => listUnits({ q, limit: SHOWN }).then(
			(page) => {
				if (over)
					return;
				setFound(page.items.map((unit) => ({ id: unit.id,
					name: unit.name, above: unit.parent_name })));
				announce(t('place.found', { n: page.items.length }));
			}, () => undefined), TYPING_MS);
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, [q]);
	return found;
}

/** What the fields of a form say; null: no unit was chosen. */
export function readPlace(form: HTMLFormElement): PositionGrant | null {
	const data = new FormData(form);
	const said = (name: string): string => String(data.get(name) ?? '');
	if (said('unit') === '')
		return null;
	const body: PositionGrant = { unit: said('unit'),
		role: said('role') as Role };
	if (said('from') !== '')
		body.from = said('from');
	if (said('until') !== '')
		body.until = said('until');
	return body;
}

export function PlaceFields(): JSX.Element {
	const id = useId();
	const roles = rolesToGive();
	const [q, setQ] = useState('');
	const [role, setRole] = useState<Role>(roles[0] ?? 'clerk');
	const unit = useRef<HTMLSelectElement>(null);
	const found = useUnits(q);
	const mine = position()?.unit;
	return <>
		<p class="field"><label for={`${id}q`}>{t('place.q')}</label>
			<span class="hint" id={`${id}h`}>{t('place.q_hint')}</span>
			<input id={`${id}q`} type="search" autocomplete="off"
				maxLength={200} aria-describedby={`${id}h`}
				onInput={(e) => setQ(e.currentTarget.value.trim())}
				onKeyDown={(e) => {
					if (e.key === 'Enter' && !e.isComposing) {
						e.preventDefault();
						unit.current?.focus();
					}
				}} /></p>
		<p class="field"><label for={`${id}u`}>{t('people.unit')}</label>
			<select id={`${id}u`} name="unit" required ref={unit}
				key={found.map((f) => f.id).join()}>
				{found.length === 0 ? <option value="">{t('place.none')}
				</option> : null}
				{found.map((f) => <option key={f.id} value={f.id}
					selected={f.id === mine}>
					{f.above === null ? f.name : `${f.name}, ${f.above}`}
				</option>)}
			</select></p>
		<p class="field"><label for={`${id}r`}>{t('people.role')}</label>
			<select id={`${id}r`} name="role" aria-describedby={`${id}a`}
				onChange={(e) => setRole(e.currentTarget.value as Role)}>
				{roles.map((name) => <option key={name} value={name}>
					{roleName(name)}</option>)}
			</select>
			<span class="hint" id={`${id}a`}>{roleAbout(role)}</span></p>
		<p class="field"><label for={`${id}f`}>{t('place.from')}</label>
			<span class="hint" id={`${id}fh`}>{t('place.from_hint')}</span>
			<input id={`${id}f`} name="from" type="date"
				aria-describedby={`${id}fh`} /></p>
		<p class="field"><label for={`${id}t`}>{t('place.until')}</label>
			<span class="hint" id={`${id}th`}>{t('place.until_hint')}</span>
			<input id={`${id}t`} name="until" type="date"
				aria-describedby={`${id}th`} /></p>
	</>;
}
