/*
 * Signing out.  What can be sent is sent first; what cannot is asked about,
 * because it goes with everything else that the browser keeps of the person.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut, type Problem } from '../api/client.ts';
import { t } from '../i18n.ts';
import { session } from '../session.ts';
import { clearKept, sendOpenWork, unsentWork } from '../ui/keep.ts';
import { asProblem } from '../ui/load.ts';
import { Failure } from '../ui/parts.tsx';

export function SignOut(): JSX.Element {
	const [unsent, setUnsent] = useState<string[] | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [busy, setBusy] = useState(false);
	const person = session.get()!.person;

	const leave = async (): Promise<void> => {
		setBusy(true);
		try {
			await signOut();
		} catch (error) {
			const failed = asProblem(error);
			/* It was over already: the rest is still to be done. */
			if (failed.status !== 401) {
				setBusy(false);
				setUnsent(unsentWork(person));
				setProblem(failed);
				return;
			}
		}
		clearKept(person);
		/* A new page: nothing of this one stays in memory. */
		location.assign('/');
	};
	const ask = async (): Promise<void> => {
		setBusy(true);
		setProblem(null);
		await sendOpenWork().catch(() => undefined);
		const left = unsentWork(person);
		if (left.length === 0) {
			await leave();
			return;
		}
		setBusy(false);
		setUnsent(left);
	};
	return <>
		<button type="button" class="plain" disabled={busy}
			onClick={() => void ask()}>{t('sign_out')}</button>
		{unsent ? <Unsent unsent={unsent} problem={problem} busy={busy}
			onStay={() => setUnsent(null)} onLeave={() => void leave()} />
			: null}
	</>;
}

/* A modal card like that of the keys; Tab goes round inside. */
function Unsent({ unsent, problem, busy, onStay, onLeave }: {
    unsent: string[]; problem: Problem | null; busy: boolean;
    onStay: () => void; onLeave: () => void }): JSX.Element {
	const card = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		card.current?.querySelector('button')?.focus();
		return () => before?.focus();
	}, []);

	const onKey = (event: KeyboardEvent): void => {
		const stops = [...card.current!.querySelectorAll<HTMLElement>(
			'a, button:not(:disabled)')];
		const ends = event.shiftKey ? [stops[0], stops[stops.length - 1]]
			: [stops[stops.length - 1], stops[0]];
		event.stopPropagation();
		if (event.key === 'Escape')
			onStay();
		if (event.key === 'Tab' && document.activeElement === ends[0]) {
			event.preventDefault();
			ends[1]?.focus();
		}
	};
	return <div class="veil" onKeyDown={onKey}>
		<div class="card ask" role="alertdialog" aria-modal="true" ref={card}
			aria-labelledby="unsent-title" aria-describedby="unsent-text">
			<h2 id="unsent-title">{unsent.length > 0
				? t('sign_out.title', { n: unsent.length })
				: t('sign_out.failed')}</h2>
			{problem ? <Failure problem={problem} /> : null}
			<p id="unsent-text">{unsent.length > 0 ? t('sign_out.text')
				: t('sign_out.failed_text')}</p>
			{unsent.length > 0 ? <ul class="unsent-list">
				{unsent.map((href, i) => <li key={href}><a href={href}
					onClick={onStay}>{t('sign_out.open', { n: i + 1 })}</a>
				</li>)}</ul> : null}
			<p class="acts">
				<button type="button" class="button" onClick={onStay}>
					{t('sign_out.stay')}</button>
				<button type="button" class={unsent.length > 0
					? 'button danger' : 'button second'} disabled={busy}
				onClick={onLeave}>{t(unsent.length > 0 ? 'sign_out.leave'
					: 'problem.retry')}</button>
			</p>
		</div>
	</div>;
}
