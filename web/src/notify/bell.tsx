/*
 * The bell in the frame: how many letters are unread.  It is counted once, and
 * again when the server says that the person's inbox has changed.
 */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n.ts';
import { useNews } from '../ui/live.ts';
import { countLetters, unread } from './api.ts';

export const WRITTEN = 'vn.truc.letter.written';
const GAP_MS = 2_000;
const MANY = 100;

export function Bell(): JSX.Element {
	const count = unread.use() ?? 0;
	const look = (): void => void countLetters().catch(() => {
		/* The next news counts again. */
	});
	useEffect(look, []);
	useNews((event) => event.type === WRITTEN, look, GAP_MS);
	return <a href="/letters">{count === 0 ? t('nav.letters')
		: <strong>{t('nav.letters_count', { n: count < MANY ? count
			: `${MANY - 1}+` })}</strong>}</a>;
}
