/*
 * Where we are: the path picks a screen (screens.ts), the query is its state, so that every
 * view has an address.  Links are plain anchors; a click on one of ours stays
 * in the page.
 */
/** Where we are, as a screen sees it. */
export interface Where {
	path: string;
	/** The {name}s of the screen's path. */
	params: Record<string, string>;
	query: URLSearchParams;
}

/** The first row whose path, "/reports/{id}/entry", fits; else undefined. */
export function matchRoute<Row extends { path: string }>(rows: Row[],
    path: string): { row: Row; params: Record<string, string> } | undefined {
	const parts = path.replace(/\/+$/, '').split('/');
	for (const row of rows) {
		const names = row.path.replace(/\/+$/, '').split('/');
		if (names.length !== parts.length)
			continue;
		const params: Record<string, string> = {};
		const fits = names.every((name, i) => {
			if (!name.startsWith('{'))
				return name === parts[i];
			params[name.slice(1, -1)] = decode(parts[i]!);
			return parts[i] !== '';
		});
		if (fits)
			return { row, params };
	}
	return undefined;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** "/country?form=II.06a%2FVPCP%2FKSTT"; empty values are left out. */
export function address(path: string,
    query: Record<string, string | number | null | undefined> = {}): string {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== null && value !== '')
			params.set(name, String(value));
	const text = params.toString();
	return text === '' ? path : `${path}?${text}`;
}

const listeners = new Set<() => void>();

export function onMove(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

function moved(): void {
	listeners.forEach((listener) => listener());
}

export function go(href: string): void {
	history.pushState(null, '', href);
	moved();
}

/** Change the address of the same view, without a step in the history. */
export function settle(href: string): void {
	if (href !== location.pathname + location.search) {
		history.replaceState(null, '', href);
		moved();
	}
}

/** The same page goes on under another address: nothing is drawn anew. */
export function rename(href: string): void {
	history.replaceState(null, '', href);
}

/** Take over history and clicks on our own links; once, at the start. */
export function startRouter(): void {
	addEventListener('popstate', moved);
	document.addEventListener('click', (event) => {
		const link = (event.target as Element).closest?.('a');
		if (!link || event.defaultPrevented || event.button !== 0 ||
		    event.ctrlKey || event.metaKey || event.shiftKey ||
		    event.altKey || link.target || link.hasAttribute('download') ||
		    link.origin !== location.origin ||
		    link.pathname.startsWith('/api/') ||
		    (link.hash && link.pathname === location.pathname))
			return;
		event.preventDefault();
		go(link.pathname + link.search);
	});
}
