// The rules in the browser over the corpus that src/regime/test_rules.c reads
// too, and the reading of numbers as people type them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const source = readFileSync(join(here, '../src/rules.ts'), 'utf8');
const { code } = transformSync(source, { loader: 'ts', format: 'esm' });
const rules = await import('data:text/javascript;base64,' +
    Buffer.from(code).toString('base64'));

const corpus = join(here, '../../tests/corpus/rules');
const files = readdirSync(corpus).filter((f) => f.endsWith('.json')).sort();

function row(form, cells) {
	return form.cells.map((id) => cells[id] ?? null);
}

let count = 0;
for (const file of files) {
	const set = JSON.parse(readFileSync(join(corpus, file), 'utf8'));
	for (const one of set.cases) {
		count++;
		const columns = one.columns ?? set.columns;
		const form = { columns, rules: one.rules ?? set.rules,
			cells: columns.map((c) => c.id) };
		const cells = row(form, one.cells);
		const previous = one.previous === undefined
		    ? null : row(form, one.previous);
		test(`${file}: ${one.name}`, () => {
			assert.deepEqual(rules.judge(form, cells, previous)
			    .map(({ verdict, expected }) =>
				({ verdict, expected })),
			one.expect.verdicts);
			assert.deepEqual(rules.fill(form, cells, previous),
			    row(form, { ...one.cells, ...one.expect.filled }));
		});
	}
}

test('the corpus is there', () => assert.ok(count >= 60, String(count)));

test('filling leaves what it was given alone', () => {
	const form = { columns: [{ id: 'a', scale: 0, lo: '0', hi: '9' },
		{ id: 'b', scale: 0, lo: '0', hi: '9' }], cells: ['a', 'b'],
	rules: [{ id: 'r', target: 'a', terms: [{ cell: 'b', sign: 1 }],
		severity: 'block', computes: true, carry: false }] };
	const given = [null, '1'];
	rules.fill(form, given);
	assert.deepEqual(given, [null, '1']);
});

const whole = { id: 'w', scale: 0, lo: '-999999999999', hi: '999999999999' };
const cents = { id: 'c', scale: 2, lo: '-99999999.99', hi: '99999999.99' };
const mills = { id: 'm', scale: 3, lo: '0', hi: '99999.999' };
const plain = { id: 'p', scale: 0, lo: '0', hi: '100' };

const read = [
	[whole, '', null],
	[whole, '  \u00a0', null],
	[whole, '0', '0'],
	[whole, '1234567', '1234567'],
	[whole, '1.234.567', '1234567'],
	[whole, '1.234', '1234'],
	[whole, '1,234', '1234'],
	[whole, '1,234,567', '1234567'],
	[whole, '1 234 567', '1234567'],
	[whole, '1\u202f234', '1234'],
	[whole, '-5', '-5'],
	[whole, '\u22125', '-5'],
	[whole, '-0', '0'],
	[whole, '007', '7'],
	[whole, '5,0', '5'],
	[whole, '5.00', '5'],
	[whole, ' 12 ', '12'],
	[whole, '9.007.199.254', '9007199254'],
	[cents, '1.234.567,89', '1234567.89'],
	[cents, '1,234,567.89', '1234567.89'],
	[cents, '12,5', '12.50'],
	[cents, '12.5', '12.50'],
	[cents, '0,05', '0.05'],
	[cents, '-0,05', '-0.05'],
	[cents, '0.50', '0.50'],
	[cents, '1234,5', '1234.50'],
	[cents, '1.234', '1234.00'],
	[mills, '1,234', '1.234'],
	[mills, '0.234', '0.234'],
	[mills, '1.234,5', '1234.500'],
];
for (const [column, typed, text] of read)
	test(`"${typed}" at scale ${column.scale} is ${text}`, () =>
		assert.deepEqual(rules.parseNumber(typed, column),
		    { ok: true, text }));

const refused = [
	[whole, 'abc', 'cell.number'],
	[whole, '12a', 'cell.number'],
	[whole, '1e3', 'cell.number'],
	[whole, '1e400', 'cell.number'],
	[whole, 'NaN', 'cell.number'],
	[whole, 'Infinity', 'cell.number'],
	[whole, '-', 'cell.number'],
	[whole, '--5', 'cell.number'],
	[whole, '+5', 'cell.number'],
	[whole, '5-', 'cell.number'],
	[whole, '.', 'cell.number'],
	[whole, '5,', 'cell.number'],
	[whole, ',5', 'cell.number'],
	[whole, '1.23.456', 'cell.number'],
	[whole, '1.234.56', 'cell.number'],
	[whole, '1,234.567.890', 'cell.number'],
	[whole, '1.234,567,8', 'cell.number'],
	[whole, '12.34,5', 'cell.number'],
	[whole, '=1+1', 'cell.number'],
	[whole, '12%', 'cell.number'],
	[whole, '5,5', 'cell.scale'],
	[whole, '12.5', 'cell.scale'],
	[cents, '1,234', 'cell.scale'],
	[cents, '0.125', 'cell.scale'],
	[plain, '101', 'cell.range'],
	[plain, '-1', 'cell.range'],
	[whole, '9'.repeat(400), 'cell.range'],
];
for (const [column, typed, fault] of refused)
	test(`"${typed.slice(0, 20)}" at scale ${column.scale} is ${fault}`,
	    () => assert.deepEqual(rules.parseNumber(typed, column),
		{ ok: false, code: fault }));

test('numbers are shown the Vietnamese way', () => {
	const shown = ['0', '999', '1000', '-1234567.50', '0.05',
		'18446744073709551614'].map(rules.formatNumber);
	assert.deepEqual(shown, ['0', '999', '1.000', '-1.234.567,50', '0,05',
		'18.446.744.073.709.551.614']);
});

test('scaled values are exact and strict', () => {
	assert.equal(rules.toScaled('-12.5', 2), -1250n);
	assert.equal(rules.fromScaled(-1250n, 2), '-12.50');
	assert.equal(rules.fromScaled(-5n, 2), '-0.05');
	for (const text of ['', '-', '-0', '01', '1.', '.5', '1.234', '1e3',
		'+1', ' 1', '1 '])
		assert.equal(rules.toScaled(text, 2), null, text);
});
