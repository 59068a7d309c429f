/*
 * A session ends after some hours, however it is used.  It says so before, and
 * whoever gives the password again goes on where he is.
 */
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { signIn, type Problem } from '../api/client.ts';
import { t } from '../i18n.ts';
import { beginSession, session, sessionLeft } from '../session.ts';
import { asProblem } from '../ui/load.ts';
import { Failure } from '../ui/parts.tsx';

const WARN_MS = 5 * 60_000;
const LOOK_MS = 10_000;

/** Above every screen, from a few minutes before the end on. */
export function Ending(): JSX.Element | null {
	const who = session.use();
	const [, look] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => look((n) => n + 1), LOOK_MS);
		return () => clearInterval(timer);
	}, []);
	const left = sessionLeft();
	if (!who || left > WARN_MS)
		return null;
	return <Stay login={who.login} minutes={Math.max(1,
		Math.ceil(left / 60_000))} />;
}

function Stay({ login, minutes }: { login: string; minutes: number }):
    JSX.Element {
	const id = useId();
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<Problem>();
	const stay = async (event: SubmitEvent): Promise<void> => {
		event.preventDefault();
		const data = new FormData(event.currentTarget as HTMLFormElement);
		setBusy(true);
		setProblem(undefined);
		try {
			beginSession(await signIn(login, String(data.get('password'))));
		} catch (error) {
			setProblem(asProblem(error));
		}
		setBusy(false);
	};
	return <form class="note warn ending" onSubmit={(e) => void stay(e)}>
		<p role="alert">{t('ending.text', { n: minutes })}</p>
		{problem ? <Failure problem={problem} /> : null}
		<p class="acts"><label for={id}>{t('ending.password', { login })}</label>
			<input id={id} name="password" type="password" required
				maxLength={200} autocomplete="current-password" />
			<button type="submit" class="button second" disabled={busy}>
				{t('ending.stay')}</button></p>
	</form>;
}
