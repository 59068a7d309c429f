/*
 * Figures as people type them and as spreadsheets copy them, read exactly or
 * refused, never guessed.
 *
 * A text is read under one of two conventions, named by the decimal mark:
 *   ","  1.234.567,89        "."  1,234,567.89
 * Groups are of exactly three digits after one to three, by the other mark or
 * by one kind of blank.  Most texts fit one convention only.  Those that fit
 * both have one mark and three digits after it, 1.234: such a text is open.
 *
 * Typed alone, an open text is Vietnamese; where no decimals are allowed its
 * mark groups.  In a block the convention is decided once, decide() says how.
 */
import { fromScaled, toScaled, type RuleColumn } from './rules.ts';

/** The decimal mark. */
export type Mark = ',' | '.';
export const MARKS: readonly Mark[] = [',', '.'];

export const FAULTS = ['cell.number', 'cell.scale', 'cell.range', 'cell.marks',
	'cell.unseen'] as const;
export type ReadFault = typeof FAULTS[number];
/** text null: nothing is there. */
export type Read =
	| { ok: true; text: string | null }
	| { ok: false; code: ReadFault };

/* What Excel and LibreOffice group by, and people type: space, no-break space,
 * figure space, thin space, narrow no-break space. */
const BLANKS = ' \u00a0\u2007\u2009\u202f';
const EDGES = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, 'g');
/* Other blanks, line ends, tabs, and what has no shape at all. */
const UNSEEN = new RegExp(`(?![${BLANKS}])[\\p{C}\\p{Z}\\u034f\\u115f\\u1160` +
	'\\u3164\\ufe00-\\ufe0f\\uffa0]', 'u');
/* A dash alone is how forms and accounting formats write zero. */
const ZERO = /^[-\u2010-\u2015\u2212]$/;
const OPEN = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/;
/** Longer is no figure: an input one longer lets nothing through cut off. */
export const LENGTH_MAX = 400;

export function trim(text: string): string {
	return text.replace(EDGES, '');
}

/** The first character nobody sees, as "U+200B", and what is before it. */
export function unseenIn(text: string): { name: string; before: string } | null {
	const found = UNSEEN.exec(text);
	return found && { before: text.slice(0, found.index),
		name: `U+${found[0].codePointAt(0)!.toString(16).toUpperCase()
			.padStart(4, '0')}` };
}

/** Digits before the decimal mark, grouped or not; null: they are none. */
function ungroup(head: string, group: string): string | null {
	const by = /[^0-9]/.exec(head)?.[0];
	if (by === undefined)
		return head === '' ? null : head;
	const groups = head.split(by);
	return (by === group || BLANKS.includes(by)) &&
		/^[1-9][0-9]{0,2}$/.test(groups[0]) &&
		groups.slice(1).every((g) => /^[0-9]{3}$/.test(g))
		? groups.join('') : null;
}

interface Digits {
	whole: string;
	/** Without zeros at its end. */
	fraction: string;
}

/** Unsigned text under a convention; null: it is no figure of it. */
function under(body: string, mark: Mark): Digits | null {
	const [head, tail, more] = body.split(mark);
	const whole = ungroup(head, mark === ',' ? '.' : ',');
	return whole === null || more !== undefined ||
		(tail !== undefined && !/^[0-9]+$/.test(tail)) ? null
		: { whole, fraction: (tail ?? '').replace(/0+$/, '') };
}

/** Sign and body of trimmed text. */
function signed(text: string): [boolean, string] {
	return /^[-\u2212]/.test(text) ? [true, text.slice(1)] : [false, text];
}

/** The convention in which the mark of an open text groups. */
function grouping(body: string): Mark {
	return body.includes('.') ? ',' : '.';
}

/** The convention of a text that stands alone. */
function usual(body: string, scale: number): Mark {
	if (OPEN.test(body))
		return scale === 0 ? grouping(body) : ',';
	return under(body, ',') ? ',' : '.';
}

