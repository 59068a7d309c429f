/*
 * The screen of letters; its door is the bell of the frame.
 */
import type { SliceScreen } from '../screens.ts';

export const screens: SliceScreen[] = [
	{ path: '/letters', title: 'nav.letters', place: 'letters',
		permission: ['letter.own'],
		load: async () => (await import('./letters.tsx')).Letters },
];
