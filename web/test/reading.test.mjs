// Figures as people type them and as spreadsheets copy them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { decide, readFigure, unseenIn } = await load('src/reading.ts');

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
	[whole, '1\u00a0234\u00a0567', '1234567'],
	[whole, '\u00a01\u2009234 ', '1234'],
	[cents, '1\u202f234\u202f567,8', '1234567.80'],
	[cents, '1 234.5', '1234.50'],
	[whole, '-', '0'],
	[whole, ' \u2013 ', '0'],
	[cents, '\u2014', '0.00'],
	[whole, '\u2212', '0'],
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
		assert.deepEqual(readFigure(typed, column),
		    { ok: true, text }));

const refused = [
	[whole, 'abc', 'cell.number'],
	[whole, '12a', 'cell.number'],
	[whole, '1e3', 'cell.number'],
	[whole, '1e400', 'cell.number'],
	[whole, 'NaN', 'cell.number'],
	[whole, 'Infinity', 'cell.number'],
	[whole, '--5', 'cell.number'],
	[whole, '--', 'cell.number'],
	[whole, '12 34', 'cell.number'],
	[whole, '1 2 3', 'cell.number'],
	[whole, '1234 567', 'cell.number'],
	[whole, '1 234\u00a0567', 'cell.number'],
	[whole, '1 234.567', 'cell.scale'],
	[whole, '0 123', 'cell.number'],
	[whole, '1  234', 'cell.number'],
	[whole, '- 5', 'cell.number'],
	[whole, '12\t34', 'cell.unseen'],
	[whole, '12\n34', 'cell.unseen'],
	[whole, '12\u200b', 'cell.unseen'],
	[whole, '\ufeff12', 'cell.unseen'],
	[whole, '1\u2003234', 'cell.unseen'],
	[whole, `${'0'.repeat(400)}1`, 'cell.number'],
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
	    () => assert.deepEqual(readFigure(typed, column),
		{ ok: false, code: fault }));


const block = (scale, texts) => decide(texts.map((typed) => ({ typed, scale })));

const decided = [
	/* What only one convention can be decides. */
	[3, ['0.123', '1.234', '12.5', '1234.567'], '.'],
	[3, ['0,123', '1,234'], ','],
	[2, ['1.234.567', '1.234'], ','],
	[3, ['1\u00a0234,5', '2.345'], ','],
	/* Three digits after one mark, and nothing else, where decimals may be. */
	[3, ['1.234'], 'ask'],
	[2, ['1,234', '7'], 'ask'],
	[3, ['1.234', '1,234'], 'ask'],
	[2, ['12.000', '-', 'x', ''], 'ask'],
	/* Where none may be they group. */
	[0, ['1.234'], ','],
	[0, ['1,234'], '.'],
	[0, ['12.000'], ','],
	[0, ['12.000', '2.345'], ','],
	[0, ['12.000', '1,234'], 'ask'],
	[0, ['12.000', '12,000'], 'ask'],
	[0, ['12.000', '5.00'], 'ask'],
	/* A figure that the cell cannot hold decides nothing, but raises doubt. */
	[0, ['12.5', '12,5'], 'either'],
	[0, ['12.000', '12.5'], 'ask'],
	[0, ['1,234', '12,5'], 'ask'],
	/* Both are shown. */
	[0, ['1,234', '2.345', '12.000'], 'clash'],
	[2, ['0.5', '0,5'], 'clash'],
	/* Nothing to decide. */
	[3, ['1', '-', 'x', 'abc', '1 234', '12 34', ''], 'either'],
];
for (const [scale, texts, expected] of decided)
	test(`${texts.join(' | ')} at scale ${scale}: ${expected}`, () => {
		assert.equal(block(scale, texts), expected);
		assert.equal(block(scale, [...texts].reverse()), expected);
	});

test('a whole column decides for one with decimals', () => {
	const texts = [{ typed: '2.345', scale: 0 }, { typed: '1.234', scale: 3 }];
	assert.equal(decide(texts), ',');
	assert.equal(decide([{ ...texts[0], typed: '12.000' }, texts[1]]), 'ask');
});

test('once decided, a text is read by that convention or refused', () => {
	const read = (typed, column, mark) => {
		const got = readFigure(typed, column, mark);
		return got.ok ? got.text : got.code;
	};
	assert.equal(read('1.234', mills, '.'), '1.234');
	assert.equal(read('1.234', mills, ','), '1234.000');
	assert.equal(read('1,234', cents, '.'), '1234.00');
	assert.equal(read('1,234', cents, ','), 'cell.scale');
	assert.equal(read('12.000', whole, '.'), '12');
	assert.equal(read('0,5', cents, '.'), 'cell.marks');
	assert.equal(read('0,125', cents, '.'), 'cell.scale');
	assert.equal(read('1 234', cents, '.'), '1234.00');
});

test('what nobody sees has a name and a place', () => {
	assert.deepEqual(unseenIn('12\u200b3'), { name: 'U+200B', before: '12' });
	assert.deepEqual(unseenIn('\ufeff1'), { name: 'U+FEFF', before: '' });
	assert.equal(unseenIn('1 234\u00a0567'), null);
});
