// The service worker in Debian's Chromium, on a server of a few lines: it keeps
// the empty shell of one release, and nothing of anybody.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ENOUGH_MS, SCENE_MS } from './wait.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu',
	'--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync'];
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css',
	'.js': 'text/javascript', '.svg': 'image/svg+xml' };
const SECRET = 'Họ tên của người đang đăng nhập';
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

/* The browser asks for the one by itself; the other the server reads. */
const NOT_KEPT = ['worker.js', 'preload.txt'];

let browser;
before(async () => {
	if (!skip)
		browser = await chromium.launch({ executablePath: CHROMIUM,
			args: FLAGS });
});
after(() => browser?.close());

/*
 * Sends dist; every page but /index.html has something personal in it, and so
 * has every answer of the API.  change(name, text) makes another release of it.
 */
async function startServer() {
	const state = { change: (name, text) => text, asked: [] };
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url, 'http://127.0.0.1');
		const name = extname(pathname) ? pathname : '/index.html';
		state.asked.push(pathname);
		if (pathname.startsWith('/api/')) {
			response.writeHead(401, { 'Content-Type':
				'application/problem+json', 'Cache-Control': 'no-store' });
			response.end(JSON.stringify({ status: 401, detail: SECRET }));
			return;
		}
		try {
			const text = state.change(name,
				readFileSync(join(DIST, name), 'utf8'));
			response.writeHead(200, { 'Cache-Control': 'no-cache',
				'Content-Type': TYPES[extname(name)] });
			response.end(pathname === name ? text
				: text.replace('</body>', `<!-- ${SECRET} --></body>`));
		} catch {
			response.writeHead(404);
			response.end();
		}
	});
	await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
	return Object.assign(state, {
		address: `http://127.0.0.1:${server.address().port}`,
		stop: () => new Promise((done) => {
			server.close(done);
			server.closeAllConnections?.();
		}),
	});
}

function inBrowser(name, run) {
	test(name, { skip, timeout: SCENE_MS }, async () => {
		const server = await startServer();
		const context = await browser.newContext();
		try {
			const page = await context.newPage();
			page.setDefaultTimeout(ENOUGH_MS);
			await run(page, server);
		} finally {
			await context.close();
			await server.stop();
		}
	});
}

/** The page is under the worker's hand, whose caches are as it wants them. */
async function underWorker(page, address) {
	await page.goto(address);
	await page.waitForFunction(() => navigator.serviceWorker.controller);
}

/** Names of the caches, and what is in them: path and text. */
function kept(page) {
	return page.evaluate(async () => Object.fromEntries(await Promise.all(
		(await caches.keys()).map(async (name) => {
			const cache = await caches.open(name);
			return [name, await Promise.all((await cache.keys()).map(
				async (request) => [new URL(request.url).pathname,
					await (await cache.match(request)).text()]))];
		}))));
}

inBrowser('the worker keeps the files of its build and nothing personal',
	async (page, server) => {
		await underWorker(page, `${server.address}/reports/17?x=1`);
		await page.waitForSelector('#login');
		await page.reload();
		await page.waitForSelector('#login');
		const caches = Object.entries(await kept(page));
		assert.equal(caches.length, 1);
		const [[name, files]] = caches;
		assert.match(name, /^truc-shell-[0-9a-f]{16}$/);
		assert.deepEqual(files.map(([path]) => path).sort(),
			readdirSync(DIST, { recursive: true }).filter((file) =>
				/\.\w+$/.test(file) && !file.endsWith('.gz') &&
				!NOT_KEPT.includes(file)).map((file) => `/${file}`).sort());
		for (const [path, text] of files)
			assert.ok(!text.includes(SECRET), path);
		/* Its page and the API were asked of the server all the same. */
		assert.equal(server.asked.filter((path) =>
			path === '/reports/17').length, 2);
	});

inBrowser('without a line the client opens and says so', async (page, server) => {
	await underWorker(page, server.address);
	await server.stop();
	await page.goto(`${server.address}/country`);
	await page.waitForSelector('text=Không kết nối được với máy chủ');
	assert.ok(!(await page.content()).includes(SECRET));
	/* What to do then is in the guide. */
	await page.goto(`${server.address}/guide.html#su-co`);
	await page.waitForSelector('h2:has-text("mất mạng")');
	/* Not a file, and not what the API would say. */
	for (const path of ['/api/v1/session', '/none.csv'])
		assert.equal(await page.evaluate((at) => fetch(at).then(() => 'answer',
			() => 'no line'), path), 'no line');
});

inBrowser('a new release replaces the shell whole', async (page, server) => {
	await underWorker(page, server.address);
	const [old] = Object.keys(await kept(page));
	server.change = (name, text) => name === '/worker.js'
		? text.replaceAll(old.slice(-16), 'f'.repeat(16))
		: name === '/index.html' ? text.replace('<html', '<html data-new')
			: text;
	await page.evaluate(() => {
		globalThis.taken = new Promise((resolve) =>
			navigator.serviceWorker.addEventListener('controllerchange',
				resolve));
		return navigator.serviceWorker.getRegistration().then((registration) =>
			registration.update());
	});
	await page.evaluate(async () => {
		await globalThis.taken;
		const { controller } = navigator.serviceWorker;
		while (controller.state !== 'activated')
			await new Promise((resolve) =>
				controller.addEventListener('statechange', resolve,
					{ once: true }));
	});
	assert.deepEqual(Object.keys(await kept(page)),
		[`truc-shell-${'f'.repeat(16)}`]);
	const [files] = Object.values(await kept(page));
	assert.ok(files.find(([path]) => path === '/index.html')[1]
		.includes('data-new'));
});

inBrowser('half a release is none: the one before stays', async (page, server) => {
	await underWorker(page, server.address);
	const before = await kept(page);
	const [old] = Object.keys(before);
	server.change = (name, text) => {
		if (name.endsWith('.svg'))
			throw new Error('gone');
		return name === '/worker.js'
			? text.replaceAll(old.slice(-16), 'f'.repeat(16)) : text;
	};
	await page.goto(server.address);
	const state = await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.getRegistration();
		await registration.update().catch(() => undefined);
		const { installing } = registration;
		if (installing)
			await new Promise((resolve) => {
				installing.onstatechange = () =>
					installing.state === 'redundant' && resolve();
			});
		return caches.keys();
	});
	assert.ok(state.includes(old));
	await server.stop();
	await page.goto(`${server.address}/country`);
	await page.waitForSelector('text=Không kết nối được với máy chủ');
});
