/*
 * One sentence that outlives a change of page: what the last act did.  It stays
 * in view until it is closed or the place is left.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n.ts';
import { announce } from './parts.tsx';
import { store } from './store.ts';

interface Shown {
	text: string;
	/** The path it is to be seen on. */
	path: string;
}

const flash = store<Shown | null>(null);

export function showFlash(text: string, path: string): void {
	flash.set({ text, path });
	announce(text);
}

export function Flash({ path }: { path: string }): JSX.Element | null {
	const said = flash.use();
	useEffect(() => () => {
		if (flash.get()?.path === path)
			flash.set(null);
	}, []);
	if (said?.path !== path)
		return null;
	return <div class="note ok said"><p>{said.text}</p>
		<button type="button" class="plain" onClick={() => flash.set(null)}>
			{t('close')}</button></div>;
}
