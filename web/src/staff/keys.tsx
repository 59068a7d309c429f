/*
 * By what a person comes in: sessions of browsers, tokens of other software.
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { StaffPerson, StaffToken } from '../api/types.ts';
import { formatDay, formatInstant } from '../dates.ts';
import { t } from '../i18n.ts';
import { Note } from '../ui/parts.tsx';
import { endSessions, endToken, makeToken } from './calls.ts';
import type { Act } from './person.tsx';

const DAYS_USUAL = 365;
const DAYS_MOST = 3660;

interface Part {
	person: StaffPerson;
	act: Act;
	busy: boolean;
}

export function Sessions({ person, act, busy }: Part): JSX.Element {
	return <section class="on-screen"><h2>{t('sessions.title')}</h2>
		{person.sessions.length === 0 ? <p>{t('sessions.none')}</p> : <>
			<div class="scroll"><table class="ledger">
				<caption class="unseen">{t('sessions.title')}</caption>
				<thead><tr><th scope="col">{t('sessions.from')}</th>
					<th scope="col">{t('sessions.seen')}</th>
					<th scope="col">{t('held.act')}</th></tr></thead>
				<tbody>{person.sessions.map((row) => <tr key={row.id}>
					<th scope="row" class="figure">{formatInstant(row.from)}
					</th>
					<td class="figure">{formatInstant(row.seen)}</td>
					<td><button type="button" class="plain" disabled={busy}
						aria-label={`${t('sessions.end')}: ${
							formatInstant(row.from)}`}
						onClick={() => void act(() => endSessions(person.id,
							row.id), t('sessions.ended'))}>
						{t('sessions.end')}</button></td>
				</tr>)}</tbody></table></div>
			<p><button type="button" class="button second" disabled={busy}
				onClick={() => void act(() => endSessions(person.id),
					t('sessions.ended'))}>{t('sessions.end_all')}</button></p>
		</>}
	</section>;
}

function tokenState(token: StaffToken): string {
	if (token.revoked)
		return t('tokens.revoked');
	return t('held.until', { day: formatInstant(token.expires_at) });
}

export function Tokens({ person, act, busy }: Part): JSX.Element {
	const [made, setMade] = useState<string | null>(null);
	return <section class="on-screen"><h2>{t('tokens.title')}</h2>
		<p class="hint">{t('tokens.about')}</p>
		{person.tokens.length === 0 ? <p>{t('tokens.none')}</p>
			: <div class="scroll"><table class="ledger">
				<caption class="unseen">{t('tokens.title')}</caption>
				<thead><tr><th scope="col">{t('tokens.name')}</th>
					<th scope="col">{t('tokens.good')}</th>
					<th scope="col">{t('tokens.used')}</th>
					<th scope="col">{t('held.act')}</th></tr></thead>
				<tbody>{person.tokens.map((row) => <tr key={row.id}>
					<th scope="row">{row.name}</th>
					<td class="figure">{tokenState(row)}</td>
					<td class="figure">{row.used === null ? t('tokens.never')
						: formatDay(row.used)}</td>
					<td>{row.revoked ? null : <button type="button"
						class="plain" disabled={busy}
						aria-label={`${t('held.take')}: ${row.name}`}
						onClick={() => void act(() => endToken(row.id),
							t('tokens.revoked'))}>{t('held.take')}</button>}
					</td>
				</tr>)}</tbody></table></div>}
		{made === null ? null : <div role="status"><Note tone="ok">
			<p><label for="token-made">{t('tokens.made')}</label>{' '}
				<input id="token-made" class="slip-url" readOnly value={made}
					onFocus={(e) => e.currentTarget.select()} /></p>
		</Note></div>}
		<details><summary>{t('tokens.make')}</summary>
			<form class="narrow" onSubmit={(e) => {
				e.preventDefault();
				const data = new FormData(e.currentTarget);
				void act(async () => setMade((await makeToken(person.id, {
					name: String(data.get('name')).trim().normalize('NFC'),
					days: Number(data.get('days')),
				})).token), t('tokens.made'));
			}}>
				<p class="field"><label for="token-name">{t('tokens.name')}
				</label><input id="token-name" name="name" required
					maxLength={100} autocomplete="off" /></p>
				<p class="field"><label for="token-days">{t('tokens.days')}
				</label><input id="token-days" name="days" type="number"
					required min={1} max={DAYS_MOST}
					defaultValue={String(DAYS_USUAL)} /></p>
				<p><button type="submit" class="button second"
					disabled={busy}>{t('tokens.make')}</button></p>
			</form></details>
	</section>;
}
