/*
 * The start: texts, who is signed in, and the screen of the address.
 */
import { render, type ComponentType, type JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { readSession, whenSignedOut } from './api/client.ts';
import { keptLang, setLang, t } from './i18n.ts';
import { matchRoute, onMove, startRouter, type Place, type Route }
	from './router.ts';
import { session } from './session.ts';
import { SignIn } from './session/sign_in.tsx';
import { Work } from './report/work.tsx';
import { Frame } from './ui/frame.tsx';
import { asProblem } from './ui/load.ts';
import { Failure, moved, PageHead, Waiting } from './ui/parts.tsx';
import type { Problem } from './api/client.ts';

export type Where = Place<unknown>;
type Screen = ComponentType<{ place: Where }>;
type Entry = { name: string; load: () => Promise<Screen> };

/* The first screen is here; the others come when they are opened. */
const ROUTES: Route<Entry>[] = [
	{ pattern: '/', screen: { name: 'work', load: async () => Work } },
	{ pattern: '/reports', screen: { name: 'reports', load: async () =>
		(await import('./report/reports.tsx')).Reports } },
	{ pattern: '/reports/new', screen: { name: 'entry', load: async () =>
		(await import('./report/entry.tsx')).NewEntry } },
	{ pattern: '/reports/{id}', screen: { name: 'report', load: async () =>
		(await import('./report/report.tsx')).ReportPage } },
	{ pattern: '/reports/{id}/entry', screen: { name: 'entry', load: async () =>
		(await import('./report/entry.tsx')).Entry } },
	{ pattern: '/review', screen: { name: 'review', load: async () =>
		(await import('./report/review.tsx')).Review } },
	{ pattern: '/country', screen: { name: 'country', load: async () =>
		(await import('./centre/country.tsx')).Country } },
	{ pattern: '/units', screen: { name: 'units', load: async () =>
		(await import('./org/units.tsx')).Units } },
	{ pattern: '/units/{ref}', screen: { name: 'unit', load: async () =>
		(await import('./org/unit.tsx')).UnitPage } },
	{ pattern: '/password', screen: { name: 'password', load: async () =>
		(await import('./session/password.tsx')).Password } },
];

const loaded = new Map<string, Screen>([['/', Work]]);

function here(): { place: Where; pattern: string; entry?: Entry } {
	const found = matchRoute(
		ROUTES.map((route) => ({ pattern: route.pattern, screen: route })),
		location.pathname);
	return {
		place: { screen: undefined, path: location.pathname,
			params: found?.params ?? {},
			query: new URLSearchParams(location.search) },
		pattern: found?.screen.pattern ?? '',
		entry: found?.screen.screen,
	};
}

function App(): JSX.Element {
	const who = session.use();
	const [now, setNow] = useState(here);
	const [, setTurn] = useState(0);
	const [problem, setProblem] = useState<Problem>();

	/* Before the effects of any screen: one of them may move at once. */
	useLayoutEffect(() => onMove(() => {
		moved.yet = true;
		setNow((old) => {
			const next = here();
			if (next.place.path !== old.place.path)
				scrollTo(0, 0);
			return next;
		});
	}), []);

	const { pattern, entry } = now;
	const Screen = loaded.get(pattern);
	useEffect(() => {
		if (!who || !entry || Screen)
			return;
		setProblem(undefined);
		entry.load().then((screen) => {
			loaded.set(pattern, screen);
			setTurn((n) => n + 1);
		}, (error: unknown) => setProblem(asProblem(error)));
	}, [who, pattern]);

	let content: JSX.Element;
	if (who === undefined)
		content = <Waiting slow={false} />;
	else if (who === null)
		content = <SignIn />;
	else if (!entry)
		content = <PageHead title={t('missing.title')}>
			{t('missing.text')}</PageHead>;
	else if (Screen)
		/* A new path is a new page, another query the same one. */
		content = <Screen key={now.place.path} place={now.place} />;
	else if (problem)
		content = <Failure problem={problem}
			retry={() => location.reload()} />;
	else
		content = <Waiting slow={false} />;
	return <Frame path={now.place.path}
		onLang={() => setTurn((n) => n + 1)}>{content}</Frame>;
}

async function start(): Promise<void> {
	const asked = readSession().catch(() => null);
	await setLang(keptLang());
	startRouter();
	whenSignedOut(() => session.set(null));
	session.set(await asked);
	render(<App />, document.getElementById('app')!);
}

void start();
