// The rules in the browser over the corpus that src/regime/test_rules.c reads
// too; reading.test.mjs has how figures are read.
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

/** One cell, and figures in it. */
function figures({ scale, lo, hi, expect, figures: list }) {
	const form = { columns: [{ id: 'a', scale, lo, hi }], cells: ['a'],
		rules: [] };
	const expected = expect ? [{ rule: 'p.a', cell: 'a', ...expect }] : [];
	return list.map(([cell]) => rules.judgeFigures(form, [cell], expected)
	    .map((f) => f.verdict)[0] ?? 'not_judged');
}

let count = 0;
for (const file of files) {
	const set = JSON.parse(readFileSync(join(corpus, file), 'utf8'));
	if (set.plausible) {
		for (const one of set.cases)
			test(`${file}: ${one.name}`, () => assert.deepEqual(
			    figures(one), one.figures.map(([, said]) => said)));
		continue;
	}
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

test('a figure beside what came before has the words of its rule', () => {
	const form = { columns: [{ id: 'a', scale: 0, lo: '0', hi: '9999' }],
		cells: ['r.a'], rules: [], plausible: [{ id: 'p1', citation: 'C',
			message_vi: 'V', message_en: 'E' }] };
	const [found] = rules.judgeFigures(form, ['1000'], [{ rule: 'p1.r.a',
		cell: 'r.a', low: '4', high: '29', last: null, year: '10',
		usual: '11' }]);
	assert.deepEqual(found, { verdict: 'broken', expected: '10', rule: {
		id: 'p1.r.a', target: 'r.a', terms: [], severity: 'explain',
		computes: false, carry: false, citation: 'C', message_vi: 'V',
		message_en: 'E' } });
});

test('filling leaves what it was given alone', () => {
	const form = { columns: [{ id: 'a', scale: 0, lo: '0', hi: '9' },
		{ id: 'b', scale: 0, lo: '0', hi: '9' }], cells: ['a', 'b'],
	rules: [{ id: 'r', target: 'a', terms: [{ cell: 'b', sign: 1 }],
		severity: 'block', computes: true, carry: false }] };
	const given = [null, '1'];
	rules.fill(form, given);
	assert.deepEqual(given, [null, '1']);
});

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
