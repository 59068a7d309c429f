/*
 * What comes over the wire (product.md H.4), counted in the browser.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { newPage, scene, seat, world } from './people.mjs';
import { countryPath } from './screens.mjs';

const KB = 1024;
const FIRST_LOAD = 60 * KB;
const ROUTE = 25 * KB;
const CODE = /\.(js|css)$/;

const ROUTES = [
	['canbo.hoatien', '/reports', '.ledger tbody'],
	['canbo.hoatien', 'REPORT', '.history tbody'],
	['canbo.danang', 'ENTRY', '[role=grid]'],
	['tonghop.danang', '/review', '.pick tbody'],
	['chutich.danang', countryPath({ period: '2025-Q3' }), '.kind-total'],
	['trungtam', '/units?q=hoa+tien', '.ledger tbody'],
	['canbo.hoatien', '/password', '#new'],
];

/** Bytes over the wire by path, while something is done. */
async function weigh(page, act) {
	const wire = await page.context().newCDPSession(page);
	const paths = new Map();
	const bytes = new Map();
	/* What has not ended; a stream of events never does. */
	const open = new Set();
	wire.on('Network.requestWillBeSent', ({ requestId, type }) =>
		type === 'EventSource' || open.add(requestId));
	for (const end of ['Network.loadingFinished', 'Network.loadingFailed'])
		wire.on(end, ({ requestId }) => open.delete(requestId));
	wire.on('Network.responseReceived', ({ requestId, response }) =>
		paths.set(requestId, new URL(response.url).pathname));
	wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
		bytes.set(paths.get(requestId) ?? '?', encodedDataLength));
	await wire.send('Network.enable');
	/* What the worker keeps came over the wire as well, once. */
	await wire.send('Network.setBypassServiceWorker', { bypass: true });
	await act(wire);
	await becomes(() => [...open], []);
	await wire.detach();
	return bytes;
}

const sum = (bytes, fits = () => true) => [...bytes].reduce((total, [path, n]) =>
	total + (fits(path) ? n : 0), 0);
const inKb = (n) => `${(n / KB).toFixed(1)} KB`;

scene('the first load of an official\'s page is at most 60 KB', async (t) => {
	const page = await seat('canbo.hoatien');
	const bytes = await weigh(page, async (wire) => {
		await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
		await page.goto(world.address);
		await page.waitForSelector('main h1');
	});
	t.diagnostic(`first load ${inKb(sum(bytes))} in ${bytes.size} answers`);
	assert.ok(sum(bytes, (path) => CODE.test(path)) > 10 * KB);
	assert.ok(sum(bytes) <= FIRST_LOAD, JSON.stringify([...bytes]));
});

scene('each further screen needs at most 25 KB of code', async (t) => {
	const list = await seat('canbo.hoatien', '/reports');
	const report = await list.getAttribute('.ledger tbody a', 'href');
	const entry = await (await seat('canbo.danang', '/'))
		.getAttribute('.work .next', 'href');
	for (const [login, pattern, ready] of ROUTES) {
		const path = pattern.replace('REPORT', report).replace('ENTRY', entry);
		const page = await seat(login, '/');
		await page.waitForSelector('main h1');
		const bytes = await weigh(page, async (wire) => {
			await wire.send('Network.clearBrowserCache');
			/* A click on a link of ours, wherever it is. */
			await page.evaluate((to) => {
				const link = document.createElement('a');
				link.href = to;
				document.body.append(link);
				link.click();
				link.remove();
			}, path);
			await page.waitForSelector(ready);
		});
		const code = sum(bytes, (name) => CODE.test(name));
		t.diagnostic(`${path.split('?')[0]}: code ${inKb(code)}, data ${
			inKb(sum(bytes) - code)}`);
		assert.ok(code > 0 && code <= ROUTE, path);
	}
});

/** Addresses of the API asked while a page is opened anew. */
async function askedOnLoad(page, path, ready) {
	const asked = [];
	const note = (request) => {
		const url = new URL(request.url());
		if (url.pathname.startsWith('/api/'))
			asked.push(url.pathname);
	};
	page.on('request', note);
	await page.goto(world.address + path);
	await page.waitForSelector(ready);
	page.off('request', note);
	return asked;
}

scene('the first screen is drawn from what came with the page', async () => {
	const list = await seat('canbo.hoatien', '/reports');
	const report = await list.getAttribute('.ledger tbody a', 'href');
	/* The ledger's size at the foot and the letters at the head are asked for
	 * when all is drawn. */
	const late = ['/api/v1/ledger/checkpoint', '/api/v1/events/stream',
		'/api/v1/me/letters/unread'];
	/* And what a list can be narrowed to. */
	const filters = ['/api/v1/forms', '/api/v1/periods'];
	for (const [path, ready, more] of [
		['/?state=all', '.work tbody', filters],
		['/reports', '.ledger tbody', filters],
		/* Read anew once the stream is open: something may have happened. */
		[report, '.history tbody', [report.replace('/', '/api/v1/')]],
		['/units?q=hoa+tien', '.ledger tbody', []],
		['/units', '.ledger tbody', []]]) {
		const asked = await askedOnLoad(await seat('canbo.hoatien'), path,
			ready);
		assert.deepEqual(asked.filter((at) => !late.includes(at) &&
			!more.some((start) => at.startsWith(start))), [], path);
	}
	/* Once: another look at the same screen asks the server. */
	const page = await seat('canbo.hoatien', '/units');
	await page.waitForSelector('.ledger tbody');
	const again = page.waitForRequest((request) =>
		request.url().includes('/api/v1/obligations'));
	await page.click('.places a[href="/"]');
	await again;
});

scene('nobody\'s page asks nothing before signing in', async () => {
	const page = await newPage();
	assert.deepEqual(await askedOnLoad(page, '/', '#login'), []);
	await page.context().close();
});
