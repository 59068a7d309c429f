/*
 * One person: positions, sessions, tokens, and what an administrator does to
 * them.
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import type { PasswordLink, StaffPerson } from '../api/types.ts';
import { formatInstant } from '../dates.ts';
import { lang, t } from '../i18n.ts';
import type { Where } from '../router.ts';
import { session } from '../session.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { announce, Failure, Flag, Note, PageHead, Waiting }
	from '../ui/parts.tsx';
import { actOn, makeLink, readPerson, renamePerson } from './calls.ts';
import { Held } from './held.tsx';
import { Sessions, Tokens } from './keys.tsx';
import { Slip } from './slip.tsx';

/** Does an act, shows what became of it; a section's only way to the server. */
export type Act = (work: () => Promise<StaffPerson | void>, said: string) =>
	Promise<boolean>;

export function PersonPage({ place }: { place: Where }): JSX.Element {
	const id = place.params.id ?? '';
	const load = useLoad(`person ${id} ${lang()}`, () => readPerson(id));
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);

	const act: Act = async (work, said) => {
		setBusy(true);
		setProblem(null);
		try {
			load.put(await work() ?? await readPerson(id));
			announce(said);
			return true;
		} catch (error) {
			setProblem(asProblem(error));
			return false;
		} finally {
			setBusy(false);
		}
	};
	if (load.problem)
		return <Failure problem={load.problem} retry={load.reload} />;
	if (!load.data)
		return <Waiting slow={load.slow} />;
	const person = load.data;
	return <>
		<PageHead title={person.name} about={<>{t('people.login')}{' '}
			<strong class="figure login">{person.login}</strong></>}>
			{person.disabled ? <Flag tone="warn" icon="lock">
				{t('people.disabled')}</Flag> : null}{' '}
			{person.manages ? <span class="hint">{person.signed_in_at === null
				? t('person.never') : t('person.last',
					{ at: formatInstant(person.signed_in_at) })}</span> : null}
		</PageHead>
		{problem ? <Failure problem={problem} /> : null}
		{person.elsewhere ? <Note><p>{t('person.elsewhere')}</p></Note> : null}
		{person.manages ? null : <Note><p>{t('person.not_managed')}</p></Note>}
		<Held person={person} act={act} busy={busy} />
		{person.manages ? <>
			<Account person={person} act={act} busy={busy} />
			<Sessions person={person} act={act} busy={busy} />
			<Tokens person={person} act={act} busy={busy} />
		</> : null}
	</>;
}

function Account({ person, act, busy }: { person: StaffPerson; act: Act;
    busy: boolean }): JSX.Element {
	const [link, setLink] = useState<PasswordLink | null>(null);
	const [asked, setAsked] = useState(false);
	const self = session.get()?.person === person.id;
	const reset = (): Promise<boolean> => act(async () =>
		setLink(await makeLink(person.id)), t('slip.title'));
	return <section><h2 class="on-screen">{t('person.account')}</h2>
		<p class="on-screen">{t(person.has_password ? 'person.has_password'
			: 'person.no_password')}{' '}
		{person.link_until === null ? null : t('person.link_until',
			{ at: formatInstant(person.link_until) })}</p>
		<p class="acts on-screen">
			{person.disabled ? null : <button type="button"
				class="button second" disabled={busy}
				onClick={() => void reset()}>{t('person.reset')}</button>}
			<button type="button" class="button second" disabled={busy}
				onClick={() => void act(() => actOn(person.id, 'unlock'),
					t('person.unlocked'))}>{t('person.unlock')}</button>
			{person.disabled ? <button type="button" class="button second"
				disabled={busy} onClick={() => void act(
					() => actOn(person.id, 'enable'), t('person.enabled'))}>
				{t('person.enable')}</button>
				: asked ? <>
					<span>{t(self ? 'person.disable_self'
						: 'person.disable_sure')}</span>
					<button type="button" class="button danger"
						disabled={busy} onClick={() => {
							setAsked(false);
							void act(() => actOn(person.id, 'disable'),
								t('people.disabled'));
						}}>{t('person.disable')}</button>
					<button type="button" class="button second"
						onClick={() => setAsked(false)}>{t('cancel')}</button>
				</> : <button type="button" class="button second"
					disabled={busy} onClick={() => setAsked(true)}>
					{t('person.disable')}…</button>}
		</p>
		<p class="hint on-screen">{t('person.unlock_hint')}</p>
		{link ? <Slip name={person.name} login={person.login} link={link} />
			: null}
		<Name person={person} act={act} busy={busy} />
	</section>;
}

function Name({ person, act, busy }: { person: StaffPerson; act: Act;
    busy: boolean }): JSX.Element {
	return <details class="on-screen"><summary>{t('person.rename')}</summary>
		<form class="narrow" onSubmit={(e) => {
			e.preventDefault();
			const data = new FormData(e.currentTarget);
			void act(() => renamePerson(person.id, {
				name: String(data.get('name')).trim().normalize('NFC'),
				locale: data.get('locale') as 'vi' | 'en',
			}), t('person.renamed'));
		}}>
			<p class="field"><label for="person-name">{t('people.name')}
			</label><input id="person-name" name="name" required
				maxLength={200} defaultValue={person.name}
				autocomplete="off" /></p>
			<p class="field"><label for="person-locale">{t('language')}</label>
				<select id="person-locale" name="locale">
					<option value="vi" selected={person.locale === 'vi'}>
						Tiếng Việt</option>
					<option value="en" selected={person.locale === 'en'}>
						English</option></select></p>
			<p><button type="submit" class="button second" disabled={busy}>
				{t('person.rename_act')}</button></p>
		</form></details>;
}
