// A block over the sheet: what is filled in, asked, marked and told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, loadSheets } from './sheet.mjs';

const { open, paste } = await loadSheets();

const ROWS = ['Chứng thực', 'Đất đai', 'Hộ tịch'];
const scales = (...all) => formOf(all.map((scale) => ({ scale })), ROWS);
/* The first column counts the other two. */
const SUMS = formOf([{ computes: [1, 2] }, {}, {}], ROWS);

const row = (sheet, r) => {
	const width = sheet.form.columns.length;
	return sheet.cells.slice(r * width, (r + 1) * width);
};
const faults = (sheet) => [...sheet.wrong].map(([at, { fault }]) => [at, fault]);

test('texts of one convention decide for the whole block', () => {
	const sheet = open(scales(3, 3, 3, 3));
	paste(sheet, '0.123\t1.234\t12.5\t1234.567');
	assert.deepEqual(row(sheet, 0), ['0.123', '1.234', '12.500', '1234.567']);
	assert.equal(sheet.asked, null);
});

test('two conventions in one block mark its cells', () => {
	const sheet = open(scales(0, 0, 0, 0));
	paste(sheet, '1,234\t2.345\t12.000\t7');
	assert.deepEqual(row(sheet, 0), [null, null, null, '7']);
	assert.deepEqual(faults(sheet), [0, 1, 2].map((at) => [at, 'cell.marks']));
});

test('a lone grouped figure where no decimals are allowed is not asked about',
	() => {
		const sheet = open(scales(0, 0));
		paste(sheet, '1.234\t12.000');
		assert.deepEqual(row(sheet, 0), ['1234', '12000']);
	});

test('three digits after one mark and nothing else are asked about once, and ' +
	'nothing is in before the answer', () => {
	for (const [mark, figures] of [[',', ['1234.000', '2345.000']],
		['.', ['1.234', '2.345']]]) {
		const sheet = open(scales(3, 3));
		assert.equal(paste(sheet, '1.234\t2.345'), null);
		assert.deepEqual(row(sheet, 0), [null, null]);
		assert.ok(sheet.asked);
		assert.match(sheet.verdict().stopped.join(), /entry\.stop\.asked/);
		sheet.answer(mark);
		assert.deepEqual(row(sheet, 0), figures);
		assert.equal(sheet.asked, null);
		sheet.undo();
		assert.deepEqual(row(sheet, 0), [null, null]);
	}
});

test('a block that is given up leaves all as it was', () => {
	const sheet = open(scales(3));
	paste(sheet, '1.234');
	sheet.answer(null);
	assert.deepEqual([row(sheet, 0), sheet.asked, sheet.news],
		[[null], null, null]);
});

test('a block waits for the answer about the one before', () => {
	const sheet = open(scales(3, 3));
	paste(sheet, '1.234');
	paste(sheet, '5', [0, 1]);
	sheet.answer('.');
	assert.deepEqual(row(sheet, 0), ['1.234', null]);
});

test('what the answer does not fit is marked', () => {
	const sheet = open(scales(0, 0));
	paste(sheet, '1,234\t12.000');
	sheet.answer(',');
	assert.deepEqual(row(sheet, 0), [null, '12000']);
	assert.deepEqual(faults(sheet), [[0, 'cell.scale']]);
});

test('what was copied here comes back without a question', () => {
	const sheet = open(scales(3));
	paste(sheet, '12,345', [0, 0], true);
	assert.deepEqual(row(sheet, 0), ['12.345']);
});

test('the marks that spreadsheets group by are read, blanks elsewhere are not',
	() => {
		const sheet = open(scales(0, 0, 2));
		paste(sheet, '1\u00a0234\u00a0567\t12\u202f345\t1\u00a0234,5\r\n' +
			'12 34\t1 2 3\t1\u200b2');
		assert.deepEqual(row(sheet, 0), ['1234567', '12345', '1234.50']);
		assert.deepEqual(faults(sheet), [[3, 'cell.number'],
			[4, 'cell.number'], [5, 'cell.unseen']]);
	});

test('what is refused says why', () => {
	const sheet = open(scales(0, 0, 2));
	paste(sheet, '1,5\t1\u200b2\t0,125');
	assert.deepEqual([0, 1, 2].map((at) => sheet.faultText(at)),
		['fault.cell.whole', 'fault.cell.unseen', 'fault.cell.scale']);
});

test('a dash is zero, as forms and accounting formats write it', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, ' -   \t\u2013\tx');
	assert.deepEqual(row(sheet, 0), ['0', '0', { state: 'none' }]);
});

test('what does not fit the grid is counted, with where it would have been',
	() => {
		const sheet = open(scales(0, 0));
		paste(sheet, '1\t2\t3\n4\t5\t\n6\t7\t', [1, 0]);
		assert.deepEqual(sheet.news.block.outside,
			{ cells: 3, rows: 1, columns: 1, names: [] });
		assert.deepEqual([row(sheet, 1), row(sheet, 2)],
			[['1', '2'], ['4', '5']]);
	});

test('a pasted total that is not what the form counts is told until it is', () => {
	const sheet = open(SUMS);
	paste(sheet, '9\t2\t3\r\n5\t2\t3\r\nabc\t1\t1');
	assert.deepEqual(sheet.otherTotals().map(({ at, figure }) => [at, figure]),
		[[0, '9'], [6, null]]);
	assert.equal(sheet.cells[0], '5');
	sheet.change([{ at: 2, typed: '7' }]);
	assert.deepEqual(sheet.otherTotals().map(({ at }) => at), [6]);
});

