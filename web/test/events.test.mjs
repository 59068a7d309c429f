// What happens on the server reaches every tab by one stream.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { load } from './load.mjs';

/* A browser's locks, channels and streams, as far as they are used. */
let waiting;   // for the lock; the first one holds it
let channels;
let streams;   // all that were ever opened
let timers;

class Channel {
	constructor(name) {
		this.name = name;
		channels.push(this);
	}
	postMessage(data) {
		for (const other of [...channels])
			if (other !== this && other.name === this.name)
				other.onmessage({ data: structuredClone(data) });
	}
	close() {
		channels = channels.filter((other) => other !== this);
	}
}

class Stream {
	static CLOSED = 2;
	constructor(address) {
		this.address = address;
		this.readyState = 0;
		streams.push(this);
	}
	close() {
		this.readyState = 2;
	}
	open() {
		this.readyState = 1;
		this.onopen();
	}
	send(number) {
		this.onmessage({ data: JSON.stringify({ id: `l${number}` }),
			lastEventId: `${number + 1}.0` });
	}
	/** The server refused: no way back by itself. */
	refuse() {
		this.readyState = 2;
		this.onerror();
	}
}

const locks = {
	request(name, { signal }, hold) {
		return new Promise((resolve, reject) => {
			const turn = { hold, name, resolve };
			waiting.push(turn);
			signal.addEventListener('abort', () => {
				if (waiting[0] === turn)
					return;
				waiting = waiting.filter((other) => other !== turn);
				reject(new Error('aborted'));
			});
			if (waiting.length === 1)
				grant();
		});
	},
};

async function grant() {
	const turn = waiting[0];
	await turn.hold();
	waiting.shift();
	turn.resolve();
	if (waiting.length > 0)
		await grant();
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A fresh tab, and what it hears. */
async function tab() {
	const { follow } = await load('src/api/events.ts', { fresh: true });
	const heard = [];
	const leave = follow((event) => heard.push(event === null ? null
		: event.id));
	await settle();
	return { follow, heard, leave };
}

function setGlobal(name, value) {
	Object.defineProperty(globalThis, name, { value, configurable: true,
		writable: true });
}

beforeEach(() => {
	waiting = [];
	channels = [];
	streams = [];
	timers = [];
	setGlobal('navigator', { locks });
	setGlobal('BroadcastChannel', Channel);
	setGlobal('EventSource', Stream);
	setGlobal('document', { hidden: false });
	setGlobal('localStorage', { getItem: () => null });
	setGlobal('setTimeout', (act, ms) => timers.push({ act, ms }));
	setGlobal('clearTimeout', () => undefined);
	setGlobal('setInterval', (act, ms) => timers.push({ act, ms }));
	setGlobal('clearInterval', () => undefined);
});

test('all tabs share one stream', async () => {
	const first = await tab();
	const second = await tab();
	assert.equal(streams.length, 1);
	streams[0].open();
	streams[0].send(7);
	/* Before it was open something may have happened. */
	assert.deepEqual(first.heard, [null, 'l7']);
	assert.deepEqual(second.heard, [null, 'l7']);
});

test('when the tab that reads is closed another goes on behind it', async () => {
	const first = await tab();
	const second = await tab();
	streams[0].open();
	streams[0].send(7);
	first.leave();
	await settle();
	assert.equal(streams[0].readyState, 2);
	assert.equal(streams.length, 2);
	assert.equal(streams[1].address, '/api/v1/events/stream?after=8.0');
	streams[1].open();
	streams[1].send(8);
	assert.deepEqual(second.heard, [null, 'l7', 'l8']);
	assert.deepEqual(first.heard, [null, 'l7']);
});

test('a tab that waits and leaves never reads', async () => {
	await tab();
	const second = await tab();
	second.leave();
	await settle();
	assert.equal(waiting.length, 1);
	assert.equal(channels.length, 1);
});

test('a refused stream is opened again later, and what was missed is said',
	async () => {
		const { heard } = await tab();
		streams[0].open();
		streams[0].send(7);
		streams[0].refuse();
		assert.equal(streams.length, 1);
		assert.equal(timers.at(-1).ms, 5000);
		timers.at(-1).act();
		/* From now on: its old place is no good. */
		assert.equal(streams[1].address, '/api/v1/events/stream');
		streams[1].refuse();
		assert.equal(timers.at(-1).ms, 10000);
		timers.at(-1).act();
		streams[2].open();
		assert.deepEqual(heard, [null, 'l7', null]);
	});

test('a broken connection comes back by itself and nothing is missed',
	async () => {
		const { heard } = await tab();
		streams[0].open();
		streams[0].send(7);
		streams[0].readyState = 0;
		streams[0].onerror();
		streams[0].open();
		streams[0].send(8);
		assert.equal(streams.length, 1);
		assert.deepEqual(heard, [null, 'l7', 'l8']);
	});

test('nobody who listens, no stream', async () => {
	const { leave, follow } = await tab();
	leave();
	await settle();
	assert.equal(streams[0].readyState, 2);
	assert.equal(channels.length, 0);
	follow(() => undefined);
	await settle();
	assert.equal(streams.length, 2);
});

test('without locks a tab asks, while it is looked at', async () => {
	const asked = [];
	const answers = [
		{ items: [], next: '5.0', more: false },
		{ items: [{ id: 'l5', cursor: '6.0' }], next: '7.0', more: false },
	];
	setGlobal('navigator', {});
	setGlobal('fetch', async (address) => {
		asked.push(address);
		return { ok: true, status: 200, headers: new Headers(),
			json: async () => answers.shift() };
	});
	const { heard } = await tab();
	await settle();
	assert.deepEqual(heard, [null]);
	const { act, ms } = timers.find((timer) => timer.ms === 15000);
	assert.equal(ms, 15000);
	document.hidden = true;
	act();
	assert.equal(asked.length, 1);
	document.hidden = false;
	act();
	await settle();
	await settle();
	assert.deepEqual(asked, ['/api/v1/events', '/api/v1/events?after=5.0']);
	assert.deepEqual(heard, [null, 'l5']);
});
