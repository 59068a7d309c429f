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

const report = () => ({ id: REPORT, state: 'draft', form: 'T',
	period: '2025-Q4', unit: 4, actions: [{ name: 'save' }],
	...structuredClone(server) });

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

const kept = () => Object.keys(localStorage).sort();

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

/** A draft of ours in which both clerks changed the first cell. */
async function inConflict() {
	const draft = await tab();
	draft.put(['44', null]);
	savedElsewhere(['33', null]);
	await draft.save();
	assert.deepEqual(draft.conflict.cells, [0]);
	return draft;
}

test('a choice that was left open is asked again in the next tab, and nothing ' +
	'is sent before it', async () => {
	(await inConflict()).flush();
	const again = await tab();
	timers.forEach(({ act }) => act());
	await again.save();
	again.flush();
	assert.deepEqual(again.conflict, { theirs: ['33', null], cells: [0] });
	assert.deepEqual([again.cells, server.cells],
		[['44', null], ['33', null]]);
	again.choose(new Set([0]));
	await again.save();
	assert.deepEqual([server.cells, kept()], [['33', null], []]);
});

test('a choice stays open however often the tab is closed and whatever else is ' +
	'typed meanwhile', async () => {
	(await inConflict()).put(['44', '5']);
	(await tab()).put(['45', '6']);
	const again = await tab();
	assert.deepEqual(again.conflict, { theirs: ['33', null], cells: [0] });
	again.choose(new Set());
	await again.save();
	assert.deepEqual(server.cells, ['45', '6']);
});

test('a choice that was left open is between mine and what is there now',
	async () => {
		(await inConflict()).flush();
		savedElsewhere(['35', '7']);
		const again = await tab();
		assert.deepEqual(again.conflict, { theirs: ['35', '7'], cells: [0] });
		assert.deepEqual(again.cells, ['44', '7']);
	});

test('a choice that was left open is none any more once both say the same',
	async () => {
		(await inConflict()).flush();
		savedElsewhere(['44', null]);
		const again = await tab();
		assert.deepEqual([again.conflict, kept()], [null, []]);
	});

test('taking a change back is sent, too, if the change may have arrived',
	async () => {
		server.cells = ['5', null];
		const draft = await tab();
		line = 'no way back';
		draft.put(['6', null]);
		await draft.save();
		line = 'whole';
		draft.put(['5', null]);
		await draft.save();
		await draft.save();
		assert.deepEqual([server.cells, kept()], [['5', null], []]);
	});

test('what a closed tab sent without an answer is nobody else\'s in the next',
	async () => {
		server.cells = ['5', null];
		const draft = await tab();
		line = 'no way back';
		draft.put(['6', '1']);
		await draft.save();
		line = 'cut';
		draft.put(['5', '2']);
		line = 'whole';
		const again = await tab();
		assert.deepEqual([again.conflict, again.taken, again.cells],
			[null, 0, ['5', '2']]);
		await again.save();
		assert.deepEqual([server.cells, kept()], [['5', '2'], []]);
	});

test('refused text is there in the next tab, asked about at sign-out, and gone ' +
	'once it is put right', async () => {
	const { unsentWork } = await load('src/ui/keep.ts', { fresh: true });
	const draft = await tab();
	const wrong = [[1, { typed: 'abc', fault: 'cell.number' }]];
	draft.put([null, null], new Map(wrong));
	draft.flush();
	assert.deepEqual(unsentWork(PERSON), [`/reports/${REPORT}/entry`]);
	const again = await tab();
	assert.deepEqual([[...again.wrong], again.restored], [wrong, true]);
	again.put([null, '5'], new Map());
	await again.save();
	assert.deepEqual([server.cells, kept()], [[null, '5'], []]);
});

test('refused text goes once the report was sent on elsewhere, not before',
	async () => {
		const draft = await tab();
		draft.put([null, null], new Map([[1,
			{ typed: 'abc', fault: 'cell.number' }]]));
		draft.flush();
		for (const state of ['draft', 'returned', 'not_started']) {
			server = { ...server, state };
			assert.equal((await tab()).wrong.size, 1, state);
		}
		const text = localStorage.getItem(kept()[0]);
		for (const state of ['proposed', 'sent', 'accepted']) {
			localStorage.setItem(`truc.refused.${PERSON}.${REPORT}`, text);
			server = { ...server, state };
			const late = await tab();
			assert.deepEqual([late.wrong.size, late.restored, kept()],
				[0, false, []], state);
		}
	});

