// What the browser keeps of a person, and the first data of a page.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from './load.mjs';

/* As a browser's: its keys are its own properties. */
function fakeStorage() {
	return Object.create({
		getItem(key) {
			return this[key] ?? null;
		},
		setItem(key, value) {
			this[key] = String(value);
		},
		removeItem(key) {
			delete this[key];
		},
	});
}

let keep;
let listener;
let reloads;

beforeEach(async () => {
	globalThis.localStorage = fakeStorage();
	globalThis.location = { reload: () => reloads++ };
	globalThis.addEventListener = (name, listen) => {
		assert.equal(name, 'storage');
		listener = listen;
	};
	reloads = 0;
	/* A fresh page. */
	keep = await load('src/ui/keep.ts', { fresh: true });
});

test('one person reads nothing of another', () => {
	keep.keep('draft', 5, 17, 'five');
	keep.keep('draft', 51, 17, 'fifty-one');
	keep.keep('unit', 5, undefined, '3');
	assert.equal(keep.readKept('draft', 5, 17), 'five');
	assert.equal(keep.readKept('draft', 51, 17), 'fifty-one');
	assert.equal(keep.readKept('draft', 7, 17), null);
	assert.deepEqual(keep.unsentWork(5), ['/reports/17/entry']);
	assert.deepEqual(keep.unsentWork(7), []);
});

test('signing out clears all of one person and nothing of another', () => {
	localStorage.setItem('truc.lang', 'en');
	for (const person of [5, 51, 505]) {
		keep.keep('draft', person, 5, 'a');
		keep.keep('draft', person, 51, 'b');
		keep.keep('unit', person, undefined, '5');
	}
	keep.clearKept(5);
	assert.deepEqual(Object.keys(localStorage).sort(), ['truc.draft.505.5',
		'truc.draft.505.51', 'truc.draft.51.5', 'truc.draft.51.51',
		'truc.lang', 'truc.unit.505', 'truc.unit.51', 'truc.who']);
	assert.equal(localStorage.getItem('truc.who'), '');
});

test('after signing out nothing is kept again, however late it comes', () => {
	keep.clearKept(5);
	keep.keep('draft', 5, 17, 'late');
	assert.equal(keep.readKept('draft', 5, 17), null);
	assert.equal(keep.isOver(), true);
});

test('another tab\'s change of person ends this page', () => {
	keep.watchPerson(5);
	assert.equal(localStorage.getItem('truc.who'), '5');
	listener({ key: 'truc.who', newValue: '5' });
	listener({ key: 'truc.draft.6.1', newValue: 'x' });
	assert.deepEqual([reloads, keep.isOver()], [0, false]);
	listener({ key: 'truc.who', newValue: '6' });
	assert.deepEqual([reloads, keep.isOver()], [1, true]);
	keep.keep('draft', 5, 17, 'late');
	assert.deepEqual(keep.unsentWork(5), []);
});

test('a browser that keeps nothing is worked with all the same', () => {
	globalThis.localStorage = undefined;
	keep.keep('draft', 5, 17, 'x');
	keep.drop('draft', 5, 17);
	assert.equal(keep.readKept('draft', 5, 17), null);
	assert.deepEqual(keep.unsentWork(5), []);
	keep.clearKept(5);
});

test('open work is sent before leaving, closed work is not asked', async () => {
	const sent = [];
	keep.onLeaving(async () => void sent.push('open'));
	keep.onLeaving(async () => void sent.push('closed'))();
	await keep.sendOpenWork();
	assert.deepEqual(sent, ['open']);
});

test('first data is used once, by its address however written', async () => {
	const { readFirst, takeFirst } = await load('src/api/first.ts');
	readFirst(JSON.stringify({ lang: 'vi', nobody: false, answers: {
		'/api/v1/obligations?mine=true&limit=500': { items: [1] },
		'/api/v1/reports?form=II.06a/VPCP': { items: [2] } } }), 'vi');
	assert.equal(takeFirst('/api/v1/obligations?mine=true'), undefined);
	assert.deepEqual(takeFirst('/api/v1/obligations?limit=500&mine=true'),
		{ items: [1] });
	assert.equal(takeFirst('/api/v1/obligations?limit=500&mine=true'),
		undefined);
	assert.deepEqual(takeFirst('/api/v1/reports?form=II.06a%2FVPCP'),
		{ items: [2] });
});

test('first data in another language, malformed or absent is not used',
	async () => {
		const { isNobody, readFirst, takeFirst } =
			await load('src/api/first.ts');
		const text = JSON.stringify({ lang: 'vi', nobody: false,
			answers: { '/a': 1 } });
		readFirst(text, 'en');
		assert.equal(takeFirst('/a'), undefined);
		for (const broken of ['', '{', 'null', '{"lang":"vi"}', undefined]) {
			readFirst(broken, 'vi');
			assert.equal(takeFirst('/a'), undefined);
			assert.equal(isNobody(), false);
		}
		readFirst('{"lang":"en","nobody":true,"answers":{}}', 'vi');
		assert.equal(isNobody(), true);
	});
