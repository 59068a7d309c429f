/*
 * What happens on the server, told to screens as it happens.  A browser allows
 * six connections to a host, so all tabs share one stream: the tab that holds
 * the lock reads it and hands on over a channel.  When that tab is closed,
 * another gets the lock and goes on from the place it has heard last.  A browser
 * without locks (Firefox before 96, or no secure context) asks every 15 s
 * instead.
 */
import { apiAddress, readEvents } from './client.ts';
import type { Event as Happening } from './types.ts';

/** null: something may have been missed, so read anew. */
export type Listener = (event: Happening | null) => void;

const NAME = 'truc events';
const STREAM = '/api/v1/events/stream';
const ASK_MS = 15_000;
const RETRY_MS = 5_000;
const RETRY_MOST_MS = 60_000;

interface Said {
	event: Happening | null;
	place: string | null;
}

const listeners = new Set<Listener>();
/** The place behind all that was heard; null: not known. */
let place: string | null = null;
let end: (() => void) | null = null;

/** Hear of everything from now on, until the answer is called. */
export function follow(listener: Listener): () => void {
	listeners.add(listener);
	end ??= canShare() ? share() : ask();
	return () => {
		listeners.delete(listener);
		if (listeners.size > 0)
			return;
		end?.();
		end = null;
		place = null;
	};
}

function canShare(): boolean {
	return typeof navigator !== 'undefined' && 'locks' in navigator &&
		typeof BroadcastChannel !== 'undefined' &&
		typeof EventSource !== 'undefined';
}

function hear({ event, place: heard }: Said): void {
	place = heard ?? place;
	for (const listener of [...listeners])
		listener(event);
}

/** Wait for the lock; meanwhile hear what its holder says. */
function share(): () => void {
	const channel = new BroadcastChannel(NAME);
	const over = new AbortController();
	channel.onmessage = ({ data }) => hear(data as Said);
	const say = (said: Said): void => {
		channel.postMessage(said);
		hear(said);
	};
	navigator.locks.request(NAME, { signal: over.signal },
		() => lead(say, over.signal)).catch(() => {
		/* It was given up before it was had. */
	});
	return () => {
		over.abort();
		channel.close();
	};
}

/** Read the stream for all tabs, until this one wants no more. */
function lead(say: (said: Said) => void, over: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		let source: EventSource | null = null;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let wait = RETRY_MS;

		const open = (): void => {
			const fresh = place === null;
			source = new EventSource(apiAddress(STREAM, { after: place }));
			source.onopen = () => {
				wait = RETRY_MS;
				/* From when it was opened on: what was before is not known. */
				if (fresh && place === null)
					say({ event: null, place: null });
			};
			source.onmessage = ({ data, lastEventId }) => say({
				event: JSON.parse(data as string) as Happening,
				place: lastEventId });
			source.onerror = () => {
				/* Else it comes again by itself, with Last-Event-ID. */
				if (source?.readyState !== EventSource.CLOSED)
					return;
				source.close();
				place = null;
				timer = setTimeout(open, wait);
				wait = Math.min(wait * 2, RETRY_MOST_MS);
			};
		};
		over.addEventListener('abort', () => {
			clearTimeout(timer);
			source?.close();
			resolve();
		});
		open();
	});
}

/** Without locks each tab asks for itself, and only while it is looked at. */
function ask(): () => void {
	let over = false;
	const turn = async (): Promise<void> => {
		try {
			const answer = await readEvents(place);
			if (over)
				return;
			if (place === null)
				hear({ event: null, place: answer.next });
			for (const event of answer.items)
				hear({ event, place: event.cursor });
			place = answer.next;
		} catch {
			/* What is pruned or ahead: from now on. */
			place = null;
		}
	};
	void turn();
	const timer = setInterval(() => {
		if (!document.hidden)
			void turn();
	}, ASK_MS);
	return () => {
		over = true;
		clearInterval(timer);
	};
}
