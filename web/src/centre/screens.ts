/*
 * The screens of the Centre.
 */
import type { SliceScreen } from '../screens.ts';

export const screens: SliceScreen[] = [
	{ path: '/country', title: 'nav.country', place: 'country',
		permission: ['figures.read'],
		door: { text: 'nav.country', order: 30, key: 'c' },
		load: async () => (await import('./country.tsx')).Country },
];
