/*
 * What this browser keeps of a person: one place for it, every key with its
 * person, so that nobody else on the same machine is shown it, and all of it
 * goes at sign-out.  (The language is the machine's and stays.)
 */

/* Of a report by its number; of one that is not opened yet by the query of its
 * obligation. */
const entryOf = (of: string): string => /^\d+$/.test(of)
	? `/reports/${of}/entry` : `/reports/new?${of}`;

/* The kinds.  Of what the server does not have yet: where to send it. */
const UNSENT: Record<string, (of: string) => string> = {
	draft: entryOf,
	/* Typed there, but no figure: it can be sent once it is put right. */
	refused: entryOf,
};
export type Kind = 'draft' | 'refused' | 'reason' | 'unit' | 'seen';
export type Of = number | string;

/** Who is signed in on this machine; other tabs watch it. */
const WHO = 'truc.who';

/*
 * Somebody else is signed in by now, or nobody: this page must neither keep nor
 * send any more of the person it was for.
 */
let over = false;

export function isOver(): boolean {
	return over;
}

function keyOf(kind: Kind, person: number, of?: Of): string {
	return `truc.${kind}.${person}${of === undefined ? '' : `.${of}`}`;
}

export function readKept(kind: Kind, person: number, of?: Of):
    string | null {
	try {
		return localStorage.getItem(keyOf(kind, person, of));
	} catch {
		return null;
	}
}

/** No room or not allowed: then the page itself is the only keeper. */
export function keep(kind: Kind, person: number, of: Of | undefined,
    text: string): void {
	if (over)
		return;
	try {
		localStorage.setItem(keyOf(kind, person, of), text);
	} catch {
		/* See above. */
	}
}

export function drop(kind: Kind, person: number, of?: Of): void {
	try {
		localStorage.removeItem(keyOf(kind, person, of));
	} catch {
		/* It was not there. */
	}
}

function keysOf(person: number): string[] {
	const own = new RegExp(`^truc\\.[a-z]+\\.${person}(\\.|$)`);
	try {
		return Object.keys(localStorage).filter((key) => own.test(key));
	} catch {
		return [];
	}
}

/** Whom this machine was for last, as far as they did not sign out; or 0. */
export function lastPerson(): number {
	try {
		return Number(localStorage.getItem(WHO) ?? '');
	} catch {
		return 0;
	}
}

/** Addresses of the work that is kept here and nowhere else. */
export function unsentWork(person: number): string[] {
	return [...new Set(keysOf(person).flatMap((key) => {
		const [, kind = '', of] = /^truc\.([a-z]+)\.\d+\.(.+)$/.exec(key) ??
			[];
		return of && kind in UNSENT ? [UNSENT[kind]!(of)] : [];
	}))];
}

/** Signed out: nothing of the person stays. */
export function clearKept(person: number): void {
	over = true;
	for (const key of keysOf(person))
		localStorage.removeItem(key);
	note('');
}

function note(who: string): void {
	try {
		localStorage.setItem(WHO, who);
	} catch {
		/* Then other tabs learn it from the server. */
	}
}

/**
 * This page is for that person.  When another tab signs them out, or somebody
 * else in, it is loaded anew.
 */
export function watchPerson(person: number): void {
	note(String(person));
	addEventListener('storage', (event) => {
		if (event.key !== WHO || event.newValue === String(person))
			return;
		over = true;
		location.reload();
	});
}

/* Open work that can still be sent when the person wants to go. */
const savers = new Set<() => Promise<void>>();

export function onLeaving(save: () => Promise<void>): () => void {
	savers.add(save);
	return () => savers.delete(save);
}

export async function sendOpenWork(): Promise<void> {
	await Promise.all([...savers].map((save) => save()));
}
