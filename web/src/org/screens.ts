/*
 * The screens of units.
 */
import type { SliceScreen } from '../screens.ts';

const READ = ['unit.read'];

export const screens: SliceScreen[] = [
	{ path: '/units', title: 'nav.units', place: 'units', permission: READ,
		door: { text: 'nav.units', order: 40, key: 'd' },
		load: async () => (await import('./units.tsx')).Units },
	{ path: '/units/{ref}', title: 'nav.units', place: 'units',
		permission: READ,
		load: async () => (await import('./unit.tsx')).UnitPage },
];
