// Ranges as spreadsheets put them on the clipboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { formatTsv, parseTsv } = await load('src/paste.ts');

test('rows end with CR LF, LF or CR, and a last line end makes no row', () => {
	for (const end of ['\r\n', '\n', '\r'])
		assert.deepEqual(parseTsv(`1\t2${end}3\t4${end}`),
			[['1', '2'], ['3', '4']]);
});

test('empty cells and empty rows stay where they are', () => {
	assert.deepEqual(parseTsv('\t\n\n1\t'), [['', ''], [''], ['1', '']]);
});

test('an empty clipboard is one empty cell', () => {
	assert.deepEqual(parseTsv(''), [['']]);
});

test('a quoted cell may hold tabs, line ends and doubled quotes', () => {
	assert.deepEqual(parseTsv('"a\tb\nc ""d"""\t2'),
		[['a\tb\nc "d"', '2']]);
});

test('a quote inside a cell is only a quote', () => {
	assert.deepEqual(parseTsv('5" ống\t1'), [['5" ống', '1']]);
});

test('what is copied comes back the same', () => {
	const rows = [['1.234,5', 'a\tb'], ['"x"', 'd\r\ne']];
	assert.deepEqual(parseTsv(formatTsv(rows)), rows);
});

test('a quote that is never closed takes no other cell with it', () => {
	assert.deepEqual(parseTsv('"1\t2\r\n3\t4'), [['"1', '2'], ['3', '4']]);
	assert.deepEqual(parseTsv('"a"b\t2\n3'), [['"a"b', '2'], ['3']]);
});
