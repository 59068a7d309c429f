/*
 * What a browser keeps of a person: unsent work is asked about at sign-out, and
 * whoever sits down next sees nothing of it.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { KEEPER, newPage, scene, signIn, world } from './people.mjs';
import { cell, cellText, cellShows, openEntry, saved } from './screens.mjs';

const CLERK = KEEPER.login;
const OTHER = 'canbo.hoatien';

const keptKeys = (page) => page.evaluate(() => Object.keys(localStorage)
	.filter((key) => localStorage.getItem(key) !== '').sort());

/* What opens a report and what saves it. */
const SAVES = /\/api\/v1\/reports(\/\d+\/draft)?$/;

/** The line to drafts is cut in all tabs of a profile. */
async function cut(page) {
	await page.context().route(SAVES, (route) => route.abort());
}

const whole = (page) => page.context().unroute(SAVES);

function pathOf(page) {
	const { pathname, search } = new URL(page.url());
	return pathname + search;
}

async function typeUnsent(page, figure) {
	await openEntry(page);
	await cell(page, 's01.c4').click();
	await page.keyboard.type(figure);
	await page.keyboard.press('Enter');
	await page.waitForSelector('.foot >> text=chưa gửi được');
}

const signOut = (page) => page.click('.who button:has-text("thoát")');

scene('what cannot be sent is asked about at sign-out and goes with it',
	async () => {
		const page = await signIn(await newPage(), CLERK);
		await cut(page);
		await typeUnsent(page, '7654');
		await signOut(page);
		await page.waitForSelector('[role=alertdialog]');
		await page.waitForSelector('button:focus:text-is("Ở lại")');
		/* Tab stays inside, Escape is the way back. */
		for (let i = 0; i < 5; i++) {
			await page.keyboard.press('Tab');
			assert.ok(await page.evaluate(() => document.activeElement
				.closest('[role=alertdialog]') !== null));
		}
		await page.keyboard.press('Escape');
		await page.waitForSelector('[role=alertdialog]',
			{ state: 'detached' });
		assert.equal(await cellText(page, 's01.c4'), '7.654');

		await signOut(page);
		await page.click('[role=alertdialog] button:has-text("Xóa và thoát")');
		await page.waitForSelector('#login');
		assert.deepEqual((await keptKeys(page)).filter((key) =>
			key !== 'truc.lang'), []);
		await whole(page);
		await signIn(page, CLERK);
		await openEntry(page);
		assert.notEqual(await cellText(page, 's01.c4'), '7.654');
		await page.context().close();
	});

scene('what a page left unsent is said on the next one, with the way to it',
	async () => {
		const page = await signIn(await newPage(), CLERK);
		await cut(page);
		await typeUnsent(page, '4321');
		const path = pathOf(page);
		await page.goto(world.address);
		await page.waitForSelector('.quiet-line a:text-is("1 chờ gửi")');
		assert.equal(await page.getAttribute('.quiet-line a', 'href'),
			path);
		assert.ok(!(await page.textContent('.quiet-line'))
			.includes('chưa có gì phải lưu'));
		await whole(page);
		await page.click('.quiet-line a');
		await page.waitForSelector('[role=grid]');
		await cellShows(page, 's01.c4', '4.321');
		await saved(page);
		await page.goto(world.address);
		await page.waitForSelector('.quiet-line >> text=0 chờ gửi');
		await page.context().close();
	});

scene('what can be sent is sent, and signing out asks nothing', async () => {
	const page = await signIn(await newPage(), CLERK);
	await openEntry(page);
	await cell(page, 's01.c5').click();
	await page.keyboard.type('31');
	await signOut(page);
	await page.waitForSelector('#login');
	await signIn(page, CLERK);
	await openEntry(page);
	await cellShows(page, 's01.c5', '31');
	await page.context().close();
});

