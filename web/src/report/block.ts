/*
 * A pasted block over the grid: where each text belongs, what does not fit, and
 * how the texts are read.  Nothing here changes the sheet.
 *
 * A block that brings the form's own words along (names of rows, heads, a line of
 * column numbers) is placed by them: rows by name, columns by number.  Else it
 * begins where the cursor is.  A first line of small figures looks like numbers of
 * columns: where that is in doubt what was made of it is told.
 */
import type { Form } from '../api/types.ts';
import { t } from '../i18n.ts';
import { decide, trim, type Decision } from '../reading.ts';
import { columnAt } from './cells.ts';
import { isNone } from './typed.ts';

export interface Laid {
	at: number;
	typed: string;
}

export interface Area {
	top: number;
	left: number;
	bottom: number;
	right: number;
}

/** What has no place in the form; cells without content are not counted. */
export interface Outside {
	cells: number;
	/** Rows below the last, columns right of the last. */
	rows: number;
	columns: number;
	/** Rows by a name, columns by a number, that the form does not have. */
	names: string[];
}

/** A line that may be numbers of columns or figures, and what it was taken for. */
export interface Doubt {
	line: string[];
	labels: boolean;
}

export interface Block {
	cells: Laid[];
	/** Where the cells are, for the selection; null: nowhere. */
	area: Area | null;
	outside: Outside;
	/** Lines of heads and columns of names that were recognised. */
	heads: number;
	names: number;
	/** By names of rows or numbers of columns, not from the cursor only. */
	byWords: boolean;
	doubt: Doubt | null;
	decision: Decision;
}

/* So many numbers of columns one after another are no figures. */
const SURE_RUN = 4;

/* Of the block's first columns one may have the names. */
const NAME_COLUMNS = 3;

/** Compared without marks, case and spacing: "Hộ  tịch" is "hộ tịch". */
function fold(text: string): string {
	return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
		.replace(/[đĐ]/g, 'd').replace(/\s+/g, ' ').trim().toLowerCase();
}

const isBlank = (text: string): boolean => trim(text) === '';

/** "(3)" and "3" are the label 3. */
function labelOf(text: string): string {
	return trim(text).replace(/^\((.*)\)$/, '$1').trim();
}

const isFigure = (text: string): boolean => /[0-9]/.test(text) &&
	!/\p{L}/u.test(text);

/* Which columns and rows of the block mean which of the form: null is neither
 * outside nor in it, but a head or a name. */
interface Plan {
	rows: (number | null | string)[];
	columns: (number | null | string)[];
	heads: number;
	names: number;
	byWords: boolean;
	doubt: Doubt | null;
}

const AMBIGUOUS = -1;

function rowNames(form: Form): Names {
	const names: Names = new Map();
	form.rows.forEach((row, r) => [row.name_vi, row.name_en].forEach((name) => {
		const key = fold(name ?? '');
		if (key !== '')
			names.set(key, names.has(key) && names.get(key) !== r
				? AMBIGUOUS : r);
	}));
	return names;
}

type Names = Map<string, number>;

/** The form's row of that name; undefined: none, or more than one. */
function rowOf(names: Names, text: string | undefined): number | undefined {
	const r = names.get(fold(text ?? ''));
	return r === AMBIGUOUS ? undefined : r;
}

/** Left of a name is its number, in the form or in the block, or nothing. */
function isNumbering(text: string, numbers: number[]): boolean {
	const plain = labelOf(text).replace(/\.$/, '');
	return !isFigure(plain) || numbers.some((n) => plain === String(n));
}

/** The column of the block that has the names of rows, -1 for none. */
function nameColumn(rows: string[][], names: Names): number {
	const found = Array.from({ length: NAME_COLUMNS }, (_, c) => {
		const known = rows.map((row) => rowOf(names, row[c]));
		const first = known.findIndex((r) => r !== undefined);
		return first >= 0 && rows.every((row, i) => i < first ||
			(!isFigure(row[c] ?? '') && (known[i] === undefined ||
				row.slice(0, c).every((text) => isNumbering(text,
					[known[i]! + 1, i - first + 1])))));
	});
	return found.indexOf(true);
}

