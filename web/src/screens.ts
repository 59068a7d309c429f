/*
 * The one table of screens: what an address opens, who may open it, how the
 * document is called, and which place of the navigation it lies in.  Each slice
 * has its rows in its own screens.ts; tools/slices.mjs brings them together.
 */
import type { ComponentType } from 'preact';
import type { TextKey } from './i18n.ts';
import { SCREENS } from './made/screens.ts';
import { matchRoute, type Where } from './router.ts';
import { mayAny } from './session.ts';

export interface Screen {
	/** The folder it comes from; its texts are loaded with it. */
	slice: string;
	/** "/reports/{id}"; a row before another wins. */
	path: string;
	/** Names the document until the screen's own head does. */
	title: TextKey;
	/** One of these is needed; absent: everybody signed in. */
	permission?: string[];
	/** Also for nobody: not even signing in is needed. */
	open?: boolean;
	/** The place of the navigation that is marked while it is open. */
	place?: string;
	/** A screen with a door is the way into its place. */
	door?: Door;
	load: () => Promise<ComponentType<{ place: Where }>>;
}

export interface Door {
	text: TextKey;
	/** From left to right; a step of ten between two neighbours. */
	order: number;
	/** g and this letter goes there. */
	key: string;
	/** Who is shown the door, if not all who may open the screen. */
	permission?: string[];
}

/** A row as a slice writes it. */
export type SliceScreen = Omit<Screen, 'slice'>;
/** A row with a door, as the navigation shows it. */
export type Place = Screen & { door: Door };

export function screenAt(path: string):
    { row: Screen; params: Record<string, string> } | undefined {
	return matchRoute(SCREENS, path);
}

export function mayOpen(screen: Screen): boolean {
	return screen.permission === undefined || mayAny(screen.permission);
}

function isPlace(row: Screen): row is Place {
	return row.door !== undefined;
}

/** All places by order, whoever may see them. */
export function allPlaces(): Place[] {
	return SCREENS.filter(isPlace).sort((a, b) =>
		a.door.order - b.door.order);
}

/** The places this person sees; of a place with two doors the first. */
export function places(): Place[] {
	const open = allPlaces().filter((row) => row.door.permission === undefined
		? mayOpen(row) : mayAny(row.door.permission));
	return open.filter((row, i) =>
		open.findIndex((other) => other.place === row.place) === i);
}
