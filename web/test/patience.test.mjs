// Who is told to come again is signed in by the page, when it was told.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { load } from './load.mjs';

const { Problem, withPatience } = await load('test/patience_parts.ts');

let told;
let stop;

beforeEach(() => {
	told = [];
	stop = new AbortController();
	mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => mock.timers.reset());

/** Let a second pass, and all that follows from it. */
async function tick() {
	await new Promise(setImmediate);
	mock.timers.tick(1000);
	await new Promise(setImmediate);
}

function begin(...answers) {
	const tried = { times: 0 };
	const attempt = async () => {
		const answer = answers[tried.times++];
		if (answer instanceof Problem)
			throw answer;
		return answer;
	};
	tried.done = withPatience(attempt, (n) => told.push(n), stop.signal);
	tried.done.catch(() => undefined);
	return tried;
}

const busy = (seconds) =>
	new Problem(503, { code: 'session.busy' }, seconds);

test('it tries again when the server said, and counts the seconds', async () => {
	const tried = begin(busy(2), busy(1), 'in');
	await tick();
	assert.equal(tried.times, 1);
	await tick();
	await tick();
	assert.equal(await tried.done, 'in');
	assert.deepEqual(told, [2, 1, 0, 1, 0]);
});

test('what is no wish for patience is told at once', async () => {
	const tried = begin(new Problem(401, { code: 'session.refused' }));
	await assert.rejects(tried.done, { code: 'session.refused' });
	assert.deepEqual(told, []);
});

test('a person who stops the waiting sees why they waited', async () => {
	const tried = begin(busy(30), 'never');
	await tick();
	stop.abort();
	await assert.rejects(tried.done, { code: 'session.busy' });
	assert.equal(tried.times, 1);
});

test('a wait beyond all patience is told at once', async () => {
	const tried = begin(busy(121), 'never');
	await assert.rejects(tried.done, { code: 'session.busy' });
});
