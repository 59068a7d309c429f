/*
 * The screens of toys.
 */
import type { SliceScreen } from '../screens.ts';

const SEE = ['toy.see'];

export const screens: SliceScreen[] = [
	{ path: '/toys', title: 'nav.toys', place: 'toys', permission: SEE,
		door: { text: 'nav.toys', order: 90, key: 'y' },
		load: async () => (await import('./toys.tsx')).Toys },
];
