/*
 * People at their browsers.  Each has a profile of their own and keeps it for
 * the run; what goes wrong in any of their pages fails the test it happens in.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENOUGH_MS, SCENE_MS } from '../wait.mjs';
import { World } from './world.mjs';

export const DESK = { width: 1366, height: 768 };
/* As narrow as WCAG 1.4.10 asks for. */
export const PHONE = { width: 320, height: 640 };

/** The second clerk of Phường Hải Châu; the demonstration has one. */
export const SECOND_CLERK = { login: 'hai.haichau', name: 'Hoàng Văn Hai',
	positions: ['clerk@area:20242@2025-07-01'] };

/** A clerk of Phường Thanh Khê, whose drafts nobody else touches. */
export const KEEPER = { login: 'canbo.thanhkhe', name: 'Đặng Thị Keo',
	positions: ['clerk@area:20209@2025-07-01'] };

const both = (unit) => [`clerk@${unit}`, `leader@${unit}`];

/** Xã Tùng Vài, whose last period nobody reported: nothing is left open. */
export const QUIET = { login: 'mot.tungvai', name: 'Lù Thị Lặng',
	positions: both('area:00892@2025-07-01') };

/** Phường Hải Vân: the grid is tried on its draft. */
export const GRID = { login: 'mot.haivan', name: 'Bùi Thị Lưới',
	positions: both('area:20194@2025-07-01') };

/** Phường Cẩm Lệ, whose report others look at. */
export const WATCHED = { login: 'mot.camle', name: 'Hồ Văn Dõi',
	positions: both('area:20260@2025-07-01') };

/** Phường Ngũ Hành Sơn, whose figures are ten times those of before. */
export const UNUSUAL = { login: 'mot.nguhanhson', name: 'Mai Thị Lạ',
	positions: both('area:20285@2025-07-01') };

/** Thanh tra Chính phủ, which owes the form that asks for explanations. */
export const EXPLAINER = { login: 'mot.thanhtra', name: 'Lý Thị Giải',
	positions: both('ministry:TTCP@2025-12-14') };

/** Who works by keyboard alone, by language; and who collects from them. */
export const KEYBOARDS = {
	vi: { login: 'phim.phuxuan', name: 'Tôn Nữ Thị Phím', period: 'Quý IV/2025',
		unit: 'Phường Phú Xuân', positions: both('area:19753@2025-07-01') },
	en: { login: 'phim.kimlong', name: 'Tôn Thất Phím', period: 'Q4 2025',
		unit: 'Phường Kim Long', positions: both('area:19774@2025-07-01') },
};
export const KEYBOARD_COLLECTOR = { login: 'phim.hue', name: 'Lê Thị Gõ',
	positions: ['collector@area:46@2025-07-01'] };

/** Xã Trà My, which took over from Thị trấn Trà My and what that left open. */
export const INHERITOR = { login: 'mot.tramy', name: 'Trần Thị Thừa',
	positions: both('area:20900@2025-07-01') };

export let world;
const seats = new Map();
let faults = [];

before(async () => {
	world = await World.start({ people: [SECOND_CLERK, KEEPER, QUIET, GRID, WATCHED,
		EXPLAINER, UNUSUAL, INHERITOR, ...Object.values(KEYBOARDS),
		KEYBOARD_COLLECTOR] });
}, { timeout: SCENE_MS });
after(() => world?.stop());

/* The browser itself complains of answers that are part of the work. */
const EXPECTED = [
	/* "Who am I?" before anybody signed in. */
	/status of 401 .*\/api\/v1\/session$/,
	/* Another clerk saved first. */
	/status of 412 .*\/(draft|reports|sign|withdraw)$/,
	/* The session ended while a draft was open. */
	/status of 401 .*\/(draft|reports)$/,
	/* A wrong password, on the page that needs no script. */
	/status of 401 .*\/sign-in$/,
	/* A page that there is not. */
	/status of 404 .*\/nowhere$/,
	/* A scene wants the line itself. */
	/^Service Worker registration blocked by Playwright/,
	/* A person's streams of pages just left count until the server notices. */
	/status of 503 .*\/events\/stream$/,
	/* The line to drafts is cut. */
	/net::ERR_FAILED .*\/(draft|reports)$/,
];

