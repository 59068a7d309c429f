// A draft as data: reading what is typed, counting, two clerks on one draft.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { carriedCells, computedCells, merge, recount, sameCells, toInput,
	withRemark } = await load('src/report/cells.ts');
const { readCell } = await load('src/report/typed.ts');

/* One row: a = b + c, c continues the previous a. */
const column = (id) => ({ id, label: id, scale: 0, lo: '0', hi: '1000' });
const form = {
	columns: ['a', 'b', 'c'].map(column),
	rows: [{ id: 'r1' }, { id: 'r2' }],
	cells: ['r1.a', 'r1.b', 'r1.c', 'r2.a', 'r2.b', 'r2.c'],
	rules: ['r1', 'r2'].flatMap((r) => [
		{ id: `sum.${r}`, target: `${r}.a`, severity: 'block', computes: true,
			carry: false, terms: [{ cell: `${r}.b`, sign: 1 },
				{ cell: `${r}.c`, sign: 1 }] },
		{ id: `carry.${r}`, target: `${r}.c`, severity: 'note',
			computes: false, carry: true,
			terms: [{ cell: `${r}.a`, sign: 1 }] }]),
};
const computed = computedCells(form);

test('computed and carried cells come from the rules', () => {
	assert.deepEqual([...computed], [0, 3]);
	assert.deepEqual([...carriedCells(form)], [[2, 0], [5, 3]]);
});

test('sums follow what is typed and disappear with it', () => {
	const cells = recount(form, [null, '2', '3', null, null, null], computed);
	assert.deepEqual(cells, ['5', '2', '3', null, null, null]);
	assert.deepEqual(recount(form, ['5', null, null, null, null, null],
		computed), [null, null, null, null, null, null]);
});

test('the remark of a computed cell survives counting', () => {
	const cells = recount(form, [withRemark('5', 'vì sao'), '2', '4', null,
		null, null], computed);
	assert.deepEqual(cells[0], { value: '6', remark: 'vì sao' });
});

test('a typed number, nothing and x become value, missing and none', () => {
	assert.deepEqual(readCell(form, 1, ' 1.000 ', null), { cell: '1000' });
	assert.deepEqual(readCell(form, 1, '', '7'), { cell: null });
	assert.deepEqual(readCell(form, 1, 'X', '7'), { cell: { state: 'none' } });
});

test('what is no value is kept as typed with its fault', () => {
	assert.deepEqual(readCell(form, 1, 'abc', null),
		{ wrong: { typed: 'abc', fault: 'cell.number' } });
	assert.deepEqual(readCell(form, 1, '1001', null),
		{ wrong: { typed: '1001', fault: 'cell.range' } });
	assert.deepEqual(readCell(form, 1, '1,5', null),
		{ wrong: { typed: '1,5', fault: 'cell.scale' } });
});

test('a new value keeps the remark of its cell', () => {
	assert.deepEqual(readCell(form, 1, '8', { value: '7', remark: 'r' }),
		{ cell: { value: '8', remark: 'r' } });
});

test('only what is not missing is sent', () => {
	assert.deepEqual(toInput(form, ['1', null, { state: 'none' }, null, null,
		null]), { 'r1.a': '1', 'r1.c': { state: 'none' } });
});

test('what only one clerk changed is taken from both', () => {
	const base = [null, '1', '1', null, null, null];
	const met = merge(base, [null, '2', '1', null, null, null],
		[null, '1', '1', null, '9', null], computed);
	assert.deepEqual(met, { cells: [null, '2', '1', null, '9', null],
		conflicts: [] });
});

test('what both changed differently is a conflict, mine stands', () => {
	const met = merge([null, '1', null, null, null, null],
		[null, '2', null, null, null, null],
		[null, '3', null, null, null, null], computed);
	assert.deepEqual(met.conflicts, [1]);
	assert.equal(met.cells[1], '2');
});

test('the same change by both is none', () => {
	const met = merge([null, '1', null, null, null, null],
		[null, '2', null, null, null, null],
		[null, '2', null, null, null, null], computed);
	assert.deepEqual(met.conflicts, []);
});

test('sums are counted again, not asked about', () => {
	const met = merge(['1', '1', null, null, null, null],
		['2', '2', null, null, null, null],
		['9', '1', '8', null, null, null], computed);
	assert.deepEqual(met.conflicts, []);
	assert.equal(sameCells(recount(form, met.cells, computed),
		['10', '2', '8', null, null, null]), true);
});
