/*
 * The start: texts, who is signed in, and the screen of the address.
 */
import { render, type ComponentType, type JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { readSession, whenSignedOut } from './api/client.ts';
import { forgetFirst, isNobody, readFirst } from './api/first.ts';
import { keptLang, openTexts, setLang, t } from './i18n.ts';
import { onMove, startRouter, type Where } from './router.ts';
import { mayOpen, screenAt, type Screen } from './screens.ts';
import { beginSession, session } from './session.ts';
import { SignIn } from './session/sign_in.tsx';
import { Frame } from './ui/frame.tsx';
import { asProblem } from './ui/load.ts';
import { Failure, LateWaiting, moved, PageHead } from './ui/parts.tsx';
import type { Problem } from './api/client.ts';

type Component = ComponentType<{ place: Where }>;

/* By the path of their row; what is here is drawn at once. */
const loaded = new Map<string, Component>();

async function open(row: Screen): Promise<void> {
	const [component] = await Promise.all([row.load(), openTexts(row.slice)]);
	loaded.set(row.path, component);
}

function here(): { place: Where; row?: Screen } {
	const found = screenAt(location.pathname);
	return {
		place: { path: location.pathname, params: found?.params ?? {},
			query: new URLSearchParams(location.search) },
		row: found?.row,
	};
}

/** unknown: why it could not be said who is signed in. */
function App({ unknown }: { unknown?: Problem }): JSX.Element {
	const who = session.use();
	const [now, setNow] = useState(here);
	const [, setTurn] = useState(0);
	const [problem, setProblem] = useState<Problem>();

	/* Before the effects of any screen: one of them may move at once. */
	useLayoutEffect(() => onMove(() => {
		moved.yet = true;
		forgetFirst();
		setNow((old) => {
			const next = here();
			if (next.place.path !== old.place.path)
				scrollTo(0, 0);
			return next;
		});
	}), []);

	const { row } = now;
	const Component = row && loaded.get(row.path);
	useEffect(() => {
		if (!row || Component || !(row.open || (who && mayOpen(row))))
			return;
		setProblem(undefined);
		open(row).then(() => setTurn((n) => n + 1),
			(error: unknown) => setProblem(asProblem(error)));
	}, [who, row]);
	/* Before the screen's own head, which says more. */
	useLayoutEffect(() => {
		if ((who || row?.open) && row && Component)
			document.title = `${t(row.title)} · Trục`;
	}, [who, row, Component]);

	let content: JSX.Element;
	const isOpen = row?.open === true;
	if (who === undefined)
		content = unknown ? <Failure problem={unknown}
			retry={() => location.reload()} /> : <LateWaiting />;
	else if (who === null && !isOpen)
		content = <SignIn />;
	else if (!row)
		content = <PageHead title={t('missing.title')}>
			{t('missing.text')}</PageHead>;
	else if (!isOpen && !mayOpen(row))
		content = <PageHead title={t('denied.title')}>
			{t('denied.text')}</PageHead>;
	else if (Component)
		/* A new path is a new page, another query the same one. */
		content = <Component key={now.place.path} place={now.place} />;
	else if (problem)
		content = <Failure problem={problem}
			retry={() => location.reload()} />;
	else
		content = <LateWaiting />;
	return <Frame path={now.place.path}
		onLang={() => setTurn((n) => n + 1)}>{content}</Frame>;
}

async function start(): Promise<void> {
	readFirst(document.getElementById('first')?.textContent, keptLang());
	let unknown: Problem | undefined;
	const asked = readSession().catch((error: unknown) => {
		unknown = asProblem(error);
		return undefined;
	});
	const { row } = here();
	await Promise.all([setLang(keptLang()),
		/* Failing, it is tried again by the App, which can say so. */
		row && (row.open || !isNobody()) ? open(row).catch(() => undefined)
			: undefined]);
	startRouter();
	whenSignedOut(() => beginSession(null));
	const who = await asked;
	if (who !== undefined)
		beginSession(who);
	render(<App unknown={unknown} />, document.getElementById('app')!);
	/* Only where the browser allows it: over TLS, or on this machine. */
	navigator.serviceWorker?.register('/worker.js').catch(() => undefined);
}

void start();
