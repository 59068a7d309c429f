/*
 * The frame: name and places, whose unit is shown, the band of the
 * demonstration, the work, the quiet line.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { whoHelps } from '../api/first.ts';
import { formatDay } from '../dates.ts';
import { lang, setLang, t, type Lang } from '../i18n.ts';
import { address, go } from '../router.ts';
import { places, screenAt } from '../screens.ts';
import { position, rolesHere, session, standAt, standing }
	from '../session.ts';
import { Bell } from '../notify/bell.tsx';
import { Refused } from '../session/before.tsx';
import { Ending } from '../session/ending.tsx';
import { SignOut } from '../session/sign_out.tsx';
import { unsentWork } from './keep.ts';
import { announcement, telephoneHref } from './parts.tsx';
import { askLedger, ledger, saving, savingText, structure } from './quiet.ts';
import { Shortcuts } from './shortcuts.tsx';

export function Frame({ path, onLang, children }: { path: string;
    onLang: () => void; children: ComponentChildren }): JSX.Element {
	const who = session.use();
	const [card, setCard] = useState(false);
	useGlobalKeys(() => setCard(true));
	usePointer();
	return <>
		<a class="skip" href="#work" onClick={(e) => {
			e.preventDefault();
			document.getElementById('work')?.focus();
		}}>{t('skip')}</a>
		<header class="top">
			<div class="top-line">
				<a class="name" href="/">Trục</a>
				{who ? <Places path={path} /> : <span class="motto">
					{t('motto')}</span>}
				{who ? <Search /> : null}
				<a class="guide-link" href="/guide.html" target="_blank"
					rel="noopener">{t('guide')}</a>
				<Language onLang={onLang} />
			</div>
			{who ? <Standing /> : null}
		</header>
		{who?.demo ? <p class="demo-band" role="note">
			<strong>{t('demo.title')}</strong> {t('demo.text')}</p> : null}
		{who ? <Refused /> : null}
		{who ? <Ending /> : null}
		<main id="work" tabIndex={-1}>{children}</main>
		{who ? <QuietLine onCard={() => setCard(true)} /> : null}
		{card ? <Shortcuts onClose={() => setCard(false)} /> : null}
		<Announcer />
	</>;
}

/** Whether the last act was a pointer's, as a class: :focus-visible is younger
 * than some of our browsers. */
function usePointer(): void {
	useEffect(() => {
		const by = (pointer: boolean) => (): void => {
			document.documentElement.classList.toggle('by-pointer', pointer);
		};
		const pointed = by(true);
		const keyed = by(false);
		addEventListener('pointerdown', pointed, true);
		addEventListener('keydown', keyed, true);
		return () => {
			removeEventListener('pointerdown', pointed, true);
			removeEventListener('keydown', keyed, true);
		};
	}, []);
}

function Announcer(): JSX.Element {
	return <div class="unseen" role="status" aria-live="polite">
		{announcement.use()}</div>;
}

function Places({ path }: { path: string }): JSX.Element {
	const here = screenAt(path)?.row.place;
	return <nav class="places" aria-label={t('nav.label')}>
		{places().map((row) => <a key={row.path} href={row.path}
			aria-current={row.place === here ? 'page' : undefined}>
			{t(row.door.text)}</a>)}
	</nav>;
}

function Search(): JSX.Element {
	return <form class="search" role="search" onSubmit={(e) => {
		e.preventDefault();
		const input = e.currentTarget.elements.namedItem('q');
		go(address('/units', { q: (input as HTMLInputElement).value.trim() }));
	}}>
		<input type="search" name="q" id="search" autocomplete="off"
			aria-label={t('search.label')} placeholder={t('search.hint')} />
	</form>;
}

function Language({ onLang }: { onLang: () => void }): JSX.Element {
	const pick = (language: Lang): void => {
		void setLang(language).then(onLang);
	};
	return <div class="language" role="group" aria-label={t('language')}>
		<button type="button" class="plain" lang="vi"
			aria-pressed={lang() === 'vi'} onClick={() => pick('vi')}
			aria-label="VI – Tiếng Việt">VI</button>
		<span aria-hidden="true">/</span>
		<button type="button" class="plain" lang="en"
			aria-pressed={lang() === 'en'} onClick={() => pick('en')}
			aria-label="EN – English">EN</button>
	</div>;
}

