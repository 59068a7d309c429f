/*
 * The screens of administrators: people, one of them, who may do what in a unit;
 * and, for everybody, setting a password by the code of a link or slip.
 */
import type { SliceScreen } from '../screens.ts';

const MANAGE = ['user.manage'];

export const screens: SliceScreen[] = [
	{ path: '/people', title: 'nav.people', place: 'people', permission: MANAGE,
		door: { text: 'nav.people', order: 60, key: 'n' },
		load: async () => (await import('./people.tsx')).People },
	{ path: '/people/new', title: 'nav.people', place: 'people',
		permission: MANAGE,
		load: async () => (await import('./invite.tsx')).Invite },
	{ path: '/people/{id}', title: 'nav.people', place: 'people',
		permission: MANAGE,
		load: async () => (await import('./person.tsx')).PersonPage },
	{ path: '/units/{ref}/people', title: 'nav.people', place: 'people',
		permission: MANAGE,
		load: async () => (await import('./actors.tsx')).Actors },
	{ path: '/set-password', title: 'nav.set_password', open: true,
		load: async () => (await import('./set_password.tsx')).SetPassword },
];
