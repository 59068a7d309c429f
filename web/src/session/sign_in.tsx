/*
 * Signing in.  It replaces whatever screen was asked for and leaves the address
 * as it is, so that work goes on where it was.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signIn, type Problem } from '../api/client.ts';
import { whoHelps } from '../api/first.ts';
import { t } from '../i18n.ts';
import { beginSession, loginBefore } from '../session.ts';
import { lastPerson, unsentWork } from '../ui/keep.ts';
import { asProblem } from '../ui/load.ts';
import { Failure, Icon, LateWaiting, telephoneHref } from '../ui/parts.tsx';
import { withPatience } from './patience.ts';

export function SignIn(): JSX.Element {
	const form = useRef<HTMLFormElement>(null);
	const [problem, setProblem] = useState<Problem>();
	const [busy, setBusy] = useState(false);
	/** Seconds until we try again; undefined: the server did not ask us to. */
	const [left, setLeft] = useState<number>();
	const waiting = useRef<AbortController | undefined>(undefined);

	useEffect(() => {
		document.title = `${t('sign_in.title')} · Trục`;
		form.current?.querySelector<HTMLInputElement>(loginBefore() === ''
			? '#login' : '#password')?.focus();
	}, []);

	const finish = async (event: Event): Promise<void> => {
		event.preventDefault();
		const data = new FormData(form.current!);
		const stop = waiting.current = new AbortController();
		setBusy(true);
		setProblem(undefined);
		try {
			beginSession(await withPatience(() =>
				signIn(String(data.get('login')).trim(),
					String(data.get('password'))), setLeft, stop.signal));
		} catch (error) {
			setBusy(false);
			setLeft(undefined);
			setProblem(asProblem(error));
			form.current?.querySelector<HTMLInputElement>(
				'[name=password]')?.focus();
		}
	};
	return <div class="sign-in">
		<h1>{t('sign_in.title')}</h1>
		<p class="about">{t('sign_in.what')} {t('sign_in.about')}</p>
		<Kept />
		{problem?.status === 401 ? <div class="note bad" role="alert">
			<p><Icon name="late" /> {problem.detail}</p></div>
			: problem ? <Failure problem={problem} /> : null}
		<form ref={form} onSubmit={(e) => void finish(e)}>
			<p class="field"><label for="login">{t('sign_in.login')}</label>
				<input id="login" name="login" type="text" required
					maxLength={200} autocomplete="username"
					defaultValue={loginBefore()}
					autocapitalize="none" spellcheck={false} /></p>
			<p class="field"><label for="password">{t('sign_in.password')}</label>
				<input id="password" name="password" type="password" required
					maxLength={200} autocomplete="current-password" /></p>
			<p class="primary-act"><button type="submit" class="button"
				disabled={busy}>{t('sign_in.act')}</button></p>
			{left !== undefined ? <div class="note info">
				<p role="status">{t('sign_in.crowd')}</p>
				<p>{left > 0 ? t('sign_in.again', { n: left })
					: t('loading')}{' '}
				<button type="button" class="button second" onClick={() =>
					waiting.current?.abort()}>{t('cancel')}</button></p>
			</div> : busy ? <LateWaiting /> : null}
		</form>
		<p>{t('sign_in.first')} <a href="/set-password">
			{t('sign_in.code')}</a></p>
		<Office />
	</div>;
}

/** The session ended by itself: what was typed is not lost. */
function Kept(): JSX.Element | null {
	const unsent = unsentWork(lastPerson()).length;
	if (unsent === 0 && loginBefore() === '')
		return null;
	return <div class="note warn" role="status">
		{loginBefore() === '' ? null : <p>{t('sign_in.ended')}</p>}
		{unsent > 0 ? <p>{t('sign_in.kept', { n: unsent })}</p> : null}
	</div>;
}

/** Who runs this, and where to get help: as far as the operator said so. */
function Office(): JSX.Element {
	const { name, telephone } = whoHelps();
	return <div class="office">
		{name ? <p>{t('office.name')} <strong>{name}</strong></p> : null}
		{telephone ? <p>{t('office.telephone')} <a href={
			telephoneHref(telephone)}>{telephone}</a></p>
			: null}
		<p>{t(telephone ? 'office.lost' : 'office.nobody')}</p>
	</div>;
}
