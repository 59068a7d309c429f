/*
 * Texts: t('work.due_in', {n: 2}) from i18n/SLICE.LANGUAGE.json; loaded are the
 * active language, the shared texts, and those of the slices opened so far.  In a text, {name} is put in (numbers grouped), and
 * {n?day|days} picks by whether n is one.
 */
import { TEXTS, type TextKey } from './made/texts.ts';
import { formatCount } from './numbers.ts';

export type Lang = 'vi' | 'en';
export type { TextKey };
export type Params = Record<string, string | number>;

let texts: Record<string, string> = {};
let active: Lang = 'vi';

export function lang(): Lang {
	return active;
}

export function fill(text: string, params: Params): string {
	return text.replace(/\{(\w+)(?:\?([^|}]*)\|([^}]*))?\}/g,
		(whole, name: string, one?: string, many?: string) => {
			const value = params[name];
			if (value === undefined)
				return whole;
			if (one !== undefined)
				return value === 1 ? one : many!;
			return typeof value === 'number' ?
				formatCount(value) : value;
		});
}

export function t(key: TextKey, params?: Params): string {
	const text = texts[key] ?? key;
	return params ? fill(text, params) : text;
}

/** The pair of a Vietnamese and an English text that the server sends. */
export function either(vi: string | null | undefined,
    en: string | null | undefined): string {
	return (active === 'vi' ? vi : en) || vi || en || '';
}

const KEPT = 'truc.lang';

export function keptLang(): Lang {
	try {
		return localStorage.getItem(KEPT) === 'en' ? 'en' : 'vi';
	} catch {
		return 'vi';
	}
}

/** The frame's own words are always there. */
const opened = new Set<string>(['ui']);

async function textsOf(slice: string, language: Lang):
    Promise<Record<string, string>> {
	const load = TEXTS[slice];
	return load ? (await load[language]()).default : {};
}

/** Before a screen of a slice is drawn. */
export async function openTexts(slice: string): Promise<void> {
	if (opened.has(slice))
		return;
	const language = active;
	const more = await textsOf(slice, language);
	opened.add(slice);
	if (language === active)
		texts = { ...texts, ...more };
	else
		await setLang(active);
}

export async function setLang(language: Lang): Promise<void> {
	const all = await Promise.all([...opened].map((slice) =>
		textsOf(slice, language)));
	texts = Object.assign({}, ...all) as Record<string, string>;
	active = language;
	document.documentElement.lang = language;
	try {
		localStorage.setItem(KEPT, language);
	} catch {
		/* A browser that keeps nothing still has the language now. */
	}
}
