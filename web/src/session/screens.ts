/*
 * The screens of one's own account; signing in has no address of its own.
 */
import type { SliceScreen } from '../screens.ts';

export const screens: SliceScreen[] = [
	{ path: '/password', title: 'password.title',
		load: async () => (await import('./password.tsx')).Password },
];