test('a block that is larger than anybody means is refused in words', () => {
	const sheet = open(SUMS);
	sheet.paste(null, { top: 0, left: 0, bottom: 0, right: 0 }, false);
	assert.equal(sheet.tooLarge, true);
	paste(sheet, '\t5');
	assert.equal(sheet.tooLarge, false);
});

const HEADS = 'TT\tLĩnh vực\tCột a\tCột b\tCột c\r\n' +
	'(1)\t(2)\t(3)\t(4)\t(5)\r\n';

test('heads, numbers and names that were copied along place the figures', () => {
	const sheet = open(scales(0, 0, 0));
	/* Rows in another order, the cursor anywhere. */
	paste(sheet, `${HEADS}1\tHỘ  TỊCH\t1\t2\t3\r\n2\tChứng thực\t4\t5\t6\r\n` +
		'\tCộng\t5\t7\t9', [1, 1]);
	assert.deepEqual([0, 1, 2].map((r) => row(sheet, r)), [['4', '5', '6'],
		[null, null, null], ['1', '2', '3']]);
	assert.deepEqual(sheet.news.block.outside,
		{ cells: 3, rows: 0, columns: 0, names: ['Cộng'] });
});

test('columns go by their numbers, in any order and with others between', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, 'TT\tCột a\tCột c\r\n(1)\t(3)\t(5)\t(9)\r\n' +
		'1\t7\t8\t9\r\n2\t4\t5\t', [1, 1]);
	assert.deepEqual([row(sheet, 1), row(sheet, 2)],
		[['7', null, '8'], ['4', null, '5']]);
	assert.deepEqual(sheet.news.block.outside,
		{ cells: 1, rows: 0, columns: 0, names: ['(9)'] });
});

test('names without heads: the rows by name, the columns from the cursor', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, 'Đất đai\t7\r\nChứng thực\t8', [2, 1]);
	assert.deepEqual([row(sheet, 0), row(sheet, 1)],
		[[null, '8', null], [null, '7', null]]);
});

test('figures that look like numbers of columns are figures', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, '3\t4\t5\r\n6\t7\t8');
	assert.deepEqual([row(sheet, 0), row(sheet, 1)],
		[['3', '4', '5'], ['6', '7', '8']]);
});

test('small growing figures below heads are figures, and the line is told', () => {
	const sheet = open(scales(0, 0, 0, 0));
	paste(sheet, 'Cột a\tCột b\tCột c\tCột d\r\n\t4\t5\t7\r\n\t20\t30\t10');
	assert.deepEqual([row(sheet, 0), row(sheet, 1)],
		[[null, '4', '5', '7'], [null, '20', '30', '10']]);
	assert.deepEqual(sheet.news.block.doubt,
		{ line: ['', '4', '5', '7'], labels: false });
	assert.equal(sheet.newsInShort().length, 1);
});

test('one after another, but under the names of other columns, they are figures',
	() => {
		const sheet = open(scales(0, 0, 0, 0, 0));
		paste(sheet, 'Cột a\tCột b\tCột c\tCột d\r\n4\t5\t6\t7\r\n1\t2\t3\t4');
		assert.deepEqual(row(sheet, 0), ['4', '5', '6', '7', null]);
		assert.equal(sheet.news.block.doubt.labels, false);
	});

test('all numbers of the heads, without brackets, are numbers; few are told', () => {
	for (const count of [2, 3, 4, 5]) {
		const sheet = open(scales(0, 0, 0, 0, 0));
		const line = (text) => Array.from({ length: count }, (_, c) => text(c))
			.join('\t');
		paste(sheet, [line((c) => `Cột ${'abcde'[c]}`), line((c) => c + 3),
			line((c) => 20 - c)].join('\r\n'), [1, 2]);
		assert.deepEqual(row(sheet, 1).slice(0, 2), ['20', '19']);
		assert.deepEqual(row(sheet, 0).concat(row(sheet, 2)),
			Array(10).fill(null));
		assert.equal(sheet.news.block.doubt?.labels, count < 4 ? true
			: undefined);
	}
});

test('negative figures of accountants are no numbers of columns', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, '(3)\t(5)\r\n7\t8');
	assert.deepEqual(faults(sheet), [[0, 'cell.number'], [1, 'cell.number']]);
	assert.deepEqual(row(sheet, 1), ['7', '8', null]);
	assert.equal(sheet.news.block.doubt.labels, false);
});

test('a word among figures is refused where it is and moves nothing', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, '15\tĐất đai\t7\r\n1\t2\t3');
	assert.deepEqual(row(sheet, 0), ['15', null, '7']);
	assert.deepEqual(row(sheet, 1), ['1', '2', '3']);
	assert.deepEqual(faults(sheet), [[1, 'cell.number']]);
});

test('a name that comes twice fills its row once', () => {
	const sheet = open(scales(0, 0, 0));
	paste(sheet, 'Đất đai\t1\t2\t3\r\nĐất đai\t4\t5\t6');
	assert.deepEqual(row(sheet, 1), ['1', '2', '3']);
	assert.deepEqual(sheet.news.block.outside.names, ['Đất đai']);
});
