/*
 * The one card of shortcuts.  <dialog> is above our floor: this keeps the focus
 * inside and gives it back.
 */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t, type TextKey } from '../i18n.ts';
import { allPlaces } from '../screens.ts';

const KEYS: [TextKey, [string, TextKey][]][] = [
	['keys.everywhere', [
		['?', 'keys.card'],
		['/', 'keys.search'],
		['Ctrl Enter', 'keys.primary'],
	]],
	['keys.grid', [
		['← ↑ → ↓', 'keys.move'],
		['Enter', 'keys.down'],
		['Tab', 'keys.right'],
		['F2', 'keys.edit'],
		['Delete', 'keys.clear'],
		['Esc', 'keys.escape'],
		['Shift ← ↑ → ↓', 'keys.select'],
		['Ctrl A', 'keys.all'],
		['Ctrl C / Ctrl V', 'keys.copy'],
		['Ctrl Z / Ctrl Y', 'keys.undo'],
		['x', 'keys.none'],
	]],
];

/** The keys with those of the places put in, each letter once. */
function keys(): typeof KEYS {
	const doors = new Map(allPlaces().map((row): [string, TextKey] =>
		[`g ${row.door.key}`, row.door.text]));
	return KEYS.map(([title, list], i) => [title, i > 0 ? list
		: [...list.slice(0, 2), ...doors, ...list.slice(2)]]);
}

export function Shortcuts({ onClose }: { onClose: () => void }): JSX.Element {
	const card = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		card.current?.querySelector('button')?.focus();
		return () => before?.focus();
	}, []);
	return <div class="veil" onClick={(e) => {
		if (e.target === e.currentTarget)
			onClose();
	}} onKeyDown={(e) => {
		if (e.key === 'Escape')
			onClose();
		/* One button: Tab has nowhere else to go. */
		if (e.key === 'Tab')
			e.preventDefault();
	}}>
		<div class="card" role="dialog" aria-modal="true" ref={card}
			aria-labelledby="keys-title">
			<h2 id="keys-title">{t('keys.title')}</h2>
			<div class="columns">{keys().map(([title, list]) =>
				<section key={title}><h3>{t(title)}</h3>
					<dl>{list.map(([key, text]) => <div key={key}>
						<dt>{key.split(' ').map((k) => /^\/$/.test(k) &&
							key.length > 1 ? <span key={k}> / </span>
							: <kbd key={k}>{k}</kbd>)}</dt>
						<dd>{t(text)}</dd></div>)}</dl>
				</section>)}</div>
			<p class="acts"><button type="button" class="button"
				onClick={onClose}>{t('close')}</button></p>
		</div>
	</div>;
}
