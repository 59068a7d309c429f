/*
 * Inviting somebody: login, name, a first position, and at once the code by
 * which the person sets a password.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { newKey, type Problem } from '../api/client.ts';
import type { PasswordLink, StaffPerson } from '../api/types.ts';
import { t } from '../i18n.ts';
import { asProblem } from '../ui/load.ts';
import { announce, Failure, Note, PageHead } from '../ui/parts.tsx';
import { invitePerson, makeLink } from './calls.ts';
import { PlaceFields, readPlace } from './place.tsx';
import { Slip } from './slip.tsx';

export function Invite(): JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	/* The same until it has come through: sent again, one person is made. */
	const key = useRef(newKey());
	const [problem, setProblem] = useState<Problem | null>(null);
	const [made, setMade] = useState<{ person: StaffPerson;
		link: PasswordLink } | null>(null);
	const [busy, setBusy] = useState(false);

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		const said = (name: string): string =>
			String(data.get(name) ?? '').trim().normalize('NFC');
		const place = readPlace(form.current!);
		setBusy(true);
		setProblem(null);
		try {
			const person = await invitePerson({ login: said('login'),
				name: said('name'), locale: said('locale') as 'vi' | 'en',
				positions: place ? [place] : [] }, key.current);
			setMade({ person, link: await makeLink(person.id) });
			announce(t('invite.done'));
		} catch (error) {
			setProblem(asProblem(error));
		}
		key.current = newKey();
		setBusy(false);
	};
	if (made)
		return <>
			<PageHead title={t('invite.title')} />
			<div class="on-screen"><Note tone="ok"><p>{t('invite.done')}</p>
			</Note></div>
			<Slip name={made.person.name} login={made.person.login}
				link={made.link} />
			<p class="on-screen"><a class="button second"
				href={`/people/${made.person.id}`}>
				{t('invite.open')}</a></p>
		</>;
	return <>
		<PageHead title={t('invite.title')} about={t('invite.about')} />
		<form class="narrow" ref={form} onSubmit={(e) => void finish(e)}>
			{problem ? <Failure problem={problem} /> : null}
			<p class="field"><label for="invite-name">{t('people.name')}</label>
				<input id="invite-name" name="name" required maxLength={200}
					autocomplete="off" /></p>
			<p class="field"><label for="invite-login">{t('people.login')}
			</label><span class="hint" id="invite-login-hint">
				{t('invite.login_hint')}</span>
			<input id="invite-login" name="login" required maxLength={64}
				autocomplete="off" autocapitalize="none" spellcheck={false}
				aria-describedby="invite-login-hint" /></p>
			<p class="field"><label for="invite-locale">{t('language')}</label>
				<select id="invite-locale" name="locale">
					<option value="vi">Tiếng Việt</option>
					<option value="en">English</option></select></p>
			<PlaceFields />
			<p class="primary-act"><button type="submit" class="button"
				disabled={busy}>{t('people.invite')}</button></p>
		</form>
	</>;
}
