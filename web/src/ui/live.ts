/*
 * Screens that keep themselves up to date by what happens (api/events.ts).
 */
import { useEffect, useRef } from 'preact/hooks';
import { follow } from '../api/events.ts';
import type { Event as Happening } from '../api/types.ts';

export const SIGNED = 'vn.truc.report.signed';
export const ACCEPTED = 'vn.truc.report.accepted';
export const SENT_BACK = 'vn.truc.report.sent_back';
export const CLOSED = 'vn.truc.period.closed';
export const REOPENED = 'vn.truc.period.reopened';

/** What has come together since the last time; missed: read everything anew. */
export interface News {
	missed: boolean;
	events: Happening[];
}

/**
 * Call act with what is of interest, at most every gap ms, and only while the
 * page is looked at; what comes meanwhile waits.
 */
export function useNews(wanted: (event: Happening) => boolean,
    act: (news: News) => void, gap: number): void {
	const now = useRef({ wanted, act });
	now.current = { wanted, act };
	useEffect(() => {
		let news: News = { missed: false, events: [] };
		let timer: ReturnType<typeof setTimeout> | undefined;
		let acted = 0;

		const due = (): void => {
			timer = undefined;
			if (document.hidden || (!news.missed && news.events.length === 0))
				return;
			const seen = news;
			news = { missed: false, events: [] };
			acted = Date.now();
			now.current.act(seen);
		};
		const plan = (): void => {
			timer ??= setTimeout(due,
				Math.max(0, acted + gap - Date.now()));
		};
		const end = follow((event) => {
			if (event === null)
				news.missed = true;
			else if (now.current.wanted(event))
				news.events.push(event);
			else
				return;
			plan();
		});
		document.addEventListener('visibilitychange', plan);
		return () => {
			end();
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', plan);
		};
	}, []);
}
