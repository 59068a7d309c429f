/*
 * When the largest thing of a screen is painted, for whom the line is slow and the
 * machine old: cold cache, signed in, opened by its address.  Beside it a page
 * of as many bytes with nothing in it: what the line alone takes.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { becomes } from '../wait.mjs';
import { caller, DESK, listen, scene, seat, world } from './people.mjs';
import { countryPath, FORM } from './screens.mjs';

const SLOW_CPU = 4;
/* Bytes a second, ms; the bars in ms and in requests that wait for each other. */
const LINES = [
	{ name: '1.5 Mbit/s, 120 ms', bytes: 187_500, latency: 120, bar: 2_000,
		chain: 3 },
	{ name: '512 kbit/s, 400 ms', bytes: 64_000, latency: 400, bar: 3_000,
		chain: 2 },
];
/* A machine that is busy with something else is not judged. */
const CLEARLY = 1.25;
/* One look tells who is well; who is not is looked at so often. */
const ROUNDS = 5;
/* Asked for when all is drawn: nothing waits for it. */
const LATE = ['/api/v1/ledger/checkpoint', '/api/v1/events/stream'];
const LONG = process.env.TRUC_TEST_LONG === '1';

async function screensOfTheJob() {
	const list = await seat('canbo.hoatien', '/reports');
	const report = await list.getAttribute('.ledger tbody a', 'href');
	const entry = await (await seat('canbo.danang', '/'))
		.getAttribute('.work .next', 'href');
	const unit = async (login) => (await (await caller(login))('GET',
		'session')).positions[0].unit;
	const desk = `/review?${new URLSearchParams({ form: FORM,
		period: '2025-Q3', unit: await unit('tonghop.danang') })}`;
	const at = await unit('trungtam');
	return [
		['sign-in', undefined, '/', '#login'],
		['work', 'canbo.hoatien', '/', 'main h1'],
		['entry', 'canbo.danang', entry, '[role=grid]'],
		['report', 'canbo.hoatien', report, '.history tbody'],
		['review', 'tonghop.danang', desk, '.pick tbody'],
		['country', 'trungtam', countryPath({ period: '2025-Q3', at }),
			'.kind-total'],
		['trace', 'trungtam', countryPath({ period: '2025-Q3', at,
			trace: `${at}~total~all.c3` }), '.hero'],
	];
}

/** A profile that has seen nothing, with their cookie if anybody is named. */
async function coldPage(login) {
	const storageState = login &&
		await (await seat(login)).context().storageState();
	const context = await world.browser.newContext({ viewport: DESK,
		locale: 'vi-VN', storageState, serviceWorkers: 'block' });
	return listen(await context.newPage());
}

/** Which requests were made, of how many bytes, each waiting for how many. */
async function watch(page) {
	const wire = await page.context().newCDPSession(page);
	const seen = new Map();
	const depths = new Map();
	wire.on('Network.requestWillBeSent', ({ requestId, request, initiator,
		type, timestamp }) => {
		const by = initiator.url ??
			initiator.stack?.callFrames.find((frame) => frame.url)?.url;
		const depth = (depths.get(by) ?? 0) + 1;
		if (!depths.has(request.url))
			depths.set(request.url, depth);
		seen.set(requestId, { path: new URL(request.url).pathname, depth,
			begun: timestamp, ended: Infinity, bytes: 0,
			open: type !== 'EventSource' });
	});
	wire.on('Network.loadingFinished', ({ requestId, encodedDataLength,
		timestamp }) => {
		Object.assign(seen.get(requestId), { bytes: encodedDataLength,
			ended: timestamp, open: false });
	});
	wire.on('Network.loadingFailed', ({ requestId }) => {
		seen.get(requestId).open = false;
	});
	await wire.send('Network.enable');
	return { wire, seen };
}

async function slowDown(wire, line) {
	await wire.send('Network.emulateNetworkConditions', { offline: false,
		latency: line.latency, downloadThroughput: line.bytes,
		uploadThroughput: line.bytes });
	await wire.send('Emulation.setCPUThrottlingRate', { rate: SLOW_CPU });
}

/** ms until the last largest paint. */
function largestPaint(page) {
	return page.evaluate(() => new Promise((resolve) => {
		new PerformanceObserver((list) =>
			resolve(list.getEntries().pop().startTime))
			.observe({ type: 'largest-contentful-paint', buffered: true });
	}));
}

async function look(line, login, address, ready) {
	const page = await coldPage(login);
	const { wire, seen } = await watch(page);
	await slowDown(wire, line);
	await page.goto(address);
	await page.waitForSelector(ready);
	await becomes(() => [...seen.values()].filter((r) => r.open).length, 0);
	const ms = await largestPaint(page);
	/* What has not ended is nothing that the paint waited for. */
	const [{ begun }] = seen.values();
	const before = [...seen.values()].filter((r) =>
		(r.ended - begun) * 1000 < ms && !LATE.includes(r.path));
	await page.context().close();
	return { ms, chain: Math.max(...before.map((r) => r.depth)),
		bytes: before.reduce((sum, r) => sum + r.bytes, 0),
		deepest: before.filter((r) => r.depth > line.chain)
			.map((r) => r.path) };
}

const middle = (looks) => looks.sort((a, b) => a.ms - b.ms)[
	Math.floor(looks.length / 2)];

async function paints(line, login, address, ready) {
	const looks = [await look(line, login, address, ready)];
	if (LONG || looks[0].ms > line.bar)
		while (looks.length < ROUNDS)
			looks.push(await look(line, login, address, ready));
	return middle(looks);
}

/** A page of so many bytes that ends with its only words. */
async function blank(bytes, act) {
	const words = '<h1>Trang trống</h1>';
	const server = createServer((request, response) => {
		const body = `<!doctype html><meta charset=utf-8><title>-</title><!--${
			'.'.repeat(Math.max(bytes - 200, 0))}-->${words}`;
		response.setHeader('Content-Type', 'text/html; charset=utf-8');
		response.end(request.url === '/' ? body : '');
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await act(`http://127.0.0.1:${server.address().port}/`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

for (const line of LINES)
	scene(`every screen of the main job is painted in ${line.bar} ms at ${
		line.name}, processor ÷ ${SLOW_CPU}`, async (t) => {
		const late = [];
		for (const [name, login, path, ready] of await screensOfTheJob()) {
			const ours = await paints(line, login, world.address + path,
				ready);
			const empty = await blank(ours.bytes, (address) =>
				look(line, undefined, address, 'h1'));
			t.diagnostic(`${name}: ${Math.round(ours.ms)} ms of ${line.bar}, ${
				(ours.bytes / 1024).toFixed(0)} KB, ${
				ours.chain} requests in a chain; an empty page of as many ` +
				`bytes ${Math.round(empty.ms)} ms`);
			if (ours.ms > CLEARLY * line.bar || ours.chain > line.chain)
				late.push(`${name}: ${ours.ms} ms, ${ours.chain} in a chain ${
					ours.deepest.join(' ')}`);
		}
		assert.deepEqual(late, []);
	});

