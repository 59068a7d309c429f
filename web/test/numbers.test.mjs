// Figures as people read them; rules.test.mjs has how they are parsed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { aggregate, changePerMille, compare, difference, formatChange, formatCount, formatEntry, formatGap, formatNumber,
	plainNumber, share, sum } = await load('src/numbers.ts');

test('figures are grouped by points and have a decimal comma', () => {
	assert.equal(formatNumber('1234567.8'), '1.234.567,8');
	assert.equal(formatNumber('1000'), '1.000');
	assert.equal(formatNumber('999'), '999');
	assert.equal(formatNumber('0'), '0');
	assert.equal(formatCount(48213), '48.213');
});

test('for typing on, a figure has no groups', () => {
	assert.equal(plainNumber('-1234567.80'), '-1234567,80');
	assert.equal(plainNumber('1234'), '1234');
});

test('a negative figure has a true minus sign', () => {
	assert.equal(formatNumber('-1234.50'), '\u22121.234,50');
});

test('figures of a column come together by its aggregation', () => {
	const texts = ['5', '-2.5', '10'];
	assert.equal(aggregate('sum', texts), '12.5');
	assert.equal(aggregate('min', texts), '-2.5');
	assert.equal(aggregate('max', texts), '10.0');
	for (const how of ['last', 'none']) {
		assert.equal(aggregate(how, texts), null);
		assert.equal(aggregate(how, ['5']), '5');
	}
	for (const how of ['sum', 'min', 'max', 'last', 'none'])
		assert.equal(aggregate(how, []), null);
});

test('figures beyond 2^53 keep their last digit', () => {
	assert.equal(formatNumber('9007199254740993'), '9.007.199.254.740.993');
	assert.equal(sum(['9007199254740993', '1']), '9007199254740994');
});

test('what is no decimal is shown as it is', () => {
	assert.equal(formatNumber('abc'), 'abc');
	assert.equal(formatNumber(''), '');
});

test('sums and differences are exact over different scales', () => {
	assert.equal(sum(['0.1', '0.2']), '0.3');
	assert.equal(sum(['1', '0.25']), '1.25');
	assert.equal(sum([]), null);
	assert.equal(difference('0.3', '0.1'), '-0.2');
	assert.equal(difference('5', 'x'), null);
});

test('a change is told in tenths of a per cent, half away from zero', () => {
	assert.equal(changePerMille('60', '69'), 150n);
	assert.equal(changePerMille('200', '199'), -5n);
	assert.equal(changePerMille('2000', '2001'), 1n);
	assert.equal(changePerMille('2000', '1999'), -1n);
	assert.equal(changePerMille('-10', '-5'), 500n);
	assert.equal(changePerMille('7', '7'), 0n);
});

test('without a base there is no change to tell', () => {
	assert.equal(changePerMille('0', '5'), null);
	assert.equal(changePerMille('x', '5'), null);
});

test('a change is written with its sign', () => {
	assert.equal(formatChange(150n), '+15,0\u00a0%');
	assert.equal(formatChange(-5n), '\u22120,5\u00a0%');
	assert.equal(formatChange(9999n), '+999,9\u00a0%');
	assert.equal(formatChange(0n), '0,0\u00a0%');
});

test('figures sort by size, whatever their sign and scale', () => {
	assert.deepEqual(['2', null, '-10', '2.5', '0'].sort(compare),
		[null, '0', '2', '2.5', '-10']);
});

test('the length of a bar stays between 0 and 100', () => {
	assert.equal(share('1', '4'), 25);
	assert.equal(share('5', '4'), 100);
	assert.equal(share('1', '0'), 0);
	assert.equal(share('-1', '4'), 25);
});

test('English pages have English marks', () => {
	assert.equal(formatNumber('1996', 'en'), '1,996');
	assert.equal(formatNumber('-1234567.8', 'en'), '\u22121,234,567.8');
	assert.equal(plainNumber('1234567.8', 'en'), '1234567.8');
	assert.equal(formatChange(150n, 'en'), '+15.0%');
});

test('a change from a tiny base is no share of it', () => {
	assert.equal(formatChange(changePerMille('1', '1318')), null);
	assert.equal(formatChange(changePerMille('0', '5')), null);
	assert.equal(formatChange(changePerMille('10', '109')), '+990,0\u00a0%');
	assert.equal(formatChange(changePerMille('10', '110')), null);
	assert.equal(formatGap(difference('1', '1318')), '+1.317');
	assert.equal(formatGap(difference('1318', '1')), '\u22121.317');
	assert.equal(formatGap('0'), '0');
});

test('people count entries of the ledger from one', () => {
	assert.equal(formatEntry(0), '1');
	assert.equal(formatEntry(48212), '48.213');
});
