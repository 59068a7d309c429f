/*
 * Who signs for a divided unit: the heir that the unit above has named, what was
 * said before, and for that unit the naming itself.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { json, newKey, Problem } from '../api/client.ts';
import type { HeirInput, HeirNaming, Heirs } from '../api/types.ts';
import { formatDay, formatInstant } from '../dates.ts';
import { t } from '../i18n.ts';
import { asProblem } from '../ui/load.ts';
import { announce, Failure, Note } from '../ui/parts.tsx';
import { says } from '../words.ts';

const path = (unit: number): string => `/api/v1/units/${unit}/heirs`;

export const readHeirs = (unit: number): Promise<Heirs> =>
	json<Heirs>('GET', path(unit));

export function HeirSection({ heirs, onDone }: { heirs: Heirs;
    onDone: () => void }): JSX.Element {
	const now = heirs.heirs.find((h) => h.unit === heirs.heir) ??
		heirs.namings.map((n) => ({ unit: n.heir, name: n.heir_name }))
			.find((h) => h.unit === heirs.heir);
	return <section><h2>{t('heir.title')}</h2>
		{now ? <p>{t('heir.now')} <a href={`/units/${now.unit}`}>{now.name}</a>
		</p> : <Note tone="warn"><p>{t('heir.nobody')}</p></Note>}
		{heirs.may_name ? <Naming heirs={heirs} onDone={onDone} /> : null}
		{heirs.namings.length > 0 ? <Namings list={heirs.namings} /> : null}
	</section>;
}

function Namings({ list }: { list: HeirNaming[] }): JSX.Element {
	return <div class="scroll"><table class="ledger">
		<caption class="unseen">{t('heir.namings')}</caption>
		<thead><tr><th scope="col">{t('heir.heir')}</th>
			<th scope="col">{t('heir.from')}</th>
			<th scope="col">{t('unit.act')}</th>
			<th scope="col">{t('heir.reason')}</th>
			<th scope="col">{t('heir.at')}</th></tr></thead>
		<tbody>{list.map((n) => <tr key={n.ledger_index}>
			<th scope="row"><a href={`/units/${n.heir}`}>{n.heir_name}</a></th>
			<td class="nowrap figure">{formatDay(n.from)}</td>
			<td>{n.act}</td>
			<td>{n.reason}</td>
			<td class="nowrap figure">{formatInstant(n.at)}</td>
		</tr>)}</tbody></table></div>;
}

function Naming({ heirs, onDone }: { heirs: Heirs; onDone: () => void }):
    JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	/* The same until it has come through: sent again, it is named once. */
	const key = useRef(newKey());
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		const said = (name: string): string =>
			String(data.get(name) ?? '').trim().normalize('NFC');
		const body: HeirInput = { heir: said('heir'), act: said('act'),
			reason: said('reason') };
		if (said('from') !== '')
			body.from = said('from');
		if (!says(body.act) || !says(body.reason)) {
			setProblem(new Problem(0, { title: t('heir.silent') }));
			return;
		}
		setBusy(true);
		try {
			await json<HeirNaming>('POST', path(heirs.unit),
				{ body, key: key.current });
			announce(t('heir.done'));
			onDone();
		} catch (error) {
			setProblem(asProblem(error));
		}
		key.current = newKey();
		setBusy(false);
	};
	return <form class="narrow" ref={form} onSubmit={(e) => void finish(e)}>
		{problem ? <Failure problem={problem} /> : null}
		<p class="field"><label for="heir-unit">{t('heir.choose')}</label>
			<select id="heir-unit" name="heir" required>
				<option value="" />
				{heirs.heirs.filter((h) => h.unit !== heirs.heir).map((h) =>
					<option key={h.unit} value={h.unit}>{h.name}</option>)}
			</select></p>
		<p class="field"><label for="heir-act">{t('heir.act')}</label>
			<input id="heir-act" name="act" required maxLength={200}
				autocomplete="off" /></p>
		<p class="field"><label for="heir-reason">{t('heir.reason')}</label>
			<textarea id="heir-reason" name="reason" required rows={2}
				maxLength={600} /></p>
		<p class="field"><label for="heir-from">{t('heir.from')}</label>
			<span class="hint" id="heir-from-hint">{t('heir.from_hint')}</span>
			<input id="heir-from" name="from" type="date"
				aria-describedby="heir-from-hint" /></p>
		<p class="primary-act"><button type="submit" class="button"
			disabled={busy}>{t('heir.name')}</button></p>
	</form>;
}
