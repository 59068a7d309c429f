/*
 * The first data of a page: what the server put into it, so that the first
 * screen needs no further round trip.  Each answer is used once, by the first
 * screen, and is the very answer that the address would give.
 */
import { setNow } from '../dates.ts';

export interface Office {
	name: string;
	telephone: string;
}

interface First {
	/** The language in which the server answered. */
	lang: string;
	/** Nobody is signed in, as far as the server saw. */
	nobody: boolean;
	/** Who runs this installation, and the telephone that helps. */
	office?: Office;
	/** When the page was made, by the server's clock. */
	now?: string;
	/** By address, "/api/v1/obligations?mine=true". */
	answers: Record<string, unknown>;
}

/** The same address, however its parameters are ordered and written. */
export function sameAddress(address: string): string {
	const [path, query = ''] = address.split('?');
	const params = new URLSearchParams(query);
	params.sort();
	return `${path}?${params.toString()}`;
}

let nobody = false;
let office: Office = { name: '', telephone: '' };
let answers = new Map<string, unknown>();

export function readFirst(text: string | null | undefined, lang: string):
    void {
	forgetFirst();
	if (!text)
		return;
	try {
		const first = JSON.parse(text) as First;
		nobody = first.nobody === true;
		setNow(first.now);
		office = first.office ?? office;
		if (first.lang === lang)
			answers = new Map(Object.entries(first.answers).map(
				([address, answer]) => [sameAddress(address), answer]));
	} catch {
		/* Then everything is asked for. */
	}
}

/** Undefined: it has to be asked for. */
export function takeFirst(address: string): unknown {
	const key = sameAddress(address);
	const answer = answers.get(key);
	answers.delete(key);
	return answer;
}

/** The server has said already that nobody is signed in. */
export function isNobody(): boolean {
	return nobody;
}

/** Empty texts where the operator said nothing. */
export function whoHelps(): Office {
	return office;
}

/** Another screen, another person: what is left has grown old. */
export function forgetFirst(): void {
	nobody = false;
	answers.clear();
}
