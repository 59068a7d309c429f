/*
 * A city's administrator invites a clerk by keyboard; the clerk sets a password by
 * the link, signs in and files.  Then the administrator looks who may do what, and
 * disables the clerk, who is out at once.
 */
import assert from 'node:assert/strict';
import { becomes } from '../wait.mjs';
import { violations } from './axe.mjs';
import { caller, newPage, scene, seat, signIn, world } from './people.mjs';
import { tabTo } from './keys.mjs';
import { fitsPhone, FORM } from './screens.mjs';

const LOGIN = 'moi.haichau';
const WARD = 'Phường Hải Châu';
const PERIOD = '2025-Q3';

/** By keyboard: name, login, unit by a part of its name, role. */
async function invite(page) {
	await page.goto(`${world.address}/people/new`);
	await page.waitForSelector('#invite-name');
	assert.deepEqual(await violations(page), []);
	await page.focus('#invite-name');
	await page.keyboard.type('Nguyễn Thị Mới');
	await page.keyboard.press('Tab');
	await page.keyboard.type(LOGIN);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Tab');
	await page.keyboard.type('phuong hai chau');
	await becomes(() => page.locator('select[name=unit] option').first()
		.innerText(), `${WARD}, Thành phố Đà Nẵng`);
	await tabTo(page, 'form.narrow button[type=submit]');
	await page.keyboard.press('Enter');
	await page.waitForSelector('.slip-code');
	assert.deepEqual(await violations(page), []);
	return page.innerText('.slip-code');
}

async function setPassword(code) {
	const page = await newPage({ path: `/set-password#${code}` });
	await page.waitForSelector('#set-new');
	/* The code is in the form, and in the address no more. */
	assert.equal(await page.inputValue('#set-code'), code);
	assert.equal(new URL(page.url()).hash, '');
	assert.deepEqual(await violations(page), []);
	await page.fill('#set-new', world.password);
	await page.fill('#set-again', `${world.password}!`);
	await page.click('main button[type=submit]');
	await page.waitForSelector('text=Hai lần nhập mật khẩu khác nhau');
	await page.fill('#set-again', world.password);
	await page.click('main button[type=submit]');
	await page.waitForSelector(`text=Tên đăng nhập là ${LOGIN}`);
	await page.click('main a.button');
	await page.waitForSelector('#login');
	return signIn(page, LOGIN);
}

/** A correction of the ward's report, up to the leader's desk. */
async function file() {
	const call = await caller(LOGIN);
	const { items: [{ id }] } = await call('GET', `reports?period=${PERIOD}`);
	let report = await call('GET', `reports/${id}`);
	report = await call('POST', `reports/${id}/amend`, {
		revision: report.revision, body: { reason: 'Sót một hồ sơ' } });
	const { cells } = await call('GET', `forms/${encodeURIComponent(FORM)}` +
		`?period=${PERIOD}`);
	const filled = Object.fromEntries(cells.map((cell, n) =>
		[cell, report.cells[n]]));
	report = await call('PUT', `reports/${id}/draft`, {
		revision: report.revision, body: { cells: filled } });
	return report.state;
}

scene('a city\'s administrator invites a clerk, who sets a password and files',
	async () => {
		const admin = await seat('quantri.danang', '/');
		await admin.click('.places a:has-text("Người dùng")');
		await admin.waitForSelector('.ledger tbody');
		assert.deepEqual(await violations(admin), []);
		const code = await invite(admin);
		const clerk = await setPassword(code);
		assert.equal(await file(), 'draft');

		await admin.goto(`${world.address}/people?q=${LOGIN}`);
		await admin.click('.ledger tbody a:has-text("Nguyễn Thị Mới")');
		await admin.waitForSelector('h2:has-text("Phiên làm việc")');
		assert.deepEqual(await violations(admin), []);
		await admin.click('.ledger a:has-text("Hải Châu")');
		await admin.waitForSelector('h1:has-text("Ai được làm gì ở đây?")');
		await admin.waitForSelector('tr:has-text("Nguyễn Thị Mới")');
		assert.deepEqual(await violations(admin), []);
		await admin.click('tr a:has-text("Nguyễn Thị Mới")');
		await admin.click('button:has-text("Ngừng tài khoản…")');
		await admin.click('button.danger');
		await admin.waitForSelector('button:has-text("Cho hoạt động lại")');

		await clerk.goto(`${world.address}/reports`);
		await clerk.waitForSelector('#login');
		await fitsPhone(admin);
		await admin.setViewportSize({ width: 1366, height: 768 });
	});