/**
 * A text as decimal text of a column; without a mark it stands alone.
 */
export function readFigure(typed: string, column: RuleColumn, mark?: Mark): Read {
	const text = trim(typed);
	if (text === '')
		return { ok: true, text: null };
	if (UNSEEN.test(text))
		return { ok: false, code: 'cell.unseen' };
	if (text.length > LENGTH_MAX)
		return { ok: false, code: 'cell.number' };
	const { scale } = column;
	const [minus, body] = ZERO.test(text) ? [false, '0'] : signed(text);
	const chosen = mark ?? usual(body, scale);
	const digits = under(body, chosen);
	const other = under(body, chosen === ',' ? '.' : ',');
	if (!digits && !other)
		return { ok: false, code: 'cell.number' };
	if (!digits && other!.fraction.length <= scale)
		return { ok: false, code: 'cell.marks' };
	if (!digits || digits.fraction.length > scale)
		return { ok: false, code: 'cell.scale' };
	const amount = BigInt(digits.whole + digits.fraction.padEnd(scale, '0'));
	const value = minus ? -amount : amount;
	const lo = toScaled(column.lo, scale);
	const hi = toScaled(column.hi, scale);
	if ((lo !== null && value < lo) || (hi !== null && value > hi))
		return { ok: false, code: 'cell.range' };
	return { ok: true, text: fromScaled(value, scale) };
}

/* What one text of a block says about the convention. */
interface Witness {
	/** Conventions in which it is a figure; empty: it has no marks or is none. */
	fits: Mark[];
	/** Those in which the cell can hold it. */
	holds: Mark[];
	open: boolean;
	/** The convention in which an open text is grouped. */
	grouped: Mark;
	whole: boolean;
}

function witness(typed: string, scale: number): Witness {
	const [, body] = signed(trim(typed));
	const marked = /[.,]/.test(body) && body.length <= LENGTH_MAX;
	const fits = MARKS.filter((mark) => marked && under(body, mark));
	return { fits, holds: fits.filter((mark) =>
		under(body, mark)!.fraction.length <= scale),
	open: OPEN.test(body), grouped: grouping(body), whole: scale === 0 };
}

/**
 * What the block's texts show: a convention ('either' where it makes no
 * difference), 'clash' where two are shown, 'ask' where nobody but its writer
 * can know.
 */
export type Decision = Mark | 'either' | 'clash' | 'ask';

/**
 * Only readings that a cell's scale allows decide.  A text that is no open one
 * shows its convention; an open one does where no decimals are allowed and one
 * reading is left.  Of two such readings (12.000) the grouped one is taken unless
 * anything in the block, even what a cell cannot hold, shows the other.  Where
 * decimals are allowed an open text shows nothing: it follows the others, and
 * without them it is asked about.
 */
export function decide(texts: { typed: string; scale: number }[]): Decision {
	const all = texts.map(({ typed, scale }) => witness(typed, scale));
	const open = all.filter((w) => w.open);
	const firm = new Set(all.filter((w) => w.holds.length === 1 &&
		(!w.open || w.whole)).map((w) => w.holds[0]));
	if (firm.size === 2)
		return 'clash';
	const shown = new Set([...firm,
		...all.filter((w) => !w.open && w.fits.length > 0).map((w) => w.fits[0]),
		...open.filter((w) => w.whole).map((w) => w.grouped)]);
	if (open.length > 0 && (shown.size === 2 ||
	    (firm.size === 0 && open.some((w) => !w.whole))))
		return 'ask';
	return [...firm][0] ?? (shown.size === 1 ? [...shown][0] : 'either');
}

/** Is this one of the texts that clash? */
export function hasMarks(typed: string, scale: number): boolean {
	return witness(typed, scale).holds.length > 0;
}

/** Can it be read in two ways? */
export function isOpen(typed: string): boolean {
	return OPEN.test(signed(trim(typed))[1]);
}
