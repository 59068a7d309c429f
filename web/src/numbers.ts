/*
 * Figures as people read them.  They are decimal text ("1234567.8") on the wire
 * and are written with the marks of the language; the grid reads both ways
 * (reading.ts), rules.ts parses and counts.
 */
import { lang } from './language.ts';
import { fromScaled, toScaled } from './rules.ts';

/** "-1234567.8" is −1.234.567,8, in English −1,234,567.8. */
export function formatNumber(text: string, language = lang()): string {
	const m = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
	if (!m)
		return text;
	const [group, point] = language === 'vi' ? ['.', ','] : [',', '.'];
	const whole = m[2]!.replace(/\B(?=(\d{3})+$)/g, group!);
	return (m[1] ? '\u2212' : '') + whole + (m[3] ? point + m[3] : '');
}

/** For typing on and for the clipboard, without groups: 1234567,8. */
export function plainNumber(text: string, language = lang()): string {
	return language === 'vi' ? text.replace('.', ',') : text;
}

/** Counts that JavaScript holds: 48213 is 48.213. */
export function formatCount(n: number): string {
	return formatNumber(String(Math.trunc(n)));
}

/** The ledger counts its entries from 0, people from 1. */
export function formatEntry(index: number): string {
	return formatCount(index + 1);
}

function decimalsOf(text: string): number {
	const point = text.indexOf('.');
	return point < 0 ? 0 : text.length - point - 1;
}

/** Both at one scale, null if either is no decimal. */
function together(texts: string[]): { scale: number; values: bigint[] } | null {
	const scale = Math.max(...texts.map(decimalsOf));
	const values = texts.map((text) => toScaled(text, scale));
	return values.some((v) => v === null) ? null
		: { scale, values: values as bigint[] };
}

/** The exact sum of decimal texts; null for none at all. */
export function sum(texts: string[]): string | null {
	const all = texts.length > 0 ? together(texts) : null;
	return all && fromScaled(all.values.reduce((a, b) => a + b, 0n), all.scale);
}

/** Figures together as their column has it, as the server does in all.cN; null
 * where there are none, or where several have no figure in common. */
export function aggregate(how: string, texts: string[]): string | null {
	if (how === 'sum')
		return sum(texts);
	if (texts.length < 2)
		return texts[0] ?? null;
	const all = how === 'min' || how === 'max' ? together(texts) : null;
	return all && fromScaled(all.values.reduce((a, b) =>
		(a < b) === (how === 'min') ? a : b), all.scale);
}

/** to - from, as decimal text; null if either is no decimal. */
export function difference(from: string, to: string): string | null {
	const both = together([from, to]);
	return both && fromScaled(both.values[1] - both.values[0], both.scale);
}

/** For sorting by size, either sign alike; what is no decimal comes last. */
export function compare(a: string | null, b: string | null): number {
	const both = a === null || b === null ? null : together([a, b]);
	if (!both)
		return Number(a !== null) - Number(b !== null);
	const [x, y] = both.values.map((v) => v < 0n ? -v : v);
	return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The change from one figure to another in tenths of a per cent, rounded half
 * away from zero: 60 to 69 is 150n.  Null when there is no base.
 */
export function changePerMille(from: string, to: string): bigint | null {
	const both = together([from, to]);
	if (!both || both.values[0] === 0n)
		return null;
	const [a, b] = both.values;
	const base = a < 0n ? -a : a;
	const rise = (b - a) * 2000n;
	return rise < 0n ? -((base - rise) / (2n * base))
		: (rise + base) / (2n * base);
}

/* From ten times on a share of the base says nothing: the base is tiny. */
const NOISE = 10000n;

/** "+15,0 %"; null where the base is none or tiny, so that only the amount
 * says something. */
export function formatChange(perMille: bigint | null, language = lang()):
    string | null {
	if (perMille === null || perMille >= NOISE || perMille <= -NOISE)
		return null;
	const sign = perMille > 0n ? '+' : '';
	return `${sign}${formatNumber(fromScaled(perMille, 1), language)}${
		language === 'vi' ? '\u00a0' : ''}%`;
}

/** "+1.204", of a difference. */
export function formatGap(gap: string, language = lang()): string {
	return `${/^-|^0+(\.0+)?$/.test(gap) ? '' : '+'}${
		formatNumber(gap, language)}`;
}

/** How much of the whole, 0 .. 100, for the length of a bar only. */
export function share(part: string, whole: string): number {
	const both = together([part, whole]);
	if (!both || both.values[1] === 0n)
		return 0;
	const per = Number(both.values[0] * 1000n / both.values[1]) / 10;
	return Math.max(0, Math.min(100, Math.abs(per)));
}
