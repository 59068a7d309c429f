/*
 * Roles in words, and which of them this person may give: what the server then
 * judges is the unit.
 */
import { t } from '../i18n.ts';
import { session } from '../session.ts';
import type { Role } from './calls.ts';

const ALL: Role[] = ['clerk', 'leader', 'collector', 'viewer', 'unit_admin',
	'area_admin', 'centre', 'admin'];
const GIVES: Partial<Record<Role, Role[]>> = {
	unit_admin: ['clerk', 'leader'],
	area_admin: ['clerk', 'leader', 'collector', 'viewer', 'unit_admin',
		'area_admin'],
	admin: ALL,
};

export function rolesToGive(): Role[] {
	const mine = (session.get()?.positions ?? []).flatMap((at) =>
		GIVES[at.role] ?? []);
	return ALL.filter((role) => mine.includes(role));
}

export const allRoles = ALL;

export function roleName(role: Role | null): string {
	return role === null ? '' : t(`role.${role}`);
}

/** What the role may do, in one line. */
export function roleAbout(role: Role): string {
	return t(`role_about.${role}`);
}
