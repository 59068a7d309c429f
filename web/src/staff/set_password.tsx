/*
 * Setting a password by the code of a link or a slip; nobody need be signed in.
 * The code of a link is behind '#', which is sent to no server, and leaves the
 * address at once.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.ts';
import { Problem as Fault } from '../api/client.ts';
import type { PasswordSet } from '../api/types.ts';
import { t } from '../i18n.ts';
import { asProblem } from '../ui/load.ts';
import { Failure, Note, PageHead } from '../ui/parts.tsx';
import { setPassword } from './calls.ts';

const SHORTEST = 10;

function codeOfAddress(): string {
	const code = location.hash.slice(1);
	if (code !== '')
		history.replaceState(history.state, '', location.pathname);
	return code;
}

export function SetPassword(): JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	const [code] = useState(codeOfAddress);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [done, setDone] = useState<PasswordSet | null>(null);
	const [busy, setBusy] = useState(false);
	useEffect(() => {
		document.getElementById(code === '' ? 'set-code' : 'set-new')?.focus();
	}, []);

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		const fresh = String(data.get('new'));
		if (fresh !== String(data.get('again'))) {
			setProblem(new Fault(0, { title: t('set.differ') }));
			return;
		}
		setBusy(true);
		setProblem(null);
		try {
			setDone(await setPassword({ code: String(data.get('code')).trim(),
				new: fresh }));
		} catch (error) {
			setProblem(asProblem(error));
		}
		setBusy(false);
	};
	if (done)
		return <>
			<PageHead title={t('set.title')} />
			<div role="status"><Note tone="ok"><p>{t('set.done',
				{ name: done.name, login: done.login })}</p></Note></div>
			<p><a class="button" href="/" onClick={(e) => {
				/* Anew: whoever was signed in here before may be no longer. */
				e.preventDefault();
				e.stopPropagation();
				location.assign('/');
			}}>{t('sign_in.act')}</a></p>
		</>;
	return <>
		<PageHead title={t('set.title')} about={t('set.about')} />
		<form class="narrow" ref={form} onSubmit={(e) => void finish(e)}>
			{problem ? <Failure problem={problem} /> : null}
			<p class="field"><label for="set-code">{t('slip.code')}</label>
				<span class="hint" id="set-code-hint">{t('set.code_hint')}</span>
				<input id="set-code" name="code" required maxLength={200}
					defaultValue={code} autocomplete="off"
					autocapitalize="none" spellcheck={false}
					aria-describedby="set-code-hint" /></p>
			<p class="field"><label for="set-new">{t('set.new')}</label>
				<span class="hint" id="set-new-hint">
					{t('set.hint', { n: SHORTEST })}</span>
				<input id="set-new" name="new" type="password" required
					minLength={SHORTEST} maxLength={200}
					aria-describedby="set-new-hint"
					autocomplete="new-password" /></p>
			<p class="field"><label for="set-again">{t('set.again')}</label>
				<input id="set-again" name="again" type="password" required
					maxLength={200} autocomplete="new-password" /></p>
			<p class="primary-act"><button type="submit" class="button"
				disabled={busy}>{t('set.act')}</button></p>
		</form>
	</>;
}
