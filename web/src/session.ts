/*
 * Who is signed in, and as what: a person may hold several positions, and one
 * of their units they act for.
 */
import { sendAs } from './api/client.ts';
import type { Position, Session } from './api/types.ts';
import { keep, readKept, watchPerson } from './ui/keep.ts';
import { store } from './ui/store.ts';

/** undefined: not asked yet; null: nobody. */
export const session = store<Session | null | undefined>(undefined);

/** The unit the person acts for; 0: that of their first position. */
export const standing = store<number>(0);

export function standAt(unit: number): void {
	standing.set(unit);
	keep('unit', session.get()!.person, undefined, String(unit));
}

let last = 0;
let lastLogin = '';
let ends = Infinity;

/** Milliseconds until the session ends, however it is used. */
export function sessionLeft(): number {
	return ends - Date.now();
}

/** Who was signed in on this page, once the session is over; else empty. */
export function loginBefore(): string {
	return lastLogin;
}

/**
 * A person is signed in, or nobody any more.  After somebody else the page is
 * loaded anew: nothing in its memory is for them.
 */
export function beginSession(who: Session | null): void {
	if (who && last !== 0 && last !== who.person) {
		location.reload();
		return;
	}
	ends = who?.ends_in == null ? Infinity : Date.now() + who.ends_in * 1000;
	if (who)
		lastLogin = who.login;
	if (who && last === 0) {
		last = who.person;
		sendAs(who.person);
		standing.set(Number(readKept('unit', who.person)));
		watchPerson(who.person);
	}
	session.set(who);
}

export function may(permission: string): boolean {
	return session.get()?.permissions.includes(permission) ?? false;
}

/** One of them, somewhere. */
export function mayAny(permissions: string[]): boolean {
	return permissions.some(may);
}

/** Has the person ever something to do on reports, or only to look at them? */
export function hasWork(): boolean {
	return mayAny(['report.edit', 'report.sign', 'report.review']);
}

/** The position at the unit the person acts for, else the first. */
export function position(): Position | undefined {
	const positions = session.get()?.positions ?? [];
	return positions.find((p) => p.unit === standing.get()) ?? positions[0];
}

const WIDE: Position['role'][] = ['collector', 'viewer', 'centre'];

/** A position whose rights reach below its own unit, if there is one. */
export function widePosition(): Position | undefined {
	const here = position();
	const wide = (session.get()?.positions ?? []).filter((p) =>
		WIDE.includes(p.role));
	return wide.find((p) => p.unit === here?.unit) ?? wide[0];
}

/** All roles the person has at that unit. */
export function rolesHere(): Position['role'][] {
	const unit = position()?.unit;
	return (session.get()?.positions ?? [])
		.filter((p) => p.unit === unit).map((p) => p.role);
}