const inBrackets = (text: string): boolean => /^\(.*\)$/.test(trim(text));

/** A line that may be numbers of columns: growing, and some of the form's. */
function maybeLabels(form: Form, row: string[]): boolean {
	const labels = row.filter((text) => !isBlank(text)).map(labelOf);
	const own = form.columns.map((column) => column.label);
	const places = labels.map((label) => own.indexOf(label))
		.filter((place) => place >= 0);
	return places.length >= Math.min(2, own.length) &&
		labels.every((label) => own.includes(label) ||
			/^([0-9]{1,2}|[A-Z])$/i.test(label)) &&
		places.every((place, i) => i === 0 || place > places[i - 1]);
}

/**
 * How many of the form's numbers such a line has if it has one for every head
 * above it, one after another, and none under the name of another column; else 0.
 */
function runOf(form: Form, heads: string[][], row: string[]): number {
	const labels = row.map(labelOf);
	const places = labels.map((label) => form.columns.findIndex((column) =>
		column.label === label));
	const from = places.findIndex((place) => place >= 0);
	const run = places.slice(from);
	const fits = run.every((place, i) => place === run[0] + i) &&
		heads.every((head) => head.every((text, c) => isBlank(text) ||
			(!isBlank(row[c] ?? '') && maybeNames(form, text, places[c]))));
	return fits ? run.length : 0;
}

/** Not the name of other columns only. */
function maybeNames(form: Form, text: string, place: number): boolean {
	const named = form.columns.map(({ name_vi, name_en }) =>
		[name_vi, name_en].some((name) => fold(name ?? '') === fold(text)));
	return !named.includes(true) || named[place] === true;
}

/** What the line below heads, or the first one, is: without names of rows. */
function judgeLabels(form: Form, heads: string[][], row: string[]):
    { labels: boolean; doubt: Doubt | null } {
	const bracketed = row.every((text) => isBlank(text) || inBrackets(text));
	if (!maybeLabels(form, row) || (heads.length === 0 && !bracketed))
		return { labels: false, doubt: null };
	if (bracketed && heads.length > 0)
		return { labels: true, doubt: null };
	const run = runOf(form, heads, row);
	const labels = run >= 2;
	return { labels, doubt: run >= SURE_RUN ? null
		: { line: row.map((text) => trim(text)), labels } };
}

/** A line of words, of which one is a head of the form; goOn: any words. */
function isHead(form: Form, row: string[], goOn: boolean): boolean {
	const words = new Set(form.columns.flatMap((column) => [column.name_vi,
		column.name_en, column.group_vi, column.group_en])
		.filter((text) => text).map((text) => fold(text!)));
	return !row.some(isFigure) && row.some((text) =>
		goOn ? /\p{L}{2}/u.test(text) : words.has(fold(text)));
}

/** How many of the first lines are heads, and which of them has the numbers. */
function headLines(form: Form, rows: string[][], named: boolean[]):
    { heads: number; labels: number; doubt: Doubt | null } {
	const first = named.includes(true) ? named.indexOf(true) : rows.length;
	let heads = 0;
	while (heads < first) {
		const row = rows[heads];
		const judged = first < rows.length
			? { labels: maybeLabels(form, row), doubt: null }
			: judgeLabels(form, rows.slice(0, heads), row);
		if (judged.labels)
			return { heads: heads + 1, labels: heads,
				doubt: judged.doubt };
		if (!isHead(form, row, heads > 0))
			return { heads, labels: -1, doubt: judged.doubt };
		heads++;
	}
	return { heads, labels: -1, doubt: null };
}

