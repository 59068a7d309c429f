/*
 * Texts: t('work.due_in', {n: 2}) from vi.json or en.json; only the active
 * language is loaded.  In a text, {name} is put in (numbers grouped), and
 * {n?day|days} picks by whether n is one.
 */
import type vi from './i18n/vi.json';
import { formatCount } from './numbers.ts';

export type Lang = 'vi' | 'en';
export type TextKey = keyof typeof vi;
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

export async function setLang(language: Lang): Promise<void> {
	const loaded = language === 'vi' ? await import('./i18n/vi.json')
		: await import('./i18n/en.json');
	texts = loaded.default;
	active = language;
	document.documentElement.lang = language;
	try {
		localStorage.setItem(KEPT, language);
	} catch {
		/* A browser that keeps nothing still has the language now. */
	}
}
