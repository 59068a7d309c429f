/*
 * The language of the screens.  By itself, so that what writes numbers and days
 * needs no texts; i18n.ts sets it.
 */
export type Lang = 'vi' | 'en';

let active: Lang = 'vi';

export function lang(): Lang {
	return active;
}

export function setActive(language: Lang): void {
	active = language;
}