function Standing(): JSX.Element {
	standing.use();
	const who = session.get()!;
	const here = position();
	const units = [...new Map(who.positions.map((p) =>
		[p.unit, p.unit_name])).entries()];
	return <div class="standing">
		<p class="where">
			{units.length > 1 ? <select aria-label={t('standing.label')}
				value={String(here?.unit)} onChange={(e) => {
					standAt(Number(e.currentTarget.value));
					go('/');
				}}>{units.map(([unit, name]) => <option key={unit}
					value={String(unit)} selected={unit === here?.unit}>
					{name}</option>)}</select>
				: <strong>{here?.unit_name}</strong>}
			{(here?.unit_path ?? []).filter((n) => n !== here?.unit_name)
				.map((name) => <span key={name}>
					<span aria-hidden="true"> ▸ </span>{name}</span>)}
		</p>
		<div class="who">{who.name}{rolesHere().map((role) =>
			<span key={role}> · {t(`role.${role}`)}</span>)}
			{' · '}<Bell />
			{' · '}<a href="/password">{t('password.link')}</a>
			{' · '}<SignOut />
		</div>
	</div>;
}

function QuietLine({ onCard }: { onCard: () => void }): JSX.Element {
	const state = saving.use();
	const day = structure.use();
	const tree = ledger.use();
	const { telephone } = whoHelps();
	/* Also what an earlier page has left: only its own screen sends it. */
	const unsent = unsentWork(session.get()!.person);
	useEffect(() => {
		void askLedger();
		const timer = setInterval(() => void askLedger(), 60_000);
		return () => clearInterval(timer);
	}, []);
	return <footer class="quiet-line">
		<p>
			{unsent.length > 0 && state.kind === 'none' ? null
				: <span class={state.kind === 'waiting' ||
					state.kind === 'conflict' ? 'alert' : undefined}>
				{savingText(state)}</span>}
			<span>{unsent.length > 0 ? <a href={unsent[0]!}>
				{t('quiet.waiting', { n: unsent.length })}</a>
				: t('quiet.waiting', { n: 0 })}</span>
			<span>{day === 'own' ? t('quiet.own')
				: t('quiet.structure', { day: formatDay(day) })}</span>
			{!tree ? null : tree.grown ? <span title={t('quiet.grown')}>
				{t('quiet.ledger', { n: tree.size })}</span>
				: <span class="alert">{t('quiet.shrunk')}</span>}
			{telephone ? <span>{t('office.telephone')} <a href={
				telephoneHref(telephone)}>{telephone}</a></span> : null}
		</p>
		<button type="button" class="plain" onClick={onCard}>
			{t('keys.open')}</button>
	</footer>;
}

/** "?" card, "/" search, g and a letter; never while something is typed. */
function useGlobalKeys(onCard: () => void): void {
	const after = useRef(0);
	useEffect(() => {
		const onKey = (event: KeyboardEvent): void => {
			const target = event.target as HTMLElement;
			if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
				document.querySelector<HTMLButtonElement>(
					'.primary-act button:not(:disabled)')?.click();
				return;
			}
			if (event.ctrlKey || event.metaKey || event.altKey ||
			    event.isComposing ||
			    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
				return;
			/* In the entry grid letters are content. */
			if (target.closest('.entry') && event.key !== '?' &&
			    event.key !== '/')
				return;
			const door = Date.now() - after.current < 1500 ?
				places().find((row) => row.door.key === event.key)
				: undefined;
			if (door) {
				after.current = 0;
				go(door.path);
			} else if (event.key === 'g') {
				after.current = Date.now();
				return;
			} else if (event.key === '?') {
				onCard();
			} else if (event.key === '/') {
				document.getElementById('search')?.focus();
			} else {
				return;
			}
			event.preventDefault();
		};
		document.addEventListener('keydown', onKey);
		return () => document.removeEventListener('keydown', onKey);
	}, []);
}