test('text that was kept by nobody of ours is left alone', async () => {
	for (const text of ['{', '[1]', '[[9,{"typed":"a","fault":"cell.number"}]]',
		'[[0,{"typed":7,"fault":"cell.number"}]]', '{"base":1,"cells":2}']) {
		localStorage.setItem(`truc.refused.${PERSON}.${REPORT}`, text);
		localStorage.setItem(`truc.draft.${PERSON}.${REPORT}`, text);
		const draft = await tab();
		assert.deepEqual([draft.cells, draft.wrong.size], [[null, null], 0]);
	}
});

/* ---- before the report is opened ---------------------------------------- */

/** A server without the report; what is asked of it. */
function notOpened() {
	const asked = [];
	server = { id: 0, revision: 0, state: 'not_started', actions: [],
		cells: [null, null] };
	globalThis.fetch = async (address, options) => {
		asked.push(`${options.method} ${address.split('?')[0]}`);
		if (options.method !== 'POST')
			return fakeFetch(address, options);
		const opens = options.headers['If-Match'] === '"0"' && server.id === 0;
		if (opens)
			server = { revision: 1, cells: cellsOf(JSON.parse(options.body)
				.cells) };
		return opens ? answer(201, report())
			: answer(412, { code: 'report.stale' });
	};
	return asked;
}

test('nothing is opened before the first change, and that opens it once',
	async () => {
		const asked = notOpened();
		const draft = await tab();
		await draft.save();
		draft.flush();
		assert.deepEqual([asked, draft.editable], [[], true]);
		draft.put(['7', null]);
		assert.deepEqual(kept(), [
			`truc.draft.${PERSON}.form=T&period=2025-Q4&unit=4`]);
		await draft.save();
		draft.put(['78', null]);
		await draft.save();
		assert.deepEqual(asked, ['POST /api/v1/reports',
			`PUT /api/v1/reports/${REPORT}/draft`]);
		assert.deepEqual([server.cells, kept()], [['78', null], []]);
	});

test('what was typed before it was opened is there once it is', async () => {
	notOpened();
	const draft = await tab();
	draft.put(['7', null]);
	/* Another clerk was faster. */
	server = { revision: 3, cells: [null, '5'] };
	const { unsentWork } = await load('src/ui/keep.ts', { fresh: true });
	assert.deepEqual(unsentWork(PERSON),
		['/reports/new?form=T&period=2025-Q4&unit=4']);
	const again = await tab();
	assert.deepEqual([again.restored, again.cells], [true, ['7', '5']]);
	await draft.save();
	assert.deepEqual([draft.report.id, draft.cells, draft.meetings],
		[REPORT, ['7', '5'], 1]);
});

test('of two tabs that saw none the second does not write over the first',
	async () => {
		notOpened();
		const [first, second] = [await tab(), await tab()];
		first.put(['7', null]);
		await first.save();
		second.put(['8', null]);
		await second.save();
		assert.deepEqual([second.conflict.cells, server.cells],
			[[0], ['7', null]]);
	});

/* ---- deciding on the whole ---------------------------------------------- */

test('who decides on the whole hears of what came in meanwhile', async () => {
	const draft = await tab();
	draft.put(['7', null]);
	savedElsewhere([null, '9']);
	const [saving, resting] = [draft.save(), draft.rest()];
	await saving;
	assert.equal(await resting, false);
	assert.equal(await draft.rest(), true);
});

test('what can no longer be saved is kept and not sent', async () => {
	const draft = await tab();
	draft.put(['7', null]);
	server = { revision: 4, cells: [null, null], state: 'proposed',
		actions: [] };
	await draft.save();
	assert.equal(draft.editable, false);
	const { revision } = server;
	await draft.save();
	draft.flush();
	assert.equal(server.revision, revision);
	assert.deepEqual(kept(), [`truc.draft.${PERSON}.${REPORT}`]);
});

test('what is typed is told at once as what is about to be saved', async () => {
	const { Draft, saving } = await load('test/draft_parts.ts',
		{ fresh: true });
	const draft = new Draft(FORM, report(), PERSON, () => undefined);
	assert.equal(saving.get().kind, 'none');
	draft.put(['7', null]);
	assert.equal(saving.get().kind, 'typed');
	await draft.save();
	assert.equal(saving.get().kind, 'saved');
});
