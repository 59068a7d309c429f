/*
 * Texts: t('work.due_in', {n: 2}) from i18n/SLICE.LANGUAGE.json; loaded are the
 * active language, the shared texts, and those of the slices opened so far.  In a text, {name} is put in (numbers grouped), and
 * {n?day|days} picks by whether n is one.
 */
import { lang, setActive, type Lang } from './language.ts';
import { TEXTS, type TextKey } from './made/texts.ts';
import { formatCount } from './numbers.ts';

export { lang, type Lang };
export type { TextKey };
export type Params = Record<string, string | number>;

const texts: Record<Lang, Record<string, string>> = { vi: {}, en: {} };
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
	const text = texts[lang()][key] ?? key;
	return params ? fill(text, params) : text;
}

/** The pair of a Vietnamese and an English text that the server sends. */
export function either(vi: string | null | undefined,
    en: string | null | undefined): string {
	return (lang() === 'vi' ? vi : en) || vi || en || '';
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
const loaded = new Set<string>();
/* What is active, or is as soon as its texts are here. */
let wanted: Lang = lang();

async function load(slice: string, language: Lang): Promise<void> {
	const file = TEXTS[slice];
	if (!file || loaded.has(`${slice} ${language}`))
		return;
	Object.assign(texts[language], (await file[language]()).default);
	loaded.add(`${slice} ${language}`);
}

/** Before a screen of a slice is drawn. */
export async function openTexts(slice: string): Promise<void> {
	opened.add(slice);
	await load(slice, wanted);
}

export async function setLang(language: Lang): Promise<void> {
	wanted = language;
	await Promise.all([...opened].map((slice) => load(slice, language)));
	if (wanted !== language)
		return;
	setActive(language);
	document.documentElement.lang = language;
	/* For the pages that the server writes; over TLS of this host alone. */
	const tls = location.protocol === 'https:';
	document.cookie = `${tls ? '__Host-' : ''}truc_lang=${language}; Path=/; ` +
		`SameSite=Lax; Max-Age=31536000${tls ? '; Secure' : ''}`;
	try {
		localStorage.setItem(KEPT, language);
	} catch {
		/* A browser that keeps nothing still has the language now. */
	}
}
