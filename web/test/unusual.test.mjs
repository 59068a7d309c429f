// Figures beside those of before, in a sheet: how many times, when it stops a
// submission, and a quarter without cases that is told why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { formOf, loadSheets } from './sheet.mjs';

const { timesText } = await load('src/report/unusual.tsx');
const { open } = await loadSheets();

const form = formOf([{}, {}], ['Đất đai']);
const expected = [{ rule: 'p1.r0.c0', cell: 'r0.c0', low: '34', high: '299',
	last: '100', year: null, usual: null }];

function opened() {
	const sheet = open(form);
	sheet.report.expected.push(...expected);
	return sheet;
}

test('times are told to a tenth, from ten on whole', () => {
	assert.deepEqual([[300n, 100n], [340n, 100n], [999n, 100n], [1234n, 100n],
		[1n, 1n]].map(([a, b]) => timesText(a, b)),
	['3', '3,4', '10', '12', '1']);
});

test('a far figure stops the submission until it is explained', () => {
	const sheet = opened();
	sheet.change([{ at: 0, typed: '1000' }, { at: 1, typed: '5' }]);
	const { findings, stopped, total, passed } = sheet.verdict();
	assert.deepEqual([total, passed], [1, 0]);
	assert.deepEqual(findings.map((f) => [f.finding.rule, f.finding.expected,
		f.unusual.value]), [['p1.r0.c0', '100', '1000']]);
	assert.match(stopped.join(), /^entry\.stop\.explain/);
	sheet.remark(0, 'Sáp nhập');
	assert.deepEqual(sheet.verdict().stopped, []);
	sheet.change([{ at: 0, typed: '299' }]);
	assert.deepEqual(sheet.verdict().findings, []);
});

test('a quarter without cases is told why where there were many', () => {
	const sheet = opened();
	assert.deepEqual(sheet.nilUnusual, [0]);
	sheet.fillNil('Lũ chia cắt');
	assert.deepEqual(sheet.cells, [{ value: '0', remark: 'Lũ chia cắt' }, '0']);
	assert.deepEqual(sheet.verdict().stopped, []);
});
