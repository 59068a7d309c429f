/*
 * The first page of each role, and what a list says when it is empty: what comes
 * here, and what one can do meanwhile.
 */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { newPage, scene, seat, signIn } from './people.mjs';
import { OFFICE } from './world.mjs';

const ANSWER = 'application/json';

/** A person's work list as if all were done. */
async function withoutWork(page) {
	await page.route('**/api/v1/obligations?**', (route) => route.fulfill({
		contentType: ANSWER, body: JSON.stringify({ items: [], next: null,
			counts: { all: 0, not_started: 0, draft: 0, proposed: 0,
				returned: 0, sent: 0, accepted: 0, late: 0, todo: 0,
				older: 0, current: 0 } }) }));
}

async function emptyWork(login) {
	const page = await newPage();
	await signIn(page, login);
	await withoutWork(page);
	/* Through another screen: the page's own first data would be used. */
	await page.click('.places a:has-text("Đơn vị")');
	await page.waitForSelector('h1:has-text("Đơn vị")');
	await page.click('.places a:has-text("Việc của tôi")');
	await page.waitForSelector('.empty');
	assert.deepEqual(await violations(page), []);
	const text = await page.innerText('.empty');
	await page.context().close();
	return text;
}

scene('a work list without work says what comes here, by role', async () => {
	assert.match(await emptyWork('canbo.hoatien'),
		/Không còn việc nào cần làm lúc này/);
	assert.match(await emptyWork('chutich.hoatien'),
		/Khi cán bộ trình ký, báo cáo chờ ký sẽ hiện ở đây/);
	assert.match(await emptyWork('tonghop.danang'),
		/Xem đơn vị nào chưa gửi/);
});

scene('empty lists of reports and units say what to try', async () => {
	const page = await seat('canbo.hoatien', '/units?q=khongcodonvinay');
	await page.waitForSelector('.empty >> text=/Thử gõ ít chữ hơn/');
	await page.goto(new URL('/reports?state=proposed&period=2024-Q1',
		page.url()).href);
	await page.waitForSelector('.empty >> text=/Thử bỏ bớt điều kiện lọc/');
});

scene('whoever is signed in sees whom to call', async () => {
	const page = await seat('trungtam', '/');
	await page.waitForSelector('h1:has-text("Cả nước")');
	assert.ok((await page.innerText('.quiet-line')).includes(
		OFFICE.telephone));
});

scene('an administrator is told what is done where', async () => {
	const page = await seat('quantri', '/');
	await page.waitForSelector('td:has-text("truc user --help")');
	assert.deepEqual(await violations(page), []);
	assert.ok((await page.innerText('.about')).includes('quản trị'));
});
