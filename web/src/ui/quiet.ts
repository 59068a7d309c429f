/*
 * The quiet line at the foot: the machine's word on saving, structure and
 * ledger.
 */
import { readLedgerSize } from '../api/client.ts';
import { t } from '../i18n.ts';
import { store } from './store.ts';

export type Saving =
	| { kind: 'none' }
	/* Typed, and on its way within a moment. */
	| { kind: 'typed' }
	| { kind: 'saved'; at: string }
	| { kind: 'saving' }
	| { kind: 'waiting'; at: string }
	| { kind: 'conflict' };

export function savingText(state: Saving): string {
	return state.kind === 'saved' || state.kind === 'waiting'
		? t(`saving.${state.kind}`, { at: state.at })
		: t(`saving.${state.kind}`);
}

export const saving = store<Saving>({ kind: 'none' });
/** "own", or the day of the structure that the figures on the screen follow. */
export const structure = store<string>('own');

export interface Ledger {
	size: number;
	/** It has never been smaller than we saw it before. */
	grown: boolean;
}
export const ledger = store<Ledger | null>(null);

export async function askLedger(): Promise<void> {
	try {
		const size = await readLedgerSize();
		const before = ledger.get()?.size ?? 0;
		if (Number.isFinite(size))
			ledger.set({ size: Math.max(size, before), grown: size >= before });
	} catch {
		/* The line keeps what it knew: it is no place for alarms. */
	}
}