function planOf(form: Form, rows: string[][], area: Area): Plan {
	const names = rowNames(form);
	const column = nameColumn(rows, names);
	const named = rows.map((row) => column < 0 ? undefined
		: rowOf(names, row[column]));
	const { heads, labels, doubt } = headLines(form, rows,
		named.map((r) => r !== undefined));
	const width = widest(rows);
	const own = form.columns.map((c) => c.label);
	const left = column >= 0 && width - column - 1 >= own.length ? 0
		: area.left;
	const columnOf = (c: number): Plan['columns'][number] => {
		if (c <= column)
			return null;
		if (labels < 0)
			return left + c - column - 1;
		const label = labelOf(rows[labels][c] ?? '');
		/* The stub has numbers, too: (1) and (2). */
		return own.includes(label) ? own.indexOf(label)
			: Number(label) < Number(own[0]) ? null : `(${label})`;
	};
	return { heads, names: column + 1, byWords: column >= 0 || labels >= 0, doubt,
		rows: rows.map((row, r) => r < heads ? null
			: column < 0 ? area.top + r - heads
			/* Twice the same name: the second has no row. */
			: named[r] !== undefined && named.indexOf(named[r]) === r
				? named[r]! : trim(row[column] ?? '')),
		columns: Array.from({ length: width }, (_, c) => columnOf(c)) };
}

function widest(rows: string[][]): number {
	return rows.reduce((most, row) => Math.max(most, row.length), 0);
}

/** One value into a range fills it, as in Excel. */
function filled(rows: string[][], area: Area): string[][] {
	return rows.length > 1 || rows[0].length > 1 ? rows
		: Array.from({ length: area.bottom - area.top + 1 }, () =>
			Array.from({ length: area.right - area.left + 1 },
				() => rows[0][0]));
}

/** area: what is selected. */
export function layBlock(form: Form, pasted: string[][], area: Area): Block {
	const rows = filled(pasted, area);
	const plan = planOf(form, rows, area);
	const width = form.columns.length;
	const outside: Outside = { cells: 0, rows: 0, columns: 0, names: [] };
	const lost = { rows: new Set<number>(), columns: new Set<number>(),
		names: new Set<string>() };
	const cells: Laid[] = [];

	rows.forEach((texts, r) => texts.forEach((typed, c) => {
		const [row, column] = [plan.rows[r], plan.columns[c]];
		if (row === null || column === null)
			return;
		if (typeof row === 'number' && typeof column === 'number' &&
		    row < form.rows.length && column < width) {
			cells.push({ at: row * width + column, typed });
			return;
		}
		if (isBlank(typed))
			return;
		outside.cells++;
		if (typeof row === 'string')
			lost.names.add(row);
		else if (row >= form.rows.length)
			lost.rows.add(row);
		if (typeof column === 'string')
			lost.names.add(column);
		else if (column >= width)
			lost.columns.add(column);
	}));
	outside.rows = lost.rows.size;
	outside.columns = lost.columns.size;
	outside.names = [...lost.names].filter((name) => name !== '');
	return { cells, area: around(cells, width), outside, heads: plan.heads,
		names: plan.names, byWords: plan.byWords, doubt: plan.doubt, decision: decide(cells.filter(({ typed }) =>
			!isNone(typed)).map(({ at, typed }) =>
			({ typed, scale: columnAt(form, at).scale }))) };
}

/** In words, with what to do if it is the other. */
export function doubtText({ line, labels }: Doubt): string {
	return t(labels ? 'pasted.as_numbers' : 'pasted.as_figures',
		{ line: line.filter((text) => text !== '').join(' ') });
}

function around(cells: Laid[], width: number): Area | null {
	if (cells.length === 0)
		return null;
	const rows = cells.map(({ at }) => Math.floor(at / width));
	const columns = cells.map(({ at }) => at % width);
	return { top: Math.min(...rows), bottom: Math.max(...rows),
		left: Math.min(...columns), right: Math.max(...columns) };
}
