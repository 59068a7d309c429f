// Texts that say something over the corpus that src/regime/test_cells.c reads too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

const { says } = await load('src/words.ts');
const corpus = JSON.parse(readFileSync(new URL(
	'../../tests/corpus/words.json', import.meta.url), 'utf8'));

test('texts say something or nothing as they do to the server', () => {
	assert.ok(corpus.says.length >= 10 && corpus.silent.length >= 30);
	for (const text of corpus.says)
		assert.equal(says(text), true, JSON.stringify(text));
	for (const text of corpus.silent)
		assert.equal(says(text), false, JSON.stringify(text));
	assert.ok(corpus.controls.length >= 10);
	for (const code of corpus.controls)
		assert.equal(says(`a${String.fromCharCode(code)}b`), false, `${code}`);
});

// The order of names is the server's; src/core/test_name_order.c holds it to this file.
test('names in the order of the corpus are in that of Unicode for Vietnamese', () => {
	const names = readFileSync(new URL('../../tests/corpus/names.txt',
		import.meta.url), 'utf8').trim().split('\n');
	const { compare } = new Intl.Collator('vi', { numeric: true });
	assert.ok(names.length > 150);
	for (let i = 1; i < names.length; i++)
		assert.ok(compare(names[i - 1], names[i]) < 0,
			`${names[i - 1]} < ${names[i]}`);
});
