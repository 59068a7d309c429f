// A draft between the hands of its clerk, the browser and the server.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from './load.mjs';

const PERSON = 5;
const REPORT = 17;
const FORM = { cells: ['s01.c4', 's01.c5'], rules: [], rows: [{ id: 's01' }],
	columns: [{ id: 'c4' }, { id: 'c5' }] };

/* The server as far as drafts know it; line: what becomes of a save. */
let server;
let line;
let timers;

const cellsOf = (input) => FORM.cells.map((id) => input[id] ?? null);

function answer(status, body) {
	return { ok: status < 300, status, headers: new Headers(),
		json: async () => body };
}

const report = () => ({ id: REPORT, ...structuredClone(server) });

function take(options) {
	const revision = Number(options.headers['If-Match'].replaceAll('"', ''));
	if (revision !== server.revision)
		return answer(412, { code: 'report.stale' });
	server = { revision: revision + 1,
		cells: cellsOf(JSON.parse(options.body).cells) };
	return answer(200, report());
}

async function fakeFetch(address, options) {
	if (options.method === 'GET')
		return answer(200, report());
	if (line === 'cut')
		throw new TypeError('no line');
	const taken = take(options);
	if (line === 'no way back')
		throw new TypeError('no line');
	return taken;
}

beforeEach(() => {
	server = { revision: 1, cells: [null, null] };
	line = 'whole';
	timers = [];
	globalThis.localStorage = Object.create({
		getItem(key) {
			return this[key] ?? null;
		},
		setItem(key, value) {
			this[key] = value;
		},
		removeItem(key) {
			delete this[key];
		},
	});
	globalThis.window = { setTimeout: (act, ms) => timers.push({ act, ms }) };
	globalThis.fetch = fakeFetch;
});

/** A tab with the draft open. */
async function tab() {
	const { Draft } = await load('src/report/draft.ts', { fresh: true });
	return new Draft(FORM, report(), PERSON, () => undefined);
}

/** As somebody else saves. */
function savedElsewhere(cells) {
	server = { revision: server.revision + 1, cells };
}

const kept = () => Object.keys(localStorage);

test('what was typed is kept here until the server has it', async () => {
	const draft = await tab();
	draft.put(['7', null]);
	assert.deepEqual(kept(), [`truc.draft.${PERSON}.${REPORT}`]);
	await draft.save();
	assert.deepEqual(server.cells, ['7', null]);
	assert.deepEqual(kept(), []);
});

test('what the server never got is there in the next tab and is sent',
	async () => {
		line = 'cut';
		const draft = await tab();
		draft.put(['77', null]);
		await draft.save();
		assert.equal(draft.dirty, true);
		draft.flush();
		line = 'whole';
		const again = await tab();
		assert.deepEqual([again.restored, again.cells], [true, ['77', null]]);
		await again.save();
		assert.deepEqual(server.cells, ['77', null]);
		assert.deepEqual(kept(), []);
	});

test('a save that arrived without its answer is nobody else\'s', async () => {
	const draft = await tab();
	line = 'no way back';
	draft.put(['7', null]);
	await draft.save();
	line = 'whole';
	draft.put(['78', '5']);
	await draft.save();
	assert.equal(draft.conflict, null);
	assert.equal(draft.taken, 0);
	assert.deepEqual(draft.cells, ['78', '5']);
	await draft.save();
	assert.deepEqual(server.cells, ['78', '5']);
});

test('of several tries without an answer any may have arrived', async () => {
	const draft = await tab();
	line = 'no way back';
	draft.put(['7', null]);
	await draft.save();
	line = 'cut';
	for (const value of ['78', '788']) {
		draft.put([value, null]);
		await draft.save();
	}
	line = 'whole';
	draft.put(['9', null]);
	await draft.save();
	assert.equal(draft.conflict, null);
	await draft.save();
	assert.deepEqual(server.cells, ['9', null]);
});

test('the last try of a closed tab may arrive after the next tab was opened',
	async () => {
		line = 'cut';
		const draft = await tab();
		draft.put(['7', null]);
		line = 'whole';
		const again = await tab();
		draft.flush();
		again.put(['78', null]);
		await again.save();
		assert.equal(again.conflict, null);
		await again.save();
		assert.deepEqual(server.cells, ['78', null]);
	});

test('what another clerk saved meanwhile is taken or asked about', async () => {
	const draft = await tab();
	line = 'cut';
	draft.put(['7', null]);
	await draft.save();
	line = 'whole';
	savedElsewhere(['500', '60']);
	await draft.save();
	assert.deepEqual(draft.conflict, { theirs: ['500', '60'], cells: [0] });
	assert.deepEqual([draft.cells, draft.taken], [['7', '60'], 1]);
	assert.deepEqual(draft.choose(new Set([0])), ['500', '60']);
	await draft.save();
	assert.deepEqual([server.cells, draft.dirty], [['500', '60'], false]);
});
