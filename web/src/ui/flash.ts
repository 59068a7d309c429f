/*
 * One sentence that outlives a change of page: what the last act did.
 */
import { announce } from './parts.tsx';
import { store } from './store.ts';

export interface Flash {
	tone: 'ok' | 'warn';
	text: string;
	/** The path it is to be seen on. */
	path: string;
}

export const flash = store<Flash | null>(null);

export function tell(tone: Flash['tone'], text: string, path: string): void {
	flash.set({ tone, text, path });
	announce(text);
}