scene('another person at the same machine sees nothing of the one before',
	async () => {
		let page = await signIn(await newPage(), CLERK);
		await cut(page);
		await typeUnsent(page, '8642');
		const path = pathOf(page);
		/* The session ends by itself: nobody signed out, the work stays. */
		const context = page.context();
		await context.clearCookies();
		await page.close();
		page = await context.newPage();
		await page.goto(world.address);
		await page.waitForSelector('#login');
		await signIn(page, OTHER);
		await page.waitForSelector('.page-head');
		assert.ok(!(await page.content()).includes('8.642'));
		assert.match(await page.textContent('.who'), /^(?!.*Keo)/s);
		await signOut(page);
		await page.waitForSelector('#login');
		assert.equal((await keptKeys(page)).filter((key) =>
			key.startsWith('truc.draft.')).length, 1);

		await whole(page);
		await page.goto(world.address + path);
		await signIn(page, CLERK);
		await page.waitForSelector('[role=grid]');
		await cellShows(page, 's01.c4', '8.642');
		await page.waitForSelector('text=giữ trong trình duyệt này');
		await saved(page);
		await page.context().close();
	});

scene('signing out in one tab ends the other, and nothing is kept again',
	async () => {
		const first = await signIn(await newPage(), CLERK);
		await cut(first);
		const second = await first.context().newPage();
		await second.goto(world.address);
		await second.waitForSelector('.standing');
		await typeUnsent(first, '9753');
		await signOut(second);
		await second.click(
			'[role=alertdialog] button:has-text("Xóa và thoát")');
		await second.waitForSelector('#login');
		await first.waitForSelector('#login');
		assert.deepEqual((await keptKeys(first)).filter((key) =>
			key !== 'truc.lang'), []);
		await first.context().close();
	});

scene('what is typed is not saved in the name of who signed in elsewhere',
	async () => {
		const page = await signIn(await newPage(), CLERK);
		await openEntry(page);
		await saved(page);
		/* By the form without script, which leaves no word for this page. */
		const answer = await page.evaluate(async (words) => (await fetch(
			'/sign-in', { method: 'POST', body: new URLSearchParams(words),
				redirect: 'manual' })).type, { login: OTHER, password: world.password });
		assert.equal(answer, 'opaqueredirect');
		await cell(page, 's03.c4').click();
		await page.keyboard.type('47');
		await page.keyboard.press('Enter');
		await page.waitForSelector('#login');
		await signIn(page, CLERK);
		await page.waitForSelector('[role=grid]');
		await cellShows(page, 's03.c4', '47');
		await saved(page);
		await page.context().close();
	});

scene('a session that ended asks again and comes back to the same place',
	async () => {
		const page = await signIn(await newPage(), CLERK);
		await openEntry(page);
		await saved(page);
		const address = page.url();
		/* Ended on the server alone: the browser does not know. */
		const [{ name, value }] = (await page.context().cookies()).filter(
			(cookie) => cookie.name === 'truc');
		const { status } = await fetch(`${world.address}/api/v1/session`, {
			method: 'DELETE', headers: { 'Cookie': `${name}=${value}`,
				'X-Requested-With': 'truc' } });
		assert.equal(status, 204);
		await cell(page, 's02.c4').click();
		await page.keyboard.type('31');
		await page.keyboard.press('Enter');
		await page.waitForSelector('#login');
		/* Whose it was, and that it is not lost. */
		await page.waitForSelector('.note >> text=/Phiên làm việc đã kết thúc/');
		await page.waitForSelector('.note >> text=/giữ trên máy này/');
		assert.equal(await page.inputValue('#login'), CLERK);
		assert.deepEqual(await violations(page), []);
		await signIn(page, CLERK);
		await page.waitForSelector('[role=grid]');
		assert.equal(page.url(), address);
		await cellShows(page, 's02.c4', '31');
		await saved(page);
		await page.context().close();
	});

scene('a session says that it will end, and the password goes on with it',
	async () => {
		const page = await signIn(await newPage(), CLERK);
		await openEntry(page);
		await cell(page, 's04.c4').click();
		await page.keyboard.type('5');
		/* Twelve hours after signing in it is over; four minutes before: */
		await page.clock.install();
		await page.reload();
		await page.waitForSelector('[role=grid]');
		await page.clock.fastForward('11:56:00');
		await page.waitForSelector('.ending >> text=/trong 4 phút nữa/');
		assert.deepEqual(await violations(page), []);
		await page.fill('.ending input', 'không phải');
		await page.click('.ending button:has-text("Làm việc tiếp")');
		await page.waitForSelector('.ending [role=alert] >> nth=1');
		await page.fill('.ending input', world.password);
		await page.click('.ending button:has-text("Làm việc tiếp")');
		await page.waitForSelector('.ending', { state: 'detached' });
		await cellShows(page, 's04.c4', '5');
		await page.context().close();
	});
