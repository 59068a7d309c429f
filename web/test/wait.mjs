/*
 * How long a test waits.  Machines are slow and noisy: a wait has a condition,
 * and a limit that only a fault reaches.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** One wait. */
export const ENOUGH_MS = 120_000;
/** A test of many waits. */
export const SCENE_MS = 900_000;
const BETWEEN_MS = 20;

/** Read again until it is as expected. */
export async function becomes(read, expected) {
	const end = Date.now() + ENOUGH_MS;
	for (;;) {
		const got = await read();
		if (isDeepStrictEqual(got, expected))
			return;
		if (Date.now() > end)
			assert.deepEqual(got, expected);
		await pause(BETWEEN_MS);
	}
}
