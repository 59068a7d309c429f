// What the rules say of a sheet while it is typed: nothing is wrong before it
// is whole, and the number of checks stays what it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { formOf, loadSheets } from './sheet.mjs';

const { typedCellsOf } = await load('src/report/cells.ts');
const { open } = await loadSheets();

/* Two rows: c0 = c1 + c2 is counted, and c0 = c3 + c4 must hold. */
const form = formOf([{ computes: [1, 2] }, {}, {}, {}, {}], ['Đất đai', 'Hộ tịch']);
form.rules.push(...form.rows.map(({ id }) => ({ id: `same.${id}`,
	target: `${id}.c0`, severity: 'block', computes: false, carry: false,
	terms: ['c3', 'c4'].map((c) => ({ cell: `${id}.${c}`, sign: 1 })) })));

const put = (sheet, at, typed) => sheet.change([{ at, typed }]);
const broken = (sheet) => sheet.verdict().findings.map(({ finding }) =>
	finding.rule);

test('a half-typed row is unfinished, not wrong', () => {
	const sheet = open(form);
	for (const [at, typed] of [[1, '5'], [2, '2'], [3, '4']]) {
		put(sheet, at, typed);
		assert.deepEqual(broken(sheet), []);
		assert.match(sheet.verdict().stopped.join(), /entry\.stop\.rows/);
	}
	assert.equal(sheet.verdict().open, 4);
	put(sheet, 4, '9');
	assert.deepEqual(broken(sheet), ['same.r0']);
	put(sheet, 4, '3');
	assert.deepEqual(broken(sheet), []);
	assert.deepEqual(sheet.verdict().stopped, []);
});

test('what was left empty and fits all the same is finished', () => {
	const sheet = open(form);
	for (const [at, typed] of [[1, '5'], [3, '5']])
		put(sheet, at, typed);
	assert.deepEqual(sheet.verdict().stopped, []);
});

test('a refused text is told once, and makes nothing else wrong', () => {
	const sheet = open(form);
	for (const [at, typed] of [[1, '5'], [2, '2'], [3, '4'], [4, 'abc']])
		put(sheet, at, typed);
	assert.deepEqual(broken(sheet), []);
	assert.match(sheet.verdict().stopped.join(), /^entry\.stop\.wrong/);
});

test('the number of checks is the same from the first key to the last', () => {
	const sheet = open(form);
	const totals = new Set([sheet.verdict().total]);
	form.cells.forEach((_, at) => {
		if (at % 5 !== 0)
			put(sheet, at, '1');
		totals.add(sheet.verdict().total);
	});
	assert.deepEqual([...totals], [4]);
	assert.equal(sheet.verdict().passed, 4);
});

test('a rule leads to the cells that can be typed in', () => {
	assert.deepEqual(typedCellsOf(form, 'same.r1', 'r1.c0'), [6, 7, 8, 9]);
});