export function listen(page) {
	page.setDefaultTimeout(ENOUGH_MS);
	page.on('pageerror', (error) => faults.push(String(error)));
	page.on('console', (message) => {
		const text = `${message.text()} ${message.location().url}`;
		if (/^(error|warning)$/.test(message.type()) &&
		    !EXPECTED.some((known) => known.test(text)))
			faults.push(text);
	});
	page.on('response', (response) => {
		if (response.status() >= 500 && !(response.status() === 503 &&
		    response.url().includes('/events/stream')))
			faults.push(`${response.status()} ${response.url()}`);
	});
	return page;
}

/** A fresh profile with one page. */
export async function newPage({ size = DESK, path = '/' } = {}) {
	const context = await world.browser.newContext({ viewport: size,
		locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh',
		acceptDownloads: true });
	context.on('page', listen);
	const page = await context.newPage();
	await page.goto(world.address + path);
	return page;
}

export async function startSignIn(page, login) {
	await page.fill('#login', login);
	await page.fill('#password', world.password);
	await page.click('main button[type=submit]');
}

export async function signIn(page, login) {
	await startSignIn(page, login);
	await page.waitForSelector('.standing');
	return page;
}

/** The page of a person, signed in once for the run, at an address. */
export async function seat(login, path) {
	if (!seats.has(login))
		seats.set(login, await signIn(await newPage(), login));
	const page = seats.get(login);
	if (path !== undefined)
		await page.goto(world.address + path);
	return page;
}

/** Their tab was closed and another one opened, in the same profile. */
export async function newTab(login, path) {
	const old = seats.get(login);
	const context = old.context();
	await old.close();
	seats.set(login, await context.newPage());
	return seat(login, path);
}

/**
 * The same person at another machine: calls of the API, which must succeed.
 */
export async function caller(login) {
	let cookie;
	const call = async (method, path, { body, revision } = {}) => {
		const answer = await fetch(`${world.address}/api/v1/${path}`, { method,
			headers: { 'Accept': 'application/json',
				'X-Requested-With': 'truc',
				...cookie && { 'Cookie': cookie },
				...body && { 'Content-Type': 'application/json' },
				...revision && { 'If-Match': `"${revision}"` },
				...method === 'POST' && { 'Idempotency-Key': randomUUID() } },
			body: body && JSON.stringify(body) });
		const text = await answer.text();
		assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
		cookie ??= answer.headers.get('Set-Cookie')?.split(';')[0];
		return text ? JSON.parse(text) : undefined;
	};
	await call('POST', 'session', { body: { login, password: world.password } });
	return call;
}

/** Everybody leaves: all browser profiles end. */
export async function closeAll() {
	seats.clear();
	for (const context of world.browser.contexts())
		await context.close();
}

async function keepPictures(name) {
	const folder = process.env.TRUC_OUT || tmpdir();
	mkdirSync(folder, { recursive: true });
	const word = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
	let n = 0;
	for (const context of world?.browser?.contexts() ?? [])
		for (const page of context.pages())
			await page.screenshot({ timeout: 5_000,
				path: join(folder, `browser-${word}-${++n}.png`) })
				.catch(() => undefined);
}

/** A test; its name is a sentence, and no page may complain meanwhile. */
export function scene(name, play) {
	test(name, { timeout: SCENE_MS }, async (t) => {
		faults = [];
		try {
			await play(t);
			assert.deepEqual(faults, []);
		} catch (error) {
			await keepPictures(name);
			throw error;
		}
	});
}
