// An answer that comes late does not replace what is newer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';
import { becomes } from './wait.mjs';

const { open } = await load('test/loading_parts.tsx');

test('what was put is not replaced by an older question\'s answer', async () => {
	const answers = [];
	const shown = [];
	let now;
	const shows = (data) => becomes(() => now?.data, data);
	const asked = (times) => becomes(() => answers.length, times);

	open(() => new Promise((done) => answers.push(done)), (load) => {
		now = load;
		shown.push(load.data);
	});
	await asked(1);
	answers[0]('first');
	await shows('first');
	now.reload();
	await asked(2);
	now.put('of an act');
	answers[1]('from before the act');
	await shows('of an act');
	now.reload();
	await asked(3);
	answers[2]('newest');
	await shows('newest');
	assert.ok(!shown.includes('from before the act'), shown);
});
