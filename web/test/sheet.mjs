/*
 * A sheet without a page: a form of some columns and rows, an empty draft, and
 * nobody at the other end of the line.
 */
import { load } from './load.mjs';

const storage = () => Object.create({
	getItem(key) {
		return this[key] ?? null;
	},
	setItem(key, value) {
		this[key] = String(value);
	},
	removeItem(key) {
		delete this[key];
	},
});

/**
 * columns: { scale, lo, hi, label, computes } each; computes: positions of the
 * columns it sums up.
 */
export function formOf(columns, rowNames) {
	const ids = columns.map((_, c) => `c${c}`);
	const rows = rowNames.map((name, r) => ({ id: `r${r}`, name_vi: name }));
	return {
		code: 'T', rows, columns: columns.map((column, c) => ({ id: ids[c],
			label: String(c + 3), lo: '-999999999', hi: '999999999', scale: 0,
			name_vi: `Cột ${'abcdefghijklmnopqrstuvw'[c]}`, ...column })),
		cells: rows.flatMap(({ id }) => ids.map((c) => `${id}.${c}`)),
		rules: rows.flatMap(({ id }) => columns.flatMap((column, c) =>
			!column.computes ? [] : [{ id: `sum.${id}.${ids[c]}`,
				target: `${id}.${ids[c]}`, severity: 'block', computes: true,
				carry: false, terms: column.computes.map((term) =>
					({ cell: `${id}.${ids[term]}`, sign: 1 })) }])),
	};
}

/** Sheet and reader of the clipboard, as the page has them. */
export async function loadSheets() {
	globalThis.localStorage = storage();
	globalThis.window = { setTimeout: () => 0 };
	const { Sheet } = await load('src/report/sheet.ts');
	const { parseTsv } = await load('src/paste.ts');
	let id = 0;
	const open = (form) => new Sheet(form, { id: ++id, revision: 1,
		cells: form.cells.map(() => null), previous: null, expected: [],
		actions: [{ name: 'save' }] }, null, 1,
	() => undefined);
	/** selected: top, left and, of a range, bottom, right. */
	const paste = (sheet, text, [top, left, bottom = top, right = left] = [0, 0],
		own = false) => sheet.paste(parseTsv(text),
		{ top, left, bottom, right }, own);
	return { open, paste };
}
