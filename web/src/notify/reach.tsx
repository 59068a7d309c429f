/*
 * How a person is reached beside the inbox.
 */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import type { Contact } from '../api/types.ts';
import { t } from '../i18n.ts';
import { asProblem, useLoad } from '../ui/load.ts';
import { announce, Failure } from '../ui/parts.tsx';
import { readContact, saveContact } from './api.ts';

export function Reach(): JSX.Element | null {
	const load = useLoad('contact', readContact);
	return load.data ? <Form own={load.data} onDone={load.put} /> : null;
}

function Form({ own, onDone }: { own: Contact;
    onDone: (own: Contact) => void }): JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	const [problem, setProblem] = useState<Problem>();

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		setProblem(undefined);
		try {
			onDone(await saveContact({
				email: String(data.get('email')).trim(),
				telephone: String(data.get('telephone')).trim(),
				by_mail: data.has('by_mail'),
				by_message: data.has('by_message') }));
			announce(t('reach.saved'));
		} catch (error) {
			setProblem(asProblem(error));
		}
	};
	const box = (name: 'by_mail' | 'by_message', there: boolean,
	    failure: string | null | undefined): JSX.Element | null =>
		there || own[name] ? <p><label><input type="checkbox" name={name}
			defaultChecked={own[name]} /> {t(`reach.${name}`)}</label>
		{failure ? <span class="alert"> {t('reach.failed')}</span> : null}</p>
			: null;
	return <section>
		<h2>{t('reach.title')}</h2>
		{problem ? <Failure problem={problem} /> : null}
		<form ref={form} class="narrow" onSubmit={(e) => void finish(e)}>
			<p class="field"><label for="email">{t('reach.email')}</label>
				<input id="email" name="email" type="email" maxLength={254}
					autocomplete="email" defaultValue={own.email ?? ''} /></p>
			<p class="field"><label for="telephone">{t('reach.telephone')}
			</label><input id="telephone" name="telephone" type="tel"
				maxLength={20} autocomplete="tel"
				defaultValue={own.telephone ?? ''} /></p>
			{box('by_mail', own.has_mail, own.mail_failure)}
			{box('by_message', own.has_message, own.message_failure)}
			<p><button type="submit" class="button second">
				{t('reach.save')}</button></p>
		</form>
	</section>;
}
